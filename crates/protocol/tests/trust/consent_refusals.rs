//! What a consent does not allow, one cause each; and what is no answer to a
//! request.

use blindscore_protocol::consent::{AnswerError, BindingError, ConsentRefusal, NoticeError, Terms};
use blindscore_protocol::message::{Outputs, ScoreRequest, Standing};
use blindscore_protocol::registry::TrustError;
use blindscore_protocol::sign::Signed;
use proptest::prelude::*;

use crate::fixture::*;

fn refusal(change: impl FnOnce(&mut Asker)) -> ConsentRefusal {
    let mut asker = Asker::new();
    change(&mut asker);
    asker.ask(|ask| record().allows(ask)).unwrap_err()
}

#[test]
fn what_was_agreed_is_allowed() {
    assert_eq!(Asker::new().ask(|ask| record().allows(ask)), Ok(()));
    let mut asker = Asker::new();
    asker.outputs = Outputs::ScoreAndReasons;
    asker.sources.reverse();
    // Shorter than allowed, and another length a source.
    asker.sources[0].1.from = "2026-01-01".parse().unwrap();
    assert_eq!(asker.ask(|ask| record().allows(ask)), Ok(()));
}

#[test]
fn each_cause_has_its_refusal() {
    assert!(matches!(
        refusal(|a| a.lender = id("other-lender")),
        ConsentRefusal::Lender { .. }
    ));
    assert!(matches!(
        refusal(|a| a.platform = id("rival")),
        ConsentRefusal::Platform { .. }
    ));
    assert!(matches!(
        refusal(|a| a.purpose = plain("Advertising")),
        ConsentRefusal::Purpose { .. }
    ));
    assert!(matches!(
        refusal(|a| a.scheme = digest("another")),
        ConsentRefusal::Scheme { .. }
    ));
    assert!(matches!(
        refusal(|a| a.applicant_key = digest("another")),
        ConsentRefusal::Key { .. }
    ));
    // Asked for by the lender, but not granted.
    let second = digest("second card");
    assert_eq!(
        refusal(|a| a.scorecards.push(second)),
        ConsentRefusal::Scorecard { got: second }
    );
    assert_eq!(
        refusal(|a| a.scorecards.clear()),
        ConsentRefusal::NoScorecard
    );
    assert!(matches!(
        refusal(|a| a.sources.push((id("telecom"), period()))),
        ConsentRefusal::SourceNotNamed { source_name } if source_name == id("telecom")
    ));
    assert!(matches!(
        refusal(|a| a.sources.truncate(1)),
        ConsentRefusal::SourceLeftOut { source_name } if source_name == id("wallet")
    ));
    assert!(matches!(
        refusal(|a| a.sources.push((id("bank"), period()))),
        ConsentRefusal::SourceTwice { source_name } if source_name == id("bank")
    ));
    for change in [
        |a: &mut Asker| a.sources[1].1.from = "2025-05-31".parse().unwrap(),
        |a: &mut Asker| a.sources[1].1.to = "2026-06-01".parse().unwrap(),
    ] {
        assert!(matches!(
            refusal(change),
            ConsentRefusal::DataRange { source_name, .. } if source_name == id("wallet")
        ));
    }
}

#[test]
fn self_declared_data_do_not_pass_for_a_named_source() {
    assert!(matches!(
        refusal(|a| a.sources[1].0 = id("self-declared")),
        ConsentRefusal::SourceNotNamed { .. }
    ));
}

#[test]
fn a_consent_begins_and_ends() {
    for (now, allowed) in [
        ("2026-06-01T11:29:59.999Z", false),
        ("2026-06-01T11:30:00Z", true),
        ("2026-06-07T23:59:59.999Z", true),
        ("2026-06-08T00:00:00Z", false),
    ] {
        let mut asker = Asker::new();
        asker.now = time(now);
        assert_eq!(
            asker.ask(|ask| record().allows(ask)).is_ok(),
            allowed,
            "{now}"
        );
    }
    assert!(matches!(
        refusal(|a| a.now = time("2026-01-01T00:00:00Z")),
        ConsentRefusal::NotYet { .. }
    ));
    assert!(matches!(
        refusal(|a| a.now = time("2027-01-01T00:00:00Z")),
        ConsentRefusal::Expired { .. }
    ));
}

#[test]
fn reasons_are_for_who_was_granted_them() {
    let mut binding = bound().0;
    binding.outputs = Outputs::Score;
    let mut asker = Asker::new();
    asker.outputs = Outputs::ScoreAndReasons;
    assert_eq!(
        asker.ask(|ask| binding.allows(ask)),
        Err(ConsentRefusal::Outputs)
    );
}

fn answer(
    change: impl FnOnce(&mut Terms),
    ask: impl FnOnce(&mut ScoreRequest),
) -> Result<(), AnswerError> {
    let (mut terms, mut asked) = (terms(), asked());
    change(&mut terms);
    ask(&mut asked);
    let request = Signed::sign(asked, &key(2));
    terms.bind(&request, &registry(), &titles()).map(|_| ())
}

#[test]
fn terms_that_are_no_answer_are_refused() {
    assert!(answer(|_| (), |_| ()).is_ok());
    assert!(matches!(
        answer(|t| t.scorecards = vec![digest("third")], |_| ()),
        Err(AnswerError::Scorecard { .. })
    ));
    assert!(matches!(
        answer(|t| t.sources = vec![id("wallet")], |_| ()),
        Err(AnswerError::RequiredSource { source_name }) if source_name == id("bank")
    ));
    let own = |t: &mut Terms| t.sources = vec![id("self-declared")];
    assert!(matches!(
        answer(own, |_| ()),
        Err(AnswerError::RequiredSource { .. })
    ));
    assert!(answer(own, |a| a.sources.clear()).is_ok());
    assert!(matches!(
        answer(own, |a| {
            a.sources.clear();
            a.self_declared = false;
        }),
        Err(AnswerError::SelfDeclared)
    ));
    assert!(matches!(
        answer(|t| t.sources.push(id("self-declared")), |_| ()),
        Err(AnswerError::Binding(BindingError::Mixed))
    ));
    assert!(matches!(
        answer(|_| (), |a| a.outputs = Outputs::Score),
        Err(AnswerError::Outputs)
    ));
    assert!(answer(|t| t.outputs = Outputs::Score, |_| ()).is_ok());
    assert!(matches!(
        answer(|_| (), |a| a.expires = time("2026-06-01T11:30:00Z")),
        Err(AnswerError::Late { .. })
    ));
    assert!(matches!(
        answer(|t| t.sources.push(id("telecom")), |_| ()),
        Err(AnswerError::Party(TrustError::Unknown { .. }))
    ));
    assert!(matches!(
        terms().bind(&request(), &registry(), &titles()[1..]),
        Err(AnswerError::Notice(NoticeError::Untitled { .. }))
    ));
}

#[test]
fn limits_that_cannot_be_are_refused() {
    let fault = |change: fn(&mut Terms)| match answer(change, |_| ()) {
        Err(AnswerError::Binding(fault)) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(|t| t.scorecards.clear()), BindingError::Scorecards);
    assert_eq!(
        fault(|t| t.scorecards.push(digest("card"))),
        BindingError::Scorecards
    );
    assert_eq!(fault(|t| t.sources.clear()), BindingError::Sources);
    assert_eq!(fault(|t| t.sources.push(id("bank"))), BindingError::Sources);
    assert_eq!(fault(|t| t.uses = 0), BindingError::Uses);
    assert!(matches!(
        fault(|t| t.valid_until = t.valid_from),
        BindingError::Validity { .. }
    ));
    assert!(matches!(
        fault(|t| t.data.to = "2020-01-01".parse().unwrap()),
        BindingError::Data(_)
    ));
    let stored = answer(|_| (), |a| a.storage_days = 36_526);
    assert!(matches!(
        stored,
        Err(AnswerError::Binding(BindingError::Storage { got: 36_526 }))
    ));
}

#[test]
fn a_consent_answers_the_request_that_it_names() {
    let binding = bound().0;
    assert!(binding.answers(&request()).is_ok());
    assert_eq!(binding.standing(), Standing::Attested);
    // The same question asked again has another nonce.
    let mut again = asked();
    again.nonce = digest("another nonce");
    assert!(matches!(
        binding.answers(&Signed::sign(again, &key(2))),
        Err(AnswerError::OtherRequest { .. })
    ));
    // Written by hand, with the digest of a request that it does not answer.
    for change in [
        |a: &mut ScoreRequest| a.lender = id("other-lender"),
        |a: &mut ScoreRequest| a.platform = id("rival"),
        |a: &mut ScoreRequest| a.purpose = plain("Advertising"),
        |a: &mut ScoreRequest| a.scheme = digest("another"),
        |a: &mut ScoreRequest| a.storage_days = 3650,
    ] {
        let mut asked = asked();
        change(&mut asked);
        let other = Signed::sign(asked, &key(2));
        let mut bent = binding.clone();
        bent.request = other.digest();
        assert!(matches!(
            bent.answers(&other),
            Err(AnswerError::Field { .. })
        ));
    }
}

proptest! {
    /// Whatever is asked, what is allowed lies within the binding.
    #[test]
    fn nothing_is_allowed_beyond_the_binding(
        sources in proptest::sample::subsequence(vec!["bank", "telecom", "wallet"], 0..=3),
        cards in proptest::sample::subsequence(vec!["card", "second card"], 0..=2),
        reasons: bool,
        from in -3_i64..3,
        to in -3_i64..3,
        second in 1_780_000_000_i64..1_781_500_000,
    ) {
        let mut asker = Asker::new();
        let mut asked = period();
        asked.from = asked.from.checked_add(jiff::Span::new().days(from)).unwrap();
        asked.to = asked.to.checked_add(jiff::Span::new().days(to)).unwrap();
        asker.sources = sources.iter().map(|name| (id(name), asked)).collect();
        asker.scorecards = cards.iter().map(|name| digest(name)).collect();
        asker.outputs = if reasons { Outputs::ScoreAndReasons } else { Outputs::Score };
        asker.now = jiff::Timestamp::from_second(second).unwrap();
        let binding = bound().0;
        let want = sources == ["bank", "wallet"]
            && cards == ["card"]
            && from >= 0
            && to <= 0
            && asker.now >= binding.valid_from
            && asker.now < binding.valid_until;
        prop_assert_eq!(asker.ask(|ask| binding.allows(ask)).is_ok(), want);
    }
}

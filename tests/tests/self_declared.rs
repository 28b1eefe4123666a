//! Data that only the applicant stands behind: scored alone, and marked all the
//! way to the lender's decision.

use blindscore_client::applicant::{Choice, Declaration, Review};
use blindscore_client::lender::{Decision, Policy, Verification, Wanted, ask, verify};
use blindscore_evaluator::{AttestedHistory, Gathered, Order, OrderError, Vouching};
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Forgotten, titles};
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_protocol::consent::{ConsentRegister, Period};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{AccountKind, Outputs, Standing};
use blindscore_tests::key;
use blindscore_tests::world::{close, now};
use jiff::ToSpan;

#[test]
fn a_score_of_ones_own_word_says_so_to_the_end() {
    let (person, cast) = (Person::load().unwrap(), Cast::load().unwrap());
    let (scheme, registry) = (&person.scheme, &cast.registry);
    let scorecard = &person.scorecards[0];
    let wanted = Wanted {
        purpose: "A small loan".parse().unwrap(),
        platform: cast.platform.id().clone(),
        scheme: scheme.digest(),
        scorecards: vec![scorecard.digest()],
        sources: Vec::new(),
        self_declared: true,
        outputs: Outputs::Score,
        storage_days: 1,
        expires: now() + 24.hours(),
    };
    let request = ask(&cast.lender, wanted, now()).unwrap();
    let secret = key(51);
    let bank = &person.bank;
    let declaration = Declaration {
        scheme,
        form: Form::Packed,
        roles: &bank.roles,
        levels: &bank.levels,
        coverage: CoverageRule::Full,
        account: AccountKind::Current,
        issued: now(),
    };
    let (sealed, attestation) = secret.declare(&declaration).unwrap();
    let said = attestation.statement();
    let choice = Choice {
        scorecards: vec![scorecard.digest()],
        sources: vec![PartyId::self_declared()],
        data: Period {
            from: said.from,
            to: said.to,
        },
        outputs: Outputs::Score,
        uses: 1,
        valid_from: now(),
        valid_until: now() + 24.hours(),
    };
    let titles = titles(&person.scorecards).unwrap();
    let draft = secret.draft(&request, registry, choice, &titles).unwrap();
    assert!(draft.notice().text().contains("  - yourself"));
    let consent = secret.grant(draft, registry, now()).unwrap();

    let vouching = Vouching {
        registry,
        key: secret.public_key(),
        scheme,
        now: now(),
    };
    let admitted =
        AttestedHistory::admit(&vouching, &sealed.to_bytes(), &close(&attestation)).unwrap();
    let histories = Gathered::new(vec![admitted]).unwrap();
    assert_eq!(histories.standing(), Standing::SelfDeclared);
    let mut register = ConsentRegister::new(cast.platform.id().clone());
    register.admit(consent.clone()).unwrap();
    let order = Order {
        registry,
        key: secret.public_key(),
        scheme,
        scorecards: &[scorecard],
        request: &request,
        consent: &consent,
        histories: &histories,
        now: now(),
    };
    let run = order
        .authorise(cast.platform.id())
        .unwrap()
        .begin::<OrderError>(&mut register, |_| Ok(()))
        .unwrap();
    let answer = run.answer(0, &cast.platform).unwrap();
    assert_eq!(answer.receipt.statement().standing, Standing::SelfDeclared);
    let checked = secret
        .review(&Review {
            registry,
            scheme,
            scorecard,
            request: &request,
            consent: &consent,
            histories: &histories,
            evaluation: &answer.evaluation,
            receipt: &answer.receipt,
            now: now(),
        })
        .unwrap();
    let released = secret
        .release(&checked, &mut Forgotten::default(), now(), &mut |_| {})
        .unwrap();
    let score = verify(
        &released.message,
        &Verification {
            registry,
            request: &request,
            scheme,
            scorecard,
            histories: &[],
            now: now(),
        },
    )
    .unwrap();
    assert_eq!(score.standing(), Standing::SelfDeclared);
    assert_eq!(score.sources(), [PartyId::self_declared()]);
    assert!(score.reasons().is_none());
    let policy = |self_declared| Policy {
        scorecard: scorecard.digest(),
        cut_off: scorecard.published_range().0,
        self_declared,
        recomputed: true,
    };
    let decide = |policy: Policy| policy.decide(&score, now()).unwrap();
    assert!(matches!(decide(policy(false)), Decision::Referred { .. }));
    assert_eq!(decide(policy(true)), Decision::Approved);
}

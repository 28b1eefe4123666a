//! The bundled application, walked through all roles.

use blindscore_client::lender::EvaluationCheck;
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Party, Setting, walk};
use blindscore_history::form::Form;
use blindscore_protocol::message::Standing;

#[test]
fn both_scores_equal_plaintext_with_two_sources() {
    let (person, cast) = (Person::load().unwrap(), Cast::load().unwrap());
    let setting = Setting {
        scheme: &person.scheme,
        scorecards: &person.scorecards,
        holders: &person.holders(&cast),
        cast: &cast,
        form: Form::Composable,
        seed: Some([5; 32]),
        now: "2026-11-16T10:00:00Z".parse().unwrap(),
    };
    let walked = walk(&setting, &mut |_| {}).unwrap();
    assert_eq!(walked.scores.len(), 2);
    assert!(walked.scores.iter().all(|score| score.equal));
    assert_eq!(walked.scores[0].plan.budget().products, 77);
    assert_eq!(walked.scores[0].plan.outputs(), 16);
    // What the platform made and kept is ciphertexts; it opened nothing.
    let verbs = walked
        .steps
        .iter()
        .filter(|step| step.party == Party::Platform);
    let platform: Vec<_> = verbs.map(|step| step.verb).collect();
    assert!(
        platform
            .iter()
            .all(|verb| !verb.contains("open") && !verb.contains("review"))
    );
    // The lender got what the plaintext score is, and knows how.
    let verified = &walked.verified;
    assert_eq!(verified.published(), walked.scores[0].plain.published);
    assert_eq!(verified.evaluation(), EvaluationCheck::Recomputed);
    assert_eq!(verified.standing(), Standing::Attested);
    assert_eq!(verified.sources().len(), 2);
    assert!(verified.reasons().is_some());
}

#[test]
fn one_source_alone_is_scored_packed() {
    let (person, cast) = (Person::load().unwrap(), Cast::load().unwrap());
    let setting = Setting {
        scheme: &person.scheme,
        scorecards: &person.scorecards,
        holders: &person.holders(&cast)[..1],
        cast: &cast,
        form: Form::Packed,
        seed: None,
        now: "2026-11-16T10:00:00Z".parse().unwrap(),
    };
    let walked = walk(&setting, &mut |_| {}).unwrap();
    assert!(walked.scores.iter().all(|score| score.equal));
    assert_eq!(walked.verified.evaluation(), EvaluationCheck::Recomputed);
}

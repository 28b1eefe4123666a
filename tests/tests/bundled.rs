//! The bundled application, walked through all roles.

use blindscore_examples::person::Person;
use blindscore_examples::walk::{Party, walk};
use blindscore_history::form::Form;

#[test]
fn both_scores_equal_plaintext_with_two_sources() {
    let person = Person::load().unwrap();
    let seed = Some([5; 32]);
    let walked = walk(
        &person.scheme,
        &person.scorecards,
        &person.holders(),
        Form::Composable,
        seed,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(walked.scores.len(), 2);
    assert!(walked.scores.iter().all(|score| score.equal));
    assert_eq!(walked.scores[0].plan.budget().products, 93);
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
            .all(|verb| !verb.contains("open") && !verb.contains("look"))
    );
}

#[test]
fn one_source_alone_is_scored_packed() {
    let person = Person::load().unwrap();
    let holders = &person.holders()[..1];
    let cards = &person.scorecards;
    let walked = walk(
        &person.scheme,
        cards,
        holders,
        Form::Packed,
        None,
        &mut |_| {},
    )
    .unwrap();
    assert!(walked.scores.iter().all(|score| score.equal));
}

use super::*;
use crate::digest::Framed;

fn written(seed: u64, count: u64) -> (Vec<u8>, Vec<u8>, Written) {
    let population = Population::new(seed, 12).unwrap();
    let (mut transactions, mut outcomes) = (Vec::new(), Vec::new());
    let written = population
        .write(0..count, &mut transactions, &mut outcomes)
        .unwrap();
    (transactions, outcomes, written)
}

#[test]
fn the_bytes_are_pinned() {
    let (transactions, outcomes, _) = written(1, 200);
    let digest = Framed::new("blindscore test v1")
        .bytes(&transactions)
        .bytes(&outcomes)
        .digest();
    assert_eq!(digest.short(), "546f27b0");
}

#[test]
fn a_larger_population_starts_with_the_smaller() {
    let (small, _, _) = written(5, 20);
    let (large, _, _) = written(5, 40);
    assert!(large.starts_with(&small));
    assert_ne!(small, written(6, 20).0);
}

#[test]
fn lives_are_plausible() {
    let (_, _, all) = written(2, 4_000);
    let share = all.bad as f64 / all.applicants as f64;
    // Four standard errors of a share of 10 % are 2 points.
    assert!((0.06..0.16).contains(&share), "{share}");
    let rows = all.transactions as f64 / all.applicants as f64;
    assert!((100.0..200.0).contains(&rows), "{rows}");
}

#[test]
fn defaults_follow_the_probabilities_and_can_be_told() {
    let population = Population::new(4, 12).unwrap();
    let mut people: Vec<_> = (0..3_000).map(|at| population.applicant(at)).collect();
    people.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    // The area under the ROC curve of the probabilities themselves: what no
    // scorecard can be expected to pass.
    let (mut goods, mut wins) = (0_u32, 0_u32);
    for person in &people {
        if person.bad {
            wins += goods;
        } else {
            goods += 1;
        }
    }
    let bads = people.len() as f64 - f64::from(goods);
    let auc = f64::from(wins) / (bads * f64::from(goods));
    assert!((0.82..0.90).contains(&auc), "{auc}");
    let expected: f64 = people.iter().map(|person| person.probability).sum();
    assert!(
        (bads - expected).abs() < 4.0 * expected.sqrt(),
        "{bads} of {expected}"
    );
}

#[test]
fn balances_follow_from_the_entries() {
    let population = Population::new(3, 24).unwrap();
    for index in 0..50 {
        let person = population.applicant(index);
        for pair in person.entries.windows(2) {
            let signed = match pair[1].direction {
                Direction::In => pair[1].amount,
                Direction::Out => -pair[1].amount,
            };
            assert!(pair[0].date <= pair[1].date);
            assert_eq!(pair[0].balance + signed, pair[1].balance);
        }
        let first = &person.entries[0];
        assert!(first.date >= person.history_from);
        assert!(person.entries.iter().all(|entry| entry.date < person.as_of));
    }
}

#[test]
fn months_out_of_range_are_refused() {
    for months in [0, 2, 61] {
        assert_eq!(Population::new(0, months), Err(SynthError(months)));
    }
}

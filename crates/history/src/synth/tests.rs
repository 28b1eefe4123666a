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
    assert_eq!(digest.short(), "PINNED");
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
    let population = Population::new(2, 12).unwrap();
    let mut people: Vec<_> = (0..4000).map(|i| population.applicant(i)).collect();
    people.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let bad = people.iter().filter(|p| p.bad).count() as f64;
    let mut goods = 0.0; let mut wins = 0.0;
    for p in &people { if p.bad { wins += goods } else { goods += 1.0 } }
    eprintln!("{all:?}, {share} auc {}", wins / (bad * goods));
    let dec: Vec<_> = people.chunks(400).map(|c| c.iter().map(|p| p.probability).sum::<f64>() / 400.0).collect();
    let over: Vec<_> = people.chunks(400).map(|c| c.iter().filter(|p| p.entries.iter().any(|e| e.balance < 0)).count()).collect();
    let end: Vec<_> = people.chunks(400).map(|c| c.iter().map(|p| p.entries.last().unwrap().balance).sum::<i64>() / 40000).collect();
    eprintln!("{dec:?} {over:?} {end:?}");
    // Four standard errors of a share of 10 % are 2 points.
    assert!((0.06..0.16).contains(&share), "{share}");
    let rows = all.transactions as f64 / all.applicants as f64;
    assert!((100.0..200.0).contains(&rows), "{rows}");
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

//! Exactness is the contract: over random schemes, scorecards and histories,
//! the plain score, the plan in the clear, the packed and the composable
//! evaluation are one integer.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::ops::RangeInclusive;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use blindscore_client::applicant::SecretKey;
use blindscore_history::arbitrary::{SchemeBounds, scheme_within, source_levels};
use blindscore_history::form::Form;
use blindscore_scorecard::arbitrary as scorecards;
use blindscore_tests::{Application, key, roles_of};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

fn secret() -> &'static SecretKey {
    static KEY: OnceLock<SecretKey> = OnceLock::new();
    KEY.get_or_init(|| key(1))
}

/// An application of `sources` sources, each of the scheme's roles with one of
/// them or with none.
fn application(
    bounds: SchemeBounds,
    sources: RangeInclusive<usize>,
) -> impl Strategy<Value = Application> {
    (scheme_within(bounds), sources)
        .prop_filter("the scheme admits so many sources", |(scheme, sources)| {
            *sources <= scheme.sources_max() as usize
        })
        .prop_flat_map(|(scheme, sources)| {
            let levels = proptest::collection::vec(source_levels(&scheme), sources);
            let holder = proptest::option::weighted(0.8, any::<Index>());
            let holders = proptest::collection::vec(holder, roles_of(&scheme).len());
            let scorecard = scorecards::scorecard_for(&scheme);
            (Just(scheme), scorecard, levels, holders)
        })
        .prop_map(|(scheme, scorecard, levels, holders)| {
            let mut holdings: Vec<_> = levels.into_iter().map(|l| (l, Vec::new())).collect();
            for (role, holder) in roles_of(&scheme).into_iter().zip(holders) {
                if let Some(holder) = holder {
                    let source = holder.index(holdings.len());
                    holdings[source].1.push(role);
                }
            }
            Application {
                scheme,
                scorecard,
                holdings,
            }
        })
}

/// Runs `cases` applications. A gate may refuse the plan of some; at least half
/// must really be scored, or the test would say nothing. Says in how many cases
/// tables shared external products.
fn all_agree(form: Form, cases: u32, applications: impl Strategy<Value = Application>) -> u32 {
    let (scored, shared) = (AtomicU32::new(0), AtomicU32::new(0));
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    });
    let outcome = runner.run(&applications, |application| {
        match application.agrees(secret(), form) {
            Ok(Some(saved)) => {
                scored.fetch_add(1, Ordering::Relaxed);
                shared.fetch_add(u32::from(saved > 0), Ordering::Relaxed);
            }
            Ok(None) => {}
            Err(differs) => return Err(TestCaseError::fail(differs)),
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}\n{runner}");
    }
    let scored = scored.into_inner();
    println!("{form}: {scored} of {cases} cases scored, the others refused by a gate");
    assert!(2 * scored >= cases, "only {scored} of {cases} were scored");
    shared.into_inner()
}

#[test]
fn packed_equals_plain() {
    all_agree(
        Form::Packed,
        256,
        application(SchemeBounds::default(), 1..=1),
    );
}

#[test]
fn composable_equals_plain() {
    let applications = application(SchemeBounds::default(), 1..=3);
    let shared = all_agree(Form::Composable, 48, applications);
    assert!(shared >= 8, "tables shared cells in {shared} cases only");
}

/// Few lines of several windows, and their sums: most tables turn by cells that
/// others turn by too.
#[test]
fn tables_that_share_cells_score_alike() {
    let bounds = SchemeBounds {
        lines: 2..=4,
        windows: 2..=4,
        sources_max: 1..=3,
        ..SchemeBounds::default()
    };
    let shared = all_agree(Form::Composable, 24, application(bounds, 1..=3));
    assert!(shared >= 8, "tables shared cells in {shared} cases only");
}

/// Columns come from the one source that a table has.
#[test]
fn tables_score_alike_in_both_forms() {
    let bounds = SchemeBounds {
        tabular: true,
        ..SchemeBounds::default()
    };
    all_agree(Form::Packed, 64, application(bounds.clone(), 1..=1));
    all_agree(Form::Composable, 16, application(bounds, 1..=1));
}

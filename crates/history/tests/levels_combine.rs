//! Several sources: sums of floors, single lines by role, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use std::collections::BTreeSet;

use blindscore_history::arbitrary::{self, AS_OF, SchemeBounds};
use blindscore_history::ledger::Ledger;
use blindscore_history::levels::{
    ApplicantLevels, CoverageRule, LevelsError, Part, Role, SourceLevels,
};
use blindscore_history::scheme::{LineKind, Scheme};
use proptest::prelude::*;

fn example() -> Scheme {
    Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap()
}

fn roles(names: &[&str]) -> BTreeSet<Role> {
    names.iter().map(|name| Role::new(name).unwrap()).collect()
}

fn zeros(scheme: &Scheme) -> SourceLevels {
    let levels = vec![0; scheme.line_windows().len()];
    SourceLevels::from_levels(scheme, AS_OF, scheme.longest_window(), levels).unwrap()
}

fn with_application() -> impl Strategy<Value = (Scheme, arbitrary::Application)> {
    let tabular = SchemeBounds {
        tabular: true,
        ..SchemeBounds::default()
    };
    prop_oneof![arbitrary::scheme(), arbitrary::scheme_within(tabular)].prop_flat_map(|scheme| {
        let application = arbitrary::application(&scheme);
        (Just(scheme), application)
    })
}

proptest! {
    #[test]
    fn combined_levels_are_sums_of_floors((scheme, application) in with_application()) {
        let parts = application.parts();
        let combined = ApplicantLevels::combine(&scheme, &parts).unwrap();
        for (index, window) in scheme.line_windows().iter().enumerate() {
            let of = |part: &Part<'_>| part.levels.levels()[index];
            let want = match scheme.lines()[window.line].kind() {
                LineKind::Pooled(_) | LineKind::Sum(_) => parts.iter().map(of).sum(),
                LineKind::Column(_) => of(&parts[0]),
                LineKind::Single(single) => {
                    let holder = parts.iter().find(|part| part.roles.contains(single.role()));
                    holder.map_or(0, of)
                }
            };
            prop_assert_eq!(combined.levels()[index], want);
            prop_assert!(want <= window.level_max);
        }
        let again = ApplicantLevels::from_levels(&scheme, AS_OF, combined.levels().to_vec());
        prop_assert_eq!(again, Ok(combined));
    }

    #[test]
    fn the_order_of_sources_does_not_matter((scheme, application) in with_application()) {
        prop_assume!(!scheme.is_tabular());
        let mut parts = application.parts();
        let one = ApplicantLevels::combine(&scheme, &parts);
        parts.reverse();
        prop_assert_eq!(ApplicantLevels::combine(&scheme, &parts), one);
    }

    /// Splitting a history over two sources loses what each rounds down, and
    /// nothing else: at most one level a line-window.
    #[test]
    fn two_sources_count_at_most_a_level_less(
        ledger in arbitrary::ledger("EUR".parse().unwrap(), 12),
        at_the_second in any::<[bool; 120]>(),
    ) {
        let scheme = example();
        // Refunds that meet their spending at another source do not cancel.
        let income = |entry: &&blindscore_history::ledger::Entry| {
            entry.direction == blindscore_history::ledger::Direction::In
        };
        let entries: Vec<_> = ledger.entries().iter().filter(income).cloned().collect();
        let compute = |keep: &dyn Fn(usize) -> bool| {
            let part = entries.iter().enumerate().filter(|(at, _)| keep(*at));
            let part = part.map(|(_, entry)| entry.clone()).collect();
            let part = Ledger::new(ledger.currency(), ledger.coverage(), part, Vec::new()).unwrap();
            SourceLevels::compute(&scheme, &part, AS_OF, CoverageRule::Full).unwrap()
        };
        let (whole, none) = (compute(&|_| true), BTreeSet::new());
        let (one, two) = (compute(&|at| !at_the_second[at]), compute(&|at| at_the_second[at]));
        let parts = [&one, &two].map(|levels| Part { levels, roles: &none });
        let combined = ApplicantLevels::combine(&scheme, &parts).unwrap();
        for months in [3, 12] {
            let index = scheme.find("income", months).unwrap();
            let cap = scheme.line_windows()[index].source_level_max;
            let (whole, both) = (whole.levels()[index], combined.levels()[index]);
            prop_assert!(both.min(cap) <= whole);
            prop_assert!(both + 1 >= whole);
        }
    }
}

#[test]
fn an_unassigned_role_is_not_known() {
    let scheme = example();
    let mut levels = vec![0; scheme.line_windows().len()];
    let balance = scheme.find("lowest_balance", 3).unwrap();
    levels[balance] = 7;
    let source = SourceLevels::from_levels(&scheme, AS_OF, 12, levels).unwrap();
    for (names, want) in [(&["main_account"][..], 7), (&["wallet"], 0), (&[], 0)] {
        let roles = roles(names);
        let parts = [Part {
            levels: &source,
            roles: &roles,
        }];
        let combined = ApplicantLevels::combine(&scheme, &parts).unwrap();
        assert_eq!(combined.levels()[balance], want);
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let scheme = example();
    let other_text = Scheme::EXAMPLE_JSON.replace("\"spread\": 0", "\"spread\": 1");
    let other_scheme = Scheme::from_json(&other_text).unwrap();
    let (one, none, main) = (
        zeros(&scheme),
        roles(&[]),
        roles(&["main_account", "wallet"]),
    );
    let plain = Part {
        levels: &one,
        roles: &none,
    };
    let refused = |parts: &[Part<'_>]| ApplicantLevels::combine(&scheme, parts).unwrap_err();

    assert_eq!(refused(&[]), LevelsError::NoPart);
    assert_eq!(
        refused(&[plain; 4]),
        LevelsError::TooManyParts { got: 4, want: 3 }
    );
    ApplicantLevels::combine(&scheme, &[plain; 3]).unwrap();

    let foreign = zeros(&other_scheme);
    let (got, want) = (other_scheme.digest(), scheme.digest());
    let foreign = Part {
        levels: &foreign,
        roles: &none,
    };
    assert_eq!(
        refused(&[plain, foreign]),
        LevelsError::OtherScheme { got, want }
    );

    let (got, want) = (AS_OF.tomorrow().unwrap(), AS_OF);
    let levels = vec![0; scheme.line_windows().len()];
    let later = SourceLevels::from_levels(&scheme, got, 12, levels).unwrap();
    let later = Part {
        levels: &later,
        roles: &none,
    };
    assert_eq!(
        refused(&[plain, later]),
        LevelsError::OtherDate { got, want }
    );

    let with_role = Part {
        levels: &one,
        roles: &main,
    };
    let twice = LevelsError::RoleTwice(Role::new("main_account").unwrap());
    assert_eq!(refused(&[with_role, plain, with_role]), twice);
}

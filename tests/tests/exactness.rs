//! Exactness is the contract: over random schemes, scorecards and histories,
//! the plain score, the plan in the clear, the packed and the composable
//! evaluation are one integer.

use std::sync::OnceLock;

use blindscore_client::applicant::SecretKey;
use blindscore_history::arbitrary as histories;
use blindscore_history::form::Form;
use blindscore_scorecard::arbitrary as scorecards;
use blindscore_tests::{Application, key, roles_of};
use proptest::prelude::*;

fn secret() -> &'static SecretKey {
    static KEY: OnceLock<SecretKey> = OnceLock::new();
    KEY.get_or_init(|| key(1))
}

/// An application of `sources` sources; the first has every role, or none.
fn application(sources: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Application> {
    (histories::scheme(), sources, any::<bool>())
        .prop_filter(
            "the scheme admits so many sources",
            |(scheme, sources, _)| *sources <= scheme.sources_max() as usize,
        )
        .prop_flat_map(|(scheme, sources, has_roles)| {
            let levels = proptest::collection::vec(histories::source_levels(&scheme), sources);
            let scorecard = scorecards::scorecard_for(&scheme);
            (Just(scheme), scorecard, levels, Just(has_roles))
        })
        .prop_map(|(scheme, scorecard, levels, has_roles)| {
            let all = if has_roles {
                roles_of(&scheme)
            } else {
                Vec::new()
            };
            let roles = std::iter::once(all).chain(std::iter::repeat(Vec::new()));
            let holdings = levels.into_iter().zip(roles).collect();
            Application {
                scheme,
                scorecard,
                holdings,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn packed_equals_plain(application in application(1..=1)) {
        let outcome = application.agrees(secret(), Form::Packed);
        prop_assert!(outcome.is_ok(), "{outcome:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn composable_equals_plain(application in application(1..=3)) {
        let outcome = application.agrees(secret(), Form::Composable);
        prop_assert!(outcome.is_ok(), "{outcome:?}");
    }
}

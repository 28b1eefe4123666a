//! Random levels of a scheme, for one source or for a whole application.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::AS_OF;
use crate::levels::{Part, SourceLevels};
use crate::scheme::{LineKind, Role, Scheme};

/// The levels of one source, as of [`AS_OF`], the longest window covered whole.
/// Extremes (0 and the cap) come often.
pub fn source_levels(scheme: &Scheme) -> impl Strategy<Value = SourceLevels> + use<> {
    let lines: Vec<_> = scheme
        .lines()
        .iter()
        .map(|line| {
            let level = prop_oneof![1 => Just(0), 1 => Just(line.cap()), 3 => 0..=line.cap()];
            prop::collection::vec(level, line.windows().len())
        })
        .collect();
    let scheme = scheme.clone();
    lines.prop_map(move |lines| valid(&scheme, lines))
}

/// The sources of one application and the roles that the request assigns.
#[derive(Debug, Clone)]
pub struct Application {
    /// One a source; 1 up to the scheme's `sources_max`.
    pub levels: Vec<SourceLevels>,
    /// The roles of each source.
    pub roles: Vec<BTreeSet<Role>>,
}

impl Application {
    /// What [`ApplicantLevels::combine`](crate::levels::ApplicantLevels::combine)
    /// takes.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let pairs = self.levels.iter().zip(&self.roles);
        pairs
            .map(|(levels, roles)| Part { levels, roles })
            .collect()
    }
}

/// Sources with random levels, each of the scheme's roles with one of them or
/// with none.
pub fn application(scheme: &Scheme) -> impl Strategy<Value = Application> + use<> {
    let roles: Vec<Role> = scheme.roles().into_iter().cloned().collect();
    let count = 1..=scheme.sources_max() as usize;
    let sources = prop::collection::vec(source_levels(scheme), count);
    let holders = prop::collection::vec(any::<Option<prop::sample::Index>>(), roles.len());
    (sources, holders).prop_map(move |(levels, holders)| {
        let mut assigned = vec![BTreeSet::new(); levels.len()];
        for (role, holder) in roles.iter().zip(holders) {
            if let Some(holder) = holder {
                assigned[holder.index(levels.len())].insert(role.clone());
            }
        }
        Application {
            levels,
            roles: assigned,
        }
    })
}

fn valid(scheme: &Scheme, mut lines: Vec<Vec<u32>>) -> SourceLevels {
    for (line, levels) in scheme.lines().iter().zip(&mut lines) {
        if line.adds_up() {
            levels.sort_unstable();
        }
    }
    for (index, line) in scheme.lines().iter().enumerate() {
        if let LineKind::Sum(sum) = line.kind() {
            let sum_in = |window: usize| sum.members().iter().map(|&m| lines[m][window]).sum();
            lines[index] = (0..line.windows().len()).map(sum_in).collect();
        }
    }
    SourceLevels::from_levels(scheme, AS_OF, scheme.longest_window(), lines.concat())
        .expect("within caps, ascending, sums added up")
}

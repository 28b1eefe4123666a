//! Which profile fits a file.

use super::header;
use super::profile::CsvProfile;
use crate::statement::error::shown;
use crate::statement::{ReadOptions, StatementError, StatementFault, decode};

/// The profile asked for, or else the one whose header columns the file has;
/// among several, the one that knows most columns. The caller's own profiles
/// come before the built-in ones.
pub(super) fn profile<'a>(
    bytes: &[u8],
    options: &'a ReadOptions,
) -> Result<Option<&'a CsvProfile>, StatementError> {
    if let Some(name) = &options.profile {
        return named(name, options).map(Some);
    }
    match best(bytes, &options.profiles)? {
        Some(own) => Ok(Some(own)),
        None => best(bytes, CsvProfile::builtin()),
    }
}

fn named<'a>(name: &str, options: &'a ReadOptions) -> Result<&'a CsvProfile, StatementError> {
    let found = super::profiles(options).find(|profile| profile.name() == name);
    found.ok_or_else(|| {
        let known: Vec<_> = super::profiles(options).map(CsvProfile::name).collect();
        let fault = StatementFault::UnknownProfile {
            name: shown(name, 40),
            known: known.join(", "),
        };
        fault.into()
    })
}

fn best<'a>(
    bytes: &[u8],
    profiles: &'a [CsvProfile],
) -> Result<Option<&'a CsvProfile>, StatementError> {
    let mut best: Option<(usize, &CsvProfile)> = None;
    let mut rival = None;
    for profile in profiles {
        let head = decode::peek(bytes, decode::settled(bytes, profile.encoding()));
        let Some(known) = header::known_columns(&head, profile) else {
            continue;
        };
        match best {
            Some((most, _)) if known < most => {}
            Some((most, _)) if known == most => rival = Some(profile),
            _ => (best, rival) = (Some((known, profile)), None),
        }
    }
    match (best, rival) {
        (Some((_, first)), Some(second)) => {
            let (first, second) = (first.name().to_owned(), second.name().to_owned());
            Err(StatementFault::AmbiguousProfile { first, second }.into())
        }
        (best, _) => Ok(best.map(|(_, profile)| profile)),
    }
}

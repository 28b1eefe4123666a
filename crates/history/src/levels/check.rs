//! What makes a list of levels valid for a scheme.

use jiff::civil::Date;

use super::error::LevelsError;
use crate::digest::Digest;
use crate::scheme::{LineKind, LineWindow, Scheme};

/// Years of four digits without a sign, with room for the longest window.
pub(super) fn as_of(date: Date) -> Result<(), LevelsError> {
    if date.year() >= 1 {
        Ok(())
    } else {
        Err(LevelsError::AsOf(date))
    }
}

pub(super) fn covered_months(scheme: &Scheme, got: u8) -> Result<(), LevelsError> {
    let greatest = scheme.longest_window();
    let least = greatest.min(1);
    if (least..=greatest).contains(&got) {
        Ok(())
    } else {
        Err(LevelsError::CoveredMonths {
            got,
            least,
            greatest,
        })
    }
}

/// Range, order of windows, sums; `max` tells the largest level of a
/// line-window.
pub(super) fn levels(
    scheme: &Scheme,
    levels: &[u32],
    max: impl Fn(&LineWindow) -> u32,
) -> Result<(), LevelsError> {
    let windows = scheme.line_windows();
    if levels.len() != windows.len() {
        return Err(LevelsError::Count {
            got: levels.len(),
            want: windows.len(),
        });
    }
    for (index, window) in windows.iter().enumerate() {
        let line = &scheme.lines()[window.line];
        let (name, months) = (line.name().to_owned(), window.months);
        let max = max(window);
        if levels[index] > max {
            return Err(LevelsError::AboveCap {
                line: name,
                months,
                max,
            });
        }
        let falls = line.adds_up() && window.window > 0 && levels[index] < levels[index - 1];
        if falls {
            return Err(LevelsError::Falling { line: name, months });
        }
        if let LineKind::Sum(sum) = line.kind()
            && levels[index] != sum_level(scheme, sum.members(), window.window, levels)
        {
            return Err(LevelsError::NotTheSum { line: name, months });
        }
    }
    Ok(())
}

/// The sum of the members' levels in one window. Saturates, as unchecked levels
/// come through here.
pub(super) fn sum_level(scheme: &Scheme, members: &[usize], window: usize, levels: &[u32]) -> u32 {
    members
        .iter()
        .filter_map(|&member| levels.get(scheme.first_window(member)? + window))
        .fold(0, |sum: u32, level| sum.saturating_add(*level))
}

/// Writes the sum lines' levels, once those of all members are there.
pub(super) fn fill_sums(scheme: &Scheme, levels: &mut [u32]) {
    for (index, window) in scheme.line_windows().iter().enumerate() {
        if let LineKind::Sum(sum) = scheme.lines()[window.line].kind() {
            levels[index] = sum_level(scheme, sum.members(), window.window, levels);
        }
    }
}

pub(super) fn scheme(got: Digest, scheme: &Scheme) -> Result<(), LevelsError> {
    let want = scheme.digest();
    if got == want {
        Ok(())
    } else {
        Err(LevelsError::OtherScheme { got, want })
    }
}

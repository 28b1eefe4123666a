//! Which levels a history can have, beyond what the reader knows: a count of
//! months cannot pass its window, a share cannot pass the whole.

use blindscore_history::scheme::{
    Line, LineKind, LineWindow, PooledMeasure, Scheme, SingleLine, SingleMeasure,
};

/// The lowest and highest level that some history has, level 0 of single and
/// column lines (not known) left aside; `None` if it is never known.
pub(super) fn levels(scheme: &Scheme, window: &LineWindow) -> Option<(u32, u32)> {
    let line = &scheme.lines()[window.line];
    match line.kind() {
        LineKind::Pooled(pooled) => {
            let one = pooled_level_max(line, pooled.measure(), window.months);
            Some((0, scheme.sources_max() * one))
        }
        LineKind::Sum(sum) => {
            let members = sum.members().iter().map(|&m| &scheme.lines()[m]);
            let one: u32 = members
                .map(|member| pooled_level_max(member, sum.measure(), window.months))
                .sum();
            Some((0, scheme.sources_max() * one))
        }
        LineKind::Single(single) => single_levels(line, single, i64::from(window.months)),
        LineKind::Column(_) => Some((1, window.level_max)),
    }
}

/// The largest level of one source's pooled line.
fn pooled_level_max(line: &Line, measure: PooledMeasure, months: u8) -> u32 {
    match measure {
        PooledMeasure::Amount => line.cap(),
        // The unit of a count of months is 1.
        PooledMeasure::Months => line.cap().min(u32::from(months)),
    }
}

fn single_levels(line: &Line, single: &SingleLine, months: i64) -> Option<(u32, u32)> {
    let (least, greatest) = values(single.measure(), months)?;
    let level = |value: i64| {
        let steps =
            (i128::from(value) - i128::from(single.origin())).div_euclid(i128::from(line.unit()));
        let most = line.cap() - 1;
        1 + u32::try_from(steps.max(0)).map_or(most, |steps| steps.min(most))
    };
    Some((least.map_or(1, level), greatest.map_or(line.cap(), level)))
}

/// The least and the greatest value of a measure over so many months, where it
/// has one; `None` if it is never known.
fn values(measure: SingleMeasure, months: i64) -> Option<(Option<i64>, Option<i64>)> {
    match measure {
        SingleMeasure::LowestBalance => Some((None, None)),
        SingleMeasure::MonthsActive | SingleMeasure::MonthsOverdrawn => {
            Some((Some(0), Some(months)))
        }
        SingleMeasure::IncomeRegularity => (months >= 2).then_some((Some(0), Some(1_000))),
        // All in one month: a deviation of 2 (n - 1) / n of the mean.
        SingleMeasure::SpendingVolatility => {
            (months >= 2).then(|| (Some(0), Some(2_000 * (months - 1) / months)))
        }
        SingleMeasure::CashShare | SingleMeasure::EssentialShare => Some((Some(0), Some(1_000))),
        SingleMeasure::SavingsRate => Some((None, Some(1_000))),
    }
}

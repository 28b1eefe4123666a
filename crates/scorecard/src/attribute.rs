//! Attributes: ranges of levels, and what makes a list of them complete.
//!
//! A range is closed on the left and open on the right, as every scorecard
//! tool has it: a level equal to a cut belongs to the upper range. A list must
//! cover every level of its line and window exactly once, so that no level is
//! without points and none has two.

use std::fmt;

use crate::POINTS_MAX;
use crate::error::AttributeFault;

/// One range of levels `[from, to)` and its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    pub(crate) from: u32,
    pub(crate) to: Option<u32>,
    pub(crate) points: i64,
}

impl Attribute {
    /// The lowest level of the range.
    pub fn from(&self) -> u32 {
        self.from
    }

    /// The lowest level above the range; `None` for the last range, which
    /// reaches to the top.
    pub fn to(&self) -> Option<u32> {
        self.to
    }

    /// The points of the range.
    pub fn points(&self) -> i64 {
        self.points
    }

    /// Whether `level` lies in the range.
    pub fn contains(&self, level: u32) -> bool {
        self.from <= level && self.to.is_none_or(|to| level < to)
    }
}

/// `[5, 9)`, or `[9, ..)` for the last.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) => write!(f, "[{}, {to})", self.from),
            None => write!(f, "[{}, ..)", self.from),
        }
    }
}

/// Checks that `attributes` cover the levels from `lowest` upwards exactly
/// once, in order, with every cut at or below `level_max`.
pub(crate) fn check(
    attributes: &[Attribute],
    lowest: u32,
    level_max: u32,
) -> Result<(), AttributeFault> {
    let (Some(first), Some(last)) = (attributes.first(), attributes.last()) else {
        return Err(AttributeFault::None { lowest });
    };
    for (index, attribute) in attributes.iter().enumerate() {
        check_one(index, attribute, level_max)?;
    }
    for (index, pair) in attributes.windows(2).enumerate() {
        if pair[1].from <= pair[0].from {
            return Err(AttributeFault::OutOfOrder {
                attribute: number(index + 1),
                range: pair[1].to_string(),
                before: pair[0].to_string(),
            });
        }
    }
    if first.from != lowest {
        return Err(AttributeFault::Start {
            got: first.from,
            want: lowest,
        });
    }
    for (index, pair) in attributes.windows(2).enumerate() {
        check_seam(index, &pair[0], &pair[1])?;
    }
    match last.to {
        None => Ok(()),
        Some(_) => Err(AttributeFault::End {
            attribute: number(attributes.len() - 1),
            range: last.to_string(),
        }),
    }
}

fn check_one(index: usize, attribute: &Attribute, level_max: u32) -> Result<(), AttributeFault> {
    let range = || attribute.to_string();
    if attribute.to.is_some_and(|to| to <= attribute.from) {
        return Err(AttributeFault::Empty {
            attribute: number(index),
            range: range(),
        });
    }
    if attribute.from > level_max || attribute.to.is_some_and(|to| to > level_max) {
        return Err(AttributeFault::BeyondLevels {
            attribute: number(index),
            range: range(),
            level_max,
        });
    }
    if attribute.points.unsigned_abs() > POINTS_MAX.unsigned_abs() {
        return Err(AttributeFault::Points {
            attribute: number(index),
            range: range(),
            got: attribute.points,
        });
    }
    Ok(())
}

fn check_seam(index: usize, lower: &Attribute, upper: &Attribute) -> Result<(), AttributeFault> {
    let Some(to) = lower.to else {
        return Err(AttributeFault::OpenBeforeEnd {
            attribute: number(index),
            range: lower.to_string(),
            next: upper.from,
        });
    };
    if upper.from < to {
        return Err(AttributeFault::Overlap {
            lower: number(index),
            lower_range: lower.to_string(),
            upper: number(index + 1),
            upper_range: upper.to_string(),
        });
    }
    if upper.from > to {
        return Err(AttributeFault::Gap {
            lower: number(index),
            lower_range: lower.to_string(),
            upper: number(index + 1),
            upper_range: upper.to_string(),
        });
    }
    Ok(())
}

/// Attributes are counted from one in messages, as people count.
fn number(index: usize) -> usize {
    index + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(ranges: &[(u32, Option<u32>)]) -> Vec<Attribute> {
        ranges
            .iter()
            .map(|&(from, to)| Attribute {
                from,
                to,
                points: 1,
            })
            .collect()
    }

    fn fault(ranges: &[(u32, Option<u32>)]) -> AttributeFault {
        check(&list(ranges), 0, 40).expect_err("the list is faulty")
    }

    #[test]
    fn a_complete_list_passes() {
        let attributes = list(&[(0, Some(5)), (5, Some(40)), (40, None)]);
        assert_eq!(check(&attributes, 0, 40), Ok(()));
        assert_eq!(check(&list(&[(1, None)]), 1, 40), Ok(()));
    }

    #[test]
    fn an_empty_list_is_refused() {
        assert_eq!(fault(&[]), AttributeFault::None { lowest: 0 });
    }

    #[test]
    fn the_first_attribute_starts_at_the_lowest_level() {
        assert_eq!(
            fault(&[(1, None)]),
            AttributeFault::Start { got: 1, want: 0 }
        );
        assert_eq!(
            check(&list(&[(0, None)]), 1, 40),
            Err(AttributeFault::Start { got: 0, want: 1 })
        );
    }

    #[test]
    fn an_overlap_names_both_attributes() {
        assert_eq!(
            fault(&[(0, Some(6)), (5, None)]),
            AttributeFault::Overlap {
                lower: 1,
                lower_range: "[0, 6)".into(),
                upper: 2,
                upper_range: "[5, ..)".into(),
            }
        );
    }

    #[test]
    fn a_gap_names_both_attributes() {
        assert_eq!(
            fault(&[(0, Some(4)), (5, None)]),
            AttributeFault::Gap {
                lower: 1,
                lower_range: "[0, 4)".into(),
                upper: 2,
                upper_range: "[5, ..)".into(),
            }
        );
    }

    #[test]
    fn order_is_judged_before_gaps() {
        assert!(matches!(
            fault(&[(0, Some(5)), (9, None), (5, Some(9))]),
            AttributeFault::OutOfOrder { attribute: 3, .. }
        ));
        assert!(matches!(
            fault(&[(0, Some(5)), (0, Some(5)), (5, None)]),
            AttributeFault::OutOfOrder { attribute: 2, .. }
        ));
    }

    #[test]
    fn only_the_last_attribute_is_open() {
        assert!(matches!(
            fault(&[(0, None), (5, None)]),
            AttributeFault::OpenBeforeEnd {
                attribute: 1,
                next: 5,
                ..
            }
        ));
        assert!(matches!(
            fault(&[(0, Some(5)), (5, Some(9))]),
            AttributeFault::End { attribute: 2, .. }
        ));
    }

    #[test]
    fn empty_ranges_and_cuts_above_the_top_are_refused() {
        assert!(matches!(
            fault(&[(0, Some(0)), (0, None)]),
            AttributeFault::Empty { attribute: 1, .. }
        ));
        assert!(matches!(
            fault(&[(0, Some(41)), (41, None)]),
            AttributeFault::BeyondLevels {
                attribute: 1,
                level_max: 40,
                ..
            }
        ));
        assert!(matches!(
            fault(&[(0, Some(u32::MAX)), (u32::MAX, None)]),
            AttributeFault::BeyondLevels { .. }
        ));
    }

    #[test]
    fn points_are_bounded() {
        for points in [POINTS_MAX + 1, -POINTS_MAX - 1, i64::MIN, i64::MAX] {
            let attributes = [Attribute {
                from: 0,
                to: None,
                points,
            }];
            assert!(matches!(
                check(&attributes, 0, 40),
                Err(AttributeFault::Points { got, .. }) if got == points
            ));
        }
    }
}

//! What an entry is, from what little a statement says.

use super::StatementFault;
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// What a statement says about one entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clues {
    pub(super) direction: Direction,
    /// A flow in so many words.
    pub(super) flow: Option<Flow>,
    /// A category in so many words.
    pub(super) category: Option<Category>,
    /// What a code or a rule makes of it.
    pub(super) meaning: Option<(Flow, Category)>,
}

/// Flow and category, by the table in the [module docs](super).
pub(super) fn classify(clues: Clues) -> Result<(Flow, Category), StatementFault> {
    let (flow, category) = guess(clues);
    match (clues.flow, clues.category) {
        (Some(flow), stated) => {
            if !flow.carries_category() && stated.is_some_and(|c| c != Category::Unclassified) {
                return Err(StatementFault::NoCategory);
            }
            let carried = if flow.carries_category() {
                category
            } else {
                Category::Unclassified
            };
            Ok((flow, stated.unwrap_or(carried)))
        }
        (None, Some(stated)) if stated != Category::Unclassified => {
            Ok(oriented((Flow::Expenditure, stated), clues.direction))
        }
        _ => Ok((flow, category)),
    }
}

fn guess(clues: Clues) -> (Flow, Category) {
    match (clues.meaning, clues.direction) {
        (Some(meaning), direction) => oriented(meaning, direction),
        (None, Direction::Out) => (Flow::Expenditure, Category::Unclassified),
        (None, Direction::In) => (Flow::Transfer, Category::Unclassified),
    }
}

/// Consumption that moves money in is a refund of it.
fn oriented((flow, category): (Flow, Category), direction: Direction) -> (Flow, Category) {
    match (flow, direction) {
        (Flow::Expenditure, Direction::In) => (Flow::RefundReversal, category),
        _ => (flow, category),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{In, Out};

    const FOOD: (Flow, Category) = (Flow::Expenditure, Category::Food);

    fn clues(direction: Direction) -> Clues {
        Clues {
            direction,
            flow: None,
            category: None,
            meaning: None,
        }
    }

    #[test]
    fn every_row_of_the_table() {
        use Category::{Food, Health, Unclassified};
        use Flow::{Cash, Expenditure, Income, RefundReversal, Transfer};
        for (clues, flow, category) in [
            (clues(Out), Expenditure, Unclassified),
            (clues(In), Transfer, Unclassified),
            (
                Clues {
                    meaning: Some(FOOD),
                    ..clues(Out)
                },
                Expenditure,
                Food,
            ),
            (
                Clues {
                    meaning: Some(FOOD),
                    ..clues(In)
                },
                RefundReversal,
                Food,
            ),
            (
                Clues {
                    meaning: Some((Cash, Unclassified)),
                    ..clues(In)
                },
                Cash,
                Unclassified,
            ),
            (
                Clues {
                    category: Some(Health),
                    ..clues(Out)
                },
                Expenditure,
                Health,
            ),
            (
                Clues {
                    category: Some(Health),
                    ..clues(In)
                },
                RefundReversal,
                Health,
            ),
            (
                Clues {
                    category: Some(Unclassified),
                    ..clues(In)
                },
                Transfer,
                Unclassified,
            ),
            (
                Clues {
                    flow: Some(Income),
                    ..clues(In)
                },
                Income,
                Unclassified,
            ),
            (
                Clues {
                    flow: Some(Income),
                    meaning: Some(FOOD),
                    ..clues(In)
                },
                Income,
                Unclassified,
            ),
            (
                Clues {
                    flow: Some(Expenditure),
                    meaning: Some(FOOD),
                    ..clues(In)
                },
                Expenditure,
                Food,
            ),
            (
                Clues {
                    flow: Some(Expenditure),
                    category: Some(Health),
                    ..clues(Out)
                },
                Expenditure,
                Health,
            ),
        ] {
            assert_eq!(classify(clues), Ok((flow, category)), "{clues:?}");
        }
    }

    #[test]
    fn a_category_beside_a_flow_that_carries_none_is_refused() {
        let odd = Clues {
            flow: Some(Flow::Income),
            category: Some(Category::Food),
            ..clues(In)
        };
        assert_eq!(classify(odd), Err(StatementFault::NoCategory));
    }
}

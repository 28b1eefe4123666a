//! What an entry is, from what little a statement says.

use super::StatementFault;
use super::draft::Basis;
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// What a statement says about one entry.
#[derive(Clone, Debug)]
pub(super) struct Clues {
    pub(super) direction: Direction,
    /// A flow in so many words.
    pub(super) flow: Option<Flow>,
    /// A category in so many words.
    pub(super) category: Option<Category>,
    /// What a code or a rule makes of it, and which.
    pub(super) meaning: Option<(Meaning, Basis)>,
}

impl Clues {
    /// What is known of an entry whose file states neither flow nor category.
    pub(super) fn by(direction: Direction, meaning: Option<(Meaning, Basis)>) -> Self {
        Self {
            direction,
            flow: None,
            category: None,
            meaning,
        }
    }
}

/// What an entry is.
pub(super) type Meaning = (Flow, Category);

/// Flow and category, by the table in the [module docs](super), and what they
/// rest on.
pub(super) fn classify(clues: Clues) -> Result<(Flow, Category, Basis), StatementFault> {
    let stated =
        clues.flow.is_some() || clues.category.is_some_and(|c| c != Category::Unclassified);
    let (flow, category) = decide(&clues)?;
    let basis = match clues.meaning {
        _ if stated => Basis::Stated,
        Some((_, basis)) => basis,
        None => Basis::Nothing,
    };
    Ok((flow, category, basis))
}

fn decide(clues: &Clues) -> Result<Meaning, StatementFault> {
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

fn guess(clues: &Clues) -> Meaning {
    match (&clues.meaning, clues.direction) {
        (Some((meaning, _)), direction) => oriented(*meaning, direction),
        (None, Direction::Out) => (Flow::Expenditure, Category::Unclassified),
        (None, Direction::In) => (Flow::Transfer, Category::Unclassified),
    }
}

/// Consumption that moves money in is a refund of it.
pub(super) fn oriented((flow, category): Meaning, direction: Direction) -> Meaning {
    match (flow, direction) {
        (Flow::Expenditure, Direction::In) => (Flow::RefundReversal, category),
        _ => (flow, category),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{In, Out};

    const FOOD: Meaning = (Flow::Expenditure, Category::Food);

    fn clues(direction: Direction) -> Clues {
        Clues::by(direction, None)
    }

    fn coded(meaning: Meaning) -> Option<(Meaning, Basis)> {
        Some((meaning, Basis::MerchantCode(5411)))
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
                    meaning: coded(FOOD),
                    ..clues(Out)
                },
                Expenditure,
                Food,
            ),
            (
                Clues {
                    meaning: coded(FOOD),
                    ..clues(In)
                },
                RefundReversal,
                Food,
            ),
            (
                Clues {
                    meaning: coded((Cash, Unclassified)),
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
                    meaning: coded(FOOD),
                    ..clues(In)
                },
                Income,
                Unclassified,
            ),
            (
                Clues {
                    flow: Some(Expenditure),
                    meaning: coded(FOOD),
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
            let (got_flow, got_category, _) = classify(clues.clone()).unwrap();
            assert_eq!((got_flow, got_category), (flow, category), "{clues:?}");
        }
    }

    #[test]
    fn the_basis_is_what_decided() {
        let basis = |clues| classify(clues).unwrap().2;
        assert_eq!(basis(clues(Out)), Basis::Nothing);
        let by_code = Clues::by(Out, coded(FOOD));
        assert_eq!(basis(by_code.clone()), Basis::MerchantCode(5411));
        let stated = Clues {
            category: Some(Category::Health),
            ..by_code.clone()
        };
        assert_eq!(basis(stated), Basis::Stated);
        let unclassified = Clues {
            category: Some(Category::Unclassified),
            ..by_code
        };
        assert_eq!(basis(unclassified), Basis::MerchantCode(5411));
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

//! Derived columns: a sum, a difference or a ratio of a table's columns.
//!
//! What tells people apart often stands in no column of its own: how much of a
//! limit is used, how much of a bill was paid. A column line may say how it is
//! computed, so that scheme and scorecard hold all it takes, and nobody has to
//! prepare a table in the same way twice.
//!
//! ```text
//! formula = sum | part "/" part         part = column | "(" sum ")"
//! sum     = column (("+" | "-") column)*
//! column  = letters, digits, _ and .    or anything in double quotes
//! ```
//!
//! Cells are read to nine digits after the point and so is the result, rounded
//! down, in whole numbers throughout: every machine gets the same level. What
//! needs a cell that is not known is not known, and so is a ratio to what is
//! not above zero, which no share can be of.

use std::fmt;
use std::str::FromStr;

use super::column::{CellFault, is_not_known};
use crate::decimal::Decimal;

/// Digits after the point that are read of a cell and kept of a result.
const PLACES: u8 = 9;
/// The most terms of each part.
const TERMS_MAX: usize = 32;
/// The longest text of a formula in bytes.
const TEXT_MAX: usize = 2_000;
/// Larger cells count as this large: 10^18, at [`PLACES`] digits. So many of
/// them, times `10^PLACES`, still are below 2^127.
const CELL_MAX: i128 = 10_i128.pow(18 + PLACES as u32);

/// How a column is computed from others.
///
/// ```
/// use blindscore_history::scheme::Formula;
/// let used: Formula = "BILL_AMT1/LIMIT_BAL".parse()?;
/// assert_eq!(used.to_string(), "BILL_AMT1 / LIMIT_BAL");
/// assert_eq!(used.columns().collect::<Vec<_>>(), ["BILL_AMT1", "LIMIT_BAL"]);
/// let value = |cells: [&str; 2]| used.value(|index| Formula::number(cells[index]));
/// assert_eq!(value(["250", "1000"])?, Some("0.25".parse()?));
/// assert_eq!(value(["250", "0"])?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    over: Vec<Term>,
    /// Empty if it is no ratio.
    under: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    minus: bool,
    column: String,
}

/// Why a text is no formula.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{fault}; want columns with + and - between them, or a ratio such as (a - b) / c, names with \
     other characters than letters, digits, _ and . in double quotes"
)]
pub struct FormulaError {
    fault: &'static str,
}

impl Formula {
    /// The ratio of two columns.
    pub fn ratio(over: impl Into<String>, under: impl Into<String>) -> Self {
        let term = |column: String| {
            vec![Term {
                minus: false,
                column,
            }]
        };
        Self {
            over: term(over.into()),
            under: term(under.into()),
        }
    }

    /// The headers of the columns that it reads, in its order; one may come
    /// twice.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.over
            .iter()
            .chain(&self.under)
            .map(|term| term.column.as_str())
    }

    /// A cell as [`value`](Self::value) reads it: in billionths, rounded down;
    /// `None` if it is not known.
    ///
    /// # Errors
    /// If the cell is neither a number nor empty.
    pub fn number(cell: &str) -> Result<Option<i128>, CellFault> {
        let cell = cell.trim();
        if is_not_known(cell) {
            return Ok(None);
        }
        let number: Decimal = cell.parse().map_err(|_| CellFault::NotANumber)?;
        Ok(Some(number.floor(PLACES).clamp(-CELL_MAX, CELL_MAX)))
    }

    /// The value, given the number in each of its [columns](Self::columns);
    /// `None` if it is not known.
    ///
    /// # Errors
    /// The first error of `number`.
    pub fn value<E>(
        &self,
        mut number: impl FnMut(usize) -> Result<Option<i128>, E>,
    ) -> Result<Option<Decimal>, E> {
        let mut index = 0;
        let mut sum = |terms: &[Term]| -> Result<Option<i128>, E> {
            let mut sum = Some(0);
            for term in terms {
                let cell = number(index)?;
                index += 1;
                sum = sum.zip(cell).map(|(sum, cell)| {
                    let cell = cell.clamp(-CELL_MAX, CELL_MAX);
                    if term.minus { sum - cell } else { sum + cell }
                });
            }
            Ok(sum)
        };
        let over = sum(&self.over)?;
        if self.under.is_empty() {
            return Ok(over.map(|over| Decimal::scaled_down_wide(over, PLACES)));
        }
        let under = sum(&self.under)?.filter(|under| *under > 0);
        let one = 10_i128.pow(u32::from(PLACES));
        let ratio = over
            .zip(under)
            .map(|(over, under)| (over * one).div_euclid(under));
        Ok(ratio.map(|ratio| Decimal::scaled_down_wide(ratio, PLACES)))
    }
}

impl FromStr for Formula {
    type Err = FormulaError;

    fn from_str(text: &str) -> Result<Self, FormulaError> {
        if text.len() > TEXT_MAX {
            return Err(fault("too long"));
        }
        let tokens = tokens(text)?;
        let mut rest = tokens.as_slice();
        let over = part(&mut rest)?;
        let (over, under) = match rest {
            // A lone column is the start of a sum.
            [] if over.1 => (over.0, Vec::new()),
            [Token::Mark('/'), ..] => {
                rest = &rest[1..];
                (over.0, part(&mut rest)?.0)
            }
            _ => {
                rest = tokens.as_slice();
                (sum(&mut rest)?, Vec::new())
            }
        };
        if !rest.is_empty() {
            return Err(fault("put the sums of a ratio in brackets"));
        }
        if over.is_empty() || over.len() > TERMS_MAX || under.len() > TERMS_MAX {
            return Err(fault("no column, or more than 32 in a sum"));
        }
        Ok(Self { over, under })
    }
}

/// As it is read, with one space about each sign.
impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.under.is_empty() {
            return f.write_str(&sum_text(&self.over));
        }
        let part = |terms: &[Term]| match terms {
            [term] if !term.minus => sum_text(terms),
            _ => format!("({})", sum_text(terms)),
        };
        write!(f, "{} / {}", part(&self.over), part(&self.under))
    }
}

fn sum_text(terms: &[Term]) -> String {
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        text += match (index, term.minus) {
            (0, false) => "",
            (0, true) => "-",
            (_, false) => " + ",
            (_, true) => " - ",
        };
        if is_bare(&term.column) {
            text += &term.column;
        } else {
            text += &format!("\"{}\"", term.column.replace('"', "\"\""));
        }
    }
    text
}

fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(in_bare)
}

fn in_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Column(String),
    Mark(char),
}

fn fault(fault: &'static str) -> FormulaError {
    FormulaError { fault }
}

fn tokens(text: &str) -> Result<Vec<Token>, FormulaError> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '+' | '-' | '/' | '(' | ')' => tokens.push(Token::Mark(letter)),
            '"' => {
                let mut name = String::new();
                loop {
                    match letters.next() {
                        Some('"') if letters.peek() == Some(&'"') => {
                            letters.next();
                            name.push('"');
                        }
                        Some('"') => break,
                        Some(letter) if !letter.is_control() => name.push(letter),
                        Some(_) => return Err(fault("a control character in a name")),
                        None => return Err(fault("a quote that does not close")),
                    }
                }
                if name.is_empty() || name.trim() != name || name.chars().count() > 200 {
                    return Err(fault("a name that no column can have"));
                }
                tokens.push(Token::Column(name));
            }
            letter if letter.is_whitespace() => {}
            letter if in_bare(letter) => {
                let mut name = String::from(letter);
                while let Some(letter) = letters.next_if(|letter| in_bare(*letter)) {
                    name.push(letter);
                }
                tokens.push(Token::Column(name));
            }
            _ => return Err(fault("a character that is no part of a formula")),
        }
    }
    Ok(tokens)
}

/// A column, or a sum in brackets; and whether it had brackets.
fn part(rest: &mut &[Token]) -> Result<(Vec<Term>, bool), FormulaError> {
    match *rest {
        [Token::Mark('('), ..] => {
            *rest = &rest[1..];
            let terms = sum(rest)?;
            let [Token::Mark(')'), after @ ..] = *rest else {
                return Err(fault("a bracket that does not close"));
            };
            *rest = after;
            Ok((terms, true))
        }
        [Token::Column(name), after @ ..] => {
            let column = name.clone();
            *rest = after;
            Ok((
                vec![Term {
                    minus: false,
                    column,
                }],
                false,
            ))
        }
        [Token::Mark('-'), Token::Column(_), ..] => Ok((sum(rest)?, true)),
        _ => Err(fault("no column where one should be")),
    }
}

fn sum(rest: &mut &[Token]) -> Result<Vec<Term>, FormulaError> {
    let mut terms = Vec::new();
    loop {
        let minus = match *rest {
            [Token::Mark(sign @ ('+' | '-')), after @ ..] => {
                *rest = after;
                *sign == '-'
            }
            _ if terms.is_empty() => false,
            _ => return Ok(terms),
        };
        let [Token::Column(name), after @ ..] = *rest else {
            return Err(fault("no column where one should be"));
        };
        terms.push(Term {
            minus,
            column: name.clone(),
        });
        *rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(formula: &str, cells: &[&str]) -> Option<String> {
        let formula: Formula = formula.parse().expect("a formula");
        let value = formula.value(|index| Formula::number(cells[index]));
        value.expect("numbers").map(|value| value.to_string())
    }

    #[test]
    fn sums_differences_and_ratios_are_exact() {
        for (formula, cells, want) in [
            ("a + b - c", &["0.1", "0.2", "0.3"][..], Some("0")),
            ("-a", &["5"], Some("-5")),
            ("(a - b) / c", &["1", "2", "3"], Some("-0.333333334")),
            ("a / (b + c)", &["2", "1", "2"], Some("0.666666666")),
            ("a/b", &["1", "0"], None),
            ("a/b", &["1", "-1"], None),
            ("a/b", &["", "1"], None),
            ("a+b", &["NA", "1"], None),
            (
                "a/b",
                &["1e30", "1e-9"],
                Some("1000000000000000000000000000"),
            ),
        ] {
            assert_eq!(
                value(formula, cells).as_deref(),
                want,
                "{formula} {cells:?}"
            );
        }
        assert_eq!(Formula::number("x"), Err(CellFault::NotANumber));
    }

    #[test]
    fn one_formula_has_one_text() {
        for (text, want) in [
            ("A1/B.2", "A1 / B.2"),
            ("( A1+B )/C", "(A1 + B) / C"),
            ("(A1)/(C)", "A1 / C"),
            (" -A1 + B", "-A1 + B"),
            ("(A-B)", "A - B"),
            (
                "\"credit limit\" - \"a \"\"b\"\"\"",
                "\"credit limit\" - \"a \"\"b\"\"\"",
            ),
            ("\"Plain\" / Änderung", "Plain / Änderung"),
        ] {
            let formula: Formula = text.parse().expect(text);
            assert_eq!(formula.to_string(), want);
            assert_eq!(want.parse::<Formula>(), Ok(formula));
        }
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        let many = vec!["a"; 33].join("+");
        for text in [
            "",
            "+",
            "a b",
            "a - b / c",
            "a / b / c",
            "(a - b",
            "a)",
            "a * b",
            "2 */ a",
            "\"a",
            "\"\"",
            "\" a\" + b",
            "((a))",
            "a /",
            "/ a",
            "a + (b - c)",
            &many,
        ] {
            assert!(text.parse::<Formula>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_and_no_cells_panic(text in "[ab+/() \"-]{0,24}", cells in prop::collection::vec(any::<i128>(), 64)) {
            if let Ok(formula) = text.parse::<Formula>() {
                prop_assert_eq!(formula.to_string().parse::<Formula>(), Ok(formula.clone()));
                let value = formula.value(|index| Ok::<_, ()>(cells.get(index).copied()));
                prop_assert!(value.is_ok());
            }
        }
    }
}

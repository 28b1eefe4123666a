//! The `Bin` column of optbinning's tables: ranges, and lists of categories as
//! the text of a numpy or pandas array, which differs between their versions.

use super::bins::Interval;
use super::error::short;

/// What a bin's text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Label<'a> {
    Missing,
    Special,
    Interval(Interval),
    Categories(Vec<String>),
    /// Something else, perhaps the name of special codes.
    Other(&'a str),
}

/// Reads a bin's text.
pub(super) fn label(text: &str) -> Result<Label<'_>, String> {
    let text = text.trim();
    Ok(match text {
        "Missing" => Label::Missing,
        "Special" => Label::Special,
        _ => match Interval::read(text).filter(|_| text.ends_with(')')) {
            Some(interval) => Label::Interval(interval),
            None => match array(text)? {
                Some(categories) => Label::Categories(categories),
                None => Label::Other(text),
            },
        },
    })
}

/// The items of an array: `['joint' 'e-wallet']` (numpy), `['a', 'b']`, or
///
/// ```text
/// <StringArray>
/// ['joint', 'e-wallet']
/// Length: 2, dtype: str
/// ```
///
/// (pandas). `None` if the text is no array.
fn array(text: &str) -> Result<Option<Vec<String>>, String> {
    let inner = match text.strip_prefix('<') {
        Some(rest) => {
            let after = rest.split_once('>').map(|(_, after)| after.trim());
            let cut = after.and_then(|after| after.rsplit_once("Length:"));
            cut.map(|(list, _)| list.trim())
        }
        None => Some(text),
    };
    let inner = inner.and_then(|list| list.strip_prefix('[')?.strip_suffix(']'));
    let Some(mut rest) = inner else {
        return Ok(None);
    };
    let mut items = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let Some(first) = rest.chars().next() else {
            break;
        };
        let item;
        (item, rest) = match first {
            '\'' | '"' => quoted(&rest[1..], first).ok_or_else(|| {
                format!("the list of categories {} ends inside a quote", short(text))
            })?,
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || c == ',');
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                if word == "..." {
                    return Err(format!(
                        "the list of categories {} is cut short with ...; import the binning with \
                         the table",
                        short(text)
                    ));
                }
                // numpy writes whole floats as `1.`
                (word.strip_suffix('.').unwrap_or(word).to_owned(), after)
            }
        };
        items.push(item);
    }
    if items.is_empty() {
        return Err("has a bin without categories".to_owned());
    }
    Ok(Some(items))
}

/// A Python text up to its closing quote, and what follows.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => item.push('\n'),
                't' => item.push('\t'),
                escaped => item.push(escaped),
            },
            c if c == quote => return Some((item, &text[at + c.len_utf8()..])),
            c => item.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_every_version() {
        for text in [
            "['joint' 'e-wallet']",
            "['joint', 'e-wallet']",
            "['joint'\n 'e-wallet']",
            "<StringArray>\n['joint', 'e-wallet']\nLength: 2, dtype: str",
            "[\"joint\" 'e-wallet']",
        ] {
            let want = vec!["joint".to_owned(), "e-wallet".to_owned()];
            assert_eq!(label(text), Ok(Label::Categories(want)), "{text}");
        }
        let odd = label(r#"["it's [1, 2)" 'a\'b, c']"#);
        let want = vec!["it's [1, 2)".to_owned(), "a'b, c".to_owned()];
        assert_eq!(odd, Ok(Label::Categories(want)));
        let numbers = label("[1 2. -3]");
        let want = ["1", "2", "-3"].map(str::to_owned).to_vec();
        assert_eq!(numbers, Ok(Label::Categories(want)));
    }

    #[test]
    fn other_texts_are_told_apart() {
        assert_eq!(label("Missing"), Ok(Label::Missing));
        assert!(matches!(label("[7.50, 17.50)"), Ok(Label::Interval(_))));
        assert_eq!(label("never asked"), Ok(Label::Other("never asked")));
        for broken in ["['a' ... 'z']", "['a", "['a' 'b]", "[]"] {
            let read = label(broken);
            assert!(
                !matches!(read, Ok(Label::Categories(_))),
                "{broken}: {read:?}"
            );
        }
        assert!(
            label("['a' ... 'z']")
                .expect_err("refused")
                .contains("cut short")
        );
    }
}

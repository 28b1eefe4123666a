//! A pattern without its edges of words.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::print::Printer;
use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

use super::raw::NEST_MAX;

/// The pattern that fits at least what `pattern` fits, without asking for edges
/// of words, case folded in; and whether anything was left out. `None` if it is
/// no pattern.
pub(super) fn loose(pattern: &str) -> Option<(String, bool)> {
    let parsed = ParserBuilder::new()
        .case_insensitive(true)
        .nest_limit(NEST_MAX)
        .build()
        .parse(pattern)
        .ok()?;
    let mut left_out = false;
    let hir = without_edges(parsed, &mut left_out);
    let mut text = String::new();
    Printer::new().print(&hir, &mut text).ok()?;
    Some((text, left_out))
}

/// As deep as the parser lets patterns nest.
fn without_edges(hir: Hir, left_out: &mut bool) -> Hir {
    match hir.into_kind() {
        HirKind::Look(look) if is_edge(look) => {
            *left_out = true;
            Hir::empty()
        }
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(without_edges(*repetition.sub, left_out)),
            ..repetition
        }),
        HirKind::Capture(Capture { sub, .. }) => without_edges(*sub, left_out),
        HirKind::Concat(parts) => {
            let parts = parts.into_iter().map(|part| without_edges(part, left_out));
            Hir::concat(parts.collect())
        }
        HirKind::Alternation(ways) => {
            let ways = ways.into_iter().map(|way| without_edges(way, left_out));
            Hir::alternation(ways.collect())
        }
    }
}

fn is_edge(look: Look) -> bool {
    !matches!(
        look,
        Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::RegexBuilder;

    #[test]
    fn only_edges_are_left_out() {
        assert_eq!(
            loose(r"^a(b|c)+$").map(|(_, left_out)| left_out),
            Some(false)
        );
        assert_eq!(loose(r"\bab\b").map(|(_, left_out)| left_out), Some(true));
        assert_eq!(
            loose(r"ab(?i:c)[0-9]").map(|(_, left_out)| left_out),
            Some(false)
        );
        assert_eq!(loose("("), None);
    }

    proptest! {
        /// What fits a pattern fits the loose one.
        #[test]
        fn the_loose_pattern_fits_no_less(
            words in proptest::collection::vec("[aé猫]{1,2}", 1..4),
            text in "[aAé É猫-]{0,12}",
        ) {
            let pattern = format!(r"\b({})\b|\B{}x?\b{{end}}|^{}$", words.join("|"), words[0], words[0]);
            let build = |pattern: &str| {
                RegexBuilder::new(pattern).case_insensitive(true).build().unwrap()
            };
            let (wider, _) = loose(&pattern).unwrap();
            prop_assert!(!build(&pattern).is_match(&text) || build(&wider).is_match(&text));
        }
    }
}

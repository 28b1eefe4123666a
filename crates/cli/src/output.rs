//! What a person reads on stdout.

use std::io::{BufWriter, ErrorKind, IsTerminal, Write};
use std::time::Duration;

use blindscore_history::money::grouped;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::error::{Exit, Failure, Outcome};

/// Writes a text to stdout; a reader that went away is not a failure.
pub(crate) fn print(text: &str) -> Outcome {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| unwritten(&error))
}

/// Writes one JSON object to stdout.
pub(crate) fn print_json(value: &impl Serialize) -> Outcome {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::internal(format!("cannot write JSON: {error}")))?;
    print(&(text + "\n"))
}

/// Writes lines to stdout, one after the other; a reader that went away is not a
/// failure.
pub(crate) fn print_lines(lines: impl Iterator<Item = Outcome<String>>) -> Outcome {
    let mut stdout = BufWriter::new(std::io::stdout().lock());
    for line in lines {
        writeln!(stdout, "{}", line?).map_err(|error| unwritten(&error))?;
    }
    stdout.flush().map_err(|error| unwritten(&error))
}

fn unwritten(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::new(Exit::Quiet, "the reader went away"),
        _ => Failure::internal(format!("cannot write to stdout: {error}")),
    }
}

/// A text that a terminal only shows: of what others wrote, control characters
/// but line ends could move the cursor, change colours or hide a line.
pub(crate) fn shown(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => c,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Says something beside the result, on stderr.
pub(crate) fn note(text: &str) {
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "note: {}", shown(text));
}

/// A table in plain characters, fitted to the terminal if there is one: texts
/// wrap between words, names and numbers stay whole. `right` are the columns of
/// numbers.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    right: &[usize],
) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table.add_rows(&rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        if rows.iter().all(|row| !row[index].contains(' ')) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// Names and values below each other.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    fields
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {value}\n"))
        .collect()
}

/// A heading with an empty line before it; bold on a terminal.
pub(crate) fn heading(text: &str) -> String {
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    if plain {
        format!("\n{text}\n")
    } else {
        format!("\n\x1b[1m{text}\x1b[0m\n")
    }
}

/// A count with commas between thousands.
pub(crate) fn count(number: usize) -> String {
    grouped(&number.to_string())
}

/// A time in milliseconds with two digits after the point.
pub(crate) fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

/// A time in whole microseconds.
pub(crate) fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas() {
        for (number, want) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), want);
        }
    }

    #[test]
    fn control_characters_are_not_shown() {
        let text = "a\n\u{1b}[2Jb\r\u{9b}c\u{7f}\t\u{0}d\u{e9}";
        assert_eq!(
            shown(text),
            "a\n\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}\u{fffd}\u{fffd}d\u{e9}"
        );
    }

    #[test]
    fn times_line_up() {
        assert_eq!(milliseconds(Duration::from_micros(31)), "0.03");
        assert_eq!(milliseconds(Duration::from_micros(212_345)), "212.34");
    }

    #[test]
    fn values_stand_below_each_other() {
        let lines = [("a", "one".to_owned()), ("long", "two".to_owned())];
        assert_eq!(fields(&lines), "a     one\nlong  two\n");
    }
}

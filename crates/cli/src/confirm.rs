//! Asks a person before something is done that cannot be undone.

use std::io::{BufRead, IsTerminal, Write};

use crate::error::{Failure, Outcome};
use crate::output::shown;

/// Asks, on a terminal; `yes` answers beforehand. Without a terminal nobody can
/// be asked, so `yes` must be given.
pub(crate) fn confirm(question: &str, yes: bool) -> Outcome {
    if yes {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage(format!("not answered: {question}"))
            .hint("without a terminal nobody can be asked: give --yes once the answer is yes"));
    }
    let mut stderr = std::io::stderr().lock();
    // With stderr gone there is nobody left to ask, and no answer below.
    let _ = write!(stderr, "{} [y/N] ", shown(question));
    let _ = stderr.flush();
    let mut answer = String::new();
    stdin
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::internal(format!("cannot read the answer: {error}")))?;
    match answer.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::refused("declined; nothing was done")),
    }
}

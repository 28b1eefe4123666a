//! Logs of a service: lines for people, or JSON. Routes, statuses and times
//! stand in them; ids of consents and keys, and values, do not.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// A line for people.
    Text,
    /// An object a line.
    Json,
}

/// Writes the process's logs to stderr from now on. What is logged follows
/// `BLINDSCORE_LOG`, in the form of `RUST_LOG`; information and worse without.
pub fn init(form: LogForm) {
    let filter = EnvFilter::try_from_env("BLINDSCORE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // The first one in a process stays.
    let _ = match form {
        LogForm::Json => builder.json().try_init(),
        LogForm::Text => {
            let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            builder.with_ansi(colours).try_init()
        }
    };
}

//! What stops a command: an exit code, a message, and what to do next.
//!
//! Messages name files, lines and fields. They hold no amount, level or score.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::output::shown;

/// What a command gives.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Exit codes, as the help documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The reader of our output went away; not our failure.
    Quiet = 0,
    /// An input or a peer's message was refused.
    Refused = 1,
    /// The command line itself.
    Usage = 2,
    /// A score that must not be released.
    Security = 3,
    /// A file or the machine failed us, or a defect here.
    Internal = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub(crate) struct Failure(Box<Told>);

#[derive(Debug)]
struct Told {
    exit: Exit,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// A failure of that kind.
    pub(crate) fn new(exit: Exit, message: impl Display) -> Self {
        Self(Box::new(Told {
            exit,
            message: message.to_string(),
            hint: None,
        }))
    }

    /// An input or a peer's message was refused.
    pub(crate) fn refused(message: impl Display) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// The command line asks for what cannot be.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A score that must not be released.
    pub(crate) fn security(message: impl Display) -> Self {
        Self::new(Exit::Security, message)
    }

    /// The machine failed us.
    pub(crate) fn internal(message: impl Display) -> Self {
        Self::new(Exit::Internal, message)
    }

    /// The same, with what to do next.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.0.hint = Some(hint.to_string());
        self
    }

    /// The same, with what to do next if there is anything to say.
    pub(crate) fn hint_if(self, hint: Option<impl Display>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The same, naming the file at fault.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.0.message = format!("{}: {}", path.display(), self.0.message);
        self
    }

    /// What happened, for a page that shows it.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.0.exit
    }

    /// The message and what to do next, in one text.
    pub(crate) fn told(&self) -> String {
        match &self.0.hint {
            None => self.0.message.clone(),
            Some(hint) => format!("{} ({hint})", self.0.message),
        }
    }

    /// Tells it on stderr.
    pub(crate) fn print(&self) {
        let Told {
            exit,
            message,
            hint,
        } = &*self.0;
        if *exit == Exit::Quiet {
            return;
        }
        let mut stderr = std::io::stderr().lock();
        let coloured = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let label = if coloured {
            "\x1b[1;31merror:\x1b[0m"
        } else {
            "error:"
        };
        // With stderr gone there is nobody left to tell.
        let _ = writeln!(stderr, "{label} {}", shown(message));
        if let Some(hint) = hint {
            let _ = writeln!(stderr, "hint: {}", shown(hint));
        }
    }
}

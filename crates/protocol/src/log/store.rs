//! The log as a file: one entry a line, the leaf's own bytes, appended and
//! never touched again.

use std::io::{self, BufRead, Read};

use blindscore_history::digest::Digest;
use thiserror::Error;

use super::{Entry, Log, LogError, TreeHead};
use crate::id::PartyId;
use crate::sign::Signed;

/// Longest line that is read, in bytes.
const LINE_MAX: u64 = 256;

/// Why a stored log is not taken.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file cannot be read.
    #[error("the log cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A line that is no entry.
    #[error("line {line} of the log is no entry in canonical JSON: the file was changed")]
    Line {
        /// Counted from 1.
        line: u64,
    },
    /// A line without an end.
    #[error("line {line} of the log is cut: the file was changed, or the last append did not end")]
    Cut {
        /// Counted from 1.
        line: u64,
    },
    /// Fewer entries than the platform signed.
    #[error("the log has {got} entries, its last signed head {want}: entries were removed")]
    Truncated {
        /// Entries in the file.
        got: u64,
        /// Entries of the head.
        want: u64,
    },
    /// Other entries than the platform signed.
    #[error(
        "the first {size} entries of the log have root {got}, its signed head {want}: entries were changed, removed or reordered"
    )]
    Root {
        /// Entries of the head.
        size: u64,
        /// Root of the entries in the file.
        got: Digest,
        /// Root of the head.
        want: Digest,
    },
    /// A head of another platform's log.
    #[error("the tree head is of the log of {got}; want {want}")]
    Platform {
        /// Whose it is.
        got: PartyId,
        /// Whose it should be.
        want: PartyId,
    },
    /// More entries than a log has.
    #[error(transparent)]
    Full(#[from] LogError),
}

impl Entry {
    /// The line to append to the file.
    pub fn line(&self) -> Vec<u8> {
        let mut line = self.leaf();
        line.push(b'\n');
        line
    }
}

impl Log {
    /// Reads a log and compares it with the last head that was signed, if
    /// there is one: the entries that the head covers must be these. Entries
    /// after them were appended and not yet signed. Whether the head's
    /// signature is the platform's is for the caller.
    ///
    /// # Errors
    /// The line that is no entry, or that the file is not what was signed.
    pub fn read(
        platform: PartyId,
        mut file: impl BufRead,
        head: Option<&Signed<TreeHead>>,
    ) -> Result<Self, StoreError> {
        let mut log = Self::new(platform);
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let read = (&mut file).take(LINE_MAX).read_until(b'\n', &mut bytes)?;
            if read == 0 {
                break;
            }
            let Some((b'\n', leaf)) = bytes.split_last() else {
                return Err(if read as u64 == LINE_MAX {
                    StoreError::Line { line }
                } else {
                    StoreError::Cut { line }
                });
            };
            let entry = Entry::from_leaf(leaf).ok_or(StoreError::Line { line })?;
            log.append(entry)?;
        }
        if let Some(head) = head {
            log.is_what_was_signed(head.statement())?;
        }
        Ok(log)
    }

    fn is_what_was_signed(&self, head: &TreeHead) -> Result<(), StoreError> {
        if head.platform != *self.platform() {
            let (got, want) = (head.platform.clone(), self.platform().clone());
            return Err(StoreError::Platform { got, want });
        }
        let (got, want) = (self.size(), head.size);
        if got < want {
            return Err(StoreError::Truncated { got, want });
        }
        let root = self.first(head.size).root();
        let (got, want) = (Digest::new((*root.as_bytes()).into()), head.root);
        if got == want {
            Ok(())
        } else {
            let size = head.size;
            Err(StoreError::Root { size, got, want })
        }
    }
}

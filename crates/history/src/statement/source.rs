//! Where a reader's bytes come from: a slice, or a stream of any length.
//!
//! The start of a stream is held for a look at its content. What follows is
//! read whole up to the size limit by formats that need it whole, and piece by
//! piece by those that do not.

use std::io::{Chain, Cursor, Read};

use super::{Limits, StatementError, StatementFault};

/// How much of a file is held to recognise it.
const HEAD: usize = 1 << 20;

/// A file to read.
pub(super) enum Source<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Its start, and a stream of what follows.
    Stream(Vec<u8>, &'a mut dyn Read),
}

impl<'a> Source<'a> {
    /// The file that `reader` yields.
    pub(super) fn stream(reader: &'a mut dyn Read) -> Result<Self, StatementError> {
        let mut head = Vec::new();
        Read::take(&mut *reader, HEAD as u64)
            .read_to_end(&mut head)
            .map_err(|error| unreadable(&error))?;
        Ok(Self::Stream(head, reader))
    }

    /// Its start, by which it is recognised.
    pub(super) fn head(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Stream(head, _) => head,
        }
    }

    /// Its bytes, handed to `read`, if they are not more than the limit.
    pub(super) fn whole<T>(
        self,
        limits: &Limits,
        read: impl FnOnce(&[u8]) -> Result<T, StatementError>,
    ) -> Result<T, StatementError> {
        let limit = limits.bytes;
        match self {
            Self::Whole(bytes) if bytes.len() > limit => {
                Err(StatementFault::TooLarge { limit }.into())
            }
            Self::Whole(bytes) => read(bytes),
            Self::Stream(mut bytes, rest) => {
                let room = limit.saturating_add(1).saturating_sub(bytes.len());
                rest.take(room as u64)
                    .read_to_end(&mut bytes)
                    .map_err(|error| unreadable(&error))?;
                if bytes.len() > limit {
                    return Err(StatementFault::TooLarge { limit }.into());
                }
                read(&bytes)
            }
        }
    }

    /// Its bytes from the start, piece by piece.
    pub(super) fn pieces(self) -> Box<dyn Read + 'a> {
        match self {
            Self::Whole(bytes) => Box::new(bytes),
            Self::Stream(head, rest) => {
                let both: Chain<Cursor<Vec<u8>>, _> = Cursor::new(head).chain(rest);
                Box::new(both)
            }
        }
    }
}

fn unreadable(error: &std::io::Error) -> StatementError {
    StatementFault::Unreadable(error.kind()).into()
}

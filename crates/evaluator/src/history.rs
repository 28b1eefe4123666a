//! Sealed histories as messages: made by a source, admitted by a platform.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{Cell, ComposableHistory, PackedHistory};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_protocol::envelope;
use blindscore_protocol::message::SealedHistoryHeader;

use crate::error::MessageError;
use crate::lineup::Participant;

/// The ciphertexts of a sealed history.
#[derive(Clone, Debug)]
pub enum Ciphertexts {
    /// One ciphertext.
    Packed(PackedHistory),
    /// A cell a line-window that is sent.
    Composable(ComposableHistory),
}

impl Ciphertexts {
    /// The form.
    pub fn form(&self) -> Form {
        match self {
            Self::Packed(_) => Form::Packed,
            Self::Composable(_) => Form::Composable,
        }
    }

    /// Digest by which messages name them.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Packed(history) => history.digest(),
            Self::Composable(history) => history.digest(),
        }
    }
}

/// An admitted sealed history: header checked against the scheme and against
/// the ciphertexts.
#[derive(Clone, Debug)]
pub struct SealedHistory {
    header: SealedHistoryHeader,
    ciphertexts: Ciphertexts,
}

impl SealedHistory {
    /// A history that was just sealed. `header.cells` and `header.ciphertexts`
    /// are filled in here.
    pub fn new(mut header: SealedHistoryHeader, ciphertexts: Ciphertexts) -> Self {
        header.form = ciphertexts.form();
        header.cells = sent(&ciphertexts);
        header.ciphertexts = ciphertexts.digest();
        Self {
            header,
            ciphertexts,
        }
    }

    /// What the source says of it.
    pub fn header(&self) -> &SealedHistoryHeader {
        &self.header
    }

    /// The ciphertexts.
    pub fn ciphertexts(&self) -> &Ciphertexts {
        &self.ciphertexts
    }

    /// The source, with its roles.
    pub fn participant(&self) -> Participant {
        Participant {
            source: self.header.source.clone(),
            roles: self.header.roles.iter().cloned().collect(),
        }
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let payload = match &self.ciphertexts {
            Ciphertexts::Packed(history) => history.to_bytes(),
            Ciphertexts::Composable(history) => history
                .cells()
                .iter()
                .flatten()
                .flat_map(Cell::to_bytes)
                .collect(),
        };
        envelope::close(&self.header, &payload)
    }

    /// Admits a message, for an application under `scheme`.
    ///
    /// # Errors
    /// In this order: the envelope's checks, another scheme, cells that the
    /// scheme and the roles do not give, ciphertexts that are cut, padded or
    /// trivial, a digest that is not theirs.
    pub fn admit(bytes: &[u8], scheme: &Scheme) -> Result<Self, MessageError> {
        let (header, payload) = envelope::open::<SealedHistoryHeader>(bytes, PARAMETER_ID)?;
        if header.scheme != scheme.digest() {
            let source_id = header.source;
            return Err(MessageError::OtherScheme {
                source_id,
                got: header.scheme,
                want: scheme.digest(),
            });
        }
        check_header(&header, scheme)?;
        let ciphertexts = match header.form {
            Form::Packed => Ciphertexts::Packed(PackedHistory::from_bytes(payload)?),
            Form::Composable => Ciphertexts::Composable(admit_cells(&header, payload, scheme)?),
        };
        let found = ciphertexts.digest();
        if found != header.ciphertexts {
            let stated = header.ciphertexts;
            return Err(MessageError::Mismatch {
                what: "sealed history",
                stated,
                found,
            });
        }
        Ok(Self {
            header,
            ciphertexts,
        })
    }
}

fn sent(ciphertexts: &Ciphertexts) -> Vec<u32> {
    match ciphertexts {
        Ciphertexts::Packed(_) => Vec::new(),
        Ciphertexts::Composable(history) => {
            let cells = history.cells().iter().enumerate();
            cells
                .filter(|(_, cell)| cell.is_some())
                .map(|(index, _)| index as u32)
                .collect()
        }
    }
}

/// The cells named must be exactly those that the scheme and the roles give: a
/// missing cell would count as level 0 without anybody's leave.
fn check_header(header: &SealedHistoryHeader, scheme: &Scheme) -> Result<(), MessageError> {
    let fault = |fault| {
        let source_id = header.source.clone();
        Err(MessageError::Cells { source_id, fault })
    };
    if !header.roles.is_sorted_by(|a, b| a < b) {
        return fault("names a role twice or out of order");
    }
    if header.covered_months > scheme.longest_window() {
        return fault("covers more months than the scheme's longest window");
    }
    if header.form == Form::Packed {
        return if header.cells.is_empty() {
            Ok(())
        } else {
            fault("is packed but names cells")
        };
    }
    if !header.cells.is_sorted_by(|a, b| a < b) {
        return fault("names a cell twice or out of order");
    }
    for (index, window) in scheme.line_windows().iter().enumerate() {
        let named = header.cells.binary_search(&(index as u32)).is_ok();
        let wanted = match scheme.lines()[window.line].kind() {
            LineKind::Pooled(_) => true,
            LineKind::Sum(_) => false,
            LineKind::Single(single) => header.roles.contains(single.role()),
            // A table's column comes with the table's only source.
            LineKind::Column(_) => named,
        };
        match (wanted, named) {
            (true, false) => return fault("lacks a cell that the scheme asks for"),
            (false, true) => return fault("has a cell of a line that it has no role for"),
            _ => {}
        }
    }
    if header
        .cells
        .iter()
        .any(|index| *index as usize >= scheme.line_windows().len())
    {
        return fault("names a cell that the scheme does not have");
    }
    Ok(())
}

fn admit_cells(
    header: &SealedHistoryHeader,
    payload: &[u8],
    scheme: &Scheme,
) -> Result<ComposableHistory, MessageError> {
    let want = header.cells.len() * Cell::BYTES;
    if payload.len() != want {
        let got = payload.len();
        return Err(blindscore_fhe::AdmissionError::Length {
            what: "cells",
            got,
            want,
        }
        .into());
    }
    let mut cells = vec![None; scheme.line_windows().len()];
    for (index, bytes) in header.cells.iter().zip(payload.chunks_exact(Cell::BYTES)) {
        cells[*index as usize] = Some(Cell::from_bytes(bytes)?);
    }
    Ok(ComposableHistory::from_cells(cells))
}

//! Sealed histories as messages: made by a source, admitted by a platform.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{Cell, ComposableHistory, Gadget, PackedHistory};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::message::SealedHistoryHeader;

use crate::error::MessageError;
use crate::lineup::Participant;

/// The most cells of a sealed history: as many of the larger ones as its
/// envelope holds.
pub const MAX_CELLS: usize = Kind::SealedHistory.max_payload() / Gadget::Fine.cell_bytes();

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
    /// A history that was just sealed under `scheme`. The header's
    /// `parameters`, `form`, `cells` and `ciphertexts` are filled in here.
    ///
    /// # Errors
    /// What [`SealedHistory::admit`] refuses in a header; ciphertexts that have
    /// not one place a line-window.
    pub fn new(
        mut header: SealedHistoryHeader,
        ciphertexts: Ciphertexts,
        scheme: &Scheme,
    ) -> Result<Self, MessageError> {
        header.parameters = PARAMETER_ID;
        header.form = ciphertexts.form();
        header.cells = sent(&ciphertexts);
        check_header(&header, scheme)?;
        if let Ciphertexts::Composable(history) = &ciphertexts {
            let gadget = Gadget::of(scheme);
            let other_size = |cell: &Cell| cell.gadget() != gadget;
            let fault = if history.cells().len() != scheme.line_windows().len() {
                Some("has not one place a line-window of the scheme")
            } else if history.cells().iter().flatten().any(other_size) {
                Some("has cells of another size than the scheme's")
            } else {
                None
            };
            if let Some(fault) = fault {
                let source_id = header.source;
                return Err(MessageError::Cells { source_id, fault });
            }
        }
        header.ciphertexts = ciphertexts.digest();
        Ok(Self {
            header,
            ciphertexts,
        })
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
        participant(&self.header)
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let payload = match &self.ciphertexts {
            Ciphertexts::Packed(history) => history.to_bytes(),
            Ciphertexts::Composable(history) => {
                let cells = history.cells().iter().flatten();
                cells.map(Cell::to_bytes).collect::<Vec<_>>().concat()
            }
        };
        envelope::close(&self.header, &payload)
    }

    /// Admits a message, for an application under `scheme`.
    ///
    /// # Errors
    /// In this order: the envelope's checks, another scheme, a date, months,
    /// roles or cells that the scheme does not give, ciphertexts that are cut, padded or
    /// trivial, a digest that is not theirs.
    pub fn admit(bytes: &[u8], scheme: &Scheme) -> Result<Self, MessageError> {
        let (header, payload) = envelope::open::<SealedHistoryHeader>(bytes, PARAMETER_ID)?;
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

fn participant(header: &SealedHistoryHeader) -> Participant {
    Participant {
        source: header.source.clone(),
        roles: header.roles.iter().cloned().collect(),
    }
}

/// What a header says must be possible under the scheme. The cells named must
/// be exactly those that the scheme and the roles give: a missing cell would
/// count as level 0 without anybody's leave.
fn check_header(header: &SealedHistoryHeader, scheme: &Scheme) -> Result<(), MessageError> {
    if header.scheme != scheme.digest() {
        return Err(MessageError::OtherScheme {
            source_id: header.source.clone(),
            got: header.scheme,
            want: scheme.digest(),
        });
    }
    let fault = |fault| {
        let source_id = header.source.clone();
        Err(MessageError::Cells { source_id, fault })
    };
    if header.as_of.year() < 1 {
        return fault("has an as-of date before the year 1");
    }
    let longest = scheme.longest_window();
    if header.covered_months > longest {
        return fault("covers more months than the scheme's longest window");
    }
    if header.covered_months == 0 && longest > 0 {
        return fault("covers no month");
    }
    if !header.roles.is_sorted_by(|a, b| a < b) {
        return fault("names a role twice or out of order");
    }
    let known = scheme.roles();
    if header.roles.iter().any(|role| !known.contains(&role)) {
        return fault("names a role that the scheme does not have");
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
    let windows = scheme.line_windows().len();
    if header.cells.iter().any(|index| *index as usize >= windows) {
        return fault("names a cell that the scheme does not have");
    }
    let wanted = participant(header).cells(scheme);
    let is_named = |index: &usize| header.cells.binary_search(&(*index as u32)).is_ok();
    if !wanted.iter().all(is_named) {
        return fault("lacks a cell that the scheme asks for");
    }
    if wanted.len() < header.cells.len() {
        return fault("has a cell of a line that it has no role for");
    }
    Ok(())
}

fn admit_cells(
    header: &SealedHistoryHeader,
    payload: &[u8],
    scheme: &Scheme,
) -> Result<ComposableHistory, MessageError> {
    let gadget = Gadget::of(scheme);
    let size = gadget.cell_bytes();
    let want = header.cells.len() * size;
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
    for (index, bytes) in header.cells.iter().zip(payload.chunks_exact(size)) {
        cells[*index as usize] = Some(Cell::from_bytes(gadget, bytes)?);
    }
    Ok(ComposableHistory::from_cells(cells))
}

//! Ciphertexts as pictures: a grey pixel a byte, as it is stored.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindscore_history::digest::Digest;
use blindscore_protocol::envelope::{MAX_HEADER, payload_offset};

use crate::app::{App, Shared};
use crate::refusal::Refusal;
use crate::store::evaluations::StoredEvaluation;
use crate::store::histories::StoredHistory;

/// Pixels of an edge.
pub(super) const EDGE: usize = 128;
/// Bytes of a picture.
const PIXELS: usize = EDGE * EDGE;
/// Bytes of ciphertext that are read of a history.
pub(super) const READ: usize = 1 << 20;
/// Bytes before the numbers of a result: how many outputs it has.
const OUTPUTS: usize = 4;

/// The beginning of a history: its header, as it is stored, and the first bytes
/// of its ciphertexts.
pub(super) struct Beginning {
    pub(super) bytes: Vec<u8>,
    pub(super) at: usize,
}

impl Beginning {
    /// The ciphertexts, as far as they were read.
    pub(super) fn ciphertext(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

/// The picture of a history that is held.
pub(super) async fn history(
    State(app): State<App>,
    Path(attestation): Path<String>,
) -> Result<Response, Refusal> {
    let stored = match held_history(&app, &attestation).await? {
        Some(stored) if !stored.deleted => stored,
        _ => return Ok(StatusCode::NOT_FOUND.into_response()),
    };
    let beginning = beginning(&app, &stored, PIXELS).await?;
    picture(beginning.ciphertext())
}

/// The picture of a result that is held.
pub(super) async fn result(
    State(app): State<App>,
    Path(receipt): Path<String>,
) -> Result<Response, Refusal> {
    let stored = match held_result(&app, &receipt).await? {
        Some(stored) if !stored.deleted => stored,
        _ => return Ok(StatusCode::NOT_FOUND.into_response()),
    };
    picture(numbers_of(&stored.message))
}

/// A history of that name, deleted or not.
pub(super) async fn held_history(
    app: &Shared,
    attestation: &str,
) -> Result<Option<StoredHistory>, Refusal> {
    match attestation.parse::<Digest>() {
        Ok(digest) => Ok(app.store.history(digest).await?),
        Err(_) => Ok(None),
    }
}

/// A result of that name, deleted or not.
pub(super) async fn held_result(
    app: &Shared,
    receipt: &str,
) -> Result<Option<StoredEvaluation>, Refusal> {
    match receipt.parse::<Digest>() {
        Ok(digest) => Ok(app.store.evaluation(digest).await?),
        Err(_) => Ok(None),
    }
}

/// Header and the first `most` bytes of ciphertext of a history.
pub(super) async fn beginning(
    app: &Shared,
    stored: &StoredHistory,
    most: usize,
) -> Result<Beginning, Refusal> {
    // The frame is small beside the largest header.
    let read = (2 * MAX_HEADER + most) as u64;
    let mut bytes = app.objects.beginning(&stored.object, read).await?;
    let at = payload_offset(&bytes).unwrap_or(bytes.len());
    // A checksum follows the ciphertexts.
    let whole = usize::try_from(stored.entry.bytes).unwrap_or(usize::MAX);
    let end = whole.saturating_sub(Digest::LEN);
    bytes.truncate(end.min(at.saturating_add(most)));
    Ok(Beginning { bytes, at })
}

/// The encrypted numbers of a result: all of its message after the header and
/// the number of outputs, without the checksum at its end.
pub(super) fn numbers_of(message: &[u8]) -> &[u8] {
    let at = payload_offset(message).map_or(message.len(), |at| at + OUTPUTS);
    let end = message.len().saturating_sub(Digest::LEN);
    message.get(at..end).unwrap_or_default()
}

/// The first bytes as a grey picture; where there are too few, it stays black.
fn picture(bytes: &[u8]) -> Result<Response, Refusal> {
    let mut pixels = bytes[..bytes.len().min(PIXELS)].to_vec();
    pixels.resize(PIXELS, 0);
    let png = encoded(&pixels).map_err(Refusal::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

fn encoded(pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let edge = EDGE as u32;
    let mut encoder = png::Encoder::new(&mut file, edge, edge);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

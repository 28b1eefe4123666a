//! What is refused, and whose fault it is.

use blindscore_fhe::AdmissionError;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::Role;
use blindscore_protocol::envelope::EnvelopeError;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::sign::SignatureError;
use thiserror::Error;

use crate::history::MAX_CELLS;

/// Why scheme, scorecard and lineup make no plan.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PlanError {
    /// Nobody seals.
    #[error("no source takes part; name at least one")]
    NoSource,
    /// The packed form is for one source.
    #[error("the packed form takes exactly one source, got {sources}; seal composable instead")]
    PackedWithSeveral {
        /// Sources named.
        sources: usize,
    },
    /// Both forms in one evaluation.
    #[error(
        "{one} and {other} sealed in different forms; an evaluation never mixes them: ask one to seal again"
    )]
    MixedForms {
        /// A source.
        one: PartyId,
        /// A source that sealed in the other form.
        other: PartyId,
    },
    /// One history a source.
    #[error("source {source_id} is named twice; an evaluation takes one history a source")]
    SourceTwice {
        /// The source.
        source_id: PartyId,
    },
    /// One source a role.
    #[error("role {role} is assigned to two sources; assign it to one")]
    RoleTwice {
        /// The role.
        role: Role,
    },
    /// More sources than the scheme's caps were made for.
    #[error("{got} sources take part; the scheme admits {want}")]
    TooManySources {
        /// Sources named.
        got: usize,
        /// `sources_max` of the scheme.
        want: u32,
    },
    /// A table has one source.
    #[error(
        "{sources} sources take part; a tabular scheme takes exactly one, since nothing says which of them a column comes from"
    )]
    TabularWithSeveral {
        /// Sources named.
        sources: usize,
    },
    /// More cells than a sealed history can hold.
    #[error(
        "source {source_id} would send {got} cells; a sealed history holds {MAX_CELLS}: drop lines or windows from the scheme"
    )]
    TooManyCells {
        /// The source.
        source_id: PartyId,
        /// Cells that the scheme and its roles ask of it.
        got: usize,
    },
    /// The scorecard stands on another scheme.
    #[error(
        "scorecard {scorecard} stands on scheme {wants}, not on {got}; give the scheme it was made for"
    )]
    OtherScheme {
        /// Name of the scorecard.
        scorecard: String,
        /// The scheme it names.
        wants: Digest,
        /// The scheme given.
        got: Digest,
    },
    /// More slots than the packed form has.
    #[error(transparent)]
    Slots(#[from] blindscore_fhe::TooManySlots),
    /// A table longer than any block.
    #[error(
        "characteristic {characteristic:?} can add up to level {largest}; a table ends at {limit}: lower the cap of its line"
    )]
    TableTooLong {
        /// The characteristic.
        characteristic: String,
        /// The largest sum of levels.
        largest: u32,
        /// The largest level a table holds.
        limit: u32,
    },
    /// A noise gate of the composable form.
    #[error(
        "{gate} has probability 2^{got:.1}, above 2^{want:.0}; characteristic {characteristic:?} turns by most cells ({products}): {remedy}"
    )]
    Noise {
        /// Which gate.
        gate: &'static str,
        /// log2 of the probability found.
        got: f64,
        /// log2 of the largest probability admitted.
        want: f64,
        /// The characteristic with the most cells.
        characteristic: String,
        /// Its cells.
        products: usize,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The noise gate of the packed form. No table of residues mod p reaches
    /// it under the parameters there are.
    #[error(
        "a wrong score has probability 2^{got:.1}, above 2^{want:.0}; the packed table of characteristic {characteristic:?} weighs most: give it fewer points, or seal composable"
    )]
    PackedNoise {
        /// log2 of the probability found.
        got: f64,
        /// log2 of the largest probability admitted.
        want: f64,
        /// The characteristic with the heaviest table.
        characteristic: String,
    },
    /// The spectral gate of the packed form.
    #[error(
        "the packed tables have a spectral maximum of {got:.0}; at most {want:.0} is safe against any key: characteristic {characteristic:?} weighs most; give it fewer points, or change the scheme's \"spread\" in a new version"
    )]
    Spectrum {
        /// The maximum found.
        got: f64,
        /// The gate.
        want: f64,
        /// The characteristic with the heaviest table.
        characteristic: String,
    },
}

/// Why a message was not admitted. Its sender is at fault.
#[derive(Debug, Error)]
pub enum MessageError {
    /// The frame.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The ciphertexts.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// A digest in the header that is not the payload's.
    #[error(
        "the {what}'s header names {stated} and its content is {found}: whoever made it must make it again"
    )]
    Mismatch {
        /// What was admitted.
        what: &'static str,
        /// Digest in the header.
        stated: Digest,
        /// Digest of the content.
        found: Digest,
    },
    /// A signature that does not fit.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Levels under another scheme.
    #[error(
        "the sealed history of {source_id} stands on scheme {got}; want {want}: ask the source to seal under the scheme of this application"
    )]
    OtherScheme {
        /// Who sealed it.
        source_id: PartyId,
        /// Its scheme.
        got: Digest,
        /// The scheme wanted.
        want: Digest,
    },
    /// Date, months, roles or cells that the scheme does not give.
    #[error("the sealed history of {source_id} {fault}: ask the source to seal again")]
    Cells {
        /// Who sealed it.
        source_id: PartyId,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// Why histories were not evaluated under a plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvaluateError {
    /// Not the plan's sources.
    #[error(
        "the plan is for other sources or roles than the histories given; compile it for this lineup"
    )]
    OtherLineup,
    /// Levels under another scheme.
    #[error(
        "the history of {source_id} stands on another scheme than the plan; ask the source to seal under this one"
    )]
    OtherScheme {
        /// Who sealed it.
        source_id: PartyId,
    },
    /// Sealed to another key.
    #[error(
        "the history of {source_id} is sealed to key {got}; want {want}: ask the source to seal to this applicant's key"
    )]
    OtherKey {
        /// Who sealed it.
        source_id: PartyId,
        /// The key it names.
        got: Digest,
        /// The applicant's key.
        want: Digest,
    },
    /// Different as-of dates.
    #[error("the histories have different as-of dates; ask the sources to seal for one date")]
    AsOf,
    /// The other form.
    #[error(
        "the history of {source_id} is sealed {got}; the plan is {want}: ask the source to seal {want}"
    )]
    OtherForm {
        /// Who sealed it.
        source_id: PartyId,
        /// Its form.
        got: Form,
        /// The plan's.
        want: Form,
    },
}

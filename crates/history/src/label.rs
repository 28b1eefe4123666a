//! Every domain-separation label of the project, in one file: two uses of the
//! hash that must never be confused stand here side by side.

/// Digest of a feature scheme (its RFC 8785 canonical JSON).
pub const SCHEME: &str = "blindscore scheme v1";
/// Digest of a scorecard (its RFC 8785 canonical JSON).
pub const SCORECARD: &str = "blindscore scorecard v1";
/// Id of a statement's entry to which the source gives none.
pub const ENTRY_ID: &str = "blindscore entry id v1";
/// Seed of the public polynomial `A` of an applicant's key.
pub const KEY_SEED: &str = "blindscore/A/v1";
/// Expansion of that seed into `A`.
pub const KEY_EXPANSION: &str = "blindscore A expansion v1";
/// Applicant key id.
pub const KEY_ID: &str = "blindscore/key/v1";
/// Key generation from a 32-byte seed.
pub const KEY_GENERATION: &str = "blindscore key generation v1";
/// Randomness of sealing, keyed by the source's sealing key.
pub const SEALING: &str = "blindscore sealing v1";
/// Public randomness that whitens the accumulators of composable evaluation.
pub const WHITENING: &str = "blindscore whitening v1";
/// Permutation and signs that spread the slots of the packed form.
pub const SPREAD: &str = "blindscore spread v1";
/// Digest of a compiled plan.
pub const PLAN: &str = "blindscore plan v1";
/// Digest of sealed ciphertexts.
pub const CIPHERTEXT: &str = "blindscore ciphertext v1";
/// Digest of an evaluation's result.
pub const RESULT: &str = "blindscore result v1";
/// Integrity digest at the end of an envelope.
pub const ENVELOPE: &str = "blindscore envelope v1";
/// The parts of an applicant's key, derived from one seed.
pub const APPLICANT: &str = "blindscore applicant v1";
/// Draws of an invented population.
pub const SYNTH: &str = "blindscore synth v1";

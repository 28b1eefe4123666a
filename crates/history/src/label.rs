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
/// What an Ed25519 signature is made over: a domain and a digest under it.
pub const SIGNATURE: &str = "blindscore signature v1";
/// Digest of the registry of trusted parties (its RFC 8785 canonical JSON).
pub const REGISTRY: &str = "blindscore registry v1";
/// Digest of a source's attestation.
pub const ATTESTATION: &str = "blindscore attestation v1";
/// Commitment to the verified person, keyed by the application's salt.
pub const PERSON: &str = "blindscore verified person v1";
/// The salt of that commitment, derived from the applicant's signing seed.
pub const PERSON_SALT: &str = "blindscore person salt v1";
/// A source's own reference to its customer, keyed by its sealing key.
pub const CUSTOMER: &str = "blindscore customer v1";
/// Proof that a public key belongs to the signing key that it names.
pub const KEY_POSSESSION: &str = "blindscore key possession v1";
/// Digest of a lender's request for a score.
pub const SCORE_REQUEST: &str = "blindscore score request v1";
/// Digest of a consent record (its RFC 8785 canonical JSON without signature).
pub const CONSENT: &str = "blindscore consent v1";
/// Digest of the notice that a person was shown.
pub const NOTICE: &str = "blindscore consent notice v1";
/// Digest of a withdrawal of consent.
pub const WITHDRAWAL: &str = "blindscore withdrawal v1";
/// Digest of a platform's receipt for an evaluation.
pub const RECEIPT: &str = "blindscore receipt v1";
/// Digest of a signed tree head of the platform's log.
pub const TREE_HEAD: &str = "blindscore tree head v1";
/// Digest of a release to a lender.
pub const RELEASE: &str = "blindscore release v1";
/// Digest of the messages that a release encloses.
pub const RELEASE_PARTS: &str = "blindscore release parts v1";
/// The sealing key of an applicant's own data, derived from its signing seed.
pub const SELF_SEALING: &str = "blindscore self-declared sealing v1";
/// What a proof of correct opening is about: key, result, opening, context.
pub const PROOF_STATEMENT: &str = "blindscore proof-of-opening v2 statement";
/// Seeds of a proof's rounds, keyed by the prover's fresh root.
pub const PROOF_SEED: &str = "blindscore proof-of-opening v2 seed";
/// Key of the stream that a round's mask is expanded from.
pub const PROOF_MASK: &str = "blindscore proof-of-opening v2 mask";
/// Digest of what a proof's round commits to in the ring.
pub const PROOF_WORDS: &str = "blindscore proof-of-opening v2 words";
/// Commitment of a proof's round.
pub const PROOF_COMMIT: &str = "blindscore proof-of-opening v2 commit";
/// Challenge of a proof.
pub const PROOF_CHALLENGE: &str = "blindscore proof-of-opening v2 challenge";
/// Salts of the disclosures of a verifiable credential, keyed by a fresh seed.
pub const CREDENTIAL_SALTS: &str = "blindscore credential salts v1";
/// Draws of an invented population.
pub const SYNTH: &str = "blindscore synth v1";
/// Digest of a service operator's token, which is what the service keeps.
pub const OPERATOR_TOKEN: &str = "blindscore operator token v1";

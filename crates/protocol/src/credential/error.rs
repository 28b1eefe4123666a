//! Why a credential was not made, read or believed. Names fields and rules,
//! never what a person's credential says.

use thiserror::Error;

/// Why a credential was not made, read or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// Something that the applicant's side wants to put in cannot stand there.
    #[error("the credential cannot be made: {field} {fault}")]
    Unfit {
        /// The field of the claims.
        field: &'static str,
        /// What is wrong, and what would be right.
        fault: &'static str,
    },
    /// A claim that this credential does not have.
    #[error("the credential has no {claim} to disclose: choose among those it has")]
    NothingToDisclose {
        /// The claim.
        claim: &'static str,
    },
    /// The key is not the holder's.
    #[error(
        "the signing key is not the one that the credential is bound to: use the key of its application"
    )]
    NotTheHolder,
    /// Larger than any credential.
    #[error("the credential is {got} bytes; at most {limit} are read")]
    TooLarge {
        /// Its length.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// Not of the form `token~disclosure~...~binding`.
    #[error("not an SD-JWT with {want}: check what was pasted, to its last character")]
    Form {
        /// What is wanted.
        want: &'static str,
    },
    /// A token with a part that is none.
    #[error("the {what} is malformed in its {part}: it was cut or changed")]
    Malformed {
        /// Which token.
        what: &'static str,
        /// Which part.
        part: &'static str,
    },
    /// A header with other members than `alg` and `typ`.
    #[error(
        "the header of the {what} is refused; want `alg` and `typ`, each once, and nothing else"
    )]
    Header {
        /// Which token.
        what: &'static str,
    },
    /// Another algorithm, or none.
    #[error("the {what} is not signed by EdDSA, the one algorithm that is taken")]
    Algorithm {
        /// Which token.
        what: &'static str,
    },
    /// Another kind of token.
    #[error("the {what} is of another type; want {want}")]
    Type {
        /// Which token.
        what: &'static str,
        /// The media type wanted.
        want: &'static str,
    },
    /// Claims that are not of the form.
    #[error(
        "the claims of the {what} are not those of a score credential (line {line}, column {column})"
    )]
    Claims {
        /// Which token.
        what: &'static str,
        /// Line of the JSON.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// A claim with a value that cannot be.
    #[error("the claim `{claim}` is refused: {fault}")]
    Claim {
        /// The claim.
        claim: &'static str,
        /// Why.
        fault: &'static str,
    },
    /// The signature does not fit.
    #[error(
        "the signature of the {what} does not fit its key: it was changed, or signed by somebody else"
    )]
    Signature {
        /// Which token.
        what: &'static str,
    },
    /// Not yet valid.
    #[error("the {what} is not valid yet: compare the clocks of both sides")]
    NotYet {
        /// Which token.
        what: &'static str,
    },
    /// No longer valid.
    #[error("the {what} is no longer valid: ask the applicant for a new one")]
    Expired {
        /// Which token.
        what: &'static str,
    },
    /// Made for somebody else.
    #[error("the {what} was made for another reader: it is no answer to you")]
    Audience {
        /// Which token.
        what: &'static str,
    },
    /// An answer to another question.
    #[error(
        "the key binding answers another nonce: it was made for another request, or is played again"
    )]
    Nonce,
    /// The key binding is over other disclosures.
    #[error(
        "the key binding does not cover these disclosures: some were added, removed or changed"
    )]
    Bound,
    /// A disclosure that is none.
    #[error("disclosure {number} is refused: {fault}")]
    Disclosure {
        /// Its place, from 1.
        number: usize,
        /// Why.
        fault: &'static str,
    },
}

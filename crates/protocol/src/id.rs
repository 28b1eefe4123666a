//! Names of parties and of applications.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Name of a party, such as a source: 1 to 64 of `a-z 0-9 . _ -`, starting
/// with a letter or digit. Sources are ordered by these bytes in a plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartyId(String);

/// A text that names no party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "not a party's name; want 1 to 64 of a-z, 0-9, '.', '_', '-', starting with a letter or digit"
)]
pub struct PartyIdError;

impl PartyId {
    /// The name under which an applicant seals its own data. No party of a
    /// registry has it.
    pub fn self_declared() -> Self {
        Self("self-declared".to_owned())
    }

    /// Whether this is [`PartyId::self_declared`].
    pub fn is_self_declared(&self) -> bool {
        *self == Self::self_declared()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PartyId {
    type Error = PartyIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let starts = text.starts_with(plain);
        let known = text
            .chars()
            .all(|c| plain(c) || matches!(c, '.' | '_' | '-'));
        if starts && known && text.len() <= 64 {
            Ok(Self(text))
        } else {
            Err(PartyIdError)
        }
    }
}

impl FromStr for PartyId {
    type Err = PartyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<PartyId> for String {
    fn from(id: PartyId) -> Self {
        id.0
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartyId({})", self.0)
    }
}

/// 16 random bytes that name an application, drawn before its key; with
/// consent they become the consent's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApplicationId([u8; 16]);

impl ApplicationId {
    /// An id from 16 bytes of a good random source.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Text that names no application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an application's id; want 32 hex digits, letters in lower case")]
pub struct ApplicationIdError;

impl FromStr for ApplicationId {
    type Err = ApplicationIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(ApplicationIdError);
        }
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ApplicationIdError)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for ApplicationId {
    type Error = ApplicationIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ApplicationId> for String {
    fn from(id: ApplicationId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApplicationId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for good in ["bank", "wallet-2", "a.b_c", "9"] {
            assert_eq!(
                good.parse::<PartyId>().map(String::from).as_deref(),
                Ok(good)
            );
        }
        for bad in ["", "-x", "Bank", "b k", "ü", &"x".repeat(65)] {
            assert_eq!(bad.parse::<PartyId>(), Err(PartyIdError), "{bad}");
        }
    }
}

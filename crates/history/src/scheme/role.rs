//! Roles: which source a single line may come from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a source is to the applicant, such as `main_account`: a scheme's
/// single line names one, and a request assigns it to at most one source.
///
/// 1 to 32 characters of `a-z`, `0-9` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(String);

impl Role {
    /// Most characters of a role.
    pub const LENGTH_MAX: usize = 32;

    /// A role from its text.
    ///
    /// # Errors
    /// [`RoleError`] if the text is empty, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, RoleError> {
        let right_length = (1..=Self::LENGTH_MAX).contains(&text.len());
        let right_characters = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if right_length && right_characters {
            Ok(Self(text.to_owned()))
        } else {
            Err(RoleError)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text that is not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role; want 1 to 32 characters of a-z, 0-9 and _")]
pub struct RoleError;

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for Role {
    type Error = RoleError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_short_lower_case_words() {
        for good in ["main_account", "wallet2", "_", &"a".repeat(32)] {
            assert_eq!(Role::new(good).map(String::from).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "Main",
            "main account",
            "haupt-konto",
            "é",
            &"a".repeat(33),
        ] {
            assert_eq!(Role::new(bad), Err(RoleError), "{bad}");
        }
    }
}

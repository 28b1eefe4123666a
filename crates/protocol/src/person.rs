//! The verified person behind an application, without saying who.
//!
//! Each source knows its customer from its own verification. From that record
//! and a salt that the applicant gives to the sources of one application it
//! computes a commitment; equal commitments are the same person, and whoever
//! has no salt learns nothing from one and cannot link two applications.

use std::collections::BTreeMap;
use std::fmt;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Which fields of a verified customer record count, in what name: part of the
/// registry, so that all sources take the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProfile {
    /// The profile's name and version.
    pub name: String,
    /// The fields, all of them wanted.
    pub fields: Vec<String>,
}

/// 32 bytes that the applicant gives to every source of one application, and
/// to nobody else. Wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PersonSalt([u8; 32]);

/// A commitment to the verified person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonCommitment(Digest);

/// A verified customer record in canonical form. Wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct IdentityRecord {
    canonical: String,
}

/// A record that does not fit the registry's profile. The source is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// A field that the profile wants.
    #[error(
        "the customer record lacks the field {field:?} of identity profile {profile}: fill it in"
    )]
    Missing {
        /// The field.
        field: String,
        /// The profile.
        profile: String,
    },
    /// A field that the profile does not know.
    #[error(
        "the customer record has the field {field:?}, which identity profile {profile} does not: leave it out"
    )]
    Unknown {
        /// The field.
        field: String,
        /// The profile.
        profile: String,
    },
    /// A field with nothing in it, or too much.
    #[error("the field {field:?} of the customer record is empty or longer than 200 characters")]
    Length {
        /// The field.
        field: String,
    },
}

impl PersonSalt {
    /// A salt from 32 secret random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for PersonSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonSalt(..)")
    }
}

impl fmt::Debug for IdentityRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityRecord(..)")
    }
}

impl IdentityRecord {
    /// A record with exactly the profile's fields. Each value is brought to
    /// Unicode form NFKC, upper case, single blanks between words: what two
    /// honest clerks write of one person should be one text.
    ///
    /// # Errors
    /// A field missing, unknown, empty or overlong.
    pub fn new(
        profile: &IdentityProfile,
        fields: &BTreeMap<String, String>,
    ) -> Result<Self, IdentityError> {
        if let Some(field) = fields.keys().find(|f| !profile.fields.contains(f)) {
            let (field, profile) = (field.clone(), profile.name.clone());
            return Err(IdentityError::Unknown { field, profile });
        }
        let mut canonical = BTreeMap::new();
        for field in &profile.fields {
            let Some(value) = fields.get(field) else {
                let (field, profile) = (field.clone(), profile.name.clone());
                return Err(IdentityError::Missing { field, profile });
            };
            let upper: String = value.nfkc().flat_map(char::to_uppercase).nfkc().collect();
            let value = upper.split_whitespace().collect::<Vec<_>>().join(" ");
            if value.is_empty() || value.chars().count() > 200 {
                let field = field.clone();
                return Err(IdentityError::Length { field });
            }
            canonical.insert(field, value);
        }
        let canonical =
            serde_json_canonicalizer::to_string(&(&profile.name, canonical)).expect("plain JSON");
        Ok(Self { canonical })
    }

    /// The commitment to this person under the application's salt.
    pub fn commitment(&self, salt: &PersonSalt) -> PersonCommitment {
        let framed = Framed::keyed(&salt.0, label::PERSON).bytes(self.canonical.as_bytes());
        PersonCommitment(framed.digest())
    }

    /// A source's own reference to this customer, the same over all of the
    /// customer's applications and of no use to anybody without the key.
    pub fn customer(&self, key: &[u8; 32]) -> Digest {
        Framed::keyed(key, label::CUSTOMER)
            .bytes(self.canonical.as_bytes())
            .digest()
    }
}

impl PersonCommitment {
    /// The digest.
    pub const fn digest(&self) -> Digest {
        self.0
    }

    /// For data that no source vouches for: a commitment to nobody, which no
    /// salt and record give.
    pub fn nobody() -> Self {
        Self(Framed::new(label::PERSON).digest())
    }
}

impl fmt::Display for PersonCommitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> IdentityProfile {
        IdentityProfile {
            name: "example-1".into(),
            fields: vec!["name".into(), "born".into()],
        }
    }

    fn record(name: &str, born: &str) -> Result<IdentityRecord, IdentityError> {
        let fields = [("name", name), ("born", born)];
        let fields = fields.map(|(k, v)| (k.to_owned(), v.to_owned()));
        IdentityRecord::new(&profile(), &fields.into())
    }

    #[test]
    fn two_clerks_commit_to_one_person() {
        let salt = PersonSalt::new([7; 32]);
        let one = record("Zoë  Example", "1990-01-01").unwrap();
        let two = record(" zoe\u{308} example ", "1990-01-01").unwrap();
        assert_eq!(one.commitment(&salt), two.commitment(&salt));
        let other = record("Zoë Example", "1990-01-02").unwrap();
        assert_ne!(one.commitment(&salt), other.commitment(&salt));
        assert_ne!(
            one.commitment(&salt),
            one.commitment(&PersonSalt::new([8; 32]))
        );
    }

    #[test]
    fn records_have_the_profiles_fields() {
        assert!(matches!(record("", "x"), Err(IdentityError::Length { .. })));
        let missing = BTreeMap::from([("name".to_owned(), "x".to_owned())]);
        assert!(matches!(
            IdentityRecord::new(&profile(), &missing),
            Err(IdentityError::Missing { .. })
        ));
        let mut unknown = missing;
        unknown.insert("born".into(), "x".into());
        unknown.insert("shoe".into(), "44".into());
        assert!(matches!(
            IdentityRecord::new(&profile(), &unknown),
            Err(IdentityError::Unknown { .. })
        ));
    }
}

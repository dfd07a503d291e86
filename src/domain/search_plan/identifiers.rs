//! The identifiers at hand, by kind.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::domain::inventory::fields::is_name;

/// At most this many values of one kind.
pub const MOST_VALUES: usize = 20;
/// The longest value, in characters.
pub const LONGEST_VALUE: usize = 300;

/// Why an identifier cannot be searched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdentifierError {
    #[error("the kind of an identifier is a name such as email or customer_no: a-z, 0-9, _")]
    BadKind,
    #[error("an identifier has no value")]
    Empty,
    #[error("an identifier is longer than 300 characters")]
    TooLong,
    #[error("there are more than 20 identifiers of one kind")]
    TooMany,
}

/// Values by kind. A kind of several parts, `name+birth_date`, is at hand when its parts are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identifiers(BTreeMap<String, Vec<String>>);

impl std::fmt::Debug for Identifiers {
    /// The kinds only: the values are personal data.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Identifiers {
    /// Adds a value.
    ///
    /// # Errors
    ///
    /// When the kind is no name, or the value is blank, too long, or one too many.
    pub fn add(&mut self, kind: &str, value: &str) -> Result<(), IdentifierError> {
        if !is_name(kind) {
            return Err(IdentifierError::BadKind);
        }
        let value = value.trim();
        if value.is_empty() {
            return Err(IdentifierError::Empty);
        }
        if value.chars().count() > LONGEST_VALUE {
            return Err(IdentifierError::TooLong);
        }
        let values = self.0.entry(kind.to_owned()).or_default();
        if values.iter().any(|known| known == value) {
            return Ok(());
        }
        if values.len() >= MOST_VALUES {
            return Err(IdentifierError::TooMany);
        }
        values.push(value.to_owned());
        Ok(())
    }

    /// The values of a kind.
    #[must_use]
    pub fn of(&self, kind: &str) -> &[String] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The kinds at hand.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::{IdentifierError, Identifiers};

    #[test]
    fn values_are_checked_and_never_shown() {
        let mut identifiers = Identifiers::default();
        for (kind, value, wanted) in [
            ("email", " ana@example.ie ", Ok(())),
            ("email", "ana@example.ie", Ok(())),
            ("E-mail", "x", Err(IdentifierError::BadKind)),
            ("email", " \t", Err(IdentifierError::Empty)),
            ("email", &"x".repeat(301), Err(IdentifierError::TooLong)),
        ] {
            assert_eq!(identifiers.add(kind, value), wanted, "{kind}");
        }
        assert_eq!(identifiers.of("email"), ["ana@example.ie"]);
        assert_eq!(format!("{identifiers:?}"), "{\"email\"}");
        for number in 1..20 {
            identifiers.add("email", &number.to_string()).unwrap();
        }
        assert_eq!(identifiers.add("email", "20"), Err(IdentifierError::TooMany));
    }
}

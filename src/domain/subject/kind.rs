//! What an identifier is: `email`, `phone`, `customer_no`, a pair such as `name+birth_date`, or a
//! name that the controller defines in its data map.

use std::fmt;

/// The longest kind, in characters.
pub const LONGEST_KIND: usize = 64;
/// So many parts a combined kind has at most.
pub const MOST_PARTS: usize = 4;

/// The kind of an identifier: parts of small letters, digits and `_` that start with a letter,
/// joined by `+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentifierKind(String);

/// Why a text is no kind of identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    #[error(
        "a kind of identifier is written in small letters, digits and _, like customer_no, or \
         several joined by +, like name+birth_date"
    )]
    Form,
    #[error("a kind of identifier has at most {LONGEST_KIND} characters")]
    TooLong,
    #[error("a kind of identifier has at most {MOST_PARTS} parts, each once")]
    Parts,
}

impl IdentifierKind {
    /// Reads a kind.
    ///
    /// # Errors
    /// [`KindError`].
    pub fn parse(text: &str) -> Result<Self, KindError> {
        if text.len() > LONGEST_KIND {
            return Err(KindError::TooLong);
        }
        let kind = Self(text.to_owned());
        if !kind.parts().all(is_part) {
            return Err(KindError::Form);
        }
        let count = kind.parts().count();
        let repeated = |(at, part): (usize, &str)| kind.parts().take(at).any(|it| it == part);
        if count > MOST_PARTS || kind.parts().enumerate().any(repeated) {
            return Err(KindError::Parts);
        }
        Ok(kind)
    }

    /// As it is written in the API, the data map and the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The parts of a combined kind in their order; one for every other kind.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('+')
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn is_part(part: &str) -> bool {
    let allowed = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    part.starts_with(|it: char| it.is_ascii_lowercase()) && part.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{IdentifierKind, KindError};

    #[test]
    fn kinds_are_names_and_their_combinations() {
        for text in ["email", "customer_no", "name+birth_date", "a+b+c+d", "x9_"] {
            let kind = IdentifierKind::parse(text).unwrap();
            assert_eq!(kind.name(), text);
            assert_eq!(kind.to_string(), text);
            assert_eq!(kind.parts().collect::<Vec<_>>().join("+"), text);
        }
        let longest = "a".repeat(64);
        assert!(IdentifierKind::parse(&longest).is_ok());
        for (text, expected) in [
            ("", KindError::Form),
            ("Email", KindError::Form),
            ("e-mail", KindError::Form),
            ("9a", KindError::Form),
            ("_a", KindError::Form),
            ("name+", KindError::Form),
            ("+name", KindError::Form),
            ("name++email", KindError::Form),
            ("prénom", KindError::Form),
            ("email ", KindError::Form),
            ("name+name", KindError::Parts),
            ("a+b+c+d+e", KindError::Parts),
            (&format!("{longest}a"), KindError::TooLong),
        ] {
            assert_eq!(IdentifierKind::parse(text), Err(expected), "{text}");
        }
    }
}

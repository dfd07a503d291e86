//! The public reference of a case: `7K4M-Q2XD-5`. Safe to say on the phone, not a secret, and it
//! tells nobody how many cases there are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::crockford;

const DATA_CHARACTERS: usize = 8;
const CHARACTERS: usize = 9;
/// x⁵ + x² + 1, which makes the 32 characters a field.
const POLYNOMIAL: u8 = 0b10_0101;
/// A generator of the field: its first 31 powers are the 31 values other than zero.
const GENERATOR: u8 = 28;

/// Eight random characters of Crockford's base32 (40 bits) and a check character.
///
/// The check is a weighted sum over the field of 32 elements: the character at place n counts
/// GENERATOR^(n+1) times and the check character once. No weight is zero, so that every single
/// wrong character is found; all weights differ, so that every exchange of two characters is found,
/// neighbours or not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reference([u8; CHARACTERS]);

/// What was typed is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseReferenceError {
    #[error("a reference has 9 letters and digits, like 7K4M-Q2XD-5; this has {found}")]
    Length { found: usize },
    /// The place is counted from 1, spaces and dashes left out.
    #[error("character {position} of the reference is no digit and no letter from A to Z but U")]
    Character { position: usize },
    #[error("one of the characters of the reference was mistyped: compare it with the message")]
    Check,
}

impl Reference {
    /// The reference of 40 random bits.
    #[must_use]
    pub fn from_random(random: [u8; 5]) -> Self {
        let mut bits = random.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut values = [0; CHARACTERS];
        for value in values.iter_mut().take(DATA_CHARACTERS).rev() {
            *value = u8::try_from(bits & 31).unwrap_or_default();
            bits >>= 5;
        }
        let check = checksum(&values);
        if let Some(last) = values.last_mut() {
            *last = check;
        }
        Self(values)
    }

    /// Reads what a person wrote: case, spaces and dashes do not matter, O is 0, I and L are 1.
    ///
    /// # Errors
    /// [`ParseReferenceError`].
    pub fn parse(text: &str) -> Result<Self, ParseReferenceError> {
        let mut values = [0; CHARACTERS];
        let mut found = 0;
        for character in text.chars().filter(|it| !crockford::is_separator(*it)) {
            let position = found + 1;
            let value =
                crockford::value(character).ok_or(ParseReferenceError::Character { position })?;
            if let Some(target) = values.get_mut(found) {
                *target = value;
            }
            found = position;
        }
        if found != CHARACTERS {
            return Err(ParseReferenceError::Length { found });
        }
        if checksum(&values) != 0 {
            return Err(ParseReferenceError::Check);
        }
        Ok(Self(values))
    }
}

/// The weighted sum; zero for a whole reference, and the check character of one that ends in zero.
fn checksum(values: &[u8; CHARACTERS]) -> u8 {
    let mut weight = 1;
    let mut sum = values.last().copied().unwrap_or_default();
    for value in values.iter().take(DATA_CHARACTERS) {
        weight = multiply(weight, GENERATOR);
        sum ^= multiply(*value, weight);
    }
    sum
}

/// Multiplication in the field of 32 elements.
fn multiply(one: u8, other: u8) -> u8 {
    let (mut power, mut product) = (one, 0);
    for bit in 0..5 {
        if other >> bit & 1 == 1 {
            product ^= power;
        }
        power <<= 1;
        if power > 31 {
            power ^= POLYNOMIAL;
        }
    }
    product
}

/// `7K4M-Q2XD-5`
impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, value) in self.0.iter().enumerate() {
            if matches!(position, 4 | 8) {
                out.write_str("-")?;
            }
            write!(out, "{}", crockford::character(*value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Reference({self})")
    }
}

impl FromStr for Reference {
    type Err = ParseReferenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Reference {
    type Error = ParseReferenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{CHARACTERS, ParseReferenceError, Reference, multiply};
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use std::collections::HashSet;

    #[test]
    fn a_reference_reads_back_however_it_is_typed() {
        let reference = Reference::parse("7K4M-Q2XD-5").unwrap();
        for typed in ["7k4mq2xd5", " 7K4M Q2XD 5 ", "7K4M–Q2XD–5", "7-k.4_m q2XD5"] {
            assert_eq!(typed.parse(), Ok(reference), "{typed}");
        }
        assert_eq!(reference.to_string(), "7K4M-Q2XD-5");
        assert_eq!(format!("{reference:?}"), "Reference(7K4M-Q2XD-5)");
        let zeros = Reference::from_random([0; 5]);
        assert_eq!(zeros.to_string(), "0000-0000-0");
        assert_eq!("OoOo-0000-O".parse(), Ok(zeros));
        let json = serde_json::to_string(&reference).unwrap();
        assert_eq!(json, "\"7K4M-Q2XD-5\"");
        assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), reference);
        assert!(serde_json::from_str::<Reference>("\"7K4M-Q2XD-6\"").is_err());
    }

    #[test]
    fn what_is_no_reference_says_why() {
        use ParseReferenceError::{Character, Check, Length};
        for (typed, expected) in [
            ("", Length { found: 0 }),
            ("7K4M-Q2XD", Length { found: 8 }),
            ("7K4M-Q2XD-55", Length { found: 10 }),
            (&"7".repeat(100_000), Length { found: 100_000 }),
            ("7K4U-Q2XD-5", Character { position: 4 }),
            ("7K4M-Q2XD-é", Character { position: 9 }),
            ("7K4M-Q2XD-6", Check),
        ] {
            assert_eq!(Reference::parse(typed), Err(expected));
        }
    }

    #[test]
    fn the_weights_are_all_different_and_none_is_zero() {
        let mut weights = HashSet::from([1]);
        let mut weight = 1;
        for _ in 0..30 {
            weight = multiply(weight, super::GENERATOR);
            assert!((1..32).contains(&weight));
            assert!(weights.insert(weight));
        }
        // No two values other than zero give zero, so that a wrong character always shows.
        for one in 1..32 {
            for other in 1..32 {
                assert_ne!(multiply(one, other), 0);
                assert_eq!(multiply(one, other), multiply(other, one));
            }
        }
    }

    /// Every wrong character at every place, and every exchange of two different characters.
    fn every_slip_is_found(reference: Reference) {
        for place in 0..CHARACTERS {
            for wrong in 0..32 {
                let mut values = reference.0;
                values[place] = wrong;
                let found = Reference::parse(&String::from(Reference(values)));
                assert_eq!(found.is_ok(), wrong == reference.0[place]);
            }
            for other in 0..place {
                let mut values = reference.0;
                values.swap(place, other);
                let found = Reference::parse(&String::from(Reference(values)));
                assert_eq!(found.is_ok(), values == reference.0);
            }
        }
    }

    proptest! {
        #[test]
        fn random_bits_make_a_reference_that_catches_slips(random in any::<[u8; 5]>()) {
            let reference = Reference::from_random(random);
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            every_slip_is_found(reference);
        }

        #[test]
        fn different_bits_make_different_references(
            one in any::<[u8; 5]>(), other in any::<[u8; 5]>(),
        ) {
            let same = Reference::from_random(one) == Reference::from_random(other);
            prop_assert_eq!(same, one == other);
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
        }
    }
}

//! Random secrets that people and programs carry, and the hashes that are kept of them.
//!
//! Each has at least 100 bits from a cryptographic source, so that a plain SHA-256 is enough to
//! keep it (OWASP ASVS 6.5.2: only secrets below 112 bits that last need a password hash; the
//! one-time password, of 100 bits, is kept as a password anyway). Only hashes reach the database.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::domain::crockford;

const RECEIPT_CHARACTERS: usize = 24;
const RECEIPT_GROUP: usize = 4;
const TOKEN_BYTES: usize = 32;
const TOKEN_CHARACTERS: usize = 43;
const ONE_TIME_CHARACTERS: usize = 20;
const ONE_TIME_GROUP: usize = 5;

/// The SHA-256 of a secret: what is stored and compared.
#[derive(Clone, Copy, Debug)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// A hash as it was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store, and to look a token up by.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares with a stored hash in constant time; a stored hash of another length differs.
    #[must_use]
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.0.as_slice().ct_eq(stored).into()
    }

    fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

/// The secret that, with the reference, opens a case in the portal: 24 characters of Crockford's
/// base32 (120 bits), shown once.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ReceiptSecret(String);

/// What was typed is no receipt secret. Says nothing of what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseReceiptSecretError {
    #[error("a receipt secret has 24 letters and digits; this has {found}")]
    Length { found: usize },
    #[error("a receipt secret has only digits and letters from A to Z, without U")]
    Character,
}

impl ReceiptSecret {
    #[must_use]
    pub fn random() -> Self {
        Self(random_characters(RECEIPT_CHARACTERS))
    }

    /// Reads what a person typed: case, spaces and dashes do not matter, O is 0, I and L are 1.
    ///
    /// # Errors
    /// [`ParseReceiptSecretError`].
    pub fn parse(text: &str) -> Result<Self, ParseReceiptSecretError> {
        let mut secret = Self(String::with_capacity(RECEIPT_CHARACTERS));
        let mut found = 0;
        for character in text.chars().filter(|it| !crockford::is_separator(*it)) {
            let value = crockford::value(character).ok_or(ParseReceiptSecretError::Character)?;
            found += 1;
            if found <= RECEIPT_CHARACTERS {
                secret.0.push(crockford::character(value));
            }
        }
        if found == RECEIPT_CHARACTERS {
            Ok(secret)
        } else {
            Err(ParseReceiptSecretError::Length { found })
        }
    }

    /// The secret to show, in groups of four: `7K4M-Q2XD-…`.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        grouped(&self.0, RECEIPT_GROUP)
    }

    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl fmt::Debug for ReceiptSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ReceiptSecret([redacted])")
    }
}

/// A token for a session, an API key or a link: 256 bits in base64url without padding.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token(String);

impl Token {
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        rand::rng().fill_bytes(bytes.as_mut());
        Self(URL_SAFE_NO_PAD.encode(bytes.as_slice()))
    }

    /// Reads a token that a client sent; nothing but the exact form is taken (also no other
    /// base64 of the same bytes), so that the hash of rubbish is never looked up.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != TOKEN_CHARACTERS {
            return None;
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        (bytes.len() == TOKEN_BYTES).then(|| Self(text.to_owned()))
    }

    /// The token to hand to its owner.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token([redacted])")
    }
}

/// A password for a first sign-in, easy to read out: `7k4mq-2xd5c-…`, 20 characters of Crockford's
/// base32 (100 bits) in groups of five. Typed exactly as shown; to be replaced by its owner.
#[must_use]
pub fn one_time_password() -> Zeroizing<String> {
    let characters = Zeroizing::new(random_characters(ONE_TIME_CHARACTERS).to_ascii_lowercase());
    grouped(&characters, ONE_TIME_GROUP)
}

/// Each character takes five bits of its own random byte, so that all 32 are equally likely.
fn random_characters(count: usize) -> String {
    let mut bytes = Zeroizing::new(vec![0; count]);
    rand::rng().fill_bytes(bytes.as_mut());
    bytes.iter().map(|byte| crockford::character(*byte)).collect()
}

fn grouped(characters: &str, group: usize) -> Zeroizing<String> {
    let mut shown = Zeroizing::new(String::with_capacity(2 * characters.len()));
    for (position, character) in characters.chars().enumerate() {
        if position > 0 && position.is_multiple_of(group) {
            shown.push('-');
        }
        shown.push(character);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{ParseReceiptSecretError, ReceiptSecret, SecretHash, Token, one_time_password};
    use std::collections::HashSet;

    #[test]
    fn a_receipt_secret_reads_back_however_it_is_typed() {
        let secret = ReceiptSecret::random();
        let shown = secret.shown();
        assert_eq!(shown.len(), 24 + 5);
        assert!(shown.split('-').all(|group| group.len() == 4));
        let stored = *secret.hash().bytes();
        for typed in [
            shown.to_string(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            shown.replace('-', " – "),
            shown.replace('0', "o").replace('1', "l"),
        ] {
            let typed = ReceiptSecret::parse(&typed).unwrap();
            assert!(typed.hash().matches(&stored));
        }
        assert!(!ReceiptSecret::random().hash().matches(&stored));
        assert!(!secret.hash().matches(&stored[..31]));
        assert!(!secret.hash().matches(&[]));
        assert!(SecretHash::from_bytes(stored).matches(&stored));
    }

    #[test]
    fn what_is_no_receipt_secret_is_refused_without_repeating_it() {
        let length = |found| ParseReceiptSecretError::Length { found };
        for (typed, expected) in [
            ("", length(0)),
            ("7K4M-Q2XD-5", length(9)),
            (&"7".repeat(25), length(25)),
            (&"U".repeat(24), ParseReceiptSecretError::Character),
            (&"é".repeat(24), ParseReceiptSecretError::Character),
        ] {
            assert_eq!(ReceiptSecret::parse(typed).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_token_has_one_form_only() {
        let token = Token::random();
        let same = Token::parse(token.shown()).unwrap();
        assert!(same.hash().matches(token.hash().bytes()));
        let (shown, zeros) = (token.shown(), "A".repeat(42));
        let mut shorter = shown.to_owned();
        shorter.pop();
        for wrong in [
            "",
            &shorter,
            &format!("{shown}A"),
            &format!("{shorter}="),
            // The last character carries two bits that must be zero.
            &format!("{zeros}B"),
            &format!("{zeros}+"),
        ] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Token::parse(&format!("{zeros}A")).is_some());
    }

    #[test]
    fn secrets_are_new_each_time_and_never_shown_by_debug() {
        let mut seen = HashSet::new();
        for _ in 0..1000 {
            assert!(seen.insert(ReceiptSecret::random().shown().to_string()));
            assert!(seen.insert(Token::random().shown().to_owned()));
            assert!(seen.insert(one_time_password().to_string()));
        }
        let used: HashSet<char> =
            seen.iter().filter(|it| it.len() == 29).flat_map(|it| it.chars()).collect();
        assert_eq!(used.len(), 33, "every character occurs, and the dash");
        let shown = format!("{:?} {:?}", ReceiptSecret::random(), Token::random());
        assert_eq!(shown, "ReceiptSecret([redacted]) Token([redacted])");
    }

    #[test]
    fn a_one_time_password_can_be_read_out() {
        let password = one_time_password();
        assert_eq!(password.len(), 23);
        assert!(password.split('-').all(|group| group.len() == 5));
        assert_eq!(*password, password.to_lowercase());
    }
}

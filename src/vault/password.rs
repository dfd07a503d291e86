//! Passwords of staff: what is accepted, and how they are kept (argon2id).

use std::hint::black_box;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::argon2_memory::hash_into;
use super::common_password::is_common;
use crate::language::{Language, text_with};

/// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// A password that is longer is wrong without being hashed.
const LONGEST_INPUT_BYTES: usize = 4096;
/// A local part below this is no help to a guesser, and forbidding it would forbid half the words.
const SHORTEST_LOCAL_PART: usize = 4;
const PRODUCT: &str = "guichet";

/// Why a password is not accepted. Never holds the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRejected {
    #[error("a password has at least {minimum} characters; a sentence is fine")]
    TooShort { minimum: usize },
    #[error("a password has at most {maximum} characters")]
    TooLong { maximum: usize },
    #[error("this password repeats one piece over and over: choose another")]
    Repeated,
    #[error("this password is made of passwords that everybody tries first: choose another")]
    Common,
    #[error("this password contains the name of the e-mail address: choose another")]
    ContainsEmail,
    #[error("this password contains the name of this product: choose another")]
    ContainsProduct,
}

impl PasswordRejected {
    /// The rule as a person reads it.
    #[must_use]
    pub fn explained(self, language: Language) -> String {
        let (minimum, maximum);
        let (key, arguments): (&str, &[(&'static str, &str)]) = match self {
            Self::TooShort { minimum: count } => {
                minimum = count.to_string();
                ("password-too-short", &[("minimum", &minimum)])
            }
            Self::TooLong { maximum: count } => {
                maximum = count.to_string();
                ("password-too-long", &[("maximum", &maximum)])
            }
            Self::Repeated => ("password-repeated", &[]),
            Self::Common => ("password-common", &[]),
            Self::ContainsEmail => ("password-contains-email", &[]),
            Self::ContainsProduct => ("password-contains-product", &[]),
        };
        text_with(language, key, arguments)
    }
}

/// A password could not be hashed or compared. Never holds the password or the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    #[error("the stored password hash cannot be read: set a new password for this user")]
    Unreadable,
    #[error("the password could not be hashed: there is too little memory or no randomness")]
    Failed,
}

/// How long a password must be, in Unicode code points after normalisation. No rules of
/// composition and no expiry (NIST SP 800-63B-4, OWASP ASVS 6.2.5 and 6.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub minimum: usize,
    pub maximum: usize,
}

impl Default for Policy {
    /// 15 to 128: the password is the only factor.
    fn default() -> Self {
        Self { minimum: 15, maximum: 128 }
    }
}

impl Policy {
    /// Checks a new password of the person with this e-mail address (which may be empty).
    ///
    /// # Errors
    /// [`PasswordRejected`], the first rule that is not met.
    pub fn check(&self, password: &str, email: &str) -> Result<(), PasswordRejected> {
        let (minimum, maximum) = (self.minimum, self.maximum);
        if password.len() > LONGEST_INPUT_BYTES {
            return Err(PasswordRejected::TooLong { maximum });
        }
        let password = normalised(password);
        let length = password.chars().count();
        if length < minimum {
            return Err(PasswordRejected::TooShort { minimum });
        }
        if length > maximum {
            return Err(PasswordRejected::TooLong { maximum });
        }
        if is_repeated(&password, minimum) {
            return Err(PasswordRejected::Repeated);
        }
        if is_common(&password) {
            return Err(PasswordRejected::Common);
        }
        let letters = letters(&password);
        let local = email.rsplit_once('@').map_or(email, |(local, _)| local);
        let local = self::letters(local);
        let whole = self::letters(email);
        let has_local =
            local.chars().count() >= SHORTEST_LOCAL_PART && letters.contains(local.as_str());
        if has_local || !local.is_empty() && letters.contains(whole.as_str()) {
            return Err(PasswordRejected::ContainsEmail);
        }
        if letters.contains(PRODUCT) {
            return Err(PasswordRejected::ContainsProduct);
        }
        Ok(())
    }
}

/// Hashes a password with a random salt; the answer is a PHC string that holds its parameters.
/// Takes some 30 ms and waits while two others are hashed: never on an async thread, never inside a
/// transaction.
///
/// # Errors
/// [`PasswordHashError::Failed`].
pub fn hash(password: &str) -> Result<String, PasswordHashError> {
    if password.len() > LONGEST_INPUT_BYTES {
        return Err(PasswordHashError::Failed);
    }
    let argon2 = argon2(params()?);
    let mut salt = [0; SALT_BYTES];
    rand::rng().fill_bytes(&mut salt);
    let mut out = Zeroizing::new([0; Params::DEFAULT_OUTPUT_LEN]);
    hash_into(&argon2, &normalised(password), &salt, out.as_mut())?;
    let stored = || {
        Some(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon2.params()).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(Output::new(out.as_slice()).ok()?),
        })
    };
    let stored = stored().ok_or(PasswordHashError::Failed)?;
    Ok(stored.to_string())
}

/// Whether this is the password that was hashed, with the parameters that the hash names.
///
/// # Errors
/// [`PasswordHashError::Unreadable`] when the stored text is no argon2id hash or asks for more than
/// 256 MiB, [`PasswordHashError::Failed`] when there is no memory.
pub fn verify(password: &str, stored: &str) -> Result<bool, PasswordHashError> {
    let unreadable = PasswordHashError::Unreadable;
    let stored = PasswordHash::new(stored).map_err(|_| unreadable)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(unreadable);
    };
    let version = stored.version.and_then(|it| Version::try_from(it).ok());
    if stored.algorithm != Algorithm::Argon2id.ident() || version != Some(Version::V0x13) {
        return Err(unreadable);
    }
    if password.len() > LONGEST_INPUT_BYTES {
        verify_nobody("")?;
        return Ok(false);
    }
    let argon2 = argon2(Params::try_from(&stored).map_err(|_| unreadable)?);
    let mut out = Zeroizing::new(vec![0; expected.as_bytes().len()]);
    hash_into(&argon2, &normalised(password), salt, &mut out)?;
    Ok(out.ct_eq(expected.as_bytes()).into())
}

/// Does the work of [`verify`] where there is no such user, so that the time of an answer does not
/// tell who exists.
///
/// # Errors
/// [`PasswordHashError::Failed`], as [`verify`].
pub fn verify_nobody(password: &str) -> Result<(), PasswordHashError> {
    let password = if password.len() > LONGEST_INPUT_BYTES { "" } else { password };
    let mut out = Zeroizing::new([0; Params::DEFAULT_OUTPUT_LEN]);
    let salt = b"nobody-has-this-";
    hash_into(&argon2(params()?), &normalised(password), salt, black_box(out.as_mut()))
}

/// Whether a hash was made with other parameters than today's, and should be made anew at the next
/// successful sign-in.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else {
        return true;
    };
    let params = Params::try_from(&stored).ok();
    let same = params
        .is_some_and(|it| (it.m_cost(), it.t_cost(), it.p_cost()) == (MEMORY_KIB, PASSES, LANES));
    stored.algorithm != Algorithm::Argon2id.ident() || !same
}

fn params() -> Result<Params, PasswordHashError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordHashError::Failed)
}

fn argon2(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// NFKC, so that an accent typed on one machine is the same on another (NIST SP 800-63B-4 §3.1.1.2).
fn normalised(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Small letters and digits only.
fn letters(text: &str) -> Zeroizing<String> {
    let kept = text.chars().filter(|it| it.is_alphanumeric());
    Zeroizing::new(kept.flat_map(char::to_lowercase).collect())
}

/// Whether the text is one piece, shorter than the minimum, at least twice over (`aaaa…`,
/// `abcabcab…`).
fn is_repeated(password: &str, minimum: usize) -> bool {
    let lower: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    let longest = (lower.len() / 2).min(minimum.saturating_sub(1));
    (1..=longest)
        .any(|period| lower.iter().zip(lower.iter().skip(period)).all(|(one, next)| one == next))
}

#[cfg(test)]
mod tests {
    use super::{
        PasswordHashError, PasswordRejected, Policy, hash, is_outdated, verify, verify_nobody,
    };
    use crate::language::Language;

    #[test]
    fn the_policy_names_the_rule() {
        use PasswordRejected::{Common, ContainsEmail, ContainsProduct, Repeated};
        let short = PasswordRejected::TooShort { minimum: 15 };
        let long = PasswordRejected::TooLong { maximum: 128 };
        let own = "le chat gris dort sur mon clavier ";
        let cases = [
            ("", Err(short)),
            ("14 characters.", Err(short)),
            ("15 characters..", Ok(())),
            // Three code points that look like fifteen bytes.
            ("\u{1F600}\u{1F600}\u{1F600}", Err(short)),
            ("correct horse battery staple", Ok(())),
            (&own.repeat(3), Ok(())),
            (&"x1".repeat(65), Err(long)),
            (&"x".repeat(5000), Err(long)),
            ("aaaaaaaaaaaaaaaaaa", Err(Repeated)),
            ("Hu8!Hu8!Hu8!Hu8!Hu", Err(Repeated)),
            ("Password1234567", Err(Common)),
            ("my secret is ALICE MARTIN!", Err(ContainsEmail)),
            ("opensesame-Guichet-2", Err(ContainsProduct)),
        ];
        for (password, expected) in cases {
            let found = Policy::default().check(password, "alice.martin@example.org");
            assert_eq!(found, expected, "{password}");
        }
        let policy = Policy::default();
        assert_eq!(policy.check("plenty of alpacas", "al@example.org"), Ok(()));
        assert_eq!(policy.check("plenty of alpacas", ""), Ok(()));
        for own in ["dpo@aa.example!!", "DPO @ AA . example 1"] {
            assert_eq!(policy.check(own, "dpo@aa.example"), Err(ContainsEmail), "{own}");
        }
        let shorter = Policy { minimum: 8, maximum: 64 };
        assert_eq!(shorter.check("k7#Wp2!x", ""), Ok(()));
    }

    #[test]
    fn every_rule_is_explained_in_both_languages() {
        let explained = |rule: PasswordRejected| {
            [Language::Fr, Language::En].map(|language| rule.explained(language))
        };
        let [fr, en] = explained(PasswordRejected::TooShort { minimum: 15 });
        assert_eq!(
            fr,
            "Un mot de passe compte au moins 15 caractères. Une courte phrase convient."
        );
        assert_eq!(en, "A password has at least 15 characters. A short sentence is fine.");
        for rule in [
            PasswordRejected::TooLong { maximum: 128 },
            PasswordRejected::Repeated,
            PasswordRejected::Common,
            PasswordRejected::ContainsEmail,
            PasswordRejected::ContainsProduct,
        ] {
            let [fr, en] = explained(rule);
            assert_ne!(fr, en);
            for text in [fr, en] {
                assert!(text.ends_with('.') && !text.contains(['[', '{']), "{text}");
            }
        }
    }

    #[test]
    fn only_the_password_that_was_hashed_is_right() {
        let stored = hash("Un café, s'il vous plaît").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify("Un café, s'il vous plaît", &stored), Ok(true));
        // The accents typed as letters and combining marks.
        let typed = "Un cafe\u{301}, s'il vous plai\u{302}t";
        assert_eq!(verify(typed, &stored), Ok(true));
        assert_eq!(verify("Un cafe, s'il vous plait", &stored), Ok(false));
        assert_eq!(verify("un café, s'il vous plaît", &stored), Ok(false));
        assert_eq!(verify("", &stored), Ok(false));
        assert_eq!(verify(&"x".repeat(5000), &stored), Ok(false));
        assert_ne!(hash("Un café, s'il vous plaît").unwrap(), stored);
        assert!(!is_outdated(&stored));
    }

    #[test]
    fn hashes_of_other_implementations_and_parameters_are_read() {
        // Made with argon2-cffi 25.1 for Python (the reference implementation in C).
        let stored = "$argon2id$v=19$m=1024,t=3,p=2$t3xXbMPVhTv+JkI++vGEEw$Jn8JS9M6BFpSUaNKlLUu9INrLUtKZ+x0Nz59p1u8oQc";
        assert_eq!(verify("correct horse battery staple", stored), Ok(true));
        assert_eq!(verify("correct horse battery stable", stored), Ok(false));
        assert!(is_outdated(stored));
    }

    #[test]
    fn a_stored_hash_that_is_none_says_so() {
        for stored in [
            "",
            "secret",
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ",
            &hash("x").unwrap().replace("argon2id", "argon2i"),
            &hash("x").unwrap().replace("v=19", "v=16"),
            &hash("x").unwrap().replace("m=19456", "m=4294967295"),
        ] {
            let unreadable = Err(PasswordHashError::Unreadable);
            assert_eq!(verify("secret", stored), unreadable, "{stored}");
        }
        assert!(is_outdated("secret"));
        // As made with half the memory.
        let older = hash("x").unwrap().replace("m=19456", "m=9728");
        assert!(is_outdated(&older));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let stored = hash("somebody's password").unwrap();
        // The fastest of several, since others use the machine as well.
        let time = |work: &dyn Fn()| {
            (0..7)
                .map(|_| {
                    let start = std::time::Instant::now();
                    work();
                    start.elapsed()
                })
                .min()
                .unwrap()
        };
        let alike = || {
            let somebody = time(&|| assert_eq!(verify("x", &stored), Ok(false)));
            let nobody = time(&|| assert_eq!(verify_nobody("x"), Ok(())));
            nobody * 2 > somebody && somebody * 2 > nobody
        };
        // What costs differently never comes out alike; a busy machine may hide it for a while.
        assert!((0..10).any(|_| alike()));
    }
}

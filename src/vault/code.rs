//! Short codes that a person reads in a mail or a letter, or hears on the telephone, and types back.
//! Their few digits are no secret against a machine that may guess: so they are kept under a key,
//! counted, and short-lived.

use std::marker::PhantomData;

use rand::RngExt;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Vault;
use crate::domain::{call_code, code, letter_code};

/// What a code is for.
pub trait Purpose {
    /// How many digits it has, at most nine.
    const DIGITS: usize;
    /// Under which name it is kept: a code for one thing proves nothing of another.
    const INDEX: &'static str;
    /// What shows of it where it must not show.
    const REDACTED: &'static str;
}

/// Goes to the contact on file; belongs to one row of codes.
#[derive(Clone)]
pub struct Mailed;

impl Purpose for Mailed {
    const DIGITS: usize = code::DIGITS;
    const INDEX: &'static str = "portal code";
    const REDACTED: &'static str = "Code([redacted])";
}

/// Is read out on the telephone; belongs to one case.
#[derive(Clone)]
pub struct Spoken;

impl Purpose for Spoken {
    const DIGITS: usize = call_code::DIGITS;
    const INDEX: &'static str = "call code";
    const REDACTED: &'static str = "CallCode([redacted])";
}

/// Is printed in a letter to the postal address on file; belongs to one row of codes by letter.
#[derive(Clone)]
pub struct Printed;

impl Purpose for Printed {
    const DIGITS: usize = letter_code::DIGITS;
    const INDEX: &'static str = "letter code";
    const REDACTED: &'static str = "LetterCode([redacted])";
}

/// Some digits, for a purpose.
#[derive(Clone)]
pub struct Digits<P>(Zeroizing<String>, PhantomData<P>);

/// Eight digits by mail.
pub type Code = Digits<Mailed>;

/// Six digits by telephone.
pub type CallCode = Digits<Spoken>;

/// Eight digits by letter.
pub type LetterCode = Digits<Printed>;

impl<P: Purpose> Digits<P> {
    fn of(digits: String) -> Self {
        Self(Zeroizing::new(digits), PhantomData)
    }

    /// Digits from the system's random source, each number equally likely.
    #[must_use]
    pub fn random() -> Self {
        let mut random = rand::rng();
        Self::of((0..P::DIGITS).map(|_| random.random_range('0'..='9')).collect())
    }

    /// Reads what a person typed: spaces and dashes do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '.');
        let digits: String = text.chars().take(64).filter(|c| !is_separator(*c)).collect();
        let is_code = digits.len() == P::DIGITS && digits.bytes().all(|it| it.is_ascii_digit());
        is_code.then(|| Self::of(digits))
    }

    /// The code to show or to read out, in two groups: `1234 5678`.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at_checked(P::DIGITS / 2).unwrap_or((&self.0, ""));
        Zeroizing::new(format!("{first} {second}"))
    }

    /// What is kept of the code that belongs to this row or this case. Without the key of the instance
    /// nobody can try the few that there are.
    #[must_use]
    pub fn hash(&self, vault: &Vault, id: Uuid) -> [u8; 32] {
        vault.index(P::INDEX, &format!("{id}/{}", self.0.as_str()))
    }

    /// As [`Self::matches`], with what may be kept; where nothing is, it takes as long.
    #[must_use]
    pub fn is(&self, vault: &Vault, id: Uuid, stored: Option<&[u8]>) -> bool {
        let nothing = [0; 32];
        self.matches(vault, id, stored.unwrap_or(&nothing)) && stored.is_some()
    }

    /// Compares with what is kept, in constant time.
    #[must_use]
    pub fn matches(&self, vault: &Vault, id: Uuid, stored: &[u8]) -> bool {
        self.hash(vault, id).as_slice().ct_eq(stored).into()
    }
}

impl<P: Purpose> std::fmt::Debug for Digits<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(P::REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::{CallCode, Code, Digits, LetterCode, Purpose};
    use crate::vault::Vault;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;
    use uuid::Uuid;

    fn vault() -> Vault {
        Vault::open(MasterKey::from_key(Key::from_bytes([7; 32])))
    }

    fn check<P: Purpose>(wrong: &[&str]) {
        let (vault, id, other) = (vault(), Uuid::from_u128(1), Uuid::from_u128(2));
        let code = Digits::<P>::random();
        let (stored, shown) = (code.hash(&vault, id), code.shown());
        for typed in [
            shown.to_string(),
            shown.replace(' ', ""),
            format!(" {} ", shown.replace(' ', "-")),
            shown.replace(' ', " - "),
        ] {
            assert!(Digits::<P>::parse(&typed).unwrap().matches(&vault, id, &stored), "{typed}");
        }
        assert!(!code.matches(&vault, other, &stored), "T-08: bound to its own row");
        assert!(code.is(&vault, id, Some(&stored)) && !code.is(&vault, id, None));
        for typed in wrong {
            assert!(Digits::<P>::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(format!("{code:?}"), P::REDACTED);
    }

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        check::<super::Mailed>(&[
            "",
            "1234567",
            "123456789",
            "1234567a",
            "１２３４５６７８",
            "12345678901234567890",
        ]);
        check::<super::Printed>(&["", "1234567", "123456789", "1234567a"]);
        check::<super::Spoken>(&["", "12345", "1234567", "12345a", "１２３４５６"]);
    }

    #[test]
    fn what_is_kept_of_a_code_stays_as_it_was() {
        let id = Uuid::from_u128(1);
        let kept = |name: &str, digits: &str| vault().index(name, &format!("{id}/{digits}"));
        let code = Code::parse("1234 5678").unwrap();
        assert_eq!(code.hash(&vault(), id), kept("portal code", "12345678"));
        let printed = LetterCode::parse("1234 5678").unwrap();
        assert_eq!(printed.hash(&vault(), id), kept("letter code", "12345678"));
        let spoken = CallCode::parse("123 456").unwrap();
        assert_eq!(spoken.hash(&vault(), id), kept("call code", "123456"));
    }

    /// χ² over each place of a million codes: 9 degrees of freedom, p = 0.000001 at 43.
    #[test]
    fn t_13_every_digit_is_equally_likely_at_every_place() {
        fn check<P: Purpose>() {
            const CODES: u32 = 1_000_000;
            let mut counts = vec![[0_u32; 10]; P::DIGITS];
            for _ in 0..CODES {
                let code = Digits::<P>::random();
                for (place, digit) in code.0.bytes().enumerate() {
                    counts[place][usize::from(digit - b'0')] += 1;
                }
            }
            let expected = f64::from(CODES) / 10.0;
            for (place, counts) in counts.iter().enumerate() {
                let chi: f64 = counts
                    .iter()
                    .map(|count| (f64::from(*count) - expected).powi(2) / expected)
                    .sum();
                assert!(chi < 43.0, "place {place}: {chi}");
            }
        }
        check::<super::Mailed>();
        check::<super::Printed>();
        check::<super::Spoken>();
    }
}

//! Short codes that a person reads in a mail and types back. Their few digits are no secret against
//! a machine that may guess: so they are kept under a key, counted, and short-lived.

use rand::RngExt;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Vault;
use crate::domain::code::DIGITS;

/// Eight digits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Code(String);

impl Code {
    /// Eight digits from the system's random source, each number equally likely.
    #[must_use]
    pub fn random() -> Self {
        let number: u32 = rand::rng().random_range(0..100_000_000);
        Self(format!("{number:08}"))
    }

    /// Reads what a person typed: spaces and dashes do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '.');
        let digits: String = text.chars().take(64).filter(|c| !is_separator(*c)).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|it| it.is_ascii_digit());
        is_code.then_some(Self(digits))
    }

    /// The code to show, in two groups: `1234 5678`.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at_checked(DIGITS / 2).unwrap_or((&self.0, ""));
        Zeroizing::new(format!("{first} {second}"))
    }

    /// What is kept of the code with this id. Without the key of the instance nobody can try the
    /// hundred million that there are.
    #[must_use]
    pub fn hash(&self, vault: &Vault, id: Uuid) -> [u8; 32] {
        vault.index("portal code", &format!("{id}/{}", self.0))
    }

    /// Compares with what is kept, in constant time.
    #[must_use]
    pub fn matches(&self, vault: &Vault, id: Uuid, stored: &[u8]) -> bool {
        self.hash(vault, id).as_slice().ct_eq(stored).into()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::vault::Vault;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;
    use uuid::Uuid;

    #[test]
    fn a_code_reads_back_however_it_is_typed() {
        let vault = Vault::open(MasterKey::from_key(Key::from_bytes([7; 32])));
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let code = Code::random();
        let stored = code.hash(&vault, id);
        let shown = code.shown();
        for typed in
            [shown.to_string(), shown.replace(' ', ""), format!(" {} ", shown.replace(' ', "-"))]
        {
            assert!(Code::parse(&typed).unwrap().matches(&vault, id, &stored), "{typed}");
        }
        assert!(!code.matches(&vault, other, &stored), "T-08: bound to its own row");
        for typed in
            ["", "1234567", "123456789", "1234567a", "１２３４５６７８", "12345678901234567890"]
        {
            assert!(Code::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(format!("{code:?}"), "Code([redacted])");
    }

    /// χ² over each place of a million codes: 9 degrees of freedom, p = 0.000001 at 43.
    #[test]
    fn t_13_every_digit_is_equally_likely_at_every_place() {
        const CODES: u32 = 1_000_000;
        let mut counts = [[0_u32; 10]; 8];
        for _ in 0..CODES {
            let code = Code::random();
            for (place, digit) in code.0.bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        let expected = f64::from(CODES) / 10.0;
        for (place, counts) in counts.iter().enumerate() {
            let chi: f64 =
                counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
            assert!(chi < 43.0, "place {place}: {chi}");
        }
    }
}

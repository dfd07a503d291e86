//! The six digits of a call code: kept under a key and counted, as the few digits are no secret
//! against a machine that may guess.

use rand::RngExt;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Vault;
use crate::domain::call_code::DIGITS;

/// Six digits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct CallCode(String);

impl CallCode {
    /// Six digits from the system's random source, each number equally likely.
    #[must_use]
    pub fn random() -> Self {
        let number: u32 = rand::rng().random_range(0..1_000_000);
        Self(format!("{number:06}"))
    }

    /// Reads what a person typed: spaces and dashes do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '–' | '.');
        let digits: String = text.chars().take(64).filter(|c| !is_separator(*c)).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|it| it.is_ascii_digit());
        is_code.then_some(Self(digits))
    }

    /// The code to read out, in two groups: `123 456`.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        let (first, second) = self.0.split_at_checked(DIGITS / 2).unwrap_or((&self.0, ""));
        Zeroizing::new(format!("{first} {second}"))
    }

    /// What is kept of the code of this case.
    #[must_use]
    pub fn hash(&self, vault: &Vault, case: Uuid) -> [u8; 32] {
        vault.index("call code", &format!("{case}/{}", self.0))
    }

    /// Compares with what is kept, in constant time.
    #[must_use]
    pub fn matches(&self, vault: &Vault, case: Uuid, stored: &[u8]) -> bool {
        self.hash(vault, case).as_slice().ct_eq(stored).into()
    }
}

impl std::fmt::Debug for CallCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::CallCode;
    use crate::vault::Vault;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;
    use uuid::Uuid;

    #[test]
    fn a_call_code_reads_back_and_belongs_to_one_case() {
        let vault = Vault::open(MasterKey::from_key(Key::from_bytes([7; 32])));
        let (case, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let code = CallCode::random();
        let (stored, shown) = (code.hash(&vault, case), code.shown());
        for typed in [shown.to_string(), shown.replace(' ', ""), shown.replace(' ', " - ")] {
            assert!(CallCode::parse(&typed).unwrap().matches(&vault, case, &stored), "{typed}");
        }
        assert!(!code.matches(&vault, other, &stored), "T-08: of another case");
        for typed in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(CallCode::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(format!("{code:?}"), "CallCode([redacted])");
    }

    /// χ² over each place of a million codes: 9 degrees of freedom, p = 0.000001 at 43.
    #[test]
    fn t_13_every_digit_of_a_call_code_is_equally_likely() {
        let mut counts = [[0_u32; 10]; 6];
        for _ in 0..1_000_000 {
            for (place, digit) in CallCode::random().0.bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        for counts in counts {
            let chi: f64 =
                counts.iter().map(|it| (f64::from(*it) - 100_000.0).powi(2) / 100_000.0).sum();
            assert!(chi < 43.0, "{chi}");
        }
    }
}

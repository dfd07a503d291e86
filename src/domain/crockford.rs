//! Crockford's base32: an alphabet that survives being read out and typed in. It has no I, L, O
//! and U; a reader takes I and L for 1, O for 0, and small letters for capitals.

/// The 32 characters in the order of their values.
pub const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The character of the lowest five bits.
#[must_use]
pub fn character(value: u8) -> char {
    let index = usize::from(value & 31);
    // The index is below 32, so that the alphabet always has it.
    char::from(ALPHABET.get(index).copied().unwrap_or(b'0'))
}

/// The value (0–31) of a character as a person may write it, if it is one.
#[must_use]
pub fn value(character: char) -> Option<u8> {
    let canonical = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let canonical = u8::try_from(canonical).ok()?;
    let index = ALPHABET.iter().position(|known| *known == canonical)?;
    u8::try_from(index).ok()
}

/// What a person may write between the characters: white space and dashes of any kind.
#[must_use]
pub fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '_' | '.' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::{character, is_separator, value};

    #[test]
    fn every_value_reads_back_and_look_alikes_are_understood() {
        for number in 0..32 {
            assert_eq!(value(character(number)), Some(number));
            assert_eq!(value(character(number).to_ascii_lowercase()), Some(number));
        }
        for (written, meant) in [('O', 0), ('o', 0), ('I', 1), ('i', 1), ('L', 1), ('l', 1)] {
            assert_eq!(value(written), Some(meant));
        }
        for foreign in ['U', 'u', '-', ' ', 'é', '٣', '\u{212A}', '*', '\0'] {
            assert_eq!(value(foreign), None, "{foreign:?}");
        }
        assert!(is_separator('–') && is_separator('\u{a0}') && !is_separator('A'));
    }
}

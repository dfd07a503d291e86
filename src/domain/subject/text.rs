//! Forms of text that change how it is written and never what it says.

use unicode_normalization::UnicodeNormalization;

/// Trims, makes every run of white space one space, and composes accents. The case stays.
#[must_use]
pub fn exact(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    composed(&words.join(" "))
}

/// Without any white space, accents composed.
#[must_use]
pub fn without_space(text: &str) -> String {
    let kept: String = text.split_whitespace().collect();
    composed(&kept)
}

/// NFC, so that an accent typed as two characters is one. A text with a character that NFC would
/// turn into ASCII (the Kelvin sign into K, the Greek question mark into a semicolon) stays as it
/// is: a look-alike never becomes the real thing.
#[must_use]
pub fn composed(text: &str) -> String {
    let becomes_ascii = |it: char| !it.is_ascii() && it.nfc().all(|it| it.is_ascii());
    if text.chars().any(becomes_ascii) {
        return text.to_owned();
    }
    text.nfc().collect()
}

/// Whether a text says nothing: there is nothing in it, or nothing that can be seen.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || is_hidden(letter))
}

/// Whether a character cannot be seen and so would make two values look alike: controls, joiners,
/// direction marks, soft hyphens, variation selectors, tags.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{composed, exact, is_blank, is_hidden, without_space};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn writing_changes_and_meaning_does_not() {
        assert_eq!(exact("  A\u{a0}b \t\n c "), "A b c");
        assert_eq!(without_space(" 75\u{202f}011 "), "75011");
        assert_eq!(exact("cafe\u{301}"), "café");
        for look_alike in ["\u{212A}", "\u{37e}", "\u{1fef}", "аlice", "ﬁn"] {
            assert_eq!(composed(look_alike), look_alike);
        }
        for hidden in ['\0', '\u{200b}', '\u{feff}', '\u{202e}', '\u{ad}', '\u{7f}'] {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
        assert!(!"aé٣中 -'’".chars().any(is_hidden));
        for blank in ["", " \t\n", "\u{200b}", "\u{2060}\u{ad} \u{feff}", "\u{3164}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}x") && !is_blank("."));
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(text in "\\PC{0,40}") {
            let form = exact(&text);
            prop_assert_eq!(exact(&form), form.as_str());
            let form = without_space(&text);
            prop_assert_eq!(without_space(&form), form.as_str());
        }
    }
}

//! The one line of a mail that may carry a person's data: the name that somebody is greeted by. A
//! name may be typed by a stranger, and mail must not carry what a stranger wants to say.

use crate::language::{Language, text, text_with};

/// Longer than any name that is greeted in full; shorter than a message.
const LONGEST_CHARACTERS: usize = 60;
/// More words are a sentence.
const MOST_WORDS: usize = 6;

/// The greeting: by name when what is given looks like a name, else without one.
#[must_use]
pub fn salutation(language: Language, name: Option<&str>) -> String {
    match name.map(str::trim).filter(|name| looks_like_a_name(name)) {
        Some(name) => text_with(language, "mail-salutation", &[("name", name)]),
        None => text(language, "mail-salutation-nobody"),
    }
}

/// Letters, with what stands between the parts of names. No digit, no sign of an address, and a
/// point only at the end of a word: `J. Exemple`, never `evil.example`.
fn looks_like_a_name(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    let is_word = |word: &&str| {
        let word = word.strip_suffix('.').unwrap_or(word);
        word.chars().next().is_some_and(char::is_alphabetic)
            && word.chars().all(|c| {
                c.is_alphabetic()
                    || matches!(c, '-' | '\'' | '’' | '\u{300}'..='\u{36f}' | '\u{94d}')
            })
    };
    name.chars().count() <= LONGEST_CHARACTERS
        && (1..=MOST_WORDS).contains(&words.len())
        && words.iter().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::salutation;
    use crate::language::Language;

    #[test]
    fn only_what_looks_like_a_name_is_greeted() {
        let greeted = |name| salutation(Language::En, Some(name));
        for name in ["Zoé Müller-Ünal", "Séan O'Hara", "J. Exemple", "李 明", "Jean de la Tour"]
        {
            assert_eq!(greeted(name), format!("Dear {name},"), "{name}");
        }
        for name in [
            "",
            "win at http://evil.example",
            "evil.example",
            "Call 0800 123 456",
            "a@b.example",
            "Zoé\r\nBcc: a@b.example",
            "Zoé\u{2028}Exemple",
            "please send all of your money now thanks",
            "{7*7}",
            "<b>Zoé</b>",
            &"a".repeat(61),
        ] {
            assert_eq!(greeted(name), "Hello,", "{name:?}");
        }
        assert_eq!(salutation(Language::Fr, Some("Zoé")), "Bonjour Zoé,");
        assert_eq!(salutation(Language::Fr, None), "Bonjour,");
    }
}

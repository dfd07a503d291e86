//! Names of people: what is accepted, and the words by which a name is found.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::text::{is_blank, is_hidden};

/// In Unicode code points.
pub const LONGEST_NAME: usize = 200;
/// So many words of a name are indexed at most.
pub const MOST_WORDS: usize = 16;

/// The name of a person, as the person writes it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// Why a name is not accepted. Never holds the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameError {
    #[error("the name is empty")]
    Empty,
    #[error("the name has {found} characters; at most {LONGEST_NAME} are allowed")]
    TooLong { found: usize },
    #[error("the name has a line break, a tab or another control character")]
    ControlCharacter,
}

impl PersonName {
    /// Takes a name in any script, without white space around it. Nothing else is changed.
    ///
    /// # Errors
    /// [`PersonNameError`].
    pub fn parse(text: &str) -> Result<Self, PersonNameError> {
        let name = text.trim();
        let found = name.chars().count();
        if is_blank(name) {
            return Err(PersonNameError::Empty);
        }
        if found > LONGEST_NAME {
            return Err(PersonNameError::TooLong { found });
        }
        if name.chars().any(is_line_control) {
            return Err(PersonNameError::ControlCharacter);
        }
        Ok(Self(name.to_owned()))
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As [`words`].
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        words(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PersonName([redacted])")
    }
}

/// The words of a name for the word index, each once, in their order: small letters without
/// accents, of at least two characters (one in scripts without capitals, such as Chinese), at most
/// [`MOST_WORDS`]. `Éloïse O’Brien-Müller` gives `eloise`, `brien`, `muller`.
///
/// A search narrows with it; it never decides that two people are one.
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in folded(name).split(' ').filter(|it| is_indexed(it)) {
        if words.len() == MOST_WORDS {
            break;
        }
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// A name as part of a pair (`name+birth_date`): all its words in their order, separated by one
/// space. A name without any letter or digit stays as it is.
#[must_use]
pub fn normalised(name: &str) -> String {
    let folded = folded(name);
    let words: Vec<&str> = folded.split(' ').filter(|it| !it.is_empty()).collect();
    if words.is_empty() { name.trim().to_owned() } else { words.join(" ") }
}

/// Whether two names are one, written otherwise: the order of their words, capitals, accents, and where
/// spaces, hyphens and apostrophes stand say nothing. Every letter counts.
/// `LEGOFF Inès` is `Inès Le Goff`, and not `Inès Le Goffic`.
#[must_use]
pub fn is_same_spelling(one: &str, other: &str) -> bool {
    let (one, other) = (normalised(one), normalised(other));
    let mut left: Vec<&str> = other.split(' ').collect();
    let mut rest: Vec<&str> = Vec::new();
    for word in one.split(' ') {
        match left.iter().position(|it| *it == word) {
            Some(at) => drop(left.remove(at)),
            None => rest.push(word),
        }
    }
    // First and last names may have changed places, and each be one word in one and two in the other.
    let turned = |words: &[&str], other: &str| {
        (0..words.len().max(1)).any(|at| {
            let (end, begin) = words.split_at(at.min(words.len()));
            [begin.concat(), end.concat()].concat() == other
        })
    };
    turned(&rest, &left.concat()) || turned(&left, &rest.concat())
}

/// Whether two names may be one person's: without the words that both have, whole or by the first
/// letter, nothing is left of one, or the same letters of both. A name that was had before or beside,
/// after `née` and the like, may be missing. What has no letter agrees with everything.
/// `M. Jean Martin` and `MARTIN Jean-Paul` agree, `Jean Martin` and `Jeanne Martin` do not.
#[must_use]
pub fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (told(one), told(other));
    let either = |one: &[String], other: &[String]| may_be_one(one, other);
    either(&one.0, &other.0) || either(&one.1, &other.0) || either(&one.0, &other.1)
}

/// The words of a name, all of them and those before a name of birth or of marriage.
fn told(name: &str) -> (Vec<String>, Vec<String>) {
    let folded = folded(name);
    let words = || folded.split(' ').filter(|it| !it.is_empty() && !TITLES.contains(it));
    let all = words().filter(|it| !BESIDE.contains(it)).map(str::to_owned).collect();
    let first = words().take_while(|it| !BESIDE.contains(it)).map(str::to_owned).collect();
    (all, first)
}

fn may_be_one(one: &[String], other: &[String]) -> bool {
    let mut left = other.to_vec();
    let mut rest = String::new();
    for word in one {
        match left.iter().position(|it| is_same(it, word)) {
            Some(at) => drop(left.remove(at)),
            None => rest.push_str(word),
        }
    }
    rest.is_empty() || left.is_empty() || rest == left.concat()
}

/// Whether two words are the same, or one is the first letter of the other.
fn is_same(one: &str, other: &str) -> bool {
    let begins =
        |initial: &str, word: &str| initial.chars().count() == 1 && word.starts_with(initial);
    one == other || begins(one, other) || begins(other, one)
}

/// How people are addressed in French and English.
const TITLES: [&str; 18] = [
    "m",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "mademoiselle",
    "dr",
    "docteur",
    "me",
    "maitre",
    "pr",
    "prof",
    "professeur",
    "doctor",
];

/// What stands before a name that somebody had before, or has beside.
const BESIDE: [&str; 7] = ["nee", "ne", "epouse", "ep", "veuve", "vve", "born"];

/// Stretches an Arabic word and says nothing.
const TATWEEL: char = '\u{640}';

/// Small letters without accents; everything that is neither letter nor digit becomes a space.
fn folded(name: &str) -> String {
    let bare = name
        .chars()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|it| !is_combining_mark(*it))
        .flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(name.len());
    for letter in bare {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            // A sigma at the end of a word is no other letter: capitals know one.
            'ς' => folded.push('σ'),
            other if is_hidden(other) || other == TATWEEL => {}
            other if other.is_alphanumeric() => folded.push(other),
            _ => folded.push(' '),
        }
    }
    // Hangul was taken apart with the accents and is put together again.
    folded.nfc().collect()
}

fn is_indexed(word: &str) -> bool {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(_), Some(_)) => true,
        (Some(only), None) => only.is_alphabetic() && !only.is_lowercase(),
        _ => false,
    }
}

fn is_line_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::{PersonName, PersonNameError, agree, is_same_spelling, normalised, words};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn a_name_gives_its_words() {
        for (name, expected) in [
            ("Alice Martin", &["alice", "martin"][..]),
            ("MARTIN, Alice", &["martin", "alice"]),
            ("Anna\u{ad}Lena \u{200b}", &["annalena"]),
            ("محـــمد", &["محمد"]),
            ("Éloïse O’Brien-Müller", &["eloise", "brien", "muller"]),
            ("E\u{301}loi\u{308}se", &["eloise"]),
            ("Jean-Marie d'Estaing de La Tour", &["jean", "marie", "estaing", "de", "la", "tour"]),
            ("Łukasz Søren Straße Đorđe", &["lukasz", "soren", "strasse", "dorde"]),
            ("İpek Işık", &["ipek", "isik"]),
            ("Ħal Għargħur", &["hal", "gharghur"]),
            ("Cœur Lætitia", &["coeur", "laetitia"]),
            ("J. R. R. Tolkien 2", &["tolkien"]),
            ("Anna Anna ANNA", &["anna"]),
            ("Σίσυφος ΣΊΣΥΦΟΣ", &["σισυφοσ"]),
            ("王 小明", &["王", "小明"]),
            ("김철수", &["김철수"]),
            ("Νίκος Παπαδόπουλος", &["νικοσ", "παπαδοπουλοσ"]),
            ("محمد علي", &["محمد", "علي"]),
            ("ＡＬＩＣＥ", &["alice"]),
            ("  -- ’ ", &[]),
            ("", &[]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
        let many: Vec<String> = (10..40).map(|it| format!("w{it}")).collect();
        let found = words(&many.join(" "));
        assert_eq!(found, many[..16]);
    }

    #[test]
    fn a_name_in_a_pair_keeps_all_its_words() {
        assert_eq!(normalised(" J. O’Brien  Müller "), "j o brien muller");
        assert_eq!(normalised(" ☺ "), "☺");
    }

    #[test]
    fn names_agree_where_they_may_be_one_persons() {
        for (one, other, expected) in [
            ("Jean Martin", "MARTIN, Jean", true),
            ("Mme Éloïse Martin", "Eloise MARTIN", true),
            ("Jean Martin", "Jean-Paul Martin", true),
            ("J. Martin", "Jean Martin", true),
            ("Martin", "Jean Martin", true),
            ("Anne Marie Le Goff", "Annemarie Legoff", true),
            ("LEGOFF Inès", "Inès Le Goff", true),
            ("Dr Le Goff", "Inès Le Goff", true),
            ("Mme Le Goff née Martin", "Inès Le Goff", true),
            ("Mme Inès Martin épouse Le Goff", "Inès Le Goff", true),
            ("Inès Martin", "Inès Le Goff", false),
            ("", "Jean Martin", true),
            ("☺", "Jean Martin", true),
            ("Jean Martin", "Jeanne Martin", false),
            ("Jean Martin", "Jean Martinet", false),
            ("Benoît Autre", "Aïcha Mercier", false),
            ("Paul Mercier", "Aïcha Mercier", false),
        ] {
            assert_eq!(agree(one, other), expected, "{one} {other}");
            assert_eq!(agree(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_name_is_the_same_however_it_is_written_and_every_letter_counts() {
        for (one, other, expected) in [
            ("LEGOFF Inès", "Inès Le Goff", true),
            ("LEGOFF Annemarie", "Anne-Marie Le Goff", true),
            ("Jean Paul LEGOFF", "Le Goff, Jeanpaul", true),
            ("Sean O’Brien", "obrien SEAN", true),
            ("Chloé D'Amico", "Damico Chloe", true),
            ("Inès Le Goff", "Inès Le Goffic", false),
            ("Inès Le Goff", "I. Le Goff", false),
            ("Inès Le Goff", "Inès Goff", false),
            ("Mme Le Goff", "Le Goff", false),
            ("Jean Martin", "Martine Jan", false),
            ("Jean Jean", "Jean", false),
            ("☺", "☹", false),
        ] {
            assert_eq!(is_same_spelling(one, other), expected, "{one} {other}");
            assert_eq!(is_same_spelling(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_name_is_kept_as_it_is_written() {
        let name = PersonName::parse("  Éloïse\u{a0}O’Brien ").unwrap();
        assert_eq!(name.text(), "Éloïse\u{a0}O’Brien");
        assert_eq!(name.words(), ["eloise", "brien"]);
        assert_eq!(format!("{name:?}"), "PersonName([redacted])");
        assert!(PersonName::parse("X").is_ok());
        assert!(PersonName::parse(&"é".repeat(200)).is_ok());
        for (text, expected) in [
            (" \u{a0} ", PersonNameError::Empty),
            ("\u{200b}\u{2060} \u{ad}\u{feff}", PersonNameError::Empty),
            (&"é".repeat(201), PersonNameError::TooLong { found: 201 }),
            ("Alice\nBcc: all", PersonNameError::ControlCharacter),
            ("Ali\0ce", PersonNameError::ControlCharacter),
            ("Ali\u{2028}ce", PersonNameError::ControlCharacter),
        ] {
            assert_eq!(PersonName::parse(text), Err(expected));
        }
    }

    proptest! {
        #[test]
        fn words_are_small_bounded_and_their_own_words(name in "\\PC{0,60}") {
            let found = words(&name);
            prop_assert!(found.len() <= 16);
            for word in found {
                prop_assert!(word.chars().all(char::is_alphanumeric));
                prop_assert_eq!(words(&word), [word]);
            }
        }
    }
}

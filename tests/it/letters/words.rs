//! Every letter, part and finding has its words in both languages, and every standard text is one
//! that could be saved.

use guichet::domain::event::ExtensionGround;
use guichet::domain::letter::placeholder::{Filler, Placeholder};
use guichet::domain::letter::template::{check, one_line_ending};
use guichet::domain::letter::{Delivery, Letter, LetterState};
use guichet::language::{Language, text, text_with};
use guichet::workflow::letters::values::standard_text;

#[test]
fn everything_about_letters_has_its_words() {
    for language in [Language::Fr, Language::En] {
        let mut keys: Vec<String> = Vec::new();
        keys.extend(Letter::ALL.iter().map(|it| format!("letter-name-{}", it.key())));
        keys.extend(Placeholder::ALL.iter().map(|it| format!("letter-part-{}", it.name())));
        keys.extend(Delivery::ALL.iter().map(|it| format!("letter-delivery-{}", it.name())));
        keys.extend(LetterState::ALL.iter().map(|it| format!("letter-state-{}", it.name())));
        keys.extend(ExtensionGround::ALL.iter().map(|it| format!("letters-ground-{}", it.name())));
        for key in keys {
            assert!(!text(language, &key).starts_with('['), "{key}");
        }
    }
}

#[test]
fn every_standard_text_says_what_it_must() {
    for language in [Language::Fr, Language::En] {
        for letter in Letter::ALL {
            let text = standard_text(language, *letter);
            assert_eq!(check(*letter, &text), [], "{} in {}", letter.name(), language.code());
            assert_eq!(one_line_ending(&text), text);
            assert!(text.starts_with("{salutation}\n\n"), "{text}");
            assert!(text.split("\n\n").count() > 2, "{text}");
            // What a person may write has a place, even where the law does not ask for it.
            for part in letter.parts() {
                assert_eq!(part.filler(), Filler::Person);
                assert!(text.contains(&format!("{{{}}}", part.name())), "{}", part.name());
            }
        }
    }
}

/// Every rule that the lint and the check of a text answer with.
#[test]
fn every_finding_has_its_sentence() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/letter");
    let mut codes = std::collections::BTreeSet::new();
    for file in ["lint.rs", "lint/rules.rs", "lint/words.rs", "template.rs"] {
        let source = std::fs::read_to_string(format!("{folder}/{file}")).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
        let quoted = source.split('"').skip(1).step_by(2);
        codes.extend(quoted.filter(|it| it.starts_with("letter-")).map(str::to_owned));
    }
    assert!(codes.len() > 25, "{codes:?}");
    for language in [Language::Fr, Language::En] {
        for code in &codes {
            let told = [
                "element",
                "anchor",
                "limit",
                "due",
                "line",
                "column",
                "placeholder",
                "level",
                "first",
                "words",
            ];
            let told = told.map(|name| (name, "x"));
            let sentence = text_with(language, &format!("field-{code}"), &told);
            assert!(!sentence.starts_with('[') && !sentence.contains('{'), "{code}: {sentence}");
        }
    }
}

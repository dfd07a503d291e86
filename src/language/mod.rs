//! The catalogue: every text that a person reads, in French and English, and how dates are written.
//!
//! Texts live in `texts/{fr,en}/<room>.ftl` (Fluent). `domain` never imports this room: it returns
//! rule codes with arguments, which are turned into sentences here.

pub mod citation;
pub mod step;

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use serde::{Deserialize, Serialize};

static_loader! {
    static TEXTS = {
        locales: "./src/language/texts",
        fallback_language: "en",
        // Isolation marks would end up in letters, files and tests.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FR: LanguageIdentifier = langid!("fr");
static EN: LanguageIdentifier = langid!("en");

/// The languages that are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    Fr,
    En,
}

impl Language {
    /// `fr` or `en`, as in URLs, `lang` attributes and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Reads `fr`, `en`, or a longer tag that starts with one of them (`fr-CA`).
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next() {
            Some("fr") => Some(Self::Fr),
            Some("en") => Some(Self::En),
            _ => None,
        }
    }
}

/// The text of `key`. A missing key shows as itself in brackets, and a test forbids missing keys.
#[must_use]
pub fn text(language: Language, key: &str) -> String {
    text_with(language, key, &[])
}

/// The text of `key` with its arguments.
#[must_use]
pub fn text_with(language: Language, key: &str, arguments: &[(&str, &str)]) -> String {
    let id = match language {
        Language::Fr => &FR,
        Language::En => &EN,
    };
    let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = arguments
        .iter()
        .map(|(name, value)| (Cow::Owned((*name).to_owned()), counted(value)))
        .collect();
    TEXTS.try_lookup_with_args(id, key, &arguments).unwrap_or_else(|| format!("[{key}]"))
}

/// A number as a number, so that a text can choose between one and several; it is written as it was.
fn counted(value: &str) -> FluentValue<'_> {
    /// What a float holds exactly.
    const MOST: u32 = 1_000_000_000;
    match value.parse::<u32>() {
        Ok(number) if number <= MOST && number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

/// A date written out: `5 March 2026`, `5 mars 2026`, `1er mai 2026`.
#[must_use]
pub fn date(language: Language, date: NaiveDate) -> String {
    let month = text(language, &format!("month-{}", date.month()));
    let day = match (language, date.day()) {
        (Language::Fr, 1) => "1er".to_owned(),
        (_, day) => day.to_string(),
    };
    format!("{day} {month} {}", date.year())
}

#[cfg(test)]
mod tests {
    use super::{Language, date, text, text_with};
    use chrono::NaiveDate;

    #[test]
    fn one_is_one_and_a_number_is_written_as_it_was() {
        for (language, count, expected) in [
            (Language::En, "1", "And 1 finding more."),
            (Language::En, "0", "And 0 findings more."),
            (Language::En, "12345678", "And 12345678 findings more."),
            (Language::En, "007", "And 007 findings more."),
            (Language::Fr, "0", "Et 0 constat de plus."),
            (Language::Fr, "2", "Et 2 constats de plus."),
        ] {
            assert_eq!(text_with(language, "audit-more-findings", &[("count", count)]), expected);
        }
    }

    #[test]
    fn what_there_may_be_one_of_is_counted_so() {
        let all = [
            ("field-outside-tree", &["size"][..]),
            ("field-rows-too-narrow", &["found", "columns"]),
            ("field-rows-too-wide", &["found", "columns"]),
            ("map-pair-columns", &["given"]),
            ("audit-short", &["to", "from"]),
            ("case-file-fault-parted", &["size"]),
            ("case-file-fault-not-compared", &["size"]),
        ];
        let plural = ["1 events", "1 values", "1 columns", "1 are", "1 stand ", "are 1"];
        let french = ["1 événements", "1 valeurs", "1 colonnes"];
        for (key, counts) in all {
            for language in [Language::En, Language::Fr] {
                let with = |count| {
                    let counted = counts.iter().map(|name| (*name, count));
                    let others = [("line", "7"), ("kind", "a+b"), ("wanted", "2")];
                    counted.chain(others).collect::<Vec<_>>()
                };
                let one = text_with(language, key, &with("1"));
                assert!(!one.starts_with('['), "{one}");
                assert!(plural.iter().chain(&french).all(|it| !one.contains(it)), "{one}");
                let several = text_with(language, key, &with("3"));
                assert!(several.contains('3') && !several.contains("is 3"), "{several}");
            }
        }
    }

    #[test]
    fn dates_are_written_out() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(date(Language::Fr, day(2026, 5, 1)), "1er mai 2026");
        assert_eq!(date(Language::Fr, day(2026, 8, 15)), "15 août 2026");
        assert_eq!(date(Language::En, day(2026, 3, 5)), "5 March 2026");
        assert_eq!(text(Language::En, "no-such-key"), "[no-such-key]");
    }
}

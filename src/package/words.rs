//! Words of the catalogue as the package's documents need them.

use crate::domain::regime::law::Law;
use crate::language::citation::cited;
use crate::language::{self, Language};
use crate::package::contents::{Retention, Table};

/// The exemption codes of the catalogue, each a ground for withholding.
const EXEMPTIONS: [&str; 16] = [
    "unfounded",
    "excessive_repetitive",
    "abusive_first_request",
    "cannot_identify",
    "rights_of_others",
    "trade_secret",
    "security",
    "legal_privilege",
    "legal_obligation",
    "legal_claims",
    "freedom_of_expression",
    "public_health",
    "archiving_research",
    "national_law",
    "not_controller",
    "out_of_scope",
];

/// The texts of one language, with the articles of one law.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub language: Language,
    pub law: Law,
}

impl Words {
    /// The text of `package-<key>`.
    #[must_use]
    pub fn say(self, key: &str) -> String {
        language::text(self.language, &format!("package-{key}"))
    }

    /// The text of `package-<key>` with arguments.
    #[must_use]
    pub fn say_with(self, key: &str, arguments: &[(&'static str, &str)]) -> String {
        language::text_with(self.language, &format!("package-{key}"), arguments)
    }

    /// The text of `package-<key>` with its article of the GDPR, where that is the law.
    #[must_use]
    pub fn cite(self, key: &str, article: &str) -> String {
        cited(self.language, self.law, &self.say(key), article)
    }

    /// The language's code, for `lang`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.language.code()
    }

    /// A text of the source, as a page may show it: see [`visible`].
    #[must_use]
    pub fn show(self, text: &str) -> String {
        visible(text)
    }

    /// The ground behind an exemption code; a code that the catalogue does not know is said as is.
    #[must_use]
    pub fn exemption(self, code: &str) -> String {
        if EXEMPTIONS.contains(&code) {
            self.say(&format!("exemption-{code}"))
        } else {
            code.to_owned()
        }
    }

    /// A legal basis, by the map's name for it.
    #[must_use]
    pub fn basis(self, name: &str) -> String {
        let article = match name {
            "consent" => "6(1)(a)",
            "contract" => "6(1)(b)",
            "legal_obligation" => "6(1)(c)",
            "vital_interest" => "6(1)(d)",
            "public_task" => "6(1)(e)",
            "legitimate_interest" => "6(1)(f)",
            _ => return name.to_owned(),
        };
        self.cite(&format!("information-basis-{name}"), article)
    }

    /// How long data is kept: `3 ans à compter de last_order_on`.
    #[must_use]
    pub fn retention(self, retention: &Retention, table: &Table) -> String {
        let mut period = self.duration(&retention.keep);
        if let Some(from) = &retention.from {
            let title =
                table.columns.iter().find(|c| &c.name == from).and_then(|c| c.title.as_ref());
            let start = match title {
                Some(title) => self.say_with(
                    "information-column-titled",
                    &[("title", title.as_str()), ("column", from.as_str())],
                ),
                None => from.clone(),
            };
            let arguments = [("duration", period.as_str()), ("start", start.as_str())];
            period = self.say_with("information-retention-from", &arguments);
        }
        if let Some(law) = &retention.law {
            let arguments = [("period", period.as_str()), ("law", law.as_str())];
            period = self.say_with("information-retention-law", &arguments);
        }
        period
    }

    /// An ISO 8601 duration of years, months, weeks and days in words; anything else as it stands.
    #[must_use]
    pub fn duration(self, iso: &str) -> String {
        self.duration_words(iso).unwrap_or_else(|| iso.to_owned())
    }

    fn duration_words(self, iso: &str) -> Option<String> {
        let mut rest = iso.strip_prefix('P')?;
        let mut words: Option<String> = None;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (digits, unit_and_rest) = rest.split_at_checked(end)?;
            let count: u32 = digits.parse().ok()?;
            let unit = match unit_and_rest.chars().next()? {
                'Y' => "year",
                'M' => "month",
                'W' => "week",
                'D' => "day",
                _ => return None,
            };
            // French counts 0 as one, English does not; neither is a period that a map would set.
            let number = if count == 1 { "one" } else { "many" };
            let count = count.to_string();
            let part = self.say_with(&format!("duration-{unit}-{number}"), &[("count", &count)]);
            words = Some(match words {
                None => part,
                Some(before) => self
                    .say_with("information-and", &[("first", before.as_str()), ("second", &part)]),
            });
            rest = unit_and_rest.get(1..)?;
        }
        words
    }
}

/// The text with its control characters made visible: they are not allowed in a page, and would
/// hide what stands there. Line breaks and tabs stay.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match u32::from(c) {
            9 | 10 | 13 => c,
            control @ 0..=31 => char::from_u32(0x2400 + control).unwrap_or('\u{fffd}'),
            127 => '␡',
            128..=159 => '\u{fffd}',
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{EXEMPTIONS, Words, visible};
    use crate::domain::regime::law::Law;
    use crate::domain::right::Right;
    use crate::language::Language;
    use crate::package::contents::{
        ExportReason, Facts, LeaveOutReason, Outcome, Retention, Table,
    };

    fn words(language: Language) -> Words {
        Words { language, law: Law::Gdpr }
    }

    #[test]
    fn durations_are_said_in_words() {
        fn check(iso: &str, en: &str, fr: &str) {
            assert_eq!(words(Language::En).duration(iso), en);
            assert_eq!(words(Language::Fr).duration(iso), fr);
        }
        check("P3Y", "3 years", "3 ans");
        check("P1Y", "1 year", "1 an");
        check("P6M", "6 months", "6 mois");
        check("P2W", "2 weeks", "2 semaines");
        check("P90D", "90 days", "90 jours");
        check("P1Y6M", "1 year and 6 months", "1 an et 6 mois");
        check("P", "P", "P");
        check("P3", "P3", "P3");
        check("PT3H", "PT3H", "PT3H");
        check("for ever", "for ever", "for ever");
    }

    #[test]
    fn a_period_names_its_start_and_its_law() {
        let table = Table {
            name: "orders".into(),
            title: "Orders".into(),
            rows: 0,
            withheld: Default::default(),
            columns: Vec::new(),
            key: Vec::new(),
            references: Vec::new(),
            facts: Facts::default(),
        };
        let retention = Retention {
            keep: "P3Y".into(),
            from: Some("last_order_on".into()),
            law: Some("Code de commerce L123-22".into()),
        };
        assert_eq!(
            words(Language::Fr).retention(&retention, &table),
            "3 ans à compter de last_order_on, en application de Code de commerce L123-22"
        );
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        let keys = |texts: &'static str| -> Vec<&str> {
            texts.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect()
        };
        let english = keys(include_str!("../language/texts/en/package.ftl"));
        assert!(english.len() > 150);
        assert_eq!(english, keys(include_str!("../language/texts/fr/package.ftl")));
    }

    #[test]
    fn every_name_that_the_documents_use_has_its_words() {
        use Outcome::{
            Complete, Failed, ManualAnswered, ManualNothingFound, NotSearched, NothingFound,
            RowCap, TimedOut,
        };
        let outcomes = [
            Complete,
            NothingFound,
            Failed,
            TimedOut,
            RowCap,
            NotSearched,
            ManualAnswered,
            ManualNothingFound,
        ];
        let outcomes = outcomes.map(|outcome| format!("outcome-{}", outcome.name()));
        let rights = Right::ALL.map(|right| format!("right-{}", right.name()));
        let exported = [
            ExportReason::Access,
            ExportReason::Given,
            ExportReason::Observed,
            ExportReason::Key,
            ExportReason::NotDescribed,
        ]
        .map(|reason| format!("reason-{}", reason.name()));
        let left_out = [
            LeaveOutReason::Inferred,
            LeaveOutReason::Basis,
            LeaveOutReason::BasisUnstated,
            LeaveOutReason::NotProvided,
            LeaveOutReason::ProvidedUnstated,
            LeaveOutReason::NotAutomated,
        ]
        .map(|reason| format!("reason-{}", reason.name()));
        for key in outcomes.iter().chain(&rights).chain(&exported).chain(&left_out) {
            assert!(!words(Language::Fr).say(key).starts_with('['), "{key} has no text");
        }
    }

    #[test]
    fn every_exemption_has_its_words() {
        for code in EXEMPTIONS {
            for language in [Language::En, Language::Fr] {
                let ground = words(language).exemption(code);
                assert!(!ground.starts_with('['), "{code} has no text in {language:?}");
            }
        }
        assert_eq!(words(Language::En).exemption("<b>"), "<b>");
    }

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(visible("a\0b\tc\u{1b}\u{7f}\u{85}é"), "a␀b\tc␛␡\u{fffd}é");
    }
}

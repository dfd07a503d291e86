//! What came back of a form, line by line: what each field is called on its page, and what was
//! written or chosen there, in the words of the reader.

use chrono::NaiveDate;

use super::is_text;
use crate::domain::letter::Letter;
use crate::domain::right::Right;
use crate::language::{Language, date, text};
use crate::web::ui::breaches::fields;
use crate::web::ui::form::{CSRF, read_local};
use crate::web::ui::wording::named;

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// What the field is called; none where its page calls it by what is not known here.
    pub label: Option<String>,
    pub value: String,
}

/// How what stands in a field is said.
#[derive(Clone, Copy)]
enum Said {
    /// As it was written.
    AsWritten,
    /// With the words of the catalogue for this kind of value.
    Named(&'static str),
    /// It stands there because its box was ticked.
    Ticked,
    /// By the name of a letter.
    Letter,
    /// By the right, and what is decided on it.
    Decided,
}

use Said::{AsWritten, Named, Ticked};

/// The fields of the forms, with the key of what each is called.
const FIELDS: [(&str, &str, Said); 67] = [
    ("address", "form-letter-address", AsWritten),
    ("call_matched", "form-matched", AsWritten),
    ("closing_reason", "form-closing-reason", AsWritten),
    ("column", "review-column", AsWritten),
    ("condition", "form-condition", Named("contact")),
    ("condition_reason", "form-condition-reason", AsWritten),
    ("circumstance", "form-circumstance-what", Named("circumstance")),
    ("circumstance_reason", "form-condition-reason", AsWritten),
    ("confirmation_reason", "form-confirmation-reason", AsWritten),
    ("correction_reason", "form-correction-reason", AsWritten),
    ("decided", "form-decided-right", Said::Decided),
    ("decision_ground", "form-decision-ground", Named("package-exemption")),
    ("decision_reason", "form-decision-reason", AsWritten),
    ("delivered_at", "paper-when", AsWritten),
    ("delivery", "letters-delivery", Named("letter-delivery")),
    ("document_channel", "form-document-channel", Named("channel")),
    ("document_doubt", "form-document-doubt", Named("doubt")),
    ("document_reason", "form-document-reason", AsWritten),
    ("doubt", "form-doubt", AsWritten),
    ("evidence", "form-evidence", AsWritten),
    ("exemption", "review-ground", Named("package-exemption")),
    ("extension_ground", "letters-extension-ground", Named("letters-ground")),
    ("forwarding_reason", "form-forwarding-reason", AsWritten),
    ("found_in", "form-found-in", AsWritten),
    ("ground", "form-ground", Named("closing")),
    ("hold_reason", "form-hold-reason", AsWritten),
    ("how", "paper-how", Named("paper-delivery")),
    ("identifier_kind", "form-identifier-kind", AsWritten),
    ("identifier_value", "form-identifier-value", AsWritten),
    ("identity_reason", "form-reason", AsWritten),
    ("incomplete_reason", "form-incomplete", AsWritten),
    ("is_on_file", "form-is-on-file", Ticked),
    ("justification", "retention-justification", AsWritten),
    ("least_level", "least-level-field", Named("least-level")),
    ("letter", "letters-letter", Said::Letter),
    ("level", "form-level", Named("level")),
    ("lift_reason", "form-lift-reason", AsWritten),
    ("matched", "form-matched", AsWritten),
    ("message_id", "letters-number", AsWritten),
    ("methods", "form-methods", Named("method")),
    ("name", "form-name", AsWritten),
    ("not_applicable", "letters-not-applicable", Named("letter-part")),
    ("nothing_held", "letters-nothing-held", Ticked),
    ("pause_ground", "letters-pause-ground", Named("pause")),
    ("postal_address", "form-postal-address", AsWritten),
    ("proof", "paper-proof", AsWritten),
    ("received_at", "form-received-at", AsWritten),
    ("record_late", "letters-record-late", Ticked),
    ("reminded_on", "letters-reminded-on", AsWritten),
    ("reopening_reason", "form-reopening-reason", AsWritten),
    ("replied_at", "letters-replied-at", AsWritten),
    ("reply_ground", "letters-pause-ground", Named("pause")),
    ("reply_note", "form-reply-note", AsWritten),
    ("reply_received_at", "letters-replied-at", AsWritten),
    ("revocation_reason", "form-revocation-reason", AsWritten),
    ("right", "form-right", Named("package-right")),
    ("rights", "form-decided-right", Named("package-right")),
    ("scope", "form-scope", Named("scope")),
    ("search_reason", "form-search-reason", AsWritten),
    ("subject_country", "letters-country", AsWritten),
    ("sufficient", "form-sufficient", Named("sufficient")),
    ("text", "texts-text", AsWritten),
    ("told_on", "form-closing-told-on", AsWritten),
    ("until", "letters-until", AsWritten),
    ("withdrawal_reason", "form-withdrawal-reason", AsWritten),
    ("withholding_note", "review-note", AsWritten),
    ("words", "review-words", AsWritten),
];

/// What a button of a form does, by the end of its address: the same form saves, sends or gives up.
const BUTTONS: [(&str, &str, &str); 12] = [
    ("/letters/{letter_id}", "save", "letters-save"),
    ("/letters/{letter_id}", "send", "letters-send"),
    ("/letters/{letter_id}", "give-up", "letters-give-up"),
    ("/letter-texts/{letter}/{language}", "save", "texts-save"),
    ("/letter-texts/{letter}/{language}", "reset", "texts-reset"),
    ("/systems/{system}", "answer", "system-send"),
    ("/systems/{system}", "nothing_found", "system-nothing"),
    ("/systems/{system}", "take_back", "system-take-back"),
    ("/breaches/{breach_id}", "change", "form-breach-save"),
    ("/breaches/{breach_id}", "notify", "form-breach-notify"),
    ("/breaches/{breach_id}", "decline", "form-breach-decline"),
    ("/breaches/{breach_id}", "close", "form-breach-close"),
];

/// Fields that no person fills in, but for buttons: numbers of versions and ids.
const HIDDEN: [&str; 12] = [
    CSRF,
    "breach",
    "event_version",
    "from",
    "letter_version",
    "package_id",
    "row",
    "search_id",
    "seen",
    "version",
    "system",
    "text_version",
];

/// What a form said, in the order of its fields; what was left empty is left out.
#[must_use]
pub fn of(language: Language, pattern: &str, fields: &[(String, String)]) -> Vec<Line> {
    fields.iter().filter_map(|(name, value)| line(language, pattern, (name, value))).collect()
}

fn line(language: Language, pattern: &str, (name, value): (&str, &str)) -> Option<Line> {
    let told = |label: String, value: String| Some(Line { label: Some(label), value });
    if name == "do" {
        let mut buttons = BUTTONS.iter();
        let found = buttons.find(|(end, done, _)| pattern.ends_with(end) && *done == value);
        return told(text(language, "kept-button"), text(language, found?.2));
    }
    if name == "column" && value.is_empty() && pattern.ends_with("/withholdings") {
        return told(text(language, "review-column"), text(language, "review-whole-row"));
    }
    if value.trim().is_empty() || HIDDEN.contains(&name) {
        return None;
    }
    if let Some((label, said)) = of_right(language, name, value) {
        return told(label, said);
    }
    if pattern.contains("/breaches") {
        let label = fields::label(language, name);
        let kind = if name == "kind" { "breach-kind" } else { "breach-risk" };
        let said = match name {
            "kind" | "risk" => word(language, kind, value),
            _ => written(language, value),
        };
        // What the register does not call by a name is said without one.
        return Some(Line { label: is_known(&label).then_some(label), value: said });
    }
    if name == "note" {
        let is_system = pattern.ends_with("/systems/{system}");
        let key = if is_system { "system-note" } else { "form-note-text" };
        return told(text(language, key), value.to_owned());
    }
    if let Some((_, key, said)) = FIELDS.iter().find(|(known, ..)| *known == name) {
        return told(text(language, key), said.of(language, value));
    }
    is_text(name, value).then(|| Line { label: None, value: value.to_owned() })
}

/// The fields of a letter that stand there for each right, or for each part of it.
fn of_right(language: Language, name: &str, value: &str) -> Option<(String, String)> {
    if let Some(part) = name.strip_prefix("part_") {
        let label = named(language, "letter-part", part);
        return is_known(&label).then(|| (label, value.to_owned()));
    }
    let (key, right, said) = match name.strip_prefix("ground_") {
        Some(right) => ("letters-ground", right, word(language, "package-exemption", value)),
        None => ("letters-reason", name.strip_prefix("reason_")?, value.to_owned()),
    };
    let right = named(language, "package-right", Right::parse(right)?.name());
    Some((format!("{right} – {}", text(language, key)), said))
}

impl Said {
    fn of(self, language: Language, value: &str) -> String {
        match self {
            AsWritten => written(language, value),
            Named(kind) => word(language, kind, value),
            Ticked => text(language, "kept-ticked"),
            Self::Letter => {
                let letter = Letter::parse(value).map(Letter::key).unwrap_or_default();
                word(language, "letter-name", &letter)
            }
            Self::Decided => {
                let (right, decision) = value.split_once('/').unwrap_or((value, ""));
                let right = word(language, "package-right", right);
                format!("{right} – {}", word(language, "decision", decision))
            }
        }
    }
}

/// The word of a value; the value where there is none, as of a form that nobody was shown.
fn word(language: Language, kind: &str, value: &str) -> String {
    let word = named(language, kind, value);
    if is_known(&word) { word } else { value.to_owned() }
}

fn is_known(word: &str) -> bool {
    !word.starts_with('[')
}

/// What was written; a day and an instant of a field for such as people read them.
fn written(language: Language, value: &str) -> String {
    if let Ok(day) = value.parse::<NaiveDate>() {
        return date(language, day);
    }
    match read_local(value).filter(|_| value.len() == 16) {
        Some(at) => format!("{}, {}", date(language, at.date()), at.format("%H:%M")),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{BUTTONS, FIELDS, HIDDEN, of};
    use crate::language::Language;

    fn said(language: Language, pattern: &str, fields: &[(&str, &str)]) -> Vec<String> {
        let owned = fields.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let lines = of(language, pattern, &owned.collect::<Vec<_>>());
        let label = |label: Option<String>| label.unwrap_or_else(|| "-".into());
        lines.into_iter().map(|line| format!("{}: {}", label(line.label), line.value)).collect()
    }

    #[test]
    fn what_was_chosen_is_said_in_the_words_of_the_reader() {
        let identity = [
            ("csrf", "x"),
            ("version", "3"),
            ("level", "v2"),
            ("methods", "call_back"),
            ("doubt", ""),
        ];
        let pattern = "/requests/{id}/identity-decision";
        let level = |language| crate::web::ui::wording::named(language, "level", "v2");
        let en = said(Language::En, pattern, &identity);
        assert_eq!(en[0], format!("Level reached: {}", level(Language::En)));
        assert!(en[1].starts_with("How it was checked: ") && en.len() == 2, "{en:?}");
        let fr = said(Language::Fr, pattern, &identity);
        assert!(fr[0].ends_with(&level(Language::Fr)) && fr[0] != en[0], "{fr:?}");

        let letter = [
            ("rights", "access"),
            ("ground_access", "rights_of_others"),
            ("reason_access", "A reason"),
            ("until", "2026-03-05"),
            ("record_late", "true"),
            ("replied_at", "2026-03-05T09:30"),
            ("do", "send"),
        ];
        let en = said(Language::En, "/requests/{id}/letters/{letter_id}", &letter);
        assert!(en[2].ends_with("Facts and reasons: A reason"), "{en:?}");
        assert!(en[3].ends_with(": 5 March 2026"), "{en:?}");
        assert!(en[4].ends_with(": yes"), "{en:?}");
        assert!(en[5].ends_with(": 5 March 2026, 09:30"), "{en:?}");
        assert_eq!(en[6], "Button: Send the letter", "{en:?}");
        assert!(en.iter().all(|line| !line.contains('[') && !line.contains("_of_")), "{en:?}");

        let breach = [("kind", "confidentiality"), ("nature", "A letter"), ("do", "change")];
        let fr = said(Language::Fr, "/controllers/{id}/breaches/{breach_id}", &breach);
        assert!(fr.len() == 3 && fr.iter().all(|line| !line.contains('[')), "{fr:?}");
        assert!(!fr[0].contains("confidentiality"), "{fr:?}");
    }

    /// What a template lets somebody choose, by the name of its field.
    fn choices() -> Vec<(String, String)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/ui/templates");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let template = path.file_stem().unwrap().to_string_lossy().into_owned();
            for tag in std::fs::read_to_string(&path).unwrap().split('<') {
                let is_choice = tag.starts_with("select ")
                    || tag.contains("type=\"checkbox\"")
                    || tag.contains("type=\"radio\"");
                let name = tag.split(" name=\"").nth(1).and_then(|rest| rest.split('"').next());
                if let Some(name) = name.filter(|_| is_choice) {
                    found.push((template.clone(), name.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn every_choice_of_a_form_that_comes_back_is_called_by_a_name() {
        // Nothing of these comes back: the queue keeps its choices in its address, the settings of
        // an identity provider hold a secret, and the answer of the portal is nobody's of staff.
        let apart = ["queue", "identity_provider"];
        let choices = choices();
        assert!(choices.len() > 25, "{}", choices.len());
        for (template, name) in choices {
            let is_known = apart.contains(&template.as_str())
                || template.starts_with("portal")
                || template == "breach_fields"
                || name.starts_with("ground_")
                || HIDDEN.contains(&name.as_str())
                || FIELDS.iter().any(|(known, ..)| *known == name);
            assert!(is_known, "name {name} of {template}.html in FIELDS");
        }
    }

    #[test]
    fn every_name_stands_in_the_catalogue() {
        for language in [Language::En, Language::Fr] {
            let keys = FIELDS.iter().map(|field| field.1).chain(BUTTONS.iter().map(|it| it.2));
            for key in keys {
                assert!(!crate::language::text(language, key).starts_with('['), "{key}");
            }
        }
    }
}

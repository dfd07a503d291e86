//! The fields in which a breach is described, and what a form says.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::db::breaches::Breach;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::domain::breach::{BreachKind, BreachRecord, BreachRisk};
use crate::domain::ids::RequestId;
use crate::error::{Error, FieldError, Result};
use crate::language::{Language, text};
use crate::web::ui::form::{Form, local};
use crate::web::ui::wording::named;
use crate::workflow::breaches::record::{Informed, Told};

/// The texts of a form, in its order.
const TEXTS: [&str; 9] = [
    "nature",
    "categories_of_persons",
    "categories_of_records",
    "contact",
    "consequences",
    "measures",
    "cause",
    "remedy",
    "reasons",
];

/// Name, word, and whether it is chosen.
type Choice = (&'static str, String, bool);

/// The fields with what stands in them.
pub struct Fields {
    pub kinds: Vec<Choice>,
    pub risks: Vec<Choice>,
    /// Name, label and value.
    pub instants: Vec<(&'static str, String, String)>,
    /// Label and value of why the instant of becoming aware is changed; nothing for a new record.
    pub aware_reason: Option<(String, String)>,
    pub texts: Vec<(&'static str, String, String)>,
    pub counts: Vec<(&'static str, String, String)>,
}

/// What a field is called.
#[must_use]
pub fn label(language: Language, name: &str) -> String {
    match name {
        "kind" => text(language, "breaches-kind"),
        "risk" => text(language, "breach-risk"),
        "aware_at" => text(language, "breach-aware-at"),
        "informed_at" => text(language, "breach-informed-at"),
        "aware_reason" => text(language, "breach-aware-reason"),
        "sent_at" => text(language, "breach-sent-at"),
        "authority" => text(language, "breach-notice-authority"),
        "reference" => text(language, "breach-notice-reference"),
        "late_reason" => text(language, "breach-notice-late"),
        "event_version" => text(language, "form-breach-event"),
        "reason" => text(language, "breach-reason"),
        name => named(language, "breach-field", name),
    }
}

impl Fields {
    fn with(language: Language, value: impl Fn(&str) -> String) -> Self {
        let (kind, risk) = (value("kind"), value("risk"));
        let kinds = BreachKind::ALL.iter().map(|it| it.name());
        let risks = BreachRisk::ALL.iter().map(|it| it.name());
        let filled = |name: &'static str| (name, label(language, name), value(name));
        Self {
            kinds: kinds
                .map(|name| (name, named(language, "breach-kind", name), name == kind))
                .collect(),
            risks: risks
                .map(|name| (name, named(language, "breach-risk", name), name == risk))
                .collect(),
            instants: ["aware_at", "informed_at"].map(filled).to_vec(),
            aware_reason: None,
            texts: TEXTS.map(filled).to_vec(),
            counts: ["approximate_persons", "approximate_records"].map(filled).to_vec(),
        }
    }

    /// The same for a record that is there: whoever moves its clock says why.
    #[must_use]
    pub fn of_change(self, language: Language, reason: &str) -> Self {
        let aware_reason = Some((label(language, "aware_reason"), reason.to_owned()));
        Self { aware_reason, ..self }
    }

    /// As a form was sent.
    #[must_use]
    pub fn of_form(language: Language, form: &Form) -> Self {
        Self::with(language, |name| form.field(name).to_owned())
    }

    /// For a breach of which nothing is known.
    #[must_use]
    pub fn empty(language: Language, contact: &str) -> Self {
        Self::with(language, |name| match name {
            "contact" => contact.to_owned(),
            _ => String::new(),
        })
    }

    /// As a breach is known.
    #[must_use]
    pub fn of_breach(
        language: Language,
        (row, record): (&Breach, &BreachRecord),
        zone: Tz,
    ) -> Self {
        let local = |at: Instant| local(Some(at.utc()), zone);
        let count = |count: Option<u64>| count.map_or_else(String::new, |count| count.to_string());
        let texts = record.texts();
        Self::with(language, |name| match name {
            "kind" => row.kind.name().to_owned(),
            "risk" => row.risk.name().to_owned(),
            "aware_at" => local(row.aware_at),
            "informed_at" => row.informed_at.map_or_else(String::new, local),
            "approximate_persons" => count(record.approximate_persons),
            "approximate_records" => count(record.approximate_records),
            name => {
                let words = texts.iter().find(|(found, _)| *found == name);
                words.map_or_else(String::new, |(_, words)| (*words).to_owned())
            }
        })
    }
}

/// A page shows minutes, and a browser sends them: what is typed means no instant before a bound within
/// that very minute.
#[must_use]
pub fn lifted(typed: DateTime<Utc>, bound: DateTime<Utc>) -> DateTime<Utc> {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    if minute(typed) == minute(bound) { typed.max(bound) } else { typed }
}

impl Told {
    /// With what was typed in the minute of an event taken for its instant, and the persons told no
    /// earlier than somebody was aware.
    #[must_use]
    pub fn lifted(mut self, event: Option<DateTime<Utc>>, aware: DateTime<Utc>) -> Self {
        if let Some(bound) = event {
            self.aware_at = self.aware_at.map(|typed| lifted(typed, bound));
        }
        if let Informed::At(typed) = self.informed {
            self.informed = Informed::At(lifted(typed, self.aware_at.unwrap_or(aware)));
        }
        self
    }
}

/// When the event of a case was recorded that is a breach.
///
/// # Errors
/// When the database fails.
pub fn event_at(
    conn: &mut Conn,
    (request, version): (RequestId, i64),
) -> Result<Option<DateTime<Utc>>> {
    let history = events::of_request(conn, request)?;
    Ok(history.iter().find(|event| event.version == version).map(|event| event.at.utc()))
}

/// What a form says of a breach.
///
/// # Errors
/// `Invalid` with every field that does not read.
pub fn told(form: &Form, zone: Tz) -> Result<Told> {
    let mut errors: Vec<FieldError> = Vec::new();
    let mut count = |name: &'static str| match form.field(name).trim() {
        "" => None,
        given => match given.parse::<u64>() {
            Ok(count) => Some(count),
            Err(_) => {
                errors.push(FieldError::new(name, "wrong-type"));
                None
            }
        },
    };
    let (persons, records) = (count("approximate_persons"), count("approximate_records"));
    let mut at = |name: &'static str| match form.instant(name, zone) {
        Err(Error::Invalid(wrong)) => {
            errors.extend(wrong);
            None
        }
        found => found.ok().flatten(),
    };
    let (aware_at, informed_at) = (at("aware_at"), at("informed_at"));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let text = |name: &str| form.field(name).to_owned();
    Ok(Told {
        kind: BreachKind::parse(form.field("kind")).unwrap_or(BreachKind::Confidentiality),
        risk: BreachRisk::parse(form.field("risk")).unwrap_or(BreachRisk::Unassessed),
        aware_at,
        aware_reason: text("aware_reason"),
        informed: informed_at.map_or(Informed::No, Informed::At),
        record: BreachRecord {
            nature: text("nature"),
            categories_of_persons: text("categories_of_persons"),
            approximate_persons: persons,
            categories_of_records: text("categories_of_records"),
            approximate_records: records,
            contact: text("contact"),
            consequences: text("consequences"),
            measures: text("measures"),
            cause: text("cause"),
            remedy: text("remedy"),
            reasons: text("reasons"),
        },
    })
}

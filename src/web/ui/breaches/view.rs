//! A breach in words.

use chrono_tz::Tz;

use super::fields::label;
use crate::db::column::Instant;
use crate::domain::breach::{AwarenessChange, BreachRecord, DecisionReason};
use crate::language::{Language, text, text_with};
use crate::web::breaches::{Opened, Register};
use crate::web::ui::wording::{instant, named};

/// A breach in words.
pub struct BreachView {
    pub id: String,
    pub title: String,
    pub aware: String,
    pub limit: String,
    pub late: bool,
    /// Where its case stands, and its reference.
    pub case: Option<(String, String)>,
    pub kind: String,
    pub risk: String,
    pub decision: String,
    pub informed: String,
    pub closed: String,
    pub registered: String,
    /// Whether the reader may read what is written.
    pub reads: bool,
    /// Label and words of what is written.
    pub texts: Vec<(String, String)>,
    /// Label and article of what the authority asks for and is not written.
    pub missing: Vec<(String, &'static str)>,
    /// Label of what is not written yet and must be before the record is closed.
    pub undocumented: Vec<String>,
    pub notices: Vec<NoticeView>,
    /// How the instant of becoming aware was changed, each in a sentence.
    pub changes: Vec<String>,
    /// Why was decided what, each in a sentence.
    pub decided: Vec<String>,
}

/// What was told to the authority.
pub struct NoticeView {
    pub sent: String,
    pub late: bool,
    pub authority: String,
    pub reference: String,
    pub late_reason: String,
    /// Label and words of the record as it stood then.
    pub texts: Vec<(String, String)>,
}

/// Where the controller stands.
#[must_use]
pub fn zone(register: &Register) -> Tz {
    register.controller.time_zone.parse().unwrap_or(chrono_tz::UTC)
}

/// Puts a breach into words.
#[must_use]
pub fn of(register: &Register, breach: &Opened, language: Language) -> BreachView {
    let Opened { row, record, reference, notices, late, awareness, decision_reasons } = breach;
    let zone = zone(register);
    let at = |at: Instant| instant(language, at.utc(), zone);
    let may_be = |found: Option<Instant>| found.map_or_else(String::new, at);
    let read = |text: &str| if register.reads { text.to_owned() } else { String::new() };
    let aware = at(row.aware_at);
    let why_late = match breach.late_reason() {
        "" if register.reads => text(language, "breach-late-unexplained"),
        reason => read(reason),
    };
    let case = row.request_id.zip(reference.clone());
    let missing = record.missing().into_iter();
    let undocumented = record.undocumented().into_iter();
    BreachView {
        id: row.id.to_string(),
        title: text_with(language, "breach-title", &[("on", &aware)]),
        aware,
        limit: row.limit_at.map_or_else(|| text(language, "breaches-no-limit"), at),
        late: register.is_overdue(row),
        case: case.map(|(id, reference)| (format!("/requests/{id}"), reference)),
        kind: named(language, "breach-kind", row.kind.name()),
        risk: named(language, "breach-risk", row.risk.name()),
        decision: named(language, "breach-decision", row.decision.name()),
        informed: may_be(row.informed_at),
        closed: may_be(row.closed_at),
        registered: at(row.created_at),
        reads: register.reads,
        texts: written(register, record, language),
        missing: missing.map(|(name, law)| (label(language, name), law)).collect(),
        undocumented: undocumented.map(|name| label(language, name)).collect(),
        notices: notices
            .iter()
            .map(|(row, notice)| NoticeView {
                sent: at(row.sent_at),
                late: Some(row.number) == *late,
                authority: read(&notice.authority),
                reference: read(&notice.reference),
                late_reason: if Some(row.number) == *late {
                    why_late.clone()
                } else {
                    String::new()
                },
                texts: written(register, &notice.record, language),
            })
            .collect(),
        changes: awareness.iter().map(|change| changed(register, change, language)).collect(),
        decided: decision_reasons.iter().map(|it| decided(register, it, language)).collect(),
    }
}

/// What is written in a record, for whoever may read it.
fn written(
    register: &Register,
    record: &BreachRecord,
    language: Language,
) -> Vec<(String, String)> {
    if !register.reads {
        return Vec::new();
    }
    let texts = record.texts().into_iter().filter(|(_, words)| !words.trim().is_empty());
    let texts = texts.map(|(name, words)| (label(language, name), words.to_owned()));
    let counts = [
        ("approximate_persons", record.approximate_persons),
        ("approximate_records", record.approximate_records),
    ];
    let counts = counts.into_iter().filter_map(|(name, count)| Some((name, count?)));
    let counts = counts.map(|(name, count)| (label(language, name), count.to_string()));
    texts.chain(counts).collect()
}

/// How the clock was moved, with the reason for whoever may read it.
fn changed(register: &Register, change: &AwarenessChange, language: Language) -> String {
    let at = |at| instant(language, at, zone(register));
    let (before, after) = (at(change.before), at(change.after));
    let changed_at = at(change.changed_at);
    let reason = if register.reads { change.reason.as_str() } else { "" };
    let told = [("at", changed_at.as_str()), ("before", &before), ("after", &after)];
    let told = [told.as_slice(), &[("reason", reason)]].concat();
    text_with(language, "breach-aware-changed", &told)
}

/// What was decided and when, with the reason for whoever may read it.
fn decided(register: &Register, decided: &DecisionReason, language: Language) -> String {
    let at = instant(language, decided.decided_at, zone(register));
    let reason = if register.reads { decided.reason.as_str() } else { "" };
    let key = format!("breach-decided-{}", decided.decision.name());
    text_with(language, &key, &[("at", &at), ("reason", reason)])
}

//! What a verification found, in words and as JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::audit::restoration::Restoration;
use crate::audit::verification::{About, Fault, Finding, Report};
use crate::language::{Language, text, text_with};

/// The sentences about one tree.
#[must_use]
pub fn sentences(language: Language, origin: &str, report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    let (size, proven) = (report.size.to_string(), report.proven.to_string());
    let (fitting, kept) = (report.fitting.to_string(), report.kept.to_string());
    let values = [
        ("origin", origin),
        ("size", size.as_str()),
        ("proven", proven.as_str()),
        ("fitting", fitting.as_str()),
        ("kept", kept.as_str()),
    ];
    let verdict = if report.is_whole() { "audit-whole" } else { "audit-not-whole" };
    sentences.push(text_with(language, verdict, &values));
    sentences.extend(report.findings.iter().map(|finding| sentence(language, finding)));
    let told = u64::try_from(report.findings.len()).unwrap_or(report.count);
    for (key, count) in [
        ("audit-more-findings", report.count.saturating_sub(told)),
        ("audit-not-yet-protected", report.unprotected),
        ("audit-numbered-late", report.late),
    ] {
        if count > 0 {
            sentences.push(text_with(language, key, &[("count", &count.to_string())]));
        }
    }
    sentences
}

const fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Altered => "altered",
        Fault::Gone => "gone",
        Fault::Moved => "moved",
        Fault::WordsGone => "words-gone",
        Fault::RecordAltered => "record-altered",
        Fault::NotNumbered => "not-numbered",
        Fault::CaseGone => "case-gone",
        Fault::CaseMoved => "case-moved",
    }
}

fn sentence(language: Language, finding: &Finding) -> String {
    let (key, from, to) = match finding {
        Finding::Event { number, about, fault } => {
            let place = place(language, *number, about);
            let key = format!("audit-fault-{}", fault_name(*fault));
            return text_with(language, &key, &[("place", &place)]);
        }
        Finding::Restored { to, restoration } => return restored(language, *to, restoration),
        Finding::NumbersGone { from, to } => ("audit-numbers-gone", from, to),
        Finding::Range { from, to } => ("audit-range", from, to),
        Finding::NotSigned { from, to } => ("audit-not-signed", from, to),
        Finding::Short { size, signed } => ("audit-short", size, signed),
        Finding::CheckpointAltered { size } => ("audit-checkpoint-altered", size, size),
    };
    // People count from the first to the last; a range ends before its end.
    let last = to.saturating_sub(1).to_string();
    let (from, to) = (from.to_string(), to.to_string());
    text_with(language, key, &[("from", &from), ("to", &to), ("last", &last)])
}

/// A restore, as people are told of it.
fn restored(language: Language, to: u64, restoration: &Restoration) -> String {
    let instant = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let saved = restoration.saved_at.map_or_else(|| "–".to_owned(), instant);
    let at = instant(restoration.restored_at);
    let (from, last) = (restoration.size.to_string(), to.saturating_sub(1).to_string());
    let values = [("saved", saved.as_str()), ("at", &at), ("from", from.as_str()), ("last", &last)];
    text_with(language, "audit-restored", &values)
}

/// An event as people are told of it: the case by its id, which the event itself holds.
fn place(language: Language, number: Option<u64>, about: &About) -> String {
    let none = || "–".to_owned();
    let number = number.map_or_else(none, |number| number.to_string());
    let event = about.event.map_or_else(none, |event| event.to_string());
    let id = about.case.map(|case| case.to_string());
    let case = match (&id, &about.reference) {
        (Some(id), Some(reference)) => {
            let values = [("case", id.as_str()), ("reference", reference)];
            text_with(language, "audit-case-named", &values)
        }
        (Some(id), None) => text_with(language, "audit-case", &[("case", id)]),
        (None, _) => text(language, "audit-no-case"),
    };
    let values = [("number", number.as_str()), ("event", &event), ("case", &case)];
    text_with(language, "audit-event", &values)
}

/// A finding for machines. Numbers count from 0; a range ends before its end.
#[must_use]
pub fn finding_json(finding: &Finding) -> Value {
    match finding {
        Finding::Event { number, about, fault } => json!({
            "finding": fault_name(*fault),
            "number": number,
            "event": about.event,
            "case": about.case,
            "reference": about.reference,
        }),
        Finding::NumbersGone { from, to } => {
            json!({ "finding": "numbers-gone", "from": from, "to": to })
        }
        Finding::Range { from, to } => json!({ "finding": "range", "from": from, "to": to }),
        Finding::NotSigned { from, to } => {
            json!({ "finding": "not-signed", "from": from, "to": to })
        }
        Finding::Short { size, signed } => {
            json!({ "finding": "short", "from": size, "to": signed })
        }
        Finding::Restored { to, restoration } => json!({
            "finding": "restored",
            "from": restoration.size,
            "to": to,
            "saved_at": restoration.saved_at,
            "restored_at": restoration.restored_at,
        }),
        Finding::CheckpointAltered { size } => {
            json!({ "finding": "checkpoint-altered", "size": size })
        }
    }
}

//! What an alert says: one sentence of what to do and why, on pages and by mail. It names a case by
//! its reference, and never a person.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::db::alerts::AlertRow;
use crate::domain::alert::AlertKind;
use crate::language::{self, Language, text, text_with};
use crate::mail::address::MailAddress;
use crate::mail::message::{Block, Message};
use crate::mail::salutation::salutation;

/// More alerts at once than these come as one digest.
pub const MOST_SINGLE: usize = 3;
/// As many lines as somebody reads; the rest is counted.
const MOST_LINES: usize = 100;

/// An alert with the reference of its case.
#[derive(Clone, Debug)]
pub struct Told {
    pub row: AlertRow,
    pub reference: Option<String>,
    /// The name of the controller.
    pub controller: String,
    /// Where it stands, and so which day it was when the alert was raised.
    pub zone: Tz,
}

/// What to do, and why.
#[must_use]
pub fn sentence(language: Language, told: &Told) -> String {
    let mut key = format!("alert-{}", told.row.kind.name().replace('_', "-"));
    if is_past(told) {
        key.push_str("-past");
    }
    let about = about(language, &told.row);
    let reference = told.reference.as_deref().unwrap_or_default();
    let arguments =
        [("date", about.as_str()), ("reference", reference), ("controller", &told.controller)];
    match (told.row.kind, reference.is_empty()) {
        // A job may belong to no case.
        (AlertKind::JobFailed, true) => text_with(language, "alert-job-failed-no-case", &arguments),
        _ => text_with(language, &key, &arguments),
    }
}

/// Whether the day was over when the alert was raised, after an outage or for a request that was
/// logged late: what was due then is late now.
fn is_past(told: &Told) -> bool {
    let has_past = matches!(
        told.row.kind,
        AlertKind::AcknowledgementDue
            | AlertKind::TargetReached
            | AlertKind::LimitReached
            | AlertKind::PausedLimitNear
    );
    let raised_on = told.row.raised_at.utc().with_timezone(&told.zone).date_naive();
    has_past && told.row.about.parse::<NaiveDate>().is_ok_and(|on| on < raised_on)
}

/// A date in words; an instant as its date and its time in UTC.
fn about(language: Language, row: &AlertRow) -> String {
    if let Ok(on) = row.about.parse::<NaiveDate>() {
        return language::date(language, on);
    }
    let instant = row.about.split(' ').next().unwrap_or_default();
    match instant.parse::<DateTime<Utc>>() {
        Ok(at) => {
            format!("{}, {} UTC", language::date(language, at.date_naive()), at.format("%H:%M"))
        }
        Err(_) => String::new(),
    }
}

/// Who a mail of alerts goes to.
pub struct Reader<'a> {
    pub address: MailAddress,
    pub name: &'a str,
    pub language: Language,
}

/// One alert as a mail. The subject says nothing that a locked screen should not show.
#[must_use]
pub fn single(reader: &Reader<'_>, told: &Told, base_url: &str) -> Message {
    let language = reader.language;
    let mut blocks = vec![
        Block::Paragraph(salutation(language, Some(reader.name))),
        Block::Paragraph(sentence(language, told)),
    ];
    blocks.push(Block::Link(link(told, base_url)));
    blocks.push(Block::Paragraph(text(language, "alert-mail-why")));
    let subject = match &told.reference {
        Some(reference) => {
            text_with(language, "alert-mail-subject", &[("reference", reference.as_str())])
        }
        None => text(language, "alert-mail-subject-no-case"),
    };
    Message::new(reader.address.clone(), language, &subject, &blocks)
}

/// Several alerts as one mail.
#[must_use]
pub fn digest(reader: &Reader<'_>, all: &[Told], base_url: &str) -> Message {
    let language = reader.language;
    let count = all.len().to_string();
    let count = [("count", count.as_str())];
    let lines = all.iter().take(MOST_LINES).map(|told| sentence(language, told)).collect();
    let mut blocks = vec![
        Block::Paragraph(salutation(language, Some(reader.name))),
        Block::Paragraph(text_with(language, "alert-digest-first", &count)),
        Block::List(lines),
    ];
    let more = all.len().saturating_sub(MOST_LINES);
    if more > 0 {
        let more = more.to_string();
        let more = [("count", more.as_str())];
        blocks.push(Block::Paragraph(text_with(language, "alert-digest-more", &more)));
    }
    blocks.push(Block::Link(base_url.to_owned()));
    blocks.push(Block::Paragraph(text(language, "alert-mail-why")));
    let subject = text_with(language, "alert-digest-subject", &count);
    Message::new(reader.address.clone(), language, &subject, &blocks)
}

/// Where somebody who signs in can act: an address without any secret.
fn link(told: &Told, base_url: &str) -> String {
    match told.row.request_id {
        _ if matches!(told.row.kind, AlertKind::BreachNear | AlertKind::BreachReached) => {
            format!("{base_url}controllers/{}/breaches", told.row.controller_id)
        }
        // Whoever answers for a system reads no case.
        _ if told.row.kind == AlertKind::SystemWaiting => format!("{base_url}waiting-systems"),
        Some(id) => format!("{base_url}requests/{id}"),
        None => base_url.to_owned(),
    }
}

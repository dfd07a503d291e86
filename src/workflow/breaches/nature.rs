//! What the register says of an event of a case while nobody has said more: for the register, and not
//! for the person, who could do nothing with the number of an entry (GDPR Art. 34(2)).

use crate::db::breaches::Breach;
use crate::db::conn::Conn;
use crate::db::events;
use crate::domain::actor::Scope;
use crate::domain::breach::BreachRecord;
use crate::domain::event::Event;
use crate::domain::history::Entry;
use crate::error::{Error, Result};
use crate::language::{Language, date, text, text_with};
use crate::workflow::record;

/// What happened, as far as the entry of the history says it, without naming anybody.
pub(super) fn standard(
    language: Language,
    (reference, version): (&str, i64),
    entry: &Entry,
    zone: chrono_tz::Tz,
) -> String {
    let what = match &entry.event {
        Event::PackageReleased { .. } => "breach-of-release",
        Event::PackageDownloaded { .. } => "breach-of-download",
        Event::PackageDelivered { .. } => "breach-of-delivery",
        Event::LetterSent { .. } => "breach-of-letter",
        Event::MessageSent { .. } => "breach-of-message",
        Event::MailSent { .. } => "breach-of-mail",
        _ => "breach-of-entry",
    };
    let (what, number) = (text(language, what), version.to_string());
    let on = date(language, entry.at.with_timezone(&zone).date_naive());
    let told = [("reference", reference), ("what", &what), ("on", &on), ("entry", &number)];
    text_with(language, "breach-nature-of-event", &told)
}

/// What the record says of what happened in words for the person: what somebody has written beside the
/// standard sentence, in whichever language that was.
///
/// # Errors
/// When the database fails, or a history does not read.
pub fn for_the_person(conn: &mut Conn, row: &Breach, record: &BreachRecord) -> Result<String> {
    let (Some(request), Some(version)) = (row.request_id, row.event_version) else {
        return Ok(record.nature.clone());
    };
    let history = events::of_request(conn, request)?;
    let Some(event) = history.iter().find(|event| event.version == version) else {
        return Ok(record.nature.clone());
    };
    let entry = event.entry().map_err(|error| Error::internal(error.to_string()))?;
    let case = record::load(conn, &Scope::of_job(row.controller_id), request)?;
    let (place, zone) = ((case.row.reference.as_str(), version), case.state.rules.time_zone);
    let mut said = record.nature.clone();
    for language in [Language::Fr, Language::En] {
        said = said.replace(standard(language, place, &entry, zone).trim(), "");
    }
    Ok(said.trim().to_owned())
}

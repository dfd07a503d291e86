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
    /// The day on which it is read, where the controller stands.
    pub today: NaiveDate,
    /// Where the controller stands.
    pub zone: Tz,
    /// Whether it still says what is to do. What no longer holds is told as it was.
    pub holds: bool,
}

/// What to do, and why.
#[must_use]
pub fn sentence(language: Language, told: &Told) -> String {
    let key = format!("alert-{}{}", told.row.kind.name().replace('_', "-"), tense(told));
    let about = about(language, told);
    let reference = told.reference.as_deref().unwrap_or_default();
    let arguments =
        [("date", about.as_str()), ("reference", reference), ("controller", &told.controller)];
    match (told.row.kind, reference.is_empty()) {
        // A job may belong to no case.
        (AlertKind::JobFailed, true) => text_with(language, "alert-job-failed-no-case", &arguments),
        _ => text_with(language, &key, &arguments),
    }
}

/// The tense in which an alert is true on the day on which it is read: whoever reads it later, after an
/// outage or of a case that was logged late, finds that its day is over.
fn tense(told: &Told) -> &'static str {
    let kind = told.row.kind;
    if !kind.is_scheduled() {
        return "";
    }
    let day = told.row.about.parse::<NaiveDate>().ok();
    let is_over = day.is_some_and(|day| day < told.today);
    let is_reached = day.is_some_and(|day| day <= told.today);
    match kind {
        _ if !told.holds => "-was",
        AlertKind::TargetInSeven | AlertKind::TargetInThree | AlertKind::TargetTomorrow
            if is_reached =>
        {
            "-was"
        }
        AlertKind::ExtensionLapses if is_over => "-was",
        _ if is_over => "-past",
        _ => "",
    }
}

/// A date in words; an instant as its date and its time where the controller stands.
fn about(language: Language, told: &Told) -> String {
    if let Ok(on) = told.row.about.parse::<NaiveDate>() {
        return language::date(language, on);
    }
    let instant = told.row.about.split(' ').next().unwrap_or_default();
    match instant.parse::<DateTime<Utc>>() {
        Ok(at) => {
            let local = at.with_timezone(&told.zone);
            format!("{}, {}", language::date(language, local.date_naive()), local.format("%H:%M"))
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

#[cfg(test)]
mod tests {
    use super::{Told, sentence};
    use crate::db::alerts::AlertRow;
    use crate::db::column::Instant;
    use crate::domain::alert::AlertKind;
    use crate::domain::ids::Id;
    use crate::language::Language;
    use uuid::Uuid;

    fn told(kind: AlertKind, about: &str, today: &str, holds: bool) -> Told {
        let raised_at: chrono::DateTime<chrono::Utc> = "2026-12-01T09:00:00Z".parse().unwrap();
        let row = AlertRow {
            id: Id::from_uuid(Uuid::nil()),
            controller_id: Id::from_uuid(Uuid::nil()),
            request_id: Some(Id::from_uuid(Uuid::nil())),
            kind,
            about: about.to_owned(),
            told: true,
            raised_at: Instant::from(raised_at),
        };
        let (reference, controller) = (Some("7K4M-Q2XD-5".to_owned()), "Example".to_owned());
        let zone = chrono_tz::Europe::Paris;
        Told { row, reference, controller, today: today.parse().unwrap(), zone, holds }
    }

    /// An alert about 22 December, as it is read before, on and after that day.
    #[test]
    fn each_alert_is_true_on_the_day_on_which_it_is_read() {
        for (kind, before, on, after) in [
            (AlertKind::TargetInSeven, "are left", "it was time", "it was time"),
            (AlertKind::TargetInThree, "are left", "it was time", "it was time"),
            (AlertKind::TargetTomorrow, "is the next working day", "it was time", "it was time"),
            (AlertKind::TargetReached, "the target is", "the target is", "has passed"),
            (AlertKind::LimitReached, "the legal limit is", "the legal limit is", "is late"),
            (AlertKind::ExtensionLapses, "decide now", "decide now", "was to be told"),
            (AlertKind::PausedLimitNear, "the limit is", "the limit is", "the limit was"),
            (AlertKind::AcknowledgementDue, "nobody has yet", "nobody has yet", "should have"),
        ] {
            for (today, expected) in
                [("2026-12-21", before), ("2026-12-22", on), ("2026-12-23", after)]
            {
                let said = sentence(Language::En, &told(kind, "2026-12-22", today, true));
                assert!(said.contains(expected), "{kind:?} on {today}: {said}");
            }
        }
    }

    #[test]
    fn an_instant_is_told_where_the_controller_stands() {
        for kind in [AlertKind::ActAtOnce, AlertKind::ConsentWithdrawn, AlertKind::BreachNear] {
            for (slot, english, french) in [
                ("2026-12-21T23:30:00+00:00", "22 December 2026, 00:30", "22 décembre 2026, 00:30"),
                ("2026-07-01T08:00:00+00:00 1", "1 July 2026, 10:00", "1er juillet 2026, 10:00"),
            ] {
                for (language, local) in [(Language::En, english), (Language::Fr, french)] {
                    let said = sentence(language, &told(kind, slot, "2026-12-22", true));
                    assert!(said.contains(local) && !said.contains("UTC"), "{said}");
                }
            }
        }
    }

    #[test]
    fn what_holds_no_more_is_told_as_it_was_in_both_languages() {
        for kind in AlertKind::ALL.iter().filter(|kind| kind.is_scheduled()) {
            for language in [Language::Fr, Language::En] {
                let was = sentence(language, &told(*kind, "2026-12-22", "2026-12-21", false));
                let is = sentence(language, &told(*kind, "2026-12-22", "2026-12-21", true));
                assert!(was.contains("22") && !was.starts_with('['), "{kind:?}: {was}");
                assert_ne!(was, is, "{kind:?}");
            }
        }
    }
}

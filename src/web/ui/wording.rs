//! Values of a case in the words of the catalogue: names, due dates, instants, sizes.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::db::requests::Request;
use crate::domain::deadline::timers::is_overdue;
use crate::domain::lifecycle::Status;
use crate::language::{self, Language};

/// So many days before a due date a reader is told that it comes soon.
const SOON_DAYS: i64 = 7;

/// A value that the catalogue knows as `<kind>-<name>`: a status, a channel, a decision.
#[must_use]
pub fn named(language: Language, kind: &str, name: &str) -> String {
    language::text(language, &format!("{kind}-{name}"))
}

/// A right by its name.
#[must_use]
pub fn right(language: Language, right: crate::domain::right::Right) -> String {
    named(language, "package-right", right.name())
}

/// A ground for withholding, as packages name it.
#[must_use]
pub fn ground(language: Language, exemption: crate::domain::exemption::Exemption) -> String {
    named(language, "package-exemption", exemption.code())
}

/// An instant where the controller stands: `5 March 2026, 10:00`.
#[must_use]
pub fn instant(language: Language, at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let date = language::date(language, local.date_naive());
    format!("{date}, {}", local.format("%H:%M"))
}

/// How far away a due date is.
#[derive(Debug, PartialEq, Eq)]
pub struct Due {
    pub text: String,
    /// The class of the style sheet; the text alone says the same.
    pub class: &'static str,
    /// Written out: the limit that the text counts from.
    pub date: String,
}

/// How far away the due date of a request is on a day; of one that has ended, since when.
#[must_use]
pub fn due(language: Language, row: &Request, (today, zone): (NaiveDate, Tz)) -> Due {
    if let Some(ended_at) = row.ended_at {
        let key = if row.status == Status::Answered { "due-answered" } else { "due-ended" };
        let on = ended_at.utc().with_timezone(&zone).date_naive();
        let text = language::text(language, key);
        return Due { text, class: "done", date: language::date(language, on) };
    }
    until(language, (row.due_on, row.legal_on), today)
}

fn until(
    language: Language,
    (due_on, legal_on): (NaiveDate, Option<NaiveDate>),
    today: NaiveDate,
) -> Due {
    let due = |(text, class): (String, &'static str), on: NaiveDate| Due {
        text,
        class,
        date: language::date(language, on),
    };
    let days =
        |key: &str, days: i64| language::text_with(language, key, &[("days", &days.to_string())]);
    if let Some(legal_on) = legal_on.filter(|legal_on| is_overdue(*legal_on, today)) {
        let text = match (today - legal_on).num_days() {
            1 => language::text(language, "due-late-one"),
            late => days("due-late", late),
        };
        return due((text, "late"), legal_on);
    }
    let said = match (due_on - today).num_days() {
        0 => (language::text(language, "due-today"), "soon"),
        1 => (language::text(language, "due-tomorrow"), "soon"),
        left if left > SOON_DAYS => (days("due-in", left), ""),
        left if left > 1 => (days("due-in", left), "soon"),
        _ => match legal_on {
            Some(legal_on) => {
                let limit = language::date(language, legal_on);
                let missed = [("limit", limit.as_str())];
                let text = language::text_with(language, "due-target-missed", &missed);
                (text, "soon")
            }
            None => (language::text(language, "due-paused"), "soon"),
        },
    };
    due(said, due_on)
}

/// A size in bytes, as people read it: `12 kB`, `3.4 MB`; in French `12 ko`, `3,4 Mo`.
#[must_use]
pub fn size(language: Language, bytes: i64) -> String {
    let (letter, point) = match language {
        Language::Fr => ("o", ","),
        Language::En => ("B", "."),
    };
    let tenths = |unit: i64| format!("{}{point}{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        ..1_000 => format!("{bytes}\u{a0}{letter}"),
        1_000..1_000_000 => format!("{}\u{a0}k{letter}", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{}\u{a0}M{letter}", tenths(1_000_000)),
        _ => format!("{}\u{a0}G{letter}", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::{named, size, until};
    use crate::domain::event::{ExtensionGround, PauseGround};
    use crate::domain::identity::{Level, Method};
    use crate::domain::lifecycle::Status;
    use crate::domain::portal::{NextAction, Step};
    use crate::domain::request::{Channel, ClosingGround, Decision};
    use crate::domain::right::Right;
    use crate::language::Language;

    #[test]
    fn every_value_has_its_word_in_both_languages() {
        let mut values: Vec<(&str, &str)> = Vec::new();
        values.extend(Status::ALL.iter().map(|it| ("status", it.name())));
        values.extend(Channel::ALL.iter().map(|it| ("channel", it.name())));
        values.extend(Decision::ALL.iter().map(|it| ("decision", it.name())));
        values.extend(Level::ALL.iter().map(|it| ("level", it.name())));
        values.extend(Method::ALL.iter().map(|it| ("method", it.name())));
        values.extend(PauseGround::ALL.iter().map(|it| ("pause", it.name())));
        values.extend(ClosingGround::ALL.iter().map(|it| ("closing", it.name())));
        values.extend(Step::ALL.iter().map(|it| ("portal-step", it.name())));
        values.extend(NextAction::ALL.iter().map(|it| ("portal-next", it.name())));
        values.extend(ExtensionGround::ALL.iter().map(|it| ("portal-extended", it.name())));
        values.extend(Right::ALL.iter().map(|it| ("portal-right", it.name())));
        for outcome in [
            "pending",
            "complete",
            "lacks_values",
            "partly_searched",
            "not_searched",
            "row_cap",
            "link_cap",
            "timed_out",
            "failed",
            "waits_for_person",
            "answered",
            "nothing_found",
        ] {
            values.push(("outcome", outcome));
        }
        for state in ["building", "ready", "out_of_date", "released", "failed"] {
            values.push(("state", state));
        }
        for scope in ["full", "contacts"] {
            values.push(("scope", scope));
        }
        for language in [Language::Fr, Language::En] {
            for (kind, name) in &values {
                let word = named(language, kind, name);
                assert!(!word.starts_with('['), "{word}");
            }
        }
    }

    #[test]
    fn a_due_date_says_how_far_away_it_is() {
        let day = |day: u32| chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        for (due, legal, today, expected) in [
            (10, Some(12), 1, ("in 9 days", "", 10)),
            (10, Some(12), 8, ("in 2 days", "soon", 10)),
            (10, Some(12), 9, ("tomorrow", "soon", 10)),
            (10, Some(12), 10, ("today", "soon", 10)),
            (10, Some(12), 12, ("target missed, legal limit on 12 March 2026", "soon", 10)),
            (10, Some(12), 13, ("1 day past the legal limit", "late", 12)),
            (10, Some(12), 14, ("2 days past the legal limit", "late", 12)),
            (10, None, 14, ("date to watch has passed", "soon", 10)),
        ] {
            let found = until(Language::En, (day(due), legal.map(day)), day(today));
            let date = format!("{} March 2026", expected.2);
            assert_eq!((found.text.as_str(), found.class), (expected.0, expected.1));
            assert_eq!(found.date, date);
        }
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, en, fr) in [
            (999, "999\u{a0}B", "999\u{a0}o"),
            (12_345, "12\u{a0}kB", "12\u{a0}ko"),
            (3_456_789, "3.4\u{a0}MB", "3,4\u{a0}Mo"),
            (7_000_000_000, "7.0\u{a0}GB", "7,0\u{a0}Go"),
        ] {
            assert_eq!(size(Language::En, bytes), en);
            assert_eq!(size(Language::Fr, bytes), fr);
        }
    }
}

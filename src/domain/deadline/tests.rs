//! The engine against tables, properties, and a second implementation that counts days one by one.

mod extensions;
mod generated;
mod kingdom;
mod pauses;
mod properties;
mod reference;
mod regimes;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::event::{ClockEvent, ClockEventKind};
use super::{ClockInput, Dates, DeadlineError, compute};
use crate::domain::calendar::Calendar;
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::right::Right;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

/// `identity_requested 2026-03-05`, at noon UTC; `until` after the date.
pub fn events(rows: &[&str]) -> Vec<ClockEvent> {
    let event = |row: &&str| {
        let mut words = row.split(' ');
        let kind = format!("\"{}\"", words.next().unwrap());
        let kind: ClockEventKind = serde_json::from_str(&kind).unwrap();
        let at = at(&format!("{}T12:00:00Z", words.next().unwrap()));
        ClockEvent { kind, at, reason: None, until: words.next().map(day) }
    };
    rows.iter().map(event).collect()
}

/// A request received at ten in the morning.
pub struct Case {
    pub regime: &'static str,
    pub calendar: &'static str,
    pub tz: Tz,
    pub right: ClockRight,
    pub received_on: &'static str,
    pub events: Vec<ClockEvent>,
}

impl Case {
    pub fn eu(received_on: &'static str, rows: &[&str]) -> Self {
        Self {
            regime: "EU-GDPR",
            calendar: "FR",
            tz: Tz::Europe__Paris,
            right: Right::Access.into(),
            received_on,
            events: events(rows),
        }
    }

    pub fn uk(received_on: &'static str, rows: &[&str]) -> Self {
        Self {
            regime: "UK-GDPR",
            calendar: "GB-ENG",
            tz: Tz::Europe__London,
            ..Self::eu(received_on, rows)
        }
    }

    pub fn of(regime: &'static str, calendar: &'static str, received_on: &'static str) -> Self {
        Self { regime, calendar, tz: Tz::UTC, ..Self::eu(received_on, &[]) }
    }

    pub fn with<T>(&self, run: impl FnOnce(&ClockInput<'_>) -> T) -> T {
        let calendar = Calendar::shipped(self.calendar).unwrap();
        run(&ClockInput {
            regime: regime::find(self.regime).unwrap(),
            calendar: &calendar,
            tz: self.tz,
            right: self.right,
            received_at: at(&format!("{}T10:00:00Z", self.received_on)),
            events: &self.events,
        })
    }

    pub fn dates(&self) -> Result<Dates, DeadlineError> {
        self.with(compute)
    }
}

/// Day of receipt, events, what [`check`] expects.
pub type Row = (&'static str, &'static [&'static str], [&'static str; 5]);

/// Limit, target, notice due, conservative date (`-` for none) and status.
pub fn check(case: &Case, expected: [&str; 5]) {
    let dates = case.dates().unwrap();
    let show = |date: Option<NaiveDate>| date.map_or("-".to_owned(), |date| date.to_string());
    let got = [
        show(dates.legal_on),
        show(dates.target_on),
        show(dates.notice_due_on),
        show(dates.conservative_on),
        dates.status.name().to_owned(),
    ];
    assert_eq!(got, expected, "{} {} {:?}", case.regime, case.received_on, case.events);
}

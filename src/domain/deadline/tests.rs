//! The engine against tables, properties, and a second implementation that counts days one by one.

mod generated;
mod properties;
mod reference;
mod rules;

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
    DateTime::parse_from_rfc3339(text)
        .unwrap()
        .with_timezone(&Utc)
}

/// `identity_requested 2026-03-05`, at noon UTC; `until` after the date.
pub fn events(rows: &[&str]) -> Vec<ClockEvent> {
    let event = |row: &&str| {
        let mut words = row.split(' ');
        let kind = format!("\"{}\"", words.next().unwrap());
        let kind: ClockEventKind = serde_json::from_str(&kind).unwrap();
        let at = at(&format!("{}T12:00:00Z", words.next().unwrap()));
        ClockEvent {
            kind,
            at,
            reason: None,
            until: words.next().map(day),
        }
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
        Self {
            regime,
            calendar,
            tz: Tz::UTC,
            ..Self::eu(received_on, &[])
        }
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

//! `guichet deadline`: the dates of a request, checked against a file or explained.

pub mod check;
pub mod explain;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::Subcommand;
use serde::Deserialize;

use crate::cli::Outcome;
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};

/// The commands about dates.
#[derive(Debug, Subcommand)]
pub enum DeadlineCommand {
    /// Computes every row of a file of worked cases and prints each difference.
    Check {
        /// A CSV file with the columns id, regime, calendar, tz, right, received_at, events and
        /// the expected dates.
        file: PathBuf,
    },
    /// Computes the dates of one request and says every step, with its rule and source.
    Explain(explain::ExplainArguments),
}

/// Runs the command; lines go to `out`.
///
/// # Errors
/// Input that cannot be used: exit code 2.
pub fn run(command: &DeadlineCommand, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match command {
        DeadlineCommand::Check { file } => {
            let source = std::fs::File::open(file)
                .with_context(|| format!("cannot open {}", file.display()))?;
            check::check(source, out).with_context(|| format!("{} is not usable", file.display()))
        }
        DeadlineCommand::Explain(arguments) => explain::explain(arguments, out),
    }
}

/// Reads an instant with its offset, as RFC 3339 writes it.
///
/// # Errors
/// What to write instead.
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).map_err(|_| {
        format!("“{text}” is not an instant with its offset: write 2026-01-31T10:00:00+01:00")
    })
}

/// Reads an IANA zone.
///
/// # Errors
/// What to write instead.
pub fn parse_zone(text: &str) -> Result<Tz, String> {
    text.parse()
        .map_err(|_| format!("“{text}” is not an IANA time zone: write one such as Europe/Paris"))
}

/// An event as files write it; `until` may be a date or an instant.
#[derive(Deserialize)]
struct WrittenEvent {
    #[serde(rename = "type")]
    kind: ClockEventKind,
    at: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    until: Option<String>,
}

/// Reads events from a JSON array; empty text is no event.
///
/// # Errors
/// What is wrong, with its place.
pub fn parse_events(text: &str, tz: Tz) -> Result<Vec<ClockEvent>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let written: Vec<WrittenEvent> = serde_json::from_str(text)
        .map_err(|error| format!("not a JSON array of events with type and at: {error}"))?;
    let event = |event: WrittenEvent| {
        Ok(ClockEvent {
            kind: event.kind,
            at: parse_instant(&event.at)?,
            reason: event.reason,
            until: event.until.map(|until| parse_until(&until, tz)).transpose()?,
        })
    };
    written.into_iter().map(event).collect()
}

fn parse_until(text: &str, tz: Tz) -> Result<NaiveDate, String> {
    if let Ok(date) = text.parse() {
        return Ok(date);
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(at) => Ok(at.with_timezone(&tz).date_naive()),
        Err(_) => Err(format!("“{text}” is not a date: write 2026-05-31")),
    }
}

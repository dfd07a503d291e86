//! `guichet deadline check`: every row of a file of worked cases, computed and compared.

mod lines;

use std::collections::BTreeMap;
use std::io::{Read, Write};

use anyhow::{anyhow, bail};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::cli::Outcome;
use crate::cli::deadline::check::lines::Lines;
use crate::cli::deadline::{parse_events, parse_instant, parse_zone};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::{ClockInput, Dates, DeadlineError, compute};
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;

/// The columns that a row is computed from.
const GIVEN: [&str; 7] = ["id", "regime", "calendar", "tz", "right", "received_at", "events"];

/// The columns that are compared.
const EXPECTED: [&str; 9] = [
    "receipt_date",
    "ack_due",
    "extension_notice_due",
    "unrolled_end",
    "expected_deadline",
    "deadline_instant_utc_exclusive",
    "conservative_date",
    "target_date",
    "status",
];

/// A row that cannot be computed or compared: the column and what to write in it.
struct RowError {
    column: &'static str,
    reason: String,
}

/// A row of the file, by column name.
struct Row<'a> {
    places: &'a BTreeMap<&'static str, usize>,
    cells: &'a csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, column: &'static str) -> &str {
        self.places.get(column).and_then(|place| self.cells.get(*place)).unwrap_or_default().trim()
    }

    fn error(column: &'static str) -> impl Fn(String) -> RowError {
        move |reason| RowError { column, reason }
    }
}

/// Compares every row and prints each difference, then `N cases, M differ`.
///
/// # Errors
/// A file that is no CSV, lacks a column, or has no row: exit code 2.
pub fn check(source: impl Read, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut reader = csv::ReaderBuilder::new().from_reader(Lines::new(source));
    let header = reader.headers().cloned();
    let header = header.map_err(|error| unreadable(&error, reader.get_ref()))?;
    let places = places(&header)?;
    let mut calendars = BTreeMap::new();
    let mut cells = csv::StringRecord::new();
    let (mut cases, mut differ) = (0_u64, 0_u64);
    loop {
        let read = reader.read_record(&mut cells);
        if !read.map_err(|error| unreadable(&error, reader.get_ref()))? {
            break;
        }
        cases = cases.saturating_add(1);
        let row = Row { places: &places, cells: &cells };
        let begin = cells.position().map_or(0, csv::Position::byte);
        let line = reader.get_ref().line_from(begin);
        let id = match row.cell("id") {
            "" => format!("line {line}"),
            id => id.to_owned(),
        };
        match differences(&row, &mut calendars) {
            Ok(found) if found.is_empty() => {}
            Ok(found) => {
                differ = differ.saturating_add(1);
                for (column, expected, got) in found {
                    writeln!(out, "{id}: {column}: expected {expected}, got {got}")?;
                }
            }
            Err(RowError { column, reason }) => {
                differ = differ.saturating_add(1);
                writeln!(out, "{id}: line {line}, column {column}: {reason}")?;
            }
        }
    }
    if cases == 0 {
        bail!("it has no row below the names of the columns");
    }
    writeln!(out, "{cases} cases, {differ} differ")?;
    Ok(if differ == 0 { Outcome::Done } else { Outcome::Finding })
}

/// What is wrong with a file that is no table. The reader counts records, not lines, where lines
/// are empty or end with CR LF, so its own messages would name another line.
fn unreadable<R>(error: &csv::Error, lines: &Lines<R>) -> anyhow::Error {
    let line = error.position().map_or(1, |position| lines.line_from(position.byte()));
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => anyhow!(
            "line {line} has {len} cells, and line 1 names {expected_len} columns: give each row \
             as many cells"
        ),
        csv::ErrorKind::Utf8 { .. } => anyhow!("line {line} is not UTF-8: save the file as UTF-8"),
        _ => anyhow!("the file cannot be read: {error}"),
    }
}

/// Where each column stands, by the names in the first line.
fn places(header: &csv::StringRecord) -> anyhow::Result<BTreeMap<&'static str, usize>> {
    let mut places = BTreeMap::new();
    for column in GIVEN.into_iter().chain(EXPECTED) {
        let mut found = header
            .iter()
            .enumerate()
            .filter(|(_, name)| name.trim_start_matches('\u{feff}').trim() == column);
        let Some((place, _)) = found.next() else {
            bail!("line 1: the column {column} is missing")
        };
        if found.next().is_some() {
            bail!("line 1: the column {column} is there twice");
        }
        places.insert(column, place);
    }
    Ok(places)
}

/// The columns whose expected value is not the computed one: column, expected, computed.
fn differences(
    row: &Row<'_>,
    calendars: &mut BTreeMap<String, Calendar>,
) -> Result<Vec<(&'static str, String, String)>, RowError> {
    let dates = dates(row, calendars)?;
    let computed = [
        show_date(Some(dates.received_on)),
        show_date(dates.ack_due_on),
        show_date(dates.notice_due_on),
        show_date(dates.unrolled_on),
        show_date(dates.legal_on),
        show_instant(dates.expires_at),
        show_date(dates.conservative_on),
        show_date(dates.target_on),
        dates.status.name().to_owned(),
    ];
    let mut found = Vec::new();
    for (column, got) in EXPECTED.into_iter().zip(computed) {
        let expected = expected(row, column)?;
        if expected != got {
            let shown = |text: String| {
                if text.is_empty() { "nothing".to_owned() } else { text }
            };
            found.push((column, shown(expected), shown(got)));
        }
    }
    Ok(found)
}

/// The expected value in the form in which the computed one is shown.
fn expected(row: &Row<'_>, column: &'static str) -> Result<String, RowError> {
    let text = row.cell(column);
    match column {
        "status" if text.is_empty() => {
            Err(RowError { column, reason: "empty: write ok or another status".to_owned() })
        }
        "status" => Ok(text.to_owned()),
        _ if text.is_empty() => Ok(String::new()),
        "deadline_instant_utc_exclusive" => {
            let at = parse_instant(text).map_err(Row::error(column))?;
            Ok(show_instant(Some(at)))
        }
        _ => {
            let date: NaiveDate = text.parse().map_err(|_| RowError {
                column,
                reason: format!("“{text}” is not a date: write 2026-01-31"),
            })?;
            Ok(show_date(Some(date)))
        }
    }
}

fn dates(row: &Row<'_>, calendars: &mut BTreeMap<String, Calendar>) -> Result<Dates, RowError> {
    for column in ["regime", "calendar", "tz", "right", "received_at"] {
        if row.cell(column).is_empty() {
            return Err(RowError { column, reason: "empty".to_owned() });
        }
    }
    let regime = regime::find(row.cell("regime"))
        .map_err(|error| Row::error("regime")(error.to_string()))?;
    let code = row.cell("calendar");
    if !calendars.contains_key(code) {
        let calendar =
            Calendar::shipped(code).map_err(|error| Row::error("calendar")(error.to_string()))?;
        calendars.insert(code.to_owned(), calendar);
    }
    let calendar = calendars
        .get(code)
        .ok_or_else(|| RowError { column: "calendar", reason: "unknown".to_owned() })?;
    let tz = parse_zone(row.cell("tz")).map_err(Row::error("tz"))?;
    let right = row.cell("right");
    let right = ClockRight::parse(right).ok_or_else(|| RowError {
        column: "right",
        reason: format!(
            "“{right}” is not a right: write access, rectification, erasure, restriction, \
             portability, objection, human_review, consent_withdrawal, complaint, appeal, opt_out, \
             refusal, complaint_ack or breach"
        ),
    })?;
    let received_at = parse_instant(row.cell("received_at")).map_err(Row::error("received_at"))?;
    let events = parse_events(row.cell("events"), tz).map_err(Row::error("events"))?;
    compute(&ClockInput { regime, calendar, tz, right, received_at, events: &events }).map_err(
        |error| {
            let of_event = matches!(error, DeadlineError::OutOfReach { at } if at != received_at);
            Row::error(if of_event { "events" } else { "received_at" })(error.to_string())
        },
    )
}

fn show_date(date: Option<NaiveDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn show_instant(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

#[cfg(test)]
mod tests;

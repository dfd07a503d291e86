//! How a request is shown: one shape for every answer about a case.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::db::column::Instant;
use crate::db::requests::{Request, RequestRight};
use crate::domain::clock::CaseDates;
use crate::domain::deadline::Dates;
use crate::domain::deadline::timers::is_overdue;
use crate::domain::history::RequestState;
use crate::domain::retention::is_put_away;
use crate::workflow::record::Case;
use crate::workflow::subject::Subject;

/// An instant in UTC with microseconds (RFC 3339).
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A request in full: its row, rights, dates, and the subject for whoever may read it.
#[must_use]
pub fn case(case: &Case, subject: Option<&Subject>, now: DateTime<Utc>) -> Value {
    let mut shown = row(&case.row, now, &case.state);
    shown.insert("rights".to_owned(), rights(&case.state, &case.dates));
    shown.insert("dates".to_owned(), case_dates(&case.dates));
    shown.insert("open_pauses".to_owned(), json!(case.state.open_pauses()));
    shown.insert("extended_at".to_owned(), json!(case.dates.extended_at.map(instant)));
    shown.insert("represented".to_owned(), json!(case.state.represented));
    shown.insert("minor".to_owned(), json!(case.state.minor));
    let mut identity = json!({
        "level": case.state.level.name(),
        "doubt": case.state.doubt,
        "awaits_confirmation": case.state.awaited.is_some(),
    });
    if let (Value::Object(identity), Some(condition)) = (&mut identity, case.state.contact) {
        identity.insert("contact".to_owned(), Value::from(condition.name()));
    }
    if let (Value::Object(identity), false) = (&mut identity, case.state.circumstances.is_empty()) {
        identity.insert("circumstances".to_owned(), json!(case.state.circumstances));
    }
    shown.insert("identity".to_owned(), identity);
    if let Some(subject) = subject {
        shown.insert("subject".to_owned(), json!(subject));
    }
    Value::Object(shown)
}

fn row(row: &Request, now: DateTime<Utc>, state: &RequestState) -> Map<String, Value> {
    let today = now.with_timezone(&state.rules.time_zone).date_naive();
    let mut shown = summary(row, now, today);
    shown.insert("regime".to_owned(), json!(state.rules.regime));
    shown.insert("calendar".to_owned(), json!(state.rules.calendar));
    shown.insert("time_zone".to_owned(), json!(state.rules.time_zone.name()));
    shown.insert("held_at".to_owned(), json!(state.held_at.map(instant)));
    shown.insert("key_destroyed".to_owned(), json!(row.wrapped_key.is_none()));
    shown
}

/// What lists and full answers have in common.
#[must_use]
pub fn summary(row: &Request, now: DateTime<Utc>, today: NaiveDate) -> Map<String, Value> {
    let is_late = row.legal_on.is_some_and(|legal_on| is_overdue(legal_on, today))
        || row.urgent_until.is_some_and(|until| until.utc() < now);
    let overdue = row.ended_at.is_none() && is_late;
    let shown = json!({
        "id": row.id,
        "controller_id": row.controller_id,
        "reference": row.reference,
        "status": row.status.name(),
        "channel": row.channel.name(),
        "language": row.language.code(),
        "received_at": instant(row.received_at.utc()),
        "received_on": row.received_on,
        "target_on": row.target_on,
        "legal_on": row.legal_on,
        "conservative_on": row.conservative_on,
        "due_on": row.due_on,
        "urgent_until": row.urgent_until.map(|at| instant(at.utc())),
        "paused": row.paused,
        "overdue": overdue,
        "acknowledged_at": row.acknowledged_at.map(|at| instant(at.utc())),
        "assignee_id": row.assignee_id,
        "ended_at": row.ended_at.map(|at| instant(at.utc())),
        "put_away": is_put_away(row.ended_at.map(Instant::utc), now),
        "version": row.version,
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

fn rights(state: &RequestState, dates: &CaseDates) -> Value {
    let shown = state.rights.iter().zip(&dates.rights).map(|(right, dates)| {
        json!({
            "right": right.exercised.right.name(),
            "objection_to": right.exercised.against.map(|against| against.name()),
            "decision": right.decision.name(),
            "decided_at": right.decided_at.map(instant),
            "dates": one(&dates.dates),
        })
    });
    Value::Array(shown.collect())
}

/// The dates of one clock.
#[must_use]
pub fn one(dates: &Dates) -> Value {
    json!({
        "regime": dates.regime,
        "received_on": dates.received_on,
        "acknowledgement_due_on": dates.ack_due_on,
        "extension_notice_due_on": dates.notice_due_on,
        "unrolled_on": dates.unrolled_on,
        "legal_on": dates.legal_on,
        "expires_at": dates.expires_at.map(instant),
        "conservative_on": dates.conservative_on,
        "target_on": dates.target_on,
        "not_before": dates.not_before.map(instant),
        "extended": dates.extended,
        "status": dates.status.name(),
        "warnings": dates.warnings,
    })
}

fn case_dates(dates: &CaseDates) -> Value {
    let mut shown = dates.governing().map_or(Value::Null, one);
    if let Value::Object(shown) = &mut shown {
        shown.insert("acknowledge_on".to_owned(), json!(dates.acknowledge_on));
    }
    shown
}

/// One right in a list.
#[must_use]
pub fn listed_right(right: &RequestRight) -> Value {
    json!({
        "right": right.exercised.name(),
        "decision": right.decision.name(),
        "due_on": right.due_on,
    })
}

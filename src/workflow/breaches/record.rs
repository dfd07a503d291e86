//! Recording a breach, and changing what is known of it.

use chrono::{DateTime, Utc};

use super::nature;
use super::stored::{
    Of, author, changeable, log, open_awareness, seal_awareness, seal_record, store, wrong_texts,
};
use crate::db::breaches::{self, Breach};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers::{self, Controller};
use crate::db::events::{self, EventRow};
use crate::db::letters;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::breach::{
    AwarenessChange, BreachDecision, BreachKind, BreachRecord, BreachRisk, has_left, limit_at,
};
use crate::domain::event::Event;
use crate::domain::ids::{BreachId, ControllerId, RequestId};
use crate::domain::letter::Letter;
use crate::domain::lifecycle::Action;
use crate::domain::regime;
use crate::domain::subject::text::is_blank;
use crate::error::{Error, FieldError, Result};
use crate::vault::ControllerKey;
use crate::workflow::record::{Case, Target, Written, begin};
use crate::workflow::settings::permission::on_cases;

/// How often the instant of becoming aware may be changed: more often than anybody learns.
const MOST_CHANGES: usize = 100;

/// What somebody says of whether the persons were told by another way than a letter from here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Informed {
    /// Nothing: what is known stays.
    #[default]
    Unsaid,
    /// They were not, as far as is known.
    No,
    At(DateTime<Utc>),
}

/// What somebody says of a breach.
#[derive(Clone, Debug)]
pub struct Told {
    pub kind: BreachKind,
    pub risk: BreachRisk,
    /// Now, when it is not said of a new one; else it stays.
    pub aware_at: Option<DateTime<Utc>>,
    /// Why that instant is changed.
    pub aware_reason: String,
    pub informed: Informed,
    pub record: BreachRecord,
}

/// Makes an event of a case a breach record. Without words of its own the record says which it is.
///
/// # Errors
/// As [`begin`]; `Invalid` when the history has no such entry, the entry has its record already, or a
/// field is wrong.
pub fn record_of_case(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (of_version, told): (i64, &Told),
    key: &ControllerKey,
) -> Result<Breach> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let history = events::of_request(conn, case.row.id)?;
    let event = history.iter().find(|event| event.version == of_version);
    let event = event.ok_or_else(|| Error::invalid("event_version", "no-such-event"))?;
    check_new(conn, &case, of_version)?;
    check_order(event, told.aware_at.unwrap_or(ctx.now))?;
    let controller = controllers::find(conn, case.row.controller_id)?;
    let mut told = told.clone();
    if is_blank(&told.record.nature) {
        let entry = event.entry().map_err(|error| Error::internal(error.to_string()))?;
        let place = (case.row.reference.as_str(), of_version);
        let zone = case.state.rules.time_zone;
        told.record.nature = nature::standard(controller.language, place, &entry, zone);
    }
    let place = Some((case.row.id, of_version));
    let breach = insert(conn, ctx, &controller, (place, &told), key)?;
    let event = Event::BreachRecorded { breach: breach.id, of_version };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    Ok(breach)
}

/// One thing that went wrong has one record and one clock, also once that record is closed: it is named.
fn check_new(conn: &mut Conn, case: &Case, of_version: i64) -> Result<()> {
    let known = breaches::of_request(conn, case.row.id)?;
    let Some(row) = known.into_iter().find(|row| row.event_version == Some(of_version)) else {
        return Ok(());
    };
    let since = row.aware_at.utc().with_timezone(&case.state.rules.time_zone).date_naive();
    let named = vec![("breach", row.id.to_string()), ("since", since.to_string())];
    if row.closed_at.is_some() {
        return Err(Error::invalid_with("event_version", "breach-recorded-closed", named));
    }
    Err(Error::invalid_with("event_version", "breach-recorded", named))
}

/// Refuses an awareness of something of ours that had not left yet.
fn check_order(event: &EventRow, aware_at: DateTime<Utc>) -> Result<()> {
    let entry = event.entry().map_err(|error| Error::internal(error.to_string()))?;
    if has_left(&entry.event) && aware_at < entry.at {
        return Err(Error::invalid("aware_at", "before-event"));
    }
    Ok(())
}

/// Records a breach that no case knows.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` with every wrong field.
pub fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    told: &Told,
    key: &ControllerKey,
) -> Result<Breach> {
    on_cases(&ctx.actor, controller, Permission::WorkCase)?;
    let controller = controllers::find(conn, controller)?;
    insert(conn, ctx, &controller, (None, told), key)
}

fn insert(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: &Controller,
    (place, told): (Option<(RequestId, i64)>, &Told),
    key: &ControllerKey,
) -> Result<Breach> {
    let id: BreachId = ctx.new_id();
    let aware_at = told.aware_at.unwrap_or(ctx.now);
    let mut written = told.record.clone();
    if is_blank(&written.contact) {
        written.contact.clone_from(&controller.contact);
    }
    let informed_at = match told.informed {
        Informed::At(at) => Some(at),
        Informed::Unsaid | Informed::No => None,
    };
    check(ctx, (aware_at, informed_at), &written)?;
    let row = Breach {
        id,
        controller_id: controller.id,
        request_id: place.map(|(request, _)| request),
        event_version: place.map(|(_, version)| version),
        kind: told.kind,
        risk: told.risk,
        aware_at: Instant::from(aware_at),
        limit_at: limit(controller, aware_at)?,
        decision: BreachDecision::Undecided,
        notified_at: None,
        informed_at: informed_at.map(Instant::from),
        closed_at: None,
        sealed_record: seal_record(key, id, &written)?,
        sealed_awareness: None,
        version: 1,
        created_by: author(ctx)?,
        created_at: Instant::from(ctx.now),
    };
    breaches::insert(conn, &row)?;
    log(conn, ctx, "BreachRecorded", &row, &written)?;
    Ok(row)
}

fn limit(controller: &Controller, aware_at: DateTime<Utc>) -> Result<Option<Instant>> {
    let regime =
        regime::find(&controller.regime).map_err(|error| Error::internal(error.to_string()))?;
    Ok(limit_at(regime, aware_at).map(Instant::from))
}

/// Every wrong field of what was said.
fn check(
    ctx: &Ctx,
    (aware_at, informed_at): (DateTime<Utc>, Option<DateTime<Utc>>),
    record: &BreachRecord,
) -> Result<()> {
    let mut errors = wrong_texts("record.", &record.texts());
    if is_blank(&record.nature) {
        errors.push(FieldError::new("record.nature", "empty"));
    }
    if aware_at > ctx.now {
        errors.push(FieldError::new("aware_at", "in-future"));
    }
    if aware_at < DateTime::UNIX_EPOCH {
        errors.push(FieldError::new("aware_at", "wrong-value"));
    }
    match informed_at {
        Some(at) if at > ctx.now => errors.push(FieldError::new("informed_at", "in-future")),
        Some(at) if at < aware_at => errors.push(FieldError::new("informed_at", "before-aware")),
        _ => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Replaces what is known of a breach. The instant from which the clock runs is changed with a reason,
/// and made later by a DPO alone, as the receipt of a request is (law.md §7, 2).
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict`; `Transition` once it is closed; `Invalid`.
pub fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    told: &Told,
    key: &ControllerKey,
) -> Result<Breach> {
    let mut row = changeable(conn, ctx, of, Permission::WorkCase)?;
    let aware_at = told.aware_at.unwrap_or_else(|| row.aware_at.utc());
    // What a letter told is told, whatever other ways there were.
    let by_letter = told_by_letter(conn, &row)?;
    let informed_at = match told.informed {
        Informed::Unsaid => row.informed_at.map(|at| at.utc()),
        Informed::No => by_letter,
        Informed::At(at) if by_letter.is_some_and(|letter| letter < at) => {
            return Err(Error::invalid("informed_at", "told-by-letter"));
        }
        Informed::At(at) => Some(at),
    };
    check(ctx, (aware_at, informed_at), &told.record)?;
    if let (Some(request), Some(version)) = (row.request_id, row.event_version) {
        let history = events::of_request(conn, request)?;
        let event = history.iter().find(|event| event.version == version);
        event.map_or(Ok(()), |event| check_order(event, aware_at))?;
    }
    move_awareness(conn, ctx, &mut row, (aware_at, &told.aware_reason), key)?;
    if row.decision == BreachDecision::NotNotified && told.risk != BreachRisk::Unlikely {
        // What was decided rests on the risk: a new look at it opens the question again.
        row.decision = BreachDecision::Undecided;
    }
    row.kind = told.kind;
    row.risk = told.risk;
    row.informed_at = informed_at.map(Instant::from);
    store(conn, ctx, "BreachChanged", row, (&told.record, None, key))
}

/// When a letter told the person of this breach; of several breaches of a case it is known of the letter
/// that told first.
fn told_by_letter(conn: &mut Conn, row: &Breach) -> Result<Option<DateTime<Utc>>> {
    let Some(request) = row.request_id else { return Ok(None) };
    let all = letters::of_request(conn, request)?;
    let told = all.iter().filter(|letter| letter.letter == Letter::BreachInformation);
    let sent: Vec<Instant> = told.filter_map(|letter| letter.sent_at).collect();
    let of_this = sent.iter().find(|at| Some(**at) == row.informed_at);
    if sent.is_empty() || of_this.is_some() {
        return Ok(of_this.map(|at| at.utc()));
    }
    let is_alone = breaches::of_request(conn, request)?.len() == 1;
    Ok(sent.iter().min().filter(|_| is_alone).map(|at| at.utc()))
}

/// Has the clock run from another instant.
fn move_awareness(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &mut Breach,
    (aware_at, reason): (DateTime<Utc>, &str),
    key: &ControllerKey,
) -> Result<()> {
    let after = Instant::from(aware_at);
    if after == row.aware_at {
        return Ok(());
    }
    if after > row.aware_at {
        on_cases(&ctx.actor, row.controller_id, Permission::DecideCase)?;
    }
    let mut errors = wrong_texts("", &[("aware_reason", reason)]);
    if is_blank(reason) {
        errors.push(FieldError::new("aware_reason", "awareness-needs-reason"));
    }
    if row.notified_at.is_some_and(|notified_at| notified_at < after) {
        errors.push(FieldError::new("aware_at", "after-notice"));
    }
    let mut changes = open_awareness(key, row)?;
    if changes.len() >= MOST_CHANGES {
        errors.push(FieldError::new("aware_at", "too-many-changes"));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    changes.push(AwarenessChange {
        before: row.aware_at.utc(),
        after: after.utc(),
        changed_at: ctx.now,
        changed_by: author(ctx)?,
        reason: reason.trim().to_owned(),
    });
    row.sealed_awareness = Some(seal_awareness(key, row.id, &changes)?);
    row.limit_at = limit(&controllers::find(conn, row.controller_id)?, aware_at)?;
    row.aware_at = after;
    Ok(())
}

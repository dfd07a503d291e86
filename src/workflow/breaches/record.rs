//! Recording a breach, and changing what is known of it.

use chrono::{DateTime, Utc};

use super::stored::{Of, author, changeable, log, seal_record, store, wrong_texts};
use crate::db::breaches::{self, Breach};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers::{self, Controller};
use crate::db::events;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::breach::{BreachDecision, BreachKind, BreachRecord, BreachRisk, limit_at};
use crate::domain::event::Event;
use crate::domain::ids::{BreachId, ControllerId, RequestId};
use crate::domain::lifecycle::Action;
use crate::domain::regime;
use crate::error::{Error, FieldError, Result};
use crate::language::text_with;
use crate::vault::ControllerKey;
use crate::workflow::record::{Target, Written, begin};
use crate::workflow::settings::permission::on_cases;

/// What somebody says of a breach.
#[derive(Clone, Debug)]
pub struct Told {
    pub kind: BreachKind,
    pub risk: BreachRisk,
    /// Now, when it is not said.
    pub aware_at: Option<DateTime<Utc>>,
    /// When the persons were told by another way than a letter from here.
    pub informed_at: Option<DateTime<Utc>>,
    pub record: BreachRecord,
}

/// Makes an event of a case a breach record. Without words of its own the record names the event.
///
/// # Errors
/// As [`begin`]; `Invalid` when the history has no such entry, or a field is wrong.
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
    let controller = controllers::find(conn, case.row.controller_id)?;
    let mut told = told.clone();
    if told.record.nature.trim().is_empty() {
        let kind = event.kind.as_str();
        let named = [("reference", case.row.reference.as_str()), ("event", kind)];
        told.record.nature = text_with(controller.language, "breach-nature-of-event", &named);
    }
    let place = Some((case.row.id, of_version));
    let breach = insert(conn, ctx, &controller, (place, &told), key)?;
    let event = Event::BreachRecorded { breach: breach.id, of_version };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    Ok(breach)
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
    if written.contact.trim().is_empty() {
        written.contact.clone_from(&controller.contact);
    }
    check(ctx, told, &written)?;
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
        informed_at: told.informed_at.map(Instant::from),
        closed_at: None,
        sealed_record: seal_record(key, id, &written)?,
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
fn check(ctx: &Ctx, told: &Told, record: &BreachRecord) -> Result<()> {
    let mut errors = wrong_texts("record.", &record.texts());
    if record.nature.trim().is_empty() {
        errors.push(FieldError::new("record.nature", "empty"));
    }
    let aware_at = told.aware_at.unwrap_or(ctx.now);
    if aware_at > ctx.now {
        errors.push(FieldError::new("aware_at", "in-future"));
    }
    if aware_at < DateTime::UNIX_EPOCH {
        errors.push(FieldError::new("aware_at", "wrong-value"));
    }
    match told.informed_at {
        Some(at) if at > ctx.now => errors.push(FieldError::new("informed_at", "in-future")),
        Some(at) if at < aware_at => errors.push(FieldError::new("informed_at", "before-aware")),
        _ => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Replaces what is known of a breach.
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
    let told = Told { aware_at: Some(aware_at), ..told.clone() };
    check(ctx, &told, &told.record)?;
    if row.decision == BreachDecision::NotNotified && told.risk != BreachRisk::Unlikely {
        // What was decided rests on the risk: a new look at it opens the question again.
        row.decision = BreachDecision::Undecided;
    }
    let controller = controllers::find(conn, of.controller)?;
    row.kind = told.kind;
    row.risk = told.risk;
    row.limit_at = limit(&controller, aware_at)?;
    row.aware_at = Instant::from(aware_at);
    row.informed_at = told.informed_at.map(Instant::from);
    store(conn, ctx, "BreachChanged", row, (&told.record, key))
}

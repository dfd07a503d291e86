//! A breach in its row: what people wrote is sealed under the key of the controller, and every change
//! leaves an entry in the history of the controller.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::db::breaches::{self, Breach, Notice};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::breach::{AwarenessChange, BreachNotice, BreachRecord, DecisionReason};
use crate::domain::ids::{BreachId, ControllerId, UserId};
use crate::error::{Error, FieldError, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::record::{Expected, settings_event};
use crate::workflow::settings::permission::on_cases;

/// How long one text of a record may be, in characters.
pub const LONGEST_TEXT: usize = 5_000;

/// Which breach is meant, and on which version of it.
#[derive(Clone, Copy, Debug)]
pub struct Of {
    pub controller: ControllerId,
    pub id: BreachId,
    pub expected: Expected,
}

/// What is sealed of a breach: what is known of it, and why what was decided.
#[derive(Serialize, Deserialize)]
struct Whole {
    #[serde(flatten)]
    record: BreachRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decision_reasons: Vec<DecisionReason>,
}

fn open_whole(key: &ControllerKey, row: &Breach) -> Result<Whole> {
    let text = key.key().open(&record_place(row.id), &row.sealed_record)?;
    serde_json::from_slice(&text).map_err(|_| Error::internal("a breach does not read"))
}

/// Opens what is written of a breach.
///
/// # Errors
/// When the seal does not open.
pub fn open_record(key: &ControllerKey, row: &Breach) -> Result<BreachRecord> {
    Ok(open_whole(key, row)?.record)
}

/// Opens why was decided what, in order.
///
/// # Errors
/// When the seal does not open.
pub fn open_decision_reasons(key: &ControllerKey, row: &Breach) -> Result<Vec<DecisionReason>> {
    Ok(open_whole(key, row)?.decision_reasons)
}

/// Opens what was told to the authority.
///
/// # Errors
/// When the seal does not open.
pub fn open_notice(key: &ControllerKey, row: &Notice) -> Result<BreachNotice> {
    let place = notice_place(row.breach_id, row.number);
    let place = Place::of_text("breach_notices", "sealed_notice", &place);
    let text = key.key().open(&place, &row.sealed_notice)?;
    serde_json::from_slice(&text).map_err(|_| Error::internal("a notice does not read"))
}

pub(super) const fn record_place(id: BreachId) -> Place<'static> {
    Place::new("breaches", "sealed_record", id.uuid())
}

/// Seals what is known of a new breach: nobody has decided on it.
pub(super) fn seal_record(
    key: &ControllerKey,
    id: BreachId,
    record: &BreachRecord,
) -> Result<Vec<u8>> {
    seal_whole(key, id, &Whole { record: record.clone(), decision_reasons: Vec::new() })
}

fn seal_whole(key: &ControllerKey, id: BreachId, whole: &Whole) -> Result<Vec<u8>> {
    let text = serde_json::to_vec(whole).map_err(|_| Error::internal("a breach to JSON"))?;
    Ok(key.key().seal(&record_place(id), &text)?)
}

const fn awareness_place(id: BreachId) -> Place<'static> {
    Place::new("breaches", "sealed_awareness", id.uuid())
}

/// Opens why the instant of becoming aware was changed, in order.
///
/// # Errors
/// When the seal does not open.
pub fn open_awareness(key: &ControllerKey, row: &Breach) -> Result<Vec<AwarenessChange>> {
    let Some(sealed) = &row.sealed_awareness else { return Ok(Vec::new()) };
    let text = key.key().open(&awareness_place(row.id), sealed)?;
    serde_json::from_slice(&text).map_err(|_| Error::internal("an awareness does not read"))
}

pub(super) fn seal_awareness(
    key: &ControllerKey,
    id: BreachId,
    changes: &[AwarenessChange],
) -> Result<Vec<u8>> {
    let text = serde_json::to_vec(changes);
    let text = text.map_err(|_| Error::internal("an awareness to JSON"))?;
    Ok(key.key().seal(&awareness_place(id), &text)?)
}

/// Words of several lines, as of an address, in one: a field of one line would run them together.
#[must_use]
pub fn one_line(words: &str) -> String {
    let lines = words.lines().map(|line| line.trim().trim_end_matches(',').trim_end());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Where what was told to the authority stands.
#[must_use]
pub fn notice_place(id: BreachId, number: i64) -> String {
    format!("{id}/{number}")
}

/// Who writes, as a member of staff.
pub(super) const fn author(ctx: &Ctx) -> Result<UserId> {
    match &ctx.actor {
        Actor::Staff(member) => Ok(member.id),
        _ => Err(Error::Forbidden),
    }
}

/// Every text that is too long or holds what cannot be seen.
pub(super) fn wrong_texts(prefix: &str, texts: &[(&'static str, &str)]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (name, words) in texts {
        let field = format!("{prefix}{name}");
        if words.chars().count() > LONGEST_TEXT {
            let mut error = FieldError::new(field, "too-long");
            error.arguments = vec![("maximum", LONGEST_TEXT.to_string())];
            errors.push(error);
        } else if words.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            errors.push(FieldError::new(field, "control-character"));
        }
    }
    errors
}

/// One entry of the history of the controller, without anything that a person wrote.
pub(super) fn log(
    conn: &mut Conn,
    ctx: &Ctx,
    kind: &str,
    row: &Breach,
    record: &BreachRecord,
) -> Result<()> {
    let missing: Vec<&str> = record.missing().into_iter().map(|(name, _)| name).collect();
    let at = |at: Option<Instant>| at.map(|at| at.utc());
    let detail: Value = json!({
        "breach": row.id,
        "request": row.request_id,
        "version": row.version,
        "breach_kind": row.kind.name(),
        "risk": row.risk.name(),
        "aware_at": row.aware_at.utc(),
        "limit_at": at(row.limit_at),
        "decision": row.decision.name(),
        "informed_at": at(row.informed_at),
        "missing": missing,
    });
    let event = settings_event(ctx, Some(row.controller_id), kind, &detail);
    Ok(events::insert(conn, &event)?)
}

/// Finds a breach that may still be changed.
pub(super) fn changeable(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    permission: Permission,
) -> Result<Breach> {
    let row = found(conn, ctx, of, permission)?;
    if row.closed_at.is_some() {
        return Err(Error::Transition { code: "breach-closed" });
    }
    Ok(row)
}

/// Finds a breach in the version that was read, open or closed.
pub(super) fn found(conn: &mut Conn, ctx: &Ctx, of: Of, permission: Permission) -> Result<Breach> {
    on_cases(&ctx.actor, of.controller, permission)?;
    let row = breaches::get(conn, of.controller, of.id)?;
    if matches!(of.expected, Expected::Version(version) if version != row.version) {
        return Err(Error::Conflict { code: "stale" });
    }
    Ok(row)
}

/// Stores the next version of a breach, with its entry in the history. The reasons of its decisions stay
/// as they were, and `decided` is added to them.
pub(super) fn store(
    conn: &mut Conn,
    ctx: &Ctx,
    kind: &str,
    mut row: Breach,
    (record, decided, key): (&BreachRecord, Option<DecisionReason>, &ControllerKey),
) -> Result<Breach> {
    let mut decision_reasons = open_decision_reasons(key, &row)?;
    decision_reasons.extend(decided);
    let found = row.version;
    row.version = found.saturating_add(1);
    let whole = Whole { record: record.clone(), decision_reasons };
    row.sealed_record = seal_whole(key, row.id, &whole)?;
    if !breaches::update(conn, &row, found)? {
        return Err(Error::RunAgain);
    }
    log(conn, ctx, kind, &row, record)?;
    Ok(row)
}

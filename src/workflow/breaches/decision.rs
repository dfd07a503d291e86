//! What is decided on a breach: the authority is told, in phases, or not, for a reason; the persons
//! are told; the record is closed.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::stored::{
    Of, author, changeable, found, notice_place, one_line, open_decision_reasons, open_notice,
    open_record, store, wrong_texts,
};
use crate::db::breaches::{self, Breach, Notice};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::breach::{
    BreachDecision, BreachNotice, BreachRecord, BreachRisk, DecisionReason, ReasonedDecision,
    late_notice,
};
use crate::domain::ids::{BreachId, RequestId};
use crate::domain::subject::text::is_blank;
use crate::error::{Error, FieldError, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::record::settings_event;

/// More phases than anybody writes.
const MOST_NOTICES: usize = 100;

/// What was told to the authority.
#[derive(Clone, Debug)]
pub struct NewNotice {
    pub sent_at: DateTime<Utc>,
    pub authority: String,
    pub reference: String,
    pub late_reason: String,
}

/// Records that the authority was told, at once or in a phase: the record as it stands is kept with
/// it. What tells it first, and after the limit, says why so late (Art. 33(1)).
///
/// # Errors
/// As [`super::record::change`].
pub fn notify(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    new: &NewNotice,
    key: &ControllerKey,
) -> Result<Breach> {
    let mut row = changeable(conn, ctx, of, Permission::DecideCase)?;
    let before = breaches::notices(conn, row.id)?;
    let number = before.last().map_or(1, |last| last.number.saturating_add(1));
    let sent = before.iter().map(|notice| (notice.number, notice.sent_at.utc()));
    let limit = row.limit_at.map(|limit| limit.utc());
    let late = late_notice(limit, sent.chain([(number, new.sent_at)])) == Some(number);
    check_notice(ctx, &row, new, late)?;
    if before.len() >= MOST_NOTICES {
        return Err(Error::invalid("sent_at", "too-many-notices"));
    }
    let record = open_record(key, &row)?;
    let notice = BreachNotice {
        authority: one_line(&new.authority),
        reference: new.reference.trim().to_owned(),
        late_reason: new.late_reason.trim().to_owned(),
        record: record.clone(),
    };
    let text = serde_json::to_vec(&notice).map_err(|_| Error::internal("a notice to JSON"))?;
    let place = notice_place(row.id, number);
    let place = Place::of_text("breach_notices", "sealed_notice", &place);
    let stored = Notice {
        breach_id: row.id,
        number,
        sent_at: Instant::from(new.sent_at),
        sealed_notice: key.key().seal(&place, &text)?,
        created_by: author(ctx)?,
        created_at: Instant::from(ctx.now),
    };
    breaches::insert_notice(conn, &stored)?;
    row.decision = BreachDecision::Notified;
    row.notified_at = row.notified_at.min(Some(stored.sent_at)).or(Some(stored.sent_at));
    store(conn, ctx, "BreachNotified", row, (&record, None, key))
}

fn check_notice(ctx: &Ctx, row: &Breach, new: &NewNotice, late: bool) -> Result<()> {
    let texts = [
        ("authority", new.authority.as_str()),
        ("reference", &new.reference),
        ("late_reason", &new.late_reason),
    ];
    let mut errors = wrong_texts("", &texts);
    if is_blank(&new.authority) {
        errors.push(FieldError::new("authority", "empty"));
    }
    if new.sent_at > ctx.now {
        errors.push(FieldError::new("sent_at", "in-future"));
    }
    if Instant::from(new.sent_at) < row.aware_at {
        errors.push(FieldError::new("sent_at", "before-aware"));
    }
    if late && is_blank(&new.late_reason) {
        errors.push(FieldError::new("late_reason", "late-notice-needs-reason"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// More often than anybody decides anew.
const MOST_REASONS: usize = 100;

/// Decides that the authority is not told, because a risk is unlikely (Art. 33(1)); with the reason,
/// which the register keeps (33(5)).
///
/// # Errors
/// As [`super::record::change`]; `Transition` when it was told already.
pub fn decline(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    reason: &str,
    key: &ControllerKey,
) -> Result<Breach> {
    let mut row = changeable(conn, ctx, of, Permission::DecideCase)?;
    if row.decision == BreachDecision::Notified {
        return Err(Error::Transition { code: "breach-notified" });
    }
    if !matches!(row.risk, BreachRisk::Unassessed | BreachRisk::Unlikely) {
        return Err(Error::Transition { code: "breach-risk" });
    }
    check_reason(reason)?;
    // A closing, and what takes the record up again, are never held back by these.
    if open_decision_reasons(key, &row)?.len() >= MOST_REASONS {
        return Err(Error::invalid("reason", "too-many-changes"));
    }
    let record = open_record(key, &row)?;
    row.risk = BreachRisk::Unlikely;
    row.decision = BreachDecision::NotNotified;
    let decided = decided(ctx, ReasonedDecision::NotNotified, reason)?;
    store(conn, ctx, "BreachNotNotified", row, (&record, Some(decided), key))
}

fn decided(ctx: &Ctx, decision: ReasonedDecision, reason: &str) -> Result<DecisionReason> {
    let (decided_at, decided_by) = (ctx.now, author(ctx)?);
    Ok(DecisionReason { decision, decided_at, decided_by, reason: reason.trim().to_owned() })
}

fn check_reason(reason: &str) -> Result<()> {
    let mut errors = wrong_texts("", &[("reason", reason)]);
    if is_blank(reason) {
        errors.push(FieldError::new("reason", "empty"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Closes the record of a breach, once the authority was told or the reason not to is written, and
/// facts, effects and remedial action are documented (Art. 33(5)). Where the risk is high and the
/// persons were not told, that needs a reason too (Art. 34(3)).
///
/// # Errors
/// As [`super::record::change`]; `Transition` while nobody has decided; `Invalid` with all that is
/// not written.
pub fn close(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    reason: Option<&str>,
    key: &ControllerKey,
) -> Result<Breach> {
    let mut row = changeable(conn, ctx, of, Permission::DecideCase)?;
    if row.limit_at.is_some() && row.decision == BreachDecision::Undecided {
        return Err(Error::Transition { code: "breach-undecided" });
    }
    let record = open_record(key, &row)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let mut errors = undocumented(&record);
    let unsaid = match reason {
        Some(_) => None,
        None => unsaid(conn, &row, &record, key)?,
    };
    errors.extend(unsaid.map(|code| FieldError::new("reason", code)));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut why = None;
    if let Some(reason) = reason {
        check_reason(reason)?;
        why = Some(decided(ctx, ReasonedDecision::Closed, reason)?);
    }
    row.closed_at = Some(Instant::from(ctx.now));
    store(conn, ctx, "BreachClosed", row, (&record, why, key))
}

/// Takes up the record of a breach that was closed, with the reason: what comes to light later belongs to
/// the one record of what went wrong (Art. 33(4), (5)). Its clock and what was told stay as they are.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Conflict`; `Transition` while it is open; `Invalid` without a reason.
pub fn reopen(
    conn: &mut Conn,
    ctx: &Ctx,
    of: Of,
    reason: &str,
    key: &ControllerKey,
) -> Result<Breach> {
    let mut row = found(conn, ctx, of, Permission::DecideCase)?;
    if row.closed_at.is_none() {
        return Err(Error::Transition { code: "breach-not-closed" });
    }
    let record = open_record(key, &row)?;
    check_reason(reason)?;
    row.closed_at = None;
    let why = decided(ctx, ReasonedDecision::Reopened, reason)?;
    store(conn, ctx, "BreachReopened", row, (&record, Some(why), key))
}

fn undocumented(record: &BreachRecord) -> Vec<FieldError> {
    let lacking = record.undocumented().into_iter();
    lacking.map(|name| FieldError::new(format!("record.{name}"), "breach-undocumented")).collect()
}

/// What a record is not closed without a reason for.
fn unsaid(
    conn: &mut Conn,
    row: &Breach,
    record: &BreachRecord,
    key: &ControllerKey,
) -> Result<Option<&'static str>> {
    if row.risk == BreachRisk::High && row.informed_at.is_none() {
        return Ok(Some("persons-not-informed"));
    }
    // What was decided before reasons were kept with their decision has none (Art. 33(5)).
    let mut reasons = open_decision_reasons(key, row)?.into_iter();
    let is_declined = row.decision == BreachDecision::NotNotified;
    if is_declined && !reasons.any(|it| it.decision == ReasonedDecision::NotNotified) {
        return Ok(Some("not-told-needs-reason"));
    }
    // The record may have changed since it was told: what is late now says why (Art. 33(1)).
    let notices = breaches::notices(conn, row.id)?;
    let sent = notices.iter().map(|notice| (notice.number, notice.sent_at.utc()));
    let is_late = late_notice(row.limit_at.map(|limit| limit.utc()), sent).is_some();
    let mut is_reasoned = false;
    for notice in &notices {
        is_reasoned |= !is_blank(&open_notice(key, notice)?.late_reason);
    }
    if is_late && !is_reasoned {
        return Ok(Some("late-notice-needs-reason"));
    }
    // What the authority still asks for may follow in phases, but not never without a word (33(4)).
    let was_told = row.decision == BreachDecision::Notified;
    let lacks = was_told && !record.missing().is_empty();
    Ok(lacks.then_some("breach-lacks-elements"))
}

/// Notes that the person of a case was told of one of its breaches by letter; the first letter counts.
///
/// # Errors
/// `Invalid` when the letter names no breach of the case that is open.
pub fn informed_by_letter(
    conn: &mut Conn,
    ctx: &Ctx,
    request: RequestId,
    breach: Option<BreachId>,
) -> Result<()> {
    let mut open = breaches::of_request(conn, request)?;
    open.retain(|row| row.closed_at.is_none() && Some(row.id) == breach);
    let Some(mut row) = open.pop() else {
        return Err(Error::invalid("breach", "letter-no-breach"));
    };
    if row.informed_at.is_some() {
        return Ok(());
    }
    let found = row.version;
    row.version = found.saturating_add(1);
    row.informed_at = Some(Instant::from(ctx.now));
    if !breaches::update(conn, &row, found)? {
        return Err(Error::RunAgain);
    }
    let detail = json!({ "breach": row.id, "request": request, "version": row.version });
    let event = settings_event(ctx, Some(row.controller_id), "PersonInformed", &detail);
    Ok(events::insert(conn, &event)?)
}

//! Verbs that move a clock: pause and resume, correct the receipt.

use chrono::{DateTime, Utc};

use super::closing::ACKNOWLEDGE_TASK;
use super::intake::{acknowledgement_check, receipt_error};
use super::messages::READ_TASK;
use super::record::{Case, Target, Written, begin, load};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{jobs, tasks};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::clock;
use crate::domain::deadline::timers::question_window_ends_on;
use crate::domain::event::sent_message::SentError;
use crate::domain::event::{Event, PauseGround, SentMessage};
use crate::domain::history::question::Question;
use crate::domain::job::{Job, WATCH_ACKNOWLEDGEMENT};
use crate::domain::lifecycle::Action;
use crate::domain::request::check_receipt;
use crate::error::{Error, Result};

/// A question to the person that stops the clock.
#[derive(Clone, Debug)]
pub struct Pause {
    pub ground: PauseGround,
    pub message: SentMessage,
    /// For identity the doubt, for clarification that much data is held (recital 63), for a fee
    /// why the request is unfounded or excessive: sealed beside the event.
    pub has_statement: bool,
}

/// Stops the clock by a message that was sent.
///
/// # Errors
/// `Invalid` without a statement, or when the message was sent before the receipt, before the last
/// reply, in the future or more than seven days ago; `Transition` when the same question is open
/// already, and no reply to it was found not enough: a second round says why, and stops nothing anew
/// (law.md §1.4); or when identity is asked for what is done whoever asks.
pub fn pause(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    pause: &Pause,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Pause)?;
    if !pause.has_statement {
        let code = match pause.ground {
            PauseGround::Identity => "pause-needs-doubt",
            PauseGround::Clarification => "pause-needs-volume",
            PauseGround::Fee => "pause-needs-fee-reason",
        };
        return Err(Error::invalid("statement", code));
    }
    if pause.ground == PauseGround::Identity && !case.state.may_ask_identity() {
        return Err(Error::Transition { code: "identity-not-needed" });
    }
    pause.message.check(case.state.received_at, ctx.now).map_err(sent_error)?;
    pause.message.check_in_time(ctx.now).map_err(sent_error)?;
    if let Some(question) = case.state.questions.get(&pause.ground) {
        check_repeated(question, pause.message.sent_at)?;
    }
    let event = Event::RequestPaused {
        ground: pause.ground,
        message: pause.message.clone(),
        contestable: is_contestable(&case, pause.message.sent_at)?,
    };
    case.record(conn, ctx, event, written)?;
    Ok(case)
}

/// What is asked again is asked after the last reply, and for a reason.
fn check_repeated(question: &Question, sent_at: DateTime<Utc>) -> Result<()> {
    if question.is_open() && !question.may_repeat {
        return Err(Error::Transition { code: "already-paused" });
    }
    // A letter leaves in the instant in which a reply was judged, at the earliest.
    let judged = question.insufficient.iter().max();
    let is_before = question.is_open() && judged.is_some_and(|last| sent_at < *last);
    if is_before || question.answered_at.is_some_and(|last| sent_at <= last) {
        return Err(Error::invalid("message.sent_at", "before-last-reply"));
    }
    Ok(())
}

/// Whether the question came so late that a pause may be contested: "without undue delay" is read
/// as five working days (law.md §1.4).
fn is_contestable(case: &Case, sent_at: DateTime<Utc>) -> Result<bool> {
    let failed = |_| Error::invalid("message.sent_at", "outside-calendar");
    let calendar = clock::calendar(&case.state.rules).map_err(failed)?;
    let last = question_window_ends_on(&calendar, case.row.received_on).map_err(failed)?;
    Ok(case.state.civil(sent_at) > last)
}

/// Records what came in for an open question; when a person finds it sufficient, the clock runs
/// again from its receipt. What the person wrote was read with that.
///
/// # Errors
/// `Transition` when no such question is open; `Invalid` when it came before the question
/// that began the pause.
pub fn resume(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    reply: (PauseGround, DateTime<Utc>, bool),
    written: &Written,
) -> Result<Case> {
    let (ground, received_at, sufficient) = reply;
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Resume)?;
    let open = case.state.questions.get(&ground).filter(|question| question.is_open());
    let asked_at = open.ok_or(Error::Transition { code: "not-paused" })?.asked_at;
    if received_at > ctx.now {
        return Err(Error::invalid("received_at", "in-future"));
    }
    // The pause began with the first message; what came before a second one may be enough, too.
    if received_at < asked_at {
        return Err(Error::invalid("received_at", "before-question"));
    }
    let event = if sufficient {
        Event::RequestResumed { ground, received_at }
    } else {
        Event::ReplyInsufficient { ground, received_at }
    };
    case.record(conn, ctx, event, written)?;
    let at = Instant::from(ctx.now);
    tasks::complete_kind(conn, case.row.id, READ_TASK, None, at, &ctx.actor.name())?;
    Ok(case)
}

/// Corrects the receipt with evidence. An earlier one is recorded by whoever works the case; a later
/// one gives days to the organisation, so only a DPO may record it.
///
/// # Errors
/// `Invalid` when it lies in the future, too far back, or after something that was sent to the
/// person about the request.
pub fn correct_receipt(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    received_at: DateTime<Utc>,
    written: &Written,
) -> Result<Case> {
    let known = load(conn, &target.scope, target.id)?;
    let is_earlier = received_at <= known.state.received_at;
    let permission = if is_earlier { Permission::WorkCase } else { Permission::DecideCase };
    let mut case = begin(conn, ctx, target, permission, Action::CorrectReceipt)?;
    let zone = case.state.rules.time_zone;
    let received_at = check_receipt(received_at, ctx.now, zone, true).map_err(receipt_error)?;
    let told =
        case.state.clock_events.iter().map(|event| event.at).chain(case.state.acknowledged_at);
    if told.min().is_some_and(|first| first < received_at) {
        return Err(Error::invalid("received_at", "before-receipt"));
    }
    case.record(conn, ctx, Event::ReceiptCorrected { received_at }, written)?;
    if case.state.acknowledged_at.is_none() {
        watch_anew(conn, ctx, &case)?;
    }
    Ok(case)
}

/// The acknowledgement date has moved with the receipt, or the case was taken up again: its watch
/// begins anew, and a task that names the date before is withdrawn.
pub(super) fn watch_anew(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let (id, at) = (case.row.id, Instant::from(ctx.now));
    jobs::call_off(conn, id, &[WATCH_ACKNOWLEDGEMENT], at)?;
    tasks::complete_kind(conn, id, ACKNOWLEDGE_TASK, None, at, &ctx.actor.name())?;
    let watch = Job::WatchAcknowledgement { request: id };
    case.enqueue(conn, ctx, &watch, acknowledgement_check(&case.state, &case.dates))
}

pub(super) fn sent_error(error: SentError) -> Error {
    Error::invalid("message.sent_at", error.code)
}

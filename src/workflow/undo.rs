//! Undoing the last action on a request, by whoever did it and for a moment. What the action set off
//! has not begun: it is called off in the same transaction, or nothing is undone at all.

use super::closing::ACKNOWLEDGE_TASK;
use super::intake::acknowledgement_check;
use super::letters::sending;
use super::record::{Case, Target, Written, begin};
use super::stopping::ENDED_TASKS;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{jobs, tasks};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::job::{CLOSING, END_WORK, Job, SEND_NOTICE, WATCH_ACKNOWLEDGEMENT};
use crate::domain::lifecycle::{Action, TransitionError};
use crate::domain::undo::{LastAction, Undoable};
use crate::error::{Error, Result};
use crate::vault::CaseKey;

/// Undoes the last action. `key` opens the letter that acknowledged or closed, which is a draft again.
///
/// # Errors
/// `Transition` when the last event is none that can be undone, was somebody else's, or is too old;
/// otherwise as [`begin`].
pub fn undo_last(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    key: Option<&CaseKey>,
    written: &Written,
) -> Result<Case> {
    // What somebody could do they may undo; that the status allows it is what the undo itself asks.
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Assign)?;
    let (action, last) = case.state.undoable(&ctx.actor.name(), ctx.now)?;
    let last = last.clone();
    if action == Undoable::Closing {
        ctx.actor.permit(case.row.controller_id, Permission::DecideCase)?;
    }
    let event = Event::ActionUndone { action, of_version: last.of_version };
    case.record(conn, ctx, event, written)?;
    let (id, at) = (case.row.id, Instant::from(ctx.now));
    let done = (Instant::from(last.at), last.actor.as_str());
    match action {
        Undoable::Assignment => {}
        Undoable::Acknowledgement => {
            tasks::open_again(conn, id, &[ACKNOWLEDGE_TASK], done)?;
            watch(conn, ctx, &case)?;
        }
        Undoable::Closing => {
            call_off(conn, ctx, &case, (END_WORK, action, &last))?;
            tasks::open_again(conn, id, &ENDED_TASKS, done)?;
            jobs::go_on(conn, id, CLOSING, at)?;
            watch(conn, ctx, &case)?;
        }
    }
    if let Some(letter) = last.letter {
        let key = key.ok_or(TransitionError { code: "key-destroyed" })?;
        if sending::take_back(conn, &case, letter, key)? {
            call_off(conn, ctx, &case, (SEND_NOTICE, action, &last))?;
        }
    }
    Ok(case)
}

/// Calls off what waits until the action cannot be undone any more.
fn call_off(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &Case,
    (kind, action, last): (&str, Undoable, &LastAction),
) -> Result<()> {
    let run_at = Instant::from(last.taken_until());
    if jobs::call_off_waiting(conn, (case.row.id, kind), run_at, Instant::from(ctx.now))? {
        return Ok(());
    }
    // A worker whose clock is ahead has it.
    Err(Error::Transition { code: action.too_late() })
}

/// The watch over the acknowledgement may have run in between, and found nothing to watch.
fn watch(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let id = case.row.id;
    let is_told = case.state.acknowledged_at.is_some() || !case.state.status.is_open();
    if is_told || jobs::pending(conn, id, WATCH_ACKNOWLEDGEMENT)?.is_some() {
        return Ok(());
    }
    let due_at = acknowledgement_check(&case.state, &case.dates).max(ctx.now);
    case.enqueue(conn, ctx, &Job::WatchAcknowledgement { request: id }, due_at)
}

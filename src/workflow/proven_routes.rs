//! What follows when a person proves a route in the portal, by a code or by a sign-in: one rule for
//! both (identity.md, V1).

use super::codes::{CONTACT_TASK, UNUSED_TASK};
use super::messages::READ_TASK;
use super::record::{Case, Written, begin_own};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{portal_sessions, tasks};
use crate::domain::actor::Ctx;
use crate::domain::event::{Event, PauseGround};
use crate::domain::lifecycle::Action;
use crate::error::Result;

/// Records the event that is the proof, in the visit that brought it. What is asked of people because
/// nothing was proven is done. `about` says in the task of whoever asked for proof where it came from.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn record_proof(
    conn: &mut Conn,
    ctx: &Ctx,
    session_hash: &[u8],
    (event, written): (Event, &Written),
    about: &str,
) -> Result<Case> {
    let mut case = begin_own(conn, ctx, Action::DecideIdentity)?;
    case.record(conn, ctx, event, written)?;
    portal_sessions::prove(conn, session_hash)?;
    let at = Instant::from(ctx.now);
    for kind in [UNUSED_TASK, CONTACT_TASK] {
        tasks::complete_kind(conn, case.row.id, kind, None, at, &ctx.actor.name())?;
    }
    // Whether that answers the question which stopped the clock, a person says.
    if case.state.open_pauses().contains(&PauseGround::Identity) {
        case.ask_person(conn, ctx, READ_TASK, about)?;
    }
    Ok(case)
}

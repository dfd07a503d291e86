//! That nothing is held is said of what was searched. Once another search has begun, or something has
//! come in since, it is not known any more, and is decided anew.

use super::record::{Case, Written};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::tasks;
use crate::domain::actor::{Actor, Ctx};
use crate::domain::event::Event;
use crate::domain::ids::RequestId;
use crate::domain::request::Decision;
use crate::error::Result;

/// The kind of the task that is made when a right is open again of which it was said that nothing is
/// held.
pub const DECIDE_AGAIN_TASK: &str = "decide_again";

/// Opens the rights again of which it is not known any more that nothing is held. The machine opens
/// them: whoever searches, or answers for a system, has decided nothing.
///
/// # Errors
/// When the database fails.
pub fn ask_again(conn: &mut Conn, ctx: &Ctx, case: &mut Case) -> Result<()> {
    let machine = Ctx { actor: Actor::Worker, now: ctx.now };
    for right in case.state.unfounded() {
        let event = Event::RightDecided { right, decision: Decision::Undecided, ground: None };
        case.record(conn, &machine, event, &Written::plain(&machine))?;
        case.ask_person(conn, &machine, DECIDE_AGAIN_TASK, right.name())?;
    }
    Ok(())
}

/// A right was decided or answered, by a person: they have looked.
///
/// # Errors
/// When the database fails.
pub fn decided(conn: &mut Conn, ctx: &Ctx, request: RequestId) -> Result<()> {
    let (at, by) = (Instant::from(ctx.now), ctx.actor.name());
    tasks::complete_kind(conn, request, DECIDE_AGAIN_TASK, None, at, &by)?;
    Ok(())
}

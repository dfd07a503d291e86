//! Whoever decides in other words than a letter is reminded to tell the person (GDPR Art. 12(3)-(4)).

use super::record::Case;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::tasks;
use crate::domain::actor::Ctx;
use crate::error::Result;

/// The kind of the task that a decision makes of which nothing has told the person.
pub const TELL_TASK: &str = "tell_person";

/// Something was decided: once all is, somebody tells the person what no letter and no release has.
///
/// # Errors
/// When the database fails.
pub fn decided(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    if case.state.has_untold() {
        return case.ask_person(conn, ctx, TELL_TASK, "");
    }
    told(conn, ctx, case)
}

/// Something was written to the person, or there is nothing to tell any more. What somebody has told
/// in another way, and said so, is not asked for again.
///
/// # Errors
/// When the database fails.
pub fn told(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    if !case.state.has_untold() {
        let (at, by) = (Instant::from(ctx.now), ctx.actor.name());
        tasks::complete_kind(conn, case.row.id, TELL_TASK, None, at, &by)?;
    }
    Ok(())
}

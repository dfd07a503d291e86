//! What staff know of the person, stated and taken back: then an answer needs a decision of V3.

use super::record::{Case, Target, Written, begin};
use crate::db::conn::Conn;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::circumstance::Circumstance;
use crate::domain::event::Event;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};

/// States that a circumstance holds; or, for a DPO, that it does not.
///
/// # Errors
/// `Forbidden` to take it back without the permission; `Transition` when it was said already, or never.
pub fn state_circumstance(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (circumstance, holds): (Circumstance, bool),
    written: &Written,
) -> Result<Case> {
    let permission = if holds { Permission::WorkCase } else { Permission::DecideCase };
    let mut case = begin(conn, ctx, target, permission, Action::Note)?;
    if case.state.circumstances.contains(&circumstance) == holds {
        let code = if holds { "circumstance-stated" } else { "circumstance-not-stated" };
        return Err(Error::Transition { code });
    }
    case.record(conn, ctx, Event::CircumstanceStated { circumstance, holds }, written)?;
    Ok(case)
}

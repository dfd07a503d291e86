//! What is said of an address on file holds in every case of the controller that meets the address
//! (identity.md: "unsafe" stops every notice to it). It outlives the case in which it was said.

use super::codes::CONTACT_TASK;
use super::record::{Written, load};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::contact_conditions as rows;
use crate::db::contacts::{self, ContactRow};
use crate::db::requests::Request;
use crate::db::{codes, letter_codes};
use crate::domain::actor::{Ctx, Scope};
use crate::domain::contact::Condition;
use crate::domain::event::Event;
use crate::domain::ids::ControllerId;
use crate::domain::lifecycle::Status;
use crate::error::{Error, Result};
use crate::workflow::record::Case;

/// Refuses what was looked up for a person whom somebody has corrected meanwhile.
///
/// # Errors
/// `Conflict`: the look-up begins again.
pub fn check_read(case: &Case, looked_up: &Request) -> Result<()> {
    let is_same = case.row.sealed_subject == looked_up.sealed_subject;
    if is_same { Ok(()) } else { Err(Error::Conflict { code: "stale" }) }
}

/// Takes into a case what was said of its contact in another one, when it was looked up.
///
/// # Errors
/// When the database fails.
pub fn meet(conn: &mut Conn, ctx: &Ctx, case: &mut Case, contact: &ContactRow) -> Result<()> {
    let (Some(index), None) = (&contact.address_index, case.state.contact) else {
        return Ok(());
    };
    let Some(condition) = rows::get(conn, case.row.controller_id, index)? else {
        return Ok(());
    };
    let event = Event::ContactDeclared { condition: Some(condition), elsewhere: true };
    letter_codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    look_after(conn, ctx, case, Some(condition))
}

/// An answer that waits for the person is out of their reach from now on: somebody finds another way.
fn look_after(conn: &mut Conn, ctx: &Ctx, case: &Case, condition: Option<Condition>) -> Result<()> {
    match condition {
        Some(condition) if case.state.status == Status::Answered => {
            case.ask_person(conn, ctx, CONTACT_TASK, condition.name())
        }
        _ => Ok(()),
    }
}

/// Keeps what was said of the contact of a case, once it was looked up, and takes it into the cases
/// that know this address already. Nothing where it was taken back meanwhile, or where no one
/// address is on file.
///
/// # Errors
/// When the database fails.
pub fn keep(
    conn: &mut Conn,
    ctx: &Ctx,
    scope: &Scope,
    (looked_up, contact): (&Request, &ContactRow),
) -> Result<()> {
    let mut case = load(conn, scope, contact.request_id)?;
    check_read(&case, looked_up)?;
    contacts::put(conn, contact)?;
    meet(conn, ctx, &mut case, contact)?;
    let (Some(index), Some(condition)) = (&contact.address_index, case.state.contact) else {
        return Ok(());
    };
    let place = (case.row.controller_id, index.as_slice());
    // "Unsafe" is the gravest word: no other takes its place before a person takes it back.
    let said = rows::get(conn, place.0, place.1)?;
    if said != Some(Condition::Unsafe) {
        rows::put(conn, place, condition, Instant::from(ctx.now))?;
    }
    tell(conn, ctx, place, Some(condition))
}

/// The address of a case is fit again: it is in every case.
///
/// # Errors
/// When the database fails.
pub fn take_back(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let on_file = contacts::get(conn, case.row.id)?;
    let Some(index) = on_file.and_then(|contact| contact.address_index) else {
        return Ok(());
    };
    let place = (case.row.controller_id, index.as_slice());
    rows::forget(conn, place.0, place.1)?;
    tell(conn, ctx, place, None)
}

/// Records it in the cases for which this address was looked up, where they say otherwise.
fn tell(
    conn: &mut Conn,
    ctx: &Ctx,
    (controller, index): (ControllerId, &[u8]),
    condition: Option<Condition>,
) -> Result<()> {
    let scope = Scope::of_job(controller);
    for request in contacts::of_address(conn, controller, index)? {
        let mut case = load(conn, &scope, request)?;
        // What was said in that very case stands, unless the address is fit again; what the person says
        // there of it stands until somebody takes it back there: their page says so.
        let is_told = case.state.contact.is_some() == condition.is_some();
        let is_own = condition.is_none() && case.state.says_unsafe;
        if is_told || is_own || case.state.key_destroyed {
            continue;
        }
        let event = Event::ContactDeclared { condition, elsewhere: true };
        codes::spoil(conn, request)?;
        letter_codes::replace(conn, request, Instant::from(ctx.now))?;
        case.record(conn, ctx, event, &Written::plain(ctx))?;
        look_after(conn, ctx, &case, condition)?;
    }
    Ok(())
}

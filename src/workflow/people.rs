//! Whose the rows are that a search has found: compared once it has ended, and anew after each change
//! of what it holds.

use super::collection::PENDING;
use super::record::{Case, Written, job_row};
use super::sources::SearchScope;
use crate::db::conn::Conn;
use crate::db::requests::Request;
use crate::db::{events, jobs, searches};
use crate::domain::actor::Ctx;
use crate::domain::event::Event;
use crate::domain::identity::Level;
use crate::domain::ids::SearchId;
use crate::domain::job::Job;
use crate::domain::lifecycle::Status;
use crate::domain::right::Right;
use crate::error::{Error, Result};

/// The kind of the task that rows make which may be of several people.
pub const SEVERAL_TASK: &str = "several_people";

/// Has the rows of a search compared, once no system of it is waited for that a machine reads.
///
/// # Errors
/// When the database fails.
pub fn compare_when_done(conn: &mut Conn, ctx: &Ctx, search: SearchId) -> Result<()> {
    let search = searches::by_id(conn, search)?.ok_or(Error::NotFound)?;
    let systems = searches::systems(conn, search.id)?;
    let is_pending = systems.iter().any(|system| system.outcome == PENDING);
    if is_pending || search.scope != SearchScope::Full.name() {
        return Ok(());
    }
    let place = Some((search.controller_id, search.request_id));
    let job = Job::ComparePeople { search: search.id };
    Ok(jobs::insert(conn, &job_row(ctx, &job, place, ctx.now)?)?)
}

/// Records what a comparison came to, of rows that were read at a version of the case. Of a case that
/// has ended without an answer nobody asks it any more.
///
/// # Errors
/// When the database fails.
pub fn compared(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    search: SearchId,
    (read_at_version, several_people): (i64, bool),
) -> Result<()> {
    if !case.state.status.is_open() && case.state.status != Status::Answered {
        return Ok(());
    }
    let event = Event::PeopleCompared { search, read_at_version, several_people };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    if case.state.several_people {
        case.ask_person(conn, ctx, SEVERAL_TASK, "")?;
    }
    Ok(())
}

/// Refuses to grant what changes data before it is known whose the rows are that were found. Access
/// and portability are granted with a package, which was compared. Who was decided on by two people
/// (V3) was so whatever was found.
///
/// # Errors
/// `Transition`.
pub fn check_compared(case: &Case, right: Right) -> Result<()> {
    let has_package = matches!(right, Right::Access | Right::Portability);
    if has_package || case.state.is_compared() || case.state.level >= Level::V3 {
        return Ok(());
    }
    Err(Error::Transition { code: "not-compared" })
}

/// Whether nothing but a comparison of what was found has come since a version: it runs by itself, a
/// moment after a search or an answer, and its outcome is asked for by whatever depends on it.
///
/// # Errors
/// When the database fails.
pub fn is_compared_since(conn: &mut Conn, row: &Request, version: i64) -> Result<bool> {
    if version > row.version {
        return Ok(false);
    }
    let history = events::of_request(conn, row.id)?;
    let mut since = history.iter().filter(|event| event.version > version);
    Ok(since.all(|event| event.kind == "PeopleCompared"))
}

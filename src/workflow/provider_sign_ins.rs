//! Signing in at the controller's own identity provider: begun in a visit to the portal, brought back
//! to that very visit, and good for one answer (identity.md, V1).

use super::codes::own_row;
use super::proven_routes::record_proof;
use super::record::{Written, begin_own};
use crate::db::conn::Conn;
use crate::db::portal_sessions;
use crate::domain::actor::Ctx;
use crate::domain::event::Event;
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::domain::provider_sign_in::Unmatched;
use crate::error::{Error, Result};

/// The kind of the task for a sign-in that settled nothing; its detail says why, and no value.
pub const SIGN_IN_TASK: &str = "check_sign_in";

/// Begins a sign-in in a visit; one that was begun before counts no more.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn begin(conn: &mut Conn, ctx: &Ctx, session_hash: &[u8], sealed: &[u8]) -> Result<()> {
    own_row(conn, ctx)?;
    Ok(portal_sessions::begin_sign_in(conn, session_hash, sealed)?)
}

/// Takes what was begun, so that its answer counts once.
///
/// # Errors
/// `Conflict` when another call was faster.
pub fn take(conn: &mut Conn, session_hash: &[u8], sealed: &[u8]) -> Result<()> {
    if portal_sessions::take_sign_in(conn, session_hash, sealed)? {
        return Ok(());
    }
    Err(Error::Conflict { code: "stale" })
}

/// Refuses a judgement on a person whom somebody has corrected while the provider was asked.
///
/// # Errors
/// `Conflict`: the person signs in again.
pub fn check_read(conn: &mut Conn, ctx: &Ctx, read: Option<&[u8]>) -> Result<()> {
    let is_same = own_row(conn, ctx)?.sealed_subject.as_deref() == read;
    if is_same { Ok(()) } else { Err(Error::Conflict { code: "stale" }) }
}

/// The person signed in and is who the request names: a route. What is on file is looked up
/// afterwards, by a worker: whether it was changed lately or declared unfit counts as for a code.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn confirm(
    conn: &mut Conn,
    ctx: &Ctx,
    session_hash: &[u8],
    (issuer, identifier): (&str, &str),
    written: &Written,
) -> Result<()> {
    let (issuer, identifier) = (issuer.to_owned(), identifier.to_owned());
    let event = Event::ProviderSignInConfirmed { issuer, identifier };
    let proof = (event, written);
    let case = record_proof(conn, ctx, session_hash, proof, "provider_sign_in")?;
    case.enqueue(conn, ctx, &Job::NoteCondition { request: case.row.id }, ctx.now)
}

/// The person signed in, and that settles nothing: a person decides. Said once; only what is graver is
/// said again.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn leave_open(conn: &mut Conn, ctx: &Ctx, issuer: &str, why: Unmatched) -> Result<()> {
    let mut case = begin_own(conn, ctx, Action::DecideIdentity)?;
    if case.state.unmatched >= Some(why) {
        return Ok(());
    }
    let event = Event::ProviderSignInUnmatched { issuer: issuer.to_owned(), why };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    case.ask_person(conn, ctx, SIGN_IN_TASK, why.name())
}

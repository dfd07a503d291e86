//! The code of the telephone. An agent reads it out to whoever calls, which proves nothing; the person
//! opens the case with it; and when staff call the number on file and hear it, that is a route (V1):
//! whoever called first can be reached there (identity.md).

use chrono::{DateTime, Utc};

use super::identity::{IdentityDecision, decided};
use super::record::{Case, Target, Written, begin};
use crate::db::call_codes::{self, CallCodeRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::requests::Request;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::call_code::LIFETIME;
use crate::domain::event::Event;
use crate::domain::identity::{Level, Method};
use crate::domain::ids::RequestId;
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::code::CallCode;

/// What is kept of a new code.
#[must_use]
pub fn row(ctx: &Ctx, vault: &Vault, request: &Request, code: &CallCode) -> CallCodeRow {
    CallCodeRow {
        request_id: request.id,
        controller_id: request.controller_id,
        code_hash: code.hash(vault, request.id.uuid()).to_vec(),
        guesses: 0,
        made_at: Instant::from(ctx.now),
        expires_at: Instant::from(ctx.now + LIFETIME),
    }
}

/// Makes a new code for a case; the one before counts no more.
///
/// # Errors
/// As [`begin`].
pub fn make(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (vault, code): (&Vault, &CallCode),
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let row = row(ctx, vault, &case.row, code);
    call_codes::put(conn, &row)?;
    let job = Job::ExpireCodes { request: case.row.id };
    case.enqueue(conn, ctx, &job, row.expires_at.utc())?;
    case.record(conn, ctx, Event::CallCodeMade, written)?;
    Ok(case)
}

/// Compares what was typed or heard with the code of a case. Who is right begins to count anew; five
/// wrong ones in a row end the code.
///
/// # Errors
/// When the database fails.
pub fn is_right(
    conn: &mut Conn,
    vault: &Vault,
    request: RequestId,
    typed: &CallCode,
    now: DateTime<Utc>,
) -> Result<bool> {
    // Counted before anything is looked at, also where there is no such case.
    let counted = call_codes::count_guess(conn, request)?;
    let stored = call_codes::get(conn, request)?;
    let Some(stored) = stored.filter(|_| counted) else {
        return Ok(false);
    };
    if now >= stored.expires_at.utc() {
        // Gone, so that a clock which is set back does not bring it back.
        call_codes::forget(conn, request)?;
        return Ok(false);
    }
    let is_right = typed.matches(vault, request.uuid(), &stored.code_hash);
    if is_right {
        call_codes::uncount(conn, request)?;
    }
    Ok(is_right)
}

/// What calling the number on file came to.
#[derive(Debug)]
pub enum Heard {
    /// The case, with identity at V1.
    Right(Box<Case>),
    /// Another code; no error, as the guess must be counted.
    Wrong,
}

/// Staff called the number on file and heard the code: a route.
///
/// # Errors
/// As [`begin`].
pub fn call_back(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (vault, heard): (&Vault, &CallCode),
    written: &Written,
) -> Result<Heard> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::DecideIdentity)?;
    if case.state.level > Level::V1 {
        return Err(Error::Transition { code: "level-reached" });
    }
    if !is_right(conn, vault, target.id, heard, ctx.now)? {
        return Ok(Heard::Wrong);
    }
    let decision = IdentityDecision {
        level: Some(Level::V1),
        methods: vec![Method::CallBack],
        has_doubt: false,
        has_reason: false,
    };
    case.state.proved.insert(Method::CallBack);
    let case = decided(conn, ctx, case, &decision, written)?;
    call_codes::forget(conn, target.id)?;
    // What was said of the contact on file elsewhere counts here too.
    case.enqueue(conn, ctx, &Job::NoteCondition { request: target.id }, ctx.now)?;
    Ok(Heard::Right(Box::new(case)))
}

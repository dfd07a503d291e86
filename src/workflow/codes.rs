//! The code by which a person proves to read what goes to the contact on file: asked for in the
//! portal, sent by the engine room, typed back in the session that asked (identity.md).

use chrono::Duration;

use super::proven_routes::record_proof;
use super::record::{Case, Written, job_row, load};
use super::{contact_conditions, mails};
use crate::db::codes::{self, CodeRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::contacts::{self, ContactRow};
use crate::db::jobs;
use crate::db::requests::{self, Request};
use crate::domain::actor::{Actor, Ctx, Scope};
use crate::domain::code::{
    CodeState, LIFETIME, MOST_GUESSES, NotSent, UNUSED, cool_down, until_another,
};
use crate::domain::event::Event;
use crate::domain::ids::CodeId;
use crate::domain::job::Job;
use crate::domain::lifecycle::{self, Action};
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::code::Code;

/// The kind of the task for a contact that no code can be sent to.
pub const CONTACT_TASK: &str = "find_contact";

/// The kind of the task for a code that was not used.
pub const UNUSED_TASK: &str = "code_unused";

/// How long codes that were sent are counted.
const COUNTED: Duration = Duration::days(1);

/// The case of the person as its row has it. Its history is not read: how long that is, and so how
/// long reading takes, is nothing that somebody outside should measure.
///
/// # Errors
/// `Forbidden` for anybody but a person in the portal; `Transition` when identity is no matter any
/// more.
pub(super) fn own_row(conn: &mut Conn, ctx: &Ctx) -> Result<Request> {
    let Actor::Subject(own) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    let row = requests::get(conn, &own.scope(), own.request)?;
    if row.wrapped_key.is_none() {
        return Err(Error::Transition { code: "key-destroyed" });
    }
    lifecycle::next(row.status, Action::DecideIdentity)?;
    Ok(row)
}

/// Asks for a code. Nothing is looked up here: whoever asks is answered alike.
///
/// # Errors
/// `RateLimited` after three in an hour or ten in a day for this case, and for ten minutes after one
/// that was guessed wrong five times; `Transition` when identity
/// is no matter any more.
pub fn ask(conn: &mut Conn, ctx: &Ctx, session_hash: &[u8]) -> Result<()> {
    let case = own_row(conn, ctx)?;
    let newest = codes::newest(conn, case.id)?;
    let ended = newest.map(|code| (code.state, code.ended_at.map(Instant::utc)));
    if let Some(left) = ended.and_then(|(state, at)| cool_down(state, at, ctx.now)) {
        return Err(too_many(left));
    }
    let asked = codes::asked_after(conn, case.id, Instant::from(ctx.now - COUNTED))?;
    let asked: Vec<_> = asked.iter().map(|at| at.utc()).collect();
    if let Some(left) = until_another(&asked, ctx.now) {
        return Err(too_many(left));
    }
    codes::replace(conn, case.id, Instant::from(ctx.now))?;
    let row = CodeRow {
        id: ctx.new_id(),
        controller_id: case.controller_id,
        request_id: case.id,
        session_hash: session_hash.to_vec(),
        state: CodeState::Asked,
        code_hash: None,
        guesses: 0,
        asked_at: Instant::from(ctx.now),
        expires_at: None,
        ended_at: None,
    };
    codes::insert(conn, &row)?;
    let of = Some((case.controller_id, case.id));
    Ok(jobs::insert(conn, &job_row(ctx, &Job::SendCode { code: row.id }, of, ctx.now)?)?)
}

/// The refusal of one more, with how long it takes until one may be had.
pub(super) fn too_many(left: Duration) -> Error {
    let seconds = left.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    Error::RateLimited { retry_after_s: seconds }
}

/// A code on its way to the contact on file: everything that was prepared before the transaction.
pub struct Sending<'a> {
    pub id: CodeId,
    pub contact: &'a ContactRow,
    /// The request as it was when the contact was looked up.
    pub looked_up: &'a Request,
    /// What is kept of the code; of one that nobody is sent, what is kept of another.
    pub code_hash: [u8; 32],
    /// The event, with the last characters of the address sealed beside, or with none.
    pub written: Written,
    /// Nothing when there is no one address.
    pub letter: Option<Letter<'a>>,
}

/// The mail with the code.
pub struct Letter<'a> {
    /// The keyed hash of the address, over all controllers.
    pub address_index: [u8; 32],
    pub mail: &'a mails::Prepared,
}

/// Records what the look-up came to, and sends the code when there is one address that is fit and was
/// not written too often. Otherwise a person gets a task, and the portal says what it always says.
/// Either way the history grows by one event and the code by the same columns: pages that read them
/// take as long for somebody on file as for nobody.
///
/// # Errors
/// When the database fails.
pub fn send(conn: &mut Conn, ctx: &Ctx, scope: &Scope, sending: &Sending<'_>) -> Result<()> {
    let mut case = load(conn, scope, sending.contact.request_id)?;
    contact_conditions::check_read(&case, sending.looked_up)?;
    contacts::put(conn, sending.contact)?;
    // What is on file may have been declared unfit since the code was asked for, here or elsewhere.
    contact_conditions::meet(conn, ctx, &mut case, sending.contact)?;
    let why = why_not(conn, ctx, &case, sending)?;
    let state = if why.is_none() { CodeState::Sent } else { CodeState::Unsent };
    let expires_at = Instant::from(ctx.now + LIFETIME);
    if !codes::settle(conn, sending.id, state, &sending.code_hash, expires_at)? {
        return Ok(());
    }
    let request = case.row.id;
    case.enqueue(conn, ctx, &Job::ExpireCodes { request }, expires_at.utc())?;
    let (None, Some(letter)) = (why, &sending.letter) else {
        let why = why.unwrap_or_else(|| sending.contact.outcome.into());
        case.record(conn, ctx, Event::CodeNotSent { why }, &sending.written)?;
        return case.ask_person(conn, ctx, CONTACT_TASK, why.name());
    };
    codes::note_sending(conn, sending.id, &letter.address_index, Instant::from(ctx.now))?;
    mails::enqueue(conn, letter.mail)?;
    let on_file = Some(sending.contact.outcome);
    case.record(conn, ctx, Event::CodeSent { on_file }, &sending.written)?;
    case.enqueue(conn, ctx, &Job::WatchCode { code: sending.id }, ctx.now + UNUSED)
}

/// Why a code is not sent; nothing when it is.
fn why_not(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &Case,
    sending: &Sending<'_>,
) -> Result<Option<NotSent>> {
    if let Some(unfit) = case.state.contact {
        return Ok(Some(unfit.into()));
    }
    let Some(letter) = &sending.letter else {
        return Ok(Some(sending.contact.outcome.into()));
    };
    let since = Instant::from(ctx.now - COUNTED);
    let earlier = codes::sendings(conn, &letter.address_index, since)?;
    let earlier: Vec<_> = earlier.iter().map(|at| at.utc()).collect();
    Ok(until_another(&earlier, ctx.now).map(|_| NotSent::TooMany))
}

/// Whether a guess was right. A wrong one is no error: it must be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Wrong, too late, too often, or never sent: told alike.
    Wrong,
}

/// Compares what was typed with the code that this very session asked for.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn confirm(
    conn: &mut Conn,
    ctx: &Ctx,
    vault: &Vault,
    session_hash: &[u8],
    typed: &Code,
) -> Result<Verdict> {
    let row = own_row(conn, ctx)?;
    let newest = codes::newest(conn, row.id)?;
    let Some(code) = newest.filter(|code| code.session_hash.as_slice() == session_hash) else {
        return Ok(Verdict::Wrong);
    };
    // From here on a code that was sent and one that was not go the same way, with the same writes:
    // time must not tell whether anybody is on file.
    let at = Instant::from(ctx.now);
    let expires_at = code.expires_at.map_or(code.asked_at.utc() + LIFETIME, Instant::utc);
    if ctx.now >= expires_at {
        // Marked, so that a clock which is set back does not bring it back.
        codes::end(conn, code.id, CodeState::Expired, at)?;
        return Ok(Verdict::Wrong);
    }
    if !codes::count_guess(conn, code.id)? {
        return Ok(Verdict::Wrong);
    }
    let is_right = typed.is(vault, code.id.uuid(), code.code_hash.as_deref());
    let Some(end) = code.state.guessed(is_right, code.guesses, MOST_GUESSES) else {
        return Ok(Verdict::Wrong);
    };
    if !codes::end(conn, code.id, end, at)? || end != CodeState::Used {
        return Ok(Verdict::Wrong);
    }
    // Whoever was sent the code is on file, and knows it.
    let proof = (Event::CodeConfirmed, &Written::plain(ctx));
    record_proof(conn, ctx, session_hash, proof, "code_confirmed")?;
    Ok(Verdict::Right)
}

/// Five days after a code was sent: makes a task when nobody has used it or a later one.
///
/// # Errors
/// When the database fails.
pub fn watch(conn: &mut Conn, ctx: &Ctx, scope: &Scope, id: CodeId) -> Result<()> {
    let Some(code) = codes::get(conn, id)? else {
        return Ok(());
    };
    let case = load(conn, scope, code.request_id)?;
    let newest = codes::newest(conn, code.request_id)?;
    let is_newest = newest.is_some_and(|newest| newest.id == id);
    codes::end(conn, id, CodeState::Expired, Instant::from(ctx.now))?;
    let is_open = case.state.check(Action::DecideIdentity).is_ok();
    if is_newest && code.state != CodeState::Used && is_open {
        case.ask_person(conn, ctx, UNUSED_TASK, "")?;
    }
    Ok(())
}

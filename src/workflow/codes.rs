//! The code by which a person proves to read what goes to the contact on file: asked for in the
//! portal, sent by the engine room, typed back in the session that asked (identity.md).

use chrono::Duration;

use super::mails;
use super::messages::READ_TASK;
use super::record::{Written, begin_own, load};
use crate::db::codes::{self, CodeRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::contacts::{self, ContactRow};
use crate::db::{portal_sessions, tasks};
use crate::domain::actor::{Ctx, Scope};
use crate::domain::code::{CodeState, LIFETIME, MOST_GUESSES, UNUSED, may_have_another};
use crate::domain::contact::Condition;
use crate::domain::event::{Event, PauseGround};
use crate::domain::ids::CodeId;
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::code::Code;

/// The kind of the task for a contact that no code can be sent to.
pub const CONTACT_TASK: &str = "find_contact";

/// The kind of the task for a code that was not used.
pub const UNUSED_TASK: &str = "code_unused";

/// How long codes that were sent are counted.
const COUNTED: Duration = Duration::days(1);

/// Asks for a code. Nothing is looked up here: whoever asks is answered alike.
///
/// # Errors
/// `RateLimited` after three in an hour or ten in a day for this case; `Transition` when identity
/// is no matter any more.
pub fn ask(conn: &mut Conn, ctx: &Ctx, session_hash: &[u8]) -> Result<()> {
    let case = begin_own(conn, ctx, Action::DecideIdentity)?;
    let earlier = codes::of_request(conn, case.row.id)?;
    let asked: Vec<_> = earlier.iter().map(|code| code.asked_at.utc()).collect();
    if !may_have_another(&asked, ctx.now) {
        return Err(Error::RateLimited { retry_after_s: 3600 });
    }
    codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    let row = CodeRow {
        id: ctx.new_id(),
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        session_hash: session_hash.to_vec(),
        state: CodeState::Asked,
        code_hash: None,
        guesses: 0,
        asked_at: Instant::from(ctx.now),
        expires_at: None,
        ended_at: None,
    };
    codes::insert(conn, &row)?;
    case.enqueue(conn, ctx, &Job::SendCode { code: row.id }, ctx.now)
}

/// A code on its way to the contact on file: everything that was prepared before the transaction.
pub struct Sending<'a> {
    pub id: CodeId,
    pub contact: &'a ContactRow,
    /// What is kept of the code, the keyed hash of the address, and the mail; nothing when there is
    /// no one address.
    pub letter: Option<Letter<'a>>,
}

/// The mail with the code.
pub struct Letter<'a> {
    pub code_hash: [u8; 32],
    pub address_index: [u8; 32],
    pub mail: &'a mails::Prepared,
    /// The event, with the last characters of the address sealed beside.
    pub written: Written,
}

/// Records what the look-up came to, and sends the code when there is one address that was not
/// written too often. Otherwise a person gets a task, and the portal says what it always says.
///
/// # Errors
/// When the database fails.
pub fn send(conn: &mut Conn, ctx: &Ctx, scope: &Scope, sending: &Sending<'_>) -> Result<()> {
    let at = Instant::from(ctx.now);
    let mut case = load(conn, scope, sending.contact.request_id)?;
    contacts::put(conn, sending.contact)?;
    // What is on file may have been declared unfit since the code was asked for.
    let unfit = case.state.contact;
    let Some(letter) = sending.letter.as_ref().filter(|_| unfit.is_none()) else {
        codes::end(conn, sending.id, CodeState::Unsent, at)?;
        let why = unfit.map_or(sending.contact.outcome.name(), Condition::name);
        return case.ask_person(conn, ctx, CONTACT_TASK, why);
    };
    let since = Instant::from(ctx.now - COUNTED);
    let earlier = codes::sendings(conn, &letter.address_index, since)?;
    let earlier: Vec<_> = earlier.iter().map(|at| at.utc()).collect();
    if !may_have_another(&earlier, ctx.now) {
        codes::end(conn, sending.id, CodeState::Unsent, at)?;
        return Ok(());
    }
    let expires_at = Instant::from(ctx.now + LIFETIME);
    if !codes::set_sent(conn, sending.id, &letter.code_hash, expires_at)? {
        return Ok(());
    }
    codes::note_sending(conn, sending.id, &letter.address_index, at)?;
    mails::enqueue(conn, letter.mail)?;
    case.record(conn, ctx, Event::CodeSent, &letter.written)?;
    case.enqueue(conn, ctx, &Job::WatchCode { code: sending.id }, ctx.now + UNUSED)
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
    let mut case = begin_own(conn, ctx, Action::DecideIdentity)?;
    let newest = codes::of_request(conn, case.row.id)?.into_iter().next();
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
    let nothing = [0; 32];
    let stored = code.code_hash.as_deref().unwrap_or(&nothing);
    let is_right = typed.matches(vault, code.id.uuid(), stored);
    if !is_right || code.state != CodeState::Sent {
        if code.guesses + 1 >= MOST_GUESSES {
            codes::end(conn, code.id, CodeState::Burned, at)?;
        }
        return Ok(Verdict::Wrong);
    }
    if !codes::end(conn, code.id, CodeState::Used, at)? {
        return Ok(Verdict::Wrong);
    }
    case.record(conn, ctx, Event::CodeConfirmed, &Written::plain(ctx))?;
    portal_sessions::prove(conn, session_hash)?;
    for kind in [UNUSED_TASK, CONTACT_TASK] {
        tasks::complete_kind(conn, case.row.id, kind, None, at, &ctx.actor.name())?;
    }
    // Whether that answers the question which stopped the clock, a person says.
    if case.state.open_pauses().contains(&PauseGround::Identity) {
        case.ask_person(conn, ctx, READ_TASK, "code_confirmed")?;
    }
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
    let newest = codes::of_request(conn, code.request_id)?.into_iter().next();
    let is_newest = newest.is_some_and(|newest| newest.id == id);
    codes::end(conn, id, CodeState::Expired, Instant::from(ctx.now))?;
    let is_open = case.state.check(Action::DecideIdentity).is_ok();
    if is_newest && code.state != CodeState::Used && is_open {
        case.ask_person(conn, ctx, UNUSED_TASK, "")?;
    }
    Ok(())
}

//! The code by letter: staff print it and post it to the postal address on file, and it is typed in
//! the portal within thirty days (identity.md, V1).
//!
//! It cannot be bound to the session that asked, as nobody asked in one: it counts in every visit to
//! its case, for whoever reads the letter and holds the receipt or the call code. So
//! the letter alone opens nothing, five guesses end it, a contact that is doubted or an identity that
//! failed ends it, and the letter says to whoever did not ask that it must be given to nobody. Where
//! no letter was written a guess leaves the same rows, and the field for it stands in the portal all
//! the same: neither tells whether anybody is on file (security.md, E-01).

use chrono::Duration;

use super::codes::{Verdict, own_row, too_many};
use super::proven_routes::record_proof;
use super::record::{Case, Target, Written, begin, job_row, load};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::letter_codes::{self, LetterCodeRow};
use crate::db::requests::Request;
use crate::db::{jobs, tasks};
use crate::domain::actor::{Ctx, Permission, Scope};
use crate::domain::code::{CodeState, until_another};
use crate::domain::event::Event;
use crate::domain::ids::LetterCodeId;
use crate::domain::job::Job;
use crate::domain::letter_code::{LIFETIME, MOST_GUESSES, is_same_address, normalised};
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::code::LetterCode;

/// The kind of the task for a code by letter that was not used, or was guessed at too often.
pub const LETTER_UNUSED_TASK: &str = "letter_code_unused";

/// Under which name a postal address is hashed, over all controllers.
const ADDRESS: &str = "letter code address";

/// How long codes that were printed are counted.
const COUNTED: Duration = Duration::days(1);

/// A code on its way to paper.
#[derive(Clone)]
pub struct Printing {
    pub code: LetterCode,
    /// The postal address on file, as staff found it.
    pub address: String,
    /// The one that the request gave.
    pub given: Option<String>,
}

/// Makes a code for a letter; one that was printed before counts no more.
///
/// # Errors
/// As [`begin`]; `Transition` where what is on file is unfit, unless a decision of V3 knew that;
/// `RateLimited` after three in an hour or ten in a day for this case or this address.
pub fn make(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (vault, printing): (&Vault, &Printing),
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::DecideIdentity)?;
    if !case.state.takes_code_by_letter() {
        return Err(Error::Transition { code: "contact-unfit" });
    }
    let address_index = vault.index(ADDRESS, &normalised(&printing.address)).to_vec();
    let since = Instant::from(ctx.now - COUNTED);
    let earlier = letter_codes::printed(conn, case.row.id, &address_index, since)?;
    let earlier: Vec<_> = earlier.iter().map(|at| at.utc()).collect();
    if let Some(left) = until_another(&earlier, ctx.now) {
        return Err(too_many(left));
    }
    letter_codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    let id: LetterCodeId = ctx.new_id();
    let row = LetterCodeRow {
        id,
        state: CodeState::Sent,
        code_hash: Some(printing.code.hash(vault, id.uuid()).to_vec()),
        address_index: Some(address_index),
        ..unsent(ctx, &case.row, id)
    };
    letter_codes::insert(conn, &row)?;
    let given = printing.given.as_deref();
    let as_given = given.is_some_and(|given| is_same_address(given, &printing.address));
    case.record(conn, ctx, Event::LetterCodeMade { as_given }, written)?;
    case.enqueue(conn, ctx, &Job::WatchLetterCode { code: id }, ctx.now + LIFETIME)?;
    Ok(case)
}

/// What guesses are counted at where no letter was written.
fn unsent(ctx: &Ctx, request: &Request, id: LetterCodeId) -> LetterCodeRow {
    LetterCodeRow {
        id,
        controller_id: request.controller_id,
        request_id: request.id,
        state: CodeState::Unsent,
        code_hash: None,
        guesses: 0,
        address_index: None,
        made_at: Instant::from(ctx.now),
        expires_at: Instant::from(ctx.now + LIFETIME),
        ended_at: None,
    }
}

/// Compares what was typed with the newest code that went by letter for this case.
///
/// # Errors
/// `Transition` when identity is no matter any more.
pub fn confirm(
    conn: &mut Conn,
    ctx: &Ctx,
    vault: &Vault,
    session_hash: &[u8],
    typed: &LetterCode,
) -> Result<Verdict> {
    let row = own_row(conn, ctx)?;
    let at = Instant::from(ctx.now);
    // From here on a case with a letter and one without go the same way, with the same writes.
    let code = match letter_codes::newest(conn, row.id)? {
        Some(code) => code,
        None => {
            let none = unsent(ctx, &row, ctx.new_id());
            letter_codes::insert(conn, &none)?;
            none
        }
    };
    if ctx.now >= code.expires_at.utc() {
        // Marked, so that a clock which is set back does not bring it back.
        letter_codes::end(conn, code.id, CodeState::Expired, at)?;
        return Ok(Verdict::Wrong);
    }
    if !letter_codes::count_guess(conn, code.id)? {
        return Ok(Verdict::Wrong);
    }
    let is_right = typed.is(vault, code.id.uuid(), code.code_hash.as_deref());
    let Some(end) = code.state.guessed(is_right, code.guesses, MOST_GUESSES) else {
        return Ok(Verdict::Wrong);
    };
    let has_ended = letter_codes::end(conn, code.id, end, at)?;
    if end == CodeState::Burned {
        // Nobody waits thirty days to learn that the letter is worth nothing any more.
        let job = Job::WatchLetterCode { code: code.id };
        let of = Some((row.controller_id, row.id));
        jobs::insert(conn, &job_row(ctx, &job, of, ctx.now)?)?;
    }
    if end != CodeState::Used || !has_ended {
        return Ok(Verdict::Wrong);
    }
    let proof = (Event::LetterCodeConfirmed, &Written::plain(ctx));
    let case = record_proof(conn, ctx, session_hash, proof, "code_confirmed")?;
    // What was said of the contact on file counts as for a code by mail.
    case.enqueue(conn, ctx, &Job::NoteCondition { request: row.id }, ctx.now)?;
    tasks::complete_kind(conn, row.id, LETTER_UNUSED_TASK, None, at, &ctx.actor.name())?;
    Ok(Verdict::Right)
}

/// Thirty days after a code was printed, or once it was guessed at too often: makes a task when
/// nobody has used it or a later one.
///
/// # Errors
/// When the database fails.
pub fn watch(conn: &mut Conn, ctx: &Ctx, scope: &Scope, id: LetterCodeId) -> Result<()> {
    if let Some(code) = letter_codes::get(conn, id)? {
        letter_codes::end_over(conn, code.request_id, Instant::from(ctx.now))?;
    }
    let Some(code) = letter_codes::get(conn, id)? else {
        return Ok(());
    };
    let case = load(conn, scope, code.request_id)?;
    let newest = letter_codes::newest(conn, code.request_id)?;
    let is_newest = newest.is_some_and(|newest| newest.id == id);
    let is_unused = match code.state {
        CodeState::Expired => true,
        // Told when it happened, and not once more when its days are over.
        CodeState::Burned => ctx.now < code.expires_at.utc(),
        _ => false,
    };
    let is_open = case.state.check(Action::DecideIdentity).is_ok();
    if code.code_hash.is_some() && is_newest && is_unused && is_open {
        case.ask_person(conn, ctx, LETTER_UNUSED_TASK, "")?;
    }
    Ok(())
}

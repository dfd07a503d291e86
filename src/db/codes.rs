//! Codes of the portal, and how often an address was written one.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{code_sendings, codes};
use crate::domain::code::{CodeState, MOST_GUESSES};
use crate::domain::ids::{CodeId, ControllerId, RequestId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = codes, treat_none_as_default_value = false)]
pub struct CodeRow {
    pub id: CodeId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    /// Of the session of the portal that asked.
    pub session_hash: Vec<u8>,
    pub state: CodeState,
    pub code_hash: Option<Vec<u8>>,
    pub guesses: i32,
    pub asked_at: Instant,
    pub expires_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

/// Stores a code that was asked for.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &CodeRow) -> QueryResult<()> {
    diesel::insert_into(codes::table).values(row).execute(conn).map(drop)
}

/// One code.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: CodeId) -> QueryResult<Option<CodeRow>> {
    codes::table.find(id).select(CodeRow::as_select()).get_result(conn).optional()
}

/// The newest code of a case.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, request: RequestId) -> QueryResult<Option<CodeRow>> {
    codes::table
        .filter(codes::request_id.eq(request))
        .order((codes::asked_at.desc(), codes::id.desc()))
        .select(CodeRow::as_select())
        .first(conn)
        .optional()
}

/// When codes of a case were asked for after an instant.
///
/// # Errors
/// When the database fails.
pub fn asked_after(
    conn: &mut Conn,
    request: RequestId,
    after: Instant,
) -> QueryResult<Vec<Instant>> {
    codes::table
        .filter(codes::request_id.eq(request))
        .filter(codes::asked_at.gt(after))
        .select(codes::asked_at)
        .load(conn)
}

/// Ends the codes of a case that could still be guessed at: a newer one takes their place. One that
/// was never sent too, so that the same is written whether or not anybody is on file.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, request: RequestId, at: Instant) -> QueryResult<()> {
    let open =
        codes::table.filter(codes::request_id.eq(request)).filter(codes::state.eq_any(COUNTED));
    diesel::update(open)
        .set((codes::state.eq(CodeState::Replaced), codes::ended_at.eq(Some(at))))
        .execute(conn)
        .map(drop)
}

/// Takes what was sent back, so that no guess is right any more. Nothing else changes: somebody on
/// file sees the same page as before, and as somebody who is not.
///
/// # Errors
/// When the database fails.
pub fn spoil(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    let sent =
        codes::table.filter(codes::request_id.eq(request)).filter(codes::state.eq(CodeState::Sent));
    diesel::update(sent).set(codes::state.eq(CodeState::Unsent)).execute(conn).map(drop)
}

/// Marks a code as sent, or as not sent; false when it is not waited for any more. Either way there
/// is something to compare a guess with, until the same instant.
///
/// # Errors
/// When the database fails.
pub fn settle(
    conn: &mut Conn,
    id: CodeId,
    state: CodeState,
    code_hash: &[u8],
    expires_at: Instant,
) -> QueryResult<bool> {
    let asked = codes::table.filter(codes::id.eq(id)).filter(codes::state.eq(CodeState::Asked));
    diesel::update(asked)
        .set((
            codes::state.eq(state),
            codes::code_hash.eq(Some(code_hash)),
            codes::expires_at.eq(Some(expires_at)),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// The states in which a guess is counted: also where no code was ever sent, so that nobody can tell
/// by the time that counting takes.
const COUNTED: [CodeState; 3] = [CodeState::Asked, CodeState::Sent, CodeState::Unsent];

/// Counts one guess, before anything is compared; false when there are none left. Of any number of
/// calls at once, no more than [`MOST_GUESSES`] are told yes.
///
/// # Errors
/// When the database fails.
pub fn count_guess(conn: &mut Conn, id: CodeId) -> QueryResult<bool> {
    let open = codes::table
        .filter(codes::id.eq(id))
        .filter(codes::state.eq_any(COUNTED))
        .filter(codes::guesses.lt(MOST_GUESSES));
    diesel::update(open)
        .set(codes::guesses.eq(codes::guesses + 1))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Ends a code that is still open; false when it has ended before.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: CodeId, state: CodeState, at: Instant) -> QueryResult<bool> {
    let open = codes::table.filter(codes::id.eq(id)).filter(codes::state.eq_any(COUNTED));
    diesel::update(open)
        .set((codes::state.eq(state), codes::ended_at.eq(Some(at))))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Ends the codes of a request whose minutes are over.
///
/// # Errors
/// When the database fails.
pub fn end_over(conn: &mut Conn, request: RequestId, now: Instant) -> QueryResult<()> {
    let over = codes::table
        .filter(codes::request_id.eq(request))
        .filter(codes::state.eq_any(COUNTED))
        .filter(codes::expires_at.le(Some(now)));
    diesel::update(over)
        .set((codes::state.eq(CodeState::Expired), codes::ended_at.eq(Some(now))))
        .execute(conn)
        .map(drop)
}

/// Notes that an address is written a code.
///
/// # Errors
/// When the database fails.
pub fn note_sending(
    conn: &mut Conn,
    id: CodeId,
    address_index: &[u8],
    at: Instant,
) -> QueryResult<()> {
    diesel::insert_into(code_sendings::table)
        .values((
            code_sendings::code_id.eq(id),
            code_sendings::address_index.eq(address_index),
            code_sendings::sent_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// When an address was written codes since an instant, whatever the controller.
///
/// # Errors
/// When the database fails.
pub fn sendings(
    conn: &mut Conn,
    address_index: &[u8],
    since: Instant,
) -> QueryResult<Vec<Instant>> {
    code_sendings::table
        .filter(code_sendings::address_index.eq(address_index))
        .filter(code_sendings::sent_at.gt(since))
        .select(code_sendings::sent_at)
        .load(conn)
}

/// Forgets which addresses the codes of a request went to: what is left of them is a count.
///
/// # Errors
/// When the database fails.
pub fn forget_sendings(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    let mine = codes::table.filter(codes::request_id.eq(request)).select(codes::id);
    diesel::delete(code_sendings::table.filter(code_sendings::code_id.eq_any(mine)))
        .execute(conn)
        .map(drop)
}

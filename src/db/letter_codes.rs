//! Codes that went by letter, and the guesses at them.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::letter_codes;
use crate::domain::code::CodeState;
use crate::domain::ids::{ControllerId, LetterCodeId, RequestId};
use crate::domain::letter_code::MOST_GUESSES;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = letter_codes, treat_none_as_default_value = false)]
pub struct LetterCodeRow {
    pub id: LetterCodeId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    /// `Unsent` where no letter was written and somebody guessed all the same.
    pub state: CodeState,
    pub code_hash: Option<Vec<u8>>,
    pub guesses: i32,
    /// The keyed hash of the postal address, over all controllers.
    pub address_index: Option<Vec<u8>>,
    pub made_at: Instant,
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
}

/// Stores a code.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &LetterCodeRow) -> QueryResult<()> {
    diesel::insert_into(letter_codes::table).values(row).execute(conn).map(drop)
}

/// One code.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: LetterCodeId) -> QueryResult<Option<LetterCodeRow>> {
    letter_codes::table.find(id).select(LetterCodeRow::as_select()).get_result(conn).optional()
}

/// The newest code of a case.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, request: RequestId) -> QueryResult<Option<LetterCodeRow>> {
    letter_codes::table
        .filter(letter_codes::request_id.eq(request))
        .order((letter_codes::made_at.desc(), letter_codes::id.desc()))
        .select(LetterCodeRow::as_select())
        .first(conn)
        .optional()
}

/// When codes were printed for a case or for an address since an instant, whatever the controller.
///
/// # Errors
/// When the database fails.
pub fn printed(
    conn: &mut Conn,
    request: RequestId,
    address_index: &[u8],
    since: Instant,
) -> QueryResult<Vec<Instant>> {
    let of_case = letter_codes::table
        .filter(letter_codes::request_id.eq(request))
        .filter(letter_codes::code_hash.is_not_null())
        .filter(letter_codes::made_at.gt(since))
        .select((letter_codes::id, letter_codes::made_at));
    let mut found: Vec<(LetterCodeId, Instant)> = of_case.load(conn)?;
    let to_address = letter_codes::table
        .filter(letter_codes::address_index.eq(address_index))
        .filter(letter_codes::made_at.gt(since))
        .select((letter_codes::id, letter_codes::made_at));
    found.extend(to_address.load::<(LetterCodeId, Instant)>(conn)?);
    found.sort_unstable_by_key(|(id, _)| *id);
    found.dedup_by_key(|(id, _)| *id);
    Ok(found.into_iter().map(|(_, at)| at).collect())
}

/// The states in which a guess is counted: also where no letter was ever written, so that nobody can
/// tell by the time that counting takes.
const COUNTED: [CodeState; 2] = [CodeState::Sent, CodeState::Unsent];

/// Ends the codes of a case that could still be guessed at: a newer one takes their place, or what
/// they would prove is doubted.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, request: RequestId, at: Instant) -> QueryResult<()> {
    let open = letter_codes::table
        .filter(letter_codes::request_id.eq(request))
        .filter(letter_codes::state.eq_any(COUNTED));
    diesel::update(open)
        .set((letter_codes::state.eq(CodeState::Replaced), letter_codes::ended_at.eq(Some(at))))
        .execute(conn)
        .map(drop)
}

/// Counts one guess, before anything is compared; false when there are none left. Of any number of
/// calls at once, no more than [`MOST_GUESSES`] are told yes.
///
/// # Errors
/// When the database fails.
pub fn count_guess(conn: &mut Conn, id: LetterCodeId) -> QueryResult<bool> {
    let open = letter_codes::table
        .filter(letter_codes::id.eq(id))
        .filter(letter_codes::state.eq_any(COUNTED))
        .filter(letter_codes::guesses.lt(MOST_GUESSES));
    diesel::update(open)
        .set(letter_codes::guesses.eq(letter_codes::guesses + 1))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Ends a code that is still open; false when it has ended before.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: LetterCodeId, state: CodeState, at: Instant) -> QueryResult<bool> {
    let open = letter_codes::table
        .filter(letter_codes::id.eq(id))
        .filter(letter_codes::state.eq_any(COUNTED));
    diesel::update(open)
        .set((letter_codes::state.eq(state), letter_codes::ended_at.eq(Some(at))))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Forgets which addresses the codes of a request went to.
///
/// # Errors
/// When the database fails.
pub fn forget_addresses(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(letter_codes::table.filter(letter_codes::request_id.eq(request)))
        .set(letter_codes::address_index.eq(None::<Vec<u8>>))
        .execute(conn)
        .map(drop)
}

/// Ends the codes of a request whose days are over.
///
/// # Errors
/// When the database fails.
pub fn end_over(conn: &mut Conn, request: RequestId, now: Instant) -> QueryResult<()> {
    let over = letter_codes::table
        .filter(letter_codes::request_id.eq(request))
        .filter(letter_codes::state.eq_any(COUNTED))
        .filter(letter_codes::expires_at.le(now));
    diesel::update(over)
        .set((letter_codes::state.eq(CodeState::Expired), letter_codes::ended_at.eq(Some(now))))
        .execute(conn)
        .map(drop)
}

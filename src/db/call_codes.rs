//! The code that was told on the telephone, one for each case.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::call_codes;
use crate::domain::call_code::MOST_GUESSES;
use crate::domain::ids::{ControllerId, RequestId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = call_codes)]
pub struct CallCodeRow {
    pub request_id: RequestId,
    pub controller_id: ControllerId,
    pub code_hash: Vec<u8>,
    pub guesses: i32,
    pub made_at: Instant,
    pub expires_at: Instant,
}

/// Stores the code of a case; one that was told before counts no more.
///
/// # Errors
/// When the database fails.
pub fn put(conn: &mut Conn, row: &CallCodeRow) -> QueryResult<()> {
    forget(conn, row.request_id)?;
    diesel::insert_into(call_codes::table).values(row).execute(conn).map(drop)
}

/// The code of a case.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, request: RequestId) -> QueryResult<Option<CallCodeRow>> {
    call_codes::table.find(request).select(CallCodeRow::as_select()).get_result(conn).optional()
}

/// Counts one guess, before anything is compared; false when there are none left, or there is no
/// code. Of any number of calls at once, no more than [`MOST_GUESSES`] are told yes.
///
/// # Errors
/// When the database fails.
pub fn count_guess(conn: &mut Conn, request: RequestId) -> QueryResult<bool> {
    let open = call_codes::table
        .filter(call_codes::request_id.eq(request))
        .filter(call_codes::guesses.lt(MOST_GUESSES));
    diesel::update(open)
        .set(call_codes::guesses.eq(call_codes::guesses + 1))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Takes back the guess of who knew the code.
///
/// # Errors
/// When the database fails.
pub fn uncount(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(call_codes::table.find(request))
        .set(call_codes::guesses.eq(0))
        .execute(conn)
        .map(drop)
}

/// Makes sure that no clock which is set back brings an expired code back.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::delete(call_codes::table.find(request)).execute(conn).map(drop)
}

/// Forgets the code of a case once it is over.
///
/// # Errors
/// When the database fails.
pub fn forget_over(conn: &mut Conn, request: RequestId, now: Instant) -> QueryResult<()> {
    let over = call_codes::table.find(request).filter(call_codes::expires_at.le(now));
    diesel::delete(over).execute(conn).map(drop)
}

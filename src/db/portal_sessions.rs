//! Sessions of the portal: each opens one case. Only the hash of its token is kept.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::portal_sessions;
use crate::domain::ids::{ControllerId, RequestId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = portal_sessions, treat_none_as_default_value = false)]
pub struct PortalSession {
    pub token_hash: Vec<u8>,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub csrf_token: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
    /// False after a call code, which a voice on the telephone was read: until a code that was sent
    /// to the contact on file is typed, such a visit sees status and messages alone.
    pub is_proved: bool,
    /// A sign-in at the identity provider that was begun, under the key of the case.
    pub sealed_sign_in: Option<Vec<u8>>,
}

/// Stores a new session.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &PortalSession) -> QueryResult<()> {
    diesel::insert_into(portal_sessions::table).values(row).execute(conn).map(drop)
}

/// The session of a token.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<Option<PortalSession>> {
    portal_sessions::table
        .find(token_hash)
        .select(PortalSession::as_select())
        .get_result(conn)
        .optional()
}

/// Notes that a session was used.
///
/// # Errors
/// When the database fails.
pub fn touch(conn: &mut Conn, token_hash: &[u8], seen_at: Instant) -> QueryResult<()> {
    diesel::update(portal_sessions::table.find(token_hash))
        .set(portal_sessions::seen_at.eq(seen_at))
        .execute(conn)
        .map(drop)
}

/// Notes that a session has proved more than a call code does.
///
/// # Errors
/// When the database fails.
pub fn prove(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<()> {
    diesel::update(portal_sessions::table.find(token_hash))
        .set(portal_sessions::is_proved.eq(true))
        .execute(conn)
        .map(drop)
}

/// Notes that a sign-in at the identity provider was begun, in the place of one before.
///
/// # Errors
/// When the database fails.
pub fn begin_sign_in(conn: &mut Conn, token_hash: &[u8], sealed: &[u8]) -> QueryResult<()> {
    diesel::update(portal_sessions::table.find(token_hash))
        .set(portal_sessions::sealed_sign_in.eq(Some(sealed)))
        .execute(conn)
        .map(drop)
}

/// Takes exactly this sign-in out of a session; false when it stands there no more. Of any number of
/// calls at once, one is told yes.
///
/// # Errors
/// When the database fails.
pub fn take_sign_in(conn: &mut Conn, token_hash: &[u8], sealed: &[u8]) -> QueryResult<bool> {
    let begun =
        portal_sessions::table.find(token_hash).filter(portal_sessions::sealed_sign_in.eq(sealed));
    diesel::update(begun)
        .set(portal_sessions::sealed_sign_in.eq(None::<Vec<u8>>))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<()> {
    diesel::delete(portal_sessions::table.find(token_hash)).execute(conn).map(drop)
}

/// Ends every session of a case.
///
/// # Errors
/// When the database fails.
pub fn delete_of_request(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    let mine = portal_sessions::table.filter(portal_sessions::request_id.eq(request));
    diesel::delete(mine).execute(conn).map(drop)
}

/// Forgets sessions that are over: too old, or idle for too long.
///
/// # Errors
/// When the database fails.
pub fn delete_over(conn: &mut Conn, now: Instant, seen_before: Instant) -> QueryResult<usize> {
    let over = portal_sessions::expires_at.le(now).or(portal_sessions::seen_at.lt(seen_before));
    diesel::delete(portal_sessions::table.filter(over)).execute(conn)
}

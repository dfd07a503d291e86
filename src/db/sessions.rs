//! Sessions of browsers and keys of programs. Only hashes of their secrets are kept.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{api_keys, sessions};
use crate::domain::ids::{ApiKeyId, UserId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub user_id: UserId,
    pub csrf_token: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    pub expires_at: Instant,
    /// When its person last gave the password.
    pub proved_at: Instant,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub user_id: UserId,
    pub key_hash: Vec<u8>,
    pub label: String,
    pub created_at: Instant,
    pub used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

/// Stores a new session.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Session) -> QueryResult<()> {
    diesel::insert_into(sessions::table).values(row).execute(conn).map(drop)
}

/// The session of a token.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<Option<Session>> {
    sessions::table.find(token_hash).select(Session::as_select()).get_result(conn).optional()
}

/// Notes that a session was used.
///
/// # Errors
/// When the database fails.
pub fn touch(conn: &mut Conn, token_hash: &[u8], seen_at: Instant) -> QueryResult<()> {
    diesel::update(sessions::table.find(token_hash))
        .set(sessions::seen_at.eq(seen_at))
        .execute(conn)
        .map(drop)
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, token_hash: &[u8]) -> QueryResult<()> {
    diesel::delete(sessions::table.find(token_hash)).execute(conn).map(drop)
}

/// Forgets sessions that are over: too old, or idle for too long.
///
/// # Errors
/// When the database fails.
pub fn delete_over(conn: &mut Conn, now: Instant, seen_before: Instant) -> QueryResult<usize> {
    let over = sessions::expires_at.le(now).or(sessions::seen_at.lt(seen_before));
    diesel::delete(sessions::table.filter(over)).execute(conn)
}

/// Ends every session of a user, but for one that may stay.
///
/// # Errors
/// When the database fails.
pub fn delete_of_user(conn: &mut Conn, user: UserId, but: Option<&[u8]>) -> QueryResult<()> {
    let all = sessions::table.filter(sessions::user_id.eq(user));
    match but {
        Some(but) => diesel::delete(all.filter(sessions::token_hash.ne(but))).execute(conn),
        None => diesel::delete(all).execute(conn),
    }
    .map(drop)
}

/// Stores a new key.
///
/// # Errors
/// When the database fails.
pub fn insert_api_key(conn: &mut Conn, row: &ApiKey) -> QueryResult<()> {
    diesel::insert_into(api_keys::table).values(row).execute(conn).map(drop)
}

/// The key with this hash, unless it is revoked.
///
/// # Errors
/// When the database fails.
pub fn api_key(conn: &mut Conn, key_hash: &[u8]) -> QueryResult<Option<ApiKey>> {
    api_keys::table
        .filter(api_keys::key_hash.eq(key_hash))
        .filter(api_keys::revoked_at.is_null())
        .select(ApiKey::as_select())
        .get_result(conn)
        .optional()
}

/// Whether a key of a user is not revoked.
///
/// # Errors
/// When the database fails.
pub fn is_valid_api_key(conn: &mut Conn, user: UserId, id: ApiKeyId) -> QueryResult<bool> {
    let valid = api_keys::table
        .find(id)
        .filter(api_keys::user_id.eq(user))
        .filter(api_keys::revoked_at.is_null());
    let valid: i64 = valid.count().get_result(conn)?;
    Ok(valid == 1)
}

/// The keys of a user, newest first.
///
/// # Errors
/// When the database fails.
pub fn api_keys(conn: &mut Conn, user: UserId) -> QueryResult<Vec<ApiKey>> {
    api_keys::table
        .filter(api_keys::user_id.eq(user))
        .order(api_keys::id.desc())
        .select(ApiKey::as_select())
        .load(conn)
}

/// Notes that a key was used.
///
/// # Errors
/// When the database fails.
pub fn touch_api_key(conn: &mut Conn, id: ApiKeyId, used_at: Instant) -> QueryResult<()> {
    diesel::update(api_keys::table.find(id))
        .set(api_keys::used_at.eq(used_at))
        .execute(conn)
        .map(drop)
}

/// Revokes a key of a user.
///
/// # Errors
/// When the database fails.
pub fn revoke_api_key(
    conn: &mut Conn,
    user: UserId,
    id: ApiKeyId,
    at: Instant,
) -> QueryResult<bool> {
    let mine = api_keys::table
        .filter(api_keys::id.eq(id))
        .filter(api_keys::user_id.eq(user))
        .filter(api_keys::revoked_at.is_null());
    diesel::update(mine)
        .set(api_keys::revoked_at.eq(Some(at)))
        .execute(conn)
        .map(|changed| changed == 1)
}

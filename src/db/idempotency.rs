//! Idempotency keys: the answer to a key is stored with the change that it acknowledges.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::idempotency_keys;
use crate::domain::ids::UserId;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = idempotency_keys)]
pub struct IdempotencyKey {
    pub user_id: UserId,
    pub key_hash: Vec<u8>,
    pub body_hash: Vec<u8>,
    pub status: i32,
    /// The answer's body, which holds a receipt secret.
    pub sealed_answer: Vec<u8>,
    pub created_at: Instant,
}

/// What was answered to this key.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, user: UserId, key: &[u8]) -> QueryResult<Option<IdempotencyKey>> {
    idempotency_keys::table
        .find((user, key))
        .select(IdempotencyKey::as_select())
        .get_result(conn)
        .optional()
}

/// Keeps an answer.
///
/// # Errors
/// When the key is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &IdempotencyKey) -> QueryResult<()> {
    diesel::insert_into(idempotency_keys::table).values(row).execute(conn).map(drop)
}

/// Forgets keys older than `before`.
///
/// # Errors
/// When the database fails.
pub fn delete_before(conn: &mut Conn, before: Instant) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before)))
        .execute(conn)
}

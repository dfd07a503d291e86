//! Keys of programs. A key has the rights of its user, nothing more, and is shown once.

use serde_json::json;

use super::text;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::db::sessions::{self, ApiKey};
use crate::domain::actor::Ctx;
use crate::domain::ids::{ApiKeyId, UserId};
use crate::error::{Error, Result};
use crate::vault::secret::Token;
use crate::workflow::record::settings_event;

/// How many keys of one user may be valid at a time.
pub const MOST_KEYS: usize = 20;

/// A key ready to be stored, with the secret to hand over.
pub struct PreparedKey {
    pub row: ApiKey,
    /// Shown once: only its hash is kept.
    pub secret: Token,
}

/// Prepares a key.
///
/// # Errors
/// `Invalid` when the label is empty, too long or has control characters.
pub fn prepare(ctx: &Ctx, user: UserId, label: String) -> Result<PreparedKey> {
    if let Some(error) = text::line("label", &label, 100) {
        return Err(Error::Invalid(vec![error]));
    }
    let secret = Token::random();
    let row = ApiKey {
        id: ctx.new_id(),
        user_id: user,
        key_hash: secret.hash().bytes().to_vec(),
        label,
        created_at: Instant::from(ctx.now),
        used_at: None,
        revoked_at: None,
    };
    Ok(PreparedKey { row, secret })
}

/// Stores a prepared key.
///
/// # Errors
/// `Conflict` when the user has as many valid keys as allowed.
pub fn create(conn: &mut Conn, ctx: &Ctx, row: &ApiKey) -> Result<()> {
    let keys = sessions::api_keys(conn, row.user_id)?;
    let valid = keys.iter().filter(|key| key.revoked_at.is_none()).count();
    if valid >= MOST_KEYS {
        return Err(Error::Conflict { code: "too-many-keys" });
    }
    sessions::insert_api_key(conn, row)?;
    record(conn, ctx, "ApiKeyCreated", row.user_id, row.id)
}

/// Revokes a key of a user; it is refused from now on.
///
/// # Errors
/// `NotFound` when the user has no such valid key.
pub fn revoke(conn: &mut Conn, ctx: &Ctx, user: UserId, id: ApiKeyId) -> Result<()> {
    if !sessions::revoke_api_key(conn, user, id, Instant::from(ctx.now))? {
        return Err(Error::NotFound);
    }
    record(conn, ctx, "ApiKeyRevoked", user, id)
}

fn record(conn: &mut Conn, ctx: &Ctx, kind: &str, user: UserId, id: ApiKeyId) -> Result<()> {
    let detail = json!({ "user": user, "key": id });
    Ok(events::insert(conn, &settings_event(ctx, None, kind, &detail))?)
}

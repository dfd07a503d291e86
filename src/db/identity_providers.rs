//! The identity provider of each controller: who we are there, sealed, and how its last test ended.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::identity_providers;
use crate::domain::ids::ControllerId;

#[derive(Queryable, Insertable, Selectable, AsChangeset, Clone, Debug)]
#[diesel(
    table_name = identity_providers,
    treat_none_as_default_value = false,
    treat_none_as_null = true
)]
pub struct IdentityProvider {
    pub controller_id: ControllerId,
    pub sealed_settings: Vec<u8>,
    /// What the provider says of itself, as JSON; nothing before a test succeeded.
    pub discovered: Option<String>,
    /// `testing`, `ok` or `failed`.
    pub test_state: String,
    /// The code of a failure.
    pub test_detail: Option<String>,
    pub tested_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// The provider of a controller.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, controller: ControllerId) -> QueryResult<Option<IdentityProvider>> {
    identity_providers::table
        .find(controller)
        .select(IdentityProvider::as_select())
        .get_result(conn)
        .optional()
}

/// Stores the first provider of a controller.
///
/// # Errors
/// When there is one, or the database fails.
pub fn insert(conn: &mut Conn, row: &IdentityProvider) -> QueryResult<()> {
    diesel::insert_into(identity_providers::table).values(row).execute(conn).map(drop)
}

/// Stores another one in its place.
///
/// # Errors
/// When the database fails.
pub fn replace(conn: &mut Conn, row: &IdentityProvider) -> QueryResult<()> {
    diesel::update(identity_providers::table.find(row.controller_id))
        .set(row)
        .execute(conn)
        .map(drop)
}

/// Notes that the provider is being tried.
///
/// # Errors
/// When the database fails.
pub fn begin_test(conn: &mut Conn, controller: ControllerId, at: Instant) -> QueryResult<()> {
    diesel::update(identity_providers::table.find(controller))
        .set((
            identity_providers::test_state.eq("testing"),
            identity_providers::test_detail.eq(None::<String>),
            identity_providers::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records how a test went, if the settings are still those that were tried. With a code of failure
/// nothing is known of the provider any more.
///
/// # Errors
/// When the database fails.
pub fn end_test(
    conn: &mut Conn,
    (controller, version): (ControllerId, i64),
    found: Result<&str, &str>,
    at: Instant,
) -> QueryResult<()> {
    let state = if found.is_ok() { "ok" } else { "failed" };
    let tried =
        identity_providers::table.find(controller).filter(identity_providers::version.eq(version));
    diesel::update(tried)
        .set((
            identity_providers::discovered.eq(found.ok()),
            identity_providers::test_state.eq(state),
            identity_providers::test_detail.eq(found.err()),
            identity_providers::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records that the test was given up, if it still waits for its answer.
///
/// # Errors
/// When the database fails.
pub fn give_up_test(conn: &mut Conn, controller: ControllerId, at: Instant) -> QueryResult<()> {
    let testing = identity_providers::table
        .find(controller)
        .filter(identity_providers::test_state.eq("testing"));
    diesel::update(testing)
        .set((
            identity_providers::discovered.eq(None::<String>),
            identity_providers::test_state.eq("failed"),
            identity_providers::test_detail.eq(None::<String>),
            identity_providers::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets the provider of a controller; false when there was none.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, controller: ControllerId) -> QueryResult<bool> {
    let removed = diesel::delete(identity_providers::table.find(controller)).execute(conn)?;
    Ok(removed == 1)
}

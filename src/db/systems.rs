//! Connected systems: how each is reached, sealed, and how its last test ended.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::systems;
use crate::domain::ids::{ControllerId, SystemId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = systems, treat_none_as_default_value = false)]
pub struct System {
    pub id: SystemId,
    pub controller_id: ControllerId,
    /// As the data map names it.
    pub name: String,
    pub connector: String,
    pub sealed_connection: Vec<u8>,
    /// `untested`, `testing`, `ok` or `failed`.
    pub test_state: String,
    /// The code of a failure.
    pub test_detail: Option<String>,
    pub tested_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// The systems of a controller, by name.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, controller: ControllerId) -> QueryResult<Vec<System>> {
    systems::table
        .filter(systems::controller_id.eq(controller))
        .order(systems::name)
        .select(System::as_select())
        .load(conn)
}

/// One system by its name.
///
/// # Errors
/// When the database fails.
pub fn by_name(
    conn: &mut Conn,
    controller: ControllerId,
    name: &str,
) -> QueryResult<Option<System>> {
    systems::table
        .filter(systems::controller_id.eq(controller))
        .filter(systems::name.eq(name))
        .select(System::as_select())
        .get_result(conn)
        .optional()
}

/// One system by its id: for the job that tests it.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: SystemId) -> QueryResult<Option<System>> {
    systems::table.find(id).select(System::as_select()).get_result(conn).optional()
}

/// Stores a new system.
///
/// # Errors
/// When the name is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &System) -> QueryResult<()> {
    diesel::insert_into(systems::table).values(row).execute(conn).map(drop)
}

/// Stores another connection, untested.
///
/// # Errors
/// When the database fails.
pub fn reconnect(
    conn: &mut Conn,
    id: SystemId,
    connector: &str,
    sealed_connection: &[u8],
) -> QueryResult<()> {
    diesel::update(systems::table.find(id))
        .set((
            systems::connector.eq(connector),
            systems::sealed_connection.eq(sealed_connection),
            systems::test_state.eq("untested"),
            systems::test_detail.eq(None::<String>),
            systems::version.eq(systems::version + 1),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that a connection is being tried.
///
/// # Errors
/// When the database fails.
pub fn begin_test(conn: &mut Conn, id: SystemId, at: Instant) -> QueryResult<()> {
    diesel::update(systems::table.find(id))
        .set((
            systems::test_state.eq("testing"),
            systems::test_detail.eq(None::<String>),
            systems::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records how a test went, if the connection is still the one that was tried.
///
/// # Errors
/// When the database fails.
pub fn end_test(
    conn: &mut Conn,
    (id, version): (SystemId, i64),
    state: &str,
    detail: Option<&str>,
    at: Instant,
) -> QueryResult<()> {
    diesel::update(systems::table.find(id).filter(systems::version.eq(version)))
        .set((
            systems::test_state.eq(state),
            systems::test_detail.eq(detail),
            systems::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records that the test of a system was given up, if it still waits for its answer.
///
/// # Errors
/// When the database fails.
pub fn give_up_test(
    conn: &mut Conn,
    controller: ControllerId,
    only: Option<SystemId>,
    at: Instant,
) -> QueryResult<()> {
    let mut testing = diesel::update(systems::table)
        .filter(systems::controller_id.eq(controller))
        .filter(systems::test_state.eq("testing"))
        .into_boxed();
    if let Some(id) = only {
        testing = testing.filter(systems::id.eq(id));
    }
    testing
        .set((
            systems::test_state.eq("failed"),
            systems::test_detail.eq(None::<String>),
            systems::tested_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets a connection.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut Conn, id: SystemId) -> QueryResult<bool> {
    diesel::delete(systems::table.find(id)).execute(conn).map(|removed| removed == 1)
}

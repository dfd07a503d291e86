//! Comparisons of a data map with the live schemas of its systems: the last one of each version.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::live_checks;
use crate::domain::ids::{ControllerId, UserId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = live_checks, treat_none_as_default_value = false)]
pub struct LiveCheck {
    pub controller_id: ControllerId,
    pub map_version: i64,
    /// `checking`, `done` or `failed`.
    pub state: String,
    /// JSON: what differs, and what the map does not describe.
    pub sealed_findings: Option<Vec<u8>>,
    pub started_by: UserId,
    pub started_at: Instant,
    pub ended_at: Option<Instant>,
}

/// The check of a version, if there was one.
///
/// # Errors
/// When the database fails.
pub fn get(
    conn: &mut Conn,
    controller: ControllerId,
    map_version: i64,
) -> QueryResult<Option<LiveCheck>> {
    live_checks::table
        .find((controller, map_version))
        .select(LiveCheck::as_select())
        .get_result(conn)
        .optional()
}

/// Begins a check, in the place of an earlier one.
///
/// # Errors
/// When the database fails.
pub fn begin(conn: &mut Conn, row: &LiveCheck) -> QueryResult<()> {
    let earlier = live_checks::table.find((row.controller_id, row.map_version));
    diesel::delete(earlier).execute(conn)?;
    diesel::insert_into(live_checks::table).values(row).execute(conn).map(drop)
}

/// Ends a check with what it found.
///
/// # Errors
/// When the database fails.
pub fn end(
    conn: &mut Conn,
    (controller, map_version): (ControllerId, i64),
    sealed_findings: Vec<u8>,
    at: Instant,
) -> QueryResult<()> {
    diesel::update(live_checks::table.find((controller, map_version)))
        .set((
            live_checks::state.eq("done"),
            live_checks::sealed_findings.eq(Some(sealed_findings)),
            live_checks::ended_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// Ends what is under way for a controller without having found anything.
///
/// # Errors
/// When the database fails.
pub fn give_up(conn: &mut Conn, controller: ControllerId, at: Instant) -> QueryResult<()> {
    let waiting = live_checks::table
        .filter(live_checks::controller_id.eq(controller))
        .filter(live_checks::state.eq("checking"));
    diesel::update(waiting)
        .set((live_checks::state.eq("failed"), live_checks::ended_at.eq(at)))
        .execute(conn)
        .map(drop)
}

//! Data maps: every version that a controller had, sealed, since a map names people.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::data_maps;
use crate::domain::ids::{ControllerId, UserId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = data_maps)]
pub struct DataMapRow {
    pub controller_id: ControllerId,
    pub version: i64,
    /// YAML, as it was written.
    pub sealed_map: Vec<u8>,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// The newest map of a controller.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, controller: ControllerId) -> QueryResult<Option<DataMapRow>> {
    data_maps::table
        .filter(data_maps::controller_id.eq(controller))
        .order(data_maps::version.desc())
        .select(DataMapRow::as_select())
        .first(conn)
        .optional()
}

/// One version of a map.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, controller: ControllerId, version: i64) -> QueryResult<DataMapRow> {
    data_maps::table.find((controller, version)).select(DataMapRow::as_select()).get_result(conn)
}

/// Stores a new version.
///
/// # Errors
/// When the version is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &DataMapRow) -> QueryResult<()> {
    diesel::insert_into(data_maps::table).values(row).execute(conn).map(drop)
}

//! The backups that workers make by night: one row a day.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::backups;
use crate::domain::ids::BackupId;

/// Its job waits or is at work.
pub const WAITING: &str = "waiting";
/// Written and verified.
pub const DONE: &str = "done";
/// No try succeeded.
pub const FAILED: &str = "failed";

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = backups, treat_none_as_default_value = false)]
pub struct Backup {
    pub id: BackupId,
    /// The day that it is the backup of, in UTC, as 2026-11-22.
    pub day: String,
    pub state: String,
    /// Its name in the folder of backups.
    pub file: Option<String>,
    pub size_bytes: Option<i64>,
    /// Rows of all tables.
    pub row_count: Option<i64>,
    /// A code, without any path.
    pub last_error: Option<String>,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

/// Writes the backup of a day, to be made.
///
/// # Errors
/// When another worker was faster, or the database fails.
pub fn insert(conn: &mut Conn, row: &Backup) -> QueryResult<()> {
    diesel::insert_into(backups::table).values(row).execute(conn).map(drop)
}

/// The backup that a job is about.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: BackupId) -> QueryResult<Option<Backup>> {
    backups::table.find(id).select(Backup::as_select()).get_result(conn).optional()
}

/// The backup of the newest day, if there was ever one.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn) -> QueryResult<Option<Backup>> {
    backups::table.order(backups::day.desc()).select(Backup::as_select()).first(conn).optional()
}

/// The backups of the newest days, newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Backup>> {
    backups::table.order(backups::day.desc()).limit(limit).select(Backup::as_select()).load(conn)
}

/// Records that a backup stands in its file: name, bytes, rows.
///
/// # Errors
/// When the database fails.
pub fn finish(
    conn: &mut Conn,
    id: BackupId,
    (file, size_bytes, row_count): (&str, i64, i64),
    at: Instant,
) -> QueryResult<()> {
    diesel::update(backups::table.find(id))
        .set((
            backups::state.eq(DONE),
            backups::file.eq(Some(file)),
            backups::size_bytes.eq(Some(size_bytes)),
            backups::row_count.eq(Some(row_count)),
            backups::last_error.eq(None::<String>),
            backups::ended_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes why the last try failed.
///
/// # Errors
/// When the database fails.
pub fn note_error(conn: &mut Conn, id: BackupId, code: &str) -> QueryResult<()> {
    diesel::update(backups::table.find(id))
        .set(backups::last_error.eq(Some(code)))
        .execute(conn)
        .map(drop)
}

/// Records that a backup could not be made.
///
/// # Errors
/// When the database fails.
pub fn fail(conn: &mut Conn, id: BackupId, code: &str, at: Instant) -> QueryResult<()> {
    let waiting = backups::table.filter(backups::id.eq(id)).filter(backups::state.eq(WAITING));
    diesel::update(waiting)
        .set((
            backups::state.eq(FAILED),
            backups::last_error.eq(Some(code)),
            backups::ended_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

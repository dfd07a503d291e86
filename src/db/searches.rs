//! Searches over the connected systems: one row a run, one a system, one a file found.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{search_files, search_systems, searches};
use crate::domain::ids::{ControllerId, FileId, RequestId, SearchId, UserId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = searches, treat_none_as_default_value = false)]
pub struct Search {
    pub id: SearchId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    /// `full` or `contacts`.
    pub scope: String,
    pub map_version: i64,
    pub started_by: UserId,
    pub started_at: Instant,
    /// When no system is searched any more; manual systems may still wait for their person.
    pub ended_at: Option<Instant>,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = search_systems, treat_none_as_default_value = false)]
pub struct SearchSystem {
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub search_id: SearchId,
    pub system: String,
    pub connector: String,
    /// `pending`, then how the search of the system ended.
    pub outcome: String,
    /// JSON: what the outcome says more, without personal data.
    pub detail: Option<String>,
    pub row_count: i64,
    pub started_at: Option<Instant>,
    pub ended_at: Option<Instant>,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = search_files, treat_none_as_default_value = false)]
pub struct SearchFile {
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub search_id: SearchId,
    pub file_id: FileId,
    pub system: String,
    /// The table of a row file; none for an upload.
    pub source_table: Option<String>,
    pub row_count: i64,
}

/// Stores a new search with its systems.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Search, systems: &[SearchSystem]) -> QueryResult<()> {
    diesel::insert_into(searches::table).values(row).execute(conn)?;
    for system in systems {
        diesel::insert_into(search_systems::table).values(system).execute(conn)?;
    }
    Ok(())
}

/// One search of a request.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, request: RequestId, id: SearchId) -> QueryResult<Search> {
    searches::table
        .filter(searches::id.eq(id))
        .filter(searches::request_id.eq(request))
        .select(Search::as_select())
        .first(conn)
}

/// The search of a job.
///
/// # Errors
/// When the database fails.
pub fn by_id(conn: &mut Conn, id: SearchId) -> QueryResult<Option<Search>> {
    searches::table.find(id).select(Search::as_select()).first(conn).optional()
}

/// The searches of a request, newest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Search>> {
    searches::table
        .filter(searches::request_id.eq(request))
        .order((searches::started_at.desc(), searches::id.desc()))
        .select(Search::as_select())
        .load(conn)
}

/// The systems of a search, by name.
///
/// # Errors
/// When the database fails.
pub fn systems(conn: &mut Conn, id: SearchId) -> QueryResult<Vec<SearchSystem>> {
    search_systems::table
        .filter(search_systems::search_id.eq(id))
        .order(search_systems::system)
        .select(SearchSystem::as_select())
        .load(conn)
}

/// Records how the search of a system ended, or that it began.
///
/// # Errors
/// When the database fails.
pub fn set_system(conn: &mut Conn, row: &SearchSystem) -> QueryResult<()> {
    diesel::update(search_systems::table.find((row.search_id, row.system.as_str())))
        .set((
            search_systems::outcome.eq(&row.outcome),
            search_systems::detail.eq(&row.detail),
            search_systems::row_count.eq(row.row_count),
            search_systems::started_at.eq(row.started_at),
            search_systems::ended_at.eq(row.ended_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Marks a search as ended.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: SearchId, at: Instant) -> QueryResult<()> {
    diesel::update(searches::table.find(id))
        .set(searches::ended_at.eq(Some(at)))
        .execute(conn)
        .map(drop)
}

/// Takes a file out of a search.
///
/// # Errors
/// When the database fails.
pub fn remove_file(conn: &mut Conn, id: SearchId, file: FileId) -> QueryResult<()> {
    diesel::delete(search_files::table.find((id, file))).execute(conn).map(drop)
}

/// The files of a search, in the order in which they were found.
///
/// # Errors
/// When the database fails.
pub fn files(conn: &mut Conn, id: SearchId) -> QueryResult<Vec<SearchFile>> {
    search_files::table
        .filter(search_files::search_id.eq(id))
        .order(search_files::file_id)
        .select(SearchFile::as_select())
        .load(conn)
}

/// Records a file of a search.
///
/// # Errors
/// When the database fails.
pub fn add_file(conn: &mut Conn, row: &SearchFile) -> QueryResult<()> {
    diesel::insert_into(search_files::table).values(row).execute(conn).map(drop)
}

/// Forgets which files a search found.
///
/// # Errors
/// When the database fails.
pub fn forget_files(conn: &mut Conn, id: SearchId) -> QueryResult<()> {
    diesel::delete(search_files::table.filter(search_files::search_id.eq(id)))
        .execute(conn)
        .map(drop)
}

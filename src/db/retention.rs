//! How long controllers keep what, and the cases and packages whose time has come.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::keyset::{After, next_page};
use super::requests::Request;
use super::schema::{files, packages, requests, retention_settings};
use crate::db::files::REMOVED;
use crate::db::packages::Package;
use crate::domain::ids::{ControllerId, PackageId, RequestId, UserId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = retention_settings, treat_none_as_default_value = false)]
pub struct RetentionRow {
    pub controller_id: ControllerId,
    pub version: i64,
    pub case_months: i32,
    pub working_copy_days: i32,
    pub package_days: i32,
    /// Why so long.
    pub justification: String,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// The newest settings of a controller; nothing while the defaults hold.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &mut Conn, controller: ControllerId) -> QueryResult<Option<RetentionRow>> {
    retention_settings::table
        .filter(retention_settings::controller_id.eq(controller))
        .order(retention_settings::version.desc())
        .select(RetentionRow::as_select())
        .first(conn)
        .optional()
}

/// Every version of the settings of a controller, in order.
///
/// # Errors
/// When the database fails.
pub fn versions(conn: &mut Conn, controller: ControllerId) -> QueryResult<Vec<RetentionRow>> {
    retention_settings::table
        .filter(retention_settings::controller_id.eq(controller))
        .order(retention_settings::version)
        .select(RetentionRow::as_select())
        .load(conn)
}

/// Stores a new version.
///
/// # Errors
/// When the version is taken, or the database fails.
pub fn insert(conn: &mut Conn, row: &RetentionRow) -> QueryResult<()> {
    diesel::insert_into(retention_settings::table).values(row).execute(conn).map(drop)
}

/// The cases of a controller that ended by an instant and still have their key, the earliest first.
///
/// # Errors
/// When the database fails.
pub fn ended_by(
    conn: &mut Conn,
    controller: ControllerId,
    by: Instant,
    after: After<RequestId>,
    limit: i64,
) -> QueryResult<Vec<Request>> {
    let query = requests::table
        .filter(requests::controller_id.eq(controller))
        .filter(requests::ended_at.le(by))
        .filter(requests::wrapped_key.is_not_null())
        .into_boxed();
    next_page!(query, requests::ended_at, requests::id, after, limit)
        .select(Request::as_select())
        .load(conn)
}

/// Of those, the cases that still have files which no released package is.
///
/// # Errors
/// When the database fails.
pub fn with_working_copies(
    conn: &mut Conn,
    controller: ControllerId,
    by: Instant,
    after: After<RequestId>,
    limit: i64,
) -> QueryResult<Vec<Request>> {
    let released = packages::table
        .filter(packages::file_id.eq(files::id.nullable()))
        .filter(packages::state.eq("released"));
    let copies = files::table
        .filter(files::request_id.eq(requests::id))
        .filter(files::purpose.ne(REMOVED))
        .filter(files::purpose.eq_any(["rows", "links", "upload", "package"]))
        .filter(diesel::dsl::not(exists(released)));
    let query = requests::table
        .filter(requests::controller_id.eq(controller))
        .filter(requests::ended_at.le(by))
        .filter(requests::wrapped_key.is_not_null())
        .filter(exists(copies))
        .into_boxed();
    next_page!(query, requests::ended_at, requests::id, after, limit)
        .select(Request::as_select())
        .load(conn)
}

/// The packages of a controller that were released by an instant and can still be fetched, with
/// their cases, the earliest first.
///
/// # Errors
/// When the database fails.
pub fn released_by(
    conn: &mut Conn,
    controller: ControllerId,
    by: Instant,
    after: After<PackageId>,
    limit: i64,
) -> QueryResult<Vec<(Package, Request)>> {
    let query = packages::table
        .inner_join(requests::table.on(requests::id.eq(packages::request_id)))
        .filter(packages::controller_id.eq(controller))
        .filter(packages::state.eq("released"))
        .filter(packages::file_id.is_not_null())
        .filter(packages::released_at.le(by))
        .filter(requests::wrapped_key.is_not_null())
        .into_boxed();
    next_page!(query, packages::released_at, packages::id, after, limit)
        .select((Package::as_select(), Request::as_select()))
        .load(conn)
}

//! Packages: the answers to access and portability, each one sealed ZIP.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::packages;
use crate::domain::ids::{ControllerId, FileId, PackageId, RequestId, SearchId, UserId};
use crate::domain::right::Right;
use crate::domain::withholding::{PaperDelivery, Retirement};
use crate::language::Language;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = packages, treat_none_as_default_value = false)]
pub struct Package {
    pub id: PackageId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub search_id: SearchId,
    pub exercised: Right,
    pub language: Language,
    /// `building`, `ready`, `released` or `failed`; or why there is none any more: `revoked`,
    /// `expired`, `superseded`, `ended`.
    pub state: String,
    /// Whether every system was searched to its end.
    pub complete: bool,
    /// Why an incomplete answer is given all the same.
    pub sealed_reason: Option<Vec<u8>>,
    pub file_id: Option<FileId>,
    /// JSON: file names, sizes and digests.
    pub manifest: Option<String>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub built_at: Option<Instant>,
    pub released_by: Option<UserId>,
    pub released_at: Option<Instant>,
    /// Whether it was released with data that the map calls special.
    pub special: bool,
    /// How it reached the person on paper.
    pub delivery: Option<PaperDelivery>,
    pub delivered_at: Option<Instant>,
}

/// Stores a new package, to be built.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Package) -> QueryResult<()> {
    diesel::insert_into(packages::table).values(row).execute(conn).map(drop)
}

/// Forgets what the packages of a request say of their content.
///
/// # Errors
/// When the database fails.
pub fn forget_manifests(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(packages::table.filter(packages::request_id.eq(request)))
        .set(packages::manifest.eq(None::<String>))
        .execute(conn)
        .map(drop)
}

/// One package of a request.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, request: RequestId, id: PackageId) -> QueryResult<Package> {
    packages::table
        .filter(packages::id.eq(id))
        .filter(packages::request_id.eq(request))
        .select(Package::as_select())
        .get_result(conn)
}

/// The package of a job.
///
/// # Errors
/// When the database fails.
pub fn by_id(conn: &mut Conn, id: PackageId) -> QueryResult<Option<Package>> {
    packages::table.find(id).select(Package::as_select()).get_result(conn).optional()
}

/// The packages of a request, newest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Package>> {
    packages::table
        .filter(packages::request_id.eq(request))
        .order((packages::created_at.desc(), packages::id.desc()))
        .select(Package::as_select())
        .load(conn)
}

/// Records that a package stands ready.
///
/// # Errors
/// When the database fails.
pub fn set_built(
    conn: &mut Conn,
    id: PackageId,
    file: FileId,
    manifest: &str,
    complete: bool,
    at: Instant,
) -> QueryResult<()> {
    diesel::update(packages::table.find(id))
        .set((
            packages::state.eq("ready"),
            packages::file_id.eq(Some(file)),
            packages::manifest.eq(Some(manifest)),
            packages::complete.eq(complete),
            packages::built_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records that a package could not be built; one that stands already is left as it is.
///
/// # Errors
/// When the database fails.
pub fn set_failed(conn: &mut Conn, id: PackageId) -> QueryResult<()> {
    let building = packages::table.filter(packages::id.eq(id)).filter(unbuilt());
    diesel::update(building).set(packages::state.eq("failed")).execute(conn).map(drop)
}

/// Records of every package of a request that is still being built that it will not be.
///
/// # Errors
/// When the database fails.
pub fn fail_unbuilt(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    let building = packages::table.filter(packages::request_id.eq(request)).filter(unbuilt());
    diesel::update(building).set(packages::state.eq("failed")).execute(conn).map(drop)
}

/// Takes back every package of a request: none has a file any more. Of one that was released, it
/// stays known when and by whom.
///
/// # Errors
/// When the database fails.
pub fn take_back(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(packages::table.filter(packages::request_id.eq(request)))
        .set((
            packages::state.eq("failed"),
            packages::file_id.eq(None::<FileId>),
            packages::manifest.eq(None::<String>),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets the file of one package: one that was released stays so, another counts as failed.
///
/// # Errors
/// When the database fails.
pub fn forget_file(conn: &mut Conn, row: &Package) -> QueryResult<()> {
    let state = if row.state == "released" { "released" } else { "failed" };
    diesel::update(packages::table.find(row.id))
        .set((
            packages::state.eq(state),
            packages::file_id.eq(None::<FileId>),
            packages::manifest.eq(None::<String>),
        ))
        .execute(conn)
        .map(drop)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn unbuilt() -> _ {
    packages::state.eq("building")
}

/// Records the release of a package, and whether it holds special data.
///
/// # Errors
/// When the database fails.
pub fn set_released(
    conn: &mut Conn,
    id: PackageId,
    (by, at): (UserId, Instant),
    special: bool,
) -> QueryResult<()> {
    diesel::update(packages::table.find(id))
        .set((
            packages::state.eq("released"),
            packages::released_by.eq(Some(by)),
            packages::released_at.eq(Some(at)),
            packages::special.eq(special),
        ))
        .execute(conn)
        .map(drop)
}

/// Has a package built again: its file is no more.
///
/// # Errors
/// When the database fails.
pub fn set_building(conn: &mut Conn, id: PackageId) -> QueryResult<()> {
    diesel::update(packages::table.find(id))
        .set((
            packages::state.eq("building"),
            packages::file_id.eq(None::<FileId>),
            packages::manifest.eq(None::<String>),
        ))
        .execute(conn)
        .map(drop)
}

/// Records that a package is no more, and why. When and by whom it was released stays known.
///
/// # Errors
/// When the database fails.
pub fn retire(conn: &mut Conn, id: PackageId, why: Retirement) -> QueryResult<()> {
    diesel::update(packages::table.find(id))
        .set((
            packages::state.eq(why.name()),
            packages::file_id.eq(None::<FileId>),
            packages::manifest.eq(None::<String>),
        ))
        .execute(conn)
        .map(drop)
}

/// Records how a package reached the person on paper.
///
/// # Errors
/// When the database fails.
pub fn set_delivered(
    conn: &mut Conn,
    id: PackageId,
    how: PaperDelivery,
    at: Instant,
) -> QueryResult<()> {
    diesel::update(packages::table.find(id))
        .set((packages::delivery.eq(Some(how)), packages::delivered_at.eq(Some(at))))
        .execute(conn)
        .map(drop)
}

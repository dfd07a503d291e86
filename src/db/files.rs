//! Files of cases: what stands in the sealed folder, and for what.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::requests::Request;
use super::schema::files;
use crate::domain::actor::Ctx;
use crate::domain::ids::{ControllerId, FileId, RequestId};

/// The purpose of a file that the person attached to a message.
pub const ATTACHMENT: &str = "attachment";

/// The purpose of a file that staff attached to a message to the person.
pub const SENT_ATTACHMENT: &str = "sent_attachment";

/// The purpose of a file that is an identity document, under a key of its own.
pub const IDENTITY_DOCUMENT: &str = "identity_document";

/// The purpose of a file that is to be removed: its row stays until it is gone from the folder.
pub const REMOVED: &str = "removed";

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct FileRow {
    pub id: FileId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    /// `rows`, `links`, `upload`, `package`, [`ATTACHMENT`], [`IDENTITY_DOCUMENT`], or [`REMOVED`].
    pub purpose: String,
    /// The name that a person gave an upload or an attachment.
    pub sealed_name: Option<Vec<u8>>,
    pub size_bytes: i64,
    /// Of the content; empty for an identity document, and once the key of the case is destroyed.
    pub sha256: Vec<u8>,
    pub created_at: Instant,
}

impl FileRow {
    /// The row of a nameless file of a request that stands in the folder: how long its content is, in
    /// bytes, and the SHA-256 of it.
    #[must_use]
    pub fn of(
        ctx: &Ctx,
        request: &Request,
        (id, size_bytes, sha256): (FileId, u64, &[u8; 32]),
        purpose: &str,
    ) -> Self {
        Self {
            id,
            controller_id: request.controller_id,
            request_id: request.id,
            purpose: purpose.to_owned(),
            sealed_name: None,
            size_bytes: i64::try_from(size_bytes).unwrap_or(i64::MAX),
            sha256: sha256.to_vec(),
            created_at: Instant::from(ctx.now),
        }
    }
}

/// Records a file that stands in the folder.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &FileRow) -> QueryResult<()> {
    diesel::insert_into(files::table).values(row).execute(conn).map(drop)
}

/// Forgets a file that nothing refers to any more.
///
/// # Errors
/// When something does, or the database fails.
pub fn delete(conn: &mut Conn, id: FileId) -> QueryResult<()> {
    diesel::delete(files::table.find(id)).execute(conn).map(drop)
}

/// The files of a request.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<FileRow>> {
    files::table
        .filter(files::request_id.eq(request))
        .order(files::id)
        .select(FileRow::as_select())
        .load(conn)
}

/// One file.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, id: FileId) -> QueryResult<FileRow> {
    files::table.find(id).select(FileRow::as_select()).get_result(conn)
}

/// Marks files for removal.
///
/// # Errors
/// When the database fails.
pub fn mark_removed(conn: &mut Conn, ids: &[FileId]) -> QueryResult<()> {
    diesel::update(files::table.filter(files::id.eq_any(ids.to_vec())))
        .set(files::purpose.eq(REMOVED))
        .execute(conn)
        .map(drop)
}

/// Forgets the files of a request that were marked and are gone from the folder.
///
/// # Errors
/// When the database fails.
pub fn delete_removed(conn: &mut Conn, ids: &[FileId]) -> QueryResult<()> {
    let gone =
        files::table.filter(files::id.eq_any(ids.to_vec())).filter(files::purpose.eq(REMOVED));
    diesel::delete(gone).execute(conn).map(drop)
}

/// Forgets the digests of what the files of a request hold: they would prove a guess of it.
///
/// # Errors
/// When the database fails.
pub fn forget_digests(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(files::table.filter(files::request_id.eq(request)))
        .set(files::sha256.eq(Vec::<u8>::new()))
        .execute(conn)
        .map(drop)
}

/// The files that are to be removed from the folder, of every case.
///
/// # Errors
/// When the database fails.
pub fn removed(conn: &mut Conn) -> QueryResult<Vec<FileId>> {
    files::table.filter(files::purpose.eq(REMOVED)).select(files::id).load(conn)
}

/// Which of these files have a row.
///
/// # Errors
/// When the database fails.
pub fn known(conn: &mut Conn, ids: &[FileId]) -> QueryResult<Vec<FileId>> {
    files::table.filter(files::id.eq_any(ids.to_vec())).select(files::id).load(conn)
}

//! Identity documents: where one stands, until when, and how it went.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{identity_documents, requests, search_terms};
use crate::domain::identity_document::{DocumentKind, DocumentRemoval};
use crate::domain::ids::{ControllerId, FileId, RequestId};
use crate::domain::lifecycle::Status;
use crate::domain::request::Channel;

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = identity_documents, treat_none_as_default_value = false)]
pub struct IdentityDocument {
    /// That of its file in the sealed folder.
    pub id: FileId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    /// How it reached the controller; `web` is the portal.
    pub channel: Channel,
    pub kind: DocumentKind,
    pub size_bytes: i64,
    /// Absent once it is removed.
    pub wrapped_key: Option<Vec<u8>>,
    /// The keyed hash of the file; absent once the key of the case is destroyed.
    pub content_index: Option<Vec<u8>>,
    pub received_at: Instant,
    pub delete_by: Instant,
    pub removed_at: Option<Instant>,
    pub removal: Option<DocumentRemoval>,
}

/// Stores a document.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &IdentityDocument) -> QueryResult<()> {
    diesel::insert_into(identity_documents::table).values(row).execute(conn).map(drop)
}

/// One document of a case.
///
/// # Errors
/// When it is none of this case, or the database fails.
pub fn get(conn: &mut Conn, request: RequestId, id: FileId) -> QueryResult<IdentityDocument> {
    identity_documents::table
        .filter(identity_documents::id.eq(id))
        .filter(identity_documents::request_id.eq(request))
        .select(IdentityDocument::as_select())
        .get_result(conn)
}

/// The documents of a case, oldest first, also those that are gone.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<IdentityDocument>> {
    identity_documents::table
        .filter(identity_documents::request_id.eq(request))
        .order((identity_documents::received_at, identity_documents::id))
        .select(IdentityDocument::as_select())
        .load(conn)
}

/// Destroys the key of a document and says why.
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, id: FileId, at: Instant, why: DocumentRemoval) -> QueryResult<()> {
    diesel::update(identity_documents::table.find(id))
        .set((
            identity_documents::wrapped_key.eq(None::<Vec<u8>>),
            identity_documents::removed_at.eq(Some(at)),
            identity_documents::removal.eq(Some(why)),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets what the files of a case were like.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    let of_case = identity_documents::table.filter(identity_documents::request_id.eq(request));
    let (key, index) = (identity_documents::wrapped_key, identity_documents::content_index);
    let nothing = (key.eq(None::<Vec<u8>>), index.eq(None::<Vec<u8>>));
    diesel::update(of_case).set(nothing).execute(conn).map(drop)
}

/// Cases with a document whose time ends by an instant, the earliest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn over_by(
    conn: &mut Conn,
    by: Instant,
    limit: i64,
) -> QueryResult<Vec<(ControllerId, RequestId)>> {
    identity_documents::table
        .filter(identity_documents::removed_at.is_null())
        .filter(identity_documents::delete_by.le(by))
        .order((identity_documents::delete_by, identity_documents::id))
        .limit(limit)
        .select((identity_documents::controller_id, identity_documents::request_id))
        .load(conn)
}

/// A document that is kept, of a case that nobody works on any more.
#[derive(Queryable, Clone, Debug)]
pub struct OfEnded {
    pub document: FileId,
    pub controller: ControllerId,
    pub request: RequestId,
    pub received_at: Instant,
    pub status: Status,
    pub ended_at: Option<Instant>,
}

/// The documents that are still kept of cases that have ended, in the order of their ids, after one of
/// them, at most `limit`. Which of them have served is a rule of the domain.
///
/// # Errors
/// When the database fails.
pub fn of_ended(conn: &mut Conn, after: Option<FileId>, limit: i64) -> QueryResult<Vec<OfEnded>> {
    let kept = identity_documents::table
        .inner_join(requests::table.on(requests::id.eq(identity_documents::request_id)))
        .filter(identity_documents::removed_at.is_null())
        .filter(requests::ended_at.is_not_null())
        .order(identity_documents::id)
        .limit(limit)
        .select((
            identity_documents::id,
            identity_documents::controller_id,
            identity_documents::request_id,
            identity_documents::received_at,
            requests::status,
            requests::ended_at,
        ));
    match after {
        Some(after) => kept.filter(identity_documents::id.gt(after)).load(conn),
        None => kept.load(conn),
    }
}

/// The documents of a controller that are kept now and whose time ends by an instant.
///
/// # Errors
/// When the database fails.
pub fn kept_until(
    conn: &mut Conn,
    controller: ControllerId,
    by: Instant,
    limit: i64,
) -> QueryResult<Vec<IdentityDocument>> {
    identity_documents::table
        .filter(identity_documents::controller_id.eq(controller))
        .filter(identity_documents::removed_at.is_null())
        .filter(identity_documents::delete_by.le(by))
        .order((identity_documents::delete_by, identity_documents::id))
        .limit(limit)
        .select(IdentityDocument::as_select())
        .load(conn)
}

/// Other cases of a controller in which the same file was handed in, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn with_content(
    conn: &mut Conn,
    controller: ControllerId,
    content_index: &[u8],
    but: RequestId,
    limit: i64,
) -> QueryResult<Vec<RequestId>> {
    identity_documents::table
        .filter(identity_documents::controller_id.eq(controller))
        .filter(identity_documents::content_index.eq(content_index))
        .filter(identity_documents::request_id.ne(but))
        .select(identity_documents::request_id)
        .distinct()
        .order(identity_documents::request_id)
        .limit(limit)
        .load(conn)
}

/// The blind terms that the person of a case is found by, sorted.
///
/// # Errors
/// When the database fails.
pub fn terms(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Vec<u8>>> {
    search_terms::table
        .filter(search_terms::request_id.eq(request))
        .order(search_terms::term)
        .select(search_terms::term)
        .load(conn)
}

//! Who is on file for the person of a case, as it was looked up last.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::contacts;
use crate::domain::contact::OnFile;
use crate::domain::ids::{ControllerId, RequestId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
pub struct ContactRow {
    pub request_id: RequestId,
    pub controller_id: ControllerId,
    pub outcome: OnFile,
    /// As it is stored on file; under the key of the case.
    pub sealed_email: Option<Vec<u8>>,
    pub changed_at: Option<Instant>,
    pub looked_up_at: Instant,
    /// The keyed hash of the normalised address: what is said of it holds in every case of the
    /// controller.
    pub address_index: Option<Vec<u8>>,
}

/// Stores what was looked up, in place of what was before. What was seen once is not forgotten
/// because a later look-up sees less: when the contact was changed, and the address that something
/// may have been said of; all of it where a system did not answer.
///
/// # Errors
/// When the database fails.
pub fn put(conn: &mut Conn, row: &ContactRow) -> QueryResult<()> {
    let mut row = row.clone();
    if let Some(before) = get(conn, row.request_id)? {
        row.changed_at = row.changed_at.max(before.changed_at);
        row.address_index = row.address_index.or(before.address_index);
        if row.outcome == OnFile::Unanswered {
            row.outcome = before.outcome;
            row.sealed_email = before.sealed_email;
        }
    }
    forget(conn, row.request_id)?;
    diesel::insert_into(contacts::table).values(row).execute(conn).map(drop)
}

/// What was looked up for a case.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, request: RequestId) -> QueryResult<Option<ContactRow>> {
    contacts::table.find(request).select(ContactRow::as_select()).get_result(conn).optional()
}

/// The cases of a controller for which this address was looked up.
///
/// # Errors
/// When the database fails.
pub fn of_address(
    conn: &mut Conn,
    controller: ControllerId,
    address_index: &[u8],
) -> QueryResult<Vec<RequestId>> {
    contacts::table
        .filter(contacts::controller_id.eq(controller))
        .filter(contacts::address_index.eq(address_index))
        .order(contacts::request_id)
        .select(contacts::request_id)
        .load(conn)
}

/// Forgets what was looked up for a case.
///
/// # Errors
/// When the database fails.
pub fn forget(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::delete(contacts::table.find(request)).execute(conn).map(drop)
}

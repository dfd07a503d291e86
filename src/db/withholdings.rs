//! What people withhold from the answers of cases.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::withholdings;
use crate::domain::exemption::Exemption;
use crate::domain::ids::{ControllerId, RequestId, SearchId, UserId, WithholdingId};
use crate::domain::withholding::{Extent, WithholdingState};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = withholdings, treat_none_as_default_value = false)]
pub struct Withholding {
    pub id: WithholdingId,
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub system: String,
    pub source_table: String,
    /// The column of all but a whole row.
    pub column_name: Option<String>,
    pub extent: Extent,
    pub exemption: Exemption,
    pub state: WithholdingState,
    /// Which row and which passage, and why: under the key of the case.
    pub sealed_spot: Option<Vec<u8>>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub ended_by: Option<UserId>,
    pub ended_at: Option<Instant>,
    /// The search whose rows it was last applied to, and to how many of them.
    pub matched_search_id: Option<SearchId>,
    pub matched_rows: Option<i64>,
}

/// Stores a new withholding.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Withholding) -> QueryResult<()> {
    diesel::insert_into(withholdings::table).values(row).execute(conn).map(drop)
}

/// One withholding of a request.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, request: RequestId, id: WithholdingId) -> QueryResult<Withholding> {
    withholdings::table
        .filter(withholdings::id.eq(id))
        .filter(withholdings::request_id.eq(request))
        .select(Withholding::as_select())
        .get_result(conn)
}

/// The withholdings of a request, oldest first, also those that were declined or taken back.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Withholding>> {
    withholdings::table
        .filter(withholdings::request_id.eq(request))
        .order((withholdings::created_at, withholdings::id))
        .select(Withholding::as_select())
        .load(conn)
}

/// What is withheld from the answer of a request, oldest first.
///
/// # Errors
/// When the database fails.
pub fn held(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Withholding>> {
    let mut rows = of_request(conn, request)?;
    rows.retain(|row| row.state == WithholdingState::Held);
    Ok(rows)
}

/// Takes one back.
///
/// # Errors
/// When the database fails.
pub fn take_back(
    conn: &mut Conn,
    id: WithholdingId,
    by: Option<UserId>,
    at: Instant,
) -> QueryResult<()> {
    diesel::update(withholdings::table.find(id))
        .set((
            withholdings::state.eq(WithholdingState::TakenBack),
            withholdings::ended_by.eq(by),
            withholdings::ended_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records how many rows of a search one was applied to.
///
/// # Errors
/// When the database fails.
pub fn set_matched(
    conn: &mut Conn,
    id: WithholdingId,
    search: SearchId,
    rows: i64,
) -> QueryResult<()> {
    diesel::update(withholdings::table.find(id))
        .set((
            withholdings::matched_search_id.eq(Some(search)),
            withholdings::matched_rows.eq(Some(rows)),
        ))
        .execute(conn)
        .map(drop)
}

/// Forgets where the withholdings of a request stood: the key of the case is gone.
///
/// # Errors
/// When the database fails.
pub fn forget_spots(conn: &mut Conn, request: RequestId) -> QueryResult<()> {
    diesel::update(withholdings::table.filter(withholdings::request_id.eq(request)))
        .set((
            withholdings::sealed_spot.eq(None::<Vec<u8>>),
            withholdings::matched_rows.eq(None::<i64>),
        ))
        .execute(conn)
        .map(drop)
}

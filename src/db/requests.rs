//! Requests: one row a case, with its rights and the terms it is found by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::{request_rights, requests, search_terms};
use crate::domain::actor::Scope;
use crate::domain::identity::Level;
use crate::domain::ids::{ControllerId, RequestId, UserId};
use crate::domain::lifecycle::Status;
use crate::domain::request::{Channel, Decision};
use crate::domain::right::Right;
use crate::language::Language;

/// A request. The dates, the rank, the level and the status are projections of its events,
/// rewritten by every verb that moves them.
#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = requests, treat_none_as_default_value = false)]
pub struct Request {
    pub id: RequestId,
    pub controller_id: ControllerId,
    pub reference: String,
    pub status: Status,
    pub channel: Channel,
    pub language: Language,
    pub level: Level,
    pub received_at: Instant,
    pub received_on: NaiveDate,
    pub target_on: Option<NaiveDate>,
    pub legal_on: Option<NaiveDate>,
    pub conservative_on: NaiveDate,
    pub due_on: NaiveDate,
    /// 0 for what must be carried out at once, 1 otherwise.
    pub queue_rank: i32,
    pub urgent_until: Option<Instant>,
    pub paused: bool,
    pub acknowledged_at: Option<Instant>,
    pub assignee_id: Option<UserId>,
    pub ended_at: Option<Instant>,
    /// Absent once the key of the case is destroyed.
    pub wrapped_key: Option<Vec<u8>>,
    pub sealed_subject: Option<Vec<u8>>,
    pub receipt_hash: Vec<u8>,
    pub version: i64,
    pub created_at: Instant,
    /// When the sweep of alerts looks at it next.
    pub alert_at: Option<Instant>,
    /// Since when a DPO holds it back from destruction.
    pub held_at: Option<Instant>,
    /// Whether a question to the person is open: until it is answered, the person acts next.
    pub awaits_person: bool,
    /// Whether the period was extended.
    pub extended: bool,
}

/// What a verb rewrites in the row of a request.
#[derive(AsChangeset, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = requests, treat_none_as_null = true)]
pub struct Projection {
    pub status: Status,
    pub level: Level,
    pub received_at: Instant,
    pub received_on: NaiveDate,
    pub target_on: Option<NaiveDate>,
    pub legal_on: Option<NaiveDate>,
    pub conservative_on: NaiveDate,
    pub due_on: NaiveDate,
    pub queue_rank: i32,
    pub urgent_until: Option<Instant>,
    pub paused: bool,
    pub acknowledged_at: Option<Instant>,
    pub assignee_id: Option<UserId>,
    pub ended_at: Option<Instant>,
    pub held_at: Option<Instant>,
    pub awaits_person: bool,
    pub extended: bool,
    pub version: i64,
}

/// One right of a request, with its own clock and decision.
#[derive(Queryable, Insertable, Selectable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = request_rights, treat_none_as_default_value = false)]
pub struct RequestRight {
    pub controller_id: ControllerId,
    pub request_id: RequestId,
    pub exercised: Right,
    pub decision: Decision,
    pub target_on: Option<NaiveDate>,
    pub legal_on: Option<NaiveDate>,
    pub due_on: NaiveDate,
}

/// A blind term by which a request is found: an identifier or a word of a name.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = search_terms)]
pub struct SearchTerm {
    pub controller_id: ControllerId,
    pub term: Vec<u8>,
    pub request_id: RequestId,
}

/// Stores a new request with its rights and terms.
///
/// # Errors
/// When the reference is taken, or the database fails.
pub fn insert(
    conn: &mut Conn,
    row: &Request,
    rights: &[RequestRight],
    terms: &[SearchTerm],
) -> QueryResult<()> {
    diesel::insert_into(requests::table).values(row).execute(conn)?;
    for right in rights {
        diesel::insert_into(request_rights::table).values(right).execute(conn)?;
    }
    for term in terms {
        diesel::insert_into(search_terms::table).values(term).execute(conn)?;
    }
    Ok(())
}

/// One request of the scope.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, scope: &Scope, id: RequestId) -> QueryResult<Request> {
    requests::table
        .filter(requests::id.eq(id))
        .filter(requests::controller_id.eq_any(scope.controllers().to_vec()))
        .select(Request::as_select())
        .get_result(conn)
}

/// The versions of those of some requests that are in the scope.
///
/// # Errors
/// When the database fails.
pub fn versions(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[RequestId],
) -> QueryResult<BTreeMap<RequestId, i64>> {
    let found: Vec<(RequestId, i64)> = requests::table
        .filter(requests::id.eq_any(ids.to_vec()))
        .filter(requests::controller_id.eq_any(scope.controllers().to_vec()))
        .select((requests::id, requests::version))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// The request with this reference, if it is in the scope.
///
/// # Errors
/// When the database fails.
pub fn by_reference(
    conn: &mut Conn,
    scope: &Scope,
    reference: &str,
) -> QueryResult<Option<Request>> {
    requests::table
        .filter(requests::reference.eq(reference))
        .filter(requests::controller_id.eq_any(scope.controllers().to_vec()))
        .select(Request::as_select())
        .get_result(conn)
        .optional()
}

/// The reference of a request of the scope.
///
/// # Errors
/// When there is none, or the database fails.
pub fn reference(conn: &mut Conn, scope: &Scope, id: RequestId) -> QueryResult<String> {
    requests::table
        .filter(requests::id.eq(id))
        .filter(requests::controller_id.eq_any(scope.controllers().to_vec()))
        .select(requests::reference)
        .get_result(conn)
}

/// The rights of a request, in the order of the law.
///
/// # Errors
/// When the database fails.
pub fn rights(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<RequestRight>> {
    let mut rights: Vec<RequestRight> = request_rights::table
        .filter(request_rights::request_id.eq(id))
        .select(RequestRight::as_select())
        .load(conn)?;
    rights.sort_by_key(|right| right.exercised);
    Ok(rights)
}

/// The rights of many requests.
///
/// # Errors
/// When the database fails.
pub fn rights_of(conn: &mut Conn, ids: &[RequestId]) -> QueryResult<Vec<RequestRight>> {
    request_rights::table
        .filter(request_rights::request_id.eq_any(ids.to_vec()))
        .order((request_rights::request_id, request_rights::exercised))
        .select(RequestRight::as_select())
        .load(conn)
}

/// Rewrites the projection, unless somebody else changed the request first.
///
/// # Errors
/// When the database fails.
pub fn project(
    conn: &mut Conn,
    id: RequestId,
    expected_version: i64,
    projection: &Projection,
) -> QueryResult<bool> {
    let mine =
        requests::table.filter(requests::id.eq(id)).filter(requests::version.eq(expected_version));
    diesel::update(mine).set(projection).execute(conn).map(|changed| changed == 1)
}

/// Holds a request until the transaction ends, unless somebody else changed it first: who changes
/// it now finds what this transaction has made.
///
/// # Errors
/// When the database fails.
pub fn hold(conn: &mut Conn, id: RequestId, expected_version: i64) -> QueryResult<bool> {
    let mine =
        requests::table.filter(requests::id.eq(id)).filter(requests::version.eq(expected_version));
    let same = requests::version.eq(expected_version);
    diesel::update(mine).set(same).execute(conn).map(|changed| changed == 1)
}

/// Says when the sweep of alerts looks at a request next.
///
/// # Errors
/// When the database fails.
pub fn set_alert_at(conn: &mut Conn, id: RequestId, at: Option<Instant>) -> QueryResult<()> {
    diesel::update(requests::table.find(id)).set(requests::alert_at.eq(at)).execute(conn).map(drop)
}

/// The requests that the sweep of alerts has to look at, the longest due first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn alerting(
    conn: &mut Conn,
    now: Instant,
    limit: i64,
) -> QueryResult<Vec<(ControllerId, RequestId)>> {
    requests::table
        .filter(requests::alert_at.le(now))
        .order((requests::alert_at, requests::id))
        .limit(limit)
        .select((requests::controller_id, requests::id))
        .load(conn)
}

/// Rewrites the clock and the decision of one right.
///
/// # Errors
/// When the database fails.
pub fn project_right(conn: &mut Conn, right: &RequestRight) -> QueryResult<()> {
    diesel::update(request_rights::table.find((right.request_id, right.exercised)))
        .set((
            request_rights::decision.eq(right.decision),
            request_rights::target_on.eq(right.target_on),
            request_rights::legal_on.eq(right.legal_on),
            request_rights::due_on.eq(right.due_on),
        ))
        .execute(conn)
        .map(drop)
}

/// Puts another person in the place of whom a request is about, with the terms it is found by.
///
/// # Errors
/// When the database fails.
pub fn set_subject(
    conn: &mut Conn,
    id: RequestId,
    sealed_subject: &[u8],
    terms: &[SearchTerm],
) -> QueryResult<()> {
    diesel::update(requests::table.find(id))
        .set(requests::sealed_subject.eq(Some(sealed_subject)))
        .execute(conn)?;
    diesel::delete(search_terms::table.filter(search_terms::request_id.eq(id))).execute(conn)?;
    for term in terms {
        diesel::insert_into(search_terms::table).values(term).execute(conn)?;
    }
    Ok(())
}

/// Forgets the key of a request, what it sealed in the row, and the terms it is found by.
///
/// # Errors
/// When the database fails.
pub fn destroy_key(conn: &mut Conn, id: RequestId) -> QueryResult<()> {
    diesel::update(requests::table.find(id))
        .set((
            requests::wrapped_key.eq(None::<Vec<u8>>),
            requests::sealed_subject.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    diesel::delete(search_terms::table.filter(search_terms::request_id.eq(id))).execute(conn)?;
    Ok(())
}

/// The controller of a request: for the command line, which knows cases by their ids alone.
///
/// # Errors
/// When the database fails.
pub fn controller_of(conn: &mut Conn, id: RequestId) -> QueryResult<Option<ControllerId>> {
    requests::table.find(id).select(requests::controller_id).get_result(conn).optional()
}

//! The register of breaches, and what was told to the authorities.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::keyset::{After, next_page};
use super::schema::{breach_notices, breaches};
use crate::domain::breach::{BreachDecision, BreachKind, BreachRisk};
use crate::domain::ids::{BreachId, ControllerId, RequestId, UserId};

#[derive(Queryable, Insertable, Selectable, AsChangeset, Clone, Debug)]
#[diesel(table_name = breaches, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Breach {
    pub id: BreachId,
    pub controller_id: ControllerId,
    /// The case in which it happened, and the place in its history of what it was.
    pub request_id: Option<RequestId>,
    pub event_version: Option<i64>,
    pub kind: BreachKind,
    pub risk: BreachRisk,
    /// When the controller became aware of it: the clock runs from here.
    pub aware_at: Instant,
    /// Until when the authority is told; nothing where the law sets no limit.
    pub limit_at: Option<Instant>,
    pub decision: BreachDecision,
    /// When the authority was told first.
    pub notified_at: Option<Instant>,
    /// When the persons were told first.
    pub informed_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub sealed_record: Vec<u8>,
    /// Why the instant of becoming aware was changed, each time; nothing while it never was.
    pub sealed_awareness: Option<Vec<u8>>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = breach_notices, treat_none_as_default_value = false)]
pub struct Notice {
    pub breach_id: BreachId,
    /// From 1.
    pub number: i64,
    pub sent_at: Instant,
    pub sealed_notice: Vec<u8>,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// Stores a new breach.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Breach) -> QueryResult<()> {
    diesel::insert_into(breaches::table).values(row).execute(conn).map(drop)
}

/// Rewrites a breach, unless somebody else changed it first.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut Conn, row: &Breach, expected_version: i64) -> QueryResult<bool> {
    let mine = breaches::table
        .filter(breaches::id.eq(row.id))
        .filter(breaches::version.eq(expected_version));
    diesel::update(mine).set(row).execute(conn).map(|changed| changed == 1)
}

/// One breach of a controller.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, controller: ControllerId, id: BreachId) -> QueryResult<Breach> {
    breaches::table
        .filter(breaches::id.eq(id))
        .filter(breaches::controller_id.eq(controller))
        .select(Breach::as_select())
        .get_result(conn)
}

/// The register of a controller, the newest awareness first, at most `limit` after what was read.
///
/// # Errors
/// When the database fails.
pub fn of_controller(
    conn: &mut Conn,
    controller: ControllerId,
    after: After<BreachId>,
    limit: i64,
) -> QueryResult<Vec<Breach>> {
    let mut query = breaches::table.filter(breaches::controller_id.eq(controller)).into_boxed();
    if let Some((at, id)) = after {
        let earlier = breaches::aware_at.lt(at);
        query = query.filter(earlier.or(breaches::aware_at.eq(at).and(breaches::id.lt(id))));
    }
    query
        .order((breaches::aware_at.desc(), breaches::id.desc()))
        .limit(limit)
        .select(Breach::as_select())
        .load(conn)
}

/// The breaches of a request, the newest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, request: RequestId) -> QueryResult<Vec<Breach>> {
    breaches::table
        .filter(breaches::request_id.eq(request))
        .order(breaches::id.desc())
        .select(Breach::as_select())
        .load(conn)
}

/// Whether a breach of a request is not closed yet.
///
/// # Errors
/// When the database fails.
pub fn is_open(conn: &mut Conn, request: RequestId) -> QueryResult<bool> {
    Ok(of_request(conn, request)?.iter().any(|breach| breach.closed_at.is_none()))
}

/// The breaches of a controller on which nobody has decided and whose limit lies before an instant,
/// the earliest first, at most `limit` after what was read.
///
/// # Errors
/// When the database fails.
pub fn undecided_before(
    conn: &mut Conn,
    controller: ControllerId,
    at: Instant,
    after: After<BreachId>,
    limit: i64,
) -> QueryResult<Vec<Breach>> {
    let query = breaches::table
        .filter(breaches::controller_id.eq(controller))
        .filter(breaches::decision.eq(BreachDecision::Undecided))
        .filter(breaches::closed_at.is_null())
        .filter(breaches::limit_at.le(at))
        .into_boxed();
    next_page!(query, breaches::limit_at, breaches::id, after, limit)
        .select(Breach::as_select())
        .load(conn)
}

/// What was told to the authority of a breach, in order.
///
/// # Errors
/// When the database fails.
pub fn notices(conn: &mut Conn, id: BreachId) -> QueryResult<Vec<Notice>> {
    breach_notices::table
        .filter(breach_notices::breach_id.eq(id))
        .order(breach_notices::number)
        .select(Notice::as_select())
        .load(conn)
}

/// Stores what was told to the authority.
///
/// # Errors
/// When the number is taken, or the database fails.
pub fn insert_notice(conn: &mut Conn, row: &Notice) -> QueryResult<()> {
    diesel::insert_into(breach_notices::table).values(row).execute(conn).map(drop)
}

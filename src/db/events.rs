//! Events: append-only, written with the change that they record.

use diesel::prelude::*;
use uuid::Uuid;

use super::column::Instant;
use super::conn::Conn;
use super::schema::events;
use crate::domain::event::Event;
use crate::domain::history::Entry;
use crate::domain::ids::{ControllerId, EventId, Id, RequestId};

/// An event of a request, or of the settings of a controller or of the instance.
#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct EventRow {
    pub id: EventId,
    pub controller_id: Option<ControllerId>,
    pub request_id: Option<RequestId>,
    /// The place in the history of the request; 0 for events of no request.
    pub version: i64,
    pub kind: String,
    pub at: Instant,
    pub actor: String,
    /// JSON, without personal data.
    pub detail: String,
    pub sealed_detail: Option<Vec<u8>>,
}

/// Why an event cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("event {version} of a request does not read back")]
pub struct UnreadableEvent {
    version: i64,
}

impl EventRow {
    /// The event as `domain` knows it.
    ///
    /// # Errors
    /// When the row was not written by this program.
    pub fn entry(&self) -> Result<Entry, UnreadableEvent> {
        let event: Event = serde_json::from_str(&self.detail)
            .map_err(|_| UnreadableEvent { version: self.version })?;
        Ok(Entry { at: self.at.utc(), actor: self.actor.clone(), event })
    }
}

/// Appends an event.
///
/// # Errors
/// When another event took its place in the history, or the database fails.
pub fn insert(conn: &mut Conn, row: &EventRow) -> QueryResult<()> {
    diesel::insert_into(events::table).values(row).execute(conn).map(drop)
}

/// Which of these requests have an event of a kind.
///
/// # Errors
/// When the database fails.
pub fn requests_with(
    conn: &mut Conn,
    ids: &[RequestId],
    kind: &str,
) -> QueryResult<Vec<RequestId>> {
    let found: Vec<Option<RequestId>> = events::table
        .filter(events::request_id.eq_any(ids))
        .filter(events::kind.eq(kind))
        .select(events::request_id)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// The history of a request, in order.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<EventRow>> {
    events::table
        .filter(events::request_id.eq(id))
        .order(events::version)
        .select(EventRow::as_select())
        .load(conn)
}

/// The events of one kind that an actor caused in a request since an instant, oldest first.
///
/// # Errors
/// When the database fails.
pub fn since(
    conn: &mut Conn,
    id: RequestId,
    kind: &str,
    actor: &str,
    at: Instant,
) -> QueryResult<Vec<EventRow>> {
    events::table
        .filter(events::request_id.eq(id))
        .filter(events::kind.eq(kind))
        .filter(events::actor.eq(actor))
        .filter(events::at.gt(at))
        .order(events::version)
        .select(EventRow::as_select())
        .load(conn)
}

/// The events of some kinds of requests that an actor caused since an instant, the oldest first. An
/// id begins with its instant, so that this reads no event of before.
///
/// # Errors
/// When the database fails.
pub fn of_actor_since(
    conn: &mut Conn,
    actor: &str,
    kinds: &[&str],
    at: Instant,
) -> QueryResult<Vec<EventRow>> {
    let milliseconds = u128::try_from(at.utc().timestamp_millis()).unwrap_or(0);
    let first = EventId::from_uuid(Uuid::from_u128(milliseconds << 80));
    events::table
        .filter(events::id.ge(first))
        .filter(events::at.gt(at))
        .filter(events::actor.eq(actor))
        .filter(events::kind.eq_any(kinds.to_vec()))
        .filter(events::request_id.is_not_null())
        .order(events::id)
        .select(EventRow::as_select())
        .load(conn)
}

/// Forgets what is sealed beside the events of a request: its key is gone.
///
/// # Errors
/// When the database fails.
pub fn forget_sealed(conn: &mut Conn, id: RequestId) -> QueryResult<()> {
    diesel::update(events::table.filter(events::request_id.eq(id)))
        .set(events::sealed_detail.eq(None::<Vec<u8>>))
        .execute(conn)
        .map(drop)
}

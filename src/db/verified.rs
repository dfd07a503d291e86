//! The proof as whoever verifies it reads it. Somebody who writes to the database as they like may
//! have put anything anywhere: a value that does not read back hides nothing beside it.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::SingleValue;

use super::column::Instant;
use super::conn::Conn;
use super::events::EventRow;
use super::schema::{audit_checkpoints, audit_leaves, events, requests};
use crate::domain::event::kind::KEY_DESTROYED;
use crate::domain::ids::{ControllerId, EventId, RequestId, TreeId};

/// A value, or nothing where it is not of the form that the program writes.
#[derive(Clone, Debug)]
pub struct Loose<T>(pub Option<T>);

impl<T, ST, DB> FromSql<ST, DB> for Loose<T>
where
    DB: Backend,
    T: FromSql<ST, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(T::from_sql(value).ok()))
    }

    fn from_nullable_sql(value: Option<DB::RawValue<'_>>) -> deserialize::Result<Self> {
        Ok(Self(T::from_nullable_sql(value).ok()))
    }
}

impl<T, ST, DB> Queryable<ST, DB> for Loose<T>
where
    DB: Backend,
    ST: SingleValue,
    Self: FromSql<ST, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_leaves)]
pub struct StoredLeaf {
    pub number: i64,
    pub event_id: Loose<EventId>,
    pub leaf_hash: Loose<Vec<u8>>,
    pub sealed_sha256: Loose<Option<Vec<u8>>>,
    pub numbered_at: Instant,
}

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = events)]
pub struct StoredEvent {
    pub id: Vec<u8>,
    pub controller_id: Loose<Option<ControllerId>>,
    pub request_id: Loose<Option<RequestId>>,
    pub version: i64,
    pub kind: Loose<String>,
    pub at: Instant,
    pub actor: Loose<String>,
    pub detail: Loose<String>,
    pub sealed_detail: Loose<Option<Vec<u8>>>,
}

impl StoredEvent {
    /// The event, if all of it reads back.
    #[must_use]
    pub fn row(self) -> Option<EventRow> {
        Some(EventRow {
            id: EventId::from_slice(&self.id)?,
            controller_id: self.controller_id.0?,
            request_id: self.request_id.0?,
            version: self.version,
            kind: self.kind.0?,
            at: self.at,
            actor: self.actor.0?,
            detail: self.detail.0?,
            sealed_detail: self.sealed_detail.0?,
        })
    }
}

/// The case that an event names, as it stands: nothing of it is numbered.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = requests)]
pub struct StoredCase {
    pub id: Vec<u8>,
    pub controller_id: Loose<ControllerId>,
    pub reference: Loose<String>,
}

/// A leaf, with its event and the case of that if they are there.
pub type StoredPlace = (StoredLeaf, Option<StoredEvent>, Option<StoredCase>);

/// Leaves of a tree from a number on, in order.
///
/// # Errors
/// When the database fails.
pub fn leaves(conn: &mut Conn, id: TreeId, from: i64, limit: i64) -> QueryResult<Vec<StoredPlace>> {
    audit_leaves::table
        .left_join(events::table.on(events::id.eq(audit_leaves::event_id)))
        .left_join(requests::table.on(events::request_id.eq(requests::id.nullable())))
        .filter(audit_leaves::tree_id.eq(id))
        .filter(audit_leaves::number.ge(from))
        .order(audit_leaves::number)
        .limit(limit)
        .select((
            StoredLeaf::as_select(),
            Option::<StoredEvent>::as_select(),
            Option::<StoredCase>::as_select(),
        ))
        .load(conn)
}

/// Events of a tree's controller (or of none) that have no number, in the order of their ids from
/// one on, with their cases.
///
/// # Errors
/// When the database fails.
pub fn unnumbered(
    conn: &mut Conn,
    controller: Option<ControllerId>,
    from: &[u8],
    limit: i64,
) -> QueryResult<Vec<(StoredEvent, Option<StoredCase>)>> {
    let numbered = audit_leaves::table.filter(audit_leaves::event_id.eq(events::id));
    events::table
        .left_join(requests::table.on(events::request_id.eq(requests::id.nullable())))
        .filter(events::controller_id.is_null().eq(controller.is_none()))
        .filter(events::controller_id.is_null().or(events::controller_id.eq(controller)))
        .filter(events::id.ge(from))
        .filter(not(exists(numbered)))
        .order(events::id)
        .limit(limit)
        .select((StoredEvent::as_select(), Option::<StoredCase>::as_select()))
        .load(conn)
}

/// The events that say that the keys of these cases were destroyed, where they are: those that have a
/// number in a tree with their leaf, and those of its controller that have none.
///
/// # Errors
/// When the database fails.
pub fn destructions(
    conn: &mut Conn,
    (tree, controller): (TreeId, Option<ControllerId>),
    ids: &[RequestId],
) -> QueryResult<Vec<(StoredEvent, Option<StoredLeaf>)>> {
    let ids: Vec<Option<RequestId>> = ids.iter().copied().map(Some).collect();
    events::table
        .inner_join(requests::table.on(events::request_id.eq(requests::id.nullable())))
        .left_join(audit_leaves::table.on(audit_leaves::event_id.eq(events::id)))
        .filter(events::request_id.eq_any(ids))
        .filter(events::kind.eq(KEY_DESTROYED))
        .filter(events::controller_id.eq(controller))
        .filter(audit_leaves::tree_id.is_null().or(audit_leaves::tree_id.eq(tree)))
        .filter(requests::wrapped_key.is_null())
        .select((StoredEvent::as_select(), Option::<StoredLeaf>::as_select()))
        .load(conn)
}

/// A checkpoint beside a tree.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_checkpoints)]
pub struct StoredCheckpoint {
    pub size: i64,
    pub note: Loose<String>,
}

/// The checkpoints of a tree above a size, the smaller first.
///
/// # Errors
/// When the database fails.
pub fn checkpoints(
    conn: &mut Conn,
    id: TreeId,
    above: i64,
    limit: i64,
) -> QueryResult<Vec<StoredCheckpoint>> {
    audit_checkpoints::table
        .filter(audit_checkpoints::tree_id.eq(id))
        .filter(audit_checkpoints::size.gt(above))
        .order(audit_checkpoints::size)
        .limit(limit)
        .select(StoredCheckpoint::as_select())
        .load(conn)
}

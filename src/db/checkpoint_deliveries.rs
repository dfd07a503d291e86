//! Checkpoints that went out, or are on their way: one row for each tree, size and channel.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::checkpoint_deliveries;
use crate::domain::checkpoint::DeliveryChannel;
use crate::domain::ids::{DeliveryId, TreeId};

/// On its way.
pub const WAITING: &str = "waiting";
/// A mail was written; whether it left is said in its own row. A webhook took it.
pub const SENT: &str = "sent";
/// Nobody took it for too long.
pub const GIVEN_UP: &str = "given_up";

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = checkpoint_deliveries, treat_none_as_default_value = false)]
pub struct CheckpointDelivery {
    pub id: DeliveryId,
    pub tree_id: TreeId,
    pub size: i64,
    pub channel: DeliveryChannel,
    pub state: String,
    /// A code, never the words of a server.
    pub last_error: Option<String>,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

/// Writes a delivery.
///
/// # Errors
/// When there is one of this checkpoint by this channel, or the database fails.
pub fn insert(conn: &mut Conn, row: &CheckpointDelivery) -> QueryResult<()> {
    diesel::insert_into(checkpoint_deliveries::table).values(row).execute(conn).map(drop)
}

/// The delivery that a job is about.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn, id: DeliveryId) -> QueryResult<Option<CheckpointDelivery>> {
    checkpoint_deliveries::table
        .find(id)
        .select(CheckpointDelivery::as_select())
        .get_result(conn)
        .optional()
}

/// The newest delivery of a tree by a channel.
///
/// # Errors
/// When the database fails.
pub fn newest(
    conn: &mut Conn,
    tree: TreeId,
    channel: DeliveryChannel,
) -> QueryResult<Option<CheckpointDelivery>> {
    checkpoint_deliveries::table
        .filter(checkpoint_deliveries::tree_id.eq(tree))
        .filter(checkpoint_deliveries::channel.eq(channel))
        .order(checkpoint_deliveries::size.desc())
        .select(CheckpointDelivery::as_select())
        .first(conn)
        .optional()
}

/// The sizes of those checkpoints of a tree below a size that went out, the largest first.
///
/// # Errors
/// When the database fails.
pub fn sizes_below(conn: &mut Conn, tree: TreeId, size: i64, limit: i64) -> QueryResult<Vec<i64>> {
    checkpoint_deliveries::table
        .filter(checkpoint_deliveries::tree_id.eq(tree))
        .filter(checkpoint_deliveries::size.lt(size))
        .order(checkpoint_deliveries::size.desc())
        .limit(limit)
        .select(checkpoint_deliveries::size)
        .load(conn)
}

/// Ends a delivery that waits, with its state and a code.
///
/// # Errors
/// When the database fails.
pub fn end(
    conn: &mut Conn,
    id: DeliveryId,
    (state, code, at): (&str, Option<&str>, Instant),
) -> QueryResult<()> {
    let waiting = checkpoint_deliveries::table
        .filter(checkpoint_deliveries::id.eq(id))
        .filter(checkpoint_deliveries::state.eq(WAITING));
    diesel::update(waiting)
        .set((
            checkpoint_deliveries::state.eq(state),
            checkpoint_deliveries::last_error.eq(code),
            checkpoint_deliveries::ended_at.eq(Some(at)),
        ))
        .execute(conn)
        .map(drop)
}

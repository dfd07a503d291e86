//! The proof over the events: trees, their leaves, the stored hashes of full subtrees, checkpoints.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::events::EventRow;
use super::schema::{audit_checkpoints, audit_leaves, audit_nodes, audit_trees, events};
use crate::audit::proof::{self, Hashes, ProofError};
use crate::audit::tree::TreeHash;
use crate::domain::event::kind::{DOCUMENT_REMOVED, KEY_DESTROYED};
use crate::domain::ids::{ControllerId, EventId, RequestId, TreeId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug, PartialEq, Eq)]
#[diesel(table_name = audit_trees, treat_none_as_default_value = false)]
pub struct AuditTree {
    pub id: TreeId,
    /// None for the tree of what belongs to no controller.
    pub controller_id: Option<ControllerId>,
    /// The name in its checkpoints, which stays.
    pub origin: String,
    /// How many events are numbered.
    pub size: i64,
    /// The right edge, from which the tree grows.
    pub edge: Vec<u8>,
    /// Counted up by each who locks the tree.
    pub fence: i64,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_leaves, treat_none_as_default_value = false)]
pub struct AuditLeaf {
    pub tree_id: TreeId,
    /// The place in the tree, from 0.
    pub number: i64,
    pub event_id: EventId,
    pub leaf_hash: Vec<u8>,
    /// Of the sealed words beside the event: it stays when they are forgotten.
    pub sealed_sha256: Option<Vec<u8>>,
    pub numbered_at: Instant,
}

/// The root of a full subtree of a stored level.
#[derive(Insertable, Clone, Debug)]
#[diesel(table_name = audit_nodes, treat_none_as_default_value = false)]
pub struct AuditNode {
    pub tree_id: TreeId,
    pub level: i32,
    pub position: i64,
    pub hash: Vec<u8>,
}

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = audit_checkpoints, treat_none_as_default_value = false)]
pub struct AuditCheckpoint {
    pub tree_id: TreeId,
    pub size: i64,
    /// As it is signed.
    pub note: String,
    pub signed_at: Instant,
}

/// Every tree: that of the instance first, then by age of the controller.
///
/// # Errors
/// When the database fails.
pub fn trees(conn: &mut Conn) -> QueryResult<Vec<AuditTree>> {
    audit_trees::table
        .order((audit_trees::controller_id.is_not_null(), audit_trees::id))
        .select(AuditTree::as_select())
        .load(conn)
}

/// A tree, if something of it was numbered.
///
/// # Errors
/// When the database fails.
pub fn tree(conn: &mut Conn, id: TreeId) -> QueryResult<Option<AuditTree>> {
    audit_trees::table.find(id).select(AuditTree::as_select()).get_result(conn).optional()
}

/// Plants a tree.
///
/// # Errors
/// When there is one, or the database fails.
pub fn insert_tree(conn: &mut Conn, row: &AuditTree) -> QueryResult<()> {
    diesel::insert_into(audit_trees::table).values(row).execute(conn).map(drop)
}

/// Locks a tree until the transaction ends, and gives it as the last one left it; nothing when
/// there is none.
///
/// # Errors
/// When the database fails, or another holds it for long.
pub fn lock_tree(conn: &mut Conn, id: TreeId) -> QueryResult<Option<AuditTree>> {
    // A write waits for other writers, and what is read after it is what they committed.
    diesel::update(audit_trees::table.find(id))
        .set(audit_trees::fence.eq(audit_trees::fence + 1))
        .execute(conn)?;
    tree(conn, id)
}

/// Stores how far a locked tree has grown; false when it is no longer the one that was locked.
///
/// # Errors
/// When the database fails.
pub fn grow_tree(conn: &mut Conn, locked: &AuditTree, size: i64, edge: &[u8]) -> QueryResult<bool> {
    let mine = audit_trees::table
        .filter(audit_trees::id.eq(locked.id))
        .filter(audit_trees::size.eq(locked.size))
        .filter(audit_trees::fence.eq(locked.fence));
    diesel::update(mine)
        .set((audit_trees::size.eq(size), audit_trees::edge.eq(edge)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Events without a number, with their controllers, in the order of their ids from one on.
///
/// # Errors
/// When the database fails.
pub fn unnumbered(
    conn: &mut Conn,
    from: EventId,
    limit: i64,
) -> QueryResult<Vec<(EventId, Option<ControllerId>)>> {
    let numbered = audit_leaves::table.filter(audit_leaves::event_id.eq(events::id));
    events::table
        .filter(events::id.ge(from))
        .filter(not(exists(numbered)))
        .order(events::id)
        .limit(limit)
        .select((events::id, events::controller_id))
        .load(conn)
}

/// Those of these events that still have no number.
///
/// # Errors
/// When the database fails.
pub fn without_number(conn: &mut Conn, ids: &[EventId]) -> QueryResult<Vec<EventRow>> {
    let numbered = audit_leaves::table.filter(audit_leaves::event_id.eq(events::id));
    events::table
        .filter(events::id.eq_any(ids.to_vec()))
        .filter(not(exists(numbered)))
        .select(EventRow::as_select())
        .load(conn)
}

/// Stores numbered events, and the subtrees that they completed.
///
/// # Errors
/// When a number or an event stands there already, or the database fails.
pub fn insert_leaves(
    conn: &mut Conn,
    leaves: &[AuditLeaf],
    nodes: &[AuditNode],
) -> QueryResult<()> {
    for leaf in leaves {
        diesel::insert_into(audit_leaves::table).values(leaf).execute(conn)?;
    }
    for node in nodes {
        diesel::insert_into(audit_nodes::table).values(node).execute(conn)?;
    }
    Ok(())
}

/// Stores a signed checkpoint.
///
/// # Errors
/// When there is one of this size, or the database fails.
pub fn insert_checkpoint(conn: &mut Conn, row: &AuditCheckpoint) -> QueryResult<()> {
    diesel::insert_into(audit_checkpoints::table).values(row).execute(conn).map(drop)
}

/// The newest checkpoint of a tree.
///
/// # Errors
/// When the database fails.
pub fn newest_checkpoint(conn: &mut Conn, id: TreeId) -> QueryResult<Option<AuditCheckpoint>> {
    audit_checkpoints::table
        .filter(audit_checkpoints::tree_id.eq(id))
        .order(audit_checkpoints::size.desc())
        .select(AuditCheckpoint::as_select())
        .first(conn)
        .optional()
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
) -> QueryResult<Vec<AuditCheckpoint>> {
    audit_checkpoints::table
        .filter(audit_checkpoints::tree_id.eq(id))
        .filter(audit_checkpoints::size.gt(above))
        .order(audit_checkpoints::size)
        .limit(limit)
        .select(AuditCheckpoint::as_select())
        .load(conn)
}

/// The leaf at a number of a tree, if there is one.
///
/// # Errors
/// When the database fails.
pub fn leaf(conn: &mut Conn, id: TreeId, number: i64) -> QueryResult<Option<AuditLeaf>> {
    audit_leaves::table
        .find((id, number))
        .select(AuditLeaf::as_select())
        .get_result(conn)
        .optional()
}

/// The leaves of the events of a request.
///
/// # Errors
/// When the database fails.
pub fn leaves_of_request(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<AuditLeaf>> {
    audit_leaves::table
        .inner_join(events::table.on(events::id.eq(audit_leaves::event_id)))
        .filter(events::request_id.eq(id))
        .order(audit_leaves::number)
        .select(AuditLeaf::as_select())
        .load(conn)
}

/// The sizes of the newest checkpoints below a size, the largest first.
///
/// # Errors
/// When the database fails.
pub fn sizes_below(conn: &mut Conn, id: TreeId, size: i64, limit: i64) -> QueryResult<Vec<i64>> {
    audit_checkpoints::table
        .filter(audit_checkpoints::tree_id.eq(id))
        .filter(audit_checkpoints::size.lt(size))
        .order(audit_checkpoints::size.desc())
        .limit(limit)
        .select(audit_checkpoints::size)
        .load(conn)
}

/// The stored hashes of a tree, for proofs.
pub struct StoredHashes<'a> {
    pub conn: &'a mut Conn,
    pub tree: TreeId,
}

impl Hashes for StoredHashes<'_> {
    type Error = diesel::result::Error;

    fn read(&mut self, level: u8, first: u64, count: u64) -> QueryResult<Vec<TreeHash>> {
        let none = || diesel::result::Error::NotFound;
        let first = i64::try_from(first).map_err(|_| none())?;
        let end = first.saturating_add(i64::try_from(count).map_err(|_| none())?);
        let found: Vec<Vec<u8>> = if level == 0 {
            audit_leaves::table
                .filter(audit_leaves::tree_id.eq(self.tree))
                .filter(audit_leaves::number.ge(first))
                .filter(audit_leaves::number.lt(end))
                .order(audit_leaves::number)
                .select(audit_leaves::leaf_hash)
                .load(self.conn)?
        } else {
            audit_nodes::table
                .filter(audit_nodes::tree_id.eq(self.tree))
                .filter(audit_nodes::level.eq(i32::from(level)))
                .filter(audit_nodes::position.ge(first))
                .filter(audit_nodes::position.lt(end))
                .order(audit_nodes::position)
                .select(audit_nodes::hash)
                .load(self.conn)?
        };
        found.iter().map(|hash| TreeHash::from_slice(hash).ok_or_else(none)).collect()
    }
}

/// The hashes that prove that a leaf is in a tree of a size; nothing when it is not.
///
/// # Errors
/// When the database fails, or lacks a hash.
pub fn inclusion(
    conn: &mut Conn,
    tree: TreeId,
    number: u64,
    size: u64,
) -> QueryResult<Option<Vec<TreeHash>>> {
    proven(proof::inclusion(&mut StoredHashes { conn, tree }, number, size))
}

/// The hashes that prove that a tree of a size begins with that of an earlier size; nothing when
/// there is no such.
///
/// # Errors
/// When the database fails, or lacks a hash.
pub fn consistency(
    conn: &mut Conn,
    tree: TreeId,
    earlier: u64,
    size: u64,
) -> QueryResult<Option<Vec<TreeHash>>> {
    proven(proof::consistency(&mut StoredHashes { conn, tree }, earlier, size))
}

fn proven(
    proof: Result<Vec<TreeHash>, ProofError<diesel::result::Error>>,
) -> QueryResult<Option<Vec<TreeHash>>> {
    match proof {
        Ok(path) => Ok(Some(path)),
        Err(ProofError::OutOfRange) => Ok(None),
        Err(ProofError::Missing) => Err(diesel::result::Error::NotFound),
        Err(ProofError::Stored(error)) => Err(error),
    }
}

/// The events of a tree, from one number to before another, by which a key was destroyed: of a case,
/// or of an identity document.
///
/// # Errors
/// When the database fails.
pub fn destroyed_between(
    conn: &mut Conn,
    id: TreeId,
    from: i64,
    to: i64,
) -> QueryResult<Vec<EventRow>> {
    audit_leaves::table
        .inner_join(events::table.on(events::id.eq(audit_leaves::event_id)))
        .filter(audit_leaves::tree_id.eq(id))
        .filter(audit_leaves::number.ge(from))
        .filter(audit_leaves::number.lt(to))
        .filter(events::kind.eq_any([KEY_DESTROYED, DOCUMENT_REMOVED]))
        .order(audit_leaves::number)
        .select(EventRow::as_select())
        .load(conn)
}

//! Somebody who can write to the database as they like, and has no key.

use diesel::prelude::*;
use guichet::audit::leaf;
use guichet::audit::tree::{Edge, HASH_BYTES, leaf_hash};
use guichet::db::audit::AuditLeaf;
use guichet::db::column::Instant;
use guichet::db::conn::Conn;
use guichet::db::dialect;
use guichet::db::events::EventRow;
use guichet::db::schema::{audit_checkpoints, audit_leaves, audit_nodes, audit_trees, events};
use guichet::domain::ids::{ControllerId, EventId, TreeId};
use guichet::workflow::sealing;

/// A connection that nothing is forbidden to, in a transaction that is taken back.
pub struct Attacker {
    pub conn: Conn,
}

impl Attacker {
    pub fn new(url: &guichet::db::url::DatabaseUrl) -> Self {
        Self { conn: dialect::open(url).unwrap() }
    }

    /// Begins: foreign keys hold nobody up who owns the database.
    pub fn begin(&mut self) {
        dialect::begin(&mut self.conn).unwrap();
        let freely = match &self.conn {
            Conn::Sqlite(_) => "PRAGMA defer_foreign_keys = ON",
            Conn::Postgres(_) => "SET LOCAL session_replication_role = replica",
        };
        diesel::sql_query(freely).execute(&mut self.conn).unwrap();
    }

    pub fn take_back(&mut self) {
        diesel::sql_query("ROLLBACK").execute(&mut self.conn).unwrap();
    }

    pub fn leaves(&mut self, tree: TreeId) -> Vec<AuditLeaf> {
        audit_leaves::table
            .filter(audit_leaves::tree_id.eq(tree))
            .order(audit_leaves::number)
            .select(AuditLeaf::as_select())
            .load(&mut self.conn)
            .unwrap()
    }

    pub fn event(&mut self, id: EventId) -> EventRow {
        events::table.find(id).select(EventRow::as_select()).get_result(&mut self.conn).unwrap()
    }

    pub fn insert(&mut self, row: &EventRow) {
        diesel::insert_into(events::table).values(row).execute(&mut self.conn).unwrap();
    }

    pub fn delete(&mut self, id: EventId) {
        let gone = diesel::delete(events::table.find(id)).execute(&mut self.conn).unwrap();
        assert_eq!(gone, 1);
    }

    /// Replaces an event by another version of itself.
    pub fn replace(&mut self, row: &EventRow) {
        self.delete(row.id);
        self.insert(row);
    }

    /// Moves an event to another controller, out of its case.
    pub fn give(&mut self, id: EventId, to: ControllerId) {
        let set = (events::controller_id.eq(Some(to)), events::request_id.eq(None::<Vec<u8>>));
        let moved = diesel::update(events::table.find(id)).set(set).execute(&mut self.conn);
        assert_eq!(moved.unwrap(), 1);
    }

    /// Writes leaves in the place of those of a tree, with whatever numbers they have.
    pub fn write_leaves(&mut self, tree: TreeId, leaves: &[AuditLeaf]) {
        let of_tree = audit_leaves::table.filter(audit_leaves::tree_id.eq(tree));
        diesel::delete(of_tree).execute(&mut self.conn).unwrap();
        for leaf in leaves {
            diesel::insert_into(audit_leaves::table).values(leaf).execute(&mut self.conn).unwrap();
        }
    }

    /// Rewrites a whole tree so that it fits the events as they are now, in this order: all but the
    /// signatures.
    pub fn rebuild(&mut self, tree: TreeId, order: &[(EventId, Instant)]) {
        let of_tree = audit_nodes::table.filter(audit_nodes::tree_id.eq(tree));
        diesel::delete(of_tree).execute(&mut self.conn).unwrap();
        let mut edge = Edge::new();
        let mut leaves = Vec::new();
        for (id, numbered_at) in order {
            let row = self.event(*id);
            let sealed: Option<[u8; HASH_BYTES]> =
                row.sealed_detail.as_deref().map(leaf::sealed_sha256);
            let hash = leaf_hash(&sealing::entry(&row, sealed, *numbered_at).unwrap());
            leaves.push(AuditLeaf {
                tree_id: tree,
                number: i64::try_from(edge.size()).unwrap(),
                event_id: *id,
                leaf_hash: hash.as_bytes().to_vec(),
                sealed_sha256: sealed.map(|hash| hash.to_vec()),
                numbered_at: *numbered_at,
            });
            edge.append(hash);
        }
        self.write_leaves(tree, &leaves);
        let size = i64::try_from(edge.size()).unwrap();
        diesel::update(audit_trees::table.find(tree))
            .set((audit_trees::size.eq(size), audit_trees::edge.eq(edge.to_bytes())))
            .execute(&mut self.conn)
            .unwrap();
    }

    /// Takes the checkpoints beside a tree away, from a size on.
    pub fn forget_checkpoints(&mut self, tree: TreeId, from: i64) {
        let gone = audit_checkpoints::table
            .filter(audit_checkpoints::tree_id.eq(tree))
            .filter(audit_checkpoints::size.ge(from));
        diesel::delete(gone).execute(&mut self.conn).unwrap();
    }

    /// Puts a tree and its events back to a size that it once had.
    pub fn put_back(&mut self, tree: TreeId, size: usize) {
        let mut leaves = self.leaves(tree);
        for leaf in leaves.split_off(size) {
            self.delete(leaf.event_id);
        }
        let order: Vec<_> = leaves.iter().map(|it| (it.event_id, it.numbered_at)).collect();
        self.rebuild(tree, &order);
        self.forget_checkpoints(tree, i64::try_from(size).unwrap() + 1);
    }
}

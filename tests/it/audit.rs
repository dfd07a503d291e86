//! The proof over the history: numbered once, signed, and every change found.

mod attacker;
mod forms;
mod interface;
mod restoring;
mod sealing;
mod tampering;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use guichet::audit::checkpoint::Checkpoint;
use guichet::audit::note::VerifierKey;
use guichet::audit::verification::Report;
use guichet::cli::audit::database;
use guichet::db::audit::{self, AuditLeaf};
use guichet::db::conn::Conn;
use guichet::db::controllers::Controller;
use guichet::db::schema::audit_leaves;
use guichet::domain::ids::{Id, TreeId};
use guichet::worker::seal_events;
use guichet::workflow::sealing::Sealer;

use crate::support::app::TestApp;

/// The tree of a controller.
pub fn tree(controller: &Controller) -> TreeId {
    TreeId::from_uuid(controller.id.uuid())
}

impl TestApp {
    pub fn sealer(&self) -> Sealer {
        Sealer::new(self.app.vault(), &self.config().base_url)
    }

    /// Numbers what is new, as the worker does.
    pub async fn seal(&self) -> usize {
        seal_events::seal_all(&self.app).await.unwrap()
    }

    pub fn key(&self, tree: TreeId) -> VerifierKey {
        let sealer = self.sealer();
        sealer.key(&sealer.origin(tree)).unwrap()
    }

    /// The leaves of every tree.
    pub async fn leaves(&self) -> Vec<AuditLeaf> {
        let read = |conn: &mut Conn| {
            let order = (audit_leaves::tree_id, audit_leaves::number);
            let rows = audit_leaves::table.order(order).select(AuditLeaf::as_select());
            Ok(rows.load(conn)?)
        };
        self.app.read(read).await.unwrap()
    }

    /// The newest checkpoint of a tree, opened.
    pub async fn kept(&self, tree: TreeId) -> Checkpoint {
        let newest = self.app.read(move |conn| Ok(audit::newest_checkpoint(conn, tree)?)).await;
        let newest = newest.unwrap().expect("a checkpoint");
        Checkpoint::open(&newest.note, &[self.key(tree)]).unwrap()
    }

    pub async fn verify(&self, tree: TreeId, kept: &[Checkpoint]) -> Report {
        self.verify_at(tree, kept, self.app.now()).await
    }

    pub async fn verify_at(&self, tree: TreeId, kept: &[Checkpoint], now: DateTime<Utc>) -> Report {
        let (kept, key) = (kept.to_vec(), self.key(tree));
        let verified = move |conn: &mut Conn| database::verify(conn, tree, &kept, &key, now);
        self.app.read(verified).await.unwrap()
    }
}

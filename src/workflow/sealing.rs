//! Numbering committed events into the tree of their controller, and signing what it has become.
//! The only verb that writes no event: it writes down that there are some.

use std::collections::BTreeMap;

use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::audit::checkpoint::Checkpoint;
use crate::audit::leaf::{self, Leaf};
use crate::audit::note::{Signer, VerifierKey};
use crate::audit::tree::{Edge, HASH_BYTES, STRIDE, leaf_hash};
use crate::db::audit::{self, AuditCheckpoint, AuditLeaf, AuditNode, AuditTree};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events::EventRow;
use crate::db::instance;
use crate::domain::ids::{ControllerId, EventId, Id, TreeId};
use crate::error::{Error, Result};
use crate::vault::Vault;

/// How many events [`seal_all`] numbers at once.
const AT_ONCE: i64 = 1000;

/// What the seed of the signing key is derived for.
const PURPOSE: &str = "audit";

/// Signs for the trees of an instance.
#[derive(Clone)]
pub struct Sealer {
    seed: Zeroizing<[u8; HASH_BYTES]>,
    /// What the names of new trees begin with.
    host: String,
}

impl Sealer {
    /// The sealer of the instance that is reached at an address.
    #[must_use]
    pub fn new(vault: &Vault, base_url: &Url) -> Self {
        let host = base_url.host_str().unwrap_or("localhost");
        let host = match base_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Self { seed: vault.signing_seed(PURPOSE), host }
    }

    /// The name of a new tree: it stays, also when the address changes.
    #[must_use]
    pub fn origin(&self, tree: TreeId) -> String {
        format!("{}/audit/{tree}", self.host)
    }

    /// The key that checks the notes of a tree.
    ///
    /// # Errors
    /// When the name of the tree can be no name of a key.
    pub fn key(&self, origin: &str) -> Result<VerifierKey> {
        Ok(self.signer(origin)?.key().clone())
    }

    /// A text as a note that the key of a tree signs. It must not begin as a checkpoint does, with
    /// the name of the tree.
    ///
    /// # Errors
    /// When the name of the tree can be no name of a key.
    pub fn sign(&self, origin: &str, text: &str) -> Result<String> {
        Ok(self.signer(origin)?.sign(text))
    }

    fn signer(&self, origin: &str) -> Result<Signer> {
        Signer::new(origin, &self.seed).map_err(|error| Error::internal(error.to_string()))
    }
}

/// Which tree the events of a controller belong to; those of no controller to the instance's.
///
/// # Errors
/// When there is no instance, or the database fails.
pub fn tree_of(conn: &mut Conn, controller: Option<ControllerId>) -> Result<TreeId> {
    if let Some(controller) = controller {
        return Ok(TreeId::from_uuid(controller.uuid()));
    }
    let row = instance::get(conn)?.ok_or(Error::NotFound)?;
    TreeId::from_slice(&row.instance_id).ok_or_else(|| Error::internal("an instance without id"))
}

/// Numbers those of these events that have no number yet, and signs the tree. Gives how many.
///
/// The tree is locked first, so that of two sealers at once the second finds nothing left to do.
///
/// # Errors
/// `Internal` when the tree is not the one that was signed last: then nothing may be built on it.
pub fn seal(
    conn: &mut Conn,
    now: Instant,
    sealer: &Sealer,
    controller: Option<ControllerId>,
    events: &[EventId],
) -> Result<usize> {
    let tree = lock(conn, sealer, controller)?;
    let signer = sealer.signer(&tree.origin)?;
    let mut edge = signed_edge(conn, &tree, signer.key())?;
    let mut rows = audit::without_number(conn, events)?;
    rows.retain(|row| row.controller_id == controller);
    rows.sort_by_key(|row| (row.at, row.version, row.id));
    if rows.is_empty() {
        return Ok(0);
    }
    let (mut leaves, mut nodes) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &rows {
        let sealed = row.sealed_detail.as_deref().map(leaf::sealed_sha256);
        let entry = entry(row, sealed, now)?;
        let number = number(edge.size())?;
        let hash = leaf_hash(&entry);
        leaves.push(AuditLeaf {
            tree_id: tree.id,
            number,
            event_id: row.id,
            leaf_hash: hash.as_bytes().to_vec(),
            sealed_sha256: sealed.map(|hash| hash.to_vec()),
            numbered_at: now,
        });
        for grown in edge.append(hash) {
            if grown.level > 0 && grown.level % STRIDE == 0 {
                nodes.push(AuditNode {
                    tree_id: tree.id,
                    level: i32::from(grown.level),
                    position: self::number(grown.position)?,
                    hash: grown.hash.as_bytes().to_vec(),
                });
            }
        }
    }
    audit::insert_leaves(conn, &leaves, &nodes)?;
    let size = number(edge.size())?;
    if !audit::grow_tree(conn, &tree, size, &edge.to_bytes())? {
        return Err(Error::RunAgain);
    }
    let checkpoint = Checkpoint { origin: tree.origin, size: edge.size(), root: edge.root() };
    let note = checkpoint.sign(&signer);
    let row = AuditCheckpoint { tree_id: tree.id, size, note, signed_at: now };
    audit::insert_checkpoint(conn, &row)?;
    Ok(rows.len())
}

/// Numbers every event that has no number, in one transaction: for a restore, in which nobody else
/// works.
///
/// # Errors
/// As [`seal`].
pub fn seal_all(conn: &mut Conn, now: Instant, sealer: &Sealer) -> Result<()> {
    loop {
        let found = audit::unnumbered(conn, EventId::from_uuid(Uuid::nil()), AT_ONCE)?;
        let mut by_controller: BTreeMap<Option<ControllerId>, Vec<EventId>> = BTreeMap::new();
        for (event, controller) in found {
            by_controller.entry(controller).or_default().push(event);
        }
        if by_controller.is_empty() {
            return Ok(());
        }
        for (controller, events) in by_controller {
            seal(conn, now, sealer, controller, &events)?;
        }
    }
}

/// The canonical form of an event that was numbered at an instant, with the digest of its sealed
/// words.
///
/// # Errors
/// When it cannot be written.
pub fn entry(
    row: &EventRow,
    sealed_sha256: Option<[u8; HASH_BYTES]>,
    numbered_at: Instant,
) -> Result<Vec<u8>> {
    let leaf = Leaf {
        actor: &row.actor,
        at: row.at.utc(),
        controller: row.controller_id,
        detail: &row.detail,
        id: row.id,
        kind: &row.kind,
        numbered_at: numbered_at.utc(),
        request: row.request_id,
        sealed_sha256,
        version: row.version,
    };
    leaf.canonical().map_err(|_| Error::internal("a leaf to JSON"))
}

fn lock(conn: &mut Conn, sealer: &Sealer, controller: Option<ControllerId>) -> Result<AuditTree> {
    let id = tree_of(conn, controller)?;
    if let Some(tree) = audit::lock_tree(conn, id)? {
        return Ok(tree);
    }
    let new = AuditTree {
        id,
        controller_id: controller,
        origin: sealer.origin(id),
        size: 0,
        edge: Vec::new(),
        fence: 0,
    };
    audit::insert_tree(conn, &new)?;
    Ok(new)
}

/// The edge from which the tree grows, if it is the one that was signed last. Somebody who can
/// write to the database, but has no key, could otherwise have an altered tree signed.
fn signed_edge(conn: &mut Conn, tree: &AuditTree, key: &VerifierKey) -> Result<Edge> {
    let altered = || {
        Error::internal(format!(
            "the tree {} is not the one that was signed last: run `guichet audit verify`",
            tree.id
        ))
    };
    let size = u64::try_from(tree.size).map_err(|_| altered())?;
    let edge = Edge::from_bytes(size, &tree.edge).ok_or_else(altered)?;
    let newest = audit::newest_checkpoint(conn, tree.id)?;
    let signed = match &newest {
        Some(row) => {
            let keys = [key.clone()];
            let signed = Checkpoint::open(&row.note, &keys).map_err(|_| altered())?;
            (signed.size, signed.root)
        }
        None => (0, Edge::new().root()),
    };
    if signed == (edge.size(), edge.root()) { Ok(edge) } else { Err(altered()) }
}

fn number(of: u64) -> Result<i64> {
    i64::try_from(of).map_err(|_| Error::internal("more events than can be numbered"))
}

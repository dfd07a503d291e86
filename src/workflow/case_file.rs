//! The case file: recorded when it is opened, then read with the proof of its events.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::record::{Case, Expected, Target, Written, load};
use super::sealing::{self, Sealer};
use crate::audit::case_file::{Consistency, EventLine, Proof};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::leaf;
use crate::audit::tree::TreeHash;
use crate::db::audit::{self, AuditLeaf};
use crate::db::checkpoint_deliveries;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events::{self, EventRow};
use crate::db::letters::{self, LetterRow};
use crate::db::packages::{self, Package};
use crate::domain::actor::{Ctx, Permission, Scope};
use crate::domain::case_file::CaseFileForm;
use crate::domain::event::Event;
use crate::domain::ids::{ControllerId, EventId, RequestId};
use crate::domain::letter::LetterState;
use crate::error::{Error, Result};

/// So many of the newest earlier checkpoints, and as many of those that went out, are shown to be continued by the one of the file.
const EARLIER: i64 = 100;

/// What the file of a case is made from.
pub struct CaseFile {
    pub case: Case,
    /// As they stand in the database, in their order.
    pub events: Vec<EventRow>,
    /// The same as they were numbered.
    pub lines: Vec<EventLine>,
    pub proof: Proof,
    /// Those that were sent, in the order of sending.
    pub letters: Vec<LetterRow>,
    /// Those that were released, in the order of release.
    pub packages: Vec<Package>,
}

/// Records that somebody opens the file of a case, in whatever state it is, also once its key is
/// destroyed.
///
/// # Errors
/// `NotFound` outside the scope, `Forbidden` without the permission.
pub fn open(conn: &mut Conn, ctx: &Ctx, target: &Target, form: CaseFileForm) -> Result<Case> {
    let mut case = load(conn, &target.scope, target.id)?;
    ctx.actor.permit(case.row.controller_id, Permission::ReadCaseFile)?;
    if let Expected::Version(version) = target.expected
        && version != case.row.version
    {
        return Err(Error::Conflict { code: "stale" });
    }
    case.record(conn, ctx, Event::CaseFileOpened { form }, &Written::plain(ctx))?;
    Ok(case)
}

/// Numbers the events of a case at once, so that its file proves the youngest too.
///
/// # Errors
/// When the tree is not the one that was signed last, or the database fails.
pub fn number(
    conn: &mut Conn,
    now: Instant,
    sealer: &Sealer,
    (controller, request): (ControllerId, RequestId),
) -> Result<usize> {
    let ids: Vec<EventId> = events::of_request(conn, request)?.iter().map(|row| row.id).collect();
    sealing::seal(conn, now, sealer, Some(controller), &ids)
}

/// Reads what the file of a case is made from.
///
/// # Errors
/// `NotFound` outside the scope; when the database fails, or lacks a hash of the tree.
pub fn read(conn: &mut Conn, scope: &Scope, id: RequestId, sealer: &Sealer) -> Result<CaseFile> {
    let case = load(conn, scope, id)?;
    let events = events::of_request(conn, id)?;
    let tree = sealing::tree_of(conn, Some(case.row.controller_id))?;
    let origin = audit::tree(conn, tree)?.map_or_else(|| sealer.origin(tree), |row| row.origin);
    let newest = audit::newest_checkpoint(conn, tree)?;
    let size = newest.as_ref().map_or(0, |row| row.size);
    let mut leaves: HashMap<EventId, AuditLeaf> = HashMap::new();
    for leaf in audit::leaves_of_request(conn, id)? {
        if leaf.tree_id == tree && leaf.number < size {
            leaves.insert(leaf.event_id, leaf);
        }
    }
    let mut lines = Vec::with_capacity(events.len());
    for row in &events {
        lines.push(line(conn, row, leaves.get(&row.id), size)?);
    }
    let mut consistency = Vec::new();
    let mut sizes = audit::sizes_below(conn, tree, size, EARLIER)?;
    sizes.extend(checkpoint_deliveries::sizes_below(conn, tree, size, EARLIER)?);
    sizes.sort_unstable();
    sizes.dedup();
    for earlier in sizes {
        let (earlier, size) = (unsigned(earlier)?, unsigned(size)?);
        if let Some(path) = audit::consistency(conn, tree, earlier, size)? {
            consistency.push(Consistency { earlier, hashes: shown(&path) });
        }
    }
    let checkpoint = newest.map(|row| row.note);
    let mut letters = letters::of_request(conn, id)?;
    letters.retain(|row| row.state == LetterState::Sent);
    letters.sort_by_key(|row| (row.sent_at, row.id));
    let mut packages = packages::of_request(conn, id)?;
    packages.retain(|row| row.released_at.is_some());
    packages.sort_by_key(|row| (row.released_at, row.id));
    let proof = Proof { request: id, origin, checkpoint, consistency };
    Ok(CaseFile { case, events, lines, proof, letters, packages })
}

impl CaseFile {
    /// The checkpoint that the events lead to.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.proof.checkpoint.as_deref().and_then(Checkpoint::parse)
    }
}

fn line(conn: &mut Conn, row: &EventRow, leaf: Option<&AuditLeaf>, size: i64) -> Result<EventLine> {
    let mut line = EventLine {
        version: row.version,
        event: row.id,
        kind: row.kind.clone(),
        at: row.at.utc(),
        number: None,
        entry: None,
        hashes: Vec::new(),
    };
    let Some(leaf) = leaf else { return Ok(line) };
    let remembered = leaf.sealed_sha256.as_deref().and_then(|hash| hash.try_into().ok());
    let sealed = row.sealed_detail.as_deref().map(leaf::sealed_sha256).or(remembered);
    let entry = sealing::entry(row, sealed, leaf.numbered_at)?;
    let entry = String::from_utf8(entry).map_err(|_| Error::internal("a leaf is no text"))?;
    let number = unsigned(leaf.number)?;
    let path = audit::inclusion(conn, leaf.tree_id, number, unsigned(size)?)?;
    line.number = Some(number);
    line.entry = RawValue::from_string(entry).map(Some).map_err(|_| wrong("leaf"))?;
    line.hashes = path.as_deref().map(shown).unwrap_or_default();
    Ok(line)
}

fn wrong(what: &str) -> Error {
    Error::internal(format!("a {what} does not read"))
}

fn unsigned(number: i64) -> Result<u64> {
    u64::try_from(number).map_err(|_| wrong("number of the tree"))
}

fn shown(path: &[TreeHash]) -> Vec<String> {
    path.iter().map(TreeHash::to_base64).collect()
}

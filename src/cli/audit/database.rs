//! The history of a tree as it stands in a database, event by event, and its verification. Reads
//! only; needs no key but the public one.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::audit::checkpoint::Checkpoint;
use crate::audit::leaf;
use crate::audit::note::VerifierKey;
use crate::audit::tree::{HASH_BYTES, TreeHash, leaf_hash};
use crate::audit::verification::{Fault, Numbered, Report, Verification};
use crate::db::audit::{self, NumberedEvent};
use crate::db::conn::Conn;
use crate::db::events::EventRow;
use crate::db::instance;
use crate::domain::ids::{ControllerId, EventId, Id, RequestId, TreeId};
use crate::error::{Error, Result};
use crate::workflow::sealing;

/// How many rows are read at once.
const PAGE: i64 = 1000;

/// How old an event may be that has no number yet.
pub const YOUNG: TimeDelta = TimeDelta::minutes(1);

/// How long after it happened an event may be numbered without a word.
pub const LATE: TimeDelta = TimeDelta::hours(1);

/// An event in its place, with its canonical form while it is there.
pub struct Walked {
    pub numbered: Numbered,
    pub entry: Option<Vec<u8>>,
}

/// Verifies a tree against checkpoints that were kept, and those beside it that its key signed.
///
/// # Errors
/// When the database fails.
pub fn verify(
    conn: &mut Conn,
    tree: TreeId,
    kept: &[Checkpoint],
    key: &VerifierKey,
    now: DateTime<Utc>,
) -> Result<Report> {
    let keys = [key.clone()];
    let mut beside = Vec::new();
    // One that does not open was put there by somebody without the key, and proves nothing.
    checkpoints(conn, tree, |note| beside.extend(Checkpoint::open(note, &keys).ok()))?;
    let mut verification = Verification::new(kept, &beside);
    walk(conn, tree, |walked| {
        verification.take(walked.numbered);
        Ok(())
    })?;
    unnumbered(conn, tree, |row, reference| {
        let is_old = is_old(row.at.utc(), now);
        verification.take_unnumbered(row.id, reference, is_old);
        Ok(())
    })?;
    Ok(verification.end())
}

/// Whether an event of this instant should have its number by now. What lies in the future will
/// not grow old, so it counts too.
#[must_use]
pub fn is_old(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - at).abs() > YOUNG
}

/// Gives every checkpoint beside a tree, the smaller first.
///
/// # Errors
/// When the database fails.
pub fn checkpoints(conn: &mut Conn, tree: TreeId, mut each: impl FnMut(&str)) -> Result<()> {
    let mut above = -1;
    loop {
        let page = audit::checkpoints(conn, tree, above, PAGE)?;
        for row in &page {
            each(&row.note);
        }
        match page.last() {
            Some(last) => above = last.size,
            None => return Ok(()),
        }
    }
}

/// Gives every numbered event of a tree in the order of the numbers.
///
/// # Errors
/// When the database fails, or `each` does.
pub fn walk(
    conn: &mut Conn,
    tree: TreeId,
    mut each: impl FnMut(Walked) -> Result<()>,
) -> Result<()> {
    let controller = controller_of(conn, tree)?;
    let mut from = 0;
    loop {
        let page = audit::leaves(conn, tree, from, PAGE)?;
        let destroyed = destroyed(conn, &page)?;
        let Some((last, _, _)) = page.last() else {
            return Ok(());
        };
        from = last.number.saturating_add(1);
        for row in page {
            each(walked(row, controller, &destroyed)?)?;
        }
    }
}

/// Gives every event of a tree that has no number.
///
/// # Errors
/// When the database fails, or `each` does.
pub fn unnumbered(
    conn: &mut Conn,
    tree: TreeId,
    mut each: impl FnMut(EventRow, Option<String>) -> Result<()>,
) -> Result<()> {
    let controller = controller_of(conn, tree)?;
    let mut from = EventId::from_uuid(Uuid::nil());
    loop {
        let page = audit::unnumbered_of(conn, controller, from, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        from = EventId::from_uuid(Uuid::from_u128(last.id.uuid().as_u128().saturating_add(1)));
        for (row, reference) in page {
            each(row, reference)?;
        }
    }
}

/// The controller of a tree, which has its id; none for that of the instance.
fn controller_of(conn: &mut Conn, tree: TreeId) -> Result<Option<ControllerId>> {
    let instance = instance::get(conn)?.ok_or(Error::NotFound)?;
    let is_instance = instance.instance_id == tree.as_bytes();
    Ok((!is_instance).then(|| ControllerId::from_uuid(tree.uuid())))
}

/// The requests of a page whose sealed words may be gone, because their key was destroyed.
fn destroyed(conn: &mut Conn, page: &[NumberedEvent]) -> Result<Vec<RequestId>> {
    let mut requests: Vec<RequestId> = page
        .iter()
        .filter(|(leaf, _, _)| leaf.sealed_sha256.is_some())
        .filter_map(|(_, event, _)| event.as_ref())
        .filter(|event| event.sealed_detail.is_none())
        .filter_map(|event| event.request_id)
        .collect();
    requests.sort_unstable();
    requests.dedup();
    if requests.is_empty() {
        return Ok(requests);
    }
    Ok(audit::with_destroyed_key(conn, &requests)?)
}

fn walked(
    (leaf, event, reference): NumberedEvent,
    controller: Option<ControllerId>,
    destroyed: &[RequestId],
) -> Result<Walked> {
    let number =
        u64::try_from(leaf.number).map_err(|_| Error::internal("an event has a number below 0"))?;
    // A hash of another length is nobody's.
    let stored = TreeHash::from_slice(&leaf.leaf_hash)
        .unwrap_or_else(|| TreeHash::from_bytes([0; HASH_BYTES]));
    let mut numbered = Numbered {
        number,
        event: leaf.event_id,
        reference,
        found: None,
        stored,
        fault: None,
        is_late: false,
    };
    let Some(event) = event else {
        return Ok(Walked { numbered, entry: None });
    };
    let remembered: Option<[u8; HASH_BYTES]> =
        leaf.sealed_sha256.as_deref().and_then(|hash| hash.try_into().ok());
    let sealed = event.sealed_detail.as_deref().map(leaf::sealed_sha256);
    let may_be_gone = event.request_id.is_some_and(|request| destroyed.contains(&request));
    numbered.fault = if event.controller_id != controller {
        Some(Fault::Moved)
    } else if sealed.is_none() && remembered.is_some() && !may_be_gone {
        Some(Fault::WordsGone)
    } else {
        None
    };
    let entry = sealing::entry(&event, sealed.or(remembered), leaf.numbered_at)?;
    numbered.found = Some(leaf_hash(&entry));
    numbered.is_late = leaf.numbered_at.utc() - event.at.utc() > LATE;
    Ok(Walked { numbered, entry: Some(entry) })
}

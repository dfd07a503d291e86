//! The history of a tree as it stands in a database, event by event. A row that does not read is
//! given as altered, and those behind it are given all the same.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::database::{LATE, PAGE, is_old};
use crate::audit::leaf;
use crate::audit::restoration::INSTANCE_RESTORED;
use crate::audit::tree::{HASH_BYTES, TreeHash, leaf_hash};
use crate::audit::verification::{About, Fault, Numbered};
use crate::db::conn::Conn;
use crate::db::events::EventRow;
use crate::db::instance;
use crate::db::verified::{self, StoredCase, StoredEvent, StoredLeaf, StoredPlace};
use crate::domain::ids::{ControllerId, EventId, Id, RequestId, TreeId};
use crate::error::{Error, Result};
use crate::workflow::sealing;

/// What stands for an event that does not read.
const UNREADABLE: &[u8] = b"{}";

/// An event in its place, with its canonical form while it is there.
pub struct Walked {
    pub numbered: Numbered,
    pub entry: Option<Vec<u8>>,
    /// What it says of a restore, and when it was numbered.
    pub restored: Option<(String, DateTime<Utc>)>,
}

/// Gives every numbered event of a tree in the order of the numbers.
///
/// # Errors
/// When the database fails, or `each` does.
pub fn walk(
    conn: &mut Conn,
    tree: TreeId,
    now: DateTime<Utc>,
    mut each: impl FnMut(Walked) -> Result<()>,
) -> Result<()> {
    let controller = controller_of(conn, tree)?;
    // A case that is gone is told by its first event.
    let mut told = HashSet::new();
    let mut from = 0;
    loop {
        let page = verified::leaves(conn, tree, from, PAGE)?;
        let destroyed = destroyed(conn, (tree, controller), &page, now)?;
        let next = page.last().map(|(leaf, _, _)| leaf.number.saturating_add(1));
        for row in page {
            let mut walked = walked(row, controller, &destroyed)?;
            let numbered = &mut walked.numbered;
            if matches!(numbered.fault, Some(Fault::CaseGone | Fault::CaseMoved))
                && numbered.about.case.is_some_and(|case| !told.insert(case))
            {
                numbered.fault = None;
            }
            each(walked)?;
        }
        match next {
            // What is no number comes last, and counts for one that was.
            Some(next) if next > from => from = next,
            _ => return Ok(()),
        }
    }
}

/// Gives every event of a tree that has no number, and when it happened.
///
/// # Errors
/// When the database fails, or `each` does.
pub fn unnumbered(
    conn: &mut Conn,
    tree: TreeId,
    mut each: impl FnMut(About, DateTime<Utc>) -> Result<()>,
) -> Result<()> {
    let controller = controller_of(conn, tree)?;
    let mut from = Vec::new();
    loop {
        let page = verified::unnumbered(conn, controller, &from, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        // The next bytes in order: an id need not be as long as ours.
        from.clone_from(&last.id);
        from.push(0);
        for (event, case) in page {
            let at = event.at.utc();
            each(about(EventId::from_slice(&event.id), Some(&event), case), at)?;
        }
    }
}

/// The controller of a tree, which has its id; none for that of the instance.
fn controller_of(conn: &mut Conn, tree: TreeId) -> Result<Option<ControllerId>> {
    let instance = instance::get(conn)?.ok_or(Error::NotFound)?;
    let is_instance = instance.instance_id == tree.as_bytes();
    Ok((!is_instance).then(|| ControllerId::from_uuid(tree.uuid())))
}

/// The cases of a page whose sealed words may be gone: they have no key, and an event of this very
/// tree says that it was destroyed, with its number or too young to have one.
fn destroyed(
    conn: &mut Conn,
    of: (TreeId, Option<ControllerId>),
    page: &[StoredPlace],
    now: DateTime<Utc>,
) -> Result<HashSet<RequestId>> {
    let mut cases: Vec<RequestId> = page
        .iter()
        .filter(|(leaf, _, _)| remembered(leaf).is_some())
        .filter_map(|(_, event, _)| event.as_ref())
        .filter(|event| matches!(event.sealed_detail.0, Some(None)))
        .filter_map(|event| event.request_id.0.flatten())
        .collect();
    cases.sort_unstable();
    cases.dedup();
    if cases.is_empty() {
        return Ok(HashSet::new());
    }
    let mut destroyed = HashSet::new();
    for (event, leaf) in verified::destructions(conn, of, &cases)? {
        let Some(row) = event.row() else {
            continue;
        };
        let counts = match &leaf {
            None => !is_old(row.at.utc(), now),
            Some(leaf) => leaf_hash(&entry(&row, leaf)?) == stored_hash(leaf),
        };
        if counts {
            destroyed.extend(row.request_id);
        }
    }
    Ok(destroyed)
}

fn about(event: Option<EventId>, stored: Option<&StoredEvent>, case: Option<StoredCase>) -> About {
    let id = stored.and_then(|stored| stored.request_id.0.flatten());
    About { event, case: id, reference: case.and_then(|case| case.reference.0) }
}

/// The hash that was stored with a number. One of another length is nobody's.
fn stored_hash(leaf: &StoredLeaf) -> TreeHash {
    let hash = leaf.leaf_hash.0.as_deref().and_then(TreeHash::from_slice);
    hash.unwrap_or_else(|| TreeHash::from_bytes([0; HASH_BYTES]))
}

/// The digest of sealed words that is stored with a number.
fn remembered(leaf: &StoredLeaf) -> Option<[u8; HASH_BYTES]> {
    leaf.sealed_sha256.0.as_ref()?.as_deref().and_then(|hash| hash.try_into().ok())
}

/// The canonical form of an event with a number, as it stands.
fn entry(row: &EventRow, leaf: &StoredLeaf) -> Result<Vec<u8>> {
    let sealed = row.sealed_detail.as_deref().map(leaf::sealed_sha256);
    sealing::entry(row, sealed.or_else(|| remembered(leaf)), leaf.numbered_at)
}

fn walked(
    (leaf, event, case): StoredPlace,
    controller: Option<ControllerId>,
    destroyed: &HashSet<RequestId>,
) -> Result<Walked> {
    let place = case.as_ref().map(|case| case.controller_id.0);
    let mut numbered = Numbered {
        // One below 0 is no number of ours, and is found twice.
        number: u64::try_from(leaf.number).unwrap_or(0),
        about: about(leaf.event_id.0, event.as_ref(), case),
        found: None,
        stored: stored_hash(&leaf),
        fault: None,
        is_late: false,
    };
    let is_gone = event.is_none() && leaf.event_id.0.is_some();
    if is_gone {
        return Ok(Walked { numbered, entry: None, restored: None });
    }
    let Some(event) = event.and_then(StoredEvent::row) else {
        numbered.fault = Some(Fault::Altered);
        numbered.found = Some(leaf_hash(UNREADABLE));
        let entry = Some(UNREADABLE.to_vec());
        return Ok(Walked { numbered, entry, restored: None });
    };
    let entry = entry(&event, &leaf)?;
    let found = leaf_hash(&entry);
    let words_are_gone = event.sealed_detail.is_none() && remembered(&leaf).is_some();
    let may_be_gone = event.request_id.is_some_and(|request| destroyed.contains(&request));
    numbered.fault = if event.controller_id != controller {
        Some(Fault::Moved)
    } else if words_are_gone && !may_be_gone {
        Some(Fault::WordsGone)
    } else if found != numbered.stored || event.request_id.is_none() {
        None
    } else {
        match place {
            None => Some(Fault::CaseGone),
            Some(place) => (place != controller).then_some(Fault::CaseMoved),
        }
    };
    numbered.found = Some(found);
    numbered.is_late = leaf.numbered_at.utc() - event.at.utc() > LATE;
    let is_restored = found == numbered.stored && event.kind == INSTANCE_RESTORED;
    let restored = is_restored.then(|| (event.detail, leaf.numbered_at.utc()));
    Ok(Walked { numbered, entry: Some(entry), restored })
}

//! The verification of a tree as it stands in a database. Reads only; needs no key but the public
//! one.

use chrono::{DateTime, TimeDelta, Utc};

use super::walking::{unnumbered, walk};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::VerifierKey;
use crate::audit::restoration::Restoration;
use crate::audit::verification::{Report, Verification};
use crate::db::conn::Conn;
use crate::db::verified;
use crate::domain::ids::TreeId;
use crate::error::Result;

/// How many rows are read at once.
pub const PAGE: i64 = 1000;

/// How old an event may be that has no number yet.
pub const YOUNG: TimeDelta = TimeDelta::minutes(1);

/// How long after it happened an event may be numbered without a word.
pub const LATE: TimeDelta = TimeDelta::hours(1);

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
    let (mut beside, mut altered) = (Vec::new(), Vec::new());
    // One that does not open was put there by somebody without the key: it proves nothing, and is told.
    checkpoints(conn, tree, |size, note| {
        match note.and_then(|note| Checkpoint::open(note, &keys).ok()) {
            Some(checkpoint) => beside.push(checkpoint),
            None => altered.push(u64::try_from(size).unwrap_or(0)),
        }
    })?;
    let mut verification = Verification::new(kept, &beside);
    altered.into_iter().for_each(|size| verification.take_altered_checkpoint(size));
    walk(conn, tree, now, |walked| {
        let number = walked.numbered.number;
        verification.take(walked.numbered);
        let said = walked.restored.and_then(|(detail, at)| Restoration::open(&detail, at, &keys));
        if let Some(restoration) = said {
            verification.take_restoration(number, restoration);
        }
        Ok(())
    })?;
    unnumbered(conn, tree, |about, at| {
        verification.take_unnumbered(about, is_old(at, now));
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

/// Gives every checkpoint beside a tree with its size, the smaller first; no note where it does not
/// read.
///
/// # Errors
/// When the database fails.
pub fn checkpoints(
    conn: &mut Conn,
    tree: TreeId,
    mut each: impl FnMut(i64, Option<&str>),
) -> Result<()> {
    let mut above = -1;
    loop {
        let page = verified::checkpoints(conn, tree, above, PAGE)?;
        for row in &page {
            each(row.size, row.note.0.as_deref());
        }
        match page.last() {
            // What is no number comes last, and counts for one that was.
            Some(last) if last.size > above => above = last.size,
            _ => return Ok(()),
        }
    }
}

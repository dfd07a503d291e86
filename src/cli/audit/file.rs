//! The verification of an exported history.

use std::io::{BufRead, Read};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};

use super::database::{LATE, is_old};
use super::line::{Entry, FORMAT, Line};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::VerifierKey;
use crate::audit::restoration::{INSTANCE_RESTORED, Restoration};
use crate::audit::tree::{HASH_BYTES, TreeHash, leaf_hash};
use crate::audit::verification::{About, Fault, Numbered, Report, Verification};
use crate::domain::ids::TreeId;

/// The longest line that is read.
const LONGEST_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// What was found in an exported history.
pub struct Verified {
    /// The name of its tree.
    pub origin: String,
    pub report: Report,
    /// Whether its lines name references of cases, as older ones do: nothing proves those.
    pub names_references: bool,
}

/// Verifies an exported history against those of the kept checkpoints that are its own.
///
/// # Errors
/// When the file is no exported history, or no checkpoint belongs to it.
pub fn verify(
    source: impl BufRead,
    kept: &[Checkpoint],
    keys: &[VerifierKey],
    now: DateTime<Utc>,
) -> anyhow::Result<Verified> {
    let mut lines = Lines { source, number: 0 };
    let header = lines.next()?.context("the file is empty")?;
    ensure!(header.format.as_deref() == Some(FORMAT), "the file is no history of this program");
    let tree = header.tree.context("the first line names no tree")?;
    let origin = header.origin.context("the first line names no origin")?;
    let of_tree = |checkpoint: &&Checkpoint| checkpoint.origin == origin;
    let kept: Vec<Checkpoint> = kept.iter().filter(of_tree).cloned().collect();
    ensure!(!kept.is_empty(), "no checkpoint is of {origin}, whose history the file is");
    let (mut beside, mut altered) = (Vec::new(), Vec::new());
    let mut line = lines.next()?;
    while let Some(note) = line.as_ref().and_then(|line| line.checkpoint.as_deref()) {
        let opened = Checkpoint::open(note, keys).ok();
        match opened.filter(|checkpoint| checkpoint.origin == origin) {
            Some(checkpoint) => beside.push(checkpoint),
            None => altered.push(Checkpoint::parse(note).map_or(0, |checkpoint| checkpoint.size)),
        }
        line = lines.next()?;
    }
    let mut verification = Verification::new(&kept, &beside);
    altered.into_iter().for_each(|size| verification.take_altered_checkpoint(size));
    let mut names_references = false;
    while let Some(given) = line {
        names_references |= given.reference.is_some();
        take(&mut verification, given, (tree, keys), now)
            .with_context(|| format!("line {} is not usable", lines.number))?;
        line = lines.next()?;
    }
    Ok(Verified { origin, report: verification.end(), names_references })
}

fn take(
    verification: &mut Verification,
    line: Line,
    (tree, keys): (TreeId, &[VerifierKey]),
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let event = line.event.context("it names no event")?;
    let Some(number) = line.number else {
        let at = line.at.context("an event without number has no instant")?;
        let about = About { event: Some(event), ..About::default() };
        verification.take_unnumbered(about, is_old(at, now));
        return Ok(());
    };
    let hash = line.hash.context("it has no hash")?;
    // A hash that cannot be read is nobody's.
    let stored = TreeHash::from_base64(&hash).unwrap_or(TreeHash::from_bytes([0; HASH_BYTES]));
    let (mut found, mut fault, mut is_late, mut restored) = (None, None, false, None);
    // A reference beside the entry is nowhere proven: the case is named as the entry names it.
    let mut about = About { event: Some(event), ..About::default() };
    if let Some(raw) = &line.entry {
        found = Some(leaf_hash(raw.get().as_bytes()));
        match serde_json::from_str::<Entry>(raw.get()) {
            Ok(entry) => {
                about.case = entry.request;
                is_late = entry.numbered_at - entry.at > LATE;
                if entry.controller.is_some_and(|id| id.uuid() != tree.uuid()) {
                    fault = Some(Fault::Moved);
                } else if entry.id != event {
                    fault = Some(Fault::Altered);
                } else if entry.kind == INSTANCE_RESTORED && found == Some(stored) {
                    restored = Restoration::open(&entry.detail, entry.numbered_at, keys);
                }
            }
            Err(_) => fault = Some(Fault::Altered),
        }
    }
    verification.take(Numbered { number, about, found, stored, fault, is_late });
    if let Some(restoration) = restored {
        verification.take_restoration(number, restoration);
    }
    Ok(())
}

/// The lines of the file, each bounded.
struct Lines<R> {
    source: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> anyhow::Result<Option<Line>> {
        self.number += 1;
        let mut text = Vec::new();
        let mut bounded = (&mut self.source).take(LONGEST_LINE_BYTES);
        bounded.read_until(b'\n', &mut text).context("the file cannot be read")?;
        if text.is_empty() {
            return Ok(None);
        }
        match serde_json::from_slice(&text) {
            Ok(line) => Ok(Some(line)),
            Err(error) => bail!("line {} is not usable: {error}", self.number),
        }
    }
}

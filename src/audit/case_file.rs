//! A case file: what is known of one case, as files whose digests are signed, with the events as
//! they were numbered and the hashes that lead from each of them to a checkpoint. Whoever has the
//! public key and a checkpoint that was kept elsewhere can check it without the server.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::checkpoint::Checkpoint;
use super::note::{self, NoteError, VerifierKey};
use super::path::{continues, includes};
use super::tree::{TreeHash, leaf_hash};
use crate::domain::ids::{EventId, RequestId};

/// The events, a line each.
pub const EVENTS: &str = "events.jsonl";
/// What they are proven by.
pub const PROOF: &str = "proof.json";
/// The digests of all other files, signed.
pub const MANIFEST: &str = "MANIFEST";
/// What the first line of the manifest says of itself: no checkpoint begins so.
const FORMAT: &str = "guichet case file 1";

/// One event of the case.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// The place in the history of the case, from 1.
    pub version: i64,
    pub event: EventId,
    pub kind: String,
    pub at: DateTime<Utc>,
    /// The place in the tree, from 0; none for an event that had no number yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The canonical form, byte for byte, of which the hash is the leaf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Box<RawValue>>,
    /// The hashes from the leaf to the root, in base64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<String>,
}

/// What the events are proven by.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    pub request: RequestId,
    /// The name of the tree.
    pub origin: String,
    /// A note; none while nothing of the tree was signed.
    pub checkpoint: Option<String>,
    /// That the tree of the checkpoint begins with the trees of earlier ones.
    pub consistency: Vec<Consistency>,
}

/// Proof that a tree begins with one of an earlier size.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    pub earlier: u64,
    pub hashes: Vec<String>,
}

/// What the manifest of a case file says, to be signed: file names with SHA-256 in hexadecimal.
#[must_use]
pub fn manifest(
    origin: &str,
    reference: &str,
    made_at: DateTime<Utc>,
    files: &[(String, String)],
) -> String {
    let made_at = made_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut text = format!("{FORMAT}\n{origin}\n{reference}\n{made_at}\n");
    for (name, sha256) in files {
        text.push_str(&format!("{sha256}  {name}\n"));
    }
    text
}

/// What is wrong with a case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The manifest is gone, or is none.
    NoManifest,
    /// The manifest is not as it was signed.
    ManifestAltered,
    /// None of the given keys signed the manifest.
    UnknownKey,
    /// A file is not as it was signed.
    FileAltered(String),
    FileGone(String),
    /// A file that the manifest does not name.
    FileAdded(String),
    /// Events or proof do not read.
    Unreadable(&'static str),
    /// The checkpoint in it was not signed by the key of the tree.
    CheckpointAltered,
    /// An event is not the one that was numbered: its place in the case, its number, its id.
    EventAltered {
        version: i64,
        number: u64,
        event: EventId,
    },
    /// An event of the case, by its place, is not in the file.
    EventGone {
        version: i64,
    },
    /// The history that was signed later does not continue the one of this kept checkpoint.
    Parted {
        size: u64,
    },
    /// No kept checkpoint could be compared with the one of the file.
    NotCompared {
        size: u64,
    },
}

/// What was found in a case file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFileReport {
    pub origin: String,
    pub reference: String,
    /// How many files the manifest names.
    pub files: usize,
    /// How many events lead to the checkpoint.
    pub proven: usize,
    /// How many had no number yet.
    pub unprotected: usize,
    /// Kept checkpoints that agree with the file's.
    pub fitting: usize,
    /// How large the tree of the file's checkpoint is.
    pub size: u64,
    pub faults: Vec<Fault>,
}

/// Checks the files of a case file against keys and checkpoints that were kept elsewhere.
#[must_use]
pub fn verify(
    files: &BTreeMap<String, Vec<u8>>,
    kept: &[Checkpoint],
    keys: &[VerifierKey],
) -> CaseFileReport {
    let mut report = CaseFileReport::default();
    if let Some(origin) = check_files(files, keys, &mut report) {
        report.origin = origin;
        check_events(files, kept, keys, &mut report);
    }
    report
}

/// Holds every file against the signed manifest; gives the name of the tree that it was signed for.
fn check_files(
    files: &BTreeMap<String, Vec<u8>>,
    keys: &[VerifierKey],
    report: &mut CaseFileReport,
) -> Option<String> {
    let signed = files.get(MANIFEST).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let opened = signed.map(|signed| note::open(signed, keys));
    let (text, key) = match opened {
        Some(Ok(opened)) => opened,
        Some(Err(NoteError::NotAuthentic(_))) => {
            report.faults.push(Fault::ManifestAltered);
            return None;
        }
        Some(Err(NoteError::UnknownKey)) => {
            report.faults.push(Fault::UnknownKey);
            return None;
        }
        Some(Err(_)) | None => {
            report.faults.push(Fault::NoManifest);
            return None;
        }
    };
    let mut lines = text.lines();
    let (format, origin, reference) = (lines.next(), lines.next(), lines.next());
    if format != Some(FORMAT) || origin != Some(key.name()) || lines.next().is_none() {
        report.faults.push(Fault::NoManifest);
        return None;
    }
    report.reference = reference.unwrap_or_default().to_owned();
    let named: BTreeMap<&str, &str> =
        lines.filter_map(|line| line.split_once("  ").map(|(hash, name)| (name, hash))).collect();
    report.files = named.len();
    for (name, sha256) in &named {
        match files.get(*name) {
            None => report.faults.push(Fault::FileGone((*name).to_owned())),
            Some(bytes) if hexadecimal(&Sha256::digest(bytes)) != *sha256 => {
                report.faults.push(Fault::FileAltered((*name).to_owned()));
            }
            Some(_) => {}
        }
    }
    let added = files.keys().filter(|name| *name != MANIFEST && !named.contains_key(name.as_str()));
    report.faults.extend(added.map(|name| Fault::FileAdded(name.clone())));
    Some(key.name().to_owned())
}

fn check_events(
    files: &BTreeMap<String, Vec<u8>>,
    kept: &[Checkpoint],
    keys: &[VerifierKey],
    report: &mut CaseFileReport,
) {
    let proof = files.get(PROOF).and_then(|bytes| serde_json::from_slice::<Proof>(bytes).ok());
    let Some(proof) = proof else {
        return report.faults.push(Fault::Unreadable(PROOF));
    };
    let opened = proof.checkpoint.as_deref().and_then(|note| Checkpoint::open(note, keys).ok());
    let Some(signed) = opened.filter(|signed| signed.origin == report.origin) else {
        return report.faults.push(Fault::CheckpointAltered);
    };
    report.size = signed.size;
    let text = files.get(EVENTS).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let lines: Option<Vec<EventLine>> =
        text.and_then(|text| text.lines().map(|line| serde_json::from_str(line).ok()).collect());
    let Some(lines) = lines else {
        return report.faults.push(Fault::Unreadable(EVENTS));
    };
    let mut expected = 1;
    for line in &lines {
        while expected < line.version {
            report.faults.push(Fault::EventGone { version: expected });
            expected += 1;
        }
        expected = line.version.saturating_add(1);
        match line.number {
            None => report.unprotected += 1,
            Some(number) if is_proven(line, number, proof.request, &signed) => report.proven += 1,
            Some(number) => report.faults.push(Fault::EventAltered {
                version: line.version,
                number,
                event: line.event,
            }),
        }
    }
    compare(&proof, &signed, kept, report);
}

/// What a reader needs of the canonical form.
#[derive(Deserialize)]
struct Entry {
    id: EventId,
    request: Option<RequestId>,
    version: i64,
    kind: String,
    at: DateTime<Utc>,
}

fn is_proven(line: &EventLine, number: u64, request: RequestId, signed: &Checkpoint) -> bool {
    let Some(raw) = &line.entry else { return false };
    let Ok(entry) = serde_json::from_str::<Entry>(raw.get()) else { return false };
    let is_said = entry.id == line.event
        && entry.request == Some(request)
        && entry.version == line.version
        && entry.kind == line.kind
        && entry.at == line.at;
    let leaf = leaf_hash(raw.get().as_bytes());
    let path = hashes(&line.hashes);
    is_said && path.is_some_and(|path| includes(&path, number, leaf, signed.size, signed.root))
}

/// Holds the file's checkpoint against those that were kept elsewhere.
fn compare(proof: &Proof, signed: &Checkpoint, kept: &[Checkpoint], report: &mut CaseFileReport) {
    let now = (signed.size, signed.root);
    for kept in kept.iter().filter(|kept| kept.origin == signed.origin) {
        let earlier = (kept.size, kept.root);
        let holds = if kept.size == signed.size {
            Some(kept.root == signed.root)
        } else {
            let path = proof.consistency.iter().find(|path| path.earlier == kept.size);
            let path = path.and_then(|path| hashes(&path.hashes));
            path.map(|path| continues(&path, earlier, now))
        };
        match holds {
            Some(true) => report.fitting += 1,
            Some(false) => report.faults.push(Fault::Parted { size: kept.size }),
            // One that is newer than the file, or that was never exported, says nothing of it.
            None => {}
        }
    }
    let is_parted = report.faults.iter().any(|fault| matches!(fault, Fault::Parted { .. }));
    if report.fitting == 0 && !is_parted {
        report.faults.push(Fault::NotCompared { size: signed.size });
    }
}

fn hashes(written: &[String]) -> Option<Vec<TreeHash>> {
    written.iter().map(|hash| TreeHash::from_base64(hash)).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

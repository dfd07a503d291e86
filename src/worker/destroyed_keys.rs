//! The ledger of destroyed keys, beside the checkpoints: one a line, of a case with the event that
//! ended it, or of an identity document. A backup from before still has those keys; whoever restores it
//! gives this file, and they are destroyed again.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::conn::Conn;
use crate::db::{audit, events};
use crate::domain::event::Event;
use crate::domain::ids::{FileId, RequestId, TreeId};
use crate::error::Result;

/// A case whose key was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestroyedCase {
    pub case: RequestId,
    /// What ended it before; a backup may be from a time when it was still open.
    pub ended: Event,
}

/// An identity document whose key was destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestroyedDocument {
    pub document: FileId,
    /// Whose it was.
    pub of: RequestId,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Destroyed {
    Case(DestroyedCase),
    Document(DestroyedDocument),
}

impl Destroyed {
    /// What a line is about.
    const fn id(&self) -> Uuid {
        match self {
            Self::Case(of) => of.case.uuid(),
            Self::Document(of) => of.document.uuid(),
        }
    }
}

/// Where the ledger stands.
#[must_use]
pub fn ledger_of(directory: &Path) -> PathBuf {
    directory.join("destroyed.cases")
}

/// Reads a ledger: its lines, and how many say nothing. One that a process could not finish is
/// followed by the same once more.
#[must_use]
pub fn read(text: &str) -> (Vec<Destroyed>, usize) {
    let (mut lines, mut unreadable) = (Vec::new(), 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(read) => lines.push(read),
            Err(_) => unreadable += 1,
        }
    }
    (lines, unreadable)
}

/// Reads a whole ledger: its lines, and how many were cut short. Such a line is the last, without its
/// end, or stands once more further down.
///
/// # Errors
/// The number of the first line that is neither: then the file is no ledger, or was changed.
pub fn read_whole(text: &str) -> std::result::Result<(Vec<Destroyed>, usize), usize> {
    let (mut lines, mut cut) = (Vec::new(), Vec::new());
    let all: Vec<&str> = text.lines().collect();
    for (number, line) in all.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(read) => lines.push(read),
            Err(_) => cut.push((number, *line)),
        }
    }
    for (number, line) in &cut {
        let is_last = number + 1 == all.len() && !text.ends_with('\n');
        let mut after = all.iter().skip(number + 1);
        // What nothing stands beside is no ledger that was cut short.
        if lines.is_empty() || !(is_last || after.any(|again| again.starts_with(line))) {
            return Err(number + 1);
        }
    }
    Ok((lines, cut.len()))
}

/// What was destroyed by the events of a tree from one number to before another.
///
/// # Errors
/// When the database fails, or a history does not read.
pub fn between(conn: &mut Conn, tree: TreeId, from: i64, to: i64) -> Result<Vec<Destroyed>> {
    let mut destroyed = Vec::new();
    for row in audit::destroyed_between(conn, tree, from, to)? {
        let Some(case) = row.request_id else { continue };
        match row.entry().map(|entry| entry.event) {
            Ok(Event::IdentityDocumentRemoved { document, .. }) => {
                destroyed.push(Destroyed::Document(DestroyedDocument { document, of: case }));
            }
            Ok(Event::CaseKeyDestroyed) => {
                let ended = end_of(conn, case)?;
                destroyed.extend(ended.map(|ended| Destroyed::Case(DestroyedCase { case, ended })));
            }
            _ => {}
        }
    }
    Ok(destroyed)
}

/// What ended a case, as its history says.
fn end_of(conn: &mut Conn, case: RequestId) -> Result<Option<Event>> {
    let rows = events::of_request(conn, case)?;
    let mut read = rows.iter().rev().filter_map(|row| row.entry().ok()).map(|entry| entry.event);
    Ok(read.find(|event| {
        matches!(
            event,
            Event::RequestWithdrawn | Event::RequestForwarded | Event::RequestClosed { .. }
        )
    }))
}

/// Appends what the ledger does not name yet.
///
/// # Errors
/// When the disk refuses.
pub fn append(directory: &Path, destroyed: &[Destroyed]) -> anyhow::Result<()> {
    let path = ledger_of(directory);
    let of_file = || format!("cannot append to {}", path.display());
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.with_context(of_file)?,
    };
    let known: BTreeSet<Uuid> = read(&text).0.iter().map(Destroyed::id).collect();
    let mut new = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        new.push('\n');
    }
    for line in destroyed.iter().filter(|it| !known.contains(&it.id())) {
        new.push_str(&serde_json::to_string(line)?);
        new.push('\n');
    }
    if new.trim().is_empty() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o640);
    let mut file = options.open(&path).with_context(of_file)?;
    file.write_all(new.as_bytes()).and_then(|()| file.sync_data()).with_context(of_file)
}

#[cfg(test)]
mod tests {
    use super::{Destroyed, DestroyedCase, DestroyedDocument, append, ledger_of, read};
    use crate::domain::event::Event;
    use crate::domain::ids::{FileId, Id, RequestId};
    use crate::domain::request::ClosingGround;
    use uuid::Uuid;

    #[test]
    fn a_case_stands_once_also_after_a_line_that_was_cut_short() {
        let directory = tempfile::tempdir().unwrap();
        let case = |number, ended| {
            let case = RequestId::from_uuid(Uuid::from_u128(number));
            Destroyed::Case(DestroyedCase { case, ended })
        };
        let one = case(1, Event::RequestWithdrawn);
        let two = case(2, Event::RequestClosed { ground: ClosingGround::Answered });
        append(directory.path(), std::slice::from_ref(&one)).unwrap();
        append(directory.path(), std::slice::from_ref(&one)).unwrap();
        let path = ledger_of(directory.path());
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text), (vec![one.clone()], 0));
        let cut = &serde_json::to_string(&two).unwrap();
        let cut = cut.get(..60).unwrap();
        std::fs::write(&path, format!("{text}{cut}")).unwrap();
        append(directory.path(), &[one.clone(), two.clone()]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text), (vec![one.clone(), two.clone()], 1), "{text}");
        let document = Destroyed::Document(DestroyedDocument {
            document: FileId::from_uuid(Uuid::from_u128(3)),
            of: RequestId::from_uuid(Uuid::from_u128(1)),
        });
        append(directory.path(), std::slice::from_ref(&document)).unwrap();
        append(directory.path(), std::slice::from_ref(&document)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(read(&text), (vec![one, two, document], 1), "{text}");
    }
}

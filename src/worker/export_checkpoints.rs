//! Appends signed checkpoints to a file for each tree. Whoever keeps such a file where this machine
//! can only append to it can tell later whether the history was changed.

use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::destroyed_keys;
use crate::app::App;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note;
use crate::db::audit::{self, AuditCheckpoint};
use crate::domain::ids::TreeId;

/// How much of the end of a file is read: several notes.
const TAIL_BYTES: u64 = 4096;

/// What separates two notes in a file.
const SEPARATOR: &[u8] = b"\n\n";

/// The checkpoints that this process knows to be in their files.
#[derive(Default)]
pub struct Exported(HashMap<TreeId, i64>);

/// Where the checkpoints of a tree are appended.
#[must_use]
pub fn file_of(directory: &Path, tree: TreeId) -> PathBuf {
    directory.join(format!("{tree}.checkpoints"))
}

impl Exported {
    /// Appends the newest checkpoint of each tree whose file does not have it yet.
    ///
    /// # Errors
    /// When the database or a file fails; what was appended stays.
    pub async fn export(&mut self, app: &App) -> anyhow::Result<()> {
        let newest = app
            .read(|conn| {
                let mut newest = Vec::new();
                for tree in audit::trees(conn)? {
                    newest.extend(audit::newest_checkpoint(conn, tree.id)?);
                }
                Ok(newest)
            })
            .await?;
        for row in newest {
            let (tree, size) = (row.tree_id, row.size);
            if self.0.get(&tree) == Some(&size) {
                continue;
            }
            let directory = app.config().checkpoint_dir.clone();
            let path = file_of(&directory, tree);
            let last = blocking(move || last_of(&directory, tree)).await?;
            let new = Checkpoint::parse(&row.note).context("a checkpoint does not read")?;
            let is_there = match last {
                Some(last) if last == new => true,
                Some(last) if last.size >= new.size => is_known(app, tree, &last).await?,
                _ => false,
            };
            if !is_there {
                blocking(move || append(&path, &row)).await?;
            }
            let from = self.0.get(&tree).copied().unwrap_or(0);
            let destroyed =
                app.read(move |conn| destroyed_keys::between(conn, tree, from, size)).await?;
            if !destroyed.is_empty() {
                let directory = app.config().checkpoint_dir.clone();
                blocking(move || destroyed_keys::append(&directory, &destroyed)).await?;
            }
            self.0.insert(tree, size);
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the thread that writes checkpoints")?
}

/// Whether a checkpoint that a file ends with is one of this database: then another worker was
/// faster. Otherwise the database was put back, or another one is served; only a person can tell
/// why. The file then gets both, and `guichet audit verify` tells where they part.
async fn is_known(app: &App, tree: TreeId, last: &Checkpoint) -> anyhow::Result<bool> {
    let (size, wanted) = (i64::try_from(last.size)?, last.clone());
    let found = app
        .read(move |conn| Ok(audit::checkpoints(conn, tree, size.saturating_sub(1), 1)?))
        .await?;
    let is_known = found.iter().any(|row| Checkpoint::parse(&row.note).as_ref() == Some(&wanted));
    if !is_known {
        tracing::error!(%tree, exported = size,
            "an exported checkpoint is not in the history of this database");
    }
    Ok(is_known)
}

/// The checkpoint that the file of a tree ends with. The directory is made when it is missing.
fn last_of(directory: &Path, tree: TreeId) -> anyhow::Result<Option<Checkpoint>> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let path = file_of(directory, tree);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(|| format!("cannot read {}", path.display()))?,
    };
    let tail = tail(&mut file).with_context(|| format!("cannot read {}", path.display()))?;
    let mut notes = note::split(&String::from_utf8_lossy(&tail));
    // What a process that ended could not finish is not there.
    if !tail.ends_with(SEPARATOR) {
        notes.pop();
    }
    notes.retain(|note| note.contains(note::SIGNATURES));
    Ok(notes.iter().rev().find_map(|note| Checkpoint::parse(note)))
}

fn append(path: &Path, row: &AuditCheckpoint) -> anyhow::Result<()> {
    let of_file = || format!("cannot append to {}", path.display());
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o640);
    let mut file = options.open(path).with_context(of_file)?;
    let tail = tail(&mut file).with_context(of_file)?;
    let mut bytes = Vec::new();
    // What an earlier process could not finish stands by itself.
    if !tail.is_empty() && !tail.ends_with(SEPARATOR) {
        bytes.extend_from_slice(SEPARATOR);
    }
    bytes.extend_from_slice(row.note.as_bytes());
    bytes.push(b'\n');
    file.write_all(&bytes).and_then(|()| file.sync_data()).with_context(of_file)
}

fn tail(file: &mut File) -> std::io::Result<Vec<u8>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(tail)
}

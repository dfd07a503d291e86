//! The ledger of destroyed keys, beside the checkpoints: one case a line. A backup from before still
//! has those keys; whoever restores it gives this file, and they are destroyed again.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::domain::ids::RequestId;

/// Where the ledger stands.
#[must_use]
pub fn ledger_of(directory: &Path) -> PathBuf {
    directory.join("destroyed.cases")
}

/// Appends the cases that the ledger does not name yet.
///
/// # Errors
/// When the disk refuses.
pub fn append(directory: &Path, cases: &[RequestId]) -> anyhow::Result<()> {
    let path = ledger_of(directory);
    let of_file = || format!("cannot append to {}", path.display());
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.with_context(of_file)?,
    };
    let known: BTreeSet<&str> = text.lines().collect();
    let mut new = String::new();
    // What an earlier process could not finish names no case; the case follows once more.
    if !text.is_empty() && !text.ends_with('\n') {
        new.push('\n');
    }
    for case in cases.iter().map(ToString::to_string) {
        if !known.contains(case.as_str()) {
            new.push_str(&case);
            new.push('\n');
        }
    }
    if new.trim().is_empty() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    let mut file =
        options.append(true).create(true).mode(0o640).open(&path).with_context(of_file)?;
    file.write_all(new.as_bytes()).and_then(|()| file.sync_data()).with_context(of_file)
}

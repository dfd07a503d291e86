//! `guichet backup`: the whole instance in one sealed file, while it works; or what backups there are.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use crate::backup::folder;
use crate::backup::write::save;
use crate::cli::instance::{Place, refused};
use crate::cli::{Outcome, say};
use crate::db::backups;
use crate::language::{Language, text, text_with};
use crate::start::Opening;

/// As many nights as are listed.
const LISTED: i64 = 100;

/// Where to.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// The file to write. It must not be there yet.
    #[arg(required_unless_present = "list")]
    file: Option<PathBuf>,
    /// Lists the backups that were made by night, and their files in `backup_dir`.
    #[arg(long, conflicts_with = "file")]
    list: bool,
}

/// Writes the backup.
///
/// # Errors
/// When the instance cannot be opened, or the file cannot be written.
pub fn run(arguments: &Backup, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    if arguments.list {
        return list(arguments, out);
    }
    let path = arguments.file.as_ref().context("name the file to write")?;
    let app = arguments.place.open(Opening::Existing)?;
    if path.exists() {
        bail!("{} is there already: give another name", path.display());
    }
    let contents = save(app.config(), &app.vault().backup_key(), path, app.now())?;
    let rows: u64 = contents.tables.values().map(|table| table.rows).sum();
    let values = [
        ("file", path.display().to_string()),
        ("rows", rows.to_string()),
        ("files", contents.files.len().to_string()),
    ];
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say(&text_with(Language::En, "backup-written", &values));
    Ok(Outcome::Done)
}

/// One JSON object a night, newest first; a night that failed is a finding.
fn list(arguments: &Backup, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let app = arguments.place.open(Opening::Existing)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rows = runtime.block_on(app.read(|conn| Ok(backups::list(conn, LISTED)?)));
    let rows = rows.map_err(refused)?;
    let nightly = app.config().nightly.as_ref();
    if nightly.is_none() {
        say(&text(Language::En, "backup-not-set"));
    }
    for row in &rows {
        let file = row.file.as_ref().zip(nightly).map(|(name, nightly)| nightly.dir.join(name));
        let line = json!({
            "day": row.day,
            "state": row.state,
            "file": file.as_ref().map(|path| path.display().to_string()).or(row.file.clone()),
            "is_there": file.is_some_and(|path| folder::is_there(&path)),
            "size_bytes": row.size_bytes,
            "rows": row.row_count,
            "last_error": row.last_error,
        });
        writeln!(out, "{line}")?;
    }
    let failed = rows.first().is_some_and(|row| row.state == backups::FAILED);
    Ok(if failed { Outcome::Finding } else { Outcome::Done })
}

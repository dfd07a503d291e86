//! `guichet backup`: every row at one instant, then the sealed files, in one sealed file. The
//! instance goes on working.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use sha2::{Digest, Sha256};

use super::archive::{self, Kind, put, put_json};
use super::{Contents, FORMAT, Header, hexadecimal, row_bytes};
use crate::cli::audit::verify::snapshot;
use crate::cli::instance::{Place, refused};
use crate::cli::{Outcome, say};
use crate::db::conn::Conn;
use crate::db::dump;
use crate::domain::ids::FileId;
use crate::language::{Language, text_with};
use crate::sealed_folder::MARK;
use crate::start::{self, Opening};
use crate::vault::file::SealedWriter;

/// How much of a file one record holds.
const PART_BYTES: usize = 64 * 1024;

/// Where to.
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    /// The file to write. It must not be there yet.
    file: PathBuf,
}

/// Writes the backup.
///
/// # Errors
/// When the instance cannot be opened, or the file cannot be written.
pub fn run(arguments: &Backup) -> anyhow::Result<Outcome> {
    let app = arguments.place.open(Opening::Existing)?;
    let config = app.config();
    if arguments.file.exists() {
        bail!("{} is there already: give another name", arguments.file.display());
    }
    // Unfinished, it has another name: what has the right one is whole.
    let mut unfinished = arguments.file.clone().into_os_string();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options
        .open(&unfinished)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    let key = app.vault().backup_key();
    let written = (|| {
        let mut sealed =
            SealedWriter::create(BufWriter::with_capacity(256 * 1024, file), &key, archive::ID)?;
        let mut conn = snapshot(&config.database_url)?;
        let contents = write(&mut conn, &start::sealed_folder(config), &mut sealed)?;
        let (buffered, _) = sealed.finish()?;
        let file = buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&unfinished, &arguments.file)?;
        anyhow::Ok(contents)
    })();
    let contents = written.inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })?;
    let rows: u64 = contents.tables.values().map(|table| table.rows).sum();
    let values = [
        ("file", arguments.file.display().to_string()),
        ("rows", rows.to_string()),
        ("files", contents.files.len().to_string()),
    ];
    let values: Vec<(&str, &str)> =
        values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    say(&text_with(Language::En, "backup-written", &values));
    Ok(Outcome::Done)
}

/// Writes every row that the connection sees, and the sealed files.
///
/// # Errors
/// When the database or the disk fails.
pub fn write(conn: &mut Conn, folder: &Path, out: &mut impl Write) -> anyhow::Result<Contents> {
    let header = Header {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        migrations: dump::migrations(conn).map_err(|error| refused(error.into()))?,
        tables: dump::tables(conn).map_err(|error| refused(error.into()))?,
    };
    put_json(out, Kind::Header, &header)?;
    let mut contents = Contents::default();
    for table in &header.tables {
        put(out, Kind::Table, table.name.as_bytes())?;
        let counted = contents.tables.entry(table.name.clone()).or_default();
        dump::rows(conn, table, |row| {
            let bytes = row_bytes(row)?;
            counted.add(&bytes);
            put(out, Kind::Row, &bytes)
        })?;
    }
    // The files never change; those that come from now on belong to no row that was copied.
    dump::take_back(conn).map_err(|error| refused(error.into()))?;
    write_files(folder, &mut contents, out)?;
    put_json(out, Kind::End, &contents)?;
    Ok(contents)
}

fn write_files(folder: &Path, contents: &mut Contents, out: &mut impl Write) -> anyhow::Result<()> {
    let of_folder = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(of_folder)? {
        let entry = entry.with_context(of_folder)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name != MARK && name.parse::<FileId>().is_err() {
            continue;
        }
        let mut file = match File::open(entry.path()) {
            // The key of its case was destroyed a moment ago.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened.with_context(of_folder)?,
        };
        put(out, Kind::File, name.as_bytes())?;
        let mut digest = Sha256::new();
        let mut part = vec![0; PART_BYTES];
        loop {
            let count = file.read(&mut part).with_context(of_folder)?;
            let read = part.get(..count).unwrap_or_default();
            if read.is_empty() {
                break;
            }
            digest.update(read);
            put(out, Kind::Part, read)?;
        }
        contents.files.insert(name, hexadecimal(&digest.finalize()));
    }
    Ok(())
}

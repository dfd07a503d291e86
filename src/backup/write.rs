//! Every row at one instant, then the sealed files, in one sealed file.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::archive::{self, Kind, put, put_json};
use super::{Contents, FORMAT, Header, hexadecimal, row_bytes};
use crate::config::Config;
use crate::db::conn::Conn;
use crate::db::{dialect, dump};
use crate::domain::ids::FileId;
use crate::sealed_folder::MARK;
use crate::start;
use crate::vault::file::SealedWriter;
use crate::vault::key::Key;
use crate::vault::secret::Token;

/// How much of a file one record holds.
const PART_BYTES: usize = 64 * 1024;

/// Writes the backup of an instance into a file, which has another name until it is whole.
///
/// # Errors
/// When the database cannot be read, or the disk refuses; nothing is left then.
pub fn save(
    config: &Config,
    key: &Key,
    path: &Path,
    now: DateTime<Utc>,
) -> anyhow::Result<Contents> {
    let mut unfinished = path.to_owned().into_os_string();
    // Of its own, also where a process that was thought dead still writes the same backup.
    unfinished.push(format!(".{}.part", Token::random().shown()));
    let unfinished = PathBuf::from(unfinished);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options
        .open(&unfinished)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    let written = (|| {
        let mut sealed =
            SealedWriter::create(BufWriter::with_capacity(256 * 1024, file), key, archive::ID)?;
        // The message of a server may repeat parts of the address.
        let mut conn = dialect::open_read_only(&config.database_url)
            .map_err(|_| anyhow!("the database cannot be opened"))?;
        dialect::begin_snapshot(&mut conn)?;
        let contents = write(&mut conn, &start::sealed_folder(config), &mut sealed, now)?;
        let (buffered, _) = sealed.finish()?;
        let file = buffered.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        anyhow::Ok(contents)
    })();
    written.inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })
}

/// Writes every row that the connection sees, and the sealed files.
///
/// # Errors
/// When the database or the disk fails.
pub fn write(
    conn: &mut Conn,
    folder: &Path,
    out: &mut impl Write,
    now: DateTime<Utc>,
) -> anyhow::Result<Contents> {
    let header = Header {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Some(now),
        migrations: dump::migrations(conn)?,
        tables: dump::tables(conn)?,
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
    dump::take_back(conn)?;
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

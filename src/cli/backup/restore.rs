//! `guichet restore`: a backup onto a clean machine that has the master key. All of it or nothing;
//! what was put back is read again and compared before it counts.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::app::Clock;
use crate::audit::checkpoint::Checkpoint;
use crate::backup::archive::{self, Kind, json, take};
use crate::backup::{Contents, Counted, FORMAT, Header, hexadecimal, row_bytes};
use crate::cli::audit::database;
use crate::cli::instance::{Place, refused};
use crate::cli::{Outcome, say};
use crate::config::Config;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::dump::{self, Table};
use crate::db::{audit, dialect, files, instance, migrations};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::FileId;
use crate::language::{Language, text_with};
use crate::sealed_folder::MARK;
use crate::start;
use crate::vault::Vault;
use crate::vault::file::SealedReader;
use crate::worker::destroyed_keys::{self, Destroyed};
use crate::workflow::sealing::Sealer;
use crate::workflow::{closing, identity_documents, restoration, sealing};

/// How many rows are put in at once, and how many bytes of them.
const BATCH: usize = 200;
const BATCH_BYTES: usize = 1024 * 1024;

/// What is restored.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    place: Place,
    /// The backup.
    file: PathBuf,
    /// A list of cases whose keys were destroyed since, as it stands beside the checkpoints: they
    /// are destroyed again. May be given several times.
    #[arg(long, value_name = "FILE")]
    ledger: Vec<PathBuf>,
}

/// Restores the backup into the database and the folder of the settings, which must be empty.
///
/// # Errors
/// When they are not, or the backup does not open, or what was put back is not what was saved.
pub fn run(arguments: &Restore) -> anyhow::Result<Outcome> {
    let config = arguments.place.config()?;
    let vault = start::existing_key(&config)?;
    let destroyed = read_ledgers(&arguments.ledger)?;
    let file = File::open(&arguments.file)
        .with_context(|| format!("cannot open {}", arguments.file.display()))?;
    let mut source = SealedReader::open(file, &vault.backup_key(), archive::ID)
        .with_context(|| format!("{} does not open with this key", arguments.file.display()))?;
    start::make_directory(&config.data_dir)?;
    let folder = start::sealed_folder(&config);
    start::make_directory(&folder)?;
    ensure!(
        fs::read_dir(&folder)?.next().is_none(),
        "{} is not empty: restore into a clean data_dir",
        folder.display()
    );
    let mut conn = dialect::open(&config.database_url)
        .map_err(|_| anyhow::anyhow!("the database cannot be opened"))?;
    migrations::up(&mut conn)?;
    let there = instance::get(&mut conn).map_err(|error| refused(error.into()))?;
    ensure!(there.is_none(), "the database holds an instance: restore into an empty one");
    dump::be_patient(&mut conn).map_err(|error| refused(error.into()))?;
    dialect::begin(&mut conn).map_err(|error| refused(error.into()))?;
    let restored = restore(&mut conn, &folder, &mut BufReader::new(&mut source)).and_then(
        |(contents, saved_at)| {
            let instance = (&config, &vault);
            Ok((after(&mut conn, instance, &destroyed, saved_at)?, contents))
        },
    );
    let (again, contents) = restored.inspect_err(|_| {
        let _ = dump::take_back(&mut conn);
        empty(&folder);
    })?;
    dialect::commit(&mut conn).map_err(|error| refused(error.into()))?;
    // No job runs yet that would: a copy of a document is nobody's to keep.
    let gone = files::removed(&mut conn).map_err(|error| refused(error.into()))?;
    for id in gone {
        let _ = fs::remove_file(folder.join(id.to_string()));
    }
    let rows: u64 = contents.tables.values().map(|table| table.rows).sum();
    let (rows, files) = (rows.to_string(), contents.files.len().to_string());
    let again = again.to_string();
    let values = [("rows", rows.as_str()), ("files", &files), ("destroyed", &again)];
    say(&text_with(Language::En, "backup-restored", &values));
    Ok(Outcome::Done)
}

/// Puts rows and files back, and compares them with what was saved. Also gives when that was.
///
/// # Errors
/// When something does not fit.
fn restore(
    conn: &mut Conn,
    folder: &Path,
    source: &mut impl Read,
) -> anyhow::Result<(Contents, Option<DateTime<Utc>>)> {
    let header = read_header(conn, source)?;
    let by_name: HashMap<&str, &Table> =
        header.tables.iter().map(|table| (table.name.as_str(), table)).collect();
    let mut rows = Rows { conn, table: None, batch: Vec::new(), bytes: 0 };
    let mut file: Option<Restored> = None;
    let mut files = Contents::default().files;
    let saved: Contents = loop {
        let (kind, bytes) = take(source)?;
        if kind != Kind::Part
            && let Some(file) = file.take()
        {
            let (name, digest) = file.finish()?;
            files.insert(name, digest);
        }
        match kind {
            Kind::Header => bail!("the backup holds two headers"),
            Kind::Table => {
                let name = String::from_utf8(bytes)?;
                let table = by_name.get(name.as_str()).context("a table without columns")?;
                rows.begin(table)?;
            }
            Kind::Row => rows.take(&bytes)?,
            Kind::File => file = Some(Restored::create(folder, String::from_utf8(bytes)?)?),
            Kind::Part => file.as_mut().context("a part of no file")?.write(&bytes)?,
            Kind::End => break json(&bytes)?,
        }
    };
    rows.flush()?;
    let found = Contents { tables: count(conn, &header.tables)?, files };
    for (name, counted) in &saved.tables {
        ensure!(found.tables.get(name) == Some(counted), "the table {name} is not as it was saved");
    }
    ensure!(found == saved, "the files are not as they were saved");
    Ok((saved, header.made_at))
}

fn read_header(conn: &mut Conn, source: &mut impl Read) -> anyhow::Result<Header> {
    let (kind, bytes) = take(source)?;
    ensure!(kind == Kind::Header, "the file is no backup of this program");
    let header: Header = json(&bytes)?;
    ensure!(header.format == FORMAT, "the backup is of a format that this version does not know");
    let here = dump::migrations(conn).map_err(|error| refused(error.into()))?;
    ensure!(
        header.migrations == here,
        "the backup was made by version {} with another schema: restore it with that version, and \
         start the newer one after",
        header.version
    );
    Ok(header)
}

/// Rows on their way into a table.
struct Rows<'a> {
    conn: &'a mut Conn,
    table: Option<&'a Table>,
    batch: Vec<Vec<Value>>,
    bytes: usize,
}

impl<'a> Rows<'a> {
    fn begin(&mut self, table: &'a Table) -> anyhow::Result<()> {
        self.flush()?;
        self.table = Some(table);
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.batch.push(json(bytes)?);
        self.bytes += bytes.len();
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.bytes = 0;
        let Some(table) = self.table else {
            return Ok(());
        };
        dump::insert(self.conn, table, &batch)
            .map_err(|error| refused(error.into()))
            .with_context(|| format!("the rows of {} do not fit", table.name))
    }
}

fn count(
    conn: &mut Conn,
    tables: &[Table],
) -> anyhow::Result<std::collections::BTreeMap<String, Counted>> {
    let mut counts = Contents::default().tables;
    for table in tables {
        let counted = counts.entry(table.name.clone()).or_default();
        dump::rows(conn, table, |row| {
            counted.add(&row_bytes(row)?);
            anyhow::Ok(())
        })?;
    }
    Ok(counts)
}

/// A sealed file on its way back.
struct Restored {
    name: String,
    file: File,
    digest: Sha256,
}

impl Restored {
    fn create(folder: &Path, name: String) -> anyhow::Result<Self> {
        ensure!(name == MARK || name.parse::<FileId>().is_ok(), "a file has a name that is none");
        let mut options = OpenOptions::new();
        let path = folder.join(&name);
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { name, file, digest: Sha256::new() })
    }

    fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.digest.update(bytes);
        self.file.write_all(bytes).with_context(|| format!("cannot write {}", self.name))
    }

    fn finish(self) -> anyhow::Result<(String, String)> {
        self.file.sync_all().with_context(|| format!("cannot write {}", self.name))?;
        Ok((self.name, hexadecimal(&self.digest.finalize())))
    }
}

/// Takes back what was written of a restore that failed: the folder was empty before.
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let _ = fs::remove_file(entry.path());
    }
}

/// What follows in the same transaction: the history is proven, keys that were destroyed since are
/// destroyed again, with those of identity documents whose time is over, the instance is muted, and
/// all that has no number gets one, with what says that this was a restore. Gives how many keys.
fn after(
    conn: &mut Conn,
    (config, vault): (&Config, &Vault),
    destroyed: &[Destroyed],
    saved_at: Option<DateTime<Utc>>,
) -> anyhow::Result<usize> {
    let row = instance::get(conn).map_err(|error| refused(error.into()))?;
    let row = row.context("the backup holds no instance")?;
    let id = crate::domain::ids::UserId::from_slice(&row.instance_id);
    let id = id.context("the backup holds no instance")?;
    vault.verify_key_check(id.uuid(), &row.key_check)?;
    let now = Clock::Machine.now();
    let sealer = Sealer::new(vault, &config.base_url);
    prove(conn, &sealer, now)?;
    let ctx = Ctx { actor: Actor::CommandLine, now };
    let mut again = 0;
    for line in destroyed {
        let done = match line {
            Destroyed::Case(of) => closing::destroy_key_again(conn, &ctx, of.case, &of.ended),
            Destroyed::Document(of) => {
                identity_documents::remove_again(conn, &ctx, of.of, of.document)
            }
        };
        again += usize::from(done.map_err(refused)?);
    }
    // Whatever the ledgers say: no backup makes the 72 hours longer.
    again += identity_documents::remove_all_over(conn, &ctx).map_err(refused)?;
    instance::mute(conn, Some(Instant::from(now))).map_err(|error| refused(error.into()))?;
    restoration::record(conn, &ctx, &sealer, saved_at).map_err(refused)?;
    sealing::seal_all(conn, Instant::from(now), &sealer).map_err(refused)?;
    Ok(again)
}

/// Holds every history against its own newest checkpoint.
fn prove(conn: &mut Conn, sealer: &Sealer, now: DateTime<Utc>) -> anyhow::Result<()> {
    for tree in audit::trees(conn).map_err(|error| refused(error.into()))? {
        let key = sealer.key(&tree.origin).map_err(refused)?;
        let newest = audit::newest_checkpoint(conn, tree.id);
        let newest = newest.map_err(|error| refused(error.into()))?;
        let newest = newest.context("a history has no checkpoint")?;
        let kept = Checkpoint::open(&newest.note, std::slice::from_ref(&key))?;
        let report = database::verify(conn, tree.id, &[kept], &key, now).map_err(refused)?;
        ensure!(
            report.proven == report.size && report.fitting == 1,
            "the history {} in the backup is not whole: see `guichet audit verify`",
            tree.origin
        );
    }
    Ok(())
}

/// The cases of the ledgers.
fn read_ledgers(files: &[PathBuf]) -> anyhow::Result<Vec<Destroyed>> {
    let mut all = Vec::new();
    for path in files {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (cases, unreadable) = destroyed_keys::read_whole(&text).map_err(|line| {
            let (file, line) = (path.display().to_string(), line.to_string());
            let values = [("file", file.as_str()), ("line", line.as_str())];
            anyhow::anyhow!("{}", text_with(Language::En, "backup-ledger-none", &values))
        })?;
        if unreadable > 0 {
            let (file, count) = (path.display().to_string(), unreadable.to_string());
            let values = [("file", file.as_str()), ("count", count.as_str())];
            say(&text_with(Language::En, "backup-ledger-unreadable", &values));
        }
        all.extend(cases);
    }
    Ok(all)
}

//! Opening an instance: the master key, the database and the sealed folder must belong together.
//! A wrong or missing key stops here, before anything is written.

pub mod mark;

use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use crate::config::Config;
use crate::db::conn::Conn;
use crate::db::instance::{self, Instance};
use crate::db::migrations::{self, MigrateError};
use crate::db::url::DatabaseUrl;
use crate::db::{column::Instant, dialect};
use crate::domain::ids::UserId;
use crate::sealed_folder::ATTEMPT;
use crate::vault::master::{MasterKey, MasterKeyError};
use crate::vault::secret::Token;
use crate::vault::{Vault, WrongKey};

/// What may be made when it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing: a command works on an instance that is there.
    Existing,
    /// Nothing but the first run on an embedded database, which makes its key.
    Serve,
    /// An instance on any database.
    SetUp,
}

/// Why an instance cannot be opened. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    #[error(transparent)]
    WrongKey(#[from] WrongKey),
    #[error("the database cannot be opened: {0}")]
    Database(String),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error("there is no instance in this database yet: run `guichet setup` first")]
    NotSetUp,
    #[error(
        "there is no instance in {}: check data_dir and database_url, or run `guichet setup` to \
         make one there", .0.display()
    )]
    NoInstance(PathBuf),
    #[error(
        "the folder {} belongs to another instance, or is not the one that the other processes \
         share: set data_dir to the shared folder", .0.display()
    )]
    OtherFolder(PathBuf),
    #[error(
        "the folder {} holds sealed files, and the database knows no instance: start with the \
         database that belongs to them, or give a new instance another data_dir", .0.display()
    )]
    FolderInUse(PathBuf),
    #[error("cannot use {}: {source}", path.display())]
    Disk { path: PathBuf, source: std::io::Error },
    #[error("the key could not be used: {0}")]
    Seal(String),
    #[error("a thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// Where sealed files stand.
#[must_use]
pub fn sealed_folder(config: &Config) -> PathBuf {
    config.data_dir.join("sealed")
}

/// Opens the key, proves that it is the instance's, migrates the database under a lock, and proves
/// that the sealed folder is the instance's.
///
/// # Errors
/// When one of them is missing, wrong or unreachable.
pub fn open(config: &Config, now: DateTime<Utc>, opening: Opening) -> Result<Vault, StartError> {
    match &config.database_url {
        DatabaseUrl::Sqlite(path) if opening == Opening::Existing && !path.exists() => {
            Err(StartError::NoInstance(config.data_dir.clone()))
        }
        DatabaseUrl::Sqlite(path) => open_embedded(config, path, now),
        DatabaseUrl::Postgres(_) => open_shared(config, now, opening),
    }
}

/// On SQLite one process at a time starts, from the question whether there is a database to the
/// instance that stands: two first runs at once end with one key and one instance.
fn open_embedded(config: &Config, path: &Path, now: DateTime<Utc>) -> Result<Vault, StartError> {
    if !path.exists() {
        make_directory(&config.data_dir)?;
    }
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let disk = |source| StartError::Disk { path: directory.to_owned(), source };
    // The directory itself is locked, so that a start that is refused writes nothing.
    let lock = File::open(directory).map_err(disk)?;
    lock.lock().map_err(disk)?;
    let vault = Vault::open(master_key(config, !path.exists())?);
    if path.exists() {
        let mut conn = dialect::open_locked(path)
            .map_err(|error| StartError::Database(format!("{}: {error}", path.display())))?;
        if let Some(row) = existing(&mut conn)? {
            verify(&vault, &row)?;
        }
    }
    prepare(config, &mut connect(config)?, vault, now)
}

/// On PostgreSQL the database is asked before a key is made: an instance there has its key. One
/// process at a time makes one.
fn open_shared(config: &Config, now: DateTime<Utc>, opening: Opening) -> Result<Vault, StartError> {
    let mut conn = connect(config)?;
    let mut made = existing(&mut conn)?;
    if made.is_none() && opening != Opening::SetUp {
        return Err(StartError::NotSetUp);
    }
    if made.is_none() {
        dialect::lock_migrations(&mut conn).map_err(unusable)?;
        made = existing(&mut conn)?;
    }
    let vault = Vault::open(master_key(config, made.is_none())?);
    prepare(config, &mut conn, vault, now)
}

fn prepare(
    config: &Config,
    conn: &mut Conn,
    vault: Vault,
    now: DateTime<Utc>,
) -> Result<Vault, StartError> {
    if let Some(row) = existing(conn)? {
        verify(&vault, &row)?;
    }
    migrations::up(conn)?;
    // Asked again under the lock of the migrations.
    let row = match instance::get(conn).map_err(unusable)? {
        Some(row) => row,
        None => {
            let row = new_instance(config, &vault, now)?;
            instance::insert(conn, &row).map_err(unusable)?;
            row
        }
    };
    verify(&vault, &row)?;
    mark::check(&sealed_folder(config), &row)?;
    Ok(vault)
}

fn unusable(error: impl Display) -> StartError {
    StartError::Database(error.to_string())
}

fn connect(config: &Config) -> Result<Conn, StartError> {
    dialect::open(&config.database_url).map_err(|error| match &config.database_url {
        DatabaseUrl::Sqlite(path) => StartError::Database(format!("{}: {error}", path.display())),
        // libpq's message may repeat parts of the address.
        DatabaseUrl::Postgres(_) => StartError::Database(
            "PostgreSQL does not answer at the address in database_url".to_owned(),
        ),
    })
}

/// The instance, or nothing when the database was never migrated. A database that refuses to say
/// is not one without an instance.
fn existing(conn: &mut Conn) -> Result<Option<Instance>, StartError> {
    if !dialect::has_table(conn, "instance")
        .map_err(|error| StartError::Database(error.to_string()))?
    {
        return Ok(None);
    }
    instance::get(conn).map_err(|error| StartError::Database(error.to_string()))
}

fn verify(vault: &Vault, row: &Instance) -> Result<(), StartError> {
    let id = UserId::from_slice(&row.instance_id).ok_or(WrongKey)?;
    Ok(vault.verify_key_check(id.uuid(), &row.key_check)?)
}

fn new_instance(
    config: &Config,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<Instance, StartError> {
    let mark = mark::make(&sealed_folder(config), vault, now)?;
    let id = mark.instance;
    let key_check =
        vault.make_key_check(id.uuid()).map_err(|error| StartError::Seal(error.to_string()))?;
    Ok(Instance {
        id: 1,
        instance_id: id.as_bytes().to_vec(),
        key_check,
        folder_mark: mark.bytes().to_vec(),
        created_at: Instant::from(now),
    })
}

/// The keys of an instance that is to be restored: its master key must be there.
///
/// # Errors
/// When it is missing or cannot be read.
pub fn existing_key(config: &Config) -> Result<Vault, StartError> {
    Ok(Vault::open(master_key(config, false)?))
}

fn master_key(config: &Config, may_make: bool) -> Result<MasterKey, StartError> {
    if let Some(key) = &config.master_key {
        return Ok(MasterKey::parse(key.expose_secret(), "GUICHET_MASTER_KEY")?);
    }
    if !may_make {
        return Ok(MasterKey::load(&config.master_key_file)?);
    }
    if let Some(folder) = config.master_key_file.parent() {
        make_directory(folder)?;
    }
    let loaded = MasterKey::load_or_create(&config.master_key_file)?;
    if loaded.created {
        tracing::warn!(
            file = %config.master_key_file.display(),
            "a new master key was made: copy it to a safe place, apart from the backups; without \
             it nobody can read the data, and with it and a backup anybody can"
        );
    }
    Ok(loaded.key)
}

/// Proves that the sealed folder can be written, by a file that is gone again.
///
/// # Errors
/// When the folder is missing, full or read-only.
pub fn try_folder(config: &Config) -> Result<(), StartError> {
    let path = sealed_folder(config).join(format!("{ATTEMPT}{}", Token::random().shown()));
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(b"try"))
        .and_then(|()| fs::remove_file(&path))
        .map_err(|source| StartError::Disk { path, source })
}

/// Makes a directory that only its owner may enter, with those above it.
///
/// # Errors
/// When the disk refuses.
pub fn make_directory(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| StartError::Disk { path: path.to_owned(), source })
}

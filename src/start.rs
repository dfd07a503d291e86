//! Opening an instance: the master key, the database and the sealed folder must belong together.
//! A wrong or missing key stops here, before anything is written.

use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
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
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::UserId;
use crate::vault::key::Key;
use crate::vault::master::{MasterKey, MasterKeyError};
use crate::vault::secret::Token;
use crate::vault::{Vault, WrongKey};

/// What may be made when it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
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
        "the folder {} belongs to another instance, or is not the one that the other processes \
         share: set data_dir to the shared folder", .0.display()
    )]
    OtherFolder(PathBuf),
    #[error("cannot use {}: {source}", path.display())]
    Disk { path: PathBuf, source: std::io::Error },
    #[error("the key could not be used: {0}")]
    Seal(String),
    #[error("a thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// The file that marks the sealed folder.
const MARK: &str = "instance.mark";

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
    let fresh = match &config.database_url {
        DatabaseUrl::Sqlite(path) => !path.exists(),
        DatabaseUrl::Postgres(_) => false,
    };
    let may_make = fresh || opening == Opening::SetUp;
    if fresh {
        make_directory(&config.data_dir)?;
    }
    // On PostgreSQL the database is asked before a key is made: an instance there has its key.
    if let DatabaseUrl::Postgres(_) = &config.database_url {
        let mut conn = connect(config)?;
        let made = existing(&mut conn)?;
        if made.is_none() && opening == Opening::Serve {
            return Err(StartError::NotSetUp);
        }
        let vault = Vault::open(master_key(config, made.is_none())?);
        return prepare(config, &mut conn, vault, now);
    }
    let vault = Vault::open(master_key(config, may_make && fresh)?);
    prepare(config, &mut connect(config)?, vault, now)
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
    // Asked again under the lock: two processes may set up at the same time.
    let row = match instance::get(conn).map_err(unusable)? {
        Some(row) => row,
        None => {
            let row = new_instance(config, &vault, now)?;
            instance::insert(conn, &row).map_err(unusable)?;
            row
        }
    };
    verify(&vault, &row)?;
    check_folder(config, &row)?;
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
    let id: UserId = Ctx { actor: Actor::CommandLine, now }.new_id();
    let key_check =
        vault.make_key_check(id.uuid()).map_err(|error| StartError::Seal(error.to_string()))?;
    Ok(Instance {
        id: 1,
        instance_id: id.as_bytes().to_vec(),
        key_check,
        folder_mark: make_mark(config)?,
        created_at: Instant::from(now),
    })
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

/// The sealed folder carries the mark of its instance: another folder would hide the files from the
/// other processes.
fn check_folder(config: &Config, row: &Instance) -> Result<(), StartError> {
    let folder = sealed_folder(config);
    match fs::read(folder.join(MARK)) {
        Ok(found) if found == row.folder_mark => Ok(()),
        Ok(_) => Err(StartError::OtherFolder(folder)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(StartError::OtherFolder(folder)),
        Err(source) => Err(StartError::Disk { path: folder.join(MARK), source }),
    }
}

/// Proves that the sealed folder can be written, by a file that is gone again.
///
/// # Errors
/// When the folder is missing, full or read-only.
pub fn try_folder(config: &Config) -> Result<(), StartError> {
    let path = sealed_folder(config).join(format!("try-{}", Token::random().shown()));
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

/// Makes the mark of a new instance. It comes before the row that repeats it, so that a start that
/// was killed between the two finds it again.
fn make_mark(config: &Config) -> Result<Vec<u8>, StartError> {
    let folder = sealed_folder(config);
    make_directory(&folder)?;
    let path = folder.join(MARK);
    let mark = Key::random();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(mark.bytes()).and_then(|()| file.sync_all()));
    match written {
        Ok(()) => Ok(mark.bytes().to_vec()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::read(&path).map_err(|source| StartError::Disk { path, source })
        }
        Err(source) => Err(StartError::Disk { path, source }),
    }
}

fn make_directory(path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| StartError::Disk { path: path.to_owned(), source })
}

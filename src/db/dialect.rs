//! The only file that asks which database this is: opening, errors, and the few statements that
//! the two write differently.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{PgConnection, SqliteConnection};
use url::Url;

use super::conn::Conn;
use super::url::DatabaseUrl;
use crate::error::Error;

/// WAL with full durability: an acknowledged commit survives a power cut. Deleted bytes are
/// overwritten, and a schema cannot call functions.
pub const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; \
    PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;";

/// How long a statement waits for others, as in [`SQLITE_SETTINGS`].
const SQLITE_WAITS: &str = "PRAGMA busy_timeout = 5000";

/// A transaction that was forgotten must not hold locks for ever.
const POSTGRES_SETTINGS: &str = "SET timezone = 'UTC'; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '60s';";

/// Opens a connection for reading and writing.
///
/// # Errors
/// When the server cannot be reached or the file cannot be opened.
pub fn open(url: &DatabaseUrl) -> ConnectionResult<Conn> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
            settings(&mut conn, SQLITE_SETTINGS)?;
            Ok(Conn::Sqlite(conn))
        }
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(url)?;
            settings(&mut conn, POSTGRES_SETTINGS)?;
            Ok(Conn::Postgres(conn))
        }
    }
}

/// Opens an SQLite file that nobody else can begin to use meanwhile, only to read it, and leaves
/// nothing beside it: without a write-ahead log it is taken for what it is, a file that does not
/// change, for which SQLite makes no log of its own.
///
/// # Errors
/// When the file cannot be opened.
pub fn open_locked(path: &Path) -> ConnectionResult<Conn> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let is_at_rest = !Path::new(&log).exists();
    open_file(path, if is_at_rest { "mode=ro&immutable=1" } else { "mode=ro" })
}

/// Opens an SQLite file only to read it. Its write-ahead log stays as it is, also at the end.
fn open_file(path: &Path, how: &str) -> ConnectionResult<Conn> {
    let unusable = || ConnectionError::BadConnection("no path of a file".to_owned());
    let path = std::path::absolute(path).map_err(|_| unusable())?;
    let mut url = Url::from_file_path(path).map_err(|()| unusable())?;
    url.set_query(Some(how));
    let mut conn = SqliteConnection::establish(url.as_str())?;
    settings(&mut conn, SQLITE_WAITS)?;
    Ok(Conn::Sqlite(conn))
}

/// Opens either database only to read it, without making or migrating anything.
///
/// # Errors
/// When the server cannot be reached or the file cannot be opened.
pub fn open_read_only(url: &DatabaseUrl) -> ConnectionResult<Conn> {
    match url {
        DatabaseUrl::Sqlite(path) => open_file(path, "mode=ro"),
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(url)?;
            settings(&mut conn, POSTGRES_SETTINGS)?;
            settings(&mut conn, "SET default_transaction_read_only = on")?;
            Ok(Conn::Postgres(conn))
        }
    }
}

/// Begins a transaction that sees the database as it is at one instant, whoever writes meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn begin_snapshot(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute("BEGIN"),
        Conn::Postgres(conn) => {
            conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }
}

fn settings(conn: &mut impl SimpleConnection, sql: &str) -> ConnectionResult<()> {
    conn.batch_execute(sql).map_err(ConnectionError::CouldntSetupConfiguration)
}

/// Opens the transaction of a batch of verbs: at once for writing on SQLite, where a read that
/// turns into a write would otherwise fail half-way.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute("BEGIN IMMEDIATE"),
        Conn::Postgres(conn) => conn.batch_execute("BEGIN"),
    }
}

/// What SQLite says of a checkpoint. It is a row, also when it could not be done.
#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

/// How often a checkpoint is tried at once, how long it may wait for readers each time (nobody
/// writes meanwhile, so it is short), and how long they have in between.
const CHECKPOINTS: u32 = 10;
const CHECKPOINT_WAITS: &str = "PRAGMA busy_timeout = 100";
const CHECKPOINT_PAUSE: Duration = Duration::from_millis(100);

/// Moves what was deleted out of the write-ahead log too (SQLite); nothing to do on PostgreSQL.
/// False when somebody kept reading the log: then what was deleted may still stand there.
///
/// # Errors
/// When the database refuses.
pub fn truncate_log(conn: &mut Conn) -> QueryResult<bool> {
    let Conn::Sqlite(conn) = conn else {
        return Ok(true);
    };
    conn.batch_execute(CHECKPOINT_WAITS)?;
    let truncated = checkpoint(conn);
    // The connection goes back to its pool, where everybody waits longer.
    conn.batch_execute(SQLITE_WAITS)?;
    truncated
}

fn checkpoint(conn: &mut SqliteConnection) -> QueryResult<bool> {
    for left in (0..CHECKPOINTS).rev() {
        let done: Checkpoint =
            diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
        if done.busy == 0 {
            return Ok(true);
        }
        if left > 0 {
            std::thread::sleep(CHECKPOINT_PAUSE);
        }
    }
    Ok(false)
}

/// Whether a table is there, asked without an error that a message would have to be read for.
///
/// # Errors
/// When the database refuses.
pub fn has_table(conn: &mut Conn, name: &str) -> QueryResult<bool> {
    let sql = match conn {
        Conn::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ",
        Conn::Postgres(_) => {
            "SELECT count(*) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = "
        }
    };
    let found: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(sql)
        .bind::<diesel::sql_types::Text, _>(name)
        .get_result(conn)?;
    Ok(found > 0)
}

/// Takes the lock under which one process at a time migrates. Freed with the connection.
///
/// # Errors
/// When the database refuses.
pub fn lock_migrations(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        // SQLite itself lets one process write at a time; each migration is one transaction.
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(conn) => {
            // The number is "guichet" in ASCII.
            conn.batch_execute("SET lock_timeout = 0; SELECT pg_advisory_lock(29109668467860852)")
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, information) = &error else {
            return match error {
                DieselError::NotFound => Self::NotFound,
                DieselError::BrokenTransactionManager => Self::Unavailable("database"),
                other => Self::Internal(other.to_string()),
            };
        };
        let text = information.message();
        match kind {
            DatabaseErrorKind::SerializationFailure => Self::RunAgain,
            DatabaseErrorKind::UniqueViolation => Self::Conflict { code: "exists" },
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable("database"),
            DatabaseErrorKind::Unknown if is_passing(text) => Self::Unavailable("database"),
            DatabaseErrorKind::Unknown => {
                // The driver gives no SQLSTATE, and PostgreSQL speaks the language of its
                // administrator, which only he may change (lc_messages): its words decide nothing
                // here. What is left are deadlocks, locks, a full disk, and mistakes of ours. A
                // verb may always run again, so it does: that mends the first, and the others are
                // told as 503 in the end, with nothing saved.
                tracing::warn!(text, "the database refused a statement");
                Self::RunAgain
            }
            // Messages name tables and columns; values stay in the detail, which is not taken.
            _ => Self::Internal(text.to_owned()),
        }
    }
}

/// Whether a later try may work: no space, no lock. These are SQLite's words, which it has in one
/// language only, each for one result code (sqlite3_errstr).
fn is_passing(text: &str) -> bool {
    const PASSING: [&str; 5] = [
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "unable to open database file",
        "attempt to write a readonly database",
    ];
    PASSING.iter().any(|passing| text.contains(passing))
}

/// Commits. PostgreSQL ends a transaction in which a statement failed by taking it back, and calls
/// that a success: so a statement before it asks whether it can still be committed.
///
/// # Errors
/// When nothing was committed, or nobody knows.
pub fn commit(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute("COMMIT"),
        // Both in one message: the second is not run when the first fails.
        Conn::Postgres(conn) => conn.batch_execute("SELECT 1; COMMIT"),
    }
}

/// Where a database is, in words for a person and without a password.
#[must_use]
pub fn place(url: &DatabaseUrl) -> String {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            format!("SQLite, {}", path.display())
        }
        DatabaseUrl::Postgres(url) => {
            let parsed = Url::parse(url).ok();
            let place = parsed.map(|url| {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}{port}{}", url.host_str().unwrap_or("localhost"), url.path())
            });
            format!("PostgreSQL, {}", place.unwrap_or_default())
        }
    }
}

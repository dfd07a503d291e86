//! Migrations: applied in order under a lock; a schema newer than this program is refused.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::dialect;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(
        "the database was made by a newer version of Guichet (migration {0}): start that version, \
         or restore a backup made by this one"
    )]
    Newer(String),
    #[error("the database could not be migrated: {0}")]
    Failed(String),
}

/// Brings the schema up to date and says how many migrations were applied.
///
/// # Errors
/// When the schema is newer than this program, or a migration fails.
pub fn up(conn: &mut Conn) -> Result<usize, MigrateError> {
    dialect::lock_migrations(conn).map_err(|error| MigrateError::Failed(error.to_string()))?;
    match conn {
        Conn::Sqlite(conn) => run(conn, SQLITE),
        Conn::Postgres(conn) => run(conn, POSTGRES),
    }
}

/// Whether the schema is exactly this program's.
#[must_use]
pub fn is_current(conn: &mut Conn) -> bool {
    match conn {
        Conn::Sqlite(conn) => has_all(conn, SQLITE),
        Conn::Postgres(conn) => has_all(conn, POSTGRES),
    }
}

fn has_all<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> bool
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;

    let known = MigrationSource::<DB>::migrations(&source).map_or(0, |all| all.len());
    let pending = conn.has_pending_migration(source).unwrap_or(true);
    let applied = conn.applied_migrations().map_or(0, |all| all.len());
    !pending && applied == known
}

/// Takes every migration back: for tests of `down.sql`.
///
/// # Errors
/// When a migration cannot be taken back.
pub fn down(conn: &mut Conn) -> Result<usize, MigrateError> {
    let reverted = match conn {
        Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE),
        Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES),
    };
    reverted.map(|all| all.len()).map_err(|error| MigrateError::Failed(error.to_string()))
}

fn run<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<usize, MigrateError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;

    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| MigrateError::Failed(error.to_string());
    let known: Vec<String> = MigrationSource::<DB>::migrations(&source)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|v| !known.contains(v)) {
        return Err(MigrateError::Newer(newer));
    }
    let done = conn.run_pending_migrations(source).map_err(failed)?;
    Ok(done.len())
}

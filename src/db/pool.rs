//! Pools of connections: one for reading on either database, and on PostgreSQL one for writing.

use std::time::Duration;

use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};

use super::conn::Conn;
use super::dialect;
use super::url::DatabaseUrl;
use crate::error::Error;

/// How long a caller waits for a connection before hearing that the database is unavailable.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens connections by the scheme of the URL; diesel's own manager would try one after the other.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
}

/// A pool for either database.
pub type ConnPool = Pool<Manager>;

/// Why the pool could not open or keep a connection.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    #[error("the database cannot be reached")]
    Open(#[source] diesel::ConnectionError),
    #[error("the connection is lost")]
    Lost(#[source] diesel::result::Error),
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = ManagerError;

    fn connect(&self) -> Result<Conn, ManagerError> {
        dialect::open(&self.url).map_err(ManagerError::Open)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), ManagerError> {
        conn.ping().map_err(ManagerError::Lost)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}

/// Makes a pool of up to `size` connections; none is opened before the first is wanted.
#[must_use]
pub fn new(url: &DatabaseUrl, size: u32) -> ConnPool {
    // A file does not go away: asking it before each use would cost more than the query.
    let test = matches!(url, DatabaseUrl::Postgres(_));
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(test)
        .connection_timeout(PATIENCE)
        .build_unchecked(Manager { url: url.clone() })
}

/// A connection of the pool.
///
/// # Errors
/// `Unavailable` when none could be had in time.
pub fn get(pool: &ConnPool) -> Result<PooledConnection<Manager>, Error> {
    pool.get().map_err(|error| {
        tracing::warn!(%error, "no connection to the database");
        Error::Unavailable("database")
    })
}

//! Pools of connections: one for reading on either database, and on PostgreSQL one for writing.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};

use super::conn::Conn;
use super::dialect;
use super::url::DatabaseUrl;
use crate::error::Error;

/// How long a caller waits for a connection before hearing that the database is unavailable.
const PATIENCE: Duration = Duration::from_secs(3);

/// For how long a connection that answered is taken for alive, unless another one broke since.
/// Asking before every use would be a seventh of the round trips of an intake.
const TRUSTED: Duration = Duration::from_secs(1);

/// A connection of the pool, and when it last answered.
pub struct Checked {
    conn: Conn,
    answered: Instant,
}

impl Deref for Checked {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Checked {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// Opens connections by the scheme of the URL; diesel's own manager would try one after the other.
#[derive(Debug)]
pub struct Manager {
    url: DatabaseUrl,
    /// When a connection last turned out to be broken.
    broke: Mutex<Option<Instant>>,
}

impl Manager {
    fn is_trusted(&self, checked: &Checked) -> bool {
        let broke = *self.broke.lock().unwrap_or_else(PoisonError::into_inner);
        checked.answered.elapsed() < TRUSTED && broke.is_none_or(|at| at < checked.answered)
    }

    fn doubt(&self) {
        *self.broke.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
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
    type Connection = Checked;
    type Error = ManagerError;

    fn connect(&self) -> Result<Checked, ManagerError> {
        let conn = dialect::open(&self.url).map_err(ManagerError::Open)?;
        Ok(Checked { conn, answered: Instant::now() })
    }

    fn is_valid(&self, checked: &mut Checked) -> Result<(), ManagerError> {
        if !self.is_trusted(checked) {
            checked.conn.ping().inspect_err(|_| self.doubt()).map_err(ManagerError::Lost)?;
            checked.answered = Instant::now();
        }
        Ok(())
    }

    fn has_broken(&self, checked: &mut Checked) -> bool {
        let broken = checked.conn.is_broken();
        if broken {
            self.doubt();
        }
        broken
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
        .build_unchecked(Manager { url: url.clone(), broke: Mutex::default() })
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

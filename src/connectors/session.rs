//! One snapshot of one system, whichever database it is.

use std::time::Duration;

use super::error::{SourceError, Stop};
use super::hosts::Allowlist;
use super::links::{LinkValues, Travelled};
use super::postgresql::session::PostgresqlSession;
use super::settings::Connection;
use super::sink::RowSink;
use super::sqlite::session::SqliteSession;
use crate::domain::inventory::live::LiveSchema;
use crate::domain::search_plan::persons::Borne;
use crate::domain::search_plan::plan::{SearchPlan, SystemPlan};

/// What bounds a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows of one system.
    pub rows: u64,
    /// Distinct values that one link carries.
    pub link_values: usize,
    /// Times that a circle is followed around.
    pub rounds: usize,
    /// Time to resolve, connect and log in.
    pub connect: Duration,
    /// Time for one system, from its connection to its last row.
    pub search: Duration,
    /// A row or value larger than this is refused.
    pub value_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 1_000_000,
            link_values: 100_000,
            rounds: 100,
            connect: Duration::from_secs(10),
            search: Duration::from_mins(10),
            value_bytes: 256 * 1024 * 1024,
        }
    }
}

/// How many rows of a table were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    pub rows: u64,
    /// There were more.
    pub capped: bool,
}

/// An open snapshot.
pub enum Session {
    Postgresql(PostgresqlSession),
    Sqlite(SqliteSession),
}

impl Session {
    /// Connects and begins the snapshot.
    ///
    /// # Errors
    ///
    /// Whatever keeps one from connecting.
    pub async fn open(
        connection: &Connection,
        allowed: &Allowlist,
        limits: &Limits,
    ) -> Result<Self, SourceError> {
        match connection {
            Connection::Postgresql(settings) => {
                PostgresqlSession::open(settings, allowed, limits).await.map(Self::Postgresql)
            }
            Connection::Sqlite(settings) => {
                SqliteSession::open(settings, allowed, limits).await.map(Self::Sqlite)
            }
        }
    }

    /// The tables and columns of the live system, with keys and references.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn schema(&mut self) -> Result<LiveSchema, SourceError> {
        match self {
            Self::Postgresql(session) => session.schema().await,
            Self::Sqlite(session) => session.schema().await,
        }
    }

    /// Looks up every name of the plan in the live catalogue; comes before everything below.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`, or whatever the source answers.
    pub async fn prepare(
        &mut self,
        search: &SearchPlan,
        system: usize,
        plan: &SystemPlan,
    ) -> Result<(), SourceError> {
        match self {
            Self::Postgresql(session) => session.prepare(search, system, plan).await,
            Self::Sqlite(session) => session.prepare(search, system, plan).await,
        }
    }

    /// The distinct values that a link takes from this system, given what is known.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn link_values(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        link: usize,
        known: &LinkValues,
        limit: u64,
    ) -> Result<Travelled, SourceError> {
        match self {
            Self::Postgresql(session) => {
                session.link_values(search, plan, link, known, limit).await
            }
            Self::Sqlite(session) => session.link_values(search, plan, link, known, limit).await,
        }
    }

    /// How many rows of a table bear which identifiers, as the plan asks.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn borne(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
    ) -> Result<Vec<Borne>, SourceError> {
        match self {
            Self::Postgresql(session) => session.borne(search, plan, table).await,
            Self::Sqlite(session) => session.borne(search, plan, table).await,
        }
    }

    /// Streams a table into the sink, at most `cap` rows.
    ///
    /// # Errors
    ///
    /// Whatever the source answers, or the sink's own error.
    pub async fn read(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
        known: &LinkValues,
        bounds: (u64, &Limits),
        sink: &mut dyn RowSink,
    ) -> Result<Read, Stop> {
        match self {
            Self::Postgresql(session) => {
                session.read(search, plan, table, known, bounds, sink).await
            }
            Self::Sqlite(session) => session.read(search, plan, table, known, bounds, sink).await,
        }
    }
}

/// Connects and reads the schema, within the time limits.
///
/// # Errors
///
/// Whatever the source answers.
pub async fn live_schema(
    connection: &Connection,
    allowed: &Allowlist,
    limits: &Limits,
) -> Result<LiveSchema, SourceError> {
    let reading = async { Session::open(connection, allowed, limits).await?.schema().await };
    tokio::time::timeout(limits.search, reading).await.map_err(|_| SourceError::TimedOut)?
}

/// Connects, and logs out again: the "test connection" of a system.
///
/// # Errors
///
/// Whatever the source answers.
pub async fn test(
    connection: &Connection,
    allowed: &Allowlist,
    limits: &Limits,
) -> Result<(), SourceError> {
    Session::open(connection, allowed, limits).await.map(|_| ())
}

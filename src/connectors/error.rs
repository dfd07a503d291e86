//! What can go wrong with a source: codes and names from the map, never a value or a password.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A failure of a source. [`SourceError::code`] is its key in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SourceError {
    #[error("no connection is set for this system")]
    NotConnected,
    #[error("the connector {connector} is not available in this version")]
    NotAvailable { connector: String },
    #[error("the operator does not allow this host or port")]
    HostNotAllowed,
    #[error("the operator does not allow this path")]
    PathNotAllowed,
    #[error("the host name does not resolve")]
    NameNotResolved,
    #[error("the system cannot be reached")]
    Unreachable,
    #[error("the system did not answer in time when connecting")]
    NoAnswer,
    #[error("the system's certificate could not be verified, or it speaks no TLS")]
    TlsFailed,
    #[error("the certificate authority file cannot be read")]
    AuthorityUnreadable,
    #[error("the system refused the user or the password")]
    LoginRefused,
    #[error("there is no such database")]
    DatabaseMissing,
    #[error("there is no such file")]
    FileMissing,
    #[error("the file is no database that can be read")]
    NotADatabase,
    #[error("the user may not read {table}")]
    PermissionDenied { table: String },
    #[error("there is no table {table}")]
    TableMissing { table: String },
    #[error("the table {table} has no column {column}")]
    ColumnMissing { table: String, column: String },
    /// Its type can hold no identifier, or none that could be compared: nothing would ever be found.
    #[error("the column {column} of {table} cannot be compared with an identifier")]
    ColumnNotComparable { table: String, column: String },
    #[error("the source is locked by somebody else")]
    Locked,
    #[error("the time for the search is over")]
    TimedOut,
    #[error("the connection broke")]
    Dropped,
    #[error("the source sent something that is not what it announced")]
    Malformed,
    #[error("a value is larger than {limit_bytes} bytes")]
    ValueTooLarge { limit_bytes: usize },
    #[error("the source refused the query: {state}")]
    Refused { state: String },
    #[error("the source failed when {table} was read: {state}")]
    TableRefused { table: String, state: String },
    /// Policies would hide rows of the table from the reading user (PostgreSQL's row security).
    #[error("row-level security hides rows of {table} from the user")]
    RowSecurity { table: String },
}

impl SourceError {
    /// A refusal that has no kind of its own. `table` is the table being read, if any; `state` the
    /// database's own code.
    #[must_use]
    pub fn refused(table: &str, state: String) -> Self {
        match table {
            "" => Self::Refused { state },
            table => Self::TableRefused { table: table.to_owned(), state },
        }
    }

    /// The stable code, also the key in the catalogue.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotConnected => "source-not-connected",
            Self::NotAvailable { .. } => "source-not-available",
            Self::HostNotAllowed => "source-host-not-allowed",
            Self::PathNotAllowed => "source-path-not-allowed",
            Self::NameNotResolved => "source-name-not-resolved",
            Self::Unreachable => "source-unreachable",
            Self::NoAnswer => "source-no-answer",
            Self::TlsFailed => "source-tls-failed",
            Self::AuthorityUnreadable => "source-authority-unreadable",
            Self::LoginRefused => "source-login-refused",
            Self::DatabaseMissing => "source-database-missing",
            Self::FileMissing => "source-file-missing",
            Self::NotADatabase => "source-not-a-database",
            Self::PermissionDenied { .. } => "source-permission-denied",
            Self::TableMissing { .. } => "source-table-missing",
            Self::ColumnMissing { .. } => "source-column-missing",
            Self::ColumnNotComparable { .. } => "source-column-not-comparable",
            Self::Locked => "source-locked",
            Self::TimedOut => "source-timed-out",
            Self::Dropped => "source-dropped",
            Self::Malformed => "source-malformed",
            Self::ValueTooLarge { .. } => "source-value-too-large",
            Self::Refused { .. } => "source-refused",
            Self::TableRefused { .. } => "source-table-refused",
            Self::RowSecurity { .. } => "source-row-security",
        }
    }

    /// The arguments of the sentence.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotAvailable { connector } => vec![("connector", connector.clone())],
            Self::PermissionDenied { table }
            | Self::TableMissing { table }
            | Self::RowSecurity { table } => vec![("table", table.clone())],
            Self::TableRefused { table, state } => {
                vec![("table", table.clone()), ("state", state.clone())]
            }
            Self::ColumnMissing { table, column } | Self::ColumnNotComparable { table, column } => {
                vec![("table", table.clone()), ("column", column.clone())]
            }
            Self::ValueTooLarge { limit_bytes } => vec![("limit", limit_bytes.to_string())],
            Self::Refused { state } => vec![("state", state.clone())],
            _ => Vec::new(),
        }
    }
}

/// What ends a search early: the source failed, or the sink did.
#[derive(Debug)]
pub enum Stop {
    Source(SourceError),
    /// The rows could not be kept. The source is not to blame.
    Sink(anyhow::Error),
}

impl From<SourceError> for Stop {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

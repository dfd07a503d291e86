//! Where the database is: an SQLite file or a PostgreSQL server, chosen by the scheme of the URL.

use std::path::PathBuf;
use std::str::FromStr;

/// `sqlite:/path/to/file` (or `sqlite:///path`), or `postgresql://…` (or `postgres://…`).
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Why an address of a database cannot be used. The address itself may hold a password, so it is
/// not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DatabaseUrlError {
    #[error("the database URL begins neither with sqlite: nor with postgresql://")]
    Scheme,
    #[error("the database URL names no file after sqlite:")]
    NoPath,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseUrlError::Scheme)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path == ":memory:" || path.contains('?') {
            return Err(DatabaseUrlError::NoPath);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgresql://[redacted]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseUrl, DatabaseUrlError};
    use std::path::PathBuf;

    #[test]
    fn the_scheme_chooses_the_database() {
        let sqlite = |path: &str| Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        assert_eq!("sqlite:guichet.db".parse(), sqlite("guichet.db"));
        assert_eq!("sqlite:///var/lib/guichet.db".parse(), sqlite("/var/lib/guichet.db"));
        let url = "postgresql://guichet:secret@db/guichet";
        let parsed: DatabaseUrl = url.parse().unwrap();
        assert_eq!(parsed, DatabaseUrl::Postgres(url.to_owned()));
        assert!(!format!("{parsed:?}").contains("secret"));
        for wrong in ["mysql://x", "guichet.db", ""] {
            assert_eq!(wrong.parse::<DatabaseUrl>(), Err(DatabaseUrlError::Scheme));
        }
        for wrong in ["sqlite:", "sqlite::memory:", "sqlite:a.db?mode=ro"] {
            assert_eq!(wrong.parse::<DatabaseUrl>(), Err(DatabaseUrlError::NoPath));
        }
    }
}

//! How a system is reached: structured fields only, so that no option slips in with a URL.

mod written;

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use thiserror::Error;
use url::Url;

use self::written::Written;
use crate::domain::inventory::map::ConnectorKind;

/// The settings of one connection. Serialised they hold the password: they are sealed as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "connector", rename_all = "snake_case", try_from = "Written")]
pub enum Connection {
    Postgresql(PostgresqlSettings),
    Sqlite(SqliteSettings),
}

/// A PostgreSQL database, over TCP.
#[derive(Clone, Debug, Serialize)]
pub struct PostgresqlSettings {
    /// A name or an address; never the path of a socket.
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    #[serde(serialize_with = "expose")]
    pub password: Option<SecretString>,
    pub tls: Tls,
    /// PEM; the system's own authorities when absent.
    pub ca_file: Option<PathBuf>,
}

/// Whether the connection is encrypted and the server's name verified. There is nothing between:
/// encryption without verification only looks safe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    Off,
    #[default]
    Verify,
}

/// An SQLite file, opened read-only.
#[derive(Clone, Debug, Serialize)]
pub struct SqliteSettings {
    pub path: PathBuf,
}

fn default_port() -> u16 {
    5432
}

/// Only for sealing: whoever serialises settings encrypts them.
fn expose<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

/// Why a URL is no connection. Says nothing of what the URL holds.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error("write postgresql://user@host/database or sqlite:path")]
    NotAUrl,
    #[error("this kind of connection is not available in this version: {scheme}")]
    UnknownScheme { scheme: String },
    #[error("the URL names no {part}")]
    Missing { part: &'static str },
    #[error(
        "the option {option} is not accepted: only sslmode (disable, verify-full), sslrootcert"
    )]
    UnknownOption { option: String },
    #[error("sslmode is disable or verify-full: anything between only looks safe")]
    TlsMode,
}

impl SettingsError {
    /// The key in the catalogue, and its argument `value`.
    #[must_use]
    pub fn words(&self) -> (&'static str, String) {
        match self {
            Self::NotAUrl => ("settings-not-a-url", String::new()),
            Self::UnknownScheme { scheme } => ("settings-unknown-scheme", scheme.clone()),
            Self::Missing { part } => ("settings-missing", (*part).to_owned()),
            Self::UnknownOption { option } => ("settings-unknown-option", option.clone()),
            Self::TlsMode => ("settings-tls-mode", String::new()),
        }
    }
}

impl Connection {
    /// Reads `postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=PATH`,
    /// `sqlite:path` or `sqlite:///path`. Without `sslmode`, TLS is verified, but for a server on
    /// this machine.
    ///
    /// # Errors
    ///
    /// When the URL is none of these, or has an option that is not listed here.
    pub fn from_url(text: &str) -> Result<Self, SettingsError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(SettingsError::Missing { part: "path" });
            }
            return Ok(Self::Sqlite(SqliteSettings { path: path.into() }));
        }
        let url = Url::parse(text).map_err(|_| SettingsError::NotAUrl)?;
        if !matches!(url.scheme(), "postgresql" | "postgres") {
            return Err(SettingsError::UnknownScheme { scheme: url.scheme().to_owned() });
        }
        let part = |text: &str, part| {
            let decoded = decode(text).filter(|text| !text.is_empty() && !text.contains('\0'));
            decoded.ok_or(SettingsError::Missing { part })
        };
        let host = part(url.host_str().unwrap_or_default(), "host")?;
        if host.contains('/') {
            return Err(SettingsError::Missing { part: "host" });
        }
        let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let mut settings = PostgresqlSettings {
            port: url.port().unwrap_or_else(default_port),
            database: part(url.path().trim_start_matches('/'), "database")?,
            user: part(url.username(), "user")?,
            password: url.password().and_then(decode).map(SecretString::from),
            tls: if local { Tls::Off } else { Tls::Verify },
            ca_file: None,
            host,
        };
        for (option, value) in url.query_pairs() {
            match (&*option, &*value) {
                ("sslmode", "disable") => settings.tls = Tls::Off,
                ("sslmode", "verify-full") => settings.tls = Tls::Verify,
                ("sslmode", _) => return Err(SettingsError::TlsMode),
                ("sslrootcert", path) => settings.ca_file = Some(path.into()),
                _ => {
                    let option = option.chars().take(40).collect();
                    return Err(SettingsError::UnknownOption { option });
                }
            }
        }
        Ok(Self::Postgresql(settings))
    }

    /// Which connector of a map it serves.
    #[must_use]
    pub const fn kind(&self) -> ConnectorKind {
        match self {
            Self::Postgresql(_) => ConnectorKind::Postgresql,
            Self::Sqlite(_) => ConnectorKind::Sqlite,
        }
    }
}

/// Percent-decoding, to UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{Connection, SettingsError, Tls};
    use secrecy::ExposeSecret;

    #[test]
    fn a_url_becomes_fields_and_nothing_else() {
        let url = "postgresql://rea%40der:p%2Fw@db.example.org:6000/my%20shop?sslmode=verify-full&sslrootcert=/ca.pem";
        let Connection::Postgresql(settings) = Connection::from_url(url).unwrap() else { panic!() };
        let password = settings.password.as_ref().unwrap().expose_secret();
        assert_eq!((settings.user.as_str(), password), ("rea@der", "p/w"));
        assert_eq!((settings.database.as_str(), settings.port), ("my shop", 6000));
        assert_eq!(settings.tls, Tls::Verify);
        assert!(!format!("{settings:?}").contains("p/w"), "a password is never shown");
        let sealed = serde_json::to_string(&Connection::Postgresql(settings)).unwrap();
        let Connection::Postgresql(read) = serde_json::from_str(&sealed).unwrap() else { panic!() };
        assert_eq!(read.password.unwrap().expose_secret(), "p/w");
    }

    #[test]
    fn tls_is_verified_unless_the_server_is_this_machine_or_it_is_switched_off() {
        for (url, wanted) in [
            ("postgresql://u@db.example.org/x", Tls::Verify),
            ("postgresql://u@db.example.org/x?sslmode=disable", Tls::Off),
            ("postgresql://u@127.0.0.1/x", Tls::Off),
            ("postgresql://u@127.0.0.1/x?sslmode=verify-full", Tls::Verify),
        ] {
            let Connection::Postgresql(settings) = Connection::from_url(url).unwrap() else {
                panic!()
            };
            assert_eq!(settings.tls, wanted, "{url}");
        }
    }

    #[test]
    fn what_is_not_listed_is_refused() {
        let missing = |part| SettingsError::Missing { part };
        let option = |name: &str| SettingsError::UnknownOption { option: name.into() };
        for (url, wanted) in [
            ("postgresql://u@h/x?host=/var/run", option("host")),
            ("postgresql://u@h/x?options=-c%20x", option("options")),
            ("postgresql://u@h/x?sslmode=prefer", SettingsError::TlsMode),
            ("postgresql://u@%2Fvar%2Frun/x", SettingsError::Missing { part: "host" }),
            ("postgresql:///x", missing("host")),
            ("postgresql://h/x", missing("user")),
            ("postgresql://u@h", missing("database")),
            ("sqlite:", missing("path")),
            ("mysql://u@h/x", SettingsError::UnknownScheme { scheme: "mysql".into() }),
            ("file:/etc/passwd", SettingsError::UnknownScheme { scheme: "file".into() }),
            ("nonsense", SettingsError::NotAUrl),
        ] {
            assert_eq!(Connection::from_url(url).unwrap_err(), wanted, "{url}");
        }
    }
}

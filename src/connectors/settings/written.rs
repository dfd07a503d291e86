//! A connection as it is written in JSON: one object, whose fields depend on its connector. Read
//! field by field, so that a wrong one is named; a tagged enum would name none.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::{Connection, PostgresqlSettings, SqliteSettings, Tls, default_port};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    connector: Connector,
    #[serde(default, deserialize_with = "given")]
    host: Option<String>,
    #[serde(default, deserialize_with = "given")]
    port: Option<u16>,
    #[serde(default, deserialize_with = "given")]
    database: Option<String>,
    #[serde(default, deserialize_with = "given")]
    user: Option<String>,
    #[serde(default)]
    password: Option<SecretString>,
    #[serde(default, deserialize_with = "given")]
    tls: Option<Tls>,
    #[serde(default)]
    ca_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "given")]
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Connector {
    Postgresql,
    Sqlite,
}

/// A field that is there is never `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Worded as serde words its own, which the front door reads.
#[derive(Debug, Error)]
pub(super) enum WrittenError {
    #[error("missing field `{0}`")]
    Missing(&'static str),
    #[error("unknown field `{0}`")]
    Unknown(&'static str),
}

impl TryFrom<Written> for Connection {
    type Error = WrittenError;

    fn try_from(written: Written) -> Result<Self, WrittenError> {
        use WrittenError::{Missing, Unknown};
        match written.connector {
            Connector::Postgresql if written.path.is_some() => Err(Unknown("path")),
            Connector::Postgresql => Ok(Self::Postgresql(PostgresqlSettings {
                host: written.host.ok_or(Missing("host"))?,
                port: written.port.unwrap_or_else(default_port),
                database: written.database.ok_or(Missing("database"))?,
                user: written.user.ok_or(Missing("user"))?,
                password: written.password,
                tls: written.tls.unwrap_or_default(),
                ca_file: written.ca_file,
            })),
            Connector::Sqlite => {
                let others = [
                    ("host", written.host.is_some()),
                    ("port", written.port.is_some()),
                    ("database", written.database.is_some()),
                    ("user", written.user.is_some()),
                    ("password", written.password.is_some()),
                    ("tls", written.tls.is_some()),
                    ("ca_file", written.ca_file.is_some()),
                ];
                if let Some((name, _)) = others.into_iter().find(|(_, is_there)| *is_there) {
                    return Err(Unknown(name));
                }
                let path = written.path.ok_or(Missing("path"))?;
                Ok(Self::Sqlite(SqliteSettings { path }))
            }
        }
    }
}

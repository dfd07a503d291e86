//! Empty databases to migrate: an SQLite file, and where `TEST_DATABASE_URL` names a server a
//! PostgreSQL database beside it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use guichet::config::{self, Config};
use guichet::db::conn::Conn;
use guichet::db::dialect;
use guichet::db::url::DatabaseUrl;
use tempfile::TempDir;
use url::Url;

use super::by_kind;

/// An empty database and the directory of an instance. Both go when it is dropped.
pub struct Place {
    pub directory: TempDir,
    pub url: DatabaseUrl,
    name: Option<String>,
}

impl Place {
    pub fn sqlite() -> Self {
        let directory = TempDir::with_prefix("guichet-migrations-").unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("guichet.db"));
        Self { directory, url, name: None }
    }

    /// One place on each database at hand, SQLite first.
    pub fn each() -> Vec<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let mut places = vec![Self::sqlite()];
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
            return places;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("guichet_migrations_{}_{number}", std::process::id());
        administer(&server, &format!("CREATE DATABASE {name}"));
        let mut url = Url::parse(&server).unwrap();
        url.set_path(&name);
        places.push(Self {
            directory: TempDir::with_prefix("guichet-migrations-").unwrap(),
            url: DatabaseUrl::Postgres(url.into()),
            name: Some(name),
        });
        places
    }

    pub fn conn(&self) -> Conn {
        dialect::open(&self.url).unwrap()
    }

    /// The settings of an instance on this database.
    pub fn config(&self) -> Config {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut config = config::embedded(self.directory.path(), listen).unwrap();
        config.database_url = self.url.clone();
        config
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let (Some(name), Ok(server)) = (&self.name, std::env::var("TEST_DATABASE_URL")) {
            administer(&server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.url {
            DatabaseUrl::Sqlite(_) => "SQLite",
            DatabaseUrl::Postgres(_) => "PostgreSQL",
        })
    }
}

fn administer(server: &str, sql: &str) {
    let mut conn = dialect::open(&server.parse().unwrap()).unwrap();
    execute(&mut conn, sql).unwrap();
}

/// Runs statements written for SQLite; PostgreSQL gets its own form of bytes.
pub fn execute(conn: &mut Conn, sql: &str) -> QueryResult<()> {
    let sql = by_kind(conn, sql.to_owned(), for_postgresql(sql));
    match conn {
        Conn::Sqlite(conn) => conn.batch_execute(&sql),
        Conn::Postgres(conn) => conn.batch_execute(&sql),
    }
}

/// `X'0a'` becomes `'\x0a'::bytea`, but not inside a text.
fn for_postgresql(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    // Between quotes every second part is a text; a doubled quote makes an empty part between.
    let mut bytes = false;
    for (number, part) in sql.split('\'').enumerate() {
        let inside = number % 2 == 1;
        match (inside, bytes) {
            (true, true) => out.push_str(&format!("'\\x{part}'::bytea")),
            (true, false) => out.push_str(&format!("'{part}'")),
            (false, _) => {
                bytes = part.ends_with('X');
                out.push_str(part.strip_suffix('X').unwrap_or(part));
            }
        }
    }
    out
}

#[test]
fn bytes_are_written_as_postgresql_reads_them() {
    let cases = [
        ("(X'0aff', 'a X''b')", r"('\x0aff'::bytea, 'a X''b')"),
        ("('it''s', X'')", r"('it''s', '\x'::bytea)"),
        ("NULL", "NULL"),
    ];
    for (sqlite, postgresql) in cases {
        assert_eq!(for_postgresql(sqlite), postgresql);
    }
}

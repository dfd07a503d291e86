//! Databases to search, made for one test each, and a sink that keeps what was found.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::{Reach, SystemFound, search};
use guichet::connectors::session::Limits;
use guichet::connectors::settings::Connection;
use guichet::connectors::sink::RowSink;
use guichet::domain::inventory::parse::parse;
use guichet::domain::row::{Column, Value};
use guichet::domain::search_plan::identifiers::Identifiers;
use guichet::domain::search_plan::plan::{SearchPlan, plan};
use tempfile::TempDir;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgresql,
}

/// The kinds that can be tried here.
pub fn kinds() -> Vec<Kind> {
    if std::env::var("TEST_DATABASE_URL").is_ok() {
        return vec![Kind::Sqlite, Kind::Postgresql];
    }
    println!("skipped for PostgreSQL: TEST_DATABASE_URL is not set");
    vec![Kind::Sqlite]
}

/// A database that goes away with its test.
pub struct Made {
    pub kind: Kind,
    pub connection: Connection,
    pub url: String,
    _directory: Option<TempDir>,
    database: Option<String>,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

impl Made {
    pub async fn new(kind: Kind, sql: &str) -> Self {
        match kind {
            Kind::Sqlite => {
                let directory = tempfile::tempdir().unwrap();
                let path = directory.path().join("source.db");
                rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
                let url = format!("sqlite:{}", path.display());
                let connection = Connection::from_url(&url).unwrap();
                Self { kind, connection, url, _directory: Some(directory), database: None }
            }
            Kind::Postgresql => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let name = format!("guichet_source_{}_{number}", std::process::id());
                server(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await;
                let mut url = url::Url::parse(&test_url()).unwrap();
                url.set_path(&name);
                let (client, connection) =
                    tokio_postgres::connect(url.as_str(), tokio_postgres::NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                client.batch_execute(sql).await.unwrap();
                drop(client);
                connection.await.unwrap().unwrap();
                let connection = Connection::from_url(url.as_str()).unwrap();
                let url = url.to_string();
                Self { kind, connection, url, _directory: None, database: Some(name) }
            }
        }
    }

    /// The name of its connector in a map.
    pub fn connector(&self) -> &'static str {
        self.connection.kind().name()
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let Some(name) = self.database.take() else {
            return;
        };
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.unwrap().block_on(server(&drop));
        };
        std::thread::spawn(work).join().unwrap();
    }
}

pub fn test_url() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap()
}

/// Runs a statement on the test server itself.
async fn server(sql: &str) {
    let (client, connection) =
        tokio_postgres::connect(&test_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

/// Keeps every row, by table.
#[derive(Default)]
pub struct Kept {
    pub tables: Vec<String>,
    pub columns: BTreeMap<String, Vec<Column>>,
    pub rows: BTreeMap<String, Vec<Vec<Value>>>,
}

impl RowSink for Kept {
    fn table(&mut self, table: &str, columns: &[Column]) -> anyhow::Result<()> {
        self.tables.push(table.to_owned());
        self.columns.insert(table.to_owned(), columns.to_vec());
        self.rows.insert(table.to_owned(), Vec::new());
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        let last = self.tables.last().unwrap();
        assert_eq!(row.len(), self.columns[last].len(), "a value for each column");
        self.rows.get_mut(last).unwrap().push(row.to_vec());
        Ok(())
    }
}

impl Kept {
    /// The values of a table's first column, sorted, as texts.
    pub fn keys(&self, table: &str) -> Vec<String> {
        let text = |row: &Vec<Value>| match &row[0] {
            Value::Number(text) | Value::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        let mut keys: Vec<String> = self.rows[table].iter().map(text).collect();
        keys.sort_by_key(|key| (key.len(), key.clone()));
        keys
    }
}

/// What a search gave.
pub struct Given {
    pub found: Vec<SystemFound>,
    pub kept: BTreeMap<String, Kept>,
}

impl Given {
    /// `table: 1 2 3` for each table of a system.
    pub fn lines(&self, system: &str) -> Vec<String> {
        let kept = &self.kept[system];
        let line = |table: &String| format!("{table}: {}", kept.keys(table).join(" "));
        kept.tables.iter().map(line).collect()
    }
}

pub fn identifiers(pairs: &[(&str, &str)]) -> Identifiers {
    let mut identifiers = Identifiers::default();
    for (kind, value) in pairs {
        identifiers.add(kind, value).unwrap();
    }
    identifiers
}

/// Follows a plan over the systems given.
pub async fn follow(plan: &SearchPlan, systems: &[(&str, &Made)], limits: &Limits) -> Given {
    let connections: BTreeMap<String, Connection> =
        systems.iter().map(|(name, made)| ((*name).to_owned(), made.connection.clone())).collect();
    let allowed = Allowlist::anything();
    let reach = Reach { plan, connections: &connections, allowed: &allowed, limits };
    let mut kept: BTreeMap<String, Kept> =
        plan.systems.iter().map(|one| (one.system.clone(), Kept::default())).collect();
    let found = search(&reach, &mut kept, &()).await.unwrap();
    Given { found, kept }
}

/// Searches a map whose connectors are written `NAME: connector`, given as text with `$NAME` in
/// the place of each connector.
pub async fn look(map: &str, pairs: &[(&str, &str)], systems: &[(&str, &Made)]) -> Given {
    let map = with_connectors(map, systems);
    let map = parse(&map).unwrap_or_else(|problems| panic!("{problems:?}")).map;
    follow(&plan(&map, &identifiers(pairs)), systems, &Limits::default()).await
}

pub fn with_connectors(map: &str, systems: &[(&str, &Made)]) -> String {
    systems.iter().fold(map.to_owned(), |map, (name, made)| {
        map.replace(&format!("${name}"), made.connector())
    })
}

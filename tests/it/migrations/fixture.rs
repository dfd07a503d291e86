//! Populated databases of every landed schema, which this version must open.
//!
//! `tests/fixtures/schema-NNNN.sql` holds the rows of a database at migration NNNN. A new migration
//! needs a new one:
//!
//! ```text
//! TEST_WRITE_FIXTURE=1 cargo test --test it migrations::fixture
//! ```
//!
//! Older ones stay as they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::backend::Backend;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use guichet::db::conn::Conn;
use guichet::db::url::DatabaseUrl;
use rusqlite::types::ValueRef;

use super::place::{self, Place};
use super::{hex, populated, readable};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The numbers of the migrations, in order.
fn migrations() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("migrations/sqlite")).unwrap();
    let names = folders.map(|it| it.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<String> =
        names.map(|it| it.split('_').next().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

fn fixture(number: &str) -> PathBuf {
    root().join(format!("tests/fixtures/schema-{number}.sql"))
}

#[test]
fn every_landed_schema_opens_and_reads() {
    for number in migrations() {
        let path = fixture(&number);
        let sql = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}: make it as tests/it/migrations/fixture.rs says", path.display())
        });
        for place in Place::each() {
            load(&place, &number, &sql);
            readable::check(&place);
        }
    }
}

/// Before 0013 a case that was answered kept that instant as its end when it was closed.
#[test]
fn the_end_of_a_case_becomes_its_closing() {
    let sql = std::fs::read_to_string(fixture("0011")).unwrap();
    for place in Place::each() {
        load(&place, "0011", &sql);
        let earlier = "UPDATE requests SET ended_at = ended_at - 1 WHERE status = 'withdrawn'";
        place::execute(&mut place.conn(), earlier).unwrap();
        readable::check(&place);
    }
}

/// Before 0015 the queue did not know whom a request waits for: its history did.
#[test]
fn whom_a_request_waits_for_is_read_from_its_history() {
    use diesel::prelude::*;
    use guichet::db::schema::requests::dsl::{awaits_person, extended, requests, status};

    let sql = std::fs::read_to_string(fixture("0013")).unwrap();
    for place in Place::each() {
        load(&place, "0013", &sql);
        let mut conn = place.conn();
        for change in [
            // The question is not answered yet; and something else was an extension.
            "UPDATE events SET kind = 'NoteAdded', detail = '{\"kind\":\"NoteAdded\"}' \
             WHERE kind = 'RequestResumed'",
            "UPDATE events SET kind = 'RequestExtended', detail = '{\"late\":false}' \
             WHERE kind = 'RequestAcknowledged'",
        ] {
            place::execute(&mut conn, change).unwrap();
        }
        guichet::db::migrations::up(&mut conn).unwrap();
        let rows = requests.order(status).select((status, awaits_person, extended));
        let rows: Vec<(String, bool, bool)> = rows.load(&mut conn).unwrap();
        let expected =
            [("in_progress".to_owned(), true, true), ("withdrawn".to_owned(), false, false)];
        assert_eq!(rows, expected, "{place}");
    }
}

#[test]
fn a_populated_database_can_be_written_down_and_read_back() {
    let place = Place::sqlite();
    populated::make(&place);
    readable::check(&place);
    let sql = dump(&place);
    let numbers = migrations();
    let newest = numbers.last().unwrap();
    for copy in Place::each() {
        load(&copy, newest, &sql);
        readable::check(&copy);
    }
    if std::env::var_os("TEST_WRITE_FIXTURE").is_some() {
        std::fs::create_dir_all(root().join("tests/fixtures")).unwrap();
        std::fs::write(fixture(newest), sql).unwrap();
    }
}

/// Migrates an empty database up to a number and fills it.
fn load(place: &Place, number: &str, sql: &str) {
    let mut conn = place.conn();
    match &mut conn {
        Conn::Sqlite(conn) => migrate(conn, "sqlite", number),
        Conn::Postgres(conn) => migrate(conn, "postgres", number),
    }
    place::execute(&mut conn, sql).unwrap();
}

fn migrate<DB: Backend>(conn: &mut impl MigrationHarness<DB>, folder: &str, number: &str)
where
    FileBasedMigrations: MigrationSource<DB>,
{
    let path = root().join("migrations").join(folder);
    let source = FileBasedMigrations::from_path(path).unwrap();
    // Asking makes the table in which diesel counts them.
    assert!(conn.applied_migrations().unwrap().is_empty());
    let mut all: Vec<Box<dyn Migration<DB>>> = source.migrations().unwrap();
    all.sort_by_key(|migration| migration.name().version().as_owned());
    for migration in all {
        if migration.name().version().to_string().as_str() <= number {
            conn.run_migration(&*migration).unwrap();
        }
    }
}

/// Every row of an SQLite database as an INSERT, parents first.
fn dump(place: &Place) -> String {
    let DatabaseUrl::Sqlite(path) = &place.url else {
        panic!("rows are written down from SQLite");
    };
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut tables = conn
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' \
             AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY rowid",
        )
        .unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut sql =
        "-- Made-up people under a made-up key; see tests/it/migrations/fixture.rs.\n".to_owned();
    for table in tables {
        let kinds = column_kinds(&conn, &table);
        let names: Vec<&str> = kinds.keys().map(String::as_str).collect();
        let names = names.join(", ");
        let mut select =
            conn.prepare(&format!("SELECT {names} FROM {table} ORDER BY rowid")).unwrap();
        let mut rows = select.query([]).unwrap();
        let mut count = 0;
        while let Some(row) = rows.next().unwrap() {
            let kinds = kinds.values().enumerate();
            let values: Vec<String> =
                kinds.map(|(at, kind)| literal(row.get_ref(at).unwrap(), kind)).collect();
            let values = values.join(", ");
            sql.push_str(&format!("INSERT INTO {table} ({names}) VALUES ({values});\n"));
            count += 1;
        }
        assert!(count > 0, "{table} is empty: fill it in tests/it/migrations/populated.rs");
    }
    sql
}

fn column_kinds(conn: &rusqlite::Connection, table: &str) -> BTreeMap<String, String> {
    let mut select = conn.prepare("SELECT name, type FROM pragma_table_info(?1)").unwrap();
    let columns = select.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)));
    columns.unwrap().map(Result::unwrap).collect()
}

fn literal(value: ValueRef<'_>, kind: &str) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) if kind == "BOOLEAN" => {
            if value == 0 { "FALSE" } else { "TRUE" }.to_owned()
        }
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).unwrap();
            format!("'{}'", text.replace('\'', "''"))
        }
        ValueRef::Blob(bytes) => hex(bytes),
    }
}

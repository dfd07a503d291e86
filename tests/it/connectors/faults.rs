//! Sources that fail, each in its own way, each with its own code and within the time limit.

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use guichet::connectors::error::SourceError;
use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::Outcome;
use guichet::connectors::session::{Limits, live_schema, test};
use guichet::connectors::settings::Connection;

use super::sources::{Kind, Made, kinds, look, test_url};

async fn refused(url: &str, allowed: &Allowlist) -> SourceError {
    let limits = Limits { connect: Duration::from_secs(2), ..Limits::default() };
    let start = Instant::now();
    let answer = test(&Connection::from_url(url).unwrap(), allowed, &limits).await;
    assert!(start.elapsed() < Duration::from_secs(8), "{url} {:?}", start.elapsed());
    answer.unwrap_err()
}

/// A server that takes connections, sends `greeting` to each, and then does as it is told.
pub fn server(greeting: &'static [u8], hang: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            // The other side may be gone already.
            let _ = stream.write_all(greeting);
            if hang {
                open.push(stream);
            }
        }
    });
    port
}

#[tokio::test]
async fn a_server_that_is_none_is_told_apart() {
    let anything = Allowlist::anything();
    let url = |port: u16| format!("postgresql://u@127.0.0.1:{port}/x");
    let hanging = server(b"", true);
    assert_eq!(refused(&url(hanging), &anything).await, SourceError::NoAnswer);
    let closing = server(b"", false);
    assert_eq!(refused(&url(closing), &anything).await, SourceError::Dropped);
    let other = server(b"HTTP/1.1 400 Bad Request\r\n\r\n", true);
    let answer = refused(&url(other), &anything).await;
    assert!(
        [SourceError::Malformed, SourceError::NoAnswer, SourceError::Dropped].contains(&answer),
        "{answer:?}"
    );
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(refused(&url(free), &anything).await, SourceError::Unreachable);
    let unknown = refused("postgresql://u@no-such-host.invalid/x", &anything).await;
    assert_eq!(unknown, SourceError::NameNotResolved);
    let tls = format!("postgresql://u@127.0.0.1:{closing}/x?sslmode=verify-full");
    let answer = refused(&tls, &anything).await;
    assert!([SourceError::Dropped, SourceError::TlsFailed].contains(&answer), "{answer:?}");
    let ca = format!("{}&sslrootcert=/no/such/file", tls);
    assert_eq!(refused(&ca, &anything).await, SourceError::AuthorityUnreadable);
}

#[tokio::test]
async fn hosts_that_are_not_allowed_are_not_even_greeted() {
    let port = server(b"", true);
    let url = format!("postgresql://u@127.0.0.1:{port}/x");
    assert_eq!(refused(&url, &Allowlist::default()).await, SourceError::HostNotAllowed);
    let other_port =
        Allowlist { hosts: vec!["127.0.0.1:1".parse().unwrap()], ..Allowlist::default() };
    assert_eq!(refused(&url, &other_port).await, SourceError::HostNotAllowed);
    let loopback = Allowlist { loopback: true, ..Allowlist::default() };
    assert_eq!(refused(&url, &loopback).await, SourceError::NoAnswer);
}

#[tokio::test]
async fn a_postgresql_server_that_says_no_is_understood() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let anything = Allowlist::anything();
    let mut url = url::Url::parse(&test_url()).unwrap();
    url.set_path("no_such_database");
    assert_eq!(refused(url.as_str(), &anything).await, SourceError::DatabaseMissing);
    let made = Made::new(Kind::Postgresql, "CREATE TABLE t (id int, kind text)").await;
    let mut stranger = url::Url::parse(&made.url).unwrap();
    stranger.set_username("no_such_role").unwrap();
    assert_eq!(refused(stranger.as_str(), &anything).await, SourceError::LoginRefused);
    let plain = format!("{}?sslmode=verify-full", made.url);
    assert_eq!(refused(&plain, &anything).await, SourceError::TlsFailed);
}

#[tokio::test]
async fn files_that_are_no_databases_or_locked_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(
        path("text.db"),
        "not a database, but long enough to look like one. ".repeat(50),
    )
    .unwrap();
    let url = |name: &str| format!("sqlite:{}", path(name).display());
    let anything = Allowlist::anything();
    assert_eq!(refused(&url("text.db"), &anything).await, SourceError::NotADatabase);
    assert_eq!(refused(&url("none.db"), &anything).await, SourceError::FileMissing);
    assert_eq!(refused(&url(""), &anything).await, SourceError::NotADatabase);
    let outside = refused(&url("text.db"), &Allowlist::default()).await;
    assert_eq!(outside, SourceError::PathNotAllowed);
    let uri = format!("sqlite:file:{}?mode=rwc", path("text.db").display());
    let answer = refused(&uri, &anything).await;
    assert_eq!(answer, SourceError::FileMissing, "a URI is only a path here");
    let writer = rusqlite::Connection::open(path("busy.db")).unwrap();
    writer.execute_batch("CREATE TABLE t (id); BEGIN EXCLUSIVE; INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(refused(&url("busy.db"), &anything).await, SourceError::Locked);
    assert!(!path("none.db").exists(), "a missing file is not created");
}

#[tokio::test]
async fn nothing_can_be_written_through_a_connection() {
    let made = Made::new(Kind::Sqlite, "CREATE TABLE t (id integer, kind text)").await;
    let schema = live_schema(&made.connection, &Allowlist::anything(), &Limits::default()).await;
    assert_eq!(schema.unwrap().tables.len(), 1);
    let Connection::Sqlite(settings) = &made.connection else { panic!() };
    let before = std::fs::read(&settings.path).unwrap();
    let map = "systems: [{name: s, connector: $s, tables: [{table: t, find_by: {kind: kind}}]}]";
    let given =
        look(map, &[("kind", "'; INSERT INTO t VALUES (1, 'x'); --")], &[("s", &made)]).await;
    assert!(given.found[0].is_complete());
    assert_eq!(std::fs::read(&settings.path).unwrap(), before);
}

#[tokio::test]
async fn connectors_that_are_not_there_yet_and_systems_without_connection_are_named() {
    let made = Made::new(Kind::Sqlite, "CREATE TABLE t (id integer, kind text)").await;
    let map = "
systems:
- {name: s, connector: $s, tables: [{table: t, find_by: {kind: kind}}]}
- {name: m, connector: mysql, tables: [{table: t, find_by: {kind: kind}}]}
- {name: o, connector: postgresql, tables: [{table: t, find_by: {kind: kind}}]}
- {name: p, connector: manual, tables: [{table: folder}]}
";
    let given = look(map, &[("kind", "a")], &[("s", &made)]).await;
    let outcomes: Vec<&Outcome> = given.found.iter().map(|system| &system.outcome).collect();
    let failed = |error| Outcome::Failed { error };
    let mysql = failed(SourceError::NotAvailable { connector: "mysql".to_owned() });
    let wanted =
        [&Outcome::Complete, &mysql, &failed(SourceError::NotConnected), &Outcome::WaitsForPerson];
    assert_eq!(outcomes, wanted);
}

#[tokio::test]
async fn a_column_that_vanished_or_may_not_be_read_is_named() {
    for kind in kinds() {
        let made = Made::new(kind, "CREATE TABLE t (id integer, kind text)").await;
        let map =
            "systems: [{name: s, connector: $s, tables: [{table: t, find_by: {kind: gone}}]}]";
        let given = look(map, &[("kind", "a")], &[("s", &made)]).await;
        let wanted = SourceError::ColumnMissing { table: "t".into(), column: "gone".into() };
        assert_eq!(given.found[0].outcome, Outcome::Failed { error: wanted }, "{kind:?}");
    }
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let reader = format!("guichet_reader_{}", std::process::id());
    let sql = format!(
        "CREATE TABLE t (id int, kind text); DROP ROLE IF EXISTS {reader}; CREATE ROLE {reader} \
         LOGIN PASSWORD 'reader'"
    );
    let mut made = Made::new(Kind::Postgresql, &sql).await;
    let mut url = url::Url::parse(&made.url).unwrap();
    url.set_username(&reader).unwrap();
    url.set_password(Some("reader")).unwrap();
    made.connection = Connection::from_url(url.as_str()).unwrap();
    let map = "systems: [{name: s, connector: $s, tables: [{table: t, find_by: {kind: kind}}]}]";
    let given = look(map, &[("kind", "a")], &[("s", &made)]).await;
    let wanted = SourceError::PermissionDenied { table: "t".into() };
    assert_eq!(given.found[0].outcome, Outcome::Failed { error: wanted });
    let (client, connection) =
        tokio_postgres::connect(&test_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("DROP ROLE {reader}")).await.unwrap();
}

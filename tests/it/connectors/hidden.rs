//! What a source hides or cannot give is an error that names its table, never an empty answer.

use guichet::connectors::error::SourceError;
use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::Outcome;
use guichet::connectors::session::{Limits, live_schema};
use guichet::connectors::settings::Connection;

use super::sources::{Kind, Made, kinds, look, test_url};

const MAP: &str =
    "systems: [{name: s, connector: $s, tables: [{table: t, find_by: {kind: kind}}]}]";

async fn on_server(sql: &str) {
    let (client, connection) =
        tokio_postgres::connect(&test_url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

#[tokio::test]
async fn rows_that_a_policy_hides_make_the_system_fail() {
    if !kinds().contains(&Kind::Postgresql) {
        return;
    }
    let reader = format!("guichet_policed_{}", std::process::id());
    let sql = format!(
        "DROP ROLE IF EXISTS {reader}; CREATE ROLE {reader} LOGIN PASSWORD 'reader';
         CREATE TABLE t (id int, kind text); INSERT INTO t VALUES (1, 'a');
         ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO {reader};
         CREATE POLICY own ON t FOR SELECT TO {reader} USING (id > 1);"
    );
    let mut made = Made::new(Kind::Postgresql, &sql).await;
    let owner = look(MAP, &[("kind", "a")], &[("s", &made)]).await;
    assert_eq!(owner.kept["s"].keys("t"), ["1"], "whom no policy binds reads all");
    let mut url = url::Url::parse(&made.url).unwrap();
    url.set_username(&reader).unwrap();
    url.set_password(Some("reader")).unwrap();
    made.connection = Connection::from_url(url.as_str()).unwrap();
    let given = look(MAP, &[("kind", "a")], &[("s", &made)]).await;
    drop(made);
    on_server(&format!("DROP ROLE {reader}")).await;
    let wanted = SourceError::RowSecurity { table: "t".into() };
    assert_eq!(given.found[0].outcome, Outcome::Failed { error: wanted });
}

#[tokio::test]
async fn a_view_that_fails_is_named() {
    for kind in kinds() {
        let (sql, state) = match kind {
            Kind::Postgresql => (
                "CREATE TABLE p (n int, kind text); INSERT INTO p VALUES (0, 'a');
                 CREATE VIEW t AS SELECT 1 / n AS id, kind FROM p;",
                "22012",
            ),
            Kind::Sqlite => ("CREATE VIEW t AS SELECT id, kind FROM gone;", "SQLITE_ERROR"),
        };
        let made = Made::new(kind, sql).await;
        let given = look(MAP, &[("kind", "a")], &[("s", &made)]).await;
        let wanted = SourceError::TableRefused { table: "t".into(), state: state.into() };
        assert_eq!(given.found[0].outcome, Outcome::Failed { error: wanted }, "{kind:?}");
    }
}

#[tokio::test]
async fn a_broken_view_that_nobody_asked_for_harms_nothing() {
    let sql = "CREATE VIEW broken AS SELECT x FROM gone; CREATE TABLE t (id integer, kind text);
        INSERT INTO t VALUES (1, 'a');";
    let made = Made::new(Kind::Sqlite, sql).await;
    let schema = live_schema(&made.connection, &Allowlist::anything(), &Limits::default()).await;
    let tables = schema.unwrap().tables.into_iter();
    let found: Vec<_> = tables.map(|table| (table.name, table.broken)).collect();
    assert_eq!(found, [("broken".to_owned(), true), ("t".to_owned(), false)]);
    let given = look(MAP, &[("kind", "a")], &[("s", &made)]).await;
    assert_eq!(given.lines("s"), ["t: 1"]);
    assert!(given.found[0].is_complete());
}

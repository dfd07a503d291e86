//! Row cap, time limit, oversized values, and a sink that fails.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::{Outcome, Reach, search};
use guichet::connectors::session::Limits;
use guichet::connectors::sink::RowSink;
use guichet::domain::inventory::parse::parse;
use guichet::domain::row::{Column, Value};
use guichet::domain::search_plan::plan::{SearchPlan, plan};

use super::sources::{Kind, Made, follow, identifiers, kinds, with_connectors};

const MAP: &str = "
systems:
- name: s
  connector: $s
  tables:
  - {table: t, find_by: {kind: kind}}
  - {table: u, reached_from: {table: t, on: {t: id}}}
";

fn sql() -> String {
    let rows: Vec<String> = (0..2_000).map(|id| format!("({id}, 'a')")).collect();
    format!(
        "CREATE TABLE t (id integer PRIMARY KEY, kind text); INSERT INTO t VALUES {};
         CREATE TABLE u (id integer, t integer); INSERT INTO u SELECT id, id FROM t;",
        rows.join(", ")
    )
}

fn planned(map: &str, made: &Made) -> SearchPlan {
    let map = parse(&with_connectors(map, &[("s", made)])).unwrap().map;
    plan(&map, &identifiers(&[("kind", "a")]))
}

#[tokio::test]
async fn the_row_cap_is_exact_and_marks_the_search() {
    for kind in kinds() {
        let made = Made::new(kind, &sql()).await;
        let plan = planned(MAP, &made);
        for (rows, tables, wanted) in [
            (4_000, vec![2_000, 2_000], Outcome::Complete),
            (3_999, vec![2_000, 1_999], Outcome::RowCap),
            (2_000, vec![2_000, 0], Outcome::RowCap),
            (5, vec![5], Outcome::RowCap),
        ] {
            let limits = Limits { rows, ..Limits::default() };
            let given = follow(&plan, &[("s", &made)], &limits).await;
            let counts: Vec<u64> = given.found[0].tables.iter().map(|one| one.rows).collect();
            assert_eq!((counts, &given.found[0].outcome), (tables, &wanted), "{kind:?} {rows}");
        }
    }
}

#[tokio::test]
async fn a_slow_source_is_cut_at_its_time() {
    for kind in kinds() {
        let slow = match kind {
            Kind::Sqlite => {
                "CREATE VIEW slow AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
                 SELECT x AS id, 'b' AS kind FROM n;"
            }
            Kind::Postgresql => {
                "CREATE VIEW slow AS SELECT 1 AS id, 'a'::text AS kind FROM pg_sleep(60);"
            }
        };
        let made = Made::new(kind, &format!("{}{slow}", sql())).await;
        let map = format!("{MAP}  - {{table: slow, find_by: {{kind: kind}}}}\n");
        let plan = planned(&map, &made);
        let limits = Limits { search: Duration::from_secs(1), ..Limits::default() };
        let start = Instant::now();
        let given = follow(&plan, &[("s", &made)], &limits).await;
        assert_eq!(given.found[0].outcome, Outcome::TimedOut, "{kind:?}");
        assert_eq!(given.found[0].tables.len(), 2, "what came before is kept and counted");
        assert!(start.elapsed() < Duration::from_secs(5), "{kind:?} {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_value_that_is_too_large_is_an_error() {
    for kind in kinds() {
        let big = match kind {
            Kind::Sqlite => {
                "UPDATE t SET kind = 'a' WHERE id = 0; ALTER TABLE t ADD COLUMN big text;
                UPDATE t SET big = hex(zeroblob(100000)) WHERE id = 0;"
            }
            Kind::Postgresql => {
                "ALTER TABLE t ADD COLUMN big text; UPDATE t SET big = repeat('x', 200000) WHERE id = 0;"
            }
        };
        let made = Made::new(kind, &format!("{}{big}", sql())).await;
        let limits = Limits { value_bytes: 100_000, ..Limits::default() };
        let given = follow(&planned(MAP, &made), &[("s", &made)], &limits).await;
        let Outcome::Failed { error } = &given.found[0].outcome else { panic!("{kind:?}") };
        assert_eq!(error.code(), "source-value-too-large");
    }
}

/// Fails at its third row.
#[derive(Default)]
struct Full(u32);

impl RowSink for Full {
    fn table(&mut self, _: &str, _: &[Column]) -> anyhow::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[Value]) -> anyhow::Result<()> {
        self.0 += 1;
        anyhow::ensure!(self.0 < 3, "disk full");
        Ok(())
    }
}

#[tokio::test]
async fn a_sink_that_fails_ends_the_search_and_blames_no_source() {
    for kind in kinds() {
        let made = Made::new(kind, &sql()).await;
        let plan = planned(MAP, &made);
        let connections = BTreeMap::from([("s".to_owned(), made.connection.clone())]);
        let (allowed, limits) = (Allowlist::anything(), Limits::default());
        let reach =
            Reach { plan: &plan, connections: &connections, allowed: &allowed, limits: &limits };
        let mut sinks = BTreeMap::from([("s".to_owned(), Full::default())]);
        let error = search(&reach, &mut sinks, &()).await.unwrap_err();
        assert_eq!(error.to_string(), "disk full", "{kind:?}");
    }
}

//! A measurement: a subject with 100,000 orders and 100,000 payments among ten others.
//!
//! `TEST_MEASURE=1 cargo test --release --test it speed -- --nocapture`, with
//! `TEST_DATABASE_URL` set.

use std::collections::BTreeMap;
use std::time::Instant;

use guichet::connectors::hosts::Allowlist;
use guichet::connectors::search::{Outcome, Reach, search};
use guichet::connectors::session::Limits;
use guichet::connectors::sink::RowSink;
use guichet::domain::inventory::parse::parse;
use guichet::domain::row::{Column, Value};
use guichet::domain::search_plan::plan::plan;

use super::sources::{Kind, Made, identifiers, kinds, with_connectors};

const SQL: &str = "
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO customers SELECT n, 'c' || n || '@example.ie' FROM generate_series(0, 10) n;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int REFERENCES customers, placed_at timestamptz,
  total numeric(10,2), state text, note text, token uuid, details jsonb, weight float8);
INSERT INTO orders SELECT n, n % 11, now() - n * interval '1 minute', n / 7.0, 'sent', repeat('x', 40),
  gen_random_uuid(), '{\"gift\": false}', n / 3.0 FROM generate_series(1, 1100000) n;
CREATE INDEX ON orders (customer_id);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, paid_on date,
  amount numeric(10,2), method text, reference text, settled bool, fee float8, raw bytea);
INSERT INTO payments SELECT n, n, current_date, n / 7.0, 'card', 'ref-' || n, true, 0.3, '\\x00ff'
  FROM generate_series(1, 1100000) n;
CREATE INDEX ON payments (order_id);
ANALYZE;
";

const MAP: &str = "
systems:
- name: s
  connector: $s
  tables:
  - {table: customers, find_by: {email: email}}
  - {table: orders, reached_from: {table: customers, on: {customer_id: id}}}
  - {table: payments, reached_from: {table: orders, on: {order_id: id}}}
";

/// Counts rows and bytes, and keeps nothing.
#[derive(Default)]
struct Count {
    rows: u64,
    bytes: usize,
}

impl RowSink for Count {
    fn table(&mut self, _: &str, _: &[Column]) -> anyhow::Result<()> {
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        self.rows += 1;
        for value in row {
            self.bytes += match value {
                Value::Text(text) | Value::Number(text) | Value::Json(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                Value::Null | Value::Boolean(_) => 0,
            };
        }
        Ok(())
    }
}

/// A line of `/proc/self/status`.
fn status(name: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn speed_of_a_large_subject() {
    if std::env::var_os("TEST_MEASURE").is_none() {
        println!("skipped: a measurement for a release build: set TEST_MEASURE");
        return;
    }
    assert!(kinds().contains(&Kind::Postgresql), "set TEST_DATABASE_URL");
    let made = Made::new(Kind::Postgresql, SQL).await;
    let map = parse(&with_connectors(MAP, &[("s", &made)])).unwrap().map;
    let plan = plan(&map, &identifiers(&[("email", "C3@example.ie")]));
    let connections = BTreeMap::from([("s".to_owned(), made.connection.clone())]);
    let (allowed, limits) = (Allowlist::anything(), Limits::default());
    let reach =
        Reach { plan: &plan, connections: &connections, allowed: &allowed, limits: &limits };
    for _ in 0..3 {
        let mut sinks = BTreeMap::from([("s".to_owned(), Count::default())]);
        let start = Instant::now();
        let found = search(&reach, &mut sinks, &()).await.unwrap();
        let (seconds, count) = (start.elapsed().as_secs_f64(), &sinks["s"]);
        assert_eq!((&found[0].outcome, count.rows), (&Outcome::Complete, 200_001));
        println!("{seconds:.2} s, {} bytes of values, {}", count.bytes, status("VmHWM"));
    }
}

//! How long `guichet collect` takes for a person with 100,000 orders and 100,000 payments among ten
//! others like that, in PostgreSQL, and how much memory: `scripts/bench.sh collect`.
//!
//! The whole command is measured, from its start to its end, with the package on the disk; beside
//! it, in the same run, `psql` printing the same rows as CSV.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::instance::{Database, Memory, On};

const RUNS: usize = 5;

const SOURCE: &str = "
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);
INSERT INTO customers SELECT n, 'c' || n || '@example.ie' FROM generate_series(0, 10) n;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int REFERENCES customers,
  placed_at timestamptz, total numeric(10,2), state text, note text, token uuid, details jsonb,
  weight float8);
INSERT INTO orders SELECT n, n % 11, now() - n * interval '1 minute', n / 7.0, 'sent',
  repeat('x', 40), gen_random_uuid(), '{\"gift\": false}', n / 3.0
  FROM generate_series(1, 1100000) n;
CREATE INDEX ON orders (customer_id);
CREATE TABLE payments (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, paid_on date,
  amount numeric(10,2), method text, reference text, settled bool, fee float8, raw bytea);
INSERT INTO payments SELECT n, n, current_date, n / 7.0, 'card', 'ref-' || n, true, 0.3, '\\x00ff'
  FROM generate_series(1, 1100000) n;
CREATE INDEX ON payments (order_id);
ANALYZE;
";

const MAP: &str = "
controller: { name: Example Goods, country: IE, contact: privacy@goods.example }
systems:
- name: shop
  title: { fr: Boutique, en: Shop }
  connector: postgresql
  tables:
  - { table: customers, key: [id], basis: contract, source: subject, find_by: { email: email } }
  - table: orders
    key: [id]
    basis: contract
    source: subject
    reached_from: { table: customers, on: { customer_id: id } }
  - table: payments
    key: [id]
    basis: contract
    source: subject
    reached_from: { table: orders, on: { order_id: id } }
";

const PRINT: &str = "
COPY (SELECT * FROM orders WHERE customer_id = 3) TO STDOUT CSV;
COPY (SELECT p.* FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.customer_id = 3)
  TO STDOUT CSV;
";

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or does not do what is measured.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    let Some(On::Postgresql(server)) = On::all().pop() else {
        writeln!(out, "skipped: BENCH_DATABASE_URL names no PostgreSQL")?;
        return Ok(());
    };
    let source = Database::create(&server)?;
    PgConnection::establish(&source.url())?.batch_execute(SOURCE)?;
    let desk = tempfile::tempdir()?;
    let (map, package) = (desk.path().join("map.yaml"), desk.path().join("found.zip"));
    std::fs::write(&map, MAP)?;
    let mut best = (f64::INFINITY, f64::INFINITY);
    let mut peak = 0;
    for _ in 0..RUNS {
        let mut collect = Command::new(env!("CARGO_BIN_EXE_guichet"));
        collect.args(["collect", "--right", "access", "--identity", "email=C3@example.ie"]);
        collect.args(["--connect", &format!("shop={}", source.url()), "--map"]).arg(&map);
        collect.arg("--out").arg(&package).stderr(Stdio::null());
        let (seconds, memory) = timed(collect)?;
        best.0 = best.0.min(seconds);
        peak = peak.max(memory);
        ensure!(rows(&package)? == 200_001, "not all rows are in the package");
        let mut psql = Command::new("psql");
        psql.args(["--quiet", "--command", PRINT, &source.url()]).stdout(Stdio::null());
        best.1 = best.1.min(timed(psql)?.0);
    }
    let (collect, psql) = best;
    let size = std::fs::metadata(&package)?.len() / 1024 / 1024;
    writeln!(out, "collect: {collect:.2} s at best, peak {} MiB, {size} MiB of ZIP", peak / 1024)?;
    writeln!(out, "psql prints the rows in {psql:.2} s: {:.1} times that", collect / psql)?;
    Ok(())
}

/// Seconds until a command ended well, and its peak memory in kibibytes.
fn timed(mut command: Command) -> anyhow::Result<(f64, u64)> {
    let began = Instant::now();
    let mut child = command.spawn().context("the command cannot be started")?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // A process that ends at this very moment has no memory any more.
        peak = peak.max(Memory::of(child.id()).unwrap_or_default().peak);
        std::thread::sleep(Duration::from_millis(2));
    };
    ensure!(status.success(), "{status}");
    Ok((began.elapsed().as_secs_f64(), peak))
}

/// How many rows the CSV files of a package hold, as lines after the headings.
fn rows(package: &std::path::Path) -> anyhow::Result<usize> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(package)?)?;
    let mut rows = 0;
    for place in 0..archive.len() {
        let entry = archive.by_index(place)?;
        if entry.name()?.ends_with(".csv") {
            rows += csv::Reader::from_reader(entry).records().count();
        }
    }
    Ok(rows)
}

//! The statements of an intake by pgbench: one request that the server stored, again and again, with
//! ids, terms and keys of its own each time.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};
use guichet::db::url::DatabaseUrl;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage, SimpleQueryRow};

use super::TABLES;
use crate::instance::{Instance as Guichet, wait};

/// 16 bytes that grow with time, as the ids of the server do.
const ID: &str = "(int8send(:n::int8) || int8send(:c::int8))";

/// 32 bytes that nobody used before, with a place for a number.
const HASH: &str = "sha256(int8send(:n::int8) || int8send(:c::int8) || int8send(PLACE::int8))";

/// A text that nobody used before.
const TEXT: &str = "(:n::int8 || '-' || :c::int8)";

/// How long pgbench runs before it is measured, in seconds.
const WARM_UP_S: u64 = 3;

/// Runs pgbench on the database of `to` with the statements of a request stored in `from`;
/// transactions a second.
///
/// # Errors
/// When pgbench is missing or fails.
pub fn run(from: &Guichet, to: &Guichet, seconds: u64) -> anyhow::Result<f64> {
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(script.path(), wait(write_script(from, to))??)?;
    // Each run counts its own clients: the numbers of the second begin where the first cannot be.
    transactions(script.path(), to, 0, WARM_UP_S)?;
    super::analyze(to)?;
    transactions(script.path(), to, 1_000_000_000, seconds)
}

/// Runs the script; transactions a second. `first` is where its numbers begin.
fn transactions(script: &Path, to: &Guichet, first: u64, seconds: u64) -> anyhow::Result<f64> {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--client=64", "--jobs=2"])
        .arg(format!("--define=n={first}"))
        .args(["--time", &seconds.to_string(), "--file"])
        .arg(script)
        .arg(url(to)?)
        .output()
        .context("pgbench is missing: it comes with PostgreSQL")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let failed = text.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    ensure!(failed.is_none_or(|failed| failed.starts_with("0 ")), "pgbench: {text}");
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rate| rate.split(' ').next()).context("pgbench says no rate")?;
    Ok(rate.parse()?)
}

fn url(guichet: &Guichet) -> anyhow::Result<&str> {
    match &guichet.app.config().database_url {
        DatabaseUrl::Postgres(url) => Ok(url),
        DatabaseUrl::Sqlite(_) => bail!("pgbench is for PostgreSQL"),
    }
}

async fn write_script(from: &Guichet, to: &Guichet) -> anyhow::Result<String> {
    let (client, connection) = tokio_postgres::connect(url(from)?, NoTls).await?;
    let connection = tokio::spawn(connection);
    let newest = "SELECT id FROM requests ORDER BY id DESC LIMIT 1";
    let id = rows(&client, newest).await?.pop().context("no request is stored")?;
    let id = id.get(0).context("a request without an id")?.to_owned();
    let user = from.agent.uuid().simple().to_string();
    let controller = from.controller.id.uuid().simple().to_string();
    let mut script = "\\set n :n + 1\n\\set c :client_id\nBEGIN;\n".to_owned();
    let key = "SELECT * FROM idempotency_keys LIMIT 1";
    let key = rows(&client, key).await?.pop().context("no key is stored")?;
    let own = |value: &str, column: &str, place: usize| -> String {
        if value == id {
            ID.to_owned()
        } else if value == format!("\\x{user}") {
            format!("'\\x{}'", to.agent.uuid().simple())
        } else if value == format!("\\x{controller}") {
            format!("'\\x{}'", to.controller.id.uuid().simple())
        } else if column == "id" {
            ID.to_owned()
        } else if column == "reference" {
            TEXT.to_owned()
        } else if column == "key_hash" || column == "term" {
            HASH.replace("PLACE", &place.to_string())
        } else {
            literal(value)
        }
    };
    writeln!(
        script,
        "SELECT * FROM idempotency_keys WHERE user_id = '\\x{}' AND key_hash = {} LIMIT 1;",
        to.agent.uuid().simple(),
        HASH.replace("PLACE", "0"),
    )?;
    script.push_str(&insert("idempotency_keys", &key, 0, &own));
    for (table, column) in TABLES {
        let sql = format!("SELECT * FROM {table} WHERE {column} = '{id}'");
        for (place, row) in rows(&client, &sql).await?.iter().enumerate() {
            script.push_str(&insert(table, row, place, &own));
        }
    }
    script.push_str("COMMIT;\n");
    drop(client);
    connection.await??;
    Ok(script)
}

/// A literal in which pgbench sees no variable: a colon is written by its number.
fn literal(value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3A");
    format!("E'{value}'")
}

fn insert(
    table: &str,
    row: &SimpleQueryRow,
    place: usize,
    own: &impl Fn(&str, &str, usize) -> String,
) -> String {
    let values: Vec<String> = row
        .columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            row.get(at).map_or_else(|| "NULL".to_owned(), |value| own(value, column.name(), place))
        })
        .collect();
    format!("INSERT INTO {table} VALUES ({});\n", values.join(", "))
}

async fn rows(client: &Client, sql: &str) -> anyhow::Result<Vec<SimpleQueryRow>> {
    let answers = client.simple_query(sql).await?;
    let rows = answers.into_iter().filter_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(rows.collect())
}

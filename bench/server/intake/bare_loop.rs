//! The statements of an intake without anything around them: one thread, one connection with the
//! server's own settings, prepared statements, and rows that are read into memory before.

use std::time::Instant;

use anyhow::bail;
use guichet::db::dialect::SQLITE_SETTINGS;
use guichet::db::url::DatabaseUrl;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{TABLES, per_second};
use crate::instance::Instance as Guichet;

/// How many requests share a commit, as many as the server's writer takes at most.
const BATCH: usize = 64;

/// How many of the stored requests are inserted again.
const REQUESTS: usize = 50_000;

type Row = Vec<Value>;

/// A request's rows by table, after its idempotency key.
struct Stored {
    key: Row,
    rows: Vec<Vec<Row>>,
}

/// Inserts what the server stored into another database of the same schema; requests a second.
///
/// # Errors
/// When one of the databases refuses.
pub fn run(from: &Guichet, to: &Guichet) -> anyhow::Result<f64> {
    let stored = read(&open(from)?)?;
    let to = open(to)?;
    // The rows name the other instance's controller and agent.
    to.pragma_update(None, "foreign_keys", false)?;
    copy_table(&open(from)?, &to, "controllers")?;
    copy_table(&open(from)?, &to, "users")?;
    to.pragma_update(None, "foreign_keys", true)?;
    let began = Instant::now();
    for batch in stored.chunks(BATCH) {
        to.execute_batch("BEGIN IMMEDIATE")?;
        for request in batch {
            insert_request(&to, request)?;
        }
        to.execute_batch("COMMIT")?;
    }
    Ok(per_second(stored.len(), began.elapsed()))
}

fn insert_request(to: &Connection, request: &Stored) -> anyhow::Result<()> {
    to.execute_batch("SAVEPOINT verb")?;
    let mut known = to.prepare_cached(
        "SELECT * FROM idempotency_keys WHERE user_id = ? AND key_hash = ? LIMIT 1",
    )?;
    if known.exists(params_from_iter(request.key.iter().take(2)))? {
        bail!("the key is there already");
    }
    insert(to, "idempotency_keys", &request.key)?;
    for ((table, _), rows) in TABLES.iter().zip(&request.rows) {
        for row in rows {
            insert(to, table, row)?;
        }
    }
    Ok(to.execute_batch("RELEASE verb")?)
}

fn insert(to: &Connection, table: &str, row: &Row) -> anyhow::Result<()> {
    let places = vec!["?"; row.len()].join(",");
    let mut insert = to.prepare_cached(&format!("INSERT INTO {table} VALUES ({places})"))?;
    insert.execute(params_from_iter(row))?;
    Ok(())
}

fn open(guichet: &Guichet) -> anyhow::Result<Connection> {
    let DatabaseUrl::Sqlite(path) = &guichet.app.config().database_url else {
        bail!("the bare loop is for SQLite");
    };
    let connection = Connection::open(path)?;
    connection.execute_batch(SQLITE_SETTINGS)?;
    Ok(connection)
}

fn copy_table(from: &Connection, to: &Connection, table: &str) -> anyhow::Result<()> {
    to.execute(&format!("DELETE FROM {table}"), [])?;
    for row in select(from, &format!("SELECT * FROM {table}"), &[])? {
        insert(to, table, &row)?;
    }
    Ok(())
}

fn read(from: &Connection) -> anyhow::Result<Vec<Stored>> {
    let ids = select(from, "SELECT id FROM requests ORDER BY id", &[])?;
    let keys = select(from, "SELECT * FROM idempotency_keys ORDER BY created_at", &[])?;
    let mut stored = Vec::new();
    for (id, key) in ids.iter().zip(keys).take(REQUESTS) {
        let rows = TABLES
            .iter()
            .map(|(table, column)| {
                select(from, &format!("SELECT * FROM {table} WHERE {column} = ?"), id)
            })
            .collect::<anyhow::Result<_>>()?;
        stored.push(Stored { key, rows });
    }
    Ok(stored)
}

fn select(from: &Connection, sql: &str, values: &[Value]) -> anyhow::Result<Vec<Row>> {
    let mut select = from.prepare_cached(sql)?;
    let columns = select.column_count();
    let rows = select.query_map(params_from_iter(values), |row| {
        (0..columns).map(|column| row.get(column)).collect()
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

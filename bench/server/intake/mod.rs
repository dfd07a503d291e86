//! How many requests a second are taken in over HTTP, each durable and sealed, with its event, its
//! job and its idempotency key: `scripts/bench.sh intake`.
//!
//! 64 connections call the built program for [`SECONDS`]; then, in the same run and on the same
//! disk, the same statements are run bare: on SQLite by a loop that inserts the very rows which the
//! server stored, 64 requests a commit, and on PostgreSQL by pgbench with 64 clients.

mod bare_loop;
mod pgbench;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use guichet::db::schema::{idempotency_keys, jobs, requests};
use serde_json::json;

use crate::figures::Durations;
use crate::http::Connection;
use crate::instance::{Instance as Guichet, On, wait};

/// How many connections call at the same time.
const CONNECTIONS: usize = 64;

/// How long each side runs, in seconds.
const SECONDS: u64 = 10;

/// How many calls are not measured: those that open connections and fill caches.
const WARM_UP: u64 = 2_000;

/// The tables of an intake in its order, with the column that names the request.
const TABLES: [(&str, &str); 5] = [
    ("requests", "id"),
    ("request_rights", "request_id"),
    ("search_terms", "request_id"),
    ("events", "request_id"),
    ("jobs", "request_id"),
];

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or does not do what is measured.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    for on in On::all() {
        let guichet = Guichet::make(&on)?;
        let bare = Guichet::make(&on)?;
        let server = guichet.serve()?;
        let token = guichet.token()?;
        let load = Load {
            address: server.address,
            token,
            body: Body { controller: guichet.controller.id.to_string() },
        };
        let load = Arc::new(load);
        wait(call(&load, Until::Calls(WARM_UP)))??;
        if let On::Postgresql(_) = &on {
            analyze(&guichet)?;
        }
        let began = Instant::now();
        let calls = wait(call(&load, Until::Time(began + Duration::from_secs(SECONDS))))??;
        let rate = per_second(calls.len(), began.elapsed());
        let peak = server.memory()?.peak;
        drop(server);
        let stored = stored(&guichet)?;
        let acknowledged = i64::try_from(calls.len())?;
        ensure!(stored >= acknowledged, "{stored} requests stored of {acknowledged} acknowledged");
        writeln!(
            out,
            "{}: {rate:.0} requests a second over HTTP, p50 {:.1} ms, p99 {:.1} ms, peak {} MiB",
            on.name(),
            calls.milliseconds(50),
            calls.milliseconds(99),
            peak / 1024,
        )?;
        let (what, bare) = match &on {
            On::Sqlite => ("bare loop, 64 a commit", bare_loop::run(&guichet, &bare)?),
            On::Postgresql(_) => ("pgbench, 64 clients", pgbench::run(&guichet, &bare, SECONDS)?),
        };
        writeln!(out, "{}: {bare:.0} requests a second by {what}", on.name())?;
        writeln!(out, "{}: {:.0} % of it over HTTP", on.name(), 100.0 * rate / bare)?;
    }
    Ok(())
}

/// Calls a second.
#[expect(clippy::as_conversions, reason = "a count of calls fits a float")]
fn per_second(calls: usize, time: Duration) -> f64 {
    calls as f64 / time.as_secs_f64()
}

/// Has PostgreSQL count its rows, as it does by itself once a minute. Until it first did
/// so in a new database, foreign keys are checked through whichever index was made last.
fn analyze(guichet: &Guichet) -> anyhow::Result<()> {
    Ok(wait(guichet.app.read(|conn| Ok(conn.batch_execute("ANALYZE")?)))??)
}

/// How many requests stand in the database; each must have its job and its key.
fn stored(guichet: &Guichet) -> anyhow::Result<i64> {
    let counts: (i64, i64, i64) = wait(guichet.app.read(|conn| {
        Ok((
            requests::table.count().get_result(conn)?,
            jobs::table.count().get_result(conn)?,
            idempotency_keys::table.count().get_result(conn)?,
        ))
    }))??;
    ensure!(counts.0 == counts.1 && counts.0 == counts.2, "requests, jobs and keys: {counts:?}");
    Ok(counts.0)
}

struct Load {
    address: std::net::SocketAddr,
    token: String,
    body: Body,
}

struct Body {
    controller: String,
}

impl Body {
    /// A request of somebody who was never there before.
    fn of(&self, key: &str) -> String {
        json!({
            "controller_id": self.controller,
            "channel": "web",
            "rights": ["access"],
            "subject": {
                "names": [format!("Zoé {key}")],
                "identifiers": [{ "kind": "email", "value": format!("{key}@example.org") }],
            },
            "words": "I would like to know what you hold about me, and where you have it from.",
        })
        .to_string()
    }
}

/// The next key: nobody was there before.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// When a run ends.
#[derive(Clone, Copy)]
enum Until {
    /// After about so many calls.
    Calls(u64),
    Time(Instant),
}

/// Calls over all connections, and how long each call took.
async fn call(load: &Arc<Load>, until: Until) -> anyhow::Result<Durations> {
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let load = Arc::clone(load);
            tokio::spawn(async move { one_connection(&load, until).await })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(Durations::new(all))
}

async fn one_connection(load: &Load, until: Until) -> anyhow::Result<Vec<Duration>> {
    let mut connection = Connection::open(load.address, &load.token).await?;
    let mut durations = Vec::new();
    let share = u64::try_from(CONNECTIONS)?;
    loop {
        let began = Instant::now();
        let is_over = match until {
            Until::Calls(calls) => u64::try_from(durations.len())? * share >= calls,
            Until::Time(end) => began >= end,
        };
        if is_over {
            return Ok(durations);
        }
        let key = format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let headers = [("idempotency-key", key.as_str())];
        let body = load.body.of(&key);
        let (status, answer) = connection.call("POST", "/api/v1/requests", &headers, body).await?;
        ensure!(status == 201, "{status}: {}", String::from_utf8_lossy(&answer));
        durations.push(began.elapsed());
    }
}

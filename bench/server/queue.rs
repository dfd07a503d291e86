//! How long the first page of the queue takes, by due date and filtered by status, with 1,000 and
//! with 1,000,000 requests of one controller: `scripts/bench.sh queue`.
//!
//! The requests are prepared as an intake prepares them and inserted many at a time, received over
//! the last four months; nine of ten are answered or closed. Both databases are asked over HTTP in
//! the same run, one call after the other, turn by turn.

use std::io::Write;
use std::time::Instant;

use anyhow::ensure;
use chrono::Duration;
use guichet::db::{events, requests};
use guichet::domain::actor::{Actor, Ctx};
use guichet::domain::lifecycle::Status;
use guichet::domain::request::{Channel, Exercised};
use guichet::domain::right::Right;
use guichet::domain::subject;
use guichet::domain::subject::name::PersonName;
use guichet::language::Language;
use guichet::workflow::intake::{self, Addressee, NewRequest};
use guichet::workflow::subject::NewSubject;

use crate::figures::Durations;
use crate::http::Connection;
use crate::instance::{Instance as Guichet, On, Server, wait};

/// How many requests the small and the large queue hold.
const SIZES: [usize; 2] = [1_000, 1_000_000];

/// How many requests share a commit while the queue is filled.
const BATCH: usize = 2_000;

/// How often each queue is asked.
const CALLS: usize = 500;

/// What is asked for.
const PAGE: &str = "/api/v1/requests?status=in_progress&sort=due";

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or does not do what is measured.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    for on in On::all() {
        let mut queues = Vec::new();
        for size in SIZES {
            let guichet = Guichet::make(&on)?;
            let began = Instant::now();
            fill(&guichet, size)?;
            let seconds = began.elapsed().as_secs();
            writeln!(out, "{}: {size} requests stored in {seconds} s", on.name())?;
            let server = guichet.serve()?;
            queues.push((guichet, server));
        }
        let durations = wait(ask(&queues))??;
        for (size, durations) in SIZES.iter().zip(&durations) {
            writeln!(
                out,
                "{}: first page of {size}: p50 {:.2} ms, p99 {:.2} ms",
                on.name(),
                durations.milliseconds(50),
                durations.milliseconds(99),
            )?;
        }
        if let [small, large] = durations.as_slice() {
            let ratio = large.milliseconds(50) / small.milliseconds(50);
            writeln!(out, "{}: {ratio:.2} times the time at 1,000", on.name())?;
        }
    }
    Ok(())
}

async fn ask(queues: &[(Guichet, Server)]) -> anyhow::Result<Vec<Durations>> {
    let mut connections = Vec::new();
    for (guichet, server) in queues {
        connections.push((Connection::open(server.address, &guichet.token()?).await?, Vec::new()));
    }
    for call in 0..CALLS + 20 {
        for (connection, durations) in &mut connections {
            let began = Instant::now();
            let (status, answer) = connection.call("GET", PAGE, &[], String::new()).await?;
            let duration = began.elapsed();
            ensure!(status == 200, "{status}");
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            let listed = answer.pointer("/requests/49/status").and_then(|status| status.as_str());
            ensure!(listed == Some("in_progress"), "not a full page: {listed:?}");
            // The first calls fill caches.
            if call >= 20 {
                durations.push(duration);
            }
        }
    }
    Ok(connections.into_iter().map(|(_, durations)| Durations::new(durations)).collect())
}

fn fill(guichet: &Guichet, size: usize) -> anyhow::Result<()> {
    let key = guichet.app.controller_key(&guichet.controller)?;
    let now = guichet.app.now();
    let step = Duration::days(120) / i32::try_from(size)?;
    let mut at = now - Duration::days(120);
    for begin in (0..size).step_by(BATCH) {
        let mut rows = Vec::with_capacity(BATCH);
        for number in begin..(begin + BATCH).min(size) {
            let ctx = Ctx { actor: Actor::CommandLine, now: at };
            let to = Addressee { controller: &guichet.controller, key: &key, days: &[] };
            let mut prepared = intake::prepare(&ctx, &to, &new_request(number)?)?;
            prepared.request.status = status(number);
            // The sweep of alerts would raise them all beside what is measured.
            prepared.request.alert_at = None;
            if !prepared.request.status.is_open() {
                prepared.request.ended_at = Some(prepared.request.created_at);
            }
            rows.push(prepared);
            at += step;
        }
        wait(guichet.app.write(move |conn| {
            for prepared in &rows {
                requests::insert(conn, &prepared.request, &prepared.rights, prepared.terms())?;
                events::insert(conn, prepared.event())?;
            }
            Ok(())
        }))??;
    }
    Ok(())
}

/// One in ten is open, half of those in progress.
const fn status(number: usize) -> Status {
    match number % 20 {
        0 => Status::InProgress,
        1 => Status::Received,
        2..=10 => Status::Answered,
        _ => Status::Closed,
    }
}

/// A request of a person of a number.
///
/// # Errors
/// When its parts do not read.
pub fn new_request(number: usize) -> anyhow::Result<NewRequest> {
    let email = format!("person-{number}@example.org");
    Ok(NewRequest {
        channel: Channel::Web,
        rights: vec![Exercised { right: Right::Access, against: None }],
        subject: NewSubject {
            names: vec![PersonName::parse(&format!("Zoé Exemple {number}"))?],
            identifiers: subject::identifiers([("email", email.as_str())], "FR")?,
            postal_address: None,
        },
        words: "I would like to know what you hold about me.".to_owned(),
        language: Language::En,
        received_at: None,
        received_reason: None,
        representative: None,
    })
}

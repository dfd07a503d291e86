//! The one way to write. On SQLite one thread runs up to [`BATCH`] verbs as savepoints of one
//! transaction, commits once, and only then answers each. On PostgreSQL a pool runs them side by
//! side, and again when the server asks for it.
//!
//! A verb that fails or panics takes back its own changes and nobody else's. Nothing is
//! acknowledged before the commit. A full queue answers `Unavailable`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::{Semaphore, oneshot};

use super::conn::Conn;
use super::pool::{self, ConnPool};
use super::url::DatabaseUrl;
use super::{dialect, pool::Manager};
use crate::error::{Error, Result};

/// How many verbs share one commit on SQLite.
const BATCH: usize = 64;

/// How many verbs may wait before new ones are turned away.
const QUEUE: usize = 1024;

/// How often PostgreSQL may ask for another run before the caller hears `Unavailable`.
const RUNS: u32 = 16;

/// How many verbs PostgreSQL runs side by side.
pub const POSTGRES_WRITERS: u32 = 16;

/// Runs verbs, each in its own (nested) transaction.
#[derive(Clone)]
pub struct Writer(Kind);

#[derive(Clone)]
enum Kind {
    Sqlite(SyncSender<Box<dyn Waiting>>),
    Postgres { pool: ConnPool, waiting: Arc<Semaphore>, running: Arc<Semaphore> },
}

impl Writer {
    /// Starts the writer for a migrated database.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(url: &DatabaseUrl) -> std::io::Result<Self> {
        let pool = pool::new(
            url,
            if matches!(url, DatabaseUrl::Sqlite(_)) { 1 } else { POSTGRES_WRITERS },
        );
        if let DatabaseUrl::Postgres(_) = url {
            let waiting = Arc::new(Semaphore::new(QUEUE));
            // A verb takes a thread only when a connection is free for it.
            let running = Arc::new(Semaphore::new(usize::try_from(POSTGRES_WRITERS).unwrap_or(1)));
            return Ok(Self(Kind::Postgres { pool, waiting, running }));
        }
        let (sender, receiver) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run_batches(&pool, &receiver))?;
        Ok(Self(Kind::Sqlite(sender)))
    }

    /// Runs a verb in a transaction of its own and answers after the commit. The verb may run
    /// more than once, so it must do nothing but read and write through its connection.
    ///
    /// # Errors
    /// What the verb answers; `Unavailable` when it could not be run or committed.
    pub async fn write<T, F>(&self, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &self.0 {
            Kind::Sqlite(sender) => {
                let (answer, answered) = oneshot::channel();
                let waiting = Box::new(Verb { verb, answer: Some(answer), outcome: None });
                sender.try_send(waiting).map_err(|error| match error {
                    TrySendError::Full(_) => Error::Unavailable("queue"),
                    TrySendError::Disconnected(_) => Error::Unavailable("writer"),
                })?;
                answered.await.unwrap_or(Err(Error::Unavailable("writer")))
            }
            Kind::Postgres { pool, waiting, running } => {
                let place = waiting.try_acquire().map_err(|_| Error::Unavailable("queue"))?;
                let turn = running.clone().acquire_owned().await;
                let turn = turn.map_err(|_| Error::Unavailable("writer"))?;
                drop(place);
                let pool = pool.clone();
                let run = tokio::task::spawn_blocking(move || {
                    let outcome = run_alone(&pool, &verb);
                    drop(turn);
                    outcome
                });
                run.await.unwrap_or_else(|_| Err(Error::internal("the writer was cancelled")))
            }
        }
    }
}

/// A verb that waits for its turn, whatever it answers.
trait Waiting: Send {
    /// Runs the verb and keeps what it answers; says whether its changes shall stay.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Sends the answer: the verb's own, or `failure` when the batch could not be committed.
    fn answer(self: Box<Self>, failure: Option<Error>);
}

struct Verb<T, F> {
    verb: F,
    answer: Option<oneshot::Sender<Result<T>>>,
    outcome: Option<Result<T>>,
}

impl<T, F> Waiting for Verb<T, F>
where
    T: Send,
    F: Fn(&mut Conn) -> Result<T> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> bool {
        let outcome = run_caught(&self.verb, conn);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(mut self: Box<Self>, failure: Option<Error>) {
        let outcome = match (failure, self.outcome.take()) {
            // A verb that refused by itself keeps its reason: nothing of it was to be committed.
            (_, Some(Err(error))) => Err(error),
            (Some(failure), _) => Err(failure),
            (None, Some(done)) => done,
            (None, None) => Err(Error::Unavailable("writer")),
        };
        if let Some(answer) = self.answer.take() {
            // The caller may have gone; the change is made all the same.
            let _ = answer.send(outcome);
        }
    }
}

fn run_caught<T>(verb: &impl Fn(&mut Conn) -> Result<T>, conn: &mut Conn) -> Result<T> {
    catch_unwind(AssertUnwindSafe(|| verb(conn)))
        .unwrap_or_else(|_| Err(Error::internal("a verb panicked; its changes were taken back")))
}

fn run_batches(pool: &ConnPool, receiver: &Receiver<Box<dyn Waiting>>) {
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        let failure = pool::get(pool)
            .and_then(|mut conn| commit_batch(&mut conn, &mut batch, receiver))
            .err();
        for waiting in batch {
            waiting.answer(failure.clone());
        }
    }
}

/// Runs the first verb and those that came meanwhile, and commits them together.
fn commit_batch(
    conn: &mut diesel::r2d2::PooledConnection<Manager>,
    batch: &mut Vec<Box<dyn Waiting>>,
    receiver: &Receiver<Box<dyn Waiting>>,
) -> Result<()> {
    dialect::begin(conn)?;
    let mut done = 0;
    let mut outcome = Ok(());
    while let Some(waiting) = batch.get_mut(done) {
        outcome = run_in_savepoint(conn, waiting.as_mut());
        done += 1;
        if outcome.is_err() {
            break;
        }
        if batch.len() < BATCH
            && let Ok(next) = receiver.try_recv()
        {
            batch.push(next);
        }
    }
    let outcome = outcome.and_then(|()| Ok(dialect::commit(conn)?));
    if outcome.is_err() {
        // After a full disk SQLite may have rolled back by itself; then this is refused, rightly.
        let _ = conn.batch_execute("ROLLBACK");
    }
    outcome
}

/// A batch whose savepoint cannot be set or left was taken back by SQLite itself, as after a full
/// disk: nothing of it was saved.
fn run_in_savepoint(conn: &mut Conn, waiting: &mut dyn Waiting) -> Result<()> {
    let lost = |_| Error::Unavailable("database");
    conn.batch_execute("SAVEPOINT verb").map_err(lost)?;
    let end = if waiting.run(conn) { "RELEASE verb" } else { "ROLLBACK TO verb; RELEASE verb" };
    conn.batch_execute(end).map_err(lost)
}

/// Runs a verb on PostgreSQL until it commits, fails, or was run [`RUNS`] times.
fn run_alone<T>(pool: &ConnPool, verb: &impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
    for run in 1..=RUNS {
        let mut conn = pool::get(pool)?;
        match run_in_transaction(&mut conn, verb) {
            Err(Error::RunAgain) => {
                drop(conn);
                // By chance, so that those who were in each other's way do not meet again.
                let longest = u64::from(run * run * 2);
                std::thread::sleep(Duration::from_millis(rand::random_range(0..=longest)));
            }
            outcome => return outcome,
        }
    }
    Err(Error::Unavailable("contention"))
}

fn run_in_transaction<T>(conn: &mut Conn, verb: &impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
    dialect::begin(conn)?;
    match run_caught(verb, conn) {
        Ok(done) => {
            // A commit whose answer was lost may have happened: the caller must not hear "done",
            // and an idempotency key makes the next try safe.
            let committed = dialect::commit(conn);
            if committed.is_err() {
                let _ = conn.batch_execute("ROLLBACK");
            }
            committed?;
            Ok(done)
        }
        Err(error) => {
            let _ = conn.batch_execute("ROLLBACK");
            Err(error)
        }
    }
}

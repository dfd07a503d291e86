//! One read transaction of an SQLite file. The work is done on a blocking thread; rows come over
//! a bounded channel in batches, so that memory stays small and a slow sink slows the reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};
use tokio::sync::mpsc;

use super::catalogue::{SqliteColumn, columns, find, schema, tables};
use super::compare::{DIGITS, FOLDED, Sqlite};
use super::rest::AtRest;
use super::rows::{travelling, value};
use crate::connectors::error::{SourceError, Stop};
use crate::connectors::hosts::Allowlist;
use crate::connectors::links::{Carried, LinkValues, Travelled};
use crate::connectors::session::{Limits, Read};
use crate::connectors::settings::SqliteSettings;
use crate::connectors::sink::RowSink;
use crate::connectors::statement::{Source, Sources, Statement, output, quote};
use crate::domain::inventory::live::LiveSchema;
use crate::domain::inventory::matching::folded;
use crate::domain::row::{Column, Value};
use crate::domain::search_plan::persons::Borne;
use crate::domain::search_plan::plan::{SearchPlan, SystemPlan};

/// Rows travel in batches of at most so many rows, or about so many bytes.
const BATCH_ROWS: usize = 512;
const BATCH_BYTES: usize = 1024 * 1024;
/// How many virtual machine steps between two looks at the clock.
const STEPS: i32 = 10_000;

/// An open read transaction. The connection is away while a thread works with it.
pub struct SqliteSession {
    connection: Option<Connection>,
    sources: Arc<Vec<Source<SqliteColumn>>>,
    given_up: Arc<AtomicBool>,
    at_rest: Option<Arc<AtRest>>,
}

/// The thread that works for a session which nobody waits for any more ends at its next look.
impl Drop for SqliteSession {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}

/// Turns an error of the driver into ours. `table` is the table being read, if any.
#[must_use]
pub fn error(failure: &rusqlite::Error, table: &str) -> SourceError {
    match failure.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => SourceError::TimedOut,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => SourceError::Locked,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => SourceError::NotADatabase,
        Some(ErrorCode::CannotOpen) => SourceError::NotADatabase,
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            SourceError::PermissionDenied { table: table.to_owned() }
        }
        Some(ErrorCode::SystemIoFailure) => SourceError::Dropped,
        // SQLITE_ERROR: a view of what is gone, a name or a value that SQL cannot work with.
        Some(ErrorCode::Unknown) => SourceError::refused(table, "SQLITE_ERROR".to_owned()),
        Some(code) => SourceError::refused(table, format!("{code:?}")),
        None => SourceError::Malformed,
    }
}

/// A function of one value that SQL may call, by its name.
type Function = (&'static str, fn(&str) -> String);

fn open(
    path: &std::path::Path,
    at_rest: Option<&AtRest>,
    deadline: Instant,
    given_up: &Arc<AtomicBool>,
) -> Result<Connection, SourceError> {
    // Without SQLITE_OPEN_URI a path is a path, whatever it looks like.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |failure: rusqlite::Error| error(&failure, "");
    let connection = match at_rest.and_then(AtRest::uri) {
        Some(uri) => Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI),
        None => Connection::open_with_flags(path, flags),
    };
    let connection = connection.map_err(failed)?;
    let given_up = Arc::clone(given_up);
    let is_over = move || given_up.load(Ordering::Relaxed) || Instant::now() > deadline;
    connection.progress_handler(STEPS, Some(is_over)).map_err(failed)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).map_err(failed)?;
    let patience = deadline.saturating_duration_since(Instant::now()).min(Duration::from_secs(5));
    connection.busy_timeout(patience).map_err(failed)?;
    let pure = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let functions: [Function; 2] = [(DIGITS, digits), (FOLDED, folded)];
    for (name, function) in functions {
        connection
            .create_scalar_function(name, 1, pure, move |context| {
                Ok(match value(context.get_raw(0)) {
                    Value::Text(text) | Value::Number(text) => Some(function(&text)),
                    _ => None,
                })
            })
            .map_err(failed)?;
    }
    // A view of the source may call functions: only harmless ones.
    connection
        .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; BEGIN")
        .map_err(failed)?;
    // The transaction begins with the first read; this one also tells whether it is a database.
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map_err(failed)?;
    Ok(connection)
}

impl SqliteSession {
    /// Opens the file and begins the read transaction.
    ///
    /// # Errors
    ///
    /// When the path is not allowed, not there, or no database, or somebody holds a lock.
    pub async fn open(
        settings: &SqliteSettings,
        allowed: &Allowlist,
        limits: &Limits,
    ) -> Result<Self, SourceError> {
        let path = allowed.file(&settings.path)?;
        let deadline = Instant::now() + limits.search;
        let at_rest = AtRest::find(&path).map(Arc::new);
        let (connection, sources, given_up) = (None, Arc::default(), Arc::default());
        let mut session = Self { connection, sources, given_up, at_rest: at_rest.clone() };
        let given_up = Arc::clone(&session.given_up);
        let opened = tokio::task::spawn_blocking(move || {
            open(&path, at_rest.as_deref(), deadline, &given_up)
        });
        let opened = opened.await;
        session.connection = Some(opened.map_err(|_| SourceError::Dropped)??);
        Ok(session)
    }

    /// Runs work on a blocking thread and takes the connection back.
    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection, &[Source<SqliteColumn>]) -> Result<T, SourceError>
        + Send
        + 'static,
    ) -> Result<T, SourceError> {
        // A search that was given up took the connection with it.
        let connection = self.connection.take().ok_or(SourceError::TimedOut)?;
        let (sources, at_rest) = (Arc::clone(&self.sources), self.at_rest.clone());
        let done = tokio::task::spawn_blocking(move || {
            let answer = work(&connection, &sources);
            // Whatever was read while somebody wrote may be of two states, or of none.
            let answer = match at_rest {
                Some(at_rest) if !at_rest.is_unchanged() => Err(SourceError::Locked),
                _ => answer,
            };
            (connection, answer)
        });
        let (connection, answer) = done.await.map_err(|_| SourceError::Dropped)?;
        self.connection = Some(connection);
        answer
    }

    /// The live schema.
    ///
    /// # Errors
    ///
    /// Whatever the file answers.
    pub async fn schema(&mut self) -> Result<LiveSchema, SourceError> {
        self.run(|connection, _| schema(connection)).await
    }

    /// Looks up every name of the plan in the live catalogue.
    ///
    /// # Errors
    ///
    /// `TableMissing` or `ColumnMissing`, or whatever the file answers.
    pub async fn prepare(
        &mut self,
        search: &SearchPlan,
        system: usize,
        plan: &SystemPlan,
    ) -> Result<(), SourceError> {
        let wanted: Vec<_> =
            plan.tables.iter().map(|one| (one.table.clone(), one.columns.clone())).collect();
        let sources = self
            .run(move |connection, _| {
                let live = tables(connection)?;
                let source = |(table, wanted): &(String, _)| {
                    let missing = || SourceError::TableMissing { table: table.clone() };
                    let name = find(&live, table).ok_or_else(missing)?;
                    let columns = columns(connection, name)?;
                    let names = columns.iter().map(|column| column.name.clone());
                    Ok(Source {
                        sql_name: format!("main.{}", quote(name)),
                        output: output(table, wanted, names)?,
                        columns: columns.into_iter().map(|one| (one.name.clone(), one)).collect(),
                        row_id: None,
                    })
                };
                wanted.iter().map(source).collect::<Result<Vec<_>, SourceError>>()
            })
            .await?;
        self.sources = Arc::new(sources);
        self.statements(search, plan, &LinkValues::default()).check(system)
    }

    fn statements<'a>(
        &'a self,
        search: &'a SearchPlan,
        plan: &'a SystemPlan,
        known: &'a LinkValues,
    ) -> Sources<'a, Sqlite> {
        Sources { search, plan, tables: &self.sources, known }
    }

    /// The distinct values that a link takes from this system.
    ///
    /// # Errors
    ///
    /// Whatever the file answers.
    pub async fn link_values(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        link: usize,
        known: &LinkValues,
        limit: u64,
    ) -> Result<Travelled, SourceError> {
        let Some(link) = search.links.get(link) else {
            return Ok(Travelled::default());
        };
        let columns: Vec<String> = link.on.iter().map(|(_, other)| other.clone()).collect();
        let table = plan.tables.get(link.from.1).map(|one| one.table.clone()).unwrap_or_default();
        let statement = self.statements(search, plan, known).link(link.from.1, &columns, limit)?;
        self.run(move |connection, _| {
            let failed = |failure: rusqlite::Error| error(&failure, &table);
            let mut prepared = connection.prepare(&statement.sql).map_err(failed)?;
            let mut rows = prepared.query(params_from_iter(statement.binds)).map_err(failed)?;
            let mut found = Travelled::default();
            while let Some(row) = rows.next().map_err(failed)? {
                let values = (0..columns.len())
                    .map(|index| row.get_ref(index).map(value))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(failed)?;
                let tuple: Vec<Carried> = values.into_iter().map(travelling).collect();
                found.add(&tuple);
            }
            Ok(found)
        })
        .await
    }

    /// How many rows of a table bear which identifiers, as the plan asks.
    ///
    /// # Errors
    ///
    /// Whatever the source answers.
    pub async fn borne(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
    ) -> Result<Vec<Borne>, SourceError> {
        let known = LinkValues::default();
        let Some(statement) = self.statements(search, plan, &known).borne(table)? else {
            return Ok(Vec::new());
        };
        let planned = plan.tables.get(table);
        let name = planned.map(|one| one.table.clone()).unwrap_or_default();
        let asked = planned.map(|one| one.bearings.as_slice()).unwrap_or_default();
        let asked: Vec<usize> = asked.iter().map(|bearing| bearing.identifier).collect();
        self.run(move |connection, _| {
            let failed = |failure: rusqlite::Error| error(&failure, &name);
            let mut prepared = connection.prepare(&statement.sql).map_err(failed)?;
            let mut rows = prepared.query(params_from_iter(statement.binds)).map_err(failed)?;
            let mut borne = Vec::new();
            while let Some(row) = rows.next().map_err(failed)? {
                let mut identifiers = Vec::new();
                for (place, identifier) in asked.iter().enumerate() {
                    if row.get::<_, i64>(place).map_err(failed)? == 1 {
                        identifiers.push(*identifier);
                    }
                }
                let rows = row.get::<_, i64>(asked.len()).map_err(failed)?;
                let rows = u64::try_from(rows).map_err(|_| SourceError::Malformed)?;
                borne.push(Borne { identifiers, rows });
            }
            Ok(borne)
        })
        .await
    }

    /// Streams a table into the sink, at most `cap` rows.
    ///
    /// # Errors
    ///
    /// Whatever the file answers, or the sink's own error.
    pub async fn read(
        &mut self,
        search: &SearchPlan,
        plan: &SystemPlan,
        table: usize,
        known: &LinkValues,
        (cap, limits): (u64, &Limits),
        sink: &mut dyn RowSink,
    ) -> Result<Read, Stop> {
        let name = plan.tables.get(table).map(|one| one.table.clone()).unwrap_or_default();
        let render = |column: &SqliteColumn| quote(&column.name);
        let statement =
            self.statements(search, plan, known).rows(table, render, cap.saturating_add(1))?;
        let columns: Vec<Column> = self
            .sources
            .get(table)
            .into_iter()
            .flat_map(|source| source.output.iter().filter_map(|name| source.columns.get(name)))
            .map(|column| Column { name: column.name.clone(), kind: column.kind })
            .collect();
        sink.table(&name, &columns).map_err(Stop::Sink)?;
        let (sender, receiver) = mpsc::channel(4);
        let (width, largest) = (columns.len(), limits.value_bytes);
        let work = self.run(move |connection, _| {
            send_rows(connection, &statement, &name, (width, largest), &sender)
        });
        // The receiver ends with its block, whatever ended it; the thread then stops at its next
        // batch.
        let take = async move {
            let mut receiver = receiver;
            let mut count = 0;
            while let Some(batch) = receiver.recv().await {
                for row in batch {
                    if count == cap {
                        return Ok(Read { rows: count, capped: true });
                    }
                    sink.row(&row)?;
                    count += 1;
                }
            }
            anyhow::Ok(Read { rows: count, capped: false })
        };
        let (worked, taken) = tokio::join!(work, take);
        let read = taken.map_err(Stop::Sink)?;
        if !read.capped {
            worked?;
        }
        Ok(read)
    }
}

type Batch = Vec<Vec<Value>>;

fn send_rows(
    connection: &Connection,
    statement: &Statement<String>,
    table: &str,
    (width, largest): (usize, usize),
    sender: &mpsc::Sender<Batch>,
) -> Result<(), SourceError> {
    let failed = |failure: rusqlite::Error| error(&failure, table);
    let mut prepared = connection.prepare(&statement.sql).map_err(failed)?;
    let mut rows = prepared.query(params_from_iter(&statement.binds)).map_err(failed)?;
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH_ROWS), 0);
    while let Some(row) = rows.next().map_err(failed)? {
        let mut values = Vec::with_capacity(width);
        for index in 0..width {
            let value = value(row.get_ref(index).map_err(failed)?);
            let size = match &value {
                Value::Text(text) | Value::Number(text) | Value::Json(text) => text.len(),
                Value::Bytes(bytes) => bytes.len(),
                Value::Null | Value::Boolean(_) => 0,
            };
            if size > largest {
                return Err(SourceError::ValueTooLarge { limit_bytes: largest });
            }
            bytes += size;
            values.push(value);
        }
        batch.push(values);
        if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH_ROWS));
            bytes = 0;
            if sender.blocking_send(full).is_err() {
                // Nobody listens any more.
                return Ok(());
            }
        }
    }
    // A receiver that is gone has all that it wanted.
    let _ = sender.blocking_send(batch);
    Ok(())
}

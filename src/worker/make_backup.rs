//! The backup of a day: written, read again from its first byte to its last, and then those that are
//! too old are removed. A row with the day in it sees to it that one worker of several makes it.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::Stopper;
use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::backup::write::save;
use crate::backup::{check, folder};
use crate::config::outside::Nightly;
use crate::db::backups::{self, Backup, WAITING};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{instance, jobs};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::BackupId;
use crate::domain::job::Job;
use crate::error::{Error, Result};
use crate::start;
use crate::workflow::record::job_row;

/// How often a look is taken whether the time has come.
const PERIOD: Duration = Duration::from_mins(1);

/// Looks every minute until the worker is told to stop.
pub async fn keep(app: &App, stopper: &Stopper) {
    if app.config().nightly.is_none() {
        return;
    }
    while !stopper.is_stopped() {
        if let Err(error) = plan(app).await {
            tracing::warn!(%error, "no backup could be planned; tried again soon");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// Writes the job of the backup whose time has come, once a day.
///
/// # Errors
/// When the database fails.
pub async fn plan(app: &App) -> Result<()> {
    let Some(nightly) = &app.config().nightly else { return Ok(()) };
    let day = due(nightly, app.now()).to_string();
    let ctx = app.ctx(Actor::Worker);
    let planned = app
        .read(move |conn| {
            let newest = backups::newest(conn)?;
            let is_there = newest.is_some_and(|newest| newest.day >= day);
            Ok(if is_there || instance::is_muted(conn)? { None } else { Some(day) })
        })
        .await?;
    let Some(day) = planned else { return Ok(()) };
    match app.write(move |conn| begin(conn, &ctx, &day)).await {
        // Another worker was faster.
        Err(Error::Conflict { .. }) => Ok(()),
        other => other,
    }
}

/// The newest day whose time has come.
fn due(nightly: &Nightly, now: DateTime<Utc>) -> NaiveDate {
    let today = now.date_naive();
    if now.time() >= nightly.at { today } else { today.pred_opt().unwrap_or(today) }
}

fn begin(conn: &mut Conn, ctx: &Ctx, day: &str) -> Result<()> {
    let row = Backup {
        id: ctx.new_id(),
        day: day.to_owned(),
        state: WAITING.to_owned(),
        file: None,
        size_bytes: None,
        row_count: None,
        last_error: None,
        created_at: Instant::from(ctx.now),
        ended_at: None,
    };
    backups::insert(conn, &row)?;
    let job = job_row(ctx, &Job::MakeBackup { backup: row.id }, None, ctx.now)?;
    Ok(jobs::insert(conn, &job)?)
}

/// Makes the backup, or says why not.
///
/// # Errors
/// When it cannot be written, or is not whole when it is read again.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    id: BackupId,
) -> std::result::Result<Ended, Failure> {
    let found = app.read(move |conn| Ok(backups::get(conn, id)?)).await?;
    let Some(row) = found.filter(|row| row.state == WAITING) else {
        return Ok(Ended::Unwanted);
    };
    // The setting was taken away since.
    let Some(nightly) = app.config().nightly.clone() else { return Ok(Ended::Unwanted) };
    let day: NaiveDate =
        row.day.parse().map_err(|_| Failure::new("backup-day", anyhow::anyhow!("no day")))?;
    let (makes, name) = (app.clone(), folder::name_of(day));
    let made = tokio::task::spawn_blocking(move || make(&makes, &nightly, &name))
        .await
        .unwrap_or_else(|_| Err(Failure::panicked()));
    let (now, claimed) = (Instant::from(app.now()), claimed.clone());
    match made {
        Ok((name, bytes, rows)) => {
            let recording = app.write(move |conn| {
                claimed.hold(conn)?;
                backups::finish(conn, id, (&name, bytes, rows), now)?;
                claimed.end(conn, now)
            });
            ended(recording.await)
        }
        Err(failure) => {
            let code = failure.code;
            app.write(move |conn| Ok(backups::note_error(conn, id, code)?)).await?;
            Err(failure)
        }
    }
}

/// Writes, verifies and tidies; gives the name, the bytes and the rows.
fn make(
    app: &App,
    nightly: &Nightly,
    name: &str,
) -> std::result::Result<(String, i64, i64), Failure> {
    let path = nightly.dir.join(name);
    start::make_directory(&nightly.dir).map_err(|error| Failure::new("backup-folder", error))?;
    let key = app.vault().backup_key();
    let written = save(app.config(), &key, &path, app.now());
    let written = written.map_err(|error| Failure::new("backup-not-written", error))?;
    let read = check::check(&path, &key);
    let read = read.map_err(|error| Failure::new("backup-not-whole", error))?;
    if read != written {
        return Err(Failure::new("backup-not-whole", anyhow::anyhow!("it holds something else")));
    }
    let keep = Days::new(nightly.keep_days.into());
    match folder::remove_old(&nightly.dir, app.now().date_naive(), keep) {
        Ok(removed) => tracing::info!(removed = removed.len(), "a backup was made and verified"),
        // The backup stands all the same.
        Err(error) => tracing::error!(error = %format!("{error:#}"), "old backups stay"),
    }
    let bytes =
        std::fs::metadata(&path).map_err(|error| Failure::new("backup-not-whole", error))?;
    let rows: u64 = read.tables.values().map(|table| table.rows).sum();
    let number = |of: u64| i64::try_from(of).unwrap_or(i64::MAX);
    Ok((name.to_owned(), number(bytes.len()), number(rows)))
}

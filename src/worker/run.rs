//! Running a claimed job: its lease is renewed while it works; what fails is tried again by the
//! job's own schedule, and then becomes a task for a person.

use anyhow::Context;

use super::claim::Claimed;
use super::{
    Stopper, build_package, live_check, remove_files, search_group, test_system,
    watch_acknowledgement,
};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::tasks::Task;
use crate::db::{jobs, live_checks, packages, tasks};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::job::Job;
use crate::error::{Error, Result};
use crate::workflow::collection;

/// The kind of the task that a job which was given up makes.
pub const FAILED_TASK: &str = "job_failed";

/// Why a job did not end well. The code goes into its row; the cause into the log.
#[derive(Debug)]
pub struct Failure {
    pub code: &'static str,
    pub cause: anyhow::Error,
}

impl Failure {
    /// A failure with its code.
    pub fn new(code: &'static str, cause: impl Into<anyhow::Error>) -> Self {
        Self { code, cause: cause.into() }
    }
}

impl Failure {
    /// A panic. What it said is not taken: it may repeat what it choked on.
    #[must_use]
    pub fn panicked() -> Self {
        Self::new("panicked", anyhow::anyhow!("a panic"))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new("database", error)
    }
}

/// Runs a job to its end, or to the worker's.
pub async fn run(app: &App, claimed: Claimed, stopper: &Stopper) {
    let kind = claimed.job.kind();
    let work = {
        let (app, claimed) = (app.clone(), claimed.clone());
        // A task of its own: a job that panics ends as a failure, and the worker goes on.
        tokio::spawn(async move { dispatch(&app, &claimed).await })
    };
    let abort = work.abort_handle();
    let ended = tokio::select! {
        outcome = work => Some(outcome),
        () = renew(app, &claimed) => None,
        () = stopper.stopped() => None,
    };
    let outcome = match ended {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) => Err(Failure::panicked()),
        None => {
            // The lease is lost, or the process ends: the job goes back for another worker.
            abort.abort();
            give_back(app, &claimed).await;
            return;
        }
    };
    let settled = match outcome {
        Ok(()) => finish(app, &claimed).await,
        Err(failure) => {
            tracing::warn!(job = kind, attempt = claimed.attempt, code = failure.code,
                cause = %format!("{:#}", failure.cause), "a job failed");
            retry(app, &claimed, &failure).await
        }
    };
    if let Err(error) = settled {
        tracing::warn!(job = kind, %error, "a job could not be settled; its lease will run out");
    }
}

/// Every job, on one screen.
async fn dispatch(app: &App, claimed: &Claimed) -> std::result::Result<(), Failure> {
    match &claimed.job {
        Job::WatchAcknowledgement { request } => {
            watch_acknowledgement::run(app, claimed, *request).await
        }
        Job::SearchGroup { search, group } => {
            search_group::run(app, claimed, *search, *group).await
        }
        Job::BuildPackage { package } => build_package::run(app, claimed, *package).await,
        Job::TestSystem { system } => test_system::run(app, claimed, *system).await,
        Job::LiveCheck { controller, version } => {
            live_check::run(app, claimed, *controller, *version).await
        }
        Job::RemoveFiles { request } => remove_files::run(app, *request).await,
    }
}

/// Renews the lease until it is lost.
async fn renew(app: &App, claimed: &Claimed) {
    let third = Job::LEASE / 3;
    loop {
        tokio::time::sleep(third.to_std().unwrap_or_default()).await;
        let until = Instant::from(app.now() + Job::LEASE);
        let (id, fence) = (claimed.id, claimed.fence);
        let renewed = app.write(move |conn| Ok(jobs::renew(conn, id, fence, until)?)).await;
        // A database that is away for a moment is no reason to give up the work.
        if renewed == Ok(false) {
            return;
        }
    }
}

async fn finish(app: &App, claimed: &Claimed) -> Result<()> {
    let (id, fence, now) = (claimed.id, claimed.fence, Instant::from(app.now()));
    app.write(move |conn| Ok(jobs::end(conn, id, fence, "done", None, now)?)).await.map(drop)
}

async fn give_back(app: &App, claimed: &Claimed) {
    let (id, fence, now) = (claimed.id, claimed.fence, Instant::from(app.now()));
    let back = app.write(move |conn| Ok(jobs::put_back(conn, id, fence, now, None)?)).await;
    if let Err(error) = back.context("putting a job back") {
        tracing::warn!(%error, "its lease will run out");
    }
}

async fn retry(app: &App, claimed: &Claimed, failure: &Failure) -> Result<()> {
    let ctx = app.ctx(Actor::Worker);
    let (claimed, code) = (claimed.clone(), failure.code);
    app.write(move |conn| {
        let Some(wait) = claimed.job.retry_after(claimed.attempt) else {
            return give_up(conn, &ctx, &claimed, code);
        };
        let run_at = Instant::from(ctx.now + wait);
        jobs::put_back(conn, claimed.id, claimed.fence, run_at, Some(code))?;
        Ok(())
    })
    .await
}

/// The end of a job that no machine can do: a task for a person.
fn give_up(conn: &mut Conn, ctx: &Ctx, claimed: &Claimed, code: &str) -> Result<()> {
    let now = Instant::from(ctx.now);
    if !jobs::end(conn, claimed.id, claimed.fence, "dead", Some(code), now)? {
        return Ok(());
    }
    match &claimed.job {
        Job::BuildPackage { package } => packages::set_failed(conn, *package)?,
        // What began and was never recorded has failed; otherwise the case would wait for ever.
        Job::LiveCheck { controller, version } => {
            live_checks::end(conn, (*controller, *version), None, now)?;
        }
        Job::SearchGroup { search, .. } => collection::give_up_search(conn, ctx, *search)?,
        _ => {}
    }
    if let Some(controller_id) = claimed.controller {
        let task = Task {
            id: ctx.new_id(),
            controller_id,
            request_id: claimed.request,
            kind: FAILED_TASK.to_owned(),
            system: None,
            detail: format!("{}/{code}", claimed.job.kind()),
            created_at: now,
            done_at: None,
            done_by: None,
        };
        tasks::insert(conn, &task)?;
    }
    Ok(())
}

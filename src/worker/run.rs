//! Running a claimed job: its lease is renewed while it works; what fails is tried again by the
//! job's own schedule, and then becomes a task for a person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::claim::Claimed;
use super::give_up::{drop_unwanted, give_up};
use super::{
    Stopper, build_package, compare_document, compare_people, end_work, expire_codes, live_check,
    make_backup, note_condition, remove_files, search_group, send_checkpoint, send_code, send_mail,
    send_notice, test_provider, test_system, watch_acknowledgement, watch_code, watch_letter_code,
};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::jobs;
use crate::domain::actor::Actor;
use crate::domain::job::Job;
use crate::error::{Error, Result};

/// How a job ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its outcome and its end stand in the database, since one transaction.
    Recorded,
    /// There is nothing to record: the case has ended, the search was called off, a row is gone.
    Unwanted,
}

/// Is told when a job is lost or its worker stops. What runs on a thread of its own looks at it,
/// since nothing else can end it.
#[derive(Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work shall end.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Cancels when it is dropped, however the job ends.
struct CancelAtEnd(Cancel);

impl Drop for CancelAtEnd {
    fn drop(&mut self) {
        self.0.ask();
    }
}

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
    let cancel = CancelAtEnd(Cancel::default());
    let work = {
        let (app, claimed, cancel) = (app.clone(), claimed.clone(), cancel.0.clone());
        // A task of its own: a job that panics ends as a failure, and the worker goes on.
        tokio::spawn(async move { dispatch(&app, &claimed, &cancel).await })
    };
    let abort = work.abort_handle();
    let outcome = tokio::select! {
        outcome = work => outcome.unwrap_or_else(|_| Err(Failure::panicked())),
        () = renew(app, &claimed) => {
            // Another worker has it, or it was called off.
            cancel.0.ask();
            abort.abort();
            return;
        }
        () = stopper.stopped() => {
            cancel.0.ask();
            abort.abort();
            give_back(app, &claimed).await;
            return;
        }
    };
    let settled = match outcome {
        Ok(Ended::Recorded) => Ok(()),
        Ok(Ended::Unwanted) => end_unwanted(app, &claimed).await,
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
async fn dispatch(
    app: &App,
    claimed: &Claimed,
    cancel: &Cancel,
) -> std::result::Result<Ended, Failure> {
    match &claimed.job {
        Job::WatchAcknowledgement { request } => {
            watch_acknowledgement::run(app, claimed, *request).await
        }
        Job::SearchGroup { search, group } => {
            search_group::run(app, claimed, cancel, (*search, *group)).await
        }
        Job::ComparePeople { search } => compare_people::run(app, claimed, *search).await,
        Job::BuildPackage { package } => build_package::run(app, claimed, cancel, *package).await,
        Job::TestSystem { system } => test_system::run(app, claimed, *system).await,
        Job::TestProvider { controller } => test_provider::run(app, claimed, *controller).await,
        Job::LiveCheck { controller, version } => {
            live_check::run(app, claimed, *controller, *version).await
        }
        Job::RemoveFiles { request } => remove_files::run(app, claimed, *request).await,
        Job::SendMail { mail } => send_mail::run(app, claimed, *mail).await,
        Job::SendCode { code } => send_code::run(app, claimed, *code).await,
        Job::SendNotice { request, about } => {
            send_notice::run(app, claimed, (claimed.controller, *request), *about).await
        }
        Job::NoteCondition { request } => {
            note_condition::run(app, claimed, (claimed.controller, *request)).await
        }
        Job::CompareDocument { document } => {
            let of = claimed.controller.zip(claimed.request);
            compare_document::run(app, claimed, of, *document).await
        }
        Job::ExpireCodes { request } => expire_codes::run(app, claimed, *request).await,
        Job::WatchCode { code } => watch_code::run(app, claimed, *code).await,
        Job::WatchLetterCode { code } => watch_letter_code::run(app, claimed, *code).await,
        Job::EndWork { request } => end_work::run(app, claimed, *request).await,
        Job::SendCheckpoint { delivery } => send_checkpoint::run(app, claimed, *delivery).await,
        Job::MakeBackup { backup } => make_backup::run(app, claimed, *backup).await,
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

async fn end_unwanted(app: &App, claimed: &Claimed) -> Result<()> {
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    app.write(move |conn| drop_unwanted(conn, &ctx, &claimed)).await
}

async fn give_back(app: &App, claimed: &Claimed) {
    let (id, fence) = (claimed.id, claimed.fence);
    let back = app.write(move |conn| Ok(jobs::give_back(conn, id, fence)?)).await;
    if let Err(error) = back.context("giving a job back") {
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

/// What the transaction of a job answered. A case that has ended, or a job that is another's,
/// leaves nothing to do; it is not tried again.
///
/// # Errors
/// When the database failed.
pub fn ended(outcome: Result<()>) -> std::result::Result<Ended, Failure> {
    match outcome {
        Ok(()) => Ok(Ended::Recorded),
        Err(Error::Transition { .. } | Error::Conflict { code: "job-lost" } | Error::NotFound) => {
            Ok(Ended::Unwanted)
        }
        Err(error) => Err(error.into()),
    }
}

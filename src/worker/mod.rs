//! The engine room: claims jobs, runs them, and finishes or retries them. The only room that
//! touches the outside world, but for the sign-in at an identity provider, which [`crate::web`] ends.
//!
//! A claim takes a lease and a fencing token. A worker at work renews its lease; one that lost it
//! may change nothing, because every change of a job asks for the token in the same transaction.

pub mod alerts;
pub mod bounces;
pub mod build_package;
pub mod claim;
pub mod compare_document;
pub mod compare_people;
pub mod contact;
pub mod deliver_checkpoints;
pub mod destroyed_keys;
pub mod end_work;
pub mod expire_codes;
pub mod export_checkpoints;
pub mod found_files;
pub mod give_up;
pub mod identity_documents;
pub mod keeping;
pub mod live_check;
pub mod make_backup;
pub mod note_condition;
pub mod people;
pub mod remove_files;
pub mod run;
pub mod seal_events;
pub mod search_group;
pub mod send_checkpoint;
pub mod send_code;
pub mod send_mail;
pub mod send_notice;
pub mod sweep;
pub mod tell_alerts;
pub mod test_provider;
pub mod test_system;
pub mod waiting_owners;
pub mod watch_acknowledgement;
pub mod watch_code;
pub mod watch_letter_code;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::app::App;
use crate::db::instance;
use crate::error::Result;

/// How long an idle worker sleeps before it looks again.
const IDLE: Duration = Duration::from_millis(500);

/// Stops the workers of a process.
#[derive(Clone, Default)]
pub struct Stopper {
    stopped: Arc<AtomicBool>,
    woken: Arc<Notify>,
}

impl Stopper {
    /// Tells every worker to take no new job; those at work put theirs back.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.woken.notify_waiters();
    }

    /// Whether the workers were told to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Waits until the workers are told to stop.
    pub async fn stopped(&self) {
        loop {
            let woken = self.woken.notified();
            if self.is_stopped() {
                return;
            }
            woken.await;
        }
    }
}

/// Runs the workers of a process until they are told to stop.
pub async fn work(app: App, stopper: Stopper) {
    if let Err(error) = send_mail::wake(&app).await {
        tracing::warn!(%error, "the mails that wait could not be looked at");
    }
    if app.read(|conn| Ok(instance::is_muted(conn)?)).await == Ok(true) {
        tracing::warn!("the instance was restored and is muted: no job runs until it is unmuted");
    }
    let mut workers = JoinSet::new();
    {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { sweep::sweep(&app, &stopper).await });
    }
    {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { alerts::keep(&app, &stopper).await });
    }
    {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { identity_documents::keep(&app, &stopper).await });
    }
    {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { seal_events::seal(&app, &stopper).await });
    }
    if let Some(maildir) = app.config().bounce_maildir.clone() {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { bounces::watch(&app, &stopper, &maildir).await });
    }
    {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { make_backup::keep(&app, &stopper).await });
    }
    for _ in 0..app.config().workers {
        let (app, stopper) = (app.clone(), stopper.clone());
        workers.spawn(async move { work_alone(&app, &stopper).await });
    }
    while workers.join_next().await.is_some() {}
}

async fn work_alone(app: &App, stopper: &Stopper) {
    while !stopper.is_stopped() {
        let worked = match claim::claim(app).await {
            Ok(Some(claimed)) => {
                run::run(app, claimed, stopper).await;
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                false
            }
        };
        if !worked {
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                () = stopper.stopped() => {}
            }
        }
    }
}

/// Runs every job that is due now, one after the other, and says how many: for the demo and for
/// tests.
///
/// # Errors
/// When the database fails.
pub async fn drain(app: &App) -> Result<usize> {
    let stopper = Stopper::default();
    let mut done = 0;
    while let Some(claimed) = claim::claim(app).await? {
        run::run(app, claimed, &stopper).await;
        done += 1;
    }
    Ok(done)
}

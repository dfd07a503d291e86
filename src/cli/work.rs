//! `guichet work`: the worker alone, on this machine or another one that shares the database and the
//! sealed folder.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Outcome;
use super::instance::Place;
use super::serve::{PATIENCE, begin, end_by};
use crate::app::{App, Clock};
use crate::start::Opening;
use crate::worker::{self, Stopper};

/// How to work.
#[derive(Debug, Args)]
pub struct Work {
    #[command(flatten)]
    place: Place,
}

/// Runs jobs until the process is told to end; those at work go back for another worker.
///
/// # Errors
/// When the settings, the key, the database or the folder cannot be used.
pub fn run(work: &Work) -> anyhow::Result<Outcome> {
    let config = work.place.config()?;
    begin(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let worked = runtime.block_on(async {
        let app = App::open(config, Clock::Machine, Opening::Serve)?;
        let stopper = Stopper::default();
        let (mut end, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let told = stopper.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = end.recv() => {}
                _ = interrupt.recv() => {}
            }
            told.stop();
            end_by(PATIENCE);
        });
        worker::work(app, stopper).await;
        anyhow::Ok(Outcome::Done)
    });
    // What still runs on a thread of its own was cancelled, and looks at that soon.
    runtime.shutdown_timeout(Duration::from_secs(2));
    worked.context("the worker cannot run")
}

//! What is done again and again, with no input: each sweep compares what is with what should be, and
//! the next one is the retry.

use std::time::Duration;

use super::{Stopper, keeping, remove_files};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{dialect, idempotency, mails, sessions};
use crate::error::Result;

/// How often.
const PERIOD: Duration = Duration::from_hours(1);

/// How long the answer to an idempotency key is kept: longer than anybody tries again.
const KEYS_KEPT: chrono::Duration = chrono::Duration::days(30);

/// How long a session may be unused, as at sign-in.
const SESSIONS_KEPT: chrono::Duration = chrono::Duration::hours(12);

/// How long a mail about no case is kept after it ended; one about a case stays with the case.
const MAILS_KEPT: chrono::Duration = chrono::Duration::days(30);

/// Sweeps until the worker is told to stop.
pub async fn sweep(app: &App, stopper: &Stopper) {
    while !stopper.is_stopped() {
        remove_files::remove_orphans(app).await;
        if let Err(error) = forget(app).await {
            tracing::warn!(%error, "a sweep failed; the next one tries again");
        }
        if let Err(error) = keeping::sweep(app).await {
            tracing::warn!(%error, "what is kept no longer waits for the next sweep");
        }
        // A key was destroyed perhaps while somebody read the log.
        match app.read(|conn| Ok(dialect::truncate_log(conn)?)).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!("the log of the database is busy; the next sweep tries again")
            }
            Err(error) => tracing::warn!(%error, "the log of the database was not emptied"),
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// Forgets what has run out: answers to old keys, sessions that are over.
///
/// # Errors
/// When the database fails.
pub async fn forget(app: &App) -> Result<()> {
    let now = app.now();
    app.write(move |conn| {
        idempotency::delete_before(conn, Instant::from(now - KEYS_KEPT))?;
        mails::delete_ended_before(conn, Instant::from(now - MAILS_KEPT))?;
        sessions::delete_over(conn, Instant::from(now), Instant::from(now - SESSIONS_KEPT))?;
        Ok(())
    })
    .await
}

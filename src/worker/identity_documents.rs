//! The sweep of identity documents: what is beyond its 72 hours, or beyond the end of its case, goes.
//! It takes no input, and the next run is the retry. It works on a muted instance as well: that one was
//! restored does not make the hours longer.

use std::time::Duration;

use super::Stopper;
use crate::app::App;
use crate::domain::actor::Actor;
use crate::error::{Error, Result};
use crate::workflow::identity_documents as verbs;

/// How often.
const PERIOD: Duration = Duration::from_mins(1);

/// Sweeps until the worker is told to stop.
pub async fn keep(app: &App, stopper: &Stopper) {
    while !stopper.is_stopped() {
        if let Err(error) = sweep(app).await {
            tracing::warn!(%error, "identity documents could not be swept; the next sweep will");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// One sweep.
///
/// # Errors
/// When the database fails.
pub async fn sweep(app: &App) -> Result<()> {
    loop {
        let ctx = app.ctx(Actor::Worker);
        let due = app.read(move |conn| verbs::due(conn, &ctx)).await?;
        let mut removed = 0;
        for (controller, id) in due {
            let ctx = app.ctx(Actor::Worker);
            let gone = app.write(move |conn| verbs::remove_over(conn, &ctx, controller, id)).await;
            match gone {
                Ok(documents) => removed += documents,
                Err(Error::Unavailable(what)) => return Err(Error::Unavailable(what)),
                // One case that cannot be read holds up no other.
                Err(error) => tracing::error!(request = %id, %error,
                    "an identity document whose time is over could not be removed"),
            }
        }
        if removed == 0 {
            return Ok(());
        }
    }
}

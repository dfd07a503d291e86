//! Ends the work of a case that was closed: from now on that cannot be undone.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::requests;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::RequestId;
use crate::domain::lifecycle::Status;
use crate::error::Error;
use crate::workflow::record;
use crate::workflow::stopping::end_work;

/// Calls off what is at work for the case and retires its packages. Whoever undoes the closing, or
/// takes the case up again, calls this job off; one that finds the case open all the same does nothing.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, claimed: &Claimed, request: RequestId) -> Result<Ended, Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(Ended::Unwanted);
    };
    let ctx = app.ctx(Actor::Worker);
    let claimed = claimed.clone();
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let mut case = record::load(conn, &Scope::of_job(controller), request)?;
        if !requests::hold(conn, request, case.row.version)? {
            // Somebody changed the case in between: the next run sees it.
            return Err(Error::RunAgain);
        }
        if case.state.status == Status::Closed {
            end_work(conn, &ctx, &mut case)?;
        }
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

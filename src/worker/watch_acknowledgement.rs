//! At the acknowledgement date: a task, when nobody has told the person yet.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::requests;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::RequestId;
use crate::error::Error;
use crate::workflow::closing::ACKNOWLEDGE_TASK;
use crate::workflow::intake::acknowledgement_check;
use crate::workflow::record;

/// Makes the task, unless it was made before. Where the date has moved on since, it waits again.
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
        let case = record::load(conn, &Scope::of_job(controller), request)?;
        if !requests::hold(conn, request, case.row.version)? {
            // Somebody told the person in between: the next run sees it.
            return Err(Error::RunAgain);
        }
        let due_at = acknowledgement_check(&case.state, &case.dates);
        if due_at > ctx.now {
            case.enqueue(conn, &ctx, &claimed.job, due_at)?;
            return claimed.end(conn, Instant::from(ctx.now));
        }
        let is_told = case.state.acknowledged_at.is_some() || !case.state.status.is_open();
        if !is_told {
            let by = case.dates.acknowledge_on.to_string();
            case.ask_person(conn, &ctx, ACKNOWLEDGE_TASK, &by)?;
        }
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

//! Claiming a job: with a lease, and a fencing token that makes any other claim void.

use chrono::Duration;

use super::give_up::{give_up, give_up_unreadable};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{instance, jobs};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::ids::{ControllerId, JobId, RequestId};
use crate::domain::job::{CLOSING, END_WORK, Job};
use crate::error::{Error, Result};

/// A job that this worker holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: JobId,
    /// Asked for in every transaction of the job.
    pub fence: i64,
    /// How many tries this is.
    pub attempt: i32,
    pub job: Job,
    pub controller: Option<ControllerId>,
    pub request: Option<RequestId>,
}

/// What a look at the queue brought.
enum Looked {
    Nothing,
    /// A job that no worker can do was given up, or one stands still; the next one may be for us.
    Passed,
    Claimed(Claimed),
}

/// Claims the next job that is due or lost, if there is one. A job that cannot be read, or whose
/// every try ended with its process, becomes a task for a person and holds up no other.
///
/// # Errors
/// When the database fails.
pub async fn claim(app: &App) -> Result<Option<Claimed>> {
    loop {
        // Looking first keeps idle workers from queueing behind intake.
        let now = Instant::from(app.now());
        let waiting = app
            .read(
                move |conn| Ok(jobs::next_due(conn, now)?.is_some() && !instance::is_muted(conn)?),
            )
            .await?;
        if !waiting {
            return Ok(None);
        }
        let ctx = app.ctx(Actor::Worker);
        match app.write(move |conn| look(conn, &ctx)).await? {
            Looked::Nothing => return Ok(None),
            Looked::Passed => {}
            Looked::Claimed(claimed) => return Ok(Some(claimed)),
        }
    }
}

fn look(conn: &mut Conn, ctx: &Ctx) -> Result<Looked> {
    let Some(row) = jobs::next_due(conn, Instant::from(ctx.now))? else {
        return Ok(Looked::Nothing);
    };
    let Ok(job) = serde_json::from_str::<Job>(&row.payload) else {
        give_up_unreadable(conn, ctx, &row)?;
        return Ok(Looked::Passed);
    };
    let claimed = Claimed {
        id: row.id,
        fence: row.fence,
        attempt: row.attempts,
        job,
        controller: row.controller_id,
        request: row.request_id,
    };
    if stands_still(conn, ctx, &claimed)? {
        return Ok(Looked::Passed);
    }
    // A try is counted when it begins: one that takes its process with it counts too.
    if row.state == "running" && claimed.job.retry_after(claimed.attempt).is_none() {
        give_up(conn, ctx, &claimed, "killed")?;
        return Ok(Looked::Passed);
    }
    let until = Instant::from(ctx.now + Job::LEASE);
    if !jobs::claim(conn, row.id, row.fence, until)? {
        return Ok(Looked::Nothing);
    }
    let (fence, attempt) = (row.fence + 1, row.attempts + 1);
    Ok(Looked::Claimed(Claimed { fence, attempt, ..claimed }))
}

/// Puts off a job of a case that was closed, while that can be undone: an undo finds everything as it
/// was. False when there is nothing to wait for.
///
/// # Errors
/// When the database fails.
pub fn stands_still(conn: &mut Conn, ctx: &Ctx, claimed: &Claimed) -> Result<bool> {
    let Some(request) = claimed.request.filter(|_| claimed.job.kind() != END_WORK) else {
        return Ok(false);
    };
    let Some(ends_at) = jobs::pending(conn, request, END_WORK)? else {
        return Ok(false);
    };
    // After the end of its work, which may take a moment longer.
    let run_at = Instant::from(ends_at.utc().max(ctx.now) + Duration::seconds(1));
    jobs::stand_still(conn, claimed.id, claimed.fence, (run_at, CLOSING))?;
    Ok(true)
}

impl Claimed {
    /// Refuses unless the job is still this worker's: the first line of each of its transactions.
    ///
    /// # Errors
    /// `Conflict` when another worker took it over.
    pub fn hold(&self, conn: &mut Conn) -> Result<()> {
        if jobs::holds(conn, self.id, self.fence)? { Ok(()) } else { Err(LOST) }
    }

    /// Ends the job in the transaction that holds its outcome: the last line of that transaction.
    ///
    /// # Errors
    /// `Conflict` when another worker took it over.
    pub fn end(&self, conn: &mut Conn, at: Instant) -> Result<()> {
        if jobs::end(conn, self.id, self.fence, at)? { Ok(()) } else { Err(LOST) }
    }
}

/// The job is another worker's by now.
pub const LOST: Error = Error::Conflict { code: "job-lost" };

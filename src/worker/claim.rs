//! Claiming a job: with a lease, and a fencing token that makes any other claim void.

use crate::app::App;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::jobs;
use crate::domain::actor::Actor;
use crate::domain::ids::{ControllerId, JobId, RequestId};
use crate::domain::job::Job;
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

/// Claims the next job that is due or lost, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn claim(app: &App) -> Result<Option<Claimed>> {
    // Looking first keeps idle workers from queueing behind intake.
    let now = Instant::from(app.now());
    let waiting = app.read(move |conn| Ok(jobs::next_due(conn, now)?.is_some())).await?;
    if !waiting {
        return Ok(None);
    }
    let ctx = app.ctx(Actor::Worker);
    app.write(move |conn| {
        let Some(row) = jobs::next_due(conn, Instant::from(ctx.now))? else {
            return Ok(None);
        };
        let job: Job = serde_json::from_str(&row.payload)
            .map_err(|_| Error::internal("a job does not read"))?;
        let until = Instant::from(ctx.now + Job::LEASE);
        if !jobs::claim(conn, row.id, row.fence, until)? {
            return Ok(None);
        }
        Ok(Some(Claimed {
            id: row.id,
            fence: row.fence + 1,
            attempt: row.attempts + 1,
            job,
            controller: row.controller_id,
            request: row.request_id,
        }))
    })
    .await
}

impl Claimed {
    /// Refuses unless the job is still this worker's: the first line of each of its transactions.
    ///
    /// # Errors
    /// `Conflict` when another worker took it over.
    pub fn hold(&self, conn: &mut Conn) -> Result<()> {
        if jobs::holds(conn, self.id, self.fence)? {
            Ok(())
        } else {
            Err(Error::Conflict { code: "job-lost" })
        }
    }
}

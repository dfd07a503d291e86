//! At the acknowledgement date: a task, when nobody has told the person yet.

use super::claim::Claimed;
use super::run::Failure;
use crate::app::App;
use crate::db::column::Instant;
use crate::db::tasks::{self, Task};
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::RequestId;
use crate::workflow::closing::ACKNOWLEDGE_TASK;
use crate::workflow::record;

/// Makes the task.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, claimed: &Claimed, request: RequestId) -> Result<(), Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(());
    };
    let ctx = app.ctx(Actor::Worker);
    let claimed = claimed.clone();
    app.write(move |conn| {
        claimed.hold(conn)?;
        let case = record::load(conn, &Scope::of_job(controller), request)?;
        if case.state.acknowledged_at.is_some() || !case.state.status.is_open() {
            return Ok(());
        }
        let task = Task {
            id: ctx.new_id(),
            controller_id: controller,
            request_id: Some(request),
            kind: ACKNOWLEDGE_TASK.to_owned(),
            system: None,
            detail: case.dates.acknowledge_on.to_string(),
            created_at: Instant::from(ctx.now),
            done_at: None,
            done_by: None,
        };
        tasks::insert(conn, &task)?;
        Ok(())
    })
    .await
    .map_err(Failure::from)
}

//! Tasks that a person has seen to. Those that a verb does are done by that verb.

use serde_json::json;

use super::closing::ACKNOWLEDGE_TASK;
use super::collection::ANSWER_TASK;
use super::record::settings_event;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events;
use crate::db::tasks::{self, Task};
use crate::domain::actor::{Ctx, Permission, Scope};
use crate::domain::ids::TaskId;
use crate::error::{Error, Result};

/// The kind of the task that a job which was given up makes.
pub const FAILED_TASK: &str = "job_failed";

/// Whether a task is done by doing the thing itself, and not by saying so.
#[must_use]
pub fn is_of_verb(kind: &str) -> bool {
    kind == ANSWER_TASK || kind == ACKNOWLEDGE_TASK
}

/// Marks a task as done.
///
/// # Errors
/// `NotFound` outside the scope, `Forbidden`; `Transition` when it is done already, or is done by
/// doing the thing itself.
pub fn complete(conn: &mut Conn, ctx: &Ctx, scope: &Scope, id: TaskId) -> Result<Task> {
    let task = tasks::get(conn, scope, id)?;
    ctx.actor.permit(task.controller_id, Permission::WorkCase)?;
    if task.done_at.is_some() {
        return Err(Error::Transition { code: "task-done" });
    }
    if is_of_verb(&task.kind) {
        return Err(Error::Transition { code: "task-of-verb" });
    }
    let (at, by) = (Instant::from(ctx.now), ctx.actor.name());
    if !tasks::complete(conn, id, at, &by)? {
        return Err(Error::Transition { code: "task-done" });
    }
    let detail = json!({ "task": id, "kind": task.kind, "request": task.request_id });
    let event = settings_event(ctx, Some(task.controller_id), "TaskCompleted", &detail);
    events::insert(conn, &event)?;
    Ok(Task { done_at: Some(at), done_by: Some(by), ..task })
}

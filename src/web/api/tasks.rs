//! Tasks: what waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};

use crate::db::requests;
use crate::db::tasks::{self, Task};
use crate::domain::actor::Permission;
use crate::domain::ids::{RequestId, TaskId};
use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, owned};
use crate::workflow::collection::ANSWER_TASK;
use crate::workflow::tasks as verbs;

type Answer = Result<HttpResponse, Problem>;

/// How many tasks an answer holds at most, oldest first.
const MOST: i32 = 200;

/// `GET /api/v1/tasks`: the open tasks of every controller that the caller works for. Who answers
/// for systems alone sees the tasks of the systems that the data map gives to the own address.
pub async fn list(front: Data<Front>, signed: Signed) -> Answer {
    let member = signed.0;
    let scope = member.scope_where(Permission::AnswerSystem);
    if scope.controllers().is_empty() {
        return Err(Error::Forbidden.into());
    }
    let own = owned::systems(&front.app, &member).await?;
    let all = member.scope_where(Permission::WorkCase);
    let (found, references) = front
        .app
        .read(move |conn| {
            let mut found = tasks::open(conn, &all, MOST.into())?;
            for (controller, systems) in own {
                let systems = systems.into_iter().collect();
                found.extend(tasks::open_of_systems(
                    conn,
                    controller,
                    ANSWER_TASK,
                    systems,
                    MOST.into(),
                )?);
            }
            found.sort_by_key(|task| (task.created_at, task.id));
            found.truncate(usize::try_from(MOST).unwrap_or(0));
            let ids: BTreeSet<RequestId> = found.iter().filter_map(|it| it.request_id).collect();
            let mut references = BTreeMap::new();
            for id in ids {
                references.insert(id, requests::get(conn, &scope, id)?.reference);
            }
            Ok((found, references))
        })
        .await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|task| {
            let reference = task.request_id.and_then(|id| references.get(&id));
            shown(task, reference)
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "tasks": shown })))
}

/// `POST /api/v1/tasks/{id}/completion`
pub async fn complete(front: Data<Front>, signed: Signed, id: Path<String>) -> Answer {
    let id: TaskId = id.parse().map_err(|_| Error::NotFound)?;
    let ctx = front.app.ctx(signed.actor());
    let scope = signed.0.scope();
    let (task, reference) = front
        .app
        .write(move |conn| {
            let task = verbs::complete(conn, &ctx, &scope, id)?;
            let reference = match task.request_id {
                Some(id) => Some(requests::get(conn, &scope, id)?.reference),
                None => None,
            };
            Ok((task, reference))
        })
        .await?;
    Ok(HttpResponse::Ok().json(shown(&task, reference.as_ref())))
}

fn shown(task: &Task, reference: Option<&String>) -> Value {
    json!({
        "id": task.id,
        "controller_id": task.controller_id,
        "request_id": task.request_id,
        "reference": reference,
        "kind": task.kind,
        "system": task.system,
        "detail": task.detail,
        "created_at": task.created_at.utc(),
        "done_at": task.done_at.map(|at| at.utc()),
    })
}

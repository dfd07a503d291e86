//! Tasks: what waits for a person.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};

use crate::app::App;
use crate::db::tasks::{self, Task};
use crate::db::{controllers, data_maps, requests, users};
use crate::domain::actor::{Permission, StaffMember};
use crate::domain::ids::{ControllerId, RequestId, TaskId};
use crate::error::Error;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::collection::ANSWER_TASK;
use crate::workflow::settings::profile::Profile;
use crate::workflow::sources::open_map;
use crate::workflow::tasks as verbs;

type Answer = Result<HttpResponse, Problem>;

/// How many tasks an answer holds at most, oldest first.
const MOST: i64 = 200;

/// `GET /api/v1/tasks`: the open tasks of every controller that the caller works for. Who answers
/// for systems alone sees the tasks of the systems that the data map gives to the own address.
pub async fn list(front: Data<Front>, signed: Signed) -> Answer {
    let member = signed.0;
    let scope = member.scope_where(Permission::AnswerSystem);
    if scope.controllers().is_empty() {
        return Err(Error::Forbidden.into());
    }
    let own = owned(&front.app, &member).await?;
    let (found, references) = front
        .app
        .read(move |conn| {
            let mut found = tasks::open(conn, &scope, MOST)?;
            found.retain(|task| is_shown(&member, &own, task));
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

fn is_shown(member: &StaffMember, own: &BTreeSet<(ControllerId, String)>, task: &Task) -> bool {
    if member.may(task.controller_id, Permission::WorkCase) {
        return true;
    }
    let system = task.system.clone().unwrap_or_default();
    task.kind == ANSWER_TASK && own.contains(&(task.controller_id, system))
}

/// The systems whose owner in the newest data map is this member, for the controllers where that
/// is all that the member may answer for.
async fn owned(app: &App, member: &StaffMember) -> Result<BTreeSet<(ControllerId, String)>, Error> {
    let scope = member.scope_where(Permission::AnswerSystem);
    let only: Vec<ControllerId> = scope
        .controllers()
        .iter()
        .copied()
        .filter(|id| !member.may(*id, Permission::WorkCase))
        .collect();
    let mut own = BTreeSet::new();
    if only.is_empty() {
        return Ok(own);
    }
    let user = member.id;
    let (user, maps) = app
        .read(move |conn| {
            let user = users::get(conn, user)?.ok_or(Error::Unauthenticated)?;
            let mut maps = Vec::new();
            for id in only {
                let controller = controllers::find(conn, id)?;
                maps.extend(data_maps::newest(conn, id)?.map(|map| (controller, map)));
            }
            Ok((user, maps))
        })
        .await?;
    let profile = Profile::open(app.vault(), user.id, &user.sealed_profile)?;
    let address = profile.email.trim().to_lowercase();
    for (controller, row) in &maps {
        let map = open_map(&app.controller_key(controller)?, row)?;
        for system in map.systems {
            let owner = system.owner.unwrap_or_default();
            if owner.trim().to_lowercase() == address {
                own.insert((controller.id, system.name));
            }
        }
    }
    Ok(own)
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

//! The systems that wait for an answer by hand, for those who may give it: in every case that they
//! work on, or for their own systems alone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::case::system::link;
use super::frame::{Frame, page};
use super::signed::SignedPage;
use crate::db::tasks::{self, Task};
use crate::db::{controllers, requests};
use crate::domain::actor::Permission;
use crate::domain::ids::SearchId;
use crate::error::{Error, Result};
use crate::language::date;
use crate::web::problem::Problem;
use crate::web::{Front, owned};
use crate::workflow::collection::ANSWER_TASK;

/// How many are shown of one organisation, oldest first.
const MOST: i64 = 200;

#[derive(Template)]
#[template(path = "web/ui/templates/waiting_systems.html")]
struct WaitingSystems {
    frame: Frame,
    waiting: Vec<Waiting>,
}

/// A system that waits.
pub struct Waiting {
    pub link: String,
    pub system: String,
    pub reference: String,
    pub controller: String,
    pub since: String,
}

/// `GET /waiting-systems`
pub async fn show(
    front: Data<Front>,
    signed: SignedPage,
) -> std::result::Result<HttpResponse, Problem> {
    if signed.member.scope_where(Permission::AnswerSystem).controllers().is_empty() {
        return Err(Error::Forbidden.into());
    }
    let waiting = list(&front, &signed).await?;
    page(StatusCode::OK, signed.language, &WaitingSystems { frame: signed.frame(), waiting })
}

/// The systems that wait for a reader, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(front: &Front, signed: &SignedPage) -> Result<Vec<Waiting>> {
    let member = &signed.member;
    let own = owned::systems(&front.app, member).await?;
    let all = member.scope_where(Permission::WorkCase);
    let scope = member.scope_where(Permission::AnswerSystem);
    let (found, references, names) = front
        .app
        .read(move |conn| {
            let mut found: Vec<Task> = Vec::new();
            for controller in all.controllers() {
                found.extend(tasks::open_of_kind(conn, *controller, ANSWER_TASK, MOST)?);
            }
            for (controller, systems) in own {
                let systems = systems.into_iter().collect();
                found.extend(tasks::open_of_systems(conn, controller, ANSWER_TASK, systems, MOST)?);
            }
            found.sort_by_key(|task| (task.created_at, task.id));
            let mut references = BTreeMap::new();
            for id in found.iter().filter_map(|task| task.request_id) {
                if let Entry::Vacant(missing) = references.entry(id) {
                    missing.insert(requests::get(conn, &scope, id)?.reference);
                }
            }
            let names = controllers::list(conn, &scope)?.into_iter().map(|row| (row.id, row.name));
            Ok((found, references, names.collect::<BTreeMap<_, _>>()))
        })
        .await?;
    let view = |task: &Task| {
        let (request, search) = (task.request_id?, task.detail.parse::<SearchId>().ok()?);
        let system = task.system.clone()?;
        Some(Waiting {
            link: link(request, search, &system),
            system,
            reference: references.get(&request)?.clone(),
            controller: names.get(&task.controller_id)?.clone(),
            since: date(signed.language, task.created_at.utc().date_naive()),
        })
    };
    Ok(found.iter().filter_map(view).collect())
}

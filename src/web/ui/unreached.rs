//! The colleagues whom alerts do not reach by mail, for those who can see to it: named, and without their
//! addresses.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::colleagues::Colleagues;
use super::form::Form;
use super::frame::see;
use super::signed::SignedPage;
use crate::db::controllers;
use crate::domain::actor::Permission;
use crate::domain::ids::TaskId;
use crate::error::{Error, Result};
use crate::language::{date, text_with};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::queue::zone;
use crate::workflow::{tasks as verbs, unreached};

/// A colleague whom alerts do not reach.
pub struct Unreached {
    pub task: String,
    pub name: String,
    pub text: String,
    /// Whether the reader may say that it is seen to.
    pub by_hand: bool,
}

/// Whom alerts do not reach in the organisations that the reader works for or administers.
///
/// # Errors
/// When the database fails, or a profile does not open.
pub async fn list(front: &Front, signed: &SignedPage) -> Result<Vec<Unreached>> {
    let scopes = [Permission::WorkCase, Permission::Administer];
    let scopes = scopes.map(|permission| signed.member.scope_where(permission));
    let read = front.app.read(move |conn| {
        let mut found = Vec::new();
        let mut ids: Vec<_> = scopes.iter().flat_map(|it| it.controllers()).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let open = unreached::open(conn, id)?;
            if !open.is_empty() {
                found.push((controllers::find(conn, id)?, open));
            }
        }
        Ok(found)
    });
    let found = read.await?;
    let language = signed.language;
    let readers = found.iter().flat_map(|(_, open)| open).filter_map(unreached::reader).collect();
    let colleagues = Colleagues::read(front, None, language, readers).await?;
    let mut all = Vec::new();
    for (controller, open) in &found {
        for task in open {
            let name = colleagues.name(unreached::reader(task));
            let on = task.created_at.utc().with_timezone(&zone(controller)).date_naive();
            let on = date(language, on);
            let values = [
                ("controller", controller.name.as_str()),
                ("name", &name),
                ("on", &on),
                ("code", unreached::code(task)),
            ];
            all.push(Unreached {
                task: task.id.to_string(),
                text: text_with(language, "unreached", &values),
                by_hand: signed.member.may(controller.id, Permission::WorkCase),
                name,
            });
        }
    }
    Ok(all)
}

/// `POST /tasks/{task_id}`: a task of no case is seen to.
///
/// # Errors
/// As the verb.
pub async fn complete(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> std::result::Result<HttpResponse, Problem> {
    signed.check(&form)?;
    let id: Option<TaskId> = request.match_info().get("task_id").and_then(|id| id.parse().ok());
    let id = id.ok_or(Error::NotFound)?;
    let (ctx, scope) = (front.app.ctx(signed.actor()), signed.member.scope());
    let done = front.app.write(move |conn| verbs::complete(conn, &ctx, &scope, id).map(drop)).await;
    match done {
        // Somebody else has seen to it.
        Ok(()) | Err(Error::Transition { code: "task-done" }) => Ok(see("/")),
        Err(error) => Err(error.into()),
    }
}

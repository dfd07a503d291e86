//! Who is what for a controller.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::users::prepare;
use crate::db::{controllers, users};
use crate::domain::actor::{Permission, Role};
use crate::domain::ids::{ControllerId, UserId};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::memberships::{self, Who};
use crate::workflow::settings::permission;
use crate::workflow::settings::profile::{Profile, email_index};
use crate::workflow::settings::text;
use crate::workflow::settings::users::NewUser;

type Answer = std::result::Result<HttpResponse, Problem>;

/// Who shall have which role. The name is needed only for somebody new.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    email: String,
    role: Role,
    name: Option<String>,
    language: Option<Language>,
}

/// `GET /api/v1/controllers/{id}/members`
pub async fn list(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    let controller = *id;
    permission::on_controller(&signed.actor(), controller, Permission::Administer)?;
    let rows = front
        .app
        .read(move |conn| {
            controllers::find(conn, controller)?;
            Ok(users::of_controller(conn, controller)?)
        })
        .await?;
    let rows: Result<Vec<Value>> = rows
        .iter()
        .map(|(user, role)| {
            let profile = Profile::open(front.app.vault(), user.id, &user.sealed_profile)?;
            Ok(json!({
                "user_id": user.id,
                "name": profile.name,
                "email": profile.email,
                "status": user.status,
                "role": role.name(),
            }))
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "members": rows? })))
}

/// `POST /api/v1/controllers/{id}/members`
pub async fn add(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    new: Json<New>,
) -> Answer {
    let controller = *id;
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    let New { email, role, name, language } = new.body;
    // Looked at even where somebody known needs none: what is sent is either right or refused.
    if let Some(error) = name.as_deref().and_then(|name| text::line("name", name, 200)) {
        return Err(Error::Invalid(vec![error]).into());
    }
    let index = email_index(front.app.vault(), &email);
    let known = front
        .app
        .read(move |conn| {
            let controller = controllers::find(conn, controller)?;
            Ok((users::by_email(conn, &index)?.is_some(), controller.language))
        })
        .await?;
    let (is_known, controllers_language) = known;
    let mut body = Map::new();
    let who = match name {
        Some(name) if !is_known => {
            let new = NewUser {
                profile: Profile { name, email },
                language: language.unwrap_or(controllers_language),
                is_operator: false,
            };
            let prepared = prepare(&front.app, &ctx, new).await?;
            let password = prepared.one_time_password.as_str();
            body.insert("one_time_password".to_owned(), json!(password));
            Who::New(Box::new(prepared.row))
        }
        _ => Who::Known(index),
    };
    let user =
        front.app.write(move |conn| memberships::add(conn, &ctx, controller, &who, role)).await?;
    body.insert("user_id".to_owned(), json!(user));
    body.insert("role".to_owned(), json!(role.name()));
    Ok(HttpResponse::Created().json(body))
}

/// `DELETE /api/v1/controllers/{id}/members/{user_id}/{role}`
pub async fn remove(
    front: Data<Front>,
    signed: Signed,
    path: Path<(ControllerId, UserId, String)>,
) -> Answer {
    let (controller, user, role) = path.into_inner();
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    let role = Role::parse(&role).ok_or(Error::NotFound)?;
    front.app.write(move |conn| memberships::remove(conn, &ctx, controller, user, role)).await?;
    Ok(HttpResponse::NoContent().finish())
}

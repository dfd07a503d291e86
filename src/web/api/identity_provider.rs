//! The identity provider of a controller. Its secret goes in and never comes out again.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};

use crate::domain::actor::Actor;
use crate::domain::ids::ControllerId;
use crate::error::Error;
use crate::web::Front;
use crate::web::identity_provider::{self, Wanted};
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::identity_provider as verbs;

type Answer = Result<HttpResponse, Problem>;

/// `GET /api/v1/controllers/{id}/identity-provider`
pub async fn get(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    let provider = shown(&front, &signed.actor(), *id).await?;
    Ok(HttpResponse::Ok().json(json!({ "provider": provider })))
}

/// `PUT /api/v1/controllers/{id}/identity-provider`
pub async fn set(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    body: Json<Wanted>,
) -> Answer {
    let is_new = identity_provider::store(&front, signed.actor(), *id, body.body).await?;
    let provider = shown(&front, &signed.actor(), *id).await?.ok_or(Error::NotFound)?;
    let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(provider))
}

/// `DELETE /api/v1/controllers/{id}/identity-provider`
pub async fn remove(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    let ctx = front.app.ctx(signed.actor());
    front.app.write(move |conn| verbs::remove(conn, &ctx, *id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/controllers/{id}/identity-provider/test`: the worker fetches what the provider says
/// of itself.
pub async fn test(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    let (ctx, controller) = (front.app.ctx(signed.actor()), *id);
    front.app.write(move |conn| verbs::test(conn, &ctx, controller).map(drop)).await?;
    let provider = shown(&front, &signed.actor(), controller).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Accepted().json(provider))
}

async fn shown(front: &Front, actor: &Actor, id: ControllerId) -> Result<Option<Value>, Error> {
    let (controller, provider) = identity_provider::read(front, actor, id).await?;
    let base_url = &front.app.config().base_url;
    let shown = |it| identity_provider::shown(base_url, &controller, &it);
    Ok(provider.map(shown))
}

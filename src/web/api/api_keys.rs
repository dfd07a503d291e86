//! The caller's own API keys.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::db::sessions::{self, ApiKey};
use crate::domain::ids::ApiKeyId;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::{Signed, SignedNewcomer};
use crate::workflow::settings::api_keys;

/// What the key is for, in the words of its user.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    label: String,
}

/// `GET /api/v1/api-keys`
pub async fn list(front: Data<Front>, signed: Signed) -> Result<HttpResponse, Problem> {
    let user = signed.0.id;
    let keys = front.app.read(move |conn| Ok(sessions::api_keys(conn, user)?)).await?;
    let keys: Vec<Value> = keys.iter().map(shown).collect();
    Ok(HttpResponse::Ok().json(json!({ "api_keys": keys })))
}

/// `POST /api/v1/api-keys`
pub async fn create(
    front: Data<Front>,
    signed: SignedNewcomer,
    new: Json<NewKey>,
) -> Result<HttpResponse, Problem> {
    let signed = Signed::of(signed.by_password()?);
    let ctx = front.app.ctx(signed.actor());
    let prepared = api_keys::prepare(&ctx, signed.0.id, new.body.label)?;
    let mut body = shown(&prepared.row);
    let row = prepared.row;
    front.app.write(move |conn| api_keys::create(conn, &ctx, &row)).await?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("api_key".to_owned(), json!(prepared.secret.shown()));
    }
    Ok(HttpResponse::Created().json(body))
}

/// `DELETE /api/v1/api-keys/{id}`
pub async fn revoke(
    front: Data<Front>,
    signed: Signed,
    id: Path<ApiKeyId>,
) -> Result<HttpResponse, Problem> {
    let ctx = front.app.ctx(signed.actor());
    let (user, id) = (signed.0.id, *id);
    front.app.write(move |conn| api_keys::revoke(conn, &ctx, user, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn shown(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "label": key.label,
        "created_at": key.created_at.utc(),
        "used_at": key.used_at.map(|at| at.utc()),
        "revoked_at": key.revoked_at.map(|at| at.utc()),
    })
}

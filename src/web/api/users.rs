//! The users of the instance, for its operators.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::db::users::{self, User};
use crate::domain::actor::Ctx;
use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::Vault;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::profile::Profile;
use crate::workflow::settings::users::{self as verbs, NewUser, PreparedUser};

type Answer = std::result::Result<HttpResponse, Problem>;

/// Somebody new.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    name: String,
    email: String,
    language: Language,
    #[serde(default)]
    operator: bool,
}

/// Whether somebody may sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    status: Status,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Disabled,
}

/// `GET /api/v1/users`
pub async fn list(front: Data<Front>, signed: Signed) -> Answer {
    signed.operator()?;
    let rows = front.app.read(|conn| Ok(users::list_all(conn)?)).await?;
    let rows: Result<Vec<Value>> = rows.iter().map(|row| shown(front.app.vault(), row)).collect();
    Ok(HttpResponse::Ok().json(json!({ "users": rows? })))
}

/// `POST /api/v1/users`
pub async fn create(front: Data<Front>, signed: Signed, new: Json<New>) -> Answer {
    signed.operator()?;
    let ctx = front.app.ctx(signed.actor());
    let new = NewUser {
        profile: Profile { name: new.body.name, email: new.body.email },
        language: new.body.language,
        is_operator: new.body.operator,
    };
    let prepared = prepare(&front.app, &ctx, new).await?;
    let mut body = shown(front.app.vault(), &prepared.row)?;
    let row = prepared.row;
    front.app.write(move |conn| verbs::create(conn, &ctx, &row)).await?;
    if let Some(fields) = body.as_object_mut() {
        let password = prepared.one_time_password.as_str();
        fields.insert("one_time_password".to_owned(), json!(password));
    }
    Ok(HttpResponse::Created().json(body))
}

/// `PATCH /api/v1/users/{id}`
pub async fn change(
    front: Data<Front>,
    signed: Signed,
    id: Path<UserId>,
    changed: Json<Changed>,
) -> Answer {
    signed.operator()?;
    let ctx = front.app.ctx(signed.actor());
    let active = changed.body.status == Status::Active;
    let row = front.app.write(move |conn| verbs::set_active(conn, &ctx, *id, active)).await?;
    Ok(HttpResponse::Ok().json(shown(front.app.vault(), &row)?))
}

/// Prepares a user off the threads that serve requests: it hashes a password.
///
/// # Errors
/// `Invalid` with every rule that is broken.
pub async fn prepare(app: &App, ctx: &Ctx, new: NewUser) -> Result<PreparedUser> {
    let (vault, ctx) = (app.vault().clone(), ctx.clone());
    tokio::task::spawn_blocking(move || verbs::prepare(&ctx, &vault, &new))
        .await
        .map_err(|_| Error::internal("preparing a user panicked"))?
}

fn shown(vault: &Vault, row: &User) -> Result<Value> {
    let profile = Profile::open(vault, row.id, &row.sealed_profile)?;
    Ok(json!({
        "id": row.id,
        "name": profile.name,
        "email": profile.email,
        "language": row.language.code(),
        "operator": row.is_operator,
        "status": row.status,
        "must_change_password": row.must_change_password,
        "created_at": row.created_at.utc(),
    }))
}

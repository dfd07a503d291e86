//! The person who calls: who it is, and the password.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;
use serde_json::json;

use crate::web::Front;
use crate::web::credentials;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::SignedNewcomer;

/// `GET /api/v1/me`
pub async fn get(front: Data<Front>, signed: SignedNewcomer) -> Result<HttpResponse, Problem> {
    let (user, profile) = credentials::read(&front, &signed.member).await?;
    let memberships: Vec<_> = signed
        .member
        .memberships
        .iter()
        .map(|(controller, role)| json!({ "controller_id": controller, "role": role.name() }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "id": user.id,
        "name": profile.name,
        "email": profile.email,
        "language": user.language.code(),
        "operator": user.is_operator,
        "must_change_password": user.must_change_password,
        "memberships": memberships,
    })))
}

/// The present password and the one to have from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    current_password: String,
    new_password: String,
}

/// `PUT /api/v1/me/password`
pub async fn set_password(
    front: Data<Front>,
    signed: SignedNewcomer,
    change: Json<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let PasswordChange { current_password, new_password } = change.body;
    credentials::change(&front, signed.member, current_password, new_password, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

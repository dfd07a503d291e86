//! The person who calls: who it is, and the password.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::json;

use crate::db::users;
use crate::error::Error;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::settings::profile::Profile;

/// `GET /api/v1/me`
pub async fn get(front: Data<Front>, signed: Signed) -> Result<HttpResponse, Problem> {
    let id = signed.0.id;
    let user = front
        .app
        .read(move |conn| Ok(users::get(conn, id)?))
        .await?
        .ok_or(Error::Unauthenticated)?;
    let profile = Profile::open(front.app.vault(), id, &user.sealed_profile)?;
    let memberships: Vec<_> = signed
        .0
        .memberships
        .iter()
        .map(|(controller, role)| json!({ "controller_id": controller, "role": role.name() }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({
        "id": id,
        "name": profile.name,
        "email": profile.email,
        "language": user.language.code(),
        "operator": user.is_operator,
        "must_change_password": user.must_change_password,
        "memberships": memberships,
    })))
}

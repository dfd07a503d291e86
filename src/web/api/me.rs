//! The person who calls: who it is, and the password.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;
use serde_json::json;

use crate::db::users::{self, User};
use crate::domain::actor::{Actor, StaffMember};
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::signed::SignedNewcomer;
use crate::workflow::settings::profile::Profile;
use crate::workflow::settings::users::{change_password, prepare_password};

/// `GET /api/v1/me`
pub async fn get(
    front: Data<Front>,
    signed: SignedNewcomer,
) -> std::result::Result<HttpResponse, Problem> {
    let (user, profile) = read(&front, &signed.member).await?;
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
) -> std::result::Result<HttpResponse, Problem> {
    let (user, profile) = read(&front, &signed.member).await?;
    // The present password is guessed here as well as at sign-in.
    let index: [u8; 32] = user.email_index.as_slice().try_into().unwrap_or_default();
    front.guesses.count_account(&index)?;
    let id = user.id;
    let old_hash = user.password_hash.clone();
    let PasswordChange {
        current_password,
        new_password,
    } = change.body;
    let hashed = tokio::task::spawn_blocking(move || {
        prepare_password(&user, &profile, &current_password, &new_password)
    });
    let new_hash = hashed
        .await
        .map_err(|_| Error::internal("a password check panicked"))??;
    let ctx = front.app.ctx(Actor::Staff(signed.member));
    front
        .app
        .write(move |conn| change_password(conn, &ctx, id, (&old_hash, &new_hash), None))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn read(front: &Front, member: &StaffMember) -> Result<(User, Profile)> {
    let id = member.id;
    let user = front
        .app
        .read(move |conn| Ok(users::get(conn, id)?))
        .await?
        .ok_or(Error::Unauthenticated)?;
    let profile = Profile::open(front.app.vault(), id, &user.sealed_profile)?;
    Ok((user, profile))
}

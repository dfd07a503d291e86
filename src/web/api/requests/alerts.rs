//! `GET /api/v1/requests/{id}/alerts`: what somebody was alerted to, with what to do and why.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::verb::case_id;
use crate::domain::actor::Permission;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, alerts, opened, tongue};
use crate::workflow::alert_mail::sentence;

/// `GET /api/v1/requests/{id}/alerts`
///
/// # Errors
/// As the contract says.
pub async fn list_request_alerts(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let all = alerts::list(&front, &opened.row).await?;
    let language = tongue::of(&request);
    let shown = all.iter().map(|told| {
        json!({
            "id": told.row.id,
            "kind": told.row.kind.name(),
            "about": told.row.about,
            "text": sentence(language, told),
            "told": told.row.told,
            "raised_at": told.row.raised_at.utc(),
        })
    });
    let shown: Vec<Value> = shown.collect();
    Ok(HttpResponse::Ok().json(json!({ "alerts": shown })))
}

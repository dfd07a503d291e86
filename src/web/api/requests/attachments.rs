//! What was attached to messages, by the person or by staff, for staff.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::verb::case_id;
use crate::domain::actor::Permission;
use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, attachments, opened};

/// `GET /api/v1/requests/{id}/attachments`
///
/// # Errors
/// As the contract says.
pub async fn list_attachments(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadSubject).await?;
    let all = attachments::list(&front, &opened).await?;
    let shown: Vec<Value> = all
        .iter()
        .map(|it| {
            json!({
                "id": it.id,
                "name": it.name,
                "size_bytes": it.size_bytes,
                "received_at": it.created_at.utc(),
                "from": if it.is_sent { "staff" } else { "subject" },
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "attachments": shown })))
}

/// `GET /api/v1/requests/{id}/attachments/{file_id}`
///
/// # Errors
/// As the contract says.
pub async fn get_attachment(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadSubject).await?;
    let file = request.match_info().get("file_id").and_then(|id| id.parse().ok());
    attachments::send(&front, &opened, file.ok_or(Error::NotFound)?).await
}

//! `GET /api/v1/requests/{id}/events`: the history, with what was sealed for those who may read it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::shown::instant;
use super::verb::case_id;
use crate::db::events::{self, EventRow};
use crate::domain::actor::Permission;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, opened};
use crate::workflow::record::detail_place;

/// `GET /api/v1/requests/{id}/events`
///
/// # Errors
/// As the contract says.
pub async fn list_request_events(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let rows = front.app.read(move |conn| Ok(events::of_request(conn, id)?)).await?;
    let may_read = signed.0.may(opened.row.controller_id, Permission::ReadSubject);
    let key = if may_read { opened.key().ok() } else { None };
    let events: Result<Vec<Value>> = rows.iter().map(|row| event(row, key)).collect();
    Ok(HttpResponse::Ok().json(json!({ "events": events? })))
}

fn event(row: &EventRow, key: Option<&CaseKey>) -> Result<Value> {
    let mut detail: Value =
        serde_json::from_str(&row.detail).map_err(|_| Error::internal("an event does not read"))?;
    if let Some(detail) = detail.as_object_mut() {
        detail.remove("kind");
    }
    let mut shown = json!({
        "version": row.version,
        "kind": row.kind,
        "at": instant(row.at.utc()),
        "actor": row.actor,
        "detail": detail,
    });
    if let (Some(key), Some(sealed)) = (key, &row.sealed_detail) {
        let words = key.key().open(&detail_place(row.id), sealed)?;
        let words: Value = serde_json::from_slice(&words).unwrap_or_default();
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("words".to_owned(), words);
        }
    }
    Ok(shown)
}

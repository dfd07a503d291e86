//! Searches of a case: started, looked at, and answered by hand for systems that no connector
//! reaches.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::instant;
use super::verb::{Verb, case_id};
use crate::db::searches::{Search, SearchFile, SearchSystem};
use crate::domain::actor::Permission;
use crate::domain::ids::SearchId;
use crate::domain::subject::text::is_blank;
use crate::error::{Error, Result};
use crate::web::json::Json;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::written::{LONGEST_REASON, text};
use crate::web::{Front, searches};
use crate::workflow::collection;
use crate::workflow::sources::SearchScope;

/// The body of `startSearch`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    scope: Option<String>,
    /// Why a DPO searches before identity is settled.
    before_identity_reason: Option<String>,
}

/// `POST /api/v1/requests/{id}/searches`
///
/// # Errors
/// As the contract says.
pub async fn start_search(
    front: Data<Front>,
    verb: Verb,
    json: Json<StartBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let scope = match json.body.scope.as_deref() {
        None => SearchScope::Full,
        Some(name) => {
            SearchScope::parse(name).ok_or_else(|| Error::invalid("scope", "unknown-value"))?
        }
    };
    let reason = json.body.before_identity_reason.filter(|reason| !is_blank(reason));
    text("before_identity_reason", reason.as_deref(), LONGEST_REASON)?;
    let opened = verb.opened(Permission::WorkCase)?;
    let new = searches::prepare(&front, opened, verb.actor(), scope, reason.is_some()).await?;
    let id = new.id;
    let words = reason.map(|reason| json!({ "before_identity_reason": reason }));
    let case = verb
        .record(words, move |conn, ctx, target, written| {
            collection::start_search(conn, ctx, target, &new, written)
        })
        .await?;
    let shown = load(&front, case.row.id, Some(id)).await?;
    Ok(HttpResponse::Accepted()
        .insert_header(crate::web::version::etag(case.row.version))
        .insert_header(("location", format!("/api/v1/requests/{}/searches/{id}", case.row.id)))
        .json(shown.first()))
}

/// `GET /api/v1/requests/{id}/searches`
///
/// # Errors
/// As the contract says.
pub async fn list_searches(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let shown = load(&front, id, None).await?;
    Ok(HttpResponse::Ok().json(json!({ "searches": shown })))
}

/// `GET /api/v1/requests/{id}/searches/{search_id}`
///
/// # Errors
/// As the contract says.
pub async fn get_search(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let (id, search) = (case_id(&request)?, search_id(&request)?);
    opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let shown = load(&front, id, Some(search)).await?;
    Ok(HttpResponse::Ok().json(shown.first()))
}

pub(super) fn search_id(request: &HttpRequest) -> Result<SearchId> {
    let id = request.match_info().get("search_id").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

pub(super) async fn load(
    front: &Front,
    request: crate::domain::ids::RequestId,
    only: Option<SearchId>,
) -> Result<Vec<Value>> {
    let found = searches::load(front, request, only).await?;
    Ok(found.iter().map(|run| search(&run.row, &run.systems, &run.files)).collect())
}

fn search(row: &Search, systems: &[SearchSystem], files: &[SearchFile]) -> Value {
    let systems: Vec<Value> = systems.iter().map(|system| one_system(system, files)).collect();
    json!({
        "id": row.id,
        "scope": row.scope,
        "map_version": row.map_version,
        "started_at": instant(row.started_at.utc()),
        "ended_at": row.ended_at.map(|at| instant(at.utc())),
        "systems": systems,
    })
}

fn one_system(system: &SearchSystem, files: &[SearchFile]) -> Value {
    let own = || files.iter().filter(|file| file.system == system.system);
    let tables: Vec<Value> = own()
        .filter_map(|file| {
            let table = file.source_table.as_ref()?;
            Some(json!({ "table": table, "rows": file.row_count }))
        })
        .collect();
    let uploads = own().filter(|file| file.source_table.is_none()).count();
    let detail: Value =
        system.detail.as_deref().and_then(|d| serde_json::from_str(d).ok()).unwrap_or_default();
    json!({
        "system": system.system,
        "connector": system.connector,
        "outcome": system.outcome,
        "error": detail.pointer("/error/code"),
        "rows": system.row_count,
        "tables": tables,
        "uploads": uploads,
        "started_at": system.started_at.map(|at| instant(at.utc())),
        "ended_at": system.ended_at.map(|at| instant(at.utc())),
    })
}

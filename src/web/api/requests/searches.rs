//! Searches of a case: started, looked at, and answered by hand for systems that no connector
//! reaches.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::log::text;
use super::shown::instant;
use super::verb::{LONGEST_REASON, Verb, case_id};
use crate::db::data_maps;
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::domain::actor::Permission;
use crate::domain::ids::SearchId;
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::json::Json;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::collection::{self, NewSearch};
use crate::workflow::sources::{SearchScope, open_map, search_plan};

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
    let reason = json
        .body
        .before_identity_reason
        .filter(|reason| !reason.trim().is_empty());
    text("before_identity_reason", reason.as_deref(), LONGEST_REASON)?;
    let opened = verb.open(Permission::WorkCase).await?;
    let subject = opened.subject()?.ok_or(Error::Transition {
        code: "key-destroyed",
    })?;
    let controller = opened.controller.id;
    let map = front
        .app
        .read(move |conn| Ok(data_maps::newest(conn, controller)?))
        .await?;
    let map_row = map.ok_or(Error::Transition {
        code: "no-data-map",
    })?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &map_row)?;
    let ctx = front.app.ctx(verb.actor());
    let new = NewSearch {
        id: ctx.new_id(),
        scope,
        map_version: map_row.version,
        plan: search_plan(&map, &subject, scope),
        by: verb.user(),
        before_identity: reason.is_some(),
    };
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
        .insert_header((
            "location",
            format!("/api/v1/requests/{}/searches/{id}", case.row.id),
        ))
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
    let id = request
        .match_info()
        .get("search_id")
        .and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

pub(super) async fn load(
    front: &Front,
    request: crate::domain::ids::RequestId,
    only: Option<SearchId>,
) -> Result<Vec<Value>> {
    let found = front
        .app
        .read(move |conn| {
            let rows = match only {
                Some(id) => vec![searches::get(conn, request, id)?],
                None => searches::of_request(conn, request)?,
            };
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                let systems = searches::systems(conn, row.id)?;
                let files = searches::files(conn, row.id)?;
                all.push((row, systems, files));
            }
            Ok(all)
        })
        .await?;
    Ok(found
        .iter()
        .map(|(row, systems, files)| search(row, systems, files))
        .collect())
}

fn search(row: &Search, systems: &[SearchSystem], files: &[SearchFile]) -> Value {
    let systems: Vec<Value> = systems
        .iter()
        .map(|system| one_system(system, files))
        .collect();
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
    let detail: Value = system
        .detail
        .as_deref()
        .and_then(|d| serde_json::from_str(d).ok())
        .unwrap_or_default();
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

//! The review of what a search found: by system and table, row by row, and what is withheld.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::searches::search_id;
use super::shown::instant;
use super::verb::{Verb, case_id};
use crate::db::searches::{SearchFile, SearchSystem};
use crate::db::withholdings::Withholding;
use crate::domain::actor::Permission;
use crate::domain::ids::{SearchId, WithholdingId};
use crate::domain::row;
use crate::domain::withholding::{Extent, RowKey, WithholdingState};
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::web::json::Json;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::review::{self, Asked, Review, rows};
use crate::web::signed::Signed;
use crate::web::{Front, version};
use crate::workflow;

type Answer = std::result::Result<HttpResponse, Problem>;

/// `GET /api/v1/requests/{id}/searches/{search_id}/review`
///
/// # Errors
/// As the contract says.
pub async fn review_search(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let (id, search) = (case_id(&request)?, search_id(&request)?);
    let opened = opened::open(&front, &signed.0, id, Permission::ReadSubject).await?;
    let review = review::load(&front, &opened, Some(search)).await?;
    let mut systems = Vec::with_capacity(review.systems.len());
    for system in &review.systems {
        systems.push(shown_system(&front, &opened, &review, system).await?);
    }
    let open = review.files.iter().map(|file| review.open_proposals(file).len());
    Ok(HttpResponse::Ok().json(json!({
        "search_id": review.search.id,
        "ended": review.search.ended_at.is_some(),
        "systems": systems,
        "withholdings": all(opened.key()?, &review)?,
        "open_proposals": open.sum::<usize>(),
    })))
}

async fn shown_system(
    front: &Front,
    opened: &Opened,
    review: &Review,
    system: &SearchSystem,
) -> Result<Value> {
    let mut tables = Vec::new();
    for file in review.tables(&system.system) {
        tables.push(shown_table(front, opened, review, file).await?);
    }
    let language = opened.controller.language.code();
    let title = review.map.system(&system.system).and_then(|it| it.title.as_ref());
    let outcome = system.outcome.as_str();
    let complete = ["complete", "answered", "nothing_found"].contains(&outcome);
    Ok(json!({
        "system": system.system,
        "title": title.map(|title| title.in_language(language)),
        "connector": system.connector,
        "outcome": outcome,
        "complete": complete,
        "rows": system.row_count,
        "files": review.uploads(&system.system),
        "tables": tables,
    }))
}

async fn shown_table(
    front: &Front,
    opened: &Opened,
    review: &Review,
    file: &SearchFile,
) -> Result<Value> {
    let name = file.source_table.as_deref().unwrap_or_default();
    let table = review.table(&file.system, name);
    let proposals = review.open_proposals(file);
    let decided = |column: &str| {
        let mut known = review.of_table(&file.system, name);
        known.find(|row| {
            row.extent == Extent::Column
                && row.column_name.as_deref() == Some(column)
                && row.state != WithholdingState::TakenBack
        })
    };
    let columns = rows::columns(front, opened, file).await?;
    let columns = columns.iter().map(|column| {
        let rule = table.and_then(|table| table.columns.get(&column.name));
        json!({
            "column": column.name,
            "third_party": rule.is_some_and(|rule| rule.third_party),
            "proposed": proposals.contains(&column.name),
            "state": decided(&column.name).map(|row| row.state.name()),
        })
    });
    let withheld = table.into_iter().flat_map(|table| &table.columns);
    let withheld = withheld.filter_map(|(column, rule)| {
        let exemption = rule.withhold?.code();
        Some(json!({ "column": column, "exemption": exemption }))
    });
    let ways = table.into_iter().flat_map(|table| &table.reached_from);
    let ways = ways.map(
        |way| json!({ "system": way.system.as_ref().unwrap_or(&file.system), "table": way.table }),
    );
    let found_by = table.into_iter().flat_map(|table| table.find_by.keys());
    Ok(json!({
        "table": name,
        "rows": file.row_count,
        "found_by": found_by.collect::<Vec<_>>(),
        "reached_from": ways.collect::<Vec<_>>(),
        "sensitivity": table.map(|table| table.sensitivity.name()),
        "columns": columns.collect::<Vec<_>>(),
        "withheld_by_map": withheld.collect::<Vec<_>>(),
    }))
}

/// The query of `listFoundRows`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsQuery {
    system: String,
    table: String,
    from: Option<u64>,
    limit: Option<usize>,
}

/// `GET /api/v1/requests/{id}/searches/{search_id}/rows?system=…&table=…`
///
/// # Errors
/// As the contract says.
pub async fn list_found_rows(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let (id, search) = (case_id(&request)?, search_id(&request)?);
    // Whether the case exists is told before what the call lacks.
    let opened = opened::open(&front, &signed.0, id, Permission::ReadSubject).await?;
    let query = Query::<RowsQuery>::from_query(request.query_string())
        .map_err(|_| Problem::Http(StatusCode::BAD_REQUEST, "bad-request"))?;
    let review = review::load(&front, &opened, Some(search)).await?;
    let file = review.file(&query.system, &query.table)?;
    let (ids, held) = review.held(opened.key()?, file)?;
    let span = (query.from.unwrap_or(1).max(1), query.limit.unwrap_or(50));
    let page = rows::page(&front, &opened, file, span, held).await?;
    let id_of = |place: &usize| ids.get(*place);
    let shown = page.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| {
            let by: Vec<_> = cell.withheld.iter().filter_map(id_of).collect();
            let (kind, value) = shown_value(&cell.value);
            json!({ "kind": kind, "value": value, "length": cell.length, "withheld": by })
        });
        json!({
            "number": row.number,
            "cells": cells.collect::<Vec<_>>(),
            "withheld": row.withheld.as_ref().and_then(id_of),
        })
    });
    Ok(HttpResponse::Ok().json(json!({
        "columns": page.columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
        "total": file.row_count,
        "rows": shown.collect::<Vec<_>>(),
        "next": page.next,
    })))
}

fn shown_value(value: &row::Value) -> (&'static str, Value) {
    match value {
        row::Value::Null => ("null", Value::Null),
        row::Value::Text(text) => ("text", json!(text)),
        row::Value::Number(text) => ("number", json!(text)),
        row::Value::Json(text) => ("json", json!(text)),
        row::Value::Boolean(value) => ("boolean", json!(value.to_string())),
        row::Value::Bytes(_) => ("bytes", Value::Null),
    }
}

/// `GET /api/v1/requests/{id}/withholdings`
///
/// # Errors
/// As the contract says.
pub async fn list_withholdings(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadSubject).await?;
    let withholdings = match review::load(&front, &opened, None).await {
        Ok(review) => all(opened.key()?, &review)?,
        // Of a case in which nothing was searched nothing is withheld.
        Err(Error::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(HttpResponse::Ok().json(json!({ "withholdings": withholdings })))
}

fn all(key: &CaseKey, review: &Review) -> Result<Vec<Value>> {
    review.withholdings.iter().map(|row| shown(key, review, row)).collect()
}

fn shown(key: &CaseKey, review: &Review, row: &Withholding) -> Result<Value> {
    let spot = workflow::review::open_spot(key, row)?;
    let row_key = spot.as_ref().map(|spot| match &spot.row {
        RowKey::Key(cells) => {
            let cells =
                cells.iter().map(|(column, value)| json!({ "column": column, "value": value }));
            json!(cells.collect::<Vec<_>>())
        }
        RowKey::Digest(_) => json!([]),
    });
    let passage = spot.as_ref().and_then(|spot| spot.passage.as_ref());
    Ok(json!({
        "id": row.id,
        "system": row.system,
        "table": row.source_table,
        "column": row.column_name,
        "extent": row.extent.name(),
        "exemption": row.exemption.code(),
        "state": row.state.name(),
        "row_key": row_key,
        "ranges": passage.map(|passage| &passage.ranges),
        "note": spot.as_ref().and_then(|spot| spot.note.as_ref()),
        "created_by": row.created_by,
        "created_at": instant(row.created_at.utc()),
        "ended_by": row.ended_by,
        "ended_at": row.ended_at.map(|at| instant(at.utc())),
        "without_row": review.is_without_row(row),
    }))
}

/// The body of `withhold`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithholdBody {
    search_id: SearchId,
    system: String,
    table: String,
    column: Option<String>,
    extent: String,
    exemption: String,
    row: Option<u64>,
    ranges: Option<Vec<(u64, u64)>>,
    words: Option<String>,
    note: Option<String>,
}

/// `POST /api/v1/requests/{id}/withholdings`
///
/// # Errors
/// As the contract says.
pub async fn withhold(front: Data<Front>, verb: Verb, json: Json<WithholdBody>) -> Answer {
    let opened = verb.opened(Permission::WorkCase)?;
    let body = json.body;
    let review = review::load(&front, opened, Some(body.search_id)).await?;
    let asked = Asked {
        system: body.system,
        table: body.table,
        column: body.column,
        extent: body.extent,
        exemption: body.exemption,
        row: body.row,
        ranges: body.ranges.unwrap_or_default(),
        words: body.words,
        note: body.note,
    };
    let new = review::withholding(&front, opened, verb.actor(), &review, &asked).await?;
    let id = new.id;
    let case = verb
        .record(None, move |conn, ctx, target, written| {
            workflow::review::withhold(conn, ctx, target, &new, written)
        })
        .await?;
    created(&front, opened, id, case.row.version).await
}

async fn created(front: &Front, opened: &Opened, id: WithholdingId, version: i64) -> Answer {
    let review = review::load(front, opened, None).await?;
    let row = review.withholdings.iter().find(|row| row.id == id).ok_or(Error::NotFound)?;
    Ok(HttpResponse::Created().insert_header(version::etag(version)).json(shown(
        opened.key()?,
        &review,
        row,
    )?))
}

/// The body of `declineProposal`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineBody {
    search_id: SearchId,
    system: String,
    table: String,
    column: String,
}

/// `POST /api/v1/requests/{id}/declined-proposals`
///
/// # Errors
/// As the contract says.
pub async fn decline_proposal(front: Data<Front>, verb: Verb, json: Json<DeclineBody>) -> Answer {
    let opened = verb.opened(Permission::WorkCase)?;
    let body = json.body;
    let review = review::load(&front, opened, Some(body.search_id)).await?;
    let new = review::declining(
        &front,
        verb.actor(),
        &review,
        (&body.system, &body.table, &body.column),
    )?;
    let id = new.id;
    let case = verb
        .record(None, move |conn, ctx, target, written| {
            workflow::review::decline_proposal(conn, ctx, target, &new, written)
        })
        .await?;
    created(&front, opened, id, case.row.version).await
}

/// `DELETE /api/v1/requests/{id}/withholdings/{withholding_id}`
///
/// # Errors
/// As the contract says.
pub async fn take_back_withholding(request: HttpRequest, verb: Verb) -> Answer {
    let withholding = request.match_info().get("withholding_id").and_then(|id| id.parse().ok());
    let withholding: WithholdingId = withholding.ok_or(Error::NotFound)?;
    verb.opened(Permission::WorkCase)?;
    verb.run(None, move |conn, ctx, target, written| {
        workflow::review::take_back_withholding(conn, ctx, target, withholding, written)
    })
    .await
}

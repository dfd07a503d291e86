//! Searches of a case: started, looked at, and answered by hand for systems that no connector
//! reaches.

use std::collections::BTreeSet;
use std::io::Write;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::log::text;
use super::shown::instant;
use super::verb::{LONGEST_REASON, Verb, case_id};
use crate::db::column::Instant;
use crate::db::data_maps;
use crate::db::files::FileRow;
use crate::db::requests::Request;
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::{FileId, SearchId};
use crate::domain::row::{self, Column, ValueKind};
use crate::error::{Error, Result};
use crate::package::row_file::writer::RowFileWriter;
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::vault::place::Place;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::workflow::collection::{self, ManualAnswer, NewSearch};
use crate::workflow::record::{Expected, Target};
use crate::workflow::sources::{SearchScope, open_map, search_plan};

/// How large an uploaded file may be.
const LONGEST_UPLOAD_BYTES: u64 = 100 << 20;

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

fn search_id(request: &HttpRequest) -> Result<SearchId> {
    let id = request
        .match_info()
        .get("search_id")
        .and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

async fn load(
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
        "error": detail["error"]["code"],
        "rows": system.row_count,
        "tables": tables,
        "uploads": uploads,
        "started_at": system.started_at.map(|at| instant(at.utc())),
        "ended_at": system.ended_at.map(|at| instant(at.utc())),
    })
}

/// The body of `answerSystem`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    outcome: AnswerOutcome,
    #[serde(default)]
    tables: Vec<TypedTable>,
    note: Option<String>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum AnswerOutcome {
    Answered,
    NothingFound,
}

/// Rows that a person typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypedTable {
    table: String,
    rows: Vec<Map<String, Value>>,
}

/// `POST /api/v1/requests/{id}/searches/{search_id}/systems/{system}/answer`
///
/// # Errors
/// As the contract says.
pub async fn answer_system(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
    json: Json<AnswerBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let search = search_id(&request)?;
    let system = request
        .match_info()
        .get("system")
        .unwrap_or_default()
        .to_owned();
    let AnswerBody {
        outcome,
        tables,
        note,
    } = json.body;
    text("note", note.as_deref(), LONGEST_REASON)?;
    if tables.len() > 50 {
        return Err(Error::invalid("tables", "too-many").into());
    }
    let opened = verb.open(Permission::AnswerSystem).await?;
    let ctx = front.app.ctx(verb.actor());
    let typed = type_rows(
        &front.app.folder(),
        opened.key()?,
        &ctx,
        &opened.row,
        tables,
    )
    .await?;
    let nothing_found = outcome == AnswerOutcome::NothingFound;
    let answer = ManualAnswer {
        search,
        system,
        tables: typed,
        nothing_found,
    };
    let words = note.map(|note| json!({ "note": note }));
    let case = verb
        .record(words, move |conn, ctx, target, written| {
            collection::answer_system(conn, ctx, target, &answer, written)
        })
        .await?;
    let shown = load(&front, case.row.id, Some(search)).await?;
    Ok(HttpResponse::Ok()
        .insert_header(crate::web::version::etag(case.row.version))
        .json(shown.first()))
}

/// Typed rows as row files, so that the package finds them like any others.
async fn type_rows(
    folder: &SealedFolder,
    key: &CaseKey,
    ctx: &Ctx,
    request: &Request,
    tables: Vec<TypedTable>,
) -> Result<Vec<(FileRow, String, u64)>> {
    let mut typed = Vec::with_capacity(tables.len());
    for (place, table) in tables.into_iter().enumerate() {
        if table.table.is_empty() || table.table.chars().count() > 200 {
            return Err(Error::invalid(
                format!("tables[{place}].table"),
                "wrong-name",
            ));
        }
        let (folder, key, id) = (folder.clone(), key.clone(), ctx.new_id());
        let name = table.table.clone();
        let stored = tokio::task::spawn_blocking(move || write_rows(&folder, &key, id, &table));
        let (stored, rows) = stored
            .await
            .map_err(|_| Error::internal("typed rows could not be kept"))?
            .map_err(|_| Error::Unavailable("disk"))?;
        typed.push((row_of(ctx, request, &stored, "rows"), name, rows));
    }
    Ok(typed)
}

fn write_rows(
    folder: &SealedFolder,
    key: &CaseKey,
    id: FileId,
    table: &TypedTable,
) -> std::io::Result<(Stored, u64)> {
    let names: BTreeSet<&String> = table.rows.iter().flat_map(Map::keys).collect();
    let columns: Vec<Column> = names
        .iter()
        .map(|name| Column {
            name: (*name).clone(),
            kind: ValueKind::Text,
        })
        .collect();
    let mut writer = RowFileWriter::create(folder.create(id, key)?, &table.table, &columns)?;
    for given in &table.rows {
        let values: Vec<row::Value> = names
            .iter()
            .map(|name| typed_value(given.get(name.as_str())))
            .collect();
        writer.write(&values)?;
    }
    let (file, rows) = writer.finish()?;
    Ok((file.finish()?, rows))
}

fn typed_value(value: Option<&Value>) -> row::Value {
    match value {
        None | Some(Value::Null) => row::Value::Null,
        Some(Value::Bool(value)) => row::Value::Boolean(*value),
        Some(Value::Number(number)) => row::Value::Number(number.to_string()),
        Some(Value::String(text)) => row::Value::Text(text.clone()),
        Some(nested) => row::Value::Json(nested.to_string()),
    }
}

fn row_of(ctx: &Ctx, request: &Request, stored: &Stored, purpose: &str) -> FileRow {
    FileRow {
        id: stored.id,
        controller_id: request.controller_id,
        request_id: request.id,
        purpose: purpose.to_owned(),
        sealed_name: None,
        size_bytes: i64::try_from(stored.size_bytes).unwrap_or(i64::MAX),
        sha256: stored.sha256.to_vec(),
        created_at: Instant::from(ctx.now),
    }
}

/// The query of `uploadFile`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    name: String,
}

/// `POST /api/v1/requests/{id}/searches/{search_id}/systems/{system}/files?name=…`
///
/// # Errors
/// As the contract says.
pub async fn upload_file(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    query: Query<UploadQuery>,
    payload: Payload,
) -> std::result::Result<HttpResponse, Problem> {
    let (id, search) = (case_id(&request)?, search_id(&request)?);
    let system = request
        .match_info()
        .get("system")
        .unwrap_or_default()
        .to_owned();
    super::log::required("name", &query.name, 200)?;
    let opened = opened::open(&front, &signed.0, id, Permission::AnswerSystem).await?;
    let ctx = front.app.ctx(signed.actor());
    let (file, key) = (ctx.new_id(), opened.key()?.clone());
    let stored = receive(front.app.folder(), file, key.clone(), payload).await?;
    let place = Place::new("files", "sealed_name", stored.id.uuid());
    let sealed_name = key
        .key()
        .seal(&place, query.name.as_bytes())
        .map_err(Error::from)?;
    let row = FileRow {
        sealed_name: Some(sealed_name),
        ..row_of(&ctx, &opened.row, &stored, "upload")
    };
    let sha256: String = stored
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let target = Target {
        scope: signed.0.scope(),
        id,
        expected: Expected::Any,
    };
    front
        .app
        .write(move |conn| collection::add_upload(conn, &ctx, &target, search, &system, &row))
        .await?;
    Ok(HttpResponse::Created().json(json!({
        "id": stored.id,
        "size_bytes": stored.size_bytes,
        "sha256": sha256,
    })))
}

/// Seals a body while it comes in; nothing is kept of one that is too long or breaks off.
async fn receive(
    folder: SealedFolder,
    id: FileId,
    key: CaseKey,
    mut payload: Payload,
) -> std::result::Result<Stored, Problem> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<actix_web::web::Bytes>(8);
    let writing = tokio::task::spawn_blocking(move || {
        let mut file = folder.create(id, &key)?;
        while let Some(bytes) = receiver.blocking_recv() {
            // An empty chunk is the agreed end; a channel that closes without it broke off.
            if bytes.is_empty() {
                return file.finish();
            }
            file.write_all(&bytes)?;
        }
        Err(std::io::ErrorKind::UnexpectedEof.into())
    });
    let mut length: u64 = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::Http(StatusCode::BAD_REQUEST, "upload-broken"))?;
        length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if length > LONGEST_UPLOAD_BYTES {
            return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        if !chunk.is_empty() && sender.send(chunk).await.is_err() {
            break;
        }
    }
    if length == 0 {
        return Err(Error::invalid("", "empty").into());
    }
    let _ = sender.send(actix_web::web::Bytes::new()).await;
    drop(sender);
    let stored = writing
        .await
        .map_err(|_| Error::internal("an upload could not be kept"))?;
    stored.map_err(|_| Error::Unavailable("disk").into())
}

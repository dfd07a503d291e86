//! The data map of a controller: read, checked, replaced.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use crate::db::conn::Conn;
use crate::db::controllers::{self, Controller};
use crate::db::data_maps::{self, DataMapRow};
use crate::db::live_checks::{self, LiveCheck};
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::domain::inventory::map::DataMap;
use crate::domain::inventory::parse::parse;
use crate::domain::inventory::problem::Problem as MapProblem;
use crate::error::{Error, FieldError};
use crate::language::{Language, text_with};
use crate::vault::place::Place;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{tongue, version};
use crate::workflow::findings::Findings;
use crate::workflow::record::Expected;
use crate::workflow::settings::{data_map as verbs, permission};
use crate::workflow::sources::{map_place, open_map};

type Answer = Result<HttpResponse, Problem>;

/// Errors of one map that an answer tells; a map with more is put right in several rounds.
const MOST_ERRORS: usize = 200;

/// `GET /api/v1/controllers/{id}/data-map`: YAML as it was written where the caller accepts YAML,
/// else the map in its normalised form as JSON.
pub async fn get(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let read = front.app.read(move |conn| newest(conn, *id));
    let (controller, row) = read.await?;
    let key = front.app.controller_key(&controller)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header(version::etag(row.version));
    if !wants_yaml(&request) {
        let map = open_map(&key, &row)?;
        return Ok(answer.json(map));
    }
    let place = map_place(row.controller_id, row.version);
    let place = Place::of_text("data_maps", "sealed_map", &place);
    let text = key.key().open(&place, &row.sealed_map).map_err(Error::from)?;
    Ok(answer.content_type("application/yaml").body(text))
}

/// A controller with its newest map.
fn newest(conn: &mut Conn, id: ControllerId) -> Result<(Controller, DataMapRow), Error> {
    let controller = controllers::find(conn, id)?;
    let map = data_maps::newest(conn, id)?.ok_or(Error::NotFound)?;
    Ok((controller, map))
}

/// `PUT /api/v1/controllers/{id}/data-map`
pub async fn replace(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    bytes: Bytes,
) -> Answer {
    let id = id.into_inner();
    let ctx = front.app.ctx(signed.actor());
    permission::on_controller(&ctx.actor, id, Permission::EditDataMap)?;
    let (controller, newest) = front
        .app
        .read(move |conn| {
            let controller = controllers::find(conn, id)?;
            let newest = data_maps::newest(conn, id)?;
            Ok((controller, newest.map_or(0, |row| row.version)))
        })
        .await?;
    let expected = expected(&request)?;
    let (text, map) = read(&request, bytes).await?;
    let key = front.app.controller_key(&controller)?;
    let of = (id, signed.0.id);
    let new = verbs::prepare(&ctx, &key, of, (newest, expected), (&text, &map))?;
    let version = new.row.version;
    front.app.write(move |conn| verbs::replace(conn, &ctx, &new)).await?;
    let mut body = counted(&map);
    if let Value::Object(body) = &mut body {
        body.insert("version".to_owned(), json!(version));
    }
    Ok(HttpResponse::Ok().insert_header(version::etag(version)).json(body))
}

/// `POST /api/v1/controllers/{id}/data-map/check`: nothing is stored.
pub async fn check(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    bytes: Bytes,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::EditDataMap)?;
    front.app.read(move |conn| Ok(controllers::find(conn, *id)?)).await?;
    let (_, map) = read(&request, bytes).await?;
    Ok(HttpResponse::Ok().json(counted(&map)))
}

/// `POST /api/v1/controllers/{id}/data-map/live-check`: the worker compares the newest map with the
/// live schemas of its connected systems.
pub async fn start_live_check(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
) -> Answer {
    let (ctx, by) = (front.app.ctx(signed.actor()), signed.0.id);
    let row = front.app.write(move |conn| verbs::live_check(conn, &ctx, *id, by)).await?;
    Ok(HttpResponse::Accepted().json(live_check_shown(&row, None, tongue::of(&request))))
}

/// `GET /api/v1/controllers/{id}/data-map/live-check`: the last comparison of the newest map.
pub async fn get_live_check(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let (controller, row) = front
        .app
        .read(move |conn| {
            let (controller, map) = newest(conn, *id)?;
            let row = live_checks::get(conn, *id, map.version)?.ok_or(Error::NotFound)?;
            Ok((controller, row))
        })
        .await?;
    let key = front.app.controller_key(&controller)?;
    let findings = match &row.sealed_findings {
        Some(sealed) => Some(Findings::open(&key, (row.controller_id, row.map_version), sealed)?),
        None => None,
    };
    Ok(HttpResponse::Ok().json(live_check_shown(&row, findings.as_ref(), tongue::of(&request))))
}

fn live_check_shown(row: &LiveCheck, found: Option<&Findings>, language: Language) -> Value {
    let systems = found.map(|found| {
        found.systems.iter().map(|one| {
            let why = one.hindrance.as_ref();
            json!({
                "system": one.system,
                "compared": why.is_none(),
                "code": why.map(|why| &why.code),
                "detail": why.map(|why| sentence(language, &why.code, &why.arguments)),
            })
        })
    });
    let differences = found.map(|found| {
        found.differences.iter().map(|one| {
            json!({
                "line": one.line,
                "column": one.column,
                "field": one.path,
                "code": one.code,
                "detail": sentence(language, &one.code, &one.arguments),
            })
        })
    });
    json!({
        "map_version": row.map_version,
        "state": row.state,
        "started_at": row.started_at.utc(),
        "ended_at": row.ended_at.map(|at| at.utc()),
        "systems": systems.map(Vec::from_iter),
        "differences": differences.map(Vec::from_iter),
        "undescribed": found.map(|found| &found.undescribed),
    })
}

fn sentence(language: Language, code: &str, arguments: &[(String, String)]) -> String {
    let arguments: Vec<(&str, &str)> =
        arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    text_with(language, code, &arguments)
}

fn counted(map: &DataMap) -> Value {
    let tables: usize = map.systems.iter().map(|system| system.tables.len()).sum();
    json!({ "systems": map.systems.len(), "tables": tables })
}

/// What the change expects: the version read before, or with `If-None-Match: *` that there is no
/// map yet.
fn expected(request: &HttpRequest) -> Result<Expected, Problem> {
    let none = request.headers().get(header::IF_NONE_MATCH);
    if none.is_some_and(|value| value.as_bytes().trim_ascii() == b"*") {
        return Ok(Expected::Version(0));
    }
    version::expected(request)
}

fn wants_yaml(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.to_ascii_lowercase().contains("yaml"))
}

/// Reads and checks a map out of a body.
async fn read(request: &HttpRequest, bytes: Bytes) -> Result<(String, DataMap), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let known = ["application/json", "application/yaml", "text/yaml", "application/x-yaml"];
    if !known.iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(Problem::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no-map-type"));
    }
    let text = String::from_utf8(bytes.to_vec())
        .map_err(|_| Problem::Http(StatusCode::BAD_REQUEST, "bad-request"))?;
    let reading = tokio::task::spawn_blocking(move || match parse(&text) {
        Ok(document) => Ok((text, document.map)),
        Err(problems) => Err(problems),
    });
    let read = reading.await.map_err(|_| Error::internal("a map could not be read"))?;
    read.map_err(|problems| {
        let fields = problems.iter().take(MOST_ERRORS).map(told).collect();
        Error::Invalid(fields).into()
    })
}

/// An error of the map as an error of the body: its place in the text goes with it.
fn told(problem: &MapProblem) -> FieldError {
    let mut arguments = problem.arguments.clone();
    arguments.push(("line", problem.place.line.to_string()));
    arguments.push(("column", problem.place.column.to_string()));
    FieldError { field: problem.path.clone(), code: problem.rule.code(), arguments }
}

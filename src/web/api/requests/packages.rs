//! Packages of a case: built, looked at, released, downloaded with Range and digests.

use std::io::{Read, Seek, SeekFrom};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::log::text;
use super::shown::instant;
use super::verb::{LONGEST_REASON, Verb, answer, case_id};
use crate::db::files::{self, FileRow};
use crate::db::packages::{self, Package};
use crate::db::{data_maps, searches};
use crate::domain::actor::Permission;
use crate::domain::ids::{PackageId, SearchId};
use crate::domain::inventory::map::Sensitivity;
use crate::domain::right::Right;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::file::SealedReader;
use crate::vault::place::Place;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::range;
use crate::web::signed::Signed;
use crate::workflow::record::{Expected, Target};
use crate::workflow::response::{self, NewPackage};
use crate::workflow::sources::open_map;

/// How much of a package is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// The body of `buildPackage`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildBody {
    search_id: SearchId,
    right: Right,
    language: Option<Language>,
    /// Why an incomplete answer is given all the same; stands in the package.
    incomplete_reason: Option<String>,
}

/// `POST /api/v1/requests/{id}/packages`
///
/// # Errors
/// As the contract says.
pub async fn build_package(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<BuildBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let BuildBody {
        search_id,
        right,
        language,
        incomplete_reason,
    } = json.body;
    text(
        "incomplete_reason",
        incomplete_reason.as_deref(),
        LONGEST_REASON,
    )?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let ctx = front.app.ctx(signed.actor());
    let package: PackageId = ctx.new_id();
    let reason = incomplete_reason.filter(|reason| !reason.trim().is_empty());
    let sealed_reason = match reason {
        Some(reason) => {
            let place = Place::new("packages", "sealed_reason", package.uuid());
            let sealed = opened.key()?.key().seal(&place, reason.as_bytes());
            Some(sealed.map_err(Error::from)?)
        }
        None => None,
    };
    let new = NewPackage {
        id: package,
        search: search_id,
        right,
        language,
        sealed_reason,
    };
    let target = Target {
        scope: signed.0.scope(),
        id,
        expected: Expected::Any,
    };
    let row = front
        .app
        .write(move |conn| response::build_package(conn, &ctx, &target, &new))
        .await?;
    Ok(HttpResponse::Accepted()
        .insert_header((
            header::LOCATION,
            format!("/api/v1/requests/{id}/packages/{package}"),
        ))
        .json(shown(&row, None)))
}

/// `GET /api/v1/requests/{id}/packages`
///
/// # Errors
/// As the contract says.
pub async fn list_packages(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let rows = front
        .app
        .read(move |conn| {
            let rows = packages::of_request(conn, id)?;
            let files = files::of_request(conn, id)?;
            Ok((rows, files))
        })
        .await?;
    let (rows, files) = rows;
    let file = |row: &Package| files.iter().find(|file| Some(file.id) == row.file_id);
    let all: Vec<Value> = rows.iter().map(|row| shown(row, file(row))).collect();
    Ok(HttpResponse::Ok().json(json!({ "packages": all })))
}

/// `GET /api/v1/requests/{id}/packages/{package_id}`
///
/// # Errors
/// As the contract says.
pub async fn get_package(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let (id, package) = (case_id(&request)?, package_id(&request)?);
    opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let (row, file) = find(&front, id, package).await?;
    Ok(HttpResponse::Ok().json(shown(&row, file.as_ref())))
}

fn package_id(request: &HttpRequest) -> Result<PackageId> {
    let id = request
        .match_info()
        .get("package_id")
        .and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

async fn find(
    front: &Front,
    request: crate::domain::ids::RequestId,
    package: PackageId,
) -> Result<(Package, Option<FileRow>)> {
    front
        .app
        .read(move |conn| {
            let row = packages::get(conn, request, package)?;
            let file = match row.file_id {
                Some(id) => Some(files::get(conn, id)?),
                None => None,
            };
            Ok((row, file))
        })
        .await
}

fn shown(row: &Package, file: Option<&FileRow>) -> Value {
    let manifest: Option<Value> = row
        .manifest
        .as_deref()
        .and_then(|manifest| serde_json::from_str(manifest).ok());
    json!({
        "id": row.id,
        "search_id": row.search_id,
        "right": row.exercised.name(),
        "language": row.language.code(),
        "state": row.state,
        "complete": row.complete,
        "has_incomplete_reason": row.sealed_reason.is_some(),
        "manifest": manifest,
        "size_bytes": file.map(|file| file.size_bytes),
        "sha256": file.map(|file| hex(&file.sha256)),
        "created_at": instant(row.created_at.utc()),
        "built_at": row.built_at.map(|at| instant(at.utc())),
        "released_at": row.released_at.map(|at| instant(at.utc())),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The body of `releasePackage`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// The reference of the case, typed again: a release cannot be taken back.
    reference: String,
}

/// `POST /api/v1/requests/{id}/packages/{package_id}/release`
///
/// # Errors
/// As the contract says.
pub async fn release_package(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
    json: Json<ReleaseBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let package = package_id(&request)?;
    let opened = verb.open(Permission::Release).await?;
    let reference = crate::domain::reference::Reference::parse(&json.body.reference)
        .map_err(|_| Error::invalid("reference", "wrong-reference"))?;
    if reference.to_string() != opened.row.reference {
        return Err(Error::invalid("reference", "other-reference").into());
    }
    let (row, _) = find(&front, opened.row.id, package).await?;
    let special = holds_special_data(&front, &opened, &row).await?;
    let case = verb
        .record(None, move |conn, ctx, target, written| {
            response::release_package(conn, ctx, target, package, special, written)
        })
        .await?;
    Ok(answer(&case, opened.subject()?.as_ref(), &front))
}

/// Whether the package holds rows of a table that the map calls special.
async fn holds_special_data(front: &Front, opened: &Opened, package: &Package) -> Result<bool> {
    let (search, controller) = (package.search_id, opened.controller.id);
    let (map, found) = front
        .app
        .read(move |conn| {
            let version = searches::by_id(conn, search)?.map_or(0, |search| search.map_version);
            Ok((
                data_maps::get(conn, controller, version)?,
                searches::files(conn, search)?,
            ))
        })
        .await?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &map)?;
    Ok(found.iter().filter(|file| file.row_count > 0).any(|file| {
        let system = map.system(&file.system);
        let table = file.source_table.as_deref();
        let table = system.and_then(|system| table.and_then(|table| system.table(table)));
        table.is_some_and(|table| table.sensitivity == Sensitivity::Special)
    }))
}

/// `GET /api/v1/requests/{id}/packages/{package_id}/content`
///
/// # Errors
/// As the contract says.
pub async fn download_package(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> std::result::Result<HttpResponse, Problem> {
    let (id, package) = (case_id(&request)?, package_id(&request)?);
    let opened = opened::open(&front, &signed.0, id, Permission::Release).await?;
    let (_, file) = find(&front, id, package).await?;
    let file = file.ok_or(Error::Transition {
        code: "package-not-ready",
    })?;
    let size = u64::try_from(file.size_bytes).unwrap_or(0);
    let tag = format!("\"{}\"", hex(&file.sha256));
    let asked = range::asked(&request, size, &tag);
    // What follows a first part is the same download.
    if asked.first_byte() == Some(0) {
        let ctx = front.app.ctx(signed.actor());
        let target = Target {
            scope: signed.0.scope(),
            id,
            expected: Expected::Any,
        };
        front
            .app
            .write(move |conn| response::download_package(conn, &ctx, &target, package))
            .await?;
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    let (start, length) = match asked {
        range::Asked::Whole => (0, size),
        range::Asked::Part { start, end } => {
            response.status(StatusCode::PARTIAL_CONTENT);
            let range = format!("bytes {start}-{end}/{size}");
            response.insert_header((header::CONTENT_RANGE, range));
            (start, end - start + 1)
        }
        range::Asked::Nothing => {
            return Err(Problem::Http(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "wrong-range",
            ));
        }
    };
    let digest = STANDARD.encode(&file.sha256);
    response.insert_header(("repr-digest", format!("sha-256=:{digest}:")));
    response.insert_header((header::ETAG, tag));
    response.insert_header((
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    ));
    let name = format!("attachment; filename=\"{}.zip\"", opened.row.reference);
    response.insert_header((header::CONTENT_DISPOSITION, name));
    let sealed = front
        .app
        .folder()
        .open(file.id, opened.key()?)
        .map_err(|_| Error::Unavailable("sealed file"))?;
    Ok(response
        .no_chunking(length)
        .streaming(stream(sealed, start, length)))
}

/// Reads off the threads that serve requests, a few chunks ahead of the client.
fn stream(
    mut sealed: SealedReader<std::fs::File>,
    start: u64,
    length: u64,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let mut left = length;
        if let Err(error) = sealed.seek(SeekFrom::Start(start)) {
            let _ = sender.blocking_send(Err(error));
            return;
        }
        while left > 0 {
            let size = usize::try_from(left)
                .unwrap_or(CHUNK_BYTES)
                .min(CHUNK_BYTES);
            let mut chunk = vec![0; size];
            let sent = match sealed.read_exact(&mut chunk) {
                Ok(()) => sender.blocking_send(Ok(Bytes::from(chunk))),
                Err(error) => sender.blocking_send(Err(error)),
            };
            if sent.is_err() {
                return;
            }
            left -= u64::try_from(size).unwrap_or(left);
        }
    });
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    })
}

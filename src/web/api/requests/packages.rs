//! Packages of a case: built, looked at, released, downloaded with Range and digests.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::shown::instant;
use super::verb::{Verb, answer, case_id, reason, words};
use crate::db::conn::Conn;
use crate::db::files::FileRow;
use crate::db::packages::Package;
use crate::domain::actor::{Permission, Scope};
use crate::domain::history::RequestState;
use crate::domain::ids::{PackageId, SearchId};
use crate::domain::retention::Terms;
use crate::domain::right::Right;
use crate::domain::withholding::PaperDelivery;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::web::json::Json;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::written::{LONGEST_REASON, text};
use crate::web::{Front, packages};
use crate::workflow::record::{self, Expected, Target};
use crate::workflow::release;
use crate::workflow::response::{self, NewPackage};
use crate::workflow::settings::retention;

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
    let BuildBody { search_id, right, language, incomplete_reason } = json.body;
    text("incomplete_reason", incomplete_reason.as_deref(), LONGEST_REASON)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let ctx = front.app.ctx(signed.actor());
    let package: PackageId = ctx.new_id();
    let new = NewPackage {
        id: package,
        search: search_id,
        right,
        language,
        sealed_reason: packages::seal_reason(&opened, package, incomplete_reason.as_deref())?,
    };
    let target = Target { scope: signed.0.scope(), id, expected: Expected::Any };
    let row =
        front.app.write(move |conn| response::build_package(conn, &ctx, &target, &new)).await?;
    let standing = standing(&front, &opened).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/requests/{id}/packages/{package}")))
        .json(shown(&row, None, &standing)))
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
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let (found, standing) = (packages::list(&front, id).await?, standing(&front, &opened).await?);
    let all = found.iter().map(|(row, file)| shown(row, file.as_ref(), &standing));
    let all: Vec<Value> = all.collect();
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
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let (row, file) = packages::find(&front, id, package).await?;
    let standing = standing(&front, &opened).await?;
    Ok(HttpResponse::Ok().json(shown(&row, file.as_ref(), &standing)))
}

fn package_id(request: &HttpRequest) -> Result<PackageId> {
    let id = request.match_info().get("package_id").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

/// What a package is looked at with: how long the controller hands it out, and its case.
struct Standing {
    kept: Terms,
    state: RequestState,
}

async fn standing(front: &Front, opened: &Opened) -> Result<Standing> {
    let (controller, id) = (opened.controller.id, opened.row.id);
    let read = move |conn: &mut Conn| {
        let state = record::load(conn, &Scope::of_job(controller), id)?.state;
        Ok(Standing { kept: retention::terms(conn, controller)?, state })
    };
    front.app.read(read).await
}

fn shown(row: &Package, file: Option<&FileRow>, standing: &Standing) -> Value {
    let Standing { kept, state } = standing;
    let manifest: Option<Value> =
        row.manifest.as_deref().and_then(|manifest| serde_json::from_str(manifest).ok());
    json!({
        "id": row.id,
        "search_id": row.search_id,
        "right": row.exercised.name(),
        "language": row.language.code(),
        "state": row.state,
        "out_of_date": packages::is_out_of_date(state, row),
        "complete": row.complete,
        "has_incomplete_reason": row.sealed_reason.is_some(),
        "manifest": manifest,
        "size_bytes": file.map(|file| file.size_bytes),
        // Forgotten with the key of the case.
        "sha256": file.map(|file| packages::hex(&file.sha256)).filter(|digest| !digest.is_empty()),
        "created_at": instant(row.created_at.utc()),
        "built_at": row.built_at.map(|at| instant(at.utc())),
        "released_at": row.released_at.map(|at| instant(at.utc())),
        "handed_out_until": response::handed_out_until(row, kept).map(instant),
        "delivery": row.delivery.map(|how| how.name()),
        "delivered_at": row.delivered_at.map(|at| instant(at.utc())),
    })
}

/// The body of `releasePackage`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseBody {
    /// The reference of the case, typed again: a release cannot be taken back.
    reference: String,
    /// Why an answer is given anew; sealed beside the event.
    reason: Option<String>,
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
    let opened = verb.opened(Permission::Release)?;
    verb.proved()?;
    packages::check_reference(opened, &json.body.reference)?;
    let words = reason(json.body.reason.as_deref())?;
    let asked = packages::release(&front, opened, package).await?;
    let case = verb
        .record(words, move |conn, ctx, target, written| {
            release::release_package(conn, ctx, target, asked, written)
        })
        .await?;
    Ok(answer(&case, opened.subject()?.as_ref(), &front))
}

/// The body of `revokePackage`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeBody {
    reason: String,
}

/// `POST /api/v1/requests/{id}/packages/{package_id}/revocation`
///
/// # Errors
/// As the contract says.
pub async fn revoke_package(
    request: HttpRequest,
    verb: Verb,
    json: Json<RevokeBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let package = package_id(&request)?;
    verb.opened(Permission::Release)?;
    let words = words("reason", &json.body.reason)?;
    verb.run(words, move |conn, ctx, target, written| {
        release::revoke_package(conn, ctx, target, package, written)
    })
    .await
}

/// The body of `deliverPackage`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverBody {
    how: PaperDelivery,
    delivered_at: DateTime<Utc>,
    /// The number of the registered letter, or what was seen at the counter.
    proof: String,
}

/// `POST /api/v1/requests/{id}/packages/{package_id}/delivery`
///
/// # Errors
/// As the contract says.
pub async fn deliver_package(
    request: HttpRequest,
    verb: Verb,
    json: Json<DeliverBody>,
) -> std::result::Result<HttpResponse, Problem> {
    let package = package_id(&request)?;
    verb.opened(Permission::Release)?;
    let DeliverBody { how, delivered_at, proof } = json.body;
    let words = words("proof", &proof)?;
    verb.run(words, move |conn, ctx, target, written| {
        release::deliver_package(conn, ctx, target, (package, how, delivered_at), written)
    })
    .await
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
    let opened = opened::open(&front, &signed.0, id, Permission::WorkCase).await?;
    packages::send(&request, &front, signed.actor(), &opened, package).await
}

//! The forms that lead to the answer: search, build a package, release it, download it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::case_id;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::ids::PackageId;
use crate::domain::right::Right;
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::signed::is_fresh;
use crate::web::ui::frame::see;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::step_up;
use crate::web::{Front, attachments, opened, packages, searches};
use crate::workflow::collection;
use crate::workflow::release;
use crate::workflow::response::{self, NewPackage};
use crate::workflow::sources::SearchScope;

type Answer = std::result::Result<HttpResponse, Problem>;

/// `POST /requests/{id}/searches`
pub async fn search(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = start_search(&posted).await;
    posted.back("form-search", outcome).await
}

async fn start_search(posted: &Posted) -> Result<()> {
    let unknown = || Error::invalid("scope", "unknown-value");
    let scope = SearchScope::parse(posted.form.field("scope")).ok_or_else(unknown)?;
    let reason = posted.written("search_reason")?;
    let actor = posted.signed.actor();
    let (front, opened) = (&posted.front, &posted.opened);
    let new = searches::prepare(front, opened, actor, scope, reason.is_some()).await?;
    let words = reason.map(|reason| json!({ "before_identity_reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        collection::start_search(conn, ctx, target, &new, written)
    });
    verb.await
}

/// `POST /requests/{id}/packages`
pub async fn build(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let outcome = build_package(&posted).await;
    posted.back("form-package", outcome).await
}

async fn build_package(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let search = form.field("search_id").parse();
    let search = search.map_err(|_| Error::invalid("search_id", "no-such-search"))?;
    let unknown = || Error::invalid("right", "unknown-value");
    let right = Right::parse(form.field("right")).ok_or_else(unknown)?;
    let reason = posted.written("incomplete_reason")?;
    let (ctx, target) = (posted.ctx(), posted.target()?);
    let id: PackageId = ctx.new_id();
    let new = NewPackage {
        id,
        search,
        right,
        language: None,
        sealed_reason: packages::seal_reason(&posted.opened, id, reason.as_deref())?,
    };
    let build = move |conn: &mut crate::db::conn::Conn| {
        response::build_package(conn, &ctx, &target, &new).map(drop)
    };
    posted.front.app.write(build).await
}

/// `POST /requests/{id}/release`
pub async fn release(posted: Posted) -> Answer {
    posted.permit(Permission::Release)?;
    if !is_fresh(posted.signed.proved_at, posted.front.app.now()) {
        return Ok(see(&step_up::address(posted.opened.row.id)));
    }
    let outcome = release_package(&posted).await;
    posted.back("form-release", outcome).await
}

async fn release_package(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let package: PackageId = form.field("package_id").parse().map_err(|_| Error::NotFound)?;
    packages::check_reference(&posted.opened, form.field("reference"))?;
    let reason = posted.written("release_reason")?;
    let words = reason.map(|reason| json!({ "reason": reason }));
    let asked = packages::release(&posted.front, &posted.opened, package).await?;
    let verb = posted.record(words, move |conn, ctx, target, written| {
        release::release_package(conn, ctx, target, asked, written)
    });
    verb.await
}

/// `GET /requests/{id}/packages/{package_id}/content`
pub async fn download(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let package = request.match_info().get("package_id");
    let package = package.and_then(|id| id.parse().ok());
    let package = package.ok_or(Error::NotFound)?;
    let opened = opened::open(&front, &signed.member, id, Permission::WorkCase).await?;
    packages::send(&request, &front, signed.actor(), &opened, package).await
}

/// `GET /requests/{id}/attachments/{file_id}`
pub async fn attachment(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let file = request.match_info().get("file_id").and_then(|id| id.parse().ok());
    let opened = opened::open(&front, &signed.member, id, Permission::ReadSubject).await?;
    attachments::send(&front, &opened, file.ok_or(Error::NotFound)?).await
}

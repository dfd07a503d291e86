//! Files that a person hands in for a manual system, sealed while they come in.

use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::searches::search_id;
use super::verb::case_id;
use crate::app::new_files::NewFiles;
use crate::db::files::FileRow;
use crate::domain::actor::Permission;
use crate::error::Error;
use crate::web::attachments::name_place;
use crate::web::incoming::{Limits, receive};
use crate::web::manual::{LONGEST_UPLOAD, LONGEST_UPLOAD_BYTES, UPLOAD};
use crate::web::packages::hex;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::written::required;
use crate::web::{Front, opened, owned, version};
use crate::workflow::manual;
use crate::workflow::record::{Expected, Target};

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
) -> Result<HttpResponse, Problem> {
    let (id, search) = (case_id(&request)?, search_id(&request)?);
    let system = request.match_info().get("system").unwrap_or_default().to_owned();
    required("name", &query.name, 200)?;
    let opened = opened::open(&front, &signed.0, id, Permission::AnswerSystem).await?;
    owned::check(&front.app, &signed.0, opened.row.controller_id, &system).await?;
    let target = Target { scope: signed.0.scope(), id, expected: Expected::Any };
    let ctx = front.app.ctx(signed.actor());
    // Before a byte is taken: a file for a system that does not ask for one is not kept at all.
    let (asks, asked, of) = (ctx.clone(), target.clone(), system.clone());
    let may = move |conn: &mut _| manual::may_upload(conn, &asks, &asked, search, &of);
    front.app.read(may).await?;
    let (folder, key) = (front.app.folder(), opened.key()?.clone());
    let limits =
        Limits { bytes: LONGEST_UPLOAD_BYTES, pause: front.upload_pause, whole: LONGEST_UPLOAD };
    let mut payload = payload;
    let stored = receive(folder.clone(), ctx.new_id(), key.clone(), &mut payload, &limits).await?;
    let mut kept = NewFiles::new(folder);
    kept.add(stored.id);
    // What took long to come in has come in now.
    let ctx = front.app.ctx(signed.actor());
    let sealed_name =
        key.key().seal(&name_place(stored.id), query.name.as_bytes()).map_err(Error::from)?;
    let row = FileRow {
        sealed_name: Some(sealed_name),
        ..FileRow::of(&ctx, &opened.row, stored.row(), UPLOAD)
    };
    let add = move |conn: &mut _| manual::add_upload(conn, &ctx, &target, (search, &system), &row);
    let case = kept.recorded(front.app.write(add)).await?;
    Ok(HttpResponse::Created().insert_header(version::etag(case.row.version)).json(json!({
        "id": stored.id,
        "size_bytes": stored.size_bytes,
        "sha256": hex(&stored.sha256),
    })))
}

//! Files that a person hands in for a manual system, sealed while they come in.

use std::io::Write;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout, timeout_at};

use super::answers::{give_up, row_of};
use super::searches::search_id;
use super::verb::case_id;
use crate::db::files::FileRow;
use crate::domain::actor::Permission;
use crate::domain::ids::FileId;
use crate::error::Error;
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::vault::place::Place;
use crate::web::packages::hex;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::written::required;
use crate::web::{Front, opened, owned, version};
use crate::workflow::manual;
use crate::workflow::record::{Expected, Target};

/// How large an uploaded file may be.
const LONGEST_UPLOAD_BYTES: u64 = 100 << 20;

/// How long the whole of a file may take: 100 MiB at half a megabit a second.
const LONGEST_UPLOAD: Duration = Duration::from_mins(30);

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
    let stored =
        receive(folder.clone(), ctx.new_id(), key.clone(), payload, front.upload_pause).await?;
    // What took long to come in has come in now.
    let ctx = front.app.ctx(signed.actor());
    let place = Place::new("files", "sealed_name", stored.id.uuid());
    let sealed_name = key.key().seal(&place, query.name.as_bytes()).map_err(Error::from)?;
    let row =
        FileRow { sealed_name: Some(sealed_name), ..row_of(&ctx, &opened.row, &stored, "upload") };
    let add = move |conn: &mut _| manual::add_upload(conn, &ctx, &target, (search, &system), &row);
    let case = match front.app.write(add).await {
        Ok(case) => case,
        Err(error) => {
            let problem = error.into();
            give_up(&folder, &[stored.id], &problem);
            return Err(problem);
        }
    };
    Ok(HttpResponse::Created().insert_header(version::etag(case.row.version)).json(json!({
        "id": stored.id,
        "size_bytes": stored.size_bytes,
        "sha256": hex(&stored.sha256),
    })))
}

/// Seals a body while it comes in; nothing is kept of one that is too long, breaks off, or makes
/// longer pauses than `pause`.
async fn receive(
    folder: SealedFolder,
    id: FileId,
    key: CaseKey,
    mut payload: Payload,
    pause: Duration,
) -> Result<Stored, Problem> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Bytes>(8);
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
    let taken = take(&sender, &mut payload, pause).await;
    if taken.is_ok() {
        // Where the writer has stopped, it says below why.
        let _ = sender.send(Bytes::new()).await;
    }
    drop(sender);
    // Waited for in any case: what is answered as not kept is gone by then.
    let stored = writing.await.map_err(|_| Error::internal("an upload could not be kept"))?;
    taken?;
    stored.map_err(|_| Error::Unavailable("disk").into())
}

async fn take(
    sender: &tokio::sync::mpsc::Sender<Bytes>,
    payload: &mut Payload,
    pause: Duration,
) -> Result<(), Problem> {
    let slow = |_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow");
    let end = Instant::now() + LONGEST_UPLOAD;
    let mut length: u64 = 0;
    loop {
        let next = timeout(pause, payload.next());
        let Some(chunk) = timeout_at(end, next).await.map_err(slow)?.map_err(slow)? else {
            break;
        };
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
    Ok(())
}

//! Packages at the front door: found, checked before a release, sent with Range and digests.

use std::io::{Read, Seek, SeekFrom};

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::opened::Opened;
use super::problem::Problem;
use super::{Front, range};
use crate::db::conn::Conn;
use crate::db::data_maps;
use crate::db::files::{self, FileRow};
use crate::db::packages::{self, Package};
use crate::db::searches::{self, SearchFile};
use crate::db::withholdings::{self, Withholding};
use crate::domain::actor::Actor;
use crate::domain::history::RequestState;
use crate::domain::ids::{PackageId, RequestId};
use crate::domain::inventory::map::DataMap;
use crate::domain::inventory::portability;
use crate::domain::reference::Reference;
use crate::domain::right::Right;
use crate::domain::subject::text::is_blank;
use crate::domain::withholding::{Extent, WithholdingState};
use crate::error::{Error, Result};
use crate::vault::file::SealedReader;
use crate::vault::place::Place;
use crate::workflow::record::{Expected, Target, Written};
use crate::workflow::release::Release;
use crate::workflow::response;
use crate::workflow::sources::open_map;

/// A piece of a package on its way.
type Chunk = std::io::Result<Bytes>;

/// How much of a package is sent at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// One package of a case, with its file once it is built.
///
/// # Errors
/// `NotFound` when the case has no such package.
pub async fn find(
    front: &Front,
    request: RequestId,
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

/// The packages of a case, newest first, each with its file once it is built.
///
/// # Errors
/// When the database fails.
pub async fn list(front: &Front, request: RequestId) -> Result<Vec<(Package, Option<FileRow>)>> {
    front
        .app
        .read(move |conn| {
            let rows = packages::of_request(conn, request)?;
            let files = files::of_request(conn, request)?;
            let of = |id| files.iter().find(|file| Some(file.id) == id).cloned();
            Ok(rows
                .into_iter()
                .map(|row| {
                    let file = of(row.file_id);
                    (row, file)
                })
                .collect())
        })
        .await
}

/// Whether a package that stands ready no longer is what the case holds. A released one was given
/// out as it was, and one that is being built will be what the case holds then.
#[must_use]
pub fn is_out_of_date(state: &RequestState, row: &Package) -> bool {
    row.state == "ready" && state.is_out_of_date((row.id, row.search_id))
}

/// A digest in small hexadecimal letters.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why an incomplete answer is given all the same, sealed; nothing when nothing is written.
///
/// # Errors
/// `Transition` once the key of the case is destroyed.
pub fn seal_reason(
    opened: &Opened,
    package: PackageId,
    reason: Option<&str>,
) -> Result<Option<Vec<u8>>> {
    let Some(reason) = reason.filter(|reason| !is_blank(reason)) else {
        return Ok(None);
    };
    let place = Place::new("packages", "sealed_reason", package.uuid());
    Ok(Some(opened.key()?.key().seal(&place, reason.as_bytes())?))
}

/// Compares the reference of a case with what a person typed again before a release.
///
/// # Errors
/// `Invalid` when it is none, or another case's.
pub fn check_reference(opened: &Opened, typed: &str) -> Result<()> {
    let reference =
        Reference::parse(typed).map_err(|_| Error::invalid("reference", "wrong-reference"))?;
    if reference.to_string() != opened.row.reference {
        return Err(Error::invalid("reference", "other-reference"));
    }
    Ok(())
}

/// A release as it is asked for: whether the package holds data that the map calls special, and
/// whether somebody has decided on everything that the map proposes to withhold.
///
/// # Errors
/// When the database fails, or the map does not read.
pub async fn release(front: &Front, opened: &Opened, package: PackageId) -> Result<Release> {
    let (row, _) = find(front, opened.row.id, package).await?;
    let (search, request, controller) = (row.search_id, opened.row.id, opened.controller.id);
    let (map, found, decided) = front
        .app
        .read(move |conn| {
            let version = searches::by_id(conn, search)?.map_or(0, |search| search.map_version);
            let map = data_maps::get(conn, controller, version)?;
            let decided = withholdings::of_request(conn, request)?;
            Ok((map, searches::files(conn, search)?, decided))
        })
        .await?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &map)?;
    let is_open = |file: &SearchFile| {
        let proposals = open_proposals(&map, file, &decided);
        proposals.iter().any(|column| can_go(&map, row.exercised, file, column))
    };
    Ok(Release {
        package,
        special: found.iter().any(|file| {
            let place = (file.system.as_str(), file.source_table.as_deref());
            map.is_special(row.exercised, place, u64::try_from(file.row_count).unwrap_or(0))
        }),
        proposals_open: found.iter().any(is_open),
    })
}

/// The columns of a table that was found which the map proposes to withhold, and on which nobody
/// has decided.
#[must_use]
pub fn open_proposals(map: &DataMap, file: &SearchFile, decided: &[Withholding]) -> Vec<String> {
    let table = file.source_table.as_ref().filter(|_| file.row_count > 0);
    let table = table.and_then(|table| map.system(&file.system)?.table(table));
    let Some(table) = table else { return Vec::new() };
    let is_open = |column: &str| {
        !decided.iter().any(|one| {
            one.extent == Extent::Column
                && one.state != WithholdingState::TakenBack
                && one.system == file.system
                && one.source_table == table.table
                && one.column_name.as_deref() == Some(column)
        })
    };
    let proposed = table.columns.iter().filter(|(_, rule)| rule.third_party);
    let proposed = proposed.filter(|(column, rule)| rule.withhold.is_none() && is_open(column));
    proposed.map(|(column, _)| column.clone()).collect()
}

/// Whether a column that was found can stand in the answer to a right.
fn can_go(map: &DataMap, right: Right, file: &SearchFile, column: &str) -> bool {
    let Some(system) = map.system(&file.system) else { return true };
    let table = file.source_table.as_ref().and_then(|table| system.table(table));
    right != Right::Portability
        || table.is_none_or(|table| portability::may_go(map, system, table, column))
}

/// Sends a package, or the part of it that was asked for, and records that it is fetched.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Transition` before it is built; 416 for a part that is not there.
pub async fn send(
    request: &HttpRequest,
    front: &Front,
    actor: Actor,
    opened: &Opened,
    package: PackageId,
) -> std::result::Result<HttpResponse, Problem> {
    let id = opened.row.id;
    let scope = opened.scope();
    let ctx = front.app.ctx(actor);
    let target = Target { scope, id, expected: Expected::Any };
    // Who may not fetch it learns nothing else of it.
    let (asks, asked_of) = (ctx.clone(), target.clone());
    let check =
        move |conn: &mut Conn| response::fetchable(conn, &asks, &asked_of, package).map(drop);
    front.app.read(check).await?;
    let (row, file) = find(front, id, package).await?;
    let file = file.ok_or(Error::Transition { code: response::lacks(&row) })?;
    let size = u64::try_from(file.size_bytes).unwrap_or(0);
    let tag = format!("\"{}\"", hex(&file.sha256));
    // A range is asked for with GET alone (RFC 9110 §14.2).
    let is_head = request.method() == Method::HEAD;
    let asked = if is_head { range::Asked::Whole } else { range::asked(request, size, &tag) };
    let takes_bytes = asked != range::Asked::Nothing && !is_head;
    if takes_bytes {
        let record = move |conn: &mut Conn| {
            let written = Written::plain(&ctx);
            response::download_package(conn, &ctx, &target, package, &written).map(drop)
        };
        front.app.write(record).await?;
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
            return Err(Problem::WrongRange { size_bytes: size });
        }
    };
    let digest = STANDARD.encode(&file.sha256);
    response.insert_header(("repr-digest", format!("sha-256=:{digest}:")));
    response.insert_header((header::ETAG, tag));
    response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/zip")));
    let name = format!("attachment; filename=\"{}.zip\"", opened.row.reference);
    response.insert_header((header::CONTENT_DISPOSITION, name));
    if !takes_bytes {
        // A stream of nothing keeps the length that the headers tell.
        return Ok(response.no_chunking(length).streaming(futures_util::stream::empty::<Chunk>()));
    }
    let sealed = front
        .app
        .folder()
        .open(file.id, opened.key()?)
        .map_err(|_| Error::Unavailable("sealed file"))?;
    Ok(response.no_chunking(length).streaming(stream(sealed, start, length)))
}

/// A sealed file as it is sent: read off the threads that serve requests, a few chunks ahead of the
/// client.
pub fn stream(
    mut sealed: SealedReader<std::fs::File>,
    start: u64,
    length: u64,
) -> impl futures_util::Stream<Item = Chunk> {
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let mut left = length;
        if let Err(error) = sealed.seek(SeekFrom::Start(start)) {
            let _ = sender.blocking_send(Err(error));
            return;
        }
        while left > 0 {
            let size = usize::try_from(left).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
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

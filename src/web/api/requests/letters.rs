//! The letters of a case: drafted, changed, looked at, given up, sent.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Value, json};

use super::verb::case_id;
use crate::domain::actor::Permission;
use crate::domain::ids::LetterId;
use crate::domain::letter::content::Content;
use crate::domain::letter::{Delivery, Letter};
use crate::error::{Error, Result};
use crate::web::json::Json;
use crate::web::letters::{LetterDesk, in_full, in_short};
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, tongue, version};
use crate::workflow::letters::sending::Sending;

type Answer = std::result::Result<HttpResponse, Problem>;

/// The body of `draftLetter`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftBody {
    letter: Letter,
}

/// The body of `sendLetter`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendBody {
    delivery: Delivery,
    message_id: Option<String>,
}

fn letter_id(request: &HttpRequest) -> Result<LetterId> {
    let id = request.match_info().get("letter_id").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

async fn open(
    request: &HttpRequest,
    front: &Front,
    signed: &Signed,
    permission: Permission,
) -> Result<Opened> {
    opened::open(front, &signed.0, case_id(request)?, permission).await
}

/// `GET /api/v1/requests/{id}/letters`
///
/// # Errors
/// As the contract says.
pub async fn list_letters(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let opened = open(&request, &front, &signed, Permission::ReadHistory).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    let rows = desk.list().await?;
    let letters: Vec<Value> = rows.iter().map(|row| Value::Object(in_short(row))).collect();
    Ok(HttpResponse::Ok().json(json!({ "letters": letters })))
}

/// `POST /api/v1/requests/{id}/letters`
///
/// # Errors
/// As the contract says.
pub async fn draft_letter(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<DraftBody>,
) -> Answer {
    let opened = open(&request, &front, &signed, Permission::WorkCase).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    let row = desk.begin(json.body.letter).await?;
    let place = format!("/api/v1/requests/{}/letters/{}", row.request_id, row.id);
    let read = desk.read(row.id).await?;
    let of = (&read.content, &read.document);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, place))
        .insert_header(version::etag(row.version))
        .json(in_full(&read.row, of, &read.findings, tongue::of(&request))))
}

/// `GET /api/v1/requests/{id}/letters/{letter_id}`
///
/// # Errors
/// As the contract says.
pub async fn get_letter(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let opened = open(&request, &front, &signed, Permission::ReadSubject).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    answer(&desk, letter_id(&request)?, &request).await
}

async fn answer(desk: &LetterDesk<'_>, id: LetterId, request: &HttpRequest) -> Answer {
    let read = desk.read(id).await?;
    let of = (&read.content, &read.document);
    Ok(HttpResponse::Ok().insert_header(version::etag(read.row.version)).json(in_full(
        &read.row,
        of,
        &read.findings,
        tongue::of(request),
    )))
}

/// `PUT /api/v1/requests/{id}/letters/{letter_id}`
///
/// # Errors
/// As the contract says.
pub async fn edit_letter(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<Content>,
) -> Answer {
    let opened = open(&request, &front, &signed, Permission::WorkCase).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    let id = letter_id(&request)?;
    desk.row(id).await?;
    let expected = version::expected(&request)?;
    desk.edit((id, expected), json.body).await?;
    answer(&desk, id, &request).await
}

/// `DELETE /api/v1/requests/{id}/letters/{letter_id}`
///
/// # Errors
/// As the contract says.
pub async fn give_up_letter(request: HttpRequest, front: Data<Front>, signed: Signed) -> Answer {
    let opened = open(&request, &front, &signed, Permission::WorkCase).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    let id = letter_id(&request)?;
    desk.row(id).await?;
    desk.give_up((id, version::expected(&request)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/v1/requests/{id}/letters/{letter_id}/sending`
///
/// # Errors
/// As the contract says.
pub async fn send_letter(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    json: Json<SendBody>,
) -> Answer {
    let opened = open(&request, &front, &signed, Permission::WorkCase).await?;
    let desk = LetterDesk { front: &front, member: &signed.0, opened: &opened };
    let id = letter_id(&request)?;
    desk.row(id).await?;
    let expected = version::expected(&request)?;
    let SendBody { delivery, message_id } = json.body;
    let sent = desk.send(Sending { id, expected, delivery, message_id }).await?;
    let read = desk.read(id).await?;
    let of = (&read.content, &read.document);
    let shown = in_full(&read.row, of, &sent.findings, tongue::of(&request));
    Ok(HttpResponse::Ok().insert_header(version::etag(read.row.version)).json(shown))
}

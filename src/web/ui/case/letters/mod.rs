//! The letters of a case in a browser: begun, written beside what they lack, sent, printed.

pub mod fields;
pub mod page;
pub mod print;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use self::page::Typed;
use super::posted::Posted;
use super::{Refused, case_id};
use crate::domain::actor::Permission;
use crate::domain::ids::LetterId;
use crate::domain::letter::{Delivery, Letter};
use crate::error::{Error, Result};
use crate::language::text;
use crate::web::letters::LetterDesk;
use crate::web::opened;
use crate::web::problem::Problem;
use crate::web::ui::frame::see;
use crate::web::ui::refusal::{refusal, unnamed};
use crate::web::ui::signed::SignedPage;
use crate::web::{Front, written};
use crate::workflow::letters::sending::Sending;
use crate::workflow::record::Expected;

type Answer = std::result::Result<HttpResponse, Problem>;

fn letter_id(request: &HttpRequest) -> Result<LetterId> {
    let id = request.match_info().get("letter_id").and_then(|id| id.parse().ok());
    id.ok_or(Error::NotFound)
}

fn desk_of(posted: &Posted) -> LetterDesk<'_> {
    LetterDesk { front: &posted.front, member: &posted.signed.member, opened: &posted.opened }
}

/// `POST /requests/{id}/letters`: a new draft, and on to its page.
pub async fn begin(posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    match begin_letter(&posted).await {
        Ok(id) => Ok(see(&format!("/requests/{}/letters/{id}", posted.opened.row.id))),
        Err(error) => posted.back("form-letter", Err(error)).await,
    }
}

async fn begin_letter(posted: &Posted) -> Result<LetterId> {
    let unknown = || Error::invalid("letter", "unknown-value");
    let letter = Letter::parse(posted.form.field("letter")).ok_or_else(unknown)?;
    Ok(desk_of(posted).begin(letter).await?.id)
}

/// `GET /requests/{id}/letters/{letter_id}`
pub async fn show(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::ReadSubject).await?;
    let desk = LetterDesk { front: &front, member: &signed.member, opened: &opened };
    let read = desk.read(letter_id(&request)?).await?;
    page::answer(&signed, &opened, &read, None)
}

/// `GET /requests/{id}/letters/{letter_id}/print`
pub async fn print(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::ReadSubject).await?;
    let desk = LetterDesk { front: &front, member: &signed.member, opened: &opened };
    let read = desk.read(letter_id(&request)?).await?;
    print::answer(&opened.controller.country, &read)
}

/// `POST /requests/{id}/letters/{letter_id}`: keeps what was typed; then sends it, or gives it up.
pub async fn write(request: HttpRequest, posted: Posted) -> Answer {
    posted.permit(Permission::WorkCase)?;
    let id = letter_id(&request)?;
    let path = format!("/requests/{}/letters/{id}", posted.opened.row.id);
    let outcome = match posted.form.field("do") {
        "give-up" => give_up(&posted, id).await,
        "send" => send(&posted, id).await,
        _ => save(&posted, id).await.map(drop),
    };
    let language = posted.signed.language;
    let (status, mut told) = match outcome {
        Ok(()) if posted.form.field("do") == "give-up" => {
            return Ok(see(&format!("/requests/{}", posted.opened.row.id)));
        }
        Ok(()) => return Ok(see(&path)),
        Err(error) => refusal(error, language, unnamed)?,
    };
    let Posted { front, signed, form, opened } = posted;
    let desk = LetterDesk { front: &front, member: &signed.member, opened: &opened };
    let read = desk.read(id).await?;
    if status == StatusCode::CONFLICT && form.field("text_version") != read.text_version.to_string()
    {
        told.push(text(language, "letters-text-changed"));
    }
    let zone = read.case.state.rules.time_zone;
    let typed =
        fields::typed(&form, read.row.letter, zone).unwrap_or_else(|_| read.content.clone());
    let refused = Refused { told, what: "letters-write", status, form };
    page::answer(&signed, &opened, &read, Some(Typed { content: typed, refused }))
}

fn expected(posted: &Posted) -> Result<i64> {
    let version = posted.form.field("letter_version").parse();
    version.map_err(|_| Error::Conflict { code: "stale" })
}

/// Keeps what was typed; answers the version that it has now.
async fn save(posted: &Posted, id: LetterId) -> Result<i64> {
    let desk = desk_of(posted);
    let row = desk.row(id).await?;
    let zone: chrono_tz::Tz = posted.opened.controller.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let content = fields::typed(&posted.form, row.letter, zone)?;
    let expected = Expected::Version(expected(posted)?);
    Ok(desk.edit((id, expected), content).await?.version)
}

async fn send(posted: &Posted, id: LetterId) -> Result<()> {
    let unknown = || Error::invalid("delivery", "unknown-value");
    let delivery = Delivery::parse(posted.form.field("delivery")).ok_or_else(unknown)?;
    let number = posted.form.field("message_id").trim();
    written::text("message_id", Some(number), 255)?;
    let message_id = (!number.is_empty()).then(|| number.to_owned());
    let expected = Expected::Version(save(posted, id).await?);
    desk_of(posted).send(Sending { id, expected, delivery, message_id }).await.map(drop)
}

async fn give_up(posted: &Posted, id: LetterId) -> Result<()> {
    let expected = Expected::Version(expected(posted)?);
    desk_of(posted).give_up((id, expected)).await.map(drop)
}

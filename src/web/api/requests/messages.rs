//! A message to the person: its words as JSON, or with files as a form of several parts.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::verb::{Verb, answer, words};
use crate::db::files::SENT_ATTACHMENT;
use crate::domain::actor::Permission;
use crate::error::Error;
use crate::web::Front;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::upload_form::{self, OF_MESSAGE, Received, Receiver};
use crate::web::written::{LONGEST_REASON, required, text};
use crate::workflow::messages;
use crate::workflow::record::{Target, Written};

/// The field of the words.
const MESSAGE: &str = "message";

/// The body of `sendMessage` without files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageBody {
    message: String,
}

/// `POST /api/v1/requests/{id}/messages`
///
/// # Errors
/// As the contract says.
pub async fn send_message(
    request: HttpRequest,
    front: Data<Front>,
    verb: Verb,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return with_files(&request, &front, &verb, payload).await;
    }
    let json: Json<MessageBody> = Json::from_request(&request, &mut payload.into_inner()).await?;
    let message = json.body.message;
    let words = words(MESSAGE, &message)?;
    let send = move |conn: &mut _, ctx: &_, target: &_, written: &_| {
        messages::send_message(conn, ctx, target, &[], (&message, written))
    };
    verb.run(words, send).await
}

async fn with_files(
    request: &HttpRequest,
    front: &Front,
    verb: &Verb,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    // Before a byte is taken: of whoever may not write, and of a case that is closed to all.
    let opened = verb.opened(Permission::WorkCase)?;
    let key = opened.key()?;
    let receiver = Receiver {
        front,
        opened,
        actor: verb.actor(),
        purpose: SENT_ATTACHMENT,
        most: OF_MESSAGE,
        // A program carries a token, which no other site can have a browser send.
        check: &|_| Ok(()),
        refused: None,
        document: None,
    };
    let Received { form, rows, kept, refused, .. } =
        upload_form::parts(request, receiver, payload).await?;
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    if form.names().any(|name| name != MESSAGE) {
        return Err(Error::invalid("", "unknown-field").into());
    }
    if form.all(MESSAGE).count() > 1 {
        return Err(Error::invalid(MESSAGE, "twice").into());
    }
    let message = form.field(MESSAGE).to_owned();
    // Files may speak for themselves.
    if rows.is_empty() {
        required(MESSAGE, &message, LONGEST_REASON)?;
    }
    text(MESSAGE, Some(&message), LONGEST_REASON)?;
    let ctx = front.app.ctx(verb.actor());
    let written = Written::sealed(&ctx, key, &json!({ "message": message }))?;
    let target =
        Target { scope: verb.member().scope(), id: opened.row.id, expected: verb.expected() };
    let send = move |conn: &mut _| {
        messages::send_message(conn, &ctx, &target, &rows, (&message, &written))
    };
    let case = kept.recorded(front.app.write(send)).await?;
    let may_read = verb.member().may(case.row.controller_id, Permission::ReadSubject);
    let subject = if may_read { opened.subject()? } else { None };
    Ok(answer(&case, subject.as_ref(), front))
}

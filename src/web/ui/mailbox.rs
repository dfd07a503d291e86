//! The mailbox of the demo: what the instance would have sent, as its readers would see it. Only
//! where mail is kept here, which no setting says: a server that serves people has no such page.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, page};
use crate::app::App;
use crate::db::mails;
use crate::error::{Error, Result};
use crate::mail::address::MailAddress;
use crate::mail::render;
use crate::mail::settings::Delivery;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::workflow::mails as verbs;
use crate::workflow::mails::Found;

/// As many as somebody looks through.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "web/ui/templates/mailbox.html")]
struct Mailbox {
    frame: Frame,
    mails: Vec<Shown>,
}

struct Shown {
    to: String,
    subject: String,
    state: &'static str,
    /// The headers as they go over the wire.
    headers: String,
    text: String,
    language: &'static str,
}

/// `GET /mail`: for whoever looks at the demo, signed in or not; it stands on a loopback address.
///
/// # Errors
/// `NotFound` everywhere else.
pub async fn show(
    request: HttpRequest,
    front: Data<Front>,
) -> std::result::Result<HttpResponse, Problem> {
    let app = &front.app;
    if !matches!(app.config().mail, Delivery::KeptHere) {
        return Err(Error::NotFound.into());
    }
    let found = app.read(|conn| {
        let newest = mails::newest(conn, MOST)?;
        newest.into_iter().map(|mail| verbs::with_keys(conn, mail)).collect::<Result<Vec<_>>>()
    });
    let mut shown = Vec::new();
    for found in found.await? {
        shown.extend(open(app, &found)?);
    }
    let frame = Frame::open(&request);
    page(StatusCode::OK, frame.language, &Mailbox { mails: shown, frame })
}

/// A mail as it reads; nothing once its case is forgotten.
fn open(app: &App, found: &Found) -> Result<Option<Shown>> {
    if found.mail.sealed_message.is_empty() {
        return Ok(None);
    }
    let sender = MailAddress::parse("guichet@demo.example")
        .map_err(|_| Error::internal("the sender of the demo"))?;
    let key = app.sealing_key(found.controller.as_ref(), found.case())?;
    let outgoing = found.outgoing(&key, &sender)?;
    let bytes = render::bytes(&outgoing).map_err(|error| Error::internal(error.to_string()))?;
    let whole = String::from_utf8_lossy(&bytes);
    let headers = whole.split_once("\r\n\r\n").map_or("", |(headers, _)| headers);
    Ok(Some(Shown {
        to: outgoing.message.to.text().to_owned(),
        subject: outgoing.message.subject.clone(),
        state: found.mail.state.name(),
        headers: headers.to_owned(),
        text: outgoing.message.text.clone(),
        language: outgoing.message.language.code(),
    }))
}

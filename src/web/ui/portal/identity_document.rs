//! The place for an identity document: only where a letter has asked for it. It says what to cover, how
//! long the file is kept, and which other ways there are.

use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::upload::{self, Files};
use super::visit::Visit;
use super::{Frame, Place};
use crate::db::conn::Conn;
use crate::db::files::IDENTITY_DOCUMENT;
use crate::domain::request::Channel;
use crate::error::{Error, Result};
use crate::language::{text, text_with};
use crate::web::identity_documents::{NewDocumentKey, OF_DOCUMENT};
use crate::web::problem::Problem;
use crate::web::ui::frame::{page, see};
use crate::web::ui::signed::Turned;
use crate::web::ui::wording::instant;
use crate::web::upload_form::{Received, typed};
use crate::workflow::identity_documents as verbs;
use crate::workflow::record::{self, Written};

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_identity_document.html")]
struct DocumentPage {
    frame: Frame,
    /// Whether a letter asked, and waits for an answer.
    asked: bool,
    /// What was handed in, is kept now, and this visit is told of: when it came, and until when it is
    /// kept.
    kept: Vec<String>,
    /// To write across the copy.
    note: String,
    wrong: Option<String>,
}

/// `GET /t/{slug}/{language}/identity-document`
pub async fn show(visit: Visit) -> Answer {
    answer(&visit, None).await
}

/// `POST /t/{slug}/{language}/identity-document`
pub async fn post(
    request: HttpRequest,
    visit: std::result::Result<Visit, Turned>,
    payload: Payload,
) -> Answer {
    let visit = match visit {
        Ok(visit) => visit,
        Err(Turned::Problem(problem)) => return Err(problem),
        // The visit is over. What came is read, so that the browser hears the answer, and not kept.
        Err(Turned::To(_)) => {
            let place = Place::of(&request)?;
            typed::read(&request, payload, &OF_DOCUMENT).await?;
            return Ok(see(&place.path("")));
        }
    };
    let ctx = visit.ctx();
    // Before a byte is taken: what nobody asked for is not kept at all.
    let may = visit.front.app.read(move |conn| verbs::may_hand_in(conn, &ctx)).await;
    let new = NewDocumentKey::new(&visit.ctx(), &visit.opened)?;
    let document = Some(&new);
    let files =
        Files { purpose: IDENTITY_DOCUMENT, most: OF_DOCUMENT, refused: may.err(), document };
    let received = upload::receive(&request, &visit, payload, files).await?;
    let too_large = received.too_large;
    let language = visit.place.language;
    match hand_in(&visit, new, received).await {
        Ok(()) => Ok(see(&visit.place.path("identity-document"))),
        Err(Error::Invalid(fields)) => {
            let wrong = upload::wrong(&visit, &fields, too_large);
            answer(&visit, wrong).await
        }
        Err(Error::Transition { code }) => {
            let wrong = text(language, &format!("transition-{code}"));
            answer(&visit, Some((StatusCode::CONFLICT, wrong))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn hand_in(visit: &Visit, new: NewDocumentKey, received: Received) -> Result<()> {
    let Received { rows, kept, refused, document, .. } = received;
    if let Some(refused) = refused {
        return Err(refused);
    }
    let ctx = visit.ctx();
    let file = rows.into_iter().next().zip(document);
    let new = new.taken((&visit.front, &visit.opened), file, (Channel::Web, &ctx))?;
    let written = Written::plain(&ctx);
    let verb = move |conn: &mut Conn| verbs::hand_in(conn, &ctx, &new, &written).map(drop);
    kept.recorded(visit.front.app.write(verb)).await
}

async fn answer(visit: &Visit, wrong: Option<(StatusCode, String)>) -> Answer {
    let (own, ctx, is_proved) = (visit.own, visit.ctx(), visit.is_proved());
    let read = move |conn: &mut Conn| {
        let case = record::load(conn, &own.scope(), own.request)?;
        let asked = verbs::is_asked(conn, &ctx, &case)?;
        Ok((case, asked, verbs::told_of(conn, &own, is_proved)?))
    };
    let (case, asked, told_of) = visit.front.app.read(read).await?;
    let (language, zone) = (visit.place.language, case.state.rules.time_zone);
    let kept = told_of.iter().map(|row| {
        let at = instant(language, row.received_at.utc(), zone);
        let until = instant(language, row.delete_by.utc(), zone);
        let told = [("at", at.as_str()), ("until", until.as_str())];
        text_with(language, "portal-document-kept", &told)
    });
    let controller = &visit.opened.controller.name;
    let note = text_with(language, "portal-document-note", &[("controller", controller.as_str())]);
    let (status, wrong) = wrong.map_or((StatusCode::OK, None), |(status, it)| (status, Some(it)));
    let template = DocumentPage {
        asked,
        kept: kept.collect(),
        note,
        wrong,
        frame: visit.frame("identity-document"),
    };
    page(status, language, &template)
}

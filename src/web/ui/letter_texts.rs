//! How a controller words its letters: every text with its placeholders, saved or put back.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{Frame, page, see};
use super::refusal::{refusal, unnamed};
use super::signed::SignedPage;
use crate::db::conn::Conn;
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::error::{Error, Result};
use crate::language::{Language, text, text_with};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::workflow::letters::view::{Text, text_of};
use crate::workflow::record::Expected;
use crate::workflow::settings::letter_texts::{self, TextOf};
use crate::workflow::settings::permission;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/letter_texts.html")]
struct ListPage {
    frame: Frame,
    texts: Vec<Listed>,
}

/// One text in the list.
struct Listed {
    name: String,
    path: String,
    language: Language,
    state: String,
}

#[derive(Template)]
#[template(path = "web/ui/templates/letter_text.html")]
struct TextPage {
    frame: Frame,
    controller: String,
    path: String,
    title: String,
    language: Language,
    text: String,
    version: i64,
    state: String,
    standard: bool,
    may_edit: bool,
    /// Placeholder, what stands there, and whether it must stay.
    placeholders: Vec<(String, String, bool)>,
    told: Vec<String>,
}

/// `GET /controllers/{id}/letter-texts`
pub async fn list(front: Data<Front>, signed: SignedPage, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let read = move |conn: &mut Conn| letter_texts::list(conn, *id);
    let texts = front.app.read(read).await?;
    let language = signed.language;
    let listed = texts.iter().map(|(of, text)| Listed {
        name: title(language, *of),
        path: path(*of),
        language: of.language,
        state: state(language, text),
    });
    let template = ListPage { frame: signed.frame(), texts: listed.collect() };
    page(StatusCode::OK, language, &template)
}

fn title(language: Language, of: TextOf) -> String {
    text(language, &format!("letter-name-{}", of.letter.key()))
}

fn path(of: TextOf) -> String {
    let (letter, language) = (of.letter.name(), of.language.code());
    format!("/controllers/{}/letter-texts/{letter}/{language}", of.controller)
}

fn state(language: Language, found: &Text) -> String {
    if found.standard {
        return text(language, "texts-standard");
    }
    text_with(language, "texts-own", &[("version", &found.version.to_string())])
}

fn named(request: &HttpRequest) -> Result<TextOf> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let controller = part("id").parse().map_err(|_| Error::NotFound)?;
    TextOf::named(controller, part("letter"), part("language")).ok_or(Error::NotFound)
}

/// `GET /controllers/{id}/letter-texts/{letter}/{language}`
pub async fn show(request: HttpRequest, front: Data<Front>, signed: SignedPage) -> Answer {
    let of = named(&request)?;
    permission::on_controller(&signed.actor(), of.controller, Permission::ReadController)?;
    answer(&front, &signed, of, None).await
}

/// A text that was not saved: what was typed, why, and the status.
type Refused = (Option<String>, Vec<String>, StatusCode);

async fn answer(
    front: &Front,
    signed: &SignedPage,
    of: TextOf,
    refused: Option<Refused>,
) -> Answer {
    let read = move |conn: &mut Conn| text_of(conn, of.controller, of.letter, of.language);
    let found = front.app.read(read).await?;
    let language = signed.language;
    let (typed, told, status) = refused.unwrap_or_else(|| (None, Vec::new(), StatusCode::OK));
    let required =
        |placeholder| of.letter.elements().iter().any(|it| it.placeholder == placeholder);
    let placeholders = of.letter.allowed().map(|placeholder| {
        let meaning = text(language, &format!("letter-part-{}", placeholder.name()));
        (format!("{{{}}}", placeholder.name()), meaning, required(placeholder))
    });
    let actor = signed.actor();
    let template = TextPage {
        frame: signed.frame(),
        controller: of.controller.to_string(),
        path: path(of),
        title: title(language, of),
        language: of.language,
        version: found.version,
        state: state(language, &found),
        standard: found.standard,
        text: typed.unwrap_or(found.text),
        may_edit: permission::on_controller(&actor, of.controller, Permission::EditLetterTexts)
            .is_ok(),
        placeholders: placeholders.collect(),
        told,
    };
    page(status, language, &template)
}

/// `POST /controllers/{id}/letter-texts/{letter}/{language}`: saves the text, or goes back to the
/// standard one.
pub async fn write(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    signed.check(&form)?;
    let of = named(&request)?;
    permission::on_controller(&signed.actor(), of.controller, Permission::EditLetterTexts)?;
    let language = signed.language;
    let typed = form.field("text").to_owned();
    let refused: Refused = match store(&front, &signed, of, &form).await {
        Ok(()) => return Ok(see(&path(of))),
        Err(error) => {
            let (status, told) = refusal(error, language, unnamed)?;
            (Some(typed), told, status)
        }
    };
    answer(&front, &signed, of, Some(refused)).await
}

async fn store(front: &Front, signed: &SignedPage, of: TextOf, form: &Form) -> Result<()> {
    let version = form.field("version").parse();
    let version = version.map_err(|_| Error::Conflict { code: "stale" })?;
    let resets = form.field("do") == "reset";
    let text = (!resets).then(|| form.field("text").to_owned());
    let ctx = front.app.ctx(signed.actor());
    let replace = move |conn: &mut Conn| {
        let expected = Expected::Version(version);
        letter_texts::replace(conn, &ctx, of, expected, text.as_deref()).map(drop)
    };
    front.app.write(replace).await
}

//! Changing the own password, which a one-time password asks for before anything else.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use super::form::Form;
use super::frame::{Frame, page, see};
use super::signed::NewcomerPage;
use crate::error::Error;
use crate::language;
use crate::vault::password::Policy;
use crate::web::problem::Problem;
use crate::web::{Front, credentials};

#[derive(Template)]
#[template(path = "web/ui/templates/password.html")]
struct Password {
    frame: Frame,
    must_change: bool,
    minimum: String,
    present_error: Option<String>,
    new_error: Option<String>,
}

/// `GET /password`
pub async fn show(signed: NewcomerPage) -> Result<HttpResponse, Problem> {
    answer(&signed, &[])
}

/// `POST /password`
pub async fn post(
    front: Data<Front>,
    signed: NewcomerPage,
    form: Form,
) -> Result<HttpResponse, Problem> {
    signed.page.check(&form)?;
    let [present, wanted, again] =
        ["present", "new", "again"].map(|name| form.field(name).to_owned());
    if wanted != again {
        let broken = Error::invalid("new_password", "not-the-same-twice");
        return refused(&signed, broken);
    }
    let member = signed.page.member.clone();
    let kept = signed.page.session_hash.clone();
    match credentials::change(&front, member, present, wanted, Some(kept)).await {
        Ok(()) => Ok(see("/")),
        Err(error) => refused(&signed, error),
    }
}

fn refused(signed: &NewcomerPage, error: Error) -> Result<HttpResponse, Problem> {
    match error {
        Error::Invalid(fields) => answer(signed, &fields),
        other => Err(other.into()),
    }
}

fn answer(
    signed: &NewcomerPage,
    errors: &[crate::error::FieldError],
) -> Result<HttpResponse, Problem> {
    let frame = signed.page.frame();
    let language = frame.language;
    let error = |name: &str| {
        let found = errors.iter().find(|error| error.field == name)?;
        Some(crate::web::problem::field_text(found, language))
    };
    let minimum = Policy::default().minimum.to_string();
    let template = Password {
        must_change: signed.must_change_password,
        minimum: language::text_with(language, "password-page-minimum", &[("minimum", &minimum)]),
        present_error: error("current_password"),
        new_error: error("new_password"),
        frame,
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, language, &template)
}

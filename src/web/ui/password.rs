//! Changing the own password, which a one-time password asks for before anything else.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{Frame, page, see};
use super::kept_words;
use super::sign_in::{self, Held, OF_SIGN_IN};
use super::signed::{NewcomerPage, Turned};
use crate::error::{Error, FieldError};
use crate::language;
use crate::vault::password::Policy;
use crate::web::problem::Problem;
use crate::web::upload_form::typed::{self, Typed};
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
    answer(&signed, "", &[], StatusCode::OK)
}

/// The page for whoever must change their password before they find what they had typed.
///
/// # Errors
/// When the page cannot be written.
pub fn hold_back(signed: &NewcomerPage, kept: &str) -> Result<HttpResponse, Problem> {
    answer(signed, kept, &[], StatusCode::OK)
}

/// `POST /password`
pub async fn post(
    request: HttpRequest,
    front: Data<Front>,
    signed: Result<NewcomerPage, Turned>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let Typed { form, .. } = typed::read(&request, payload, &OF_SIGN_IN).await?;
    let kept = form.field(kept_words::FIELD);
    let signed = match signed {
        Ok(signed) => signed,
        // It was over again: what is held back goes through the sign-in once more.
        Err(Turned::To(_)) if !kept.is_empty() => {
            return sign_in::hold_back(&request, &front, &Held::of_nobody(kept));
        }
        Err(Turned::To(path)) => return Ok(see(&path)),
        Err(Turned::Problem(problem)) => return Err(problem),
    };
    if let Err(problem) = signed.page.check(&form) {
        return match kept {
            "" => Err(problem),
            kept => answer(&signed, kept, &[], StatusCode::FORBIDDEN),
        };
    }
    let [present, wanted, again] =
        ["present", "new", "again"].map(|name| form.field(name).to_owned());
    if wanted != again {
        let broken = Error::invalid("new_password", "not-the-same-twice");
        return refused(&signed, kept, broken);
    }
    let member = signed.page.member.clone();
    let session = signed.page.session_hash.clone();
    match credentials::change(&front, member, present, wanted, Some(session)).await {
        Ok(()) if kept.is_empty() => Ok(see("/")),
        Ok(()) => {
            let newcomer = NewcomerPage { must_change_password: false, ..signed };
            Ok(kept_words::give_back(&front, newcomer, kept)?.unwrap_or_else(|| see("/")))
        }
        Err(error) => refused(&signed, kept, error),
    }
}

fn refused(signed: &NewcomerPage, kept: &str, error: Error) -> Result<HttpResponse, Problem> {
    match error {
        Error::Invalid(fields) => answer(signed, kept, &fields, StatusCode::UNPROCESSABLE_ENTITY),
        other => Err(other.into()),
    }
}

fn answer(
    signed: &NewcomerPage,
    kept: &str,
    errors: &[FieldError],
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let (path, kept) = ("/password".to_owned(), kept.to_owned());
    let frame = Frame { path, kept, ..signed.page.frame() };
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
    page(status, language, &template)
}

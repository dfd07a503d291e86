//! The password once more, before what cannot be taken back. It begins a session under a new token,
//! and ends the old one.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::case::case_id;
use super::form::Form;
use super::frame::{Frame, page, see};
use super::open_form::add;
use super::session::{self, Kind};
use super::signed::SignedPage;
use crate::domain::ids::RequestId;
use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::{Front, client, credentials};

#[derive(Template)]
#[template(path = "web/ui/templates/step_up.html")]
struct StepUp {
    frame: Frame,
    action: String,
    failed: bool,
}

/// Where the password is asked for, on the way to a case.
#[must_use]
pub fn address(id: RequestId) -> String {
    format!("/requests/{id}/step-up")
}

/// `GET /requests/{id}/step-up`
pub async fn show(request: HttpRequest, signed: SignedPage) -> Result<HttpResponse, Problem> {
    answer(&signed, case_id(&request)?, StatusCode::OK)
}

/// `POST /requests/{id}/step-up`
pub async fn post(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Result<HttpResponse, Problem> {
    signed.check(&form)?;
    let id = case_id(&request)?;
    let config = front.app.config();
    let network = client::network(&request, &config.trusted_proxies);
    let password = form.field("password").to_owned();
    match credentials::prove(&front, network, &signed.member, password).await {
        Ok(()) => {}
        Err(Error::Unauthenticated) => {
            return answer(&signed, id, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(error) => return Err(error.into()),
    }
    let before = session::sent(Kind::Session, &request, &config.base_url);
    let token = session::begin(&front.app, signed.member.id, before).await?;
    let mut answer = see(&format!("/requests/{id}"));
    add(&mut answer, &session::cookie(Kind::Session, token.shown(), &config.base_url))?;
    Ok(answer)
}

fn answer(signed: &SignedPage, id: RequestId, status: StatusCode) -> Result<HttpResponse, Problem> {
    let frame = signed.frame();
    let language = frame.language;
    let template = StepUp { frame, action: address(id), failed: status != StatusCode::OK };
    page(status, language, &template)
}

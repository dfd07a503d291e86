//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{Frame, page, see};
use super::open_form::{self, add};
use super::session::{self, Kind};
use super::signed::NewcomerPage;
use crate::error::Error;
use crate::web::problem::Problem;
use crate::web::{Front, client, credentials};

#[derive(Template)]
#[template(path = "web/ui/templates/sign_in.html")]
struct SignIn<'a> {
    frame: Frame,
    /// Ties the form to the cookie of the browser that asked for it.
    token: &'a str,
    email: &'a str,
    failed: bool,
}

/// `GET /sign-in`
pub async fn show(request: HttpRequest, front: Data<Front>) -> Result<HttpResponse, Problem> {
    answer(&request, &front, "", StatusCode::OK)
}

/// `POST /sign-in`
pub async fn post(
    request: HttpRequest,
    front: Data<Front>,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let config = front.app.config();
    open_form::check(&request, &front, &form)?;
    let network = client::network(&request, &config.trusted_proxies);
    let email = form.field("email");
    let password = form.field("password").to_owned();
    let user = match credentials::sign_in(&front, network, email, password).await {
        Ok((user, _)) => user,
        Err(Error::Unauthenticated) => {
            return answer(&request, &front, email, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(error) => return Err(error.into()),
    };
    let before = session::sent(Kind::Session, &request, &config.base_url);
    let token = session::begin(&front.app, user, before).await?;
    let mut answer = see("/");
    for cookie in [
        session::cookie(Kind::Session, token.shown(), &config.base_url),
        session::no_cookie(Kind::OpenForm, &config.base_url),
    ] {
        add(&mut answer, &cookie)?;
    }
    Ok(answer)
}

/// `POST /sign-out`
pub async fn out(
    front: Data<Front>,
    signed: NewcomerPage,
    form: Form,
) -> Result<HttpResponse, Problem> {
    signed.page.check(&form)?;
    session::end(&front.app, signed.page.session_hash).await?;
    let mut answer = see("/sign-in");
    let gone = session::no_cookie(Kind::Session, &front.app.config().base_url);
    add(&mut answer, &gone)?;
    Ok(answer)
}

fn answer(
    request: &HttpRequest,
    front: &Front,
    email: &str,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let ticket = open_form::begin(request, front);
    let frame = Frame::open(request);
    let language = frame.language;
    let token = &ticket.token;
    let template = SignIn { frame, token, email, failed: status != StatusCode::OK };
    let mut answer = page(status, language, &template)?;
    add(&mut answer, &ticket.cookie)?;
    Ok(answer)
}

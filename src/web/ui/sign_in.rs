//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{Frame, page, see};
use super::kept_words;
use super::open_form::{self, add};
use super::session::{self, Kind};
use super::signed::{self, NewcomerPage};
use crate::error::Error;
use crate::language::Language;
use crate::web::problem::Problem;
use crate::web::upload_form::Most;
use crate::web::upload_form::typed::{self, Typed};
use crate::web::{Front, client, credentials};

/// A sign-in may carry what was typed before it: as JSON, which writes two characters for many, sealed
/// and in base64.
pub const OF_SIGN_IN: Most =
    Most { text: 8 << 20, drained: 9 << 20, parts: 10, ..kept_words::MOST };

#[derive(Template)]
#[template(path = "web/ui/templates/sign_in.html")]
struct SignIn<'a> {
    frame: Frame,
    /// Ties the form to the cookie of the browser that asked for it.
    token: &'a str,
    email: &'a str,
    /// What keeps one from being signed in, as a key.
    told: Option<&'static str>,
    /// Whether another account than the one that wrote what is held back is signed in.
    of_other: bool,
}

/// What the page is shown with.
#[derive(Default)]
struct Asked<'a> {
    told: Option<&'static str>,
    email: &'a str,
    held: Held<'a>,
}

/// What the sign-in holds back.
#[derive(Clone, Copy, Default)]
pub struct Held<'a> {
    /// What was typed when the session was over, sealed; empty where nothing was.
    pub sealed: &'a str,
    /// Whether somebody else is signed in, and not nobody.
    pub of_other: bool,
    /// In another language than that of the call.
    pub language: Option<Language>,
}

impl<'a> Held<'a> {
    /// What was typed where nobody is signed in any more.
    #[must_use]
    pub const fn of_nobody(sealed: &'a str) -> Self {
        Self { sealed, of_other: false, language: None }
    }
}

/// `GET /sign-in`
pub async fn show(request: HttpRequest, front: Data<Front>) -> Result<HttpResponse, Problem> {
    answer(&request, &front, &Asked::default(), StatusCode::OK)
}

/// The sign-in for somebody whose session was over, or in whose browser another account is signed in,
/// with what they had typed, sealed. The other account stays signed in until somebody signs in here.
///
/// # Errors
/// When the page cannot be written.
pub fn hold_back(
    request: &HttpRequest,
    front: &Front,
    held: &Held<'_>,
) -> Result<HttpResponse, Problem> {
    let status = if held.of_other { StatusCode::FORBIDDEN } else { StatusCode::OK };
    answer(request, front, &Asked { held: *held, ..Asked::default() }, status)
}

/// `POST /sign-in`
pub async fn post(
    request: HttpRequest,
    front: Data<Front>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let config = front.app.config();
    let Typed { form, .. } = typed::read(&request, payload, &OF_SIGN_IN).await?;
    let kept = form.field(kept_words::FIELD);
    let of_other = !kept.is_empty() && signed::read(&front, &request).await?.is_some();
    let held = Held { sealed: kept, of_other, language: None };
    if let Err(problem) = open_form::check(&request, &front, &form) {
        // Another tab may have signed in meanwhile: what is held back is not lost by that.
        if kept.is_empty() {
            return Err(problem);
        }
        let (told, email) = (Some("sign-in-anew"), form.field("email"));
        return answer(&request, &front, &Asked { told, email, held }, StatusCode::FORBIDDEN);
    }
    let network = client::network(&request, &config.trusted_proxies);
    let email = form.field("email");
    let password = form.field("password").to_owned();
    let user = match credentials::sign_in(&front, network, email, password).await {
        Ok((user, _)) => user,
        Err(Error::Unauthenticated) => {
            let asked = Asked { told: Some("sign-in-failed"), email, held };
            return answer(&request, &front, &asked, StatusCode::UNPROCESSABLE_ENTITY);
        }
        Err(Error::RateLimited { .. }) if !kept.is_empty() => {
            let told = Some("problem-too-many-tries-detail");
            let asked = Asked { told, email, held };
            return answer(&request, &front, &asked, StatusCode::TOO_MANY_REQUESTS);
        }
        Err(error) => return Err(error.into()),
    };
    let before = session::sent(Kind::Session, &request, &config.base_url);
    let token = session::begin(&front.app, user, before).await?;
    let newcomer = match kept {
        "" => None,
        _ => signed::of_token(&front, &request, token.clone()).await?,
    };
    let given = match newcomer {
        Some(newcomer) => kept_words::give_back(&front, newcomer, kept)?,
        None => None,
    };
    let mut answer = given.unwrap_or_else(|| see("/"));
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
    asked: &Asked<'_>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let ticket = open_form::begin(request, front);
    let Asked { told, email, held } = *asked;
    let open = Frame::open(request);
    let language = held.language.unwrap_or(open.language);
    let (path, kept) = ("/sign-in".to_owned(), held.sealed.to_owned());
    let frame = Frame { path, kept, language, ..open };
    let token = &ticket.token;
    let template = SignIn { frame, token, email, told, of_other: held.of_other };
    let mut answer = page(status, language, &template)?;
    add(&mut answer, &ticket.cookie)?;
    Ok(answer)
}

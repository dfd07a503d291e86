//! Signing in at the controller's own identity provider: the way there, and the way back.
//!
//! The way there is a link on a page of its own, and not the answer to a form: browsers hold what a
//! form leads to against `form-action`, and that stays `'self'`. The way back is a plain GET from
//! another site, which brings the cookie of the visit (`SameSite=Lax`).

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};

use super::case::load;
use super::visit::{self, Visit};
use super::{Frame, Place, path};
use crate::db::conn::Conn;
use crate::domain::ids::RequestId;
use crate::domain::portal::needs_code;
use crate::error::{Error, Result};
use crate::language::{Language, text_with};
use crate::web::identity_provider::{self, Provider, redirect_uri};
use crate::web::problem::Problem;
use crate::web::provider_sign_in::{Answered, Begun, Outcome, Returned};
use crate::web::ui::form::Form;
use crate::web::ui::frame::{page, see};
use crate::web::ui::session::{self, Kind};
use crate::web::{Front, tongue};
use crate::workflow::provider_sign_ins;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_provider.html")]
struct ProviderPage {
    frame: Frame,
    /// The key of what a sign-in came to.
    outcome: Option<&'static str>,
    /// Where to sign in, and the sentence that says where that is.
    way: Option<(String, String)>,
    /// Whether another try can settle something.
    can_begin: bool,
}

/// Whether a provider is there to sign in at.
///
/// # Errors
/// When the database fails.
pub async fn offered(visit: &Visit) -> Result<Option<Provider>> {
    let provider = identity_provider::of(&visit.front, &visit.opened.controller).await?;
    Ok(provider.filter(|provider| provider.discovered.is_some()))
}

/// `POST /t/{slug}/{language}/sign-in-request`
pub async fn ask(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    visit.front.guesses.count_account(&tries_of(visit.own.request))?;
    let case = see(&visit.place.path("case"));
    let Some(provider) = offered(&visit).await? else {
        return Ok(case);
    };
    if !needs_code(&load(&visit).await?.state, visit.is_proved()) {
        return Ok(case);
    }
    let begun = Begun::new(&provider, visit.place.language.code(), visit.front.app.now());
    let session = visit.session_hash().to_vec();
    let sealed = begun.seal(visit.opened.key()?, &session)?;
    let ctx = visit.ctx();
    let begin = move |conn: &mut Conn| provider_sign_ins::begin(conn, &ctx, &session, &sealed);
    match visit.front.app.write(begin).await {
        Ok(()) => Ok(see(&visit.place.path("sign-in"))),
        // Who presses too late sees where the case stands.
        Err(Error::Transition { .. }) => Ok(case),
        Err(error) => Err(error.into()),
    }
}

/// What tries of a case are counted under.
fn tries_of(request: RequestId) -> [u8; 32] {
    Sha256::digest([b"provider sign-in".as_slice(), request.as_bytes()].concat()).into()
}

/// `GET /t/{slug}/{language}/sign-in`: the link to the provider, or what a sign-in came to.
pub async fn show(request: HttpRequest, visit: Visit) -> Answer {
    let outcome = match request.query_string() {
        "outcome=open" => Some("portal-provider-open"),
        "outcome=denied" => Some("portal-provider-denied"),
        "outcome=failed" => Some("portal-provider-failed"),
        "outcome=over" => Some("portal-provider-over"),
        _ => None,
    };
    let provider = offered(&visit).await?;
    let can_begin = provider.is_some() && needs_code(&load(&visit).await?.state, visit.is_proved());
    let way = match (outcome, &provider) {
        (None, Some(provider)) if can_begin => way(&visit, provider)?,
        _ => None,
    };
    if outcome.is_none() && way.is_none() {
        return Ok(see(&visit.place.path("case")));
    }
    let template = ProviderPage { frame: visit.frame("sign-in"), outcome, way, can_begin };
    page(StatusCode::OK, visit.place.language, &template)
}

fn way(visit: &Visit, provider: &Provider) -> Result<Option<(String, String)>> {
    let Some(sealed) = visit.sealed_sign_in() else { return Ok(None) };
    let begun = Begun::open(visit.opened.key()?, visit.session_hash(), sealed)?;
    let app = &visit.front.app;
    if !begun.counts(provider, app.now()) {
        return Ok(None);
    }
    let redirect_uri = redirect_uri(&app.config().base_url, &visit.place.slug);
    let Some(address) = begun.address(provider, &redirect_uri) else { return Ok(None) };
    let host = address.host_str().unwrap_or_default().to_owned();
    let told = [("host", host.as_str()), ("controller", visit.opened.controller.name.as_str())];
    let told = text_with(visit.place.language, "portal-provider-way", &told);
    Ok(Some((address.into(), told)))
}

/// `GET /t/{slug}/signed-in`: where the provider sends the person back to.
pub async fn back(request: HttpRequest, front: Data<Front>) -> Answer {
    let slug = request.match_info().get("slug").unwrap_or_default().to_owned();
    let place = Place { slug, language: tongue::of(&request) };
    let controller = place.controller(&front).await?;
    let entry = see(&path(&controller.slug, place.language, ""));
    let base_url = &front.app.config().base_url;
    let Some(token) = session::sent(Kind::Portal, &request, base_url) else {
        return Ok(entry);
    };
    let Some(visit) = visit::open(front.clone(), place, &token).await? else {
        return Ok(entry);
    };
    let begun = match visit.sealed_sign_in() {
        Some(sealed) => Some(Begun::open(visit.opened.key()?, visit.session_hash(), sealed)?),
        None => None,
    };
    let language = begun.as_ref().and_then(|begun| language_of(&begun.language));
    let language = language.unwrap_or(visit.place.language);
    let page = match outcome(&visit, begun, request.query_string()).await? {
        Outcome::Matched => "case",
        Outcome::Open => "sign-in?outcome=open",
        Outcome::Denied => "sign-in?outcome=denied",
        Outcome::Failed => "sign-in?outcome=failed",
        Outcome::Over => "sign-in?outcome=over",
    };
    Ok(see(&path(&visit.place.slug, language, page)))
}

fn language_of(code: &str) -> Option<Language> {
    [Language::Fr, Language::En].into_iter().find(|language| language.code() == code)
}

async fn outcome(visit: &Visit, begun: Option<Begun>, query: &str) -> Result<Outcome> {
    let (Some(begun), Some(answer)) = (begun, Answered::read(query)) else {
        return Ok(Outcome::Over);
    };
    // What answers something else leaves what was begun as it is: nobody else ends it.
    if !begun.is_answered_by(&answer) {
        return Ok(Outcome::Over);
    }
    let session = visit.session_hash().to_vec();
    let sealed = visit.sealed_sign_in().unwrap_or_default().to_vec();
    let take = move |conn: &mut Conn| provider_sign_ins::take(conn, &session, &sealed);
    match visit.front.app.write(take).await {
        Err(Error::Conflict { .. }) => return Ok(Outcome::Over),
        taken => taken?,
    }
    let provider = offered(visit).await?;
    let Some(provider) = provider.filter(|it| begun.counts(it, visit.front.app.now())) else {
        return Ok(Outcome::Over);
    };
    let returned = Returned {
        front: &visit.front,
        opened: &visit.opened,
        session_hash: visit.session_hash(),
        ctx: visit.ctx(),
    };
    returned.settle(&provider, &begun, &answer).await
}

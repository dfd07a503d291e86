//! The way in: the reference with the receipt code, or with the code of the telephone. Whatever is wrong, the page is the same.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::visit::{self, Visit};
use super::{Frame, Place, messages, path};
use crate::db::conn::Conn;
use crate::db::controllers::Controller;
use crate::db::requests::{self, Request};
use crate::domain::actor::Scope;
use crate::domain::ids::{Id, RequestId};
use crate::domain::reference::Reference;
use crate::error::{Error, Result};
use crate::vault::code::CallCode;
use crate::vault::secret::ReceiptSecret;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::{page, see};
use crate::web::ui::open_form::{self, add};
use crate::web::ui::session::{self, Kind};
use crate::web::{Front, client, tongue};
use crate::workflow::call_codes;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_entry.html")]
struct Entry<'a> {
    frame: Frame,
    token: &'a str,
    reference: &'a str,
    /// What was typed in a visit that was over: it comes back when a new one begins.
    message: &'a str,
    /// The keys of what is wrong, each with its field.
    wrong: &'a [Wrong],
    /// The key of why nothing was compared, whatever was typed.
    refused: Option<&'static str>,
}

/// A field that cannot be right, whoever asks: told by its form alone.
struct Wrong {
    field: &'static str,
    key: &'static str,
}

impl Entry<'_> {
    fn wrong_in(&self, field: &str) -> Option<&'static str> {
        self.wrong.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.key)
    }
}

/// `GET /t/{slug}`, and with a slash.
pub async fn choose_language(request: HttpRequest, front: Data<Front>) -> Answer {
    let slug = request.match_info().get("slug").unwrap_or_default().to_owned();
    let place = Place { slug, language: tongue::of(&request) };
    let controller = place.controller(&front).await?;
    Ok(see(&path(&controller.slug, place.language, "")))
}

/// `GET /t/{slug}/{language}`: what was typed without the slash at the end.
pub async fn add_slash(request: HttpRequest, front: Data<Front>) -> Answer {
    let place = Place::of(&request)?;
    let controller = place.controller(&front).await?;
    Ok(see(&path(&controller.slug, place.language, "")))
}

/// `GET /t/{slug}/{language}/`
pub async fn show(request: HttpRequest, front: Data<Front>) -> Answer {
    let place = Place::of(&request)?;
    let controller = place.controller(&front).await?;
    answer(&request, &front, (place, &controller), &Typed::default(), &Outcome::Open)
}

/// The entry for somebody whose visit ended while they wrote.
///
/// # Errors
/// `NotFound` where there is no such portal.
pub async fn keep(request: &HttpRequest, place: Place, message: &str) -> Answer {
    let front = request.app_data::<Data<Front>>();
    let front = front.ok_or_else(|| Error::internal("no front door"))?;
    let controller = place.controller(front).await?;
    let typed = Typed { reference: "", message };
    answer(request, front, (place, &controller), &typed, &Outcome::Open)
}

/// `POST /t/{slug}/{language}/`. Whatever keeps the case shut, what was typed comes back, but for the
/// secret.
pub async fn post(request: HttpRequest, front: Data<Front>, form: Form) -> Answer {
    let place = Place::of(&request)?;
    let controller = place.controller(&front).await?;
    let typed = Typed { reference: form.field("reference"), message: form.field("message") };
    if open_form::check(&request, &front, &form).is_err() {
        return answer(&request, &front, (place, &controller), &typed, &Outcome::OldForm);
    }
    let (reference, receipt) =
        (Reference::parse(typed.reference), Secret::parse(form.field("receipt")));
    let mut wrong = Vec::new();
    if reference.is_err() {
        wrong.push(Wrong { field: "reference", key: "portal-wrong-reference" });
    }
    if receipt.is_none() {
        wrong.push(Wrong { field: "receipt", key: "portal-wrong-receipt" });
    }
    let (Ok(reference), Some(receipt)) = (reference, receipt) else {
        return answer(&request, &front, (place, &controller), &typed, &Outcome::Wrong(wrong));
    };
    match count(&request, &front, &reference) {
        Err(Error::RateLimited { retry_after_s }) => {
            let outcome = Outcome::TooMany { retry_after_s };
            return answer(&request, &front, (place, &controller), &typed, &outcome);
        }
        counted => counted?,
    }
    let is_proved = matches!(receipt, Secret::Receipt(_));
    let Some(found) = find(&front, &controller, reference, receipt).await? else {
        let none = vec![Wrong { field: "reference", key: "portal-no-such-case" }];
        return answer(&request, &front, (place, &controller), &typed, &Outcome::Wrong(none));
    };
    let base_url = &front.app.config().base_url;
    let before = session::sent(Kind::Portal, &request, base_url);
    let token = visit::begin(&front, &found, is_proved, before).await?;
    let mut answer = see(&place.path("case"));
    if !typed.message.trim().is_empty()
        && let Some(visit) = visit::open(front.clone(), place, &token).await?
    {
        answer = messages::typed_before(&visit, typed.message.to_owned()).await?;
    }
    add(&mut answer, &session::cookie(Kind::Portal, token.shown(), base_url))?;
    add(&mut answer, &session::no_cookie(Kind::OpenForm, base_url))?;
    Ok(answer)
}

/// `POST /t/{slug}/{language}/leave`
pub async fn leave(visit: Visit, form: Form) -> Answer {
    visit.check(&form)?;
    visit.end().await?;
    let mut answer = see(&visit.place.path(""));
    add(&mut answer, &session::no_cookie(Kind::Portal, &visit.front.app.config().base_url))?;
    // What the browser kept of the pages goes too.
    let clear = HeaderValue::from_static("\"cache\"");
    let name = header::HeaderName::from_static("clear-site-data");
    answer.headers_mut().insert(name, clear);
    Ok(answer)
}

/// Counts a try before anything is looked up, for a reference that is there as for one that is not.
fn count(request: &HttpRequest, front: &Front, reference: &Reference) -> Result<()> {
    let network = client::network(request, &front.app.config().trusted_proxies);
    // By network: a reference is no secret, and whoever knows it must not lock its owner out.
    let account = Sha256::digest(format!("portal {reference} {network}")).into();
    front.guesses.count(network, &account)
}

/// The case with this reference and this receipt. A case of another controller, one whose key is
/// destroyed, and none at all are answered alike; the receipt is compared in each case.
async fn find(
    front: &Front,
    controller: &Controller,
    reference: Reference,
    secret: Secret,
) -> Result<Option<Request>> {
    let scope = Scope::of_portal(controller.id);
    let reference = reference.to_string();
    let receipt = match secret {
        Secret::Receipt(receipt) => receipt,
        Secret::CallCode(code) => return find_called(front, scope, reference, code).await,
    };
    let found =
        front.app.read(move |conn| Ok(requests::by_reference(conn, &scope, &reference)?)).await?;
    let nobody = [0; 32];
    let stored = found.as_ref().map_or(nobody.as_slice(), |row| row.receipt_hash.as_slice());
    let is_right = receipt.hash().matches(stored);
    Ok(found.filter(|row| is_right && row.wrapped_key.is_some()))
}

/// As [`find`], by the code that was read out on the telephone. The guess is counted in the same way
/// where there is no such case.
async fn find_called(
    front: &Front,
    scope: Scope,
    reference: String,
    code: CallCode,
) -> Result<Option<Request>> {
    let (app, now) = (front.app.clone(), front.app.now());
    let verb = move |conn: &mut Conn| {
        let found = requests::by_reference(conn, &scope, &reference)?;
        let nobody = RequestId::from_uuid(Uuid::nil());
        let id = found.as_ref().map_or(nobody, |row| row.id);
        let is_right = call_codes::is_right(conn, app.vault(), id, &code, now)?;
        Ok(found.filter(|row| is_right && row.wrapped_key.is_some()))
    };
    front.app.write(verb).await
}

/// What a person was given: on the page that logged the request, or on the telephone.
enum Secret {
    Receipt(ReceiptSecret),
    CallCode(CallCode),
}

impl Secret {
    fn parse(typed: &str) -> Option<Self> {
        let receipt = ReceiptSecret::parse(typed).ok().map(Self::Receipt);
        receipt.or_else(|| CallCode::parse(typed).map(Self::CallCode))
    }
}

/// What the form at the entry carries.
#[derive(Default)]
struct Typed<'a> {
    reference: &'a str,
    message: &'a str,
}

/// Why the entry is shown.
enum Outcome {
    Open,
    /// What was typed cannot be right.
    Wrong(Vec<Wrong>),
    /// This browser was not shown the form, or too long ago.
    OldForm,
    TooMany {
        retry_after_s: u64,
    },
}

impl Outcome {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Open => StatusCode::OK,
            Self::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OldForm => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    const fn refused(&self) -> Option<&'static str> {
        match self {
            Self::Open | Self::Wrong(_) => None,
            Self::OldForm => Some("portal-entry-old-form"),
            Self::TooMany { .. } => Some("portal-entry-too-many"),
        }
    }
}

fn answer(
    request: &HttpRequest,
    front: &Front,
    (place, controller): (Place, &Controller),
    typed: &Typed<'_>,
    outcome: &Outcome,
) -> Answer {
    let ticket = open_form::begin(request, front);
    let language = place.language;
    let frame = Frame::new(place, "", controller);
    let wrong = if let Outcome::Wrong(wrong) = outcome { wrong.as_slice() } else { &[] };
    let (token, refused) = (ticket.token.as_str(), outcome.refused());
    let Typed { reference, message } = *typed;
    let template = Entry { frame, token, reference, message, wrong, refused };
    let mut answer = page(outcome.status(), language, &template)?;
    if let Outcome::TooMany { retry_after_s } = outcome {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
    }
    add(&mut answer, &ticket.cookie)?;
    Ok(answer)
}

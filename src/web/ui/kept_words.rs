//! What staff had typed when their session was over, or somebody else had signed in to their browser:
//! the sign-in page holds it back, sealed, and whoever was shown the form finds it there after signing
//! in. It stands in no address, no log and no table; nothing is sent before that person says so.

mod lines;
mod shown_in;

use std::time::Duration as Time;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{self, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::lines::Line;
use super::form::{self, CSRF};
use super::frame::{Frame, page, see};
use super::session::{self, Kind};
use super::sign_in::Held;
use super::signed::NewcomerPage;
use super::{ROUTES, password, sign_in, signed};
use crate::db::sessions::Session;
use crate::db::users;
use crate::domain::ids::UserId;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::key::Key;
use crate::vault::place::Place;
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::upload_form::Most;
use crate::web::upload_form::typed::{self, Typed};

/// The field of the sign-in that carries it.
pub const FIELD: &str = "kept";

/// What a form may bring while nobody is known: as much text as the longest form of ours.
pub const MOST: Most = Most {
    files: 0,
    bytes: 0,
    time: Time::ZERO,
    text: 2 << 20,
    too_long: ("kept", "text-too-large", 2048),
    parts: 300,
    drained: 128 << 20,
};

/// How long it can be given back: as long as a session may last.
const LONGEST: Duration = Duration::hours(12);

/// Forms whose words are never kept: passwords and secrets, choices of a page, and what asks for the
/// password.
const PASSING: [&str; 9] = [
    "/",
    "/acknowledgements",
    "/controllers/{id}/identity-provider",
    "/language",
    "/password",
    "/requests/{id}/release",
    "/requests/{id}/step-up",
    "/sign-in",
    "/sign-out",
];

/// What a form is called on its page, by the end of its address.
const HEADINGS: [(&str, &str); 19] = [
    ("/notes", "form-note"),
    ("/messages", "form-message"),
    ("/replies", "form-reply"),
    ("/identity-decision", "form-identity"),
    ("/contact-condition", "form-contact"),
    ("/circumstances", "form-circumstance"),
    ("/decision", "form-decide"),
    ("/forwarding", "form-forward"),
    ("/reopening", "form-reopen"),
    ("/closing", "form-close"),
    ("/withdrawal", "form-withdraw"),
    ("/hold", "form-hold"),
    ("/packages", "form-package"),
    ("/revocation", "form-revoke"),
    ("/breaches", "form-breach"),
    ("/delivery", "form-delivery"),
    ("/searches", "form-search"),
    ("/systems/{system}", "system-answer"),
    ("/letters/{letter_id}", "form-letter"),
];

/// A form as it was sent.
#[derive(Serialize, Deserialize)]
struct Kept {
    path: String,
    /// The route of its address.
    pattern: String,
    fields: Vec<(String, String)>,
    is_multipart: bool,
    has_files: bool,
    at: DateTime<Utc>,
}

#[derive(Template)]
#[template(path = "web/ui/templates/kept_words.html")]
struct KeptPage {
    frame: Frame,
    heading: Option<&'static str>,
    path: String,
    back: String,
    lines: Vec<Line>,
    fields: Vec<(String, String)>,
    is_multipart: bool,
    has_files: bool,
}

/// Who is signed in where a form comes without the session in which it was shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Present {
    Nobody,
    /// Whoever it was shown to, in a newer session.
    Writer,
    Other,
}

/// Answers a form of staff that comes without the session in which it was shown: where nobody is
/// signed in, or somebody else, with the sign-in, which holds back what was typed; where the same person
/// has signed in anew meanwhile, with what was typed. Every other call goes on its way.
///
/// # Errors
/// When a handler behind fails; there is none.
pub async fn hold_back(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let front = request.app_data::<Data<Front>>().cloned();
    let (Some(front), Some(pattern)) = (front, pattern(&request)) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let session = session_of(&front, request.request()).await;
    // What another site sends is nobody's words.
    let is_ours = form::check_origin(request.request()).is_ok();
    let (Ok(session), true) = (session, is_ours) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let mut present = Present::Nobody;
    if let Some(session) = &session {
        let payload = std::mem::replace(request.parts_mut().1, dev::Payload::None);
        let (token, again) = shown_in::token(payload, front.upload_pause).await;
        request.set_payload(again);
        let found = match token {
            Some(token) => reader(&front, session, token).await,
            None => None,
        };
        let Some(found) = found else {
            return Ok(next.call(request).await?.map_into_boxed_body());
        };
        present = found;
    }
    let (http, payload) = request.parts_mut();
    let payload = Payload::from_request(http, payload).await?;
    let answer = match keep(http, &front, (pattern, present), payload).await {
        Ok(answer) => answer,
        Err(problem) => HttpResponse::from_error(problem),
    };
    // Not `into_response`, which forgets the error that the page is written from.
    let (http, _) = request.into_parts();
    Ok(ServiceResponse::new(http, answer))
}

/// Who is signed in, for a form that was shown in another session; nothing for one of this session, and
/// for one that we showed nobody.
async fn reader(front: &Front, session: &Session, token: String) -> Option<Present> {
    if token == session.csrf_token {
        return None;
    }
    let vault = front.app.vault();
    if session::was_shown_to(vault, session.user_id, &token) {
        return Some(Present::Writer);
    }
    let ids = front.app.read(|conn| Ok(users::ids(conn)?)).await.ok()?;
    let is_others = ids.into_iter().any(|id| session::was_shown_to(vault, id, &token));
    is_others.then_some(Present::Other)
}

/// The route of a form that may carry words of staff.
fn pattern(request: &ServiceRequest) -> Option<String> {
    if request.method() != Method::POST {
        return None;
    }
    let pattern = request.match_pattern()?;
    let route = ROUTES.iter().find(|it| it.method == "POST" && it.path == pattern)?;
    let is_open = PASSING.contains(&route.path) || route.path.starts_with("/t/");
    (!is_open).then_some(pattern)
}

async fn session_of(front: &Front, request: &HttpRequest) -> Result<Option<Session>> {
    let app = &front.app;
    let Some(token) = session::sent(Kind::Session, request, &app.config().base_url) else {
        return Ok(None);
    };
    let now = app.now();
    app.read(move |conn| session::find(conn, &token, now)).await
}

async fn keep(
    request: &HttpRequest,
    front: &Front,
    (pattern, present): (String, Present),
    payload: Payload,
) -> std::result::Result<HttpResponse, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_multipart = kind.is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let Typed { form, has_files, too_long } = typed::read(request, payload, &MOST).await?;
    // A part of it would be taken for the whole: the browser has the words still.
    if too_long {
        return Err(Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-long-to-keep"));
    }
    if form.field(CSRF).is_empty() || !form.fields().any(|(name, it)| is_text(name, it)) {
        return match present {
            Present::Nobody => Ok(see("/sign-in")),
            Present::Writer => Err(wrong_form()),
            Present::Other => Err(Problem::Http(StatusCode::FORBIDDEN, "other-account")),
        };
    }
    let fields = form.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (path, at) = (request.path().to_owned(), front.app.now());
    let kept = Kept { path, pattern, fields, is_multipart, has_files, at };
    let words = serde_json::to_vec(&kept).map_err(|error| Error::internal(error.to_string()))?;
    let sealed = key(front).seal(&place(), &words).map_err(Error::from)?;
    let sealed = URL_SAFE_NO_PAD.encode(sealed);
    if present == Present::Nobody {
        return sign_in::hold_back(request, front, &Held::of_nobody(&sealed));
    }
    let newcomer = signed::read(front, request).await?.ok_or_else(wrong_form)?;
    if present == Present::Other {
        let language = Some(newcomer.page.language);
        return sign_in::hold_back(
            request,
            front,
            &Held { sealed: &sealed, of_other: true, language },
        );
    }
    give_back(front, newcomer, &sealed)?.ok_or_else(wrong_form)
}

const fn wrong_form() -> Problem {
    Problem::Http(StatusCode::FORBIDDEN, "wrong-form")
}

/// The page with what was held back, for the user to whom its form was shown; nothing for anybody
/// else, and where nothing was. Whoever must change their password first finds it behind that.
///
/// # Errors
/// When the page cannot be written.
pub fn give_back(
    front: &Front,
    newcomer: NewcomerPage,
    sealed: &str,
) -> std::result::Result<Option<HttpResponse>, Problem> {
    let Some(kept) = opened(front, newcomer.page.member.id, sealed) else { return Ok(None) };
    if newcomer.must_change_password {
        return password::hold_back(&newcomer, sealed).map(Some);
    }
    let frame = Frame { path: "/".to_owned(), kept: sealed.to_owned(), ..newcomer.page.frame() };
    let heading = HEADINGS.iter().find(|(end, _)| kept.pattern.ends_with(end)).map(|it| it.1);
    let back = back(&kept);
    let language = frame.language;
    let lines = lines::of(language, &kept.pattern, &kept.fields);
    let Kept { path, mut fields, is_multipart, has_files, .. } = kept;
    fields.retain(|(name, _)| name != CSRF);
    let shown = KeptPage { frame, heading, path, back, lines, fields, is_multipart, has_files };
    page(StatusCode::OK, language, &shown).map(Some)
}

/// The page that held something back, in another language: the sign-in, unless the one whose words
/// they are is signed in.
///
/// # Errors
/// When the database fails.
pub async fn in_language(
    request: &HttpRequest,
    front: &Front,
    sealed: &str,
    language: Language,
) -> std::result::Result<HttpResponse, Problem> {
    let mut of_other = false;
    if let Some(mut newcomer) = signed::read(front, request).await? {
        newcomer.page.language = language;
        if let Some(page) = give_back(front, newcomer, sealed)? {
            return Ok(page);
        }
        of_other = true;
    }
    sign_in::hold_back(request, front, &Held { sealed, of_other, language: Some(language) })
}

/// Opens what this instance held back lately for this user.
fn opened(front: &Front, user: UserId, sealed: &str) -> Option<Kept> {
    let sealed = URL_SAFE_NO_PAD.decode(sealed).ok().filter(|it| !it.is_empty())?;
    let words = key(front).open(&place(), &sealed).ok()?;
    let kept: Kept = serde_json::from_slice(&words).ok()?;
    let token = kept.fields.iter().find(|(name, _)| name == CSRF);
    let is_theirs =
        token.is_some_and(|(_, token)| session::was_shown_to(front.app.vault(), user, token));
    (is_theirs && front.app.now() - kept.at < LONGEST).then_some(kept)
}

/// The page that the form stood on: its own address, or that of the case or organisation.
fn back(kept: &Kept) -> String {
    let is_page = ROUTES.iter().any(|it| it.method == "GET" && it.path == kept.pattern);
    if is_page {
        return kept.path.clone();
    }
    let ends = kept.path.match_indices('/').nth(2).map_or(kept.path.len(), |(at, _)| at);
    kept.path.get(..ends).unwrap_or("/").to_owned()
}

/// What the fields are called that somebody types words into.
const TYPED: [&str; 10] = [
    "note",
    "message",
    "reason",
    "doubt",
    "statement",
    "evidence",
    "proof",
    "rows",
    "text",
    "words",
];

/// Whether somebody wrote a value, and not chose it: codes, dates, numbers and ids have no spaces
/// and no capitals.
fn is_text(name: &str, value: &str) -> bool {
    let is_chosen = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.:+".contains(c);
    let is_typed = TYPED.iter().any(|typed| name.contains(typed));
    let says = value.chars().any(char::is_alphanumeric);
    name != CSRF && says && (is_typed || !value.chars().all(is_chosen))
}

fn key(front: &Front) -> Key {
    front.app.vault().staff_key().derive("seal/kept-words")
}

const fn place() -> Place<'static> {
    Place::new("forms", "kept", Uuid::nil())
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn what_somebody_wrote_is_told_from_what_they_chose() {
        for (name, value, expected) in [
            ("note", "Vu.", true),
            ("note", "ça", true),
            ("rows-0", "3\tune", true),
            ("note", "rappeler", true),
            ("identity_reason", "0612345678", true),
            ("level", "v2", false),
            ("ground", "no_reply", false),
            ("at", "2026-11-22", false),
            ("search_id", "019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13", false),
            ("note", " \n", false),
            ("csrf", "A b", false),
        ] {
            assert_eq!(is_text(name, value), expected, "{name} {value}");
        }
    }
}

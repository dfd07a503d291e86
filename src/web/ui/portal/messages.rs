//! Messages both ways, and the letters that were sent in the portal, oldest first.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Map, Value, json};

use super::upload::{self, Files};
use super::visit::Visit;
use super::waiting::{self, Waiting};
use super::{Frame, Place, entry};
use crate::db::conn::Conn;
use crate::db::events::{self, EventRow};
use crate::db::files::ATTACHMENT;
use crate::db::letters;
use crate::domain::actor::Ctx;
use crate::domain::event::Event;
use crate::domain::ids::FileId;
use crate::error::{Error, Result};
use crate::language::text;
use crate::vault::CaseKey;
use crate::web::attachments::{self, Attachment};
use crate::web::problem::Problem;
use crate::web::ui::frame::{page, see};
use crate::web::ui::signed::Turned;
use crate::web::ui::wording::{instant, size};
use crate::web::upload_form::{self, MESSAGE, OF_MESSAGE, Received};
use crate::web::written::{required, text as text_within};
use crate::workflow::identity::needed_to_answer;
use crate::workflow::identity_documents;
use crate::workflow::letters::stored::Stored;
use crate::workflow::messages;
use crate::workflow::record::{self, Case, Written, detail_place};

/// How long a message may be, in characters.
const LONGEST_MESSAGE: usize = 10_000;

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/portal_messages.html")]
struct MessagesPage {
    frame: Frame,
    messages: Vec<Message>,
    /// What the person had typed, and what is wrong with it.
    typed: String,
    wrong: Option<String>,
    /// A question on identity waits: there is a place for a document.
    asked: bool,
}

/// One message, or one letter.
struct Message {
    at: String,
    /// What a letter is.
    title: Option<String>,
    /// Written by the person, and not to them.
    own: bool,
    text: String,
    files: Vec<AttachedView>,
}

/// A file of a message.
struct AttachedView {
    path: String,
    name: String,
    size: String,
}

/// `GET /t/{slug}/{language}/messages`
pub async fn show(visit: Visit) -> Answer {
    answer(&visit, String::new(), None).await
}

/// `POST /t/{slug}/{language}/messages`. Whatever keeps the words from being sent, the person gets
/// them back.
pub async fn post(
    request: HttpRequest,
    visit: std::result::Result<Visit, Turned>,
    payload: Payload,
) -> Answer {
    let visit = match visit {
        Ok(visit) => visit,
        Err(Turned::Problem(problem)) => return Err(problem),
        // The visit is over: whoever opens the case again finds the words in the form.
        Err(Turned::To(_)) => {
            let place = Place::of(&request)?;
            let typed = upload_form::typed::read(&request, payload, &OF_MESSAGE).await?;
            return entry::keep(&request, place, typed.form.field(MESSAGE)).await;
        }
    };
    let files = Files { purpose: ATTACHMENT, most: OF_MESSAGE, refused: None, document: None };
    let message = upload::receive(&request, &visit, payload, files).await?;
    let (typed, too_large) = (message.form.field(MESSAGE).to_owned(), message.too_large);
    let typed = typed.as_str();
    let language = visit.place.language;
    match send(&visit, typed, message).await {
        Ok(()) => Ok(see(&visit.place.path("messages"))),
        Err(Error::Invalid(fields)) => {
            let wrong = upload::wrong(&visit, &fields, too_large);
            answer(&visit, typed.to_owned(), wrong).await
        }
        Err(Error::RateLimited { retry_after_s }) => {
            let wrong = (StatusCode::TOO_MANY_REQUESTS, text(language, "portal-messages-too-many"));
            let mut answer = answer(&visit, typed.to_owned(), Some(wrong)).await?;
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

/// The page with words that were typed in a visit that was over, to be sent in this one.
///
/// # Errors
/// When the database fails.
pub async fn typed_before(visit: &Visit, typed: String) -> Answer {
    let wrong = (StatusCode::OK, text(visit.place.language, "portal-messages-not-sent"));
    answer(visit, typed, Some(wrong)).await
}

async fn send(visit: &Visit, typed: &str, message: Received) -> Result<()> {
    let Received { rows, kept, refused, .. } = message;
    if let Some(refused) = refused {
        return Err(refused);
    }
    // Files may speak for themselves.
    if rows.is_empty() {
        required("message", typed, LONGEST_MESSAGE)?;
    }
    text_within("message", Some(typed), LONGEST_MESSAGE)?;
    let ctx = visit.ctx();
    let written = Written::sealed(&ctx, visit.opened.key()?, &json!({ "message": typed }))?;
    let verb =
        move |conn: &mut Conn| messages::receive_message(conn, &ctx, &rows, &written).map(drop);
    kept.recorded(visit.front.app.write(verb)).await
}

async fn answer(visit: &Visit, typed: String, wrong: Option<(StatusCode, String)>) -> Answer {
    let own = visit.own;
    let (ctx, is_proved) = (visit.ctx(), visit.is_proved());
    let (case, rows, letters, (is_known, asked)) = visit
        .front
        .app
        .read(move |conn| {
            let case = record::load(conn, &own.scope(), own.request)?;
            let letters = letters::of_request(conn, own.request)?;
            let is_known = is_proved && is_settled(conn, &ctx, &case)?;
            let asked = identity_documents::is_asked(conn, &ctx, &case)?;
            Ok((case, events::of_request(conn, own.request)?, letters, (is_known, asked)))
        })
        .await?;
    let language = visit.place.language;
    let zone = case.state.rules.time_zone;
    let kept = attachments::list(&visit.front, &visit.opened).await?;
    let waiting = Waiting::of(is_known, &rows)?;
    let mut shown = Vec::new();
    for row in &rows {
        let entry = row.entry().map_err(|error| Error::internal(error.to_string()))?;
        let (own, attached) = match entry.event {
            Event::MessageReceived { files } => (true, files),
            Event::MessageSent { files } => (false, files),
            _ => continue,
        };
        if !own && waiting.holds_words_of(row.at.utc()) {
            continue;
        }
        let is_withheld = !own && !attached.is_empty() && !is_known;
        let files = if is_withheld { Vec::new() } else { attached_of(visit, &kept, &attached) };
        let mut words = opened(visit.opened.key()?, row)?;
        if is_withheld {
            words = [words, text(language, "portal-files-held-back")].join("\n\n");
        }
        let text = words.trim().to_owned();
        let at = instant(language, row.at.utc(), zone);
        shown.push((row.at, Message { at, title: None, own, text, files }));
    }
    let now = visit.front.app.now();
    for row in letters.iter().filter(|row| waiting::is_in_portal(row)) {
        let Some(sent_at) = row.sent_at else { continue };
        if case.state.holds_back(row.id, now) {
            continue;
        }
        if waiting.holds(row) {
            let at = instant(language, sent_at.utc(), zone);
            let title = Some(text(language, "portal-letter-waits"));
            let text = text(language, waiting::way(visit, &case.state));
            shown.push((sent_at, Message { at, title, own: false, text, files: Vec::new() }));
            continue;
        }
        if let Some(letter) = Stored::open(visit.opened.key()?, row)?.document {
            let at = instant(language, sent_at.utc(), zone);
            let (title, text) = (Some(letter.title), letter.body);
            shown.push((sent_at, Message { at, title, own: false, text, files: Vec::new() }));
        }
    }
    shown.sort_by_key(|(at, _)| *at);
    let messages = shown.into_iter().map(|(_, message)| message).collect();
    let (status, wrong) = wrong.map_or((StatusCode::OK, None), |(status, it)| (status, Some(it)));
    let frame = visit.frame("messages");
    page(status, language, &MessagesPage { frame, messages, typed, wrong, asked })
}

/// The files of a message, as the person reads them.
fn attached_of(visit: &Visit, kept: &[Attachment], attached: &[FileId]) -> Vec<AttachedView> {
    let of_message = kept.iter().filter(|file| attached.contains(&file.id));
    let view = |file: &Attachment| AttachedView {
        path: visit.place.path(&format!("attachments/{}", file.id)),
        name: file.name.clone(),
        size: size(visit.place.language, file.size_bytes),
    };
    of_message.map(view).collect()
}

/// `GET /t/{slug}/{language}/attachments/{file_id}`
pub async fn attachment(request: HttpRequest, visit: Visit) -> Answer {
    let file = request.match_info().get("file_id").and_then(|id| id.parse().ok());
    let file: FileId = file.ok_or(Error::NotFound)?;
    let all = attachments::list(&visit.front, &visit.opened).await?;
    // What staff sent tells of data, as the answer itself does.
    if all.iter().any(|found| found.id == file && found.is_sent) {
        let (own, ctx) = (visit.own, visit.ctx());
        let settled = move |conn: &mut Conn| {
            let case = record::load(conn, &own.scope(), own.request)?;
            is_settled(conn, &ctx, &case)
        };
        if !(visit.is_proved() && visit.front.app.read(settled).await?) {
            return Err(Error::NotFound.into());
        }
    }
    attachments::send(&visit.front, &visit.opened, file).await
}

/// Whether enough is known of the person for what tells of data, as the answer itself does.
pub(super) fn is_settled(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<bool> {
    Ok(case.state.level >= needed_to_answer(conn, ctx, case, case.state.has_found_special())?)
}

fn opened(key: &CaseKey, row: &EventRow) -> Result<String> {
    let sealed = row.sealed_detail.as_ref().ok_or_else(|| Error::internal("an empty message"))?;
    let words = key.key().open(&detail_place(row.id), sealed)?;
    let words: Map<String, Value> = serde_json::from_slice(&words).unwrap_or_default();
    let text = words.get("message").and_then(Value::as_str).unwrap_or_default();
    Ok(text.to_owned())
}

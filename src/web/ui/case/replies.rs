//! The form that judges a reply: which question it answers, when it came in, and whether it is
//! enough.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::CasePage;
use super::posted::Posted;
use crate::db::conn::Conn;
use crate::db::events::{self, EventRow};
use crate::domain::actor::Permission;
use crate::domain::event::PauseGround;
use crate::domain::history::RequestState;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::web::problem::Problem;
use crate::web::ui::form::local;
use crate::web::ui::signed::SignedPage;
use crate::web::ui::wording::named;
use crate::workflow::clock;
use crate::workflow::record::{self, Case};

/// What stands for the two judgements in the form.
const ENOUGH: &str = "enough";
const NOT_ENOUGH: &str = "not_enough";

/// What a person does that may answer a question.
const REPLIES: [&str; 5] = [
    "MessageReceived",
    "CodeConfirmed",
    "LetterCodeConfirmed",
    "ProviderSignInConfirmed",
    "IdentityDocumentReceived",
];

/// What the form offers while a question is open.
pub struct ReplyForm {
    /// Name and word of each open question.
    pub questions: Vec<(&'static str, String)>,
    /// When the person wrote or proved something last, as the field has it; empty where they did not.
    pub received_at: String,
    /// The two judgements.
    pub judgements: [&'static str; 2],
}

/// The form, where a question is open, for those who may judge.
#[must_use]
pub fn form(
    language: Language,
    signed: &SignedPage,
    case: &Case,
    rows: &[EventRow],
) -> Option<ReplyForm> {
    let works = signed.member.may(case.row.controller_id, Permission::WorkCase);
    let open = case.state.open_pauses();
    if !works || open.is_empty() || case.state.check(Action::Resume).is_err() {
        return None;
    }
    Some(ReplyForm {
        questions: open
            .iter()
            .map(|ground| (ground.name(), named(language, "pause", ground.name())))
            .collect(),
        received_at: local(newest(&case.state, rows), case.state.rules.time_zone),
        judgements: [ENOUGH, NOT_ENOUGH],
    })
}

/// When the person wrote or proved something last, after the first question that is open.
fn newest(state: &RequestState, rows: &[EventRow]) -> Option<DateTime<Utc>> {
    let asked_at = state.open_questions().map(|(_, question)| question.asked_at).min()?;
    let replies = rows.iter().rev().filter(|row| REPLIES.contains(&row.kind.as_str()));
    replies.map(|row| row.at.utc()).find(|at| *at >= asked_at)
}

impl CasePage {
    /// When the reply came in: as it was typed, or as it is known.
    pub(super) fn reply_received_at(&self) -> &str {
        match &self.reply {
            Some(form) if !self.is_refused("form-reply") => &form.received_at,
            _ => self.kept("reply_received_at"),
        }
    }
}

/// `POST /requests/{id}/replies`
pub async fn judge(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    posted.permit(Permission::WorkCase)?;
    let outcome = record_judgement(&posted).await;
    posted.back("form-reply", outcome).await
}

async fn record_judgement(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let ground = PauseGround::parse(form.field("reply_ground"));
    let ground = ground.ok_or_else(|| Error::invalid("ground", "unknown-value"))?;
    let sufficient = match form.field("sufficient") {
        ENOUGH => true,
        NOT_ENOUGH => false,
        _ => return Err(Error::invalid("sufficient", "reply-not-judged")),
    };
    let received_at = received_at(posted).await?;
    let note = posted.written("reply_note")?;
    if !sufficient && note.is_none() {
        return Err(Error::invalid("note", "reply-needs-note"));
    }
    let words = note.map(|note| json!({ "note": note }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        clock::resume(conn, ctx, target, (ground, received_at, sufficient), written)
    });
    verb.await
}

/// When the reply came in. A field has no seconds: the instant that it stood there with is the one
/// that is known.
async fn received_at(posted: &Posted) -> Result<DateTime<Utc>> {
    let (scope, id) = (posted.signed.member.scope(), posted.opened.row.id);
    let read =
        move |conn: &mut Conn| Ok((record::load(conn, &scope, id)?, events::of_request(conn, id)?));
    let (case, rows) = posted.front.app.read(read).await?;
    let zone = case.state.rules.time_zone;
    let known = newest(&case.state, &rows);
    let typed = posted.form.field("reply_received_at").trim();
    if let Some(known) = known.filter(|known| local(Some(*known), zone) == typed) {
        return Ok(known);
    }
    let typed = posted.form.instant("reply_received_at", zone)?;
    typed.ok_or_else(|| Error::invalid("received_at", "reply-needs-instant"))
}

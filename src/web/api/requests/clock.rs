//! The verbs that move a clock: pause, resume, extension, correction of the receipt.

use actix_web::HttpResponse;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;

use super::message::Message;
use super::verb::{Verb, words};
use crate::domain::event::{ExtensionGround, PauseGround};
use crate::domain::letter::lint::words::wrong_reason;
use crate::error::Error;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_REASON, text};
use crate::workflow::clock::{self, Pause};
use crate::workflow::extension::{self, Extension};

/// The body of `pauseRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseBody {
    ground: PauseGround,
    message: Message,
    statement: Option<String>,
}

/// `POST /api/v1/requests/{id}/pauses`
///
/// # Errors
/// As the contract says.
pub async fn pause_request(verb: Verb, json: Json<PauseBody>) -> Result<HttpResponse, Problem> {
    let PauseBody { ground, message, statement } = json.body;
    text("statement", statement.as_deref(), LONGEST_REASON)?;
    // As a letter may not leave with such words, none was sent for them.
    let statement = statement.filter(|statement| wrong_reason(statement).is_none());
    let has_statement = statement.is_some();
    let words = statement.map(|statement| json!({ "statement": statement }));
    let (message, words) = message.taken(words)?;
    let pause = Pause { ground, message, has_statement };
    verb.run(words, move |conn, ctx, target, written| {
        clock::pause(conn, ctx, target, &pause, written)
    })
    .await
}

/// The body of `resumeRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeBody {
    ground: PauseGround,
    received_at: DateTime<Utc>,
    sufficient: bool,
    note: Option<String>,
}

/// `POST /api/v1/requests/{id}/replies`
///
/// # Errors
/// As the contract says.
pub async fn resume_request(verb: Verb, json: Json<ResumeBody>) -> Result<HttpResponse, Problem> {
    let ResumeBody { ground, received_at, sufficient, note } = json.body;
    text("note", note.as_deref(), LONGEST_REASON)?;
    let words = note.map(|note| json!({ "note": note }));
    verb.run(words, move |conn, ctx, target, written| {
        clock::resume(conn, ctx, target, (ground, received_at, sufficient), written)
    })
    .await
}

/// The body of `extendRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendBody {
    ground: ExtensionGround,
    reason: String,
    message: Message,
    until: Option<NaiveDate>,
    #[serde(default)]
    record_late: bool,
}

/// `POST /api/v1/requests/{id}/extension`
///
/// # Errors
/// As the contract says.
pub async fn extend_request(verb: Verb, json: Json<ExtendBody>) -> Result<HttpResponse, Problem> {
    let ExtendBody { ground, reason, message, until, record_late } = json.body;
    let said = words("reason", &reason)?;
    if wrong_reason(&reason).is_some() {
        return Err(Error::invalid("reason", "extension-needs-reasons").into());
    }
    let (message, words) = message.taken(said)?;
    let extension = Extension { message, until, ground, record_late };
    verb.run(words, move |conn, ctx, target, written| {
        extension::extend(conn, ctx, target, &extension, written)
    })
    .await
}

/// The body of `correctReceipt`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectBody {
    received_at: DateTime<Utc>,
    evidence: String,
}

/// `POST /api/v1/requests/{id}/receipt-correction`
///
/// # Errors
/// As the contract says.
pub async fn correct_receipt(verb: Verb, json: Json<CorrectBody>) -> Result<HttpResponse, Problem> {
    let CorrectBody { received_at, evidence } = json.body;
    let words = words("evidence", &evidence)?;
    verb.run(words, move |conn, ctx, target, written| {
        clock::correct_receipt(conn, ctx, target, received_at, written)
    })
    .await
}

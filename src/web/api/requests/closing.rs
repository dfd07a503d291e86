//! The verbs around the work: acknowledgement, assignment, notes, decisions, withdrawal, closing,
//! reopening, destruction of the key.

use actix_web::HttpResponse;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;

use super::message::Message;
use super::verb::{Verb, reason, words};
use crate::domain::actor::Permission;
use crate::domain::exemption::Exemption;
use crate::domain::ids::UserId;
use crate::domain::request::{ClosingGround, Decision};
use crate::domain::right::Right;
use crate::error::Error;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::workflow::closing;
use crate::workflow::closing_grounds::Closing;
use crate::workflow::keeping;
use crate::workflow::undo;

/// The body of `acknowledgeRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeBody {
    message: Option<Message>,
}

/// `POST /api/v1/requests/{id}/acknowledgement`
///
/// # Errors
/// As the contract says.
pub async fn acknowledge_request(
    verb: Verb,
    json: Json<AcknowledgeBody>,
) -> Result<HttpResponse, Problem> {
    let (message, words) = match json.body.message {
        Some(message) => {
            let (message, words) = message.taken(None)?;
            (Some(message), words)
        }
        None => (None, None),
    };
    verb.run(words, move |conn, ctx, target, written| {
        closing::acknowledge(conn, ctx, target, message.clone(), written)
    })
    .await
}

/// The body of `assignRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignBody {
    /// Null: nobody.
    #[serde(deserialize_with = "present")]
    user_id: Option<UserId>,
}

/// A field that may be null but must be there, so that nobody is unassigned by a slip.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<UserId>, D::Error> {
    Option::deserialize(value)
}

/// `PUT /api/v1/requests/{id}/assignee`
///
/// # Errors
/// As the contract says.
pub async fn assign_request(verb: Verb, json: Json<AssignBody>) -> Result<HttpResponse, Problem> {
    let assignee = json.body.user_id;
    verb.run(None, move |conn, ctx, target, written| {
        closing::assign(conn, ctx, target, assignee, written)
    })
    .await
}

/// The body of `addNote`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    note: String,
}

/// `POST /api/v1/requests/{id}/notes`
///
/// # Errors
/// As the contract says.
pub async fn add_note(verb: Verb, json: Json<NoteBody>) -> Result<HttpResponse, Problem> {
    let words = words("note", &json.body.note)?;
    verb.run(words, closing::add_note).await
}

/// The body of `decideRight`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    decision: Decision,
    ground: Option<String>,
    reason: Option<String>,
}

/// `PUT /api/v1/requests/{id}/rights/{right}/decision`
///
/// # Errors
/// As the contract says.
pub async fn decide_right(
    verb: Verb,
    path: Path<(String, String)>,
    json: Json<DecideBody>,
) -> Result<HttpResponse, Problem> {
    let right = Right::parse(&path.1).ok_or(Error::NotFound)?;
    let DecideBody { decision, ground, reason: given } = json.body;
    let ground = match ground {
        Some(code) => {
            let unknown = || Error::invalid("ground", "unknown-value");
            Some(Exemption::parse(&code).ok_or_else(unknown)?)
        }
        None => None,
    };
    let words = reason(given.as_deref())?;
    verb.run(words, move |conn, ctx, target, written| {
        closing::decide_right(conn, ctx, target, (right, decision, ground), written)
    })
    .await
}

/// The body of the verbs that take nothing but a reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    reason: String,
}

/// `POST /api/v1/requests/{id}/withdrawal`
///
/// # Errors
/// As the contract says.
pub async fn withdraw_request(verb: Verb, json: Json<ReasonBody>) -> Result<HttpResponse, Problem> {
    verb.run(words("reason", &json.body.reason)?, closing::withdraw).await
}

/// `POST /api/v1/requests/{id}/forwarding`
///
/// # Errors
/// As the contract says.
pub async fn forward_request(verb: Verb, json: Json<ReasonBody>) -> Result<HttpResponse, Problem> {
    verb.run(words("reason", &json.body.reason)?, closing::forward).await
}

/// `POST /api/v1/requests/{id}/reopening`
///
/// # Errors
/// As the contract says.
pub async fn reopen_request(verb: Verb, json: Json<ReasonBody>) -> Result<HttpResponse, Problem> {
    verb.run(words("reason", &json.body.reason)?, closing::reopen).await
}

/// The body of `closeRequest`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    ground: ClosingGround,
    reason: Option<String>,
    reminded_on: Option<NaiveDate>,
    told_on: Option<NaiveDate>,
}

/// `POST /api/v1/requests/{id}/closing`
///
/// # Errors
/// As the contract says.
pub async fn close_request(verb: Verb, json: Json<CloseBody>) -> Result<HttpResponse, Problem> {
    let CloseBody { ground, reason: given, reminded_on, told_on } = json.body;
    let closing = Closing { ground, reminded_on, told_on };
    let words = closing.in_words(reason(given.as_deref())?);
    verb.run(words, move |conn, ctx, target, written| {
        closing::close(conn, ctx, target, closing, written)
    })
    .await
}

/// `POST /api/v1/requests/{id}/undo`
///
/// # Errors
/// As the contract says.
pub async fn undo_last_action(verb: Verb) -> Result<HttpResponse, Problem> {
    let key = verb.opened(Permission::WorkCase)?.key().ok().cloned();
    verb.run(None, move |conn, ctx, target, written| {
        undo::undo_last(conn, ctx, target, key.as_ref(), written)
    })
    .await
}

/// The body of `destroyCaseKey`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DestroyBody {
    /// The reference of the case, typed again: this cannot be undone.
    reference: String,
}

/// `POST /api/v1/requests/{id}/key-destruction`
///
/// # Errors
/// As the contract says.
pub async fn destroy_case_key(
    verb: Verb,
    json: Json<DestroyBody>,
) -> Result<HttpResponse, Problem> {
    let reference = crate::domain::reference::Reference::parse(&json.body.reference)
        .map_err(|_| Error::invalid("reference", "wrong-reference"))?
        .to_string();
    verb.run(None, move |conn, ctx, target, written| {
        closing::destroy_key(conn, ctx, target, &reference, written)
    })
    .await
}

/// `POST /api/v1/requests/{id}/hold`
///
/// # Errors
/// As the contract says.
pub async fn hold_request(verb: Verb, json: Json<ReasonBody>) -> Result<HttpResponse, Problem> {
    verb.run(words("reason", &json.body.reason)?, keeping::hold).await
}

/// `POST /api/v1/requests/{id}/hold-lifting`
///
/// # Errors
/// As the contract says.
pub async fn lift_hold(verb: Verb, json: Json<ReasonBody>) -> Result<HttpResponse, Problem> {
    verb.run(words("reason", &json.body.reason)?, keeping::lift_hold).await
}

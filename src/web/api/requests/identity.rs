//! Identity decisions and their confirmation, and what is known of the person and of the contact.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::verb::{Verb, words};
use crate::domain::circumstance::Circumstance;
use crate::domain::contact::Condition;
use crate::domain::identity::{Level, Method};
use crate::domain::subject::text::is_blank;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_MATCHED, LONGEST_REASON, beyond, identity_words, text};
use crate::workflow::circumstances;
use crate::workflow::identity::{self, IdentityDecision};

/// The body of `decideIdentity`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    /// Absent or null: identity failed.
    level: Option<Level>,
    methods: Vec<Method>,
    /// What makes one doubt, where there is a doubt (Art. 12(6)).
    doubt: Option<String>,
    reason: Option<String>,
    /// The last characters of what matched, of a number or an address.
    matched: Option<String>,
}

/// `POST /api/v1/requests/{id}/identity-decision`
///
/// # Errors
/// As the contract says.
pub async fn decide_identity(verb: Verb, json: Json<DecideBody>) -> Result<HttpResponse, Problem> {
    let DecideBody { level, methods, doubt, reason, matched } = json.body;
    text("matched", matched.as_deref(), LONGEST_MATCHED)?;
    text("doubt", doubt.as_deref(), LONGEST_REASON)?;
    text("reason", reason.as_deref(), LONGEST_REASON)?;
    if methods.len() > Method::ALL.len() {
        return Err(beyond("methods", "too-many", Method::ALL.len()).into());
    }
    let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !is_blank(text));
    let decision =
        IdentityDecision { level, methods, has_doubt: says(&doubt), has_reason: says(&reason) };
    let words = identity_words(doubt.as_deref(), reason.as_deref(), matched.as_deref());
    verb.run(words, move |conn, ctx, target, written| {
        identity::decide_identity(conn, ctx, target, &decision, written)
    })
    .await
}

/// The body of `declareContact`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactBody {
    /// Null: it is fit again.
    condition: Option<Condition>,
    reason: String,
}

/// `POST /api/v1/requests/{id}/contact-condition`
///
/// # Errors
/// As the contract says.
pub async fn declare_contact(verb: Verb, json: Json<ContactBody>) -> Result<HttpResponse, Problem> {
    let ContactBody { condition, reason } = json.body;
    let words = words("reason", &reason)?;
    verb.run(words, move |conn, ctx, target, written| {
        identity::declare_contact(conn, ctx, target, condition, written)
    })
    .await
}

/// The body of `stateCircumstance`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircumstanceBody {
    circumstance: Circumstance,
    /// False: it is not so, or no more.
    holds: bool,
    reason: String,
}

/// `POST /api/v1/requests/{id}/circumstances`
///
/// # Errors
/// As the contract says.
pub async fn state_circumstance(
    verb: Verb,
    json: Json<CircumstanceBody>,
) -> Result<HttpResponse, Problem> {
    let CircumstanceBody { circumstance, holds, reason } = json.body;
    let words = words("reason", &reason)?;
    verb.run(words, move |conn, ctx, target, written| {
        circumstances::state_circumstance(conn, ctx, target, (circumstance, holds), written)
    })
    .await
}

/// The body of `confirmIdentity`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBody {
    reason: String,
}

/// `POST /api/v1/requests/{id}/identity-confirmation`
///
/// # Errors
/// As the contract says.
pub async fn confirm_identity(
    verb: Verb,
    json: Json<ConfirmBody>,
) -> Result<HttpResponse, Problem> {
    let words = words("reason", &json.body.reason)?;
    verb.run(words, identity::confirm_identity).await
}

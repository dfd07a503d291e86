//! The forms about who the person is: decide, confirm as a second person, and what is on file.

use actix_web::HttpResponse;
use serde_json::json;

use super::posted::Posted;
use crate::domain::contact::Condition;
use crate::domain::identity::{Level, Method};
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_MATCHED, LONGEST_REASON, identity_words, required, text};
use crate::workflow::identity::{self, IdentityDecision};
use crate::workflow::record::Case;

type Answer = std::result::Result<HttpResponse, Problem>;

/// What stands for "fit again" in the form.
const FIT: &str = "fit";

/// What can be said of the contact on file: that it is unfit; and once that was said, that it is fit.
#[must_use]
pub fn conditions(case: &Case) -> Vec<&'static str> {
    let unfit = Condition::ALL.iter().map(|condition| condition.name());
    unfit.chain(case.state.contact.map(|_| FIT)).collect()
}

/// `POST /requests/{id}/identity-decision`
pub async fn decide_identity(posted: Posted) -> Answer {
    let outcome = record_identity(&posted).await;
    posted.back("form-identity", outcome).await
}

async fn record_identity(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let level = match form.field("level") {
        "failed" => None,
        name => {
            let unknown = || Error::invalid("level", "unknown-value");
            Some(Level::parse(name).ok_or_else(unknown)?)
        }
    };
    let mut methods = Vec::new();
    for name in form.all("methods").take(Method::ALL.len()) {
        let unknown = || Error::invalid("methods", "unknown-value");
        methods.push(Method::parse(name).ok_or_else(unknown)?);
    }
    let doubt = posted.written("doubt")?;
    let reason = posted.written("identity_reason")?;
    let decision = IdentityDecision {
        level,
        methods,
        has_doubt: doubt.is_some(),
        has_reason: reason.is_some(),
    };
    let matched = Some(form.field("matched")).filter(|matched| !matched.trim().is_empty());
    text("matched", matched, LONGEST_MATCHED)?;
    let words = identity_words(doubt.as_deref(), reason.as_deref(), matched);
    let verb = posted.record(words, move |conn, ctx, target, written| {
        identity::decide_identity(conn, ctx, target, &decision, written)
    });
    verb.await
}

/// `POST /requests/{id}/identity-confirmation`
pub async fn confirm_identity(posted: Posted) -> Answer {
    let outcome = record_confirmation(&posted).await;
    posted.back("form-confirm-identity", outcome).await
}

async fn record_confirmation(posted: &Posted) -> Result<()> {
    let reason = posted.form.field("confirmation_reason");
    required("reason", reason, LONGEST_REASON)?;
    posted.record(Some(json!({ "reason": reason })), identity::confirm_identity).await
}

/// `POST /requests/{id}/contact-condition`
pub async fn declare_contact(posted: Posted) -> Answer {
    let outcome = record_condition(&posted).await;
    posted.back("form-contact", outcome).await
}

async fn record_condition(posted: &Posted) -> Result<()> {
    let unknown = || Error::invalid("condition", "unknown-value");
    let condition = match posted.form.field("condition") {
        FIT => None,
        name => Some(Condition::parse(name).ok_or_else(unknown)?),
    };
    let reason = posted.form.field("condition_reason");
    required("reason", reason, LONGEST_REASON)?;
    let words = Some(json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        identity::declare_contact(conn, ctx, target, condition, written)
    });
    verb.await
}

//! The forms around the work on a case: acknowledge, take charge, note, identity, close, withdraw.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::posted::Posted;
use crate::domain::identity::{Level, Method};
use crate::domain::request::ClosingGround;
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::signed::SignedPage;
use crate::web::written::{LONGEST_REASON, required, text};
use crate::workflow::closing;
use crate::workflow::identity::{self, IdentityDecision};

type Answer = std::result::Result<HttpResponse, Problem>;

/// `POST /requests/{id}/acknowledgement`
pub async fn acknowledge(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let verb = posted.record(None, |conn, ctx, target, written| {
        closing::acknowledge(conn, ctx, target, None, written)
    });
    let outcome = verb.await;
    posted.back("form-acknowledge", outcome).await
}

/// `POST /requests/{id}/assignee`
pub async fn assign(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let me = Some(signed.member.id);
    let verb = posted.record(None, move |conn, ctx, target, written| {
        closing::assign(conn, ctx, target, me, written)
    });
    let outcome = verb.await;
    posted.back("form-assign", outcome).await
}

/// `POST /requests/{id}/notes`
pub async fn note(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let outcome = add_note(&posted).await;
    posted.back("form-note", outcome).await
}

async fn add_note(posted: &Posted<'_>) -> Result<()> {
    let note = posted.form.field("note");
    required("note", note, LONGEST_REASON)?;
    let words = Some(json!({ "note": note }));
    posted.record(words, closing::add_note).await
}

/// `POST /requests/{id}/identity-decision`
pub async fn decide_identity(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let outcome = record_identity(&posted).await;
    posted.back("form-identity", outcome).await
}

async fn record_identity(posted: &Posted<'_>) -> Result<()> {
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
    let doubt = written(form, "doubt")?;
    let reason = written(form, "identity_reason")?;
    let decision = IdentityDecision {
        level,
        methods,
        has_doubt: doubt.is_some(),
        has_reason: reason.is_some(),
    };
    let words =
        (doubt.is_some() || reason.is_some()).then(|| json!({ "doubt": doubt, "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        identity::decide_identity(conn, ctx, target, &decision, written)
    });
    verb.await
}

/// `POST /requests/{id}/closing`
pub async fn close(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let outcome = record_closing(&posted).await;
    posted.back("form-close", outcome).await
}

async fn record_closing(posted: &Posted<'_>) -> Result<()> {
    let unknown = || Error::invalid("ground", "unknown-value");
    let ground = ClosingGround::parse(posted.form.field("ground")).ok_or_else(unknown)?;
    let reason = written(&posted.form, "closing_reason")?;
    let words = reason.map(|reason| json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        closing::close(conn, ctx, target, ground, written)
    });
    verb.await
}

/// `POST /requests/{id}/withdrawal`
pub async fn withdraw(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    form: Form,
) -> Answer {
    let posted = Posted::open(&request, &front, &signed, form).await?;
    let outcome = record_withdrawal(&posted).await;
    posted.back("form-withdraw", outcome).await
}

async fn record_withdrawal(posted: &Posted<'_>) -> Result<()> {
    let reason = posted.form.field("withdrawal_reason");
    required("reason", reason, LONGEST_REASON)?;
    let words = Some(json!({ "reason": reason }));
    posted.record(words, closing::withdraw).await
}

/// What stands in a field that may stay empty.
///
/// # Errors
/// `Invalid` when it is too long.
pub fn written(form: &Form, name: &str) -> Result<Option<String>> {
    let given = form.field(name);
    text(name, Some(given), LONGEST_REASON)?;
    Ok((!given.trim().is_empty()).then(|| given.to_owned()))
}

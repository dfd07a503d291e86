//! The forms around the work on a case: acknowledge, take charge, note, close, withdraw.

use actix_web::HttpResponse;
use serde_json::json;

use super::posted::Posted;
use crate::domain::request::ClosingGround;
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::closing;
use crate::workflow::messages;

type Answer = std::result::Result<HttpResponse, Problem>;

/// `POST /requests/{id}/acknowledgement`
pub async fn acknowledge(posted: Posted) -> Answer {
    let verb = posted.record(None, |conn, ctx, target, written| {
        closing::acknowledge(conn, ctx, target, None, written)
    });
    let outcome = verb.await;
    posted.back("form-acknowledge", outcome).await
}

/// `POST /requests/{id}/assignee`
pub async fn assign(posted: Posted) -> Answer {
    let me = Some(posted.signed.member.id);
    let verb = posted.record(None, move |conn, ctx, target, written| {
        closing::assign(conn, ctx, target, me, written)
    });
    let outcome = verb.await;
    posted.back("form-assign", outcome).await
}

/// `POST /requests/{id}/notes`
pub async fn note(posted: Posted) -> Answer {
    let outcome = add_note(&posted).await;
    posted.back("form-note", outcome).await
}

async fn add_note(posted: &Posted) -> Result<()> {
    let note = posted.form.field("note");
    required("note", note, LONGEST_REASON)?;
    let words = Some(json!({ "note": note }));
    posted.record(words, closing::add_note).await
}

/// `POST /requests/{id}/messages`
pub async fn message(posted: Posted) -> Answer {
    let outcome = send_message(&posted).await;
    posted.back("form-message", outcome).await
}

async fn send_message(posted: &Posted) -> Result<()> {
    let message = posted.form.field("message");
    required("message", message, LONGEST_REASON)?;
    let words = Some(json!({ "message": message }));
    posted.record(words, messages::send_message).await
}

/// `POST /requests/{id}/closing`
pub async fn close(posted: Posted) -> Answer {
    let outcome = record_closing(&posted).await;
    posted.back("form-close", outcome).await
}

async fn record_closing(posted: &Posted) -> Result<()> {
    let unknown = || Error::invalid("ground", "unknown-value");
    let ground = ClosingGround::parse(posted.form.field("ground")).ok_or_else(unknown)?;
    let reason = posted.written("closing_reason")?;
    let words = reason.map(|reason| json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        closing::close(conn, ctx, target, ground, written)
    });
    verb.await
}

/// `POST /requests/{id}/withdrawal`
pub async fn withdraw(posted: Posted) -> Answer {
    let outcome = record_withdrawal(&posted).await;
    posted.back("form-withdraw", outcome).await
}

async fn record_withdrawal(posted: &Posted) -> Result<()> {
    let reason = posted.form.field("withdrawal_reason");
    required("reason", reason, LONGEST_REASON)?;
    let words = Some(json!({ "reason": reason }));
    posted.record(words, closing::withdraw).await
}

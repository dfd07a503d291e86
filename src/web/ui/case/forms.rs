//! The forms around the work on a case: acknowledge, take charge, note, close, withdraw.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::case_id;
use super::posted::Posted;
use crate::app::new_files::NewFiles;
use crate::db::conn::Conn;
use crate::db::files::{FileRow, SENT_ATTACHMENT};
use crate::domain::actor::Permission;
use crate::domain::request::ClosingGround;
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::ui::signed::SignedPage;
use crate::web::upload_form::{self, OF_MESSAGE, Received, Receiver};
use crate::web::written::{LONGEST_REASON, required, text};
use crate::web::{Front, opened};
use crate::workflow::closing;
use crate::workflow::closing_grounds::Closing;
use crate::workflow::messages;
use crate::workflow::record::Written;

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
pub async fn message(
    request: HttpRequest,
    front: Data<Front>,
    signed: SignedPage,
    payload: Payload,
) -> Answer {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.member, id, Permission::WorkCase).await?;
    let receiver = Receiver {
        front: &front,
        opened: &opened,
        actor: signed.actor(),
        purpose: SENT_ATTACHMENT,
        most: OF_MESSAGE,
        check: &|form| signed.check(form),
        refused: opened.key().err(),
        document: None,
    };
    let Received { form, rows, kept, refused, too_large, .. } =
        upload_form::read(&request, receiver, payload).await?;
    let posted = Posted { front, signed, form, opened };
    let outcome = match refused {
        Some(refused) => Err(refused),
        None => send_message(&posted, rows, kept).await,
    };
    Ok(upload_form::refused_as(posted.back("form-message", outcome).await?, too_large))
}

async fn send_message(posted: &Posted, rows: Vec<FileRow>, kept: NewFiles) -> Result<()> {
    let message = posted.form.field("message").to_owned();
    // Files may speak for themselves.
    if rows.is_empty() {
        required("message", &message, LONGEST_REASON)?;
    }
    text("message", Some(&message), LONGEST_REASON)?;
    let (ctx, target) = (posted.ctx(), posted.target()?);
    let written = Written::sealed(&ctx, posted.opened.key()?, &json!({ "message": message }))?;
    let verb = move |conn: &mut Conn| {
        messages::send_message(conn, &ctx, &target, &rows, (&message, &written)).map(drop)
    };
    kept.recorded(posted.front.app.write(verb)).await
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
    let reminded_on = posted.form.day("reminded_on")?;
    let told_on = posted.form.day("told_on")?;
    let closing = Closing { ground, reminded_on, told_on };
    let words = closing.in_words(reason.map(|reason| json!({ "reason": reason })));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        closing::close(conn, ctx, target, closing, written)
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

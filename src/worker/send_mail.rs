//! Hands one mail to the mail server. Between the server's 250 and our mark this process may die:
//! the next try then sends the same mail with the same Message-ID once more, and no other way is
//! safe.

use chrono::Duration;

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{jobs, mails};
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::MailId;
use crate::domain::mail::MailState;
use crate::error::Result as OurResult;
use crate::mail::settings::Delivery;
use crate::mail::transport::{self, SendError};
use crate::workflow::mails::{self as verbs, Outcome};
use crate::workflow::record;

/// Why a mail waits that no server takes yet: the job's `last_error`.
pub const NOT_SET_UP: &str = "no-mail-server";

/// How soon a process without a mail server looks again: another process may have one, and a start
/// with settings wakes what waits.
const LOOK_AGAIN: Duration = Duration::minutes(10);

/// Sends the mail, or says why not.
///
/// # Errors
/// When the server is away or asks to come again, or the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: MailId) -> Result<Ended, Failure> {
    let Some(found) = app.read(move |conn| verbs::find(conn, id)).await? else {
        return Ok(Ended::Unwanted);
    };
    if found.mail.state != MailState::Waiting {
        return Ok(Ended::Unwanted);
    }
    let given_up =
        |code: &str| Outcome::Failed { state: MailState::GivenUp, code: code.to_owned() };
    if found.mail.useful_until.is_some_and(|until| until.utc() < app.now()) {
        return settle(app, claimed, id, given_up("too-late")).await;
    }
    if found.mail.request_id.is_some() && found.wrapped_key.is_none() {
        return settle(app, claimed, id, given_up("key-destroyed")).await;
    }
    if is_unfit(app, &found).await? {
        return settle(app, claimed, id, given_up("contact-unfit")).await;
    }
    let settings = match &app.config().mail {
        Delivery::NotSetUp => return postpone(app, claimed).await,
        Delivery::KeptHere => return settle(app, claimed, id, Outcome::Sent).await,
        Delivery::Smtp(settings) => settings,
    };
    let key = app.sealing_key(found.controller.as_ref(), found.case())?;
    let outgoing = found.outgoing(&key, &settings.sender)?;
    if !app.write(move |conn| Ok(mails::count_try(conn, id)?)).await? {
        return Ok(Ended::Unwanted);
    }
    match transport::send(settings, &outgoing).await {
        Ok(()) => settle(app, claimed, id, Outcome::Sent).await,
        Err(SendError::Refused(code)) => {
            let code = format!("smtp-{code}");
            settle(app, claimed, id, Outcome::Failed { state: MailState::Refused, code }).await
        }
        Err(SendError::TryAgain(code)) => {
            app.write(move |conn| Ok(mails::note_error(conn, id, code)?)).await?;
            Err(Failure::new(code, SendError::TryAgain(code)))
        }
    }
}

/// Whether the mail would go to a contact that was declared unfit after it was written.
async fn is_unfit(app: &App, found: &verbs::Found) -> OurResult<bool> {
    let mail = &found.mail;
    let (Some(controller), Some(request), true) =
        (mail.controller_id, mail.request_id, mail.purpose.is_to_contact())
    else {
        return Ok(false);
    };
    let scope = Scope::of_job(controller);
    let case = app.read(move |conn| record::load(conn, &scope, request)).await?;
    Ok(case.state.contact.is_some())
}

async fn settle(
    app: &App,
    claimed: &Claimed,
    id: MailId,
    outcome: Outcome,
) -> Result<Ended, Failure> {
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        verbs::settle(conn, &ctx, id, &outcome)?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

async fn postpone(app: &App, claimed: &Claimed) -> Result<Ended, Failure> {
    let run_at = Instant::from(app.now() + LOOK_AGAIN);
    let (id, fence) = (claimed.id, claimed.fence);
    let waits =
        app.write(move |conn| Ok(jobs::postpone(conn, id, fence, run_at, NOT_SET_UP)?)).await;
    ended(waits.map(drop))
}

/// Makes the mails due that waited for a mail server, when this process has one.
///
/// # Errors
/// When the database fails.
pub async fn wake(app: &App) -> OurResult<()> {
    use crate::domain::job::SEND_MAIL;
    let now = Instant::from(app.now());
    match &app.config().mail {
        Delivery::NotSetUp => {
            let waiting = app.read(|conn| Ok(mails::waiting(conn)?)).await?;
            tracing::warn!(waiting, "no mail server is set (smtp_host): mails wait, none is lost");
        }
        Delivery::Smtp(_) | Delivery::KeptHere => {
            app.write(move |conn| Ok(jobs::wake(conn, SEND_MAIL, NOT_SET_UP, now)?)).await?;
        }
    }
    Ok(())
}

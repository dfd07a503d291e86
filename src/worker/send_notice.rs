//! Tells a person that something waits in the portal, or was fetched there: to the contact on file, and with nothing of
//! what it is. Where nobody is on file, nothing is sent: what was given with the request may be
//! anybody's address.

use super::claim::Claimed;
use super::contact::look_up;
use super::run::{Ended, Failure, ended};
use super::search_group::{self, Opened};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::contacts;
use crate::domain::actor::{Actor, Scope};
use crate::domain::contact::OnFile;
use crate::domain::ids::{ControllerId, RequestId};
use crate::domain::mail::Notice;
use crate::language::text_with;
use crate::mail::address::MailAddress;
use crate::mail::message::{Block, Message};
use crate::mail::salutation::salutation;
use crate::workflow::codes::CONTACT_TASK;
use crate::workflow::mails::{self, Sender};
use crate::workflow::{contact_conditions, record};

/// Sends the notice.
///
/// # Errors
/// When a source may answer at a later try, or the database fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    (controller, request): (Option<ControllerId>, RequestId),
    about: Notice,
) -> Result<Ended, Failure> {
    let Some(controller) = controller else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = search_group::open_any(app, controller, request).await? else {
        return Ok(Ended::Unwanted);
    };
    let last_try = claimed.job.retry_after(claimed.attempt).is_none();
    let (outcome, contact) = look_up(app, &opened, last_try).await?;
    let ctx = app.ctx(Actor::Worker);
    let stored = super::contact::stored(&ctx, &opened, outcome, contact.as_ref())?;
    let mail = match contact.and_then(|contact| MailAddress::parse(&contact.email).ok()) {
        Some(to) => {
            let message = message(app, &opened, to, about);
            let (controller, key) = (&opened.controller, &opened.key);
            let from = Sender::Case { controller, request, key };
            Some(mails::prepare(&ctx, &from, &app.home(), &message, about.purpose(), None)?)
        }
        None => None,
    };
    let (claimed, controller_id, read) = (claimed.clone(), opened.controller.id, opened.request);
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let mut case = record::load(conn, &Scope::of_job(controller_id), request)?;
        contact_conditions::check_read(&case, &read)?;
        contacts::put(conn, &stored)?;
        contact_conditions::meet(conn, &ctx, &mut case, &stored)?;
        if stored.outcome == OnFile::Several && case.state.rests_on_contact {
            case.ask_person(conn, &ctx, CONTACT_TASK, stored.outcome.name())?;
        }
        // Somebody else may read what is on file: then nothing is written there.
        if let Some(mail) = mail.as_ref().filter(|_| case.state.contact.is_none()) {
            mails::enqueue(conn, mail)?;
        }
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

fn message(app: &App, opened: &Opened, to: MailAddress, about: Notice) -> Message {
    let language = opened.request.language;
    let named = [
        ("controller", opened.controller.name.as_str()),
        ("contact", opened.controller.contact.as_str()),
        ("reference", opened.request.reference.as_str()),
    ];
    let portal = format!("t/{}/{}/", opened.controller.slug, language.code());
    let portal = app.config().base_url.join(&portal).map_or(String::new(), |url| url.to_string());
    let keys = match about {
        Notice::Waiting => ["mail-notice-subject", "mail-notice-what", "mail-notice-how"],
        Notice::Downloaded => ["mail-download-subject", "mail-download-what", "mail-download-how"],
        Notice::Acknowledged => {
            ["mail-received-subject", "mail-received-what", "mail-received-how"]
        }
    };
    let [subject, what, how] = keys;
    let blocks = [
        Block::Paragraph(salutation(language, None)),
        Block::Paragraph(text_with(language, what, &named)),
        Block::Link(portal),
        Block::Paragraph(text_with(language, how, &named)),
    ];
    Message::new(to, language, &text_with(language, subject, &named), &blocks)
}

//! Looks up who is on file, in the contact columns of the connected systems alone, and sends a code
//! to that address: as it is stored, never as somebody supplied it. Whoever asked in the portal sees
//! nothing of what this finds.

use serde_json::json;

use super::claim::Claimed;
use super::contact::{look_up, stored};
use super::run::{Ended, Failure, ended};
use super::search_group::{self, Opened};
use crate::app::App;
use crate::db::codes;
use crate::db::column::Instant;
use crate::domain::actor::{Actor, Ctx, Scope};
use crate::domain::code::{CodeState, LIFETIME};
use crate::domain::contact::{Contact, last_of};
use crate::domain::ids::CodeId;
use crate::domain::mail::MailPurpose;
use crate::domain::subject::email;
use crate::language::{Language, text, text_with};
use crate::mail::address::MailAddress;
use crate::mail::message::{Block, Message};
use crate::mail::salutation::salutation;
use crate::vault::code::Code;
use crate::workflow::codes::{Letter, Sending, send};
use crate::workflow::mails::{self, Sender};
use crate::workflow::record::Written;

/// Sends the code, or asks a person to find another way.
///
/// # Errors
/// When a source may answer at a later try, or the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: CodeId) -> Result<Ended, Failure> {
    let code = app.read(move |conn| Ok(codes::get(conn, id)?)).await?;
    let Some(code) = code.filter(|code| code.state == CodeState::Asked) else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = search_group::open_any(app, code.controller_id, code.request_id).await?
    else {
        return Ok(Ended::Unwanted);
    };
    let last_try = claimed.job.retry_after(claimed.attempt).is_none();
    let (outcome, contact) = look_up(app, &opened, last_try).await?;
    let ctx = app.ctx(Actor::Worker);
    let stored = stored(&ctx, &opened, outcome, contact.as_ref())?;
    // Made and sealed whether or not anybody is on file: what is kept is then alike.
    let secret = Code::random();
    let code_hash = secret.hash(app.vault(), id.uuid());
    let matched = contact.as_ref().map_or_else(String::new, |contact| last_of(&contact.email));
    let event = Written::sealed(&ctx, &opened.key, &json!({ "matched": matched }))?;
    let letter = match &contact {
        Some(contact) => write(app, &ctx, &opened, &secret, contact)?,
        None => None,
    };
    let (claimed, scope) = (claimed.clone(), Scope::of_job(code.controller_id));
    let read = opened.request;
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let letter = letter
            .as_ref()
            .map(|letter| Letter { address_index: letter.address_index, mail: &letter.mail });
        let written = event.clone();
        let (contact, looked_up) = (&stored, &read);
        let sending = Sending { id, contact, looked_up, code_hash, written, letter };
        send(conn, &ctx, &scope, &sending)?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

struct WrittenCode {
    address_index: [u8; 32],
    mail: mails::Prepared,
}

/// Writes the mail; nothing when what is on file cannot be written to.
fn write(
    app: &App,
    ctx: &Ctx,
    opened: &Opened,
    code: &Code,
    contact: &Contact,
) -> Result<Option<WrittenCode>, Failure> {
    let (Ok(to), Ok(normalised)) =
        (MailAddress::parse(&contact.email), email::normalised(&contact.email))
    else {
        return Ok(None);
    };
    let message = message(opened, to, code);
    let (controller, request, key) = (&opened.controller, opened.request.id, &opened.key);
    let from = Sender::Case { controller, request, key };
    let until = Some(ctx.now + LIFETIME);
    let mail = mails::prepare(ctx, &from, &app.home(), &message, MailPurpose::Code, until)?;
    Ok(Some(WrittenCode { address_index: app.vault().index("code address", &normalised), mail }))
}

/// The code, for whoever reads the address on file: no name that a stranger may have typed, and no
/// word of what the request is about.
fn message(opened: &Opened, to: MailAddress, code: &Code) -> Message {
    let language: Language = opened.request.language;
    let named = [("controller", opened.controller.name.as_str())];
    let shown = code.shown();
    let blocks = [
        Block::Paragraph(salutation(language, None)),
        Block::Paragraph(text_with(language, "mail-code-asked", &named)),
        Block::Paragraph(shown.to_string()),
        Block::Paragraph(text(language, "mail-code-how")),
        Block::Paragraph(text(language, "mail-code-not-you")),
    ];
    Message::new(to, language, &text_with(language, "mail-code-subject", &named), &blocks)
}

//! A message with its headers, as it goes over the wire. The same mail renders to the same bytes
//! at each try.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart, header};

use super::address::MailAddress;
use super::message::Message;

/// Who a mail comes from, as its reader sees it.
#[derive(Clone, Debug)]
pub struct Signature {
    pub from: MailAddress,
    pub name: Option<String>,
    pub reply_to: Option<MailAddress>,
}

/// A mail that is ready to go.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub signature: Signature,
    /// With its angle brackets; stable over every try.
    pub message_id: String,
    /// When it was written, which is not when it is sent.
    pub written_at: DateTime<Utc>,
    pub message: Message,
}

/// The mail does not render. Never the recipient's or the text's fault: both were read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mail does not render")]
pub struct RenderError;

/// The mail as lettre hands it over.
pub(super) fn built(outgoing: &Outgoing) -> Result<lettre::Message, RenderError> {
    let Outgoing { signature, message_id, written_at, message } = outgoing;
    let seconds = u64::try_from(written_at.timestamp()).unwrap_or(0);
    let from = Mailbox::new(signature.name.clone(), signature.from.address());
    let mut builder = lettre::Message::builder()
        .from(from)
        .to(Mailbox::new(None, message.to.address()))
        .subject(message.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(message_id.clone()))
        // RFC 3834 §5: no responder answers this, and no loop begins.
        .raw_header(raw("Auto-Submitted", "auto-generated")?)
        .raw_header(raw("Content-Language", message.language.code())?);
    if let Some(reply_to) = &signature.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.address()));
    }
    let digits: String = message_id.chars().filter(char::is_ascii_hexdigit).take(32).collect();
    let body = MultiPart::alternative()
        .boundary(format!("part-{digits}"))
        .singlepart(part(header::ContentType::TEXT_PLAIN, &message.text))
        .singlepart(part(header::ContentType::TEXT_HTML, &message.html));
    builder.multipart(body).map_err(|_| RenderError)
}

fn part(kind: header::ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(text.to_owned())
}

fn raw(name: &'static str, value: &str) -> Result<HeaderValue, RenderError> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| RenderError)?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

/// The bytes of a mail, headers and all.
///
/// # Errors
/// [`RenderError`].
pub fn bytes(outgoing: &Outgoing) -> Result<Vec<u8>, RenderError> {
    Ok(built(outgoing)?.formatted())
}

//! The mail that carries signed checkpoints to whoever keeps them outside: in both languages, since
//! nobody knows the keeper's. It says nothing of any case.

use super::mails::{self, Prepared, Sender};
use crate::domain::actor::Ctx;
use crate::domain::mail::MailPurpose;
use crate::error::Result;
use crate::language::{Language, text};
use crate::mail::address::MailAddress;
use crate::mail::message::{Block, Message};
use crate::vault::Vault;

/// The mail with these notes. Saved as a file, it can be given to `guichet audit verify` as it is.
#[must_use]
pub fn message<'a>(to: MailAddress, notes: impl Iterator<Item = &'a str>) -> Message {
    let both = |key: &str| [Language::Fr, Language::En].map(|it| Block::Paragraph(text(it, key)));
    let mut blocks: Vec<Block> = both("checkpoint-mail-keep").into();
    blocks.extend(notes.map(|note| Block::Paragraph(note.trim_end().to_owned())));
    blocks.extend(both("checkpoint-mail-how"));
    let subject = text(Language::Fr, "checkpoint-mail-subject");
    let subject = format!("{subject} / {}", text(Language::En, "checkpoint-mail-subject"));
    Message::new(to, Language::Fr, &subject, &blocks)
}

/// Seals the mail, as one of the instance itself.
///
/// # Errors
/// When it cannot be sealed.
pub fn prepare(ctx: &Ctx, vault: &Vault, home: &str, message: &Message) -> Result<Prepared> {
    let sender = Sender::Instance { vault };
    mails::prepare(ctx, &sender, home, message, MailPurpose::Checkpoints, None)
}

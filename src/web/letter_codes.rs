//! The letter with a code, for the API and the page of a case: what staff say of the address, and the
//! words that are printed. The code stands in it and nowhere else.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Front;
use super::opened::Opened;
use super::written::{LONGEST_REASON, beyond, required};
use crate::domain::actor::StaffMember;
use crate::domain::letter::window;
use crate::domain::letter_code::LIFETIME;
use crate::domain::letter_code::normalised;
use crate::domain::subject::text::is_hidden;
use crate::error::{Error, Result};
use crate::language::{self, Language, text, text_with};
use crate::vault::code::LetterCode;
use crate::workflow::letter_codes::Printing;
use crate::workflow::letters::document::lines;
use crate::workflow::record::Case;
use crate::workflow::subject::Subject;

/// How long an address may be, in characters and in lines: what the window of an envelope shows.
const LONGEST_ADDRESS: usize = 500;
const MOST_LINES: usize = 6;

/// What staff say of the address that the letter goes to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnFile {
    /// As it stands in the controller's own records, without the name.
    pub address: String,
    /// In which system and where.
    pub found_in: String,
    /// It was looked up there, and not taken from the request.
    pub is_on_file: bool,
}

impl OnFile {
    /// The words that are sealed beside the event.
    ///
    /// # Errors
    /// `Invalid` at each field that says too little or too much.
    pub fn words(&self) -> Result<Value> {
        required("address", &self.address, LONGEST_ADDRESS)?;
        let count = lines(&self.address).len();
        if count > MOST_LINES {
            return Err(beyond("address", "too-many-lines", MOST_LINES));
        }
        required("found_in", &self.found_in, LONGEST_REASON)?;
        // What is only drawn is no address, and all of it would count as one.
        if count == 0 || normalised(&self.address).is_empty() {
            return Err(Error::invalid("address", "empty"));
        }
        if self.address.chars().any(|c| is_hidden(c) && !c.is_whitespace()) {
            return Err(Error::invalid("address", "control-character"));
        }
        if !self.is_on_file {
            return Err(Error::invalid("is_on_file", "not-on-file"));
        }
        Ok(json!({ "address": self.address, "found_in": self.found_in }))
    }

    /// A new code on its way to this address.
    ///
    /// # Errors
    /// `Invalid` for an address that the window of an envelope would cut off.
    pub fn printing(&self, subject: &Subject) -> Result<Printing> {
        if window::print(&recipient(subject, &self.address)).is_none() {
            return Err(Error::invalid("address", "letter-address-long"));
        }
        Ok(Printing {
            code: LetterCode::random(),
            address: self.address.clone(),
            given: subject.postal_address.clone(),
        })
    }
}

/// Who is written to, for whoever may read it.
///
/// # Errors
/// `Forbidden`; `Transition` once the key of the case is destroyed.
pub fn subject(member: &StaffMember, opened: &Opened) -> Result<Subject> {
    use crate::domain::actor::Permission::{ReadSubject, WorkCase};

    let may = |permission| member.may(opened.row.controller_id, permission);
    if !may(WorkCase) || !may(ReadSubject) {
        return Err(Error::Forbidden);
    }
    opened.subject()?.ok_or(Error::Transition { code: "key-destroyed" })
}

/// Name and address, a line each.
fn recipient(subject: &Subject, address: &str) -> Vec<String> {
    let mut recipient: Vec<String> = subject.names.iter().take(1).cloned().collect();
    recipient.extend(lines(address));
    recipient
}

/// The letter, to be printed once.
pub struct CodeLetter {
    pub language: Language,
    pub title: String,
    pub sender: Vec<String>,
    pub recipient: Vec<String>,
    pub printed_on: String,
    /// Label and value.
    pub about: Vec<(String, String)>,
    /// What stands before the code.
    pub before: Vec<String>,
    pub code: Zeroizing<String>,
    /// What stands after it.
    pub after: Vec<String>,
}

/// Writes the letter. Where it sends the person is the portal itself: neither the reference nor the
/// code stands in that address, which somebody copies by hand.
#[must_use]
pub fn letter(
    front: &Front,
    (opened, case): (&Opened, &Case),
    (subject, printing): (&Subject, &Printing),
    now: DateTime<Utc>,
) -> CodeLetter {
    let (language, controller) = (opened.row.language, &opened.controller);
    let zone = case.state.rules.time_zone;
    let day = |at: DateTime<Utc>| language::date(language, at.with_timezone(&zone).date_naive());
    let portal = format!("t/{}/{}/", controller.slug, language.code());
    let portal = front.app.config().base_url.join(&portal);
    let portal = portal.map_or_else(|_| String::new(), |url| url.to_string());
    let (received, until) = (day(case.state.received_at), day(now + LIFETIME));
    let told = [
        ("controller", controller.name.as_str()),
        ("received", received.as_str()),
        ("portal", portal.as_str()),
        ("until", until.as_str()),
        ("contact", controller.contact.as_str()),
    ];
    let say = |name: &str| text_with(language, &format!("code-letter-{name}"), &told);
    let label = |name: &str| text(language, &format!("letter-frame-{name}"));
    let mut sender = vec![controller.name.clone()];
    sender.extend(lines(&controller.address));
    CodeLetter {
        language,
        title: say("title"),
        sender,
        recipient: recipient(subject, &printing.address),
        printed_on: day(now),
        about: vec![
            (label("reference"), opened.row.reference.clone()),
            (label("contact"), controller.contact.clone()),
        ],
        before: vec![say("why"), say("how")],
        code: printing.code.shown(),
        after: vec![say("until"), say("receipt"), say("nobody")],
    }
}

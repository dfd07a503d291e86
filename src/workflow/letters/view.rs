//! A letter with all that it depends on, read in one transaction: what it would say now, and what
//! it lacks.

use chrono::{DateTime, Utc};

use super::document::{self, Document};
use super::stored::Stored;
use super::values::{Parties, Writing, standard_text};
use super::withheld::of_package;
use crate::db::breaches;
use crate::db::conn::Conn;
use crate::db::contacts::{self, ContactRow};
use crate::db::controllers::{self, Controller};
use crate::db::letter_texts;
use crate::db::letters::LetterRow;
use crate::domain::actor::Scope;
use crate::domain::identity::Level;
use crate::domain::ids::{BreachId, ControllerId};
use crate::domain::letter::authority;
use crate::domain::letter::content::Content;
use crate::domain::letter::facts::Facts;
use crate::domain::letter::lint::{Draft, Finding, lint};
use crate::domain::letter::{Delivery, Letter, window};
use crate::domain::right::Right;
use crate::domain::withholding::WithheldPart;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::CaseKey;
use crate::workflow::extension::announced_error;
use crate::workflow::identity::needed_with;
use crate::workflow::record::Case;
use crate::workflow::subject::{Subject, subject_place};

/// The text of a controller for a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    /// 0 while it was never changed.
    pub version: i64,
    /// Whether it is the standard text.
    pub standard: bool,
}

/// The text that a letter of a controller is written by.
///
/// # Errors
/// When the database fails.
pub fn text_of(
    conn: &mut Conn,
    controller: ControllerId,
    letter: Letter,
    language: Language,
) -> Result<Text> {
    let newest = letter_texts::newest(conn, controller, letter, language)?;
    let version = newest.as_ref().map_or(0, |row| row.version);
    let own = newest.and_then(|row| row.text);
    let standard = own.is_none();
    let text = own.unwrap_or_else(|| standard_text(language, letter));
    Ok(Text { text, version, standard })
}

/// What a letter is written from.
pub struct Desk {
    pub controller: Controller,
    pub subject: Subject,
    pub text: Text,
    /// Who is on file, as far as it was looked up.
    pub on_file: Option<ContactRow>,
    /// What the package withholds that the letter is about.
    pub withheld: Vec<WithheldPart>,
}

impl Desk {
    /// What the controller asks for at least before an answer leaves, and who is on file.
    #[must_use]
    pub const fn asked(&self) -> (Level, Option<&ContactRow>) {
        (self.controller.least_level, self.on_file.as_ref())
    }
}

/// Reads what a letter is written from.
///
/// # Errors
/// `Transition` once the key of the case is destroyed; when a seal does not open.
pub fn desk(
    conn: &mut Conn,
    scope: &Scope,
    case: &Case,
    key: &CaseKey,
    (letter, language): (Letter, Language),
) -> Result<Desk> {
    let controller = controllers::get(conn, scope, case.row.controller_id)?;
    let sealed = case.row.sealed_subject.as_ref();
    let sealed = sealed.ok_or(Error::Transition { code: "key-destroyed" })?;
    let subject = key.key().open(&subject_place(case.row.id), sealed)?;
    let subject = serde_json::from_slice(&subject);
    let subject = subject.map_err(|_| Error::internal("a subject does not read"))?;
    let text = text_of(conn, case.row.controller_id, letter, language)?;
    let on_file = contacts::get(conn, case.row.id)?;
    let about = match letter {
        Letter::PartialRefusal => vec![Right::Access, Right::Portability],
        _ => letter.answers().into_iter().collect(),
    };
    let mut withheld = Vec::new();
    for right in about {
        withheld.extend(of_package(conn, case.row.id, right)?.unwrap_or_default());
    }
    Ok(Desk { controller, subject, text, on_file, withheld })
}

/// A letter as it would leave now.
#[derive(Debug)]
pub struct View {
    pub document: Document,
    pub findings: Vec<Finding>,
}

/// Writes a letter and looks at what it lacks.
///
/// # Errors
/// When its dates lie outside the data.
pub fn view(
    desk: &Desk,
    case: &Case,
    (letter, language): (Letter, Language),
    content: &Content,
    (now, delivery): (DateTime<Utc>, Option<Delivery>),
) -> Result<View> {
    let mut facts = Facts::of(&case.state, (letter, content), now)
        .map_err(|error| announced_error(error, content.until))?;
    facts.delivery = delivery;
    facts.withheld.clone_from(&desk.withheld);
    let recipient = document::recipient(&desk.subject, language);
    facts.has_address = recipient.has_address;
    facts.address_fits = window::print(&recipient.lines).is_some();
    let authority = authority::of_controller(&desk.controller.country, &desk.controller.authority);
    facts.authority_is_whole = authority.is_whole();
    facts.needed = needed_with(case, case.state.has_found_special(), desk.asked(), now);
    let parties = Parties {
        controller: &desk.controller,
        subject: &desk.subject,
        reference: &case.row.reference,
    };
    let writing = Writing { language, letter, content, facts: &facts, parties: &parties };
    let values = writing.values();
    let text = &desk.text.text;
    let findings = lint(&Draft { letter, text, content, values: &values, facts: &facts });
    Ok(View { document: document::write(&writing, text, &values), findings })
}

/// A letter with its row's content and, for a draft, how it would leave now.
pub struct Read {
    pub row: LetterRow,
    pub content: Content,
    pub document: Document,
    /// The version of the organisation's text that it is written by.
    pub text_version: i64,
    pub findings: Vec<Finding>,
    /// The open breaches that a draft may be about, with when each became known.
    pub breaches: Vec<(BreachId, DateTime<Utc>)>,
    pub case: Case,
}

/// Reads a letter: what was sent as it was sent, a draft as it would leave now.
///
/// # Errors
/// `NotFound`; `Transition` when it was given up or the key of the case is destroyed.
pub fn read(
    conn: &mut Conn,
    scope: &Scope,
    case: Case,
    row: LetterRow,
    key: &CaseKey,
    now: DateTime<Utc>,
) -> Result<Read> {
    let Stored { content, document } = Stored::open(key, &row)?;
    if let Some(document) = document {
        let (findings, breaches) = (Vec::new(), Vec::new());
        let text_version = row.text_version;
        return Ok(Read { row, content, document, text_version, findings, breaches, case });
    }
    let breaches = match row.letter {
        Letter::BreachInformation => open_breaches(conn, &case)?,
        _ => Vec::new(),
    };
    let of = (row.letter, row.language);
    let desk = desk(conn, scope, &case, key, of)?;
    let View { document, findings } = view(&desk, &case, of, &content, (now, None))?;
    let text_version = desk.text.version;
    Ok(Read { row, content, document, text_version, findings, breaches, case })
}

fn open_breaches(conn: &mut Conn, case: &Case) -> Result<Vec<(BreachId, DateTime<Utc>)>> {
    let mut open = breaches::of_request(conn, case.row.id)?;
    open.retain(|row| row.closed_at.is_none());
    Ok(open.into_iter().map(|row| (row.id, row.aware_at.utc())).collect())
}

//! Letters at the front door: found, written, sent, and shown in one shape.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::Front;
use super::opened::Opened;
use super::packages::hex;
use super::problem::field_text;
use crate::db::breaches::{self, Breach};
use crate::db::letters::{self, LetterRow};
use crate::domain::actor::{Actor, StaffMember};
use crate::domain::ids::{BreachId, LetterId};
use crate::domain::letter::content::Content;
use crate::domain::letter::lint::Finding;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::template::one_line_ending;
use crate::domain::letter::{Letter, LetterState};
use crate::error::{Error, FieldError, Result};
use crate::language::Language;
use crate::workflow::breaches::nature::for_the_person;
use crate::workflow::breaches::stored::open_record;
use crate::workflow::letters::document::Document;
use crate::workflow::letters::draft::{self, told};
use crate::workflow::letters::sending::{self, Sending, Sent};
use crate::workflow::letters::view::{self, Read};
use crate::workflow::record::{self, Expected, Target};

/// The shortest sentence that tells one record from another, in characters.
const SENTENCE: usize = 20;

/// Whether words repeat a sentence of the record `old` that the record `new` does not have.
fn repeats(words: &str, old: &str, new: &str) -> bool {
    let sentences = old.split(['.', '!', '?', ';', '\n', '\r']).map(str::trim);
    let mut long = sentences.filter(|sentence| sentence.chars().count() >= SENTENCE);
    long.any(|sentence| words.contains(sentence) && !new.contains(sentence))
}

/// Somebody at work on the letters of one case.
pub struct LetterDesk<'a> {
    pub front: &'a Front,
    pub member: &'a StaffMember,
    pub opened: &'a Opened,
}

impl LetterDesk<'_> {
    fn target(&self) -> Target {
        let (scope, id) = (self.member.scope(), self.opened.row.id);
        Target { scope, id, expected: Expected::Any }
    }

    /// The letters of the case, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self) -> Result<Vec<LetterRow>> {
        let id = self.opened.row.id;
        self.front.app.read(move |conn| Ok(letters::of_request(conn, id)?)).await
    }

    /// One letter of the case, without what stands in it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn row(&self, id: LetterId) -> Result<LetterRow> {
        let request = self.opened.row.id;
        self.front.app.read(move |conn| Ok(letters::get(conn, request, id)?)).await
    }

    /// One letter with what stands in it: what was sent, or a draft as it would leave now.
    ///
    /// # Errors
    /// `NotFound`; `Transition` when it was given up or the key of the case is destroyed.
    pub async fn read(&self, id: LetterId) -> Result<Read> {
        let (scope, request) = (self.member.scope(), self.opened.row.id);
        let now = self.front.app.now();
        let row = self.row(id).await?;
        let key = self.opened.key()?.clone();
        let read = move |conn: &mut crate::db::conn::Conn| {
            let case = record::load(conn, &scope, request)?;
            view::read(conn, &scope, case, row, &key, now)
        };
        self.front.app.read(read).await
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// `Forbidden`; `Transition` once the key of the case is destroyed.
    pub async fn begin(&self, letter: Letter) -> Result<LetterRow> {
        let ctx = self.front.app.ctx(Actor::Staff(self.member.clone()));
        let (target, id) = (self.target(), ctx.new_id());
        let key = self.opened.key()?.clone();
        let known = match letter {
            Letter::BreachInformation => self.breach().await?,
            _ => None,
        };
        let begin = move |conn: &mut crate::db::conn::Conn| {
            let row = draft::begin_letter(conn, &ctx, &target, (id, letter), &key)?;
            match &known {
                Some(content) => {
                    let of = (row.id, Expected::Version(row.version));
                    draft::edit(conn, &ctx, &target, of, content, &key)
                }
                None => Ok(row),
            }
        };
        self.front.app.write(begin).await
    }

    /// What the record of the newest open breach of the case says for the letter to the person.
    async fn breach(&self) -> Result<Option<Content>> {
        let id = self.opened.row.id;
        let found = self.front.app.read(move |conn| Ok(breaches::of_request(conn, id)?)).await?;
        let open = found.iter().find(|row| row.closed_at.is_none());
        let Some(row) = open else { return Ok(None) };
        let parts = self.told_of(row).await?.into();
        Ok(Some(Content { parts, breach: Some(row.id), ..Content::default() }))
    }

    /// What the record of a breach says for the letter, in words for the person.
    async fn told_of(&self, row: &Breach) -> Result<[(Placeholder, String); 3]> {
        let key = self.front.app.controller_key(&self.opened.controller)?;
        let record = open_record(&key, row)?;
        let (row, known) = (row.clone(), record.clone());
        let read = move |conn: &mut crate::db::conn::Conn| for_the_person(conn, &row, &known);
        Ok([
            (Placeholder::Nature, self.front.app.read(read).await?),
            (Placeholder::Consequences, record.consequences),
            (Placeholder::Measures, record.measures),
        ])
    }

    /// A draft that is to be of another breach than before takes up that record, where nobody had
    /// written anything else. Words that still repeat the other record are refused.
    async fn of_breach(&self, id: LetterId, mut content: Content) -> Result<Content> {
        let before = self.read(id).await?.content;
        if content.breach == before.breach {
            return Ok(content);
        }
        let request = self.opened.row.id;
        let all = self.front.app.read(move |conn| Ok(breaches::of_request(conn, request)?)).await?;
        let of = |id: Option<BreachId>| all.iter().find(|row| Some(row.id) == id);
        let (Some(old), Some(new)) = (of(before.breach), of(content.breach)) else {
            return Ok(content);
        };
        let (before, after) = (self.told_of(old).await?, self.told_of(new).await?);
        let mut errors = Vec::new();
        for ((part, known), (_, words)) in before.into_iter().zip(after) {
            let said = one_line_ending(content.part(part));
            if said.trim() == one_line_ending(&known).trim() {
                content.parts.insert(part, words);
            } else if repeats(&said, &known, &words) {
                let place = format!("parts.{}", part.name());
                errors.push(FieldError::new(place, "letter-other-breach"));
            }
        }
        if errors.is_empty() { Ok(content) } else { Err(Error::Invalid(errors)) }
    }

    /// Replaces what stands in a draft.
    ///
    /// # Errors
    /// As [`draft::edit`].
    pub async fn edit(&self, of: (LetterId, Expected), content: Content) -> Result<LetterRow> {
        let row = self.row(of.0).await?;
        let content = match (row.letter, row.state) {
            (Letter::BreachInformation, LetterState::Draft) => {
                self.of_breach(of.0, content).await?
            }
            _ => content,
        };
        let ctx = self.front.app.ctx(Actor::Staff(self.member.clone()));
        let target = self.target();
        let key = self.opened.key()?.clone();
        let edit = move |conn: &mut crate::db::conn::Conn| {
            draft::edit(conn, &ctx, &target, of, &content, &key)
        };
        self.front.app.write(edit).await
    }

    /// Gives up a draft.
    ///
    /// # Errors
    /// As [`draft::give_up`].
    pub async fn give_up(&self, of: (LetterId, Expected)) -> Result<LetterRow> {
        let ctx = self.front.app.ctx(Actor::Staff(self.member.clone()));
        let target = self.target();
        let give_up =
            move |conn: &mut crate::db::conn::Conn| draft::give_up(conn, &ctx, &target, of);
        self.front.app.write(give_up).await
    }

    /// Sends a draft.
    ///
    /// # Errors
    /// As [`sending::send`].
    pub async fn send(&self, sending: Sending) -> Result<Sent> {
        check_message_id(sending.message_id.as_deref())?;
        let ctx = self.front.app.ctx(Actor::Staff(self.member.clone()));
        let target = self.target();
        let key = self.opened.key()?.clone();
        let send = move |conn: &mut crate::db::conn::Conn| {
            sending::send(conn, &ctx, &target, &sending, &key)
        };
        self.front.app.write(send).await
    }
}

/// The sender's own reference of a letter is printable and short, as for every message.
fn check_message_id(id: Option<&str>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    if id.is_empty() || id.len() > 255 || !id.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::invalid("message_id", "wrong-message-id"));
    }
    Ok(())
}

/// An instant in UTC with microseconds (RFC 3339).
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A letter without what stands in it.
#[must_use]
pub fn in_short(row: &LetterRow) -> Map<String, Value> {
    let shown = json!({
        "id": row.id,
        "letter": row.letter.name(),
        "language": row.language.code(),
        "state": row.state.name(),
        "version": row.version,
        "text_version": row.text_version,
        "delivery": row.delivery.map(|delivery| delivery.name()),
        "created_by": row.created_by,
        "created_at": instant(row.created_at.utc()),
        "sent_by": row.sent_by,
        "sent_at": row.sent_at.map(|at| instant(at.utc())),
        "printed_at": row.printed_at.map(|at| instant(at.utc())),
    });
    match shown {
        Value::Object(shown) => shown,
        _ => Map::new(),
    }
}

/// A letter with what stands in it, and what it lacks in the reader's language.
#[must_use]
pub fn in_full(
    row: &LetterRow,
    (content, document): (&Content, &Document),
    findings: &[Finding],
    reader: Language,
) -> Value {
    let mut shown = in_short(row);
    shown.insert("sha256".to_owned(), json!(row.sha256.as_deref().map(hex)));
    shown.insert("content".to_owned(), json!(content));
    shown.insert("text".to_owned(), json!(document.text()));
    let findings = findings.iter().map(|finding| {
        json!({
            "field": finding.place,
            "code": finding.code,
            "element": finding.element.map(|element| element.name()),
            "anchor": finding.anchor,
            "detail": sentence(finding, reader),
            "blocks": finding.blocks,
        })
    });
    shown.insert("findings".to_owned(), findings.collect());
    Value::Object(shown)
}

/// A finding in words.
#[must_use]
pub fn sentence(finding: &Finding, reader: Language) -> String {
    field_text(&told(finding), reader)
}

//! The history of a case in words, with what was sealed for those who may read it.

mod proofs;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::db::events::EventRow;
use crate::domain::event::Event;
use crate::domain::ids::UserId;
use crate::domain::request::ClosingGround;
use crate::error::{Error, Result};
use crate::language::{Language, date, text, text_with};
use crate::vault::CaseKey;
use crate::web::ui::colleagues::Colleagues;
use crate::web::ui::wording::{self, instant, named};
use crate::workflow::record::detail_place;

/// What people write beside an event, by the names under which it is sealed.
const WRITTEN: [&str; 16] = [
    "note",
    "proof",
    "message",
    "reason",
    "evidence",
    "before",
    "doubt",
    "statement",
    "matched",
    "before_identity_reason",
    "received_reason",
    "message_id",
    "address",
    "found_in",
    "reminded_on",
    "told_on",
];

/// Who reads, and how.
pub struct Reading<'a> {
    pub language: Language,
    pub zone: Tz,
    pub colleagues: &'a Colleagues,
    /// Only for those who may read what is sealed.
    pub key: Option<&'a CaseKey>,
}

/// One event.
pub struct Line {
    pub at: String,
    pub what: String,
    pub who: String,
    /// Label and text.
    pub words: Vec<(String, String)>,
}

/// The user whom an event makes responsible.
#[must_use]
pub fn assignee(row: &EventRow) -> Option<UserId> {
    match row.entry().ok()?.event {
        Event::RequestAssigned { assignee } => assignee,
        _ => None,
    }
}

impl Reading<'_> {
    /// An event in words.
    ///
    /// # Errors
    /// When it does not read, or its seal does not open.
    pub fn line(&self, row: &EventRow) -> Result<Line> {
        let entry = row.entry().map_err(|error| Error::internal(error.to_string()))?;
        let mut words = Vec::new();
        if let (Some(key), Some(sealed)) = (self.key, &row.sealed_detail) {
            let opened = key.key().open(&detail_place(row.id), sealed)?;
            let opened: Map<String, Value> = serde_json::from_slice(&opened).unwrap_or_default();
            for name in WRITTEN {
                let written = opened.get(name).and_then(Value::as_str);
                if let Some(written) = written.filter(|written| !written.is_empty()) {
                    // A text that is nothing but a day is one that we wrote.
                    let said = match written.parse() {
                        Ok(on) if name == "reminded_on" || name == "told_on" => {
                            date(self.language, on)
                        }
                        _ => written.to_owned(),
                    };
                    words.push((named(self.language, "words", name), said));
                }
            }
        }
        Ok(Line {
            at: self.instant(entry.at),
            what: self.sentence(&entry.event),
            who: self.colleagues.actor(&entry.actor),
            words,
        })
    }

    /// An instant where the controller stands.
    #[must_use]
    pub fn instant(&self, at: DateTime<Utc>) -> String {
        instant(self.language, at, self.zone)
    }

    fn day(&self, at: DateTime<Utc>) -> String {
        date(self.language, at.with_timezone(&self.zone).date_naive())
    }

    fn sentence(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::RequestLogged { channel, rights, .. } => {
                let rights = rights.iter().map(|it| wording::right(language, it.right));
                let rights = rights.collect::<Vec<_>>().join(", ");
                let channel = named(language, "channel", channel.name());
                let told = [("rights", rights.as_str()), ("channel", channel.as_str())];
                text_with(language, "event-logged", &told)
            }
            Event::ReceiptCorrected { .. } | Event::SubjectCorrected { .. } => {
                self.corrected(event)
            }
            Event::RequestAcknowledged { .. } => text(language, "event-acknowledged"),
            Event::IdentityDecided { .. } | Event::IdentityConfirmed { .. } => self.identity(event),
            Event::IdentityDocumentReceived { .. }
            | Event::IdentityDocumentOpened { .. }
            | Event::IdentityDocumentRemoved { .. }
            | Event::IdentityDocumentReused { .. } => self.document(event),
            Event::RequestPaused { .. }
            | Event::RequestResumed { .. }
            | Event::ReplyInsufficient { .. }
            | Event::RequestExtended { .. } => self.clock(event),
            Event::RequestAssigned { assignee: None } => text(language, "event-unassigned"),
            Event::RequestAssigned { assignee } => {
                let name = self.colleagues.name(*assignee);
                text_with(language, "event-assigned", &[("name", &name)])
            }
            Event::NoteAdded => text(language, "event-note"),
            Event::MessageReceived { .. } => text(language, "event-message-received"),
            Event::ContactDeclared { .. }
            | Event::CircumstanceStated { .. }
            | Event::CodeSent { .. }
            | Event::CodeNotSent { .. }
            | Event::CodeConfirmed
            | Event::CallCodeMade
            | Event::LetterCodeMade { .. }
            | Event::LetterCodeConfirmed
            | Event::ProviderSignInConfirmed { .. }
            | Event::ProviderSignInUnmatched { .. } => self.proof(event),
            Event::MessageSent { .. } => text(language, "event-message-sent"),
            Event::SearchStarted { .. }
            | Event::SystemSearched { .. }
            | Event::FileUploaded { .. }
            | Event::AnswerTakenBack { .. }
            | Event::PeopleCompared { .. } => self.search(event),
            Event::PackageBuilt { .. }
            | Event::PackageReleased { .. }
            | Event::PackageDownloaded { .. }
            | Event::PackageRetired { .. }
            | Event::PackageDelivered { .. }
            | Event::RightDecided { .. } => self.answer(event),
            Event::DataWithheld { .. }
            | Event::WithholdingTakenBack { .. }
            | Event::ProposalDeclined { .. } => self.review(event),
            Event::CaseFileOpened { form } => named(language, "event-case-file", form.name()),
            Event::LetterSent { .. } | Event::MailSent { .. } | Event::MailFailed { .. } => {
                self.post(event)
            }
            Event::RequestWithdrawn => text(language, "event-withdrawn"),
            Event::RequestForwarded => text(language, "event-forwarded"),
            Event::RequestClosed { ground } => self.closed(*ground),
            Event::RequestReopened => text(language, "event-reopened"),
            Event::ActionUndone { action, .. } => named(language, "event-undone", action.name()),
            Event::RequestHeld
            | Event::HoldLifted
            | Event::WorkingCopiesRemoved { .. }
            | Event::BreachRecorded { .. }
            | Event::CaseKeyDestroyed => self.keeping(event),
        }
    }

    fn closed(&self, ground: ClosingGround) -> String {
        let ground = named(self.language, "closing", ground.name());
        text_with(self.language, "event-closed", &[("ground", &ground)])
    }

    /// What went to the person, or did not.
    fn post(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::LetterSent { name, delivery, .. } => {
                let letter = named(language, "letter-name", &name.key());
                let delivery = named(language, "letter-delivery", delivery.name());
                let told = [("letter", letter.as_str()), ("delivery", delivery.as_str())];
                text_with(language, "event-letter", &told)
            }
            Event::MailFailed { purpose, code, .. } => {
                let purpose = named(language, "mail-purpose", purpose.name());
                let told = [("purpose", purpose.as_str()), ("code", code.as_str())];
                text_with(language, "event-mail-failed", &told)
            }
            Event::MailSent { purpose, .. } => {
                let purpose = named(language, "mail-purpose", purpose.name());
                text_with(language, "event-mail-sent", &[("purpose", &purpose)])
            }
            _ => String::new(),
        }
    }

    fn keeping(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::RequestHeld => text(language, "event-held"),
            Event::HoldLifted => text(language, "event-hold-lifted"),
            Event::WorkingCopiesRemoved { files } => {
                let files = files.to_string();
                text_with(language, "event-copies-removed", &[("files", &files)])
            }
            Event::BreachRecorded { of_version, .. } => {
                let entry = of_version.to_string();
                text_with(language, "event-breach", &[("entry", &entry)])
            }
            _ => text(language, "event-key-destroyed"),
        }
    }

    fn corrected(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::ReceiptCorrected { received_at } => {
                let corrected = self.day(*received_at);
                text_with(language, "event-receipt-corrected", &[("date", &corrected)])
            }
            Event::SubjectCorrected { begins_anew: true, .. } => {
                text(language, "event-subject-anew")
            }
            _ => text(language, "event-subject-corrected"),
        }
    }

    fn clock(&self, event: &Event) -> String {
        let language = self.language;
        let (key, at, ground) = match event {
            Event::RequestPaused { ground, message, .. } => {
                ("event-paused", message.sent_at, Some(ground))
            }
            Event::RequestResumed { ground, received_at } => {
                ("event-resumed", *received_at, Some(ground))
            }
            Event::ReplyInsufficient { ground, received_at } => {
                ("event-insufficient", *received_at, Some(ground))
            }
            Event::RequestExtended { message, late, .. } => {
                let key = if *late { "event-extended-late" } else { "event-extended" };
                (key, message.sent_at, None)
            }
            _ => return String::new(),
        };
        let day = self.day(at);
        let ground =
            ground.map_or_else(String::new, |ground| named(language, "pause", ground.name()));
        text_with(language, key, &[("date", &day), ("ground", &ground)])
    }

    fn search(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::SystemSearched { system, outcome, rows, .. } => {
                let outcome = named(language, "outcome", outcome);
                let rows = rows.to_string();
                let told = [("system", system), ("outcome", &outcome), ("rows", &rows)];
                text_with(language, "event-system", &told.map(|(k, v)| (k, v.as_str())))
            }
            Event::FileUploaded { system, .. } => {
                text_with(language, "event-file-uploaded", &[("system", system)])
            }
            Event::AnswerTakenBack { system, .. } => {
                text_with(language, "event-answer-taken-back", &[("system", system)])
            }
            Event::PeopleCompared { several_people, .. } => {
                let key = if *several_people { "event-compared-several" } else { "event-compared" };
                text(language, key)
            }
            Event::SearchStarted { systems, .. } => {
                let systems = systems.to_string();
                text_with(language, "event-search", &[("systems", &systems)])
            }
            _ => String::new(),
        }
    }

    fn answer(&self, event: &Event) -> String {
        let language = self.language;
        let decided = |key: &str, right, decision: crate::domain::request::Decision| {
            let right = wording::right(language, right);
            let decision = named(language, "decision", decision.name());
            text_with(language, key, &[("right", &right), ("decision", &decision)])
        };
        match event {
            Event::PackageBuilt { right, complete, .. } => {
                let key = if *complete { "event-package" } else { "event-package-incomplete" };
                text_with(language, key, &[("right", &wording::right(language, *right))])
            }
            Event::PackageReleased { right, decision, .. } => {
                decided("event-released", *right, *decision)
            }
            Event::RightDecided { right, decision, .. } => {
                decided("event-decided", *right, *decision)
            }
            Event::PackageRetired { why, reopens, .. } => {
                let why = named(language, "retirement", why.name());
                let key = if *reopens { "event-retired-reopens" } else { "event-retired" };
                text_with(language, key, &[("why", &why)])
            }
            Event::PackageDelivered { how, .. } => {
                let how = named(language, "paper-delivery", how.name());
                text_with(language, "event-delivered", &[("how", &how)])
            }
            _ => text(language, "event-downloaded"),
        }
    }

    fn review(&self, event: &Event) -> String {
        let language = self.language;
        match event {
            Event::DataWithheld { extent, system, table, column, exemption, .. } => {
                let extent = named(language, "extent", extent.name());
                let ground = wording::ground(language, *exemption);
                let told = [
                    ("extent", extent.as_str()),
                    ("place", &place(system, table, column.as_deref())),
                    ("ground", &ground),
                ];
                text_with(language, "event-withheld", &told)
            }
            Event::ProposalDeclined { system, table, column } => {
                let place = place(system, table, Some(column));
                text_with(language, "event-declined", &[("place", &place)])
            }
            _ => text(language, "event-taken-back"),
        }
    }
}

/// Where something stands, by the names of the data map.
fn place(system: &str, table: &str, column: Option<&str>) -> String {
    let column = column.map_or_else(String::new, |column| format!(".{column}"));
    format!("{system}: {table}{column}")
}

//! Sending a letter. It is checked against the dates of that very instant, it does what it says
//! through the verb that has the rules, and it is kept as it was sent: one transaction.

use serde_json::{Value, json};

use super::draft::{author, changeable, store, told};
use super::stored::{Stored, digest};
use super::view::{desk, view};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::letters::{self, LetterRow};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::{Event, SentMessage};
use crate::domain::identity::LEAST;
use crate::domain::ids::LetterId;
use crate::domain::job::Job;
use crate::domain::letter::content::Content;
use crate::domain::letter::lint::Finding;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::{Delivery, Letter, LetterState};
use crate::domain::lifecycle::{Action, Status};
use crate::domain::mail::Notice;
use crate::domain::request::{Channel, Decision};
use crate::domain::undo::LastAction;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::workflow::breaches::decision;
use crate::workflow::clock::{self, Pause};
use crate::workflow::closing;
use crate::workflow::closing_grounds::Closing;
use crate::workflow::extension::{self, Extension};
use crate::workflow::identity::needed_with;
use crate::workflow::record::{Case, Expected, Target, Written, begin, load};
use crate::workflow::telling;

/// How a draft is to be sent.
#[derive(Clone, Debug)]
pub struct Sending {
    pub id: LetterId,
    /// The version of the draft that was decided on.
    pub expected: Expected,
    pub delivery: Delivery,
    /// The number of a registered letter, or another reference of the sender.
    pub message_id: Option<String>,
}

/// A letter that was sent.
#[derive(Debug)]
pub struct Sent {
    pub row: LetterRow,
    pub case: Case,
    /// What the sender should know, although it kept nothing from leaving.
    pub findings: Vec<Finding>,
}

/// Sends a draft.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when the draft was changed meanwhile; `Invalid` with all that
/// is missing; what the verb answers that the letter stands for.
pub fn send(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    sending: &Sending,
    key: &CaseKey,
) -> Result<Sent> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    let mut row = changeable(conn, &case, sending.id, sending.expected)?;
    let Stored { content, .. } = Stored::open(key, &row)?;
    let of = (row.letter, row.language);
    let desk = desk(conn, &target.scope, &case, key, of)?;
    let seen = view(&desk, &case, of, &content, (ctx.now, Some(sending.delivery)))?;
    let missing: Vec<_> = seen.findings.iter().filter(|it| it.blocks).map(told).collect();
    if !missing.is_empty() {
        return Err(Error::Invalid(missing));
    }
    let name = row.letter;
    let special = case.state.has_found_special();
    let needed = needed_with(&case, special, desk.asked(), ctx.now);
    let policy = case.state.needed_level(false, LEAST);
    let for_anybody = (policy..needed).contains(&case.state.level);
    let delivery = sending.delivery;
    let answers = Some(name.is_answer());
    let event = Event::LetterSent { letter: row.id, name, delivery, for_anybody, answers };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    // The version was compared above; from here on this transaction alone changes the case.
    let target = Target { expected: Expected::Any, ..target.clone() };
    let act = Act { ctx, target: &target, sending, key };
    act.carry_out(conn, &case, name, &content)?;

    row.state = LetterState::Sent;
    row.text_version = desk.text.version;
    row.delivery = Some(sending.delivery);
    row.sha256 = Some(digest(&seen.document));
    let stored = Stored { content, document: Some(seen.document) };
    row.sealed_text = Some(stored.seal(key, row.id)?);
    row.sent_by = Some(author(ctx)?);
    row.sent_at = Some(Instant::from(ctx.now));
    row.printed_at = row.sent_at.filter(|_| sending.delivery != Delivery::Portal);
    let row = store(conn, row)?;
    let case = load(conn, &target.scope, target.id)?;
    telling::told(conn, ctx, &case)?;
    if sending.delivery == Delivery::Portal {
        let about =
            if name == Letter::Acknowledgement { Notice::Acknowledged } else { Notice::Waiting };
        // Nobody hears of what can still be undone.
        let held_back = case.state.last_action.as_ref().filter(|last| last.what.is_some());
        let run_at = held_back.map_or(ctx.now, LastAction::taken_until);
        case.enqueue(conn, ctx, &Job::SendNotice { request: case.row.id, about }, run_at)?;
    }
    Ok(Sent { row, case, findings: seen.findings })
}

/// Makes a draft again of a letter that was undone; true when a notice of it was to go.
///
/// # Errors
/// When the seal does not open, or the database fails.
pub fn take_back(conn: &mut Conn, case: &Case, id: LetterId, key: &CaseKey) -> Result<bool> {
    let mut row = letters::get(conn, case.row.id, id)?;
    let stored = Stored { document: None, ..Stored::open(key, &row)? };
    row.sealed_text = Some(stored.seal(key, row.id)?);
    let delivery = row.delivery.take();
    row.state = LetterState::Draft;
    row.text_version = 0;
    row.sha256 = None;
    (row.sent_by, row.sent_at, row.printed_at) = (None, None, None);
    store(conn, row)?;
    Ok(delivery == Some(Delivery::Portal))
}

/// What a letter does beside being sent.
struct Act<'a> {
    ctx: &'a Ctx,
    target: &'a Target,
    sending: &'a Sending,
    key: &'a CaseKey,
}

impl Act<'_> {
    fn carry_out(
        &self,
        conn: &mut Conn,
        case: &Case,
        letter: Letter,
        content: &Content,
    ) -> Result<()> {
        let (ctx, target) = (self.ctx, self.target);
        match letter {
            Letter::Acknowledgement => {
                let written = self.written(&json!({}))?;
                closing::acknowledge(conn, ctx, target, Some(self.message()), &written)?;
            }
            Letter::IdentityRequest | Letter::ClarificationRequest => {
                self.pause(conn, letter, content)?;
            }
            Letter::ClockResumed => self.resume(conn, case, content)?,
            Letter::Extension => self.extend(conn, content)?,
            Letter::AccessResponse | Letter::PortabilityDelivery if content.nothing_held => {
                self.find_nothing(conn, case, letter)?;
            }
            // What they are about was released before, and decided with that.
            Letter::AccessResponse | Letter::PortabilityDelivery => {}
            Letter::Refusal | Letter::PartialRefusal => {
                self.refuse(conn, case, letter, content)?;
            }
            Letter::CannotIdentify | Letter::NotController | Letter::ClosedWithoutReply => {
                self.close(conn, case, letter, content)?;
            }
            Letter::BreachInformation => {
                decision::informed_by_letter(conn, ctx, case.row.id, content.breach)?;
            }
            // A withdrawal that is recorded already is only confirmed.
            Letter::Withdrawal if case.state.status == Status::Withdrawn => {}
            Letter::Withdrawal => {
                let reason = content.part(Placeholder::Withdrawn);
                let written = self.written(&json!({ "reason": reason }))?;
                closing::withdraw(conn, ctx, target, &written)?;
            }
        }
        Ok(())
    }

    /// The record of the letter, as the verbs take it.
    const fn message(&self) -> SentMessage {
        let channel = match self.sending.delivery {
            Delivery::Portal => Channel::Web,
            Delivery::RegisteredLetter => Channel::Letter,
            Delivery::Counter => Channel::InPerson,
        };
        SentMessage { sent_at: self.ctx.now, channel }
    }

    /// What is sealed beside the event, with the reference of the letter.
    fn written(&self, words: &Value) -> Result<Written> {
        let mut words = words.clone();
        if let Value::Object(words) = &mut words {
            let id = self.sending.message_id.clone();
            let id = id.unwrap_or_else(|| self.sending.id.to_string());
            words.insert("message_id".to_owned(), Value::from(id));
        }
        Written::sealed(self.ctx, self.key, &words)
    }

    fn pause(&self, conn: &mut Conn, letter: Letter, content: &Content) -> Result<()> {
        let Some(ground) = letter.asks() else {
            return Err(Error::internal("a letter that asks nothing"));
        };
        let statement = match letter {
            Letter::IdentityRequest => content.part(Placeholder::Doubt),
            _ => content.part(Placeholder::Volume),
        };
        let written = self.written(&json!({ "statement": statement }))?;
        let pause = Pause { ground, message: self.message(), has_statement: true };
        clock::pause(conn, self.ctx, self.target, &pause, &written).map(drop)
    }

    /// A reply that is recorded already is only confirmed.
    fn resume(&self, conn: &mut Conn, case: &Case, content: &Content) -> Result<()> {
        let (Some(ground), Some(at)) = (content.pause_ground, content.replied_at) else {
            return Err(Error::internal("a letter that the lint let pass"));
        };
        if !case.state.open_pauses().contains(&ground) {
            return Ok(());
        }
        let written = Written::plain(self.ctx);
        clock::resume(conn, self.ctx, self.target, (ground, at, true), &written).map(drop)
    }

    fn extend(&self, conn: &mut Conn, content: &Content) -> Result<()> {
        let ground = content.extension_ground;
        let ground = ground.ok_or_else(|| Error::internal("an extension without ground"))?;
        let reason = content.part(Placeholder::Reasons);
        let written = self.written(&json!({ "reason": reason }))?;
        let extension = Extension {
            message: self.message(),
            until: content.until,
            ground,
            record_late: content.record_late,
        };
        extension::extend(conn, self.ctx, self.target, &extension, &written).map(drop)
    }

    fn find_nothing(&self, conn: &mut Conn, case: &Case, letter: Letter) -> Result<()> {
        let right = letter.answers().ok_or_else(|| Error::internal("a letter without right"))?;
        let decided = (right, Decision::NothingHeld);
        let is_decided = case
            .state
            .rights
            .iter()
            .any(|state| (state.exercised.right, state.decision) == decided);
        if is_decided {
            return Ok(());
        }
        let written = Written::plain(self.ctx);
        let decision = (right, Decision::NothingHeld, None);
        closing::decide_right(conn, self.ctx, self.target, decision, &written).map(drop)
    }

    /// Decides each right as the letter says; one that was decided so before is only confirmed.
    fn refuse(
        &self,
        conn: &mut Conn,
        case: &Case,
        letter: Letter,
        content: &Content,
    ) -> Result<()> {
        let decision =
            letter.decides().ok_or_else(|| Error::internal("a letter that decides nothing"))?;
        for refused in &content.rights {
            let is_decided =
                case.state.rights.iter().any(|state| {
                    state.exercised.right == refused.right && state.decision == decision
                });
            if is_decided {
                continue;
            }
            let written = self.written(&json!({ "reason": refused.reason }))?;
            let decided = (refused.right, decision, refused.ground);
            closing::decide_right(conn, self.ctx, self.target, decided, &written)?;
        }
        Ok(())
    }

    /// A case that was closed before on the ground of the letter is told of it, and stays as it is.
    fn close(&self, conn: &mut Conn, case: &Case, letter: Letter, content: &Content) -> Result<()> {
        let part = match letter {
            Letter::CannotIdentify => Placeholder::Demonstration,
            Letter::NotController => Placeholder::ActualController,
            _ => Placeholder::Reasons,
        };
        let ground = letter.closes_as();
        let ground = ground.ok_or_else(|| Error::internal("a letter that closes nothing"))?;
        if case.state.closed_as == Some(ground) {
            return Ok(());
        }
        let written = self.written(&json!({ "reason": content.part(part) }))?;
        let closing = Closing { ground, reminded_on: content.reminded_on, told_on: None };
        closing::close(conn, self.ctx, self.target, closing, &written).map(drop)
    }
}

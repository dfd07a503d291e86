//! Correcting whom a request is about: a name misheard, a number mistyped.

use super::record::{Case, Target, Written, begin};
use super::subject::{NewSubject, Subject};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::files::{self, SENT_ATTACHMENT};
use crate::db::requests::{self, Request, SearchTerm};
use crate::db::{codes, contacts, letter_codes, letters};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::identity::Level;
use crate::domain::letter::Letter;
use crate::domain::lifecycle::Action;
use crate::domain::request::Decision;
use crate::domain::subject::{Identifier, says_minor};
use crate::error::{Error, Result};
use crate::vault::{CaseKey, ControllerKey};

/// What takes the place of what was known of the person, sealed before the transaction begins.
pub struct Correction {
    /// What stood in the row when the correction was made.
    read: Option<Vec<u8>>,
    sealed_subject: Vec<u8>,
    terms: Vec<SearchTerm>,
    begins_anew: bool,
    identifiers: Vec<Identifier>,
    /// What stood there, as lines that are sealed beside the event.
    pub before: String,
}

impl Correction {
    /// Prepares a correction of the request as it was read; its words and its representative stay.
    ///
    /// # Errors
    /// `Invalid` when nothing changes.
    pub fn prepare(
        (controller_key, key): (&ControllerKey, &CaseKey),
        (row, before): (&Request, &Subject),
        new: &NewSubject,
    ) -> Result<Self> {
        let after = new.with(before.words.clone(), before.representative.clone());
        if after == *before {
            return Err(Error::invalid("subject", "unchanged"));
        }
        Ok(Self {
            read: row.sealed_subject.clone(),
            sealed_subject: after.seal(key, row.id)?,
            terms: new.terms(controller_key, (row.controller_id, row.id)),
            identifiers: new.identifiers.clone(),
            begins_anew: !after.is_looked_for_as(before),
            before: lines(before),
        })
    }
}

/// A person in lines: names, `kind: value`, and where they live.
fn lines(subject: &Subject) -> String {
    let mut lines = subject.names.clone();
    lines.extend(subject.identifiers.iter().map(|it| format!("{}: {}", it.kind, it.value)));
    lines.extend(subject.postal_address.clone());
    lines.join("\n")
}

/// Puts the person right. Where systems are asked for somebody else then, codes end, and who is on
/// file is looked up anew. That is possible as long as nothing was proved, found, written or decided
/// for the person as named before: none of it is the other's, and neither may read it.
///
/// # Errors
/// `Conflict` when somebody was faster; `Transition` when it is too late.
pub fn correct_subject(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    correction: &Correction,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::CorrectSubject)?;
    if case.row.sealed_subject != correction.read {
        return Err(Error::Conflict { code: "stale" });
    }
    let begins_anew = correction.begins_anew;
    let id = case.row.id;
    if begins_anew && is_worked_on(conn, &case)? {
        return Err(Error::Transition { code: "too-late-to-correct" });
    }
    requests::set_subject(conn, id, &correction.sealed_subject, &correction.terms)?;
    case.row.sealed_subject = Some(correction.sealed_subject.clone());
    let today = ctx.now.with_timezone(&case.state.rules.time_zone).date_naive();
    let minor = Some(says_minor(&correction.identifiers, today));
    case.record(conn, ctx, Event::SubjectCorrected { begins_anew, minor }, written)?;
    if begins_anew {
        let at = Instant::from(ctx.now);
        codes::replace(conn, id, at)?;
        letter_codes::replace(conn, id, at)?;
        contacts::forget(conn, id)?;
    }
    Ok(case)
}

/// Whether anything stands in the case that was made for the person as named.
fn is_worked_on(conn: &mut Conn, case: &Case) -> Result<bool> {
    let state = &case.state;
    let is_decided = state.rights.iter().any(|right| right.decision != Decision::Undecided);
    let is_proved = state.level > Level::V0 || state.awaited.is_some();
    if is_decided || is_proved || state.found.is_some() || state.contact_said_here {
        return Ok(true);
    }
    // A confirmation that it came in tells nothing of anybody.
    let written = letters::of_request(conn, case.row.id)?;
    if written.iter().any(|letter| letter.letter != Letter::Acknowledgement) {
        return Ok(true);
    }
    let sent = files::of_request(conn, case.row.id)?;
    Ok(sent.iter().any(|file| file.purpose == SENT_ATTACHMENT))
}

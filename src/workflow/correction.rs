//! Correcting whom a request is about: a name misheard, a number mistyped.

use super::record::{Case, Target, Written, begin};
use super::stopping::forget_found;
use super::subject::{NewSubject, Subject};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::requests::{self, Request, SearchTerm};
use crate::db::{codes, contacts, letter_codes, packages};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::lifecycle::Action;
use crate::error::{Error, Result};
use crate::vault::{CaseKey, ControllerKey};

/// What takes the place of what was known of the person, sealed before the transaction begins.
pub struct Correction {
    /// What stood in the row when the correction was made.
    read: Option<Vec<u8>>,
    sealed_subject: Vec<u8>,
    terms: Vec<SearchTerm>,
    begins_anew: bool,
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

/// Puts the person right. Where systems are asked for somebody else then, what was proved and what
/// was found is somebody else's: the level falls, codes end, and what was found is taken back.
///
/// # Errors
/// `Conflict` when somebody was faster; `Transition` while an answer stands that was released.
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
    if begins_anew && packages::of_request(conn, id)?.iter().any(|it| it.state == "released") {
        return Err(Error::Transition { code: "released-before" });
    }
    requests::set_subject(conn, id, &correction.sealed_subject, &correction.terms)?;
    case.row.sealed_subject = Some(correction.sealed_subject.clone());
    case.record(conn, ctx, Event::SubjectCorrected { begins_anew }, written)?;
    if begins_anew {
        let at = Instant::from(ctx.now);
        codes::replace(conn, id, at)?;
        letter_codes::replace(conn, id, at)?;
        contacts::forget(conn, id)?;
        forget_found(conn, ctx, &case)?;
    }
    Ok(case)
}

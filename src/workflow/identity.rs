//! Identity decisions: made by a person, with methods and level; V3 confirmed by a second person.

use chrono::{DateTime, Duration, Utc};

use super::codes::CONTACT_TASK;
use super::contact_conditions;
use super::identity_documents;
use super::record::{Case, Target, Written, begin, begin_own};
use super::stopping::forget_found;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::contacts::ContactRow;
use crate::db::{codes, contacts, controllers, letter_codes, users};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::contact::{Condition, OnFile, is_too_new};
use crate::domain::event::Event;
use crate::domain::identity::{self, Claim, ClaimError, Level, Method};
use crate::domain::identity_document::DocumentRemoval;
use crate::domain::ids::ControllerId;
use crate::domain::job::Job;
use crate::domain::lifecycle::{Action, Status};
use crate::error::{Error, Result};

/// What a person decided on identity.
#[derive(Clone, Debug)]
pub struct IdentityDecision {
    /// `None`: identity failed.
    pub level: Option<Level>,
    pub methods: Vec<Method>,
    pub has_doubt: bool,
    pub has_reason: bool,
}

/// How long one person alone must wait to confirm their own V3 decision.
const ALONE: Duration = Duration::hours(24);

/// Records an identity decision.
///
/// # Errors
/// `Invalid` when the methods do not carry the level.
pub fn decide_identity(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    decision: &IdentityDecision,
    written: &Written,
) -> Result<Case> {
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::DecideIdentity)?;
    decided(conn, ctx, case, decision, written)
}

/// Records a decision on a case. Of proofs that are recorded by themselves it names those that were.
pub(super) fn decided(
    conn: &mut Conn,
    ctx: &Ctx,
    mut case: Case,
    decision: &IdentityDecision,
    written: &Written,
) -> Result<Case> {
    // Whoever got the answer was somebody else: it is taken back first, and a breach.
    let mut rights = case.state.rights.iter();
    let is_out = rights.any(|right| right.out().or_else(|| right.rests_on()).is_some());
    if decision.level.is_none() && (is_out || case.state.status == Status::Answered) {
        return Err(Error::Transition { code: "answer-is-out" });
    }
    let awaits_confirmation = decision.level == Some(Level::V3);
    match decision.level {
        Some(level) => {
            let claim = Claim {
                level,
                methods: &decision.methods,
                recorded: &case.state.proved,
                // A doubt that a letter or a document stated before is stated.
                has_doubt: decision.has_doubt || case.state.doubt,
                has_reason: decision.has_reason,
            };
            identity::check(&claim).map_err(refused)?;
        }
        None if !decision.has_reason => {
            return Err(Error::invalid("reason", "failed-needs-reason"));
        }
        None => identity::check_recorded(&decision.methods, &case.state.proved).map_err(refused)?,
    }
    let event = Event::IdentityDecided {
        level: decision.level,
        methods: decision.methods.clone(),
        doubt: decision.has_doubt,
        awaits_confirmation,
    };
    case.record(conn, ctx, event, written)?;
    // Also where a second person confirms: they confirm the written reason, and the copy has served.
    let needed = needed_to_answer(conn, ctx, &case, false)?;
    if case.state.decides_documents(&decision.methods, needed) {
        identity_documents::remove_all(conn, ctx, &mut case, DocumentRemoval::Decided)?;
    }
    if decision.level.is_none() {
        // What an early search found is about somebody else, and a letter on its way proves nothing
        // after a person has decided.
        forget_found(conn, ctx, &case)?;
        letter_codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    }
    tell_of_contact(conn, ctx, &case)?;
    Ok(case)
}

fn refused(error: ClaimError) -> Error {
    let field = match error.code {
        "method-not-recorded" => "methods",
        "other-needs-reason" => "reason",
        _ => "level",
    };
    Error::invalid(field, error.code)
}

/// Confirms a V3 decision: another person, or, where the controller has one member only, the same
/// person after 24 hours, recorded as such.
///
/// # Errors
/// `Transition` when nothing waits or the same person is too early.
pub fn confirm_identity(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::ConfirmIdentity)?;
    let Some(awaited) = case.state.awaited.clone() else {
        return Err(Error::Transition { code: "nothing-to-confirm" });
    };
    let by_same_person = awaited.decided_by == ctx.actor.name();
    if by_same_person {
        if others(conn, case.row.controller_id, &awaited.decided_by)? {
            return Err(Error::Transition { code: "second-person" });
        }
        if ctx.now < awaited.decided_at + ALONE {
            return Err(Error::Transition { code: "second-look" });
        }
    }
    let event = Event::IdentityConfirmed { level: Level::V3, by_same_person };
    case.record(conn, ctx, event, written)?;
    tell_of_contact(conn, ctx, &case)?;
    identity_documents::remove_all(conn, ctx, &mut case, DocumentRemoval::Decided)?;
    Ok(case)
}

/// Says that what is on file is unfit to prove anything or to be written to; or, for a DPO, that it
/// is fit again. From then on neither a code nor a notice goes there, and whoever proved no more than
/// to read it needs a decision of V3: in every case of the controller that meets the same address.
///
/// # Errors
/// `Forbidden` to take it back without the permission; `Transition` when nothing was said.
pub fn declare_contact(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    condition: Option<Condition>,
    written: &Written,
) -> Result<Case> {
    let permission =
        if condition.is_some() { Permission::WorkCase } else { Permission::DecideCase };
    let mut case = begin(conn, ctx, target, permission, Action::Note)?;
    if condition.is_none() && case.state.contact.is_none() {
        return Err(Error::Transition { code: "contact-fit" });
    }
    case.record(conn, ctx, Event::ContactDeclared { condition, elsewhere: false }, written)?;
    // What was sent there before proves nothing any more.
    codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    letter_codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
    match condition {
        Some(_) => note_condition(conn, ctx, &case)?,
        None => contact_conditions::take_back(conn, ctx, &case)?,
    }
    Ok(case)
}

/// The person says in the portal that somebody else reads what is on file. Said once, it stands. A
/// visit that proved nothing says nothing of a contact that somebody else has proved to read.
///
/// # Errors
/// As [`begin_own`].
pub fn declare_own_contact(
    conn: &mut Conn,
    ctx: &Ctx,
    is_proved: bool,
    written: &Written,
) -> Result<Case> {
    let mut case = begin_own(conn, ctx, Action::Note)?;
    if !is_proved && case.state.level >= Level::V1 {
        return Ok(case);
    }
    if !case.state.says_unsafe {
        // Recorded also where it is known from elsewhere: the page of somebody on file must not differ
        // from that of somebody who is not.
        let condition = Some(Condition::Unsafe);
        case.record(conn, ctx, Event::ContactDeclared { condition, elsewhere: false }, written)?;
        codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
        letter_codes::replace(conn, case.row.id, Instant::from(ctx.now))?;
        // Anybody may ask in the name of another: what somebody of whom nothing is proved says of the
        // contact holds for this case, until staff say it for all (security.md §0, 4).
        if case.state.level >= Level::V1 {
            note_condition(conn, ctx, &case)?;
        }
        case.ask_person(conn, ctx, CONTACT_TASK, Condition::Unsafe.name())?;
    }
    Ok(case)
}

/// What the person said of the contact before anybody knew who they are holds for all cases from now.
fn tell_of_contact(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    if case.state.level >= Level::V1 && case.state.contact_said_here {
        note_condition(conn, ctx, case)?;
    }
    Ok(())
}

/// Has the address looked up, so that every case of the controller meets what was said of it.
fn note_condition(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    case.enqueue(conn, ctx, &Job::NoteCondition { request: case.row.id }, ctx.now)
}

/// The level that an answer of a case needs now.
///
/// # Errors
/// When the database fails.
pub fn needed_to_answer(conn: &mut Conn, ctx: &Ctx, case: &Case, special: bool) -> Result<Level> {
    let least = controllers::least_level(conn, case.row.controller_id)?;
    let on_file = contacts::get(conn, case.row.id)?;
    Ok(needed_with(case, special, (least, on_file.as_ref()), ctx.now))
}

/// The same, by what the controller asks for now at least, and what was looked up of the contact on
/// file. Who took over an account changes its
/// address first: a contact that is too new proves less. One that belongs to several people meanwhile
/// is read by any of them: a person decides (V3).
#[must_use]
pub fn needed_with(
    case: &Case,
    special: bool,
    (least, on_file): (Level, Option<&ContactRow>),
    now: DateTime<Utc>,
) -> Level {
    let are_several = on_file.is_some_and(|found| found.outcome == OnFile::Several);
    if are_several && case.state.rests_on_contact {
        return Level::V3;
    }
    let changed_at = on_file.and_then(|contact| contact.changed_at).map(Instant::utc);
    case.state.needed_level(special || is_too_new(changed_at, now), least)
}

/// Refuses what tells of the person's data below the level that it needs.
///
/// # Errors
/// `Transition`, which names the level.
pub fn check_level(case: &Case, needed: Level) -> Result<()> {
    let code = match needed {
        _ if case.state.level >= needed => return Ok(()),
        Level::V0 | Level::V1 => "needs-v1",
        Level::V2 => "needs-v2",
        Level::V3 => "needs-v3",
    };
    Err(Error::Transition { code })
}

/// Whether somebody else of the controller could decide, or confirm: whoever works cases decides, and
/// then it is the DPO who confirms. Nobody is alone with such a colleague (identity.md, V3).
fn others(conn: &mut Conn, controller: ControllerId, decided_by: &str) -> Result<bool> {
    let members = users::of_controller(conn, controller)?;
    Ok(members.iter().any(|(user, role)| {
        user.status == "active"
            && role.may(Permission::WorkCase)
            && format!("user:{}", user.id) != decided_by
    }))
}

//! Verbs around the work: acknowledge, assign, note, decide, withdraw, forward, close, reopen, and
//! the end of a case's key.

use super::clock::{sent_error, watch_anew};
use super::closing_grounds::Closing;
use super::collection::{WAITS, answer_task};
use super::identity::{check_level, needed_to_answer};
use super::nothing_held;
use super::people::check_compared;
use super::record::{Case, Target, Written, begin, begin_own, load};
use super::stopping::{end_waiting_work, end_work, end_work_later};
use super::telling;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{
    breaches, call_codes, codes, contacts, events, files, identity_documents, letter_codes,
    letters, mails, packages, portal_sessions, requests, searches, tasks, users, withholdings,
};
use crate::domain::actor::{Ctx, Permission, Scope};
use crate::domain::event::{Event, SentMessage};
use crate::domain::exemption::Exemption;
use crate::domain::history::RightState;
use crate::domain::ids::{RequestId, UserId};
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::domain::request::Decision;
use crate::domain::right::Right;
use crate::domain::undo::TAKEN;
use crate::error::{Error, Result};

/// The kind of the task that an unacknowledged request makes.
pub const ACKNOWLEDGE_TASK: &str = "acknowledge";

/// Records that the person was told of the receipt.
///
/// # Errors
/// `Transition` when that was recorded before.
pub fn acknowledge(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    message: Option<SentMessage>,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Acknowledge)?;
    if case.state.acknowledged_at.is_some() {
        return Err(Error::Transition { code: "already-acknowledged" });
    }
    if let Some(message) = &message {
        message.check(case.state.received_at, ctx.now).map_err(sent_error)?;
    }
    case.record(conn, ctx, Event::RequestAcknowledged { message }, written)?;
    let (id, at) = (case.row.id, Instant::from(ctx.now));
    tasks::complete_kind(conn, id, ACKNOWLEDGE_TASK, None, at, &ctx.actor.name())?;
    Ok(case)
}

/// Makes somebody responsible, or nobody.
///
/// # Errors
/// `Invalid` when the user may not work cases of this controller.
pub fn assign(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    assignee: Option<UserId>,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Assign)?;
    if let Some(id) = assignee {
        let member = users::staff_member(conn, id)?;
        let may = |member: &crate::domain::actor::StaffMember| {
            member.may(case.row.controller_id, Permission::WorkCase)
        };
        if !member.as_ref().is_some_and(may) {
            return Err(Error::invalid("user_id", "cannot-work-here"));
        }
    }
    case.record(conn, ctx, Event::RequestAssigned { assignee }, written)?;
    Ok(case)
}

/// Adds a note, sealed.
///
/// # Errors
/// As [`begin`].
pub fn add_note(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Note)?;
    case.record(conn, ctx, Event::NoteAdded, written)?;
    Ok(case)
}

/// Decides one right. A refusal names its ground. `Undecided` takes a decision back. What is carried
/// out at once, whatever is known of the person, needs no decision of a DPO: whoever works the case
/// records that it was done (GDPR Art. 21(3), 7(3)).
///
/// # Errors
/// `Forbidden` for a decision proper without the permission; `NotFound` when the case does not
/// exercise the right; `Invalid` without a ground where one is needed; `Transition` when it tells of
/// data to somebody of whom too little is known, grants access or portability without a release or
/// beyond it, refuses what is handed out, or says that nothing is held without a whole search that
/// found nothing.
pub fn decide_right(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    decision: (Right, Decision, Option<Exemption>),
    written: &Written,
) -> Result<Case> {
    let (right, decision, ground) = decision;
    let immediate =
        |state: &RightState| state.exercised.right == right && state.exercised.is_immediate();
    let known = load(conn, &target.scope, target.id)?;
    let carried_out = decision == Decision::Granted && known.state.rights.iter().any(immediate);
    let permission = if carried_out { Permission::WorkCase } else { Permission::DecideCase };
    let mut case = begin(conn, ctx, target, permission, Action::DecideRight)?;
    let state = case.state.rights.iter().find(|state| state.exercised.right == right);
    let state = state.ok_or(Error::NotFound)?;
    if decision == Decision::Undecided && state.decision == Decision::Undecided {
        return Err(Error::invalid("decision", "no-decision"));
    }
    let refuses = matches!(decision, Decision::Refused | Decision::GrantedInPart);
    match (refuses, ground, written.sealed.is_some()) {
        (true, None, _) => return Err(Error::invalid("ground", "refusal-needs-ground")),
        (true, Some(_), false) => return Err(Error::invalid("reason", "refusal-needs-reason")),
        (false, Some(_), _) => return Err(Error::invalid("ground", "ground-without-refusal")),
        (true, Some(ground), _) if decision == Decision::Refused && !ground.refuses_whole() => {
            return Err(Error::invalid("ground", "partial-only"));
        }
        _ => {}
    }
    let exercised = state.exercised;
    // Who objects to marketing is asked for no reason, and given none (GDPR Art. 21(3)).
    if exercised.is_immediate() && refuses {
        return Err(Error::invalid("decision", "absolute-right"));
    }
    if exercised.needs_identity(decision) {
        let special = case.state.has_found_special();
        let needed = needed_to_answer(conn, ctx, &case, special)?;
        check_level(&case, needed)?;
        check_compared(&case, right)?;
    }
    case.state.check_answer(right, decision)?;
    let ground = ground.map(|ground| ground.code().to_owned());
    case.record(conn, ctx, Event::RightDecided { right, decision, ground }, written)?;
    nothing_held::decided(conn, ctx, case.row.id)?;
    telling::decided(conn, ctx, &case)?;
    Ok(case)
}

/// Records that the person takes the request back.
///
/// # Errors
/// As [`begin`].
pub fn withdraw(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::Withdraw)?;
    withdrawn(conn, ctx, case, written)
}

/// Takes a request back for the person who made it, in the portal.
///
/// # Errors
/// As [`begin_own`].
pub fn withdraw_own(conn: &mut Conn, ctx: &Ctx, written: &Written) -> Result<Case> {
    let case = begin_own(conn, ctx, Action::Withdraw)?;
    withdrawn(conn, ctx, case, written)
}

fn withdrawn(conn: &mut Conn, ctx: &Ctx, mut case: Case, written: &Written) -> Result<Case> {
    case.record(conn, ctx, Event::RequestWithdrawn, written)?;
    end_work(conn, ctx, &mut case)?;
    Ok(case)
}

/// Records that a processor passed the request on to the controller that answers.
///
/// # Errors
/// As [`begin`].
pub fn forward(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::Forward)?;
    case.record(conn, ctx, Event::RequestForwarded, written)?;
    end_work(conn, ctx, &mut case)?;
    Ok(case)
}

/// Closes a request. Before every right is decided that needs another ground than `answered`, and
/// a reason. What that ends, ends once it cannot be undone any more.
///
/// # Errors
/// `Invalid` when ground and state do not fit, before a reply is truly missing, and before the person
/// was told that they cannot be identified.
pub fn close(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    closing: Closing,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::Close)?;
    let ground = closing.ground;
    closing.check(&case.state, written.sealed.is_some(), ctx.now)?;
    case.record(conn, ctx, Event::RequestClosed { ground }, written)?;
    end_work_later(conn, ctx, &case, ctx.now + TAKEN)?;
    Ok(case)
}

/// Takes an ended request up again, with a reason. Its clocks run from the same receipt, and what
/// was still wanted of people is wanted again: answers for systems, the acknowledgement.
///
/// # Errors
/// As [`begin`].
pub fn reopen(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::Reopen)?;
    end_waiting_work(conn, ctx, &mut case)?;
    case.record(conn, ctx, Event::RequestReopened, written)?;
    telling::told(conn, ctx, &case)?;
    if let Some(found) = case.state.found {
        let systems = searches::systems(conn, found.search)?;
        for system in systems.iter().filter(|system| system.outcome == WAITS) {
            tasks::insert(conn, &answer_task(ctx, system))?;
        }
    }
    if case.state.acknowledged_at.is_none() {
        watch_anew(conn, ctx, &case)?;
    }
    Ok(case)
}

/// Destroys the key of an ended request: what it sealed can be read by nobody any more. The
/// history keeps what it says without personal data.
///
/// # Errors
/// `Invalid` when the reference typed again is another case's; `Transition` while a breach of it is
/// open: the person has perhaps still to be told.
pub fn destroy_key(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    reference: &str,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::DestroyKey)?;
    if case.row.reference != reference {
        return Err(Error::invalid("reference", "other-reference"));
    }
    if breaches::is_open(conn, case.row.id)? {
        return Err(Error::Transition { code: "breach-open" });
    }
    destroy(conn, ctx, &mut case, written)?;
    Ok(case)
}

/// Destroys the key of a case again that was destroyed before, and came back with a backup; ends
/// the case as it ended then, if the backup is from before that. False when there is no such case,
/// or nothing left to destroy.
///
/// # Errors
/// When the database fails.
pub fn destroy_key_again(conn: &mut Conn, ctx: &Ctx, id: RequestId, ended: &Event) -> Result<bool> {
    let Some(controller) = requests::controller_of(conn, id)? else {
        return Ok(false);
    };
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    if case.row.wrapped_key.is_none() {
        return Ok(false);
    }
    if case.state.ended_at.is_none() {
        case.record(conn, ctx, ended.clone(), &Written::plain(ctx))?;
        end_work(conn, ctx, &mut case)?;
    }
    destroy(conn, ctx, &mut case, &Written::plain(ctx))?;
    Ok(true)
}

pub(super) fn destroy(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    written: &Written,
) -> Result<()> {
    end_waiting_work(conn, ctx, case)?;
    case.record(conn, ctx, Event::CaseKeyDestroyed, written)?;
    requests::destroy_key(conn, case.row.id)?;
    portal_sessions::delete_of_request(conn, case.row.id)?;
    contacts::forget(conn, case.row.id)?;
    call_codes::forget(conn, case.row.id)?;
    codes::forget_sendings(conn, case.row.id)?;
    letter_codes::forget_addresses(conn, case.row.id)?;
    identity_documents::forget(conn, case.row.id)?;
    events::forget_sealed(conn, case.row.id)?;
    mails::forget_sealed(conn, case.row.id)?;
    files::forget_digests(conn, case.row.id)?;
    packages::forget_manifests(conn, case.row.id)?;
    letters::forget_texts(conn, case.row.id)?;
    withholdings::forget_spots(conn, case.row.id)?;
    let job = Job::RemoveFiles { request: case.row.id };
    case.enqueue(conn, ctx, &job, ctx.now)?;
    case.row.wrapped_key = None;
    case.row.sealed_subject = None;
    Ok(())
}

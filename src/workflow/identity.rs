//! Identity decisions: made by a person, with methods and level; V3 confirmed by a second person.

use chrono::Duration;

use super::record::{Case, Target, Written, begin};
use super::stopping::forget_found;
use crate::db::conn::Conn;
use crate::db::users;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::identity::{self, Claim, Level, Method};
use crate::domain::ids::ControllerId;
use crate::domain::lifecycle::Action;
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
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::DecideIdentity)?;
    let awaits_confirmation = decision.level == Some(Level::V3);
    match decision.level {
        Some(level) => {
            let claim = Claim {
                level,
                methods: &decision.methods,
                has_doubt: decision.has_doubt,
                has_reason: decision.has_reason,
            };
            identity::check(&claim).map_err(|error| Error::invalid("level", error.code))?;
        }
        None if !decision.has_reason => {
            return Err(Error::invalid("reason", "failed-needs-reason"));
        }
        None => {}
    }
    let event = Event::IdentityDecided {
        level: decision.level,
        methods: decision.methods.clone(),
        doubt: decision.has_doubt,
        awaits_confirmation,
    };
    case.record(conn, ctx, event, written)?;
    if decision.level.is_none() {
        // What an early search found is about somebody else.
        forget_found(conn, ctx, &case)?;
    }
    Ok(case)
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
    Ok(case)
}

/// Whether somebody else of the controller could confirm.
fn others(conn: &mut Conn, controller: ControllerId, decided_by: &str) -> Result<bool> {
    let members = users::of_controller(conn, controller)?;
    Ok(members.iter().any(|(user, role)| {
        user.status == "active"
            && role.may(Permission::DecideCase)
            && format!("user:{}", user.id) != decided_by
    }))
}

//! Who may change settings: an admin those of the own controllers, an operator all of them.

use crate::domain::actor::{Actor, Permission};
use crate::domain::ids::ControllerId;
use crate::error::{Error, Result};

/// Refuses anybody but an operator and the command line.
///
/// # Errors
/// `Forbidden`.
pub const fn run_instance(actor: &Actor) -> Result<()> {
    match actor {
        Actor::Staff(member) if member.is_operator => Ok(()),
        Actor::Staff(_) | Actor::Subject(_) => Err(Error::Forbidden),
        Actor::Worker | Actor::CommandLine => Ok(()),
    }
}

/// Refuses whoever may not do it with the cases of this controller: an operator sees none of them.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub fn on_cases(actor: &Actor, controller: ControllerId, permission: Permission) -> Result<()> {
    match actor {
        Actor::Staff(member) if !member.belongs_to(controller) => Err(Error::NotFound),
        _ => Ok(actor.permit(controller, permission)?),
    }
}

/// Refuses whoever may not do it with the settings of this controller. Whoever does not belong to
/// it is not told that it exists.
///
/// # Errors
/// `NotFound` or `Forbidden`.
pub fn on_controller(
    actor: &Actor,
    controller: ControllerId,
    permission: Permission,
) -> Result<()> {
    match actor {
        Actor::Staff(member) if member.is_operator => Ok(()),
        Actor::Staff(member) if !member.belongs_to(controller) => Err(Error::NotFound),
        _ => Ok(actor.permit(controller, permission)?),
    }
}

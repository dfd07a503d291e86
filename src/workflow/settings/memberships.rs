//! Who is what for a controller. Roles are read at every call, so a change holds at once.

use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::users::{self, Membership, User};
use crate::db::{controllers, events};
use crate::domain::actor::{Actor, Ctx, Permission, Role};
use crate::domain::ids::{ControllerId, UserId};
use crate::error::{Error, Result};
use crate::workflow::record::settings_event;

/// Who shall have a role.
#[derive(Clone, Debug)]
pub enum Who {
    /// The user with this index of the e-mail address.
    Known([u8; 32]),
    /// Somebody new, prepared.
    New(Box<User>),
}

/// Gives a role for a controller; giving it twice changes nothing. Answers the user's id.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Invalid` when nobody has the address, or an operator has it;
/// `Conflict` when somebody new has a known address, or the role is for oneself.
pub fn add(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    who: &Who,
    role: Role,
) -> Result<UserId> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    controllers::find(conn, controller)?;
    // An admin reads no case. Whoever could make oneself a DPO would read every one, and nobody
    // else would have decided it.
    let own = |user: &User| matches!(&ctx.actor, Actor::Staff(member) if member.id == user.id);
    let user = match who {
        Who::Known(index) => users::by_email(conn, index)?
            .ok_or_else(|| Error::invalid("name", "missing-for-new-user"))?,
        Who::New(row) => {
            super::users::insert(conn, ctx, row)?;
            User::clone(row)
        }
    };
    if own(&user) && !user.is_operator {
        return Err(Error::Conflict { code: "own-role" });
    }
    if user.is_operator {
        return Err(Error::invalid("email", "operator-has-no-role"));
    }
    let row = Membership {
        user_id: user.id,
        controller_id: controller,
        role,
        created_at: Instant::from(ctx.now),
    };
    if users::add_membership(conn, &row)? {
        record(conn, ctx, "MembershipAdded", &row)?;
    }
    Ok(user.id)
}

/// Takes a role away.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when the last admin would take the own role away.
pub fn remove(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    user: UserId,
    role: Role,
) -> Result<()> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    if role == Role::Admin
        && matches!(&ctx.actor, Actor::Staff(member) if member.id == user)
        && is_last_admin(conn, controller, user)?
    {
        return Err(Error::Conflict { code: "last-admin" });
    }
    if !users::remove_membership(conn, user, controller, role)? {
        return Err(Error::NotFound);
    }
    let row = Membership {
        user_id: user,
        controller_id: controller,
        role,
        created_at: Instant::from(ctx.now),
    };
    record(conn, ctx, "MembershipRemoved", &row)
}

/// Whether nobody else who can sign in is admin of the controller.
fn is_last_admin(conn: &mut Conn, controller: ControllerId, user: UserId) -> Result<bool> {
    let members = users::of_controller(conn, controller)?;
    Ok(!members.iter().any(|(member, role)| {
        *role == Role::Admin && member.id != user && member.status == "active"
    }))
}

fn record(conn: &mut Conn, ctx: &Ctx, kind: &str, row: &Membership) -> Result<()> {
    let detail = json!({ "user": row.user_id, "role": row.role.name() });
    let event = settings_event(ctx, Some(row.controller_id), kind, &detail);
    Ok(events::insert(conn, &event)?)
}

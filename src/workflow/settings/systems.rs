//! Connecting the systems of a controller. How one is reached is sealed and never shown again; its
//! test is a job, since only the worker reaches out.

use chrono::Duration;
use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::jobs::{self, JobRow};
use crate::db::systems::{self, System};
use crate::db::{controllers, events};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::{ControllerId, SystemId};
use crate::domain::inventory::fields::is_name;
use crate::domain::job::Job;
use crate::error::{Error, FieldError, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::record::{job_row, settings_event};

/// How many systems one controller may connect.
pub const MOST_SYSTEMS: usize = 200;

/// How long a test may stand as running before another may begin.
const TEST_LASTS: Duration = Duration::minutes(5);

/// A connection on its way in: the settings as JSON, which hold a password.
pub struct NewConnection<'a> {
    pub name: &'a str,
    pub connector: &'static str,
    pub settings: &'a [u8],
}

/// Seals a connection. `known` is the system of this name, if there is one.
///
/// # Errors
/// `Invalid` when the name is none that a data map could have.
pub fn prepare(
    ctx: &Ctx,
    key: &ControllerKey,
    controller: ControllerId,
    known: Option<&System>,
    new: &NewConnection<'_>,
) -> Result<System> {
    if !is_name(new.name) {
        return Err(Error::Invalid(vec![FieldError::new("name", "system-name")]));
    }
    let id: SystemId = known.map_or_else(|| ctx.new_id(), |system| system.id);
    let place = Place::new("systems", "sealed_connection", id.uuid());
    Ok(System {
        id,
        controller_id: controller,
        name: new.name.to_owned(),
        connector: new.connector.to_owned(),
        sealed_connection: key.key().seal(&place, new.settings)?,
        test_state: "untested".to_owned(),
        test_detail: None,
        tested_at: None,
        version: 1,
        created_at: Instant::from(ctx.now),
    })
}

/// Stores a prepared connection, new or in the place of an older one. Tells whether it is new.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when somebody connected or removed the system meanwhile, or
/// there are as many as allowed.
pub fn connect(conn: &mut Conn, ctx: &Ctx, row: &System) -> Result<bool> {
    let controller = row.controller_id;
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    controllers::find(conn, controller)?;
    let is_new = match systems::by_name(conn, controller, &row.name)? {
        Some(known) if known.id != row.id => return Err(Error::Conflict { code: "stale" }),
        Some(_) => {
            systems::reconnect(conn, row.id, &row.connector, &row.sealed_connection)?;
            false
        }
        None => {
            if systems::list(conn, controller)?.len() >= MOST_SYSTEMS {
                return Err(Error::Conflict { code: "too-many-systems" });
            }
            systems::insert(conn, row)?;
            true
        }
    };
    record(conn, ctx, "SystemConnected", row)?;
    Ok(is_new)
}

/// Forgets how a system is reached.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn disconnect(conn: &mut Conn, ctx: &Ctx, controller: ControllerId, name: &str) -> Result<()> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    let row = systems::by_name(conn, controller, name)?.ok_or(Error::NotFound)?;
    systems::delete(conn, row.id)?;
    record(conn, ctx, "SystemDisconnected", &row)
}

/// Asks for a test of a connection.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` while one runs.
pub fn test(conn: &mut Conn, ctx: &Ctx, controller: ControllerId, name: &str) -> Result<System> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    let row = systems::by_name(conn, controller, name)?.ok_or(Error::NotFound)?;
    let recent = |at: Instant| ctx.now - at.utc() < TEST_LASTS;
    if row.test_state == "testing" && row.tested_at.is_some_and(recent) {
        return Err(Error::Conflict { code: "test-running" });
    }
    let at = Instant::from(ctx.now);
    systems::begin_test(conn, row.id, at)?;
    let job = job_row(ctx, &Job::TestSystem { system: row.id }, None, ctx.now)?;
    let job = JobRow { controller_id: Some(controller), ..job };
    jobs::insert(conn, &job)?;
    record(conn, ctx, "SystemTestStarted", &row)?;
    Ok(System { test_state: "testing".to_owned(), test_detail: None, tested_at: Some(at), ..row })
}

fn record(conn: &mut Conn, ctx: &Ctx, kind: &str, row: &System) -> Result<()> {
    let detail = json!({ "system": row.name, "connector": row.connector });
    let event = settings_event(ctx, Some(row.controller_id), kind, &detail);
    Ok(events::insert(conn, &event)?)
}

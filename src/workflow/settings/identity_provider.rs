//! The identity provider of a controller. Its settings are sealed, and the secret in them is never
//! shown again; they are tried by a job as soon as they are set, and sign-in is offered once that
//! succeeded.

use chrono::Duration;
use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::identity_providers::{self as rows, IdentityProvider};
use crate::db::jobs::{self, JobRow};
use crate::db::{controllers, events};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::job::Job;
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::record::{job_row, settings_event};

/// How long a test may stand as running before another may begin.
const TEST_LASTS: Duration = Duration::minutes(5);

/// Where the settings of a controller stand.
#[must_use]
pub fn place(controller: ControllerId) -> Place<'static> {
    Place::new("identity_providers", "sealed_settings", controller.uuid())
}

/// Seals settings, given as JSON, which hold a secret.
///
/// # Errors
/// When they cannot be sealed.
pub fn prepare(
    ctx: &Ctx,
    key: &ControllerKey,
    controller: ControllerId,
    settings: &[u8],
) -> Result<IdentityProvider> {
    Ok(IdentityProvider {
        controller_id: controller,
        sealed_settings: key.key().seal(&place(controller), settings)?,
        discovered: None,
        test_state: "testing".to_owned(),
        test_detail: None,
        tested_at: Some(Instant::from(ctx.now)),
        version: 1,
        created_at: Instant::from(ctx.now),
    })
}

/// Stores prepared settings, first ones or in the place of others, and has them tried. Tells whether
/// they are the first. `known` is the version that they were made from, where they keep its secret.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when somebody changed them meanwhile.
pub fn set(conn: &mut Conn, ctx: &Ctx, row: &IdentityProvider, known: Option<i64>) -> Result<bool> {
    let controller = row.controller_id;
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    controllers::find(conn, controller)?;
    let before = rows::get(conn, controller)?;
    if before.as_ref().map(|before| before.version) != known {
        return Err(Error::Conflict { code: "stale" });
    }
    match &before {
        Some(before) => {
            let version = before.version.saturating_add(1);
            let created_at = before.created_at;
            rows::replace(conn, &IdentityProvider { version, created_at, ..row.clone() })?;
        }
        None => rows::insert(conn, row)?,
    }
    enqueue_test(conn, ctx, controller)?;
    record(conn, ctx, "IdentityProviderSet", controller)?;
    Ok(before.is_none())
}

/// Forgets the provider: nobody signs in there any more.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub fn remove(conn: &mut Conn, ctx: &Ctx, controller: ControllerId) -> Result<()> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    if !rows::delete(conn, controller)? {
        return Err(Error::NotFound);
    }
    record(conn, ctx, "IdentityProviderRemoved", controller)
}

/// Asks for a test.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` while one runs.
pub fn test(conn: &mut Conn, ctx: &Ctx, controller: ControllerId) -> Result<IdentityProvider> {
    permission::on_controller(&ctx.actor, controller, Permission::Administer)?;
    let row = rows::get(conn, controller)?.ok_or(Error::NotFound)?;
    let recent = |at: Instant| ctx.now - at.utc() < TEST_LASTS;
    if row.test_state == "testing" && row.tested_at.is_some_and(recent) {
        return Err(Error::Conflict { code: "test-running" });
    }
    let at = Instant::from(ctx.now);
    rows::begin_test(conn, controller, at)?;
    enqueue_test(conn, ctx, controller)?;
    record(conn, ctx, "IdentityProviderTestStarted", controller)?;
    let (test_state, test_detail) = ("testing".to_owned(), None);
    Ok(IdentityProvider { test_state, test_detail, tested_at: Some(at), ..row })
}

fn enqueue_test(conn: &mut Conn, ctx: &Ctx, controller: ControllerId) -> Result<()> {
    let job = job_row(ctx, &Job::TestProvider { controller }, None, ctx.now)?;
    Ok(jobs::insert(conn, &JobRow { controller_id: Some(controller), ..job })?)
}

fn record(conn: &mut Conn, ctx: &Ctx, kind: &str, controller: ControllerId) -> Result<()> {
    Ok(events::insert(conn, &settings_event(ctx, Some(controller), kind, &json!({})))?)
}

//! Looks up the address that was declared unfit in one case, so that every case of the controller
//! meets what was said. Not in the request: who declares must not see whether anybody is on file.

use super::claim::Claimed;
use super::contact::{look_up, stored};
use super::run::{Ended, Failure, ended};
use super::search_group;
use crate::app::App;
use crate::db::column::Instant;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::{ControllerId, RequestId};
use crate::workflow::contact_conditions;

/// Keeps what was said of the address on file.
///
/// # Errors
/// When a source may answer at a later try, or the database fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    (controller, request): (Option<ControllerId>, RequestId),
) -> Result<Ended, Failure> {
    let Some(controller) = controller else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = search_group::open_any(app, controller, request).await? else {
        return Ok(Ended::Unwanted);
    };
    // No last try: what protects a person is not left out because a source was away; when the tries
    // are over, a person is asked.
    let (outcome, contact) = look_up(app, &opened, false).await?;
    let ctx = app.ctx(Actor::Worker);
    let stored = stored(&ctx, &opened, outcome, contact.as_ref())?;
    let (claimed, read) = (claimed.clone(), opened.request);
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        contact_conditions::keep(conn, &ctx, &Scope::of_job(controller), (&read, &stored))?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

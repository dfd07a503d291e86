//! Looks whether a code was used, five days after it was sent.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::CodeId;
use crate::workflow::codes;

/// Makes the task, when nobody has used the code.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: CodeId) -> Result<Ended, Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(Ended::Unwanted);
    };
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    let recording = app.write(move |conn| {
        codes::watch(conn, &ctx, &Scope::of_job(controller), id)?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

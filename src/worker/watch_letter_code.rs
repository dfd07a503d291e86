//! Looks whether a code by letter was used, when its thirty days are over or its guesses are spent.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::LetterCodeId;
use crate::workflow::letter_codes;

/// Makes the task, when nobody has used the code.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: LetterCodeId) -> Result<Ended, Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(Ended::Unwanted);
    };
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    let recording = app.write(move |conn| {
        letter_codes::watch(conn, &ctx, &Scope::of_job(controller), id)?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

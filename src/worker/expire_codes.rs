//! Marks codes as expired at their end, whether or not anybody types one.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{call_codes, codes, letter_codes};
use crate::domain::actor::Actor;
use crate::domain::ids::RequestId;

/// Marks what is over of a case.
///
/// # Errors
/// When the database fails.
pub async fn run(app: &App, claimed: &Claimed, request: RequestId) -> Result<Ended, Failure> {
    let (now, claimed) = (Instant::from(app.ctx(Actor::Worker).now), claimed.clone());
    let recording = app.write(move |conn| {
        codes::end_over(conn, request, now)?;
        letter_codes::end_over(conn, request, now)?;
        call_codes::forget_over(conn, request, now)?;
        claimed.end(conn, now)
    });
    ended(recording.await)
}

//! Looks whether an identity document was handed in for somebody else, too: not while it comes in, so
//! that nobody outside can tell.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::{ControllerId, FileId, RequestId};
use crate::workflow::identity_documents;

/// Compares the document, and tells staff where it is somebody else's.
///
/// # Errors
/// When the database fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    of: Option<(ControllerId, RequestId)>,
    id: FileId,
) -> Result<Ended, Failure> {
    let Some((controller, request)) = of else {
        return Ok(Ended::Unwanted);
    };
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    let recording = app.write(move |conn| {
        let scope = Scope::of_job(controller);
        identity_documents::compare(conn, &ctx, &scope, (request, id))?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

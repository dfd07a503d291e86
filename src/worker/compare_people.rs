//! Looks whose the rows are that a search has found, before anything is granted on them: not every
//! right has a package that would be looked at.

use super::claim::Claimed;
use super::found_files::FoundFiles;
use super::people;
use super::run::{Ended, Failure, ended};
use super::search_group::open_any;
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{data_maps, searches};
use crate::domain::actor::{Actor, Scope};
use crate::domain::ids::SearchId;
use crate::workflow::people::compared;
use crate::workflow::record;
use crate::workflow::sources::open_map;

/// Compares the rows.
///
/// # Errors
/// When the disk or the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: SearchId) -> Result<Ended, Failure> {
    let (Some(controller), Some(request)) = (claimed.controller, claimed.request) else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = open_any(app, controller, request).await? else {
        return Ok(Ended::Unwanted);
    };
    let scope = Scope::of_job(controller);
    let read_scope = scope.clone();
    let (state, systems, files, map) = app
        .read(move |conn| {
            let case = record::load(conn, &read_scope, request)?;
            let search = searches::get(conn, request, id)?;
            let systems = searches::systems(conn, id)?;
            let map = data_maps::get(conn, controller, search.map_version)?;
            Ok((case.state, systems, searches::files(conn, id)?, map))
        })
        .await?;
    // A newer search is compared by itself.
    if state.found.is_none_or(|found| found.search != id) || state.is_compared() {
        return Ok(Ended::Unwanted);
    }
    let map = open_map(&opened.controller_key, &map)?;
    let supply = FoundFiles { folder: app.folder(), key: opened.key.clone(), files };
    let comparing = tokio::task::spawn_blocking(move || {
        people::are_several(&opened.subject, &systems, &map, &supply)
    });
    let several = comparing
        .await
        .map_err(|_| Failure::panicked())?
        .map_err(|error| Failure::new("disk", error))?;
    let (ctx, claimed) = (app.ctx(Actor::Worker), claimed.clone());
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let mut case = record::load(conn, &scope, request)?;
        compared(conn, &ctx, &mut case, id, (state.version, several))?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(recording.await)
}

//! Files that nobody may or can read any more.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{dialect, files, requests};
use crate::domain::actor::Scope;
use crate::domain::ids::{FileId, RequestId};

/// Removes files of a case: all of them once its key is destroyed, otherwise those that were taken
/// back. Then moves what was deleted out of the write-ahead log. The job is done only when all of
/// that is: until then it is tried again.
///
/// # Errors
/// When the disk or the database refuses, or somebody keeps reading the log (`log-busy`).
pub async fn run(app: &App, claimed: &Claimed, request: RequestId) -> Result<Ended, Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(Ended::Unwanted);
    };
    let scope = Scope::of_job(controller);
    let rows = app
        .read(move |conn| {
            let has_key = requests::get(conn, &scope, request)?.wrapped_key.is_some();
            let mut rows = files::of_request(conn, request)?;
            rows.retain(|row| !has_key || row.purpose == files::REMOVED);
            Ok(rows)
        })
        .await?;
    let ids: Vec<FileId> = rows.iter().map(|row| row.id).collect();
    let folder = app.folder();
    let removed =
        tokio::task::spawn_blocking(move || rows.iter().try_for_each(|row| folder.remove(row.id)));
    removed.await.map_err(|_| Failure::panicked())?.map_err(|error| Failure::new("disk", error))?;
    if !app.read(|conn| Ok(dialect::truncate_log(conn)?)).await? {
        return Err(Failure::new("log-busy", anyhow::anyhow!("the log is being read")));
    }
    let (claimed, at) = (claimed.clone(), Instant::from(app.now()));
    let recording = app.write(move |conn| {
        files::delete_removed(conn, &ids)?;
        claimed.end(conn, at)
    });
    ended(recording.await)
}

/// Removes old files that no row knows, left by a process that was killed.
pub async fn remove_orphans(app: &App) {
    let known = match app.read(|conn| Ok(files::ids(conn)?)).await {
        Ok(known) => known.into_iter().collect::<std::collections::HashSet<FileId>>(),
        Err(error) => {
            tracing::warn!(%error, "orphans are looked for at the next start");
            return;
        }
    };
    let folder = app.folder();
    let removed =
        tokio::task::spawn_blocking(move || folder.remove_orphans(|id| known.contains(&id))).await;
    if let Ok(Ok(removed @ 1..)) = removed {
        tracing::info!(removed, "removed files that a killed process left behind");
    }
}

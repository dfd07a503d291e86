//! Files that nobody may or can read any more.

use tokio::runtime::Handle;

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

/// Removes what a process that was killed left behind in the folder.
pub async fn remove_orphans(app: &App) {
    let (folder, reading, runtime) = (app.folder(), app.clone(), Handle::current());
    let known = move |ids: Vec<FileId>| {
        let read = reading.read(move |conn| Ok(files::known(conn, &ids)?));
        let known = runtime.block_on(read).map_err(std::io::Error::other)?;
        Ok(known.into_iter().collect())
    };
    match tokio::task::spawn_blocking(move || folder.remove_orphans(known)).await {
        Ok(Ok(0)) => {}
        Ok(Ok(removed)) => {
            tracing::info!(removed, "removed files that a killed process left behind");
        }
        Ok(Err(error)) => tracing::warn!(%error, "orphans are looked for at the next sweep"),
        Err(_) => tracing::warn!("looking for orphans panicked"),
    }
}

//! Files that nobody may or can read any more.

use super::run::Failure;
use crate::app::App;
use crate::db::{dialect, files};
use crate::domain::ids::{FileId, RequestId};

/// Removes the files of a case whose key is destroyed, and moves what was deleted out of the
/// write-ahead log.
///
/// # Errors
/// When the disk or the database refuses.
pub async fn run(app: &App, request: RequestId) -> Result<(), Failure> {
    let rows = app.read(move |conn| Ok(files::of_request(conn, request)?)).await?;
    let folder = app.folder();
    let removed =
        tokio::task::spawn_blocking(move || rows.iter().try_for_each(|row| folder.remove(row.id)));
    removed.await.map_err(|_| Failure::panicked())?.map_err(|error| Failure::new("disk", error))?;
    app.read(|conn| Ok(dialect::truncate_log(conn)?)).await?;
    Ok(())
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

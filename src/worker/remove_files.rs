//! Files that nobody may or can read any more.

use tokio::runtime::Handle;

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

//! Reads what came back to the sender's mailbox: a Maildir, as mail servers fill it. A message is
//! read once and moved from `new` to `cur`, as every reader of mail does; none is deleted. Several
//! processes may read one Maildir: taking in a bounce twice does nothing.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::Stopper;
use crate::app::App;
use crate::domain::actor::Actor;
use crate::mail::bounce;
use crate::workflow::mails;

/// How often.
const PERIOD: Duration = Duration::from_mins(1);
/// How much of a message is read. A report comes before the mail that it returns, and ours are
/// short.
const MOST_BYTES: u64 = 1 << 20;
/// How many messages one look reads.
const MOST_AT_ONCE: usize = 1000;

/// Looks into the mailbox until the worker is told to stop.
pub async fn watch(app: &App, stopper: &Stopper, maildir: &Path) {
    while !stopper.is_stopped() {
        if let Err(error) = look(app, maildir).await {
            let folder = maildir.display();
            tracing::warn!(%error, %folder, "bounce_maildir could not be read; we look again");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// Takes in every message that is new, and says how many there were.
///
/// # Errors
/// When the folder or the database fails; what was not taken in stays new.
pub async fn look(app: &App, maildir: &Path) -> anyhow::Result<usize> {
    let folder = maildir.to_owned();
    let paths = tokio::task::spawn_blocking(move || new_messages(&folder)).await??;
    let read = paths.len();
    for path in paths {
        let file = path.clone();
        let message = tokio::task::spawn_blocking(move || beginning(&file)).await??;
        // Somebody else may have taken it in between.
        let Some(message) = message else { continue };
        if let Some(found) = bounce::read(&message) {
            let ctx = app.ctx(Actor::Worker);
            app.write(move |conn| mails::come_back(conn, &ctx, &found)).await?;
        }
        let cur = maildir.join("cur");
        tokio::task::spawn_blocking(move || put_away(&path, &cur)).await??;
    }
    Ok(read)
}

fn new_messages(maildir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let new = maildir.join("new");
    let entries = fs::read_dir(&new).context("the folder `new` is not there")?;
    let mut paths = Vec::new();
    for entry in entries.take(MOST_AT_ONCE) {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

fn beginning(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Old, and not marked as seen: a person may read the mailbox too.
fn put_away(path: &Path, cur: &Path) -> anyhow::Result<()> {
    let Some(name) = path.file_name() else {
        return Ok(());
    };
    let mut name = name.to_owned();
    name.push(":2,");
    match fs::rename(path, cur.join(name)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("a message could not be moved to the folder `cur`")
        }
        _ => Ok(()),
    }
}

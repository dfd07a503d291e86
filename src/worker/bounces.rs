//! Reads what came back to the sender's mailbox: a Maildir, as mail servers fill it. A message is
//! read once and moved from `new` to `cur`, as every reader of mail does; none is deleted. Several
//! processes may read one Maildir: taking in a bounce twice does nothing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::Stopper;
use crate::app::App;
use crate::domain::actor::Actor;
use crate::error::Error;
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
    let mut stuck = BTreeSet::new();
    while !stopper.is_stopped() {
        if let Err(error) = look(app, maildir, &mut stuck).await {
            let folder = maildir.display();
            tracing::warn!(%error, %folder, "bounce_maildir could not be read; we look again");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// Takes in every message that is new, and says how many there were. A file that cannot be taken in
/// keeps no other from it: it stays new, and is told in the log when it is not among the `stuck` ones
/// of the look before.
///
/// # Errors
/// When the folder cannot be read, or the database is not there.
pub async fn look(
    app: &App,
    maildir: &Path,
    stuck: &mut BTreeSet<PathBuf>,
) -> anyhow::Result<usize> {
    let folder = maildir.to_owned();
    let paths = tokio::task::spawn_blocking(move || new_messages(&folder)).await??;
    let mut read = 0;
    let mut failed = BTreeSet::new();
    for path in paths {
        let Err(error) = take_in(app, maildir, &path).await else {
            read += 1;
            continue;
        };
        // Without the database no message can be taken in.
        if matches!(error.downcast_ref(), Some(Error::Unavailable(_))) {
            return Err(error);
        }
        if !stuck.contains(&path) {
            let file = path.display();
            tracing::warn!(%error, %file, "a message of bounce_maildir could not be taken in");
        }
        failed.insert(path);
    }
    *stuck = failed;
    Ok(read)
}

async fn take_in(app: &App, maildir: &Path, path: &Path) -> anyhow::Result<()> {
    let file = path.to_owned();
    let message = tokio::task::spawn_blocking(move || beginning(&file)).await??;
    // Somebody else may have taken it in between.
    let Some(message) = message else { return Ok(()) };
    if let Some(found) = bounce::read(&message) {
        let ctx = app.ctx(Actor::Worker);
        app.write(move |conn| mails::come_back(conn, &ctx, &found)).await?;
    }
    let (file, cur) = (path.to_owned(), maildir.join("cur"));
    tokio::task::spawn_blocking(move || put_away(&file, &cur)).await?
}

fn new_messages(maildir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let new = maildir.join("new");
    let entries = fs::read_dir(&new).context("the folder `new` is not there")?;
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry?;
        // Folders and pipes are no mail, and a pipe that is opened waits for ever.
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            paths.push(entry.path());
        }
        if paths.len() == MOST_AT_ONCE {
            break;
        }
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

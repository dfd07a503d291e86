//! `guichet audit export`: the history of one organisation as JSON lines. It holds no personal
//! data: what a person wrote stands in it as a digest of its ciphertext.

use std::io::Write;

use anyhow::{Context, anyhow};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::database::checkpoints;
use super::line::{FORMAT, Line};
use super::verify::snapshot;
use super::walking::{unnumbered, walk};
use super::{Which, named};
use crate::app::Clock;
use crate::cli::Outcome;
use crate::cli::instance::refused;
use crate::db::audit;
use crate::db::conn::Conn;
use crate::domain::ids::{EventId, Id, TreeId};
use crate::error::{Error, Result};

/// What stands for the id of an event that does not read.
fn event_id(read: Option<EventId>) -> EventId {
    read.unwrap_or_else(|| EventId::from_uuid(Uuid::nil()))
}

/// Prints the history, read at one instant.
///
/// # Errors
/// When there is no such organisation, or the database cannot be read.
pub fn run(which: &Which, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = which.place.config()?;
    let mut conn = snapshot(&config.database_url)?;
    let tree = which.tree(&mut conn).map_err(|error| named(error, which.controller.as_deref()))?;
    write(&mut conn, tree, out)?;
    Ok(Outcome::Done)
}

/// Writes the history of a tree.
///
/// # Errors
/// When nothing of it is numbered yet, or the database or the writing fails.
pub fn write(conn: &mut Conn, tree: TreeId, out: &mut dyn Write) -> anyhow::Result<()> {
    let row = audit::tree(conn, tree).map_err(|error| refused(error.into()))?;
    let row = row.context("nothing of this history is numbered yet: is a worker running?")?;
    let header = Line {
        format: Some(FORMAT.to_owned()),
        tree: Some(tree),
        origin: Some(row.origin),
        ..Line::default()
    };
    write_line(out, &header)?;
    let mut notes = Vec::new();
    // What does not read stands there too, as a note that does not open.
    checkpoints(conn, tree, |_, note| notes.push(note.unwrap_or_default().to_owned()))
        .map_err(refused)?;
    for note in notes {
        write_line(out, &Line { checkpoint: Some(note), ..Line::default() })?;
    }
    let mut failed = None;
    let walked = walk(conn, tree, Clock::Machine.now(), |walked| {
        let numbered = walked.numbered;
        let line = Line {
            number: Some(numbered.number),
            hash: Some(numbered.stored.to_base64()),
            event: Some(event_id(numbered.about.event)),
            entry: walked.entry.map(raw).transpose()?,
            ..Line::default()
        };
        write_or_stop(out, &line, &mut failed)
    });
    let walked = walked.and_then(|()| {
        unnumbered(conn, tree, |about, at| {
            let event = Some(event_id(about.event));
            let line = Line { event, at: Some(at), ..Line::default() };
            write_or_stop(out, &line, &mut failed)
        })
    });
    match failed {
        Some(error) => Err(error),
        None => walked.map_err(refused),
    }
}

fn raw(entry: Vec<u8>) -> Result<Box<RawValue>> {
    let text = String::from_utf8(entry).map_err(|_| Error::internal("a leaf is no text"))?;
    RawValue::from_string(text).map_err(|_| Error::internal("a leaf is no JSON"))
}

/// Writes a line; keeps why it could not, and stops the walk.
fn write_or_stop(
    out: &mut dyn Write,
    line: &Line,
    failed: &mut Option<anyhow::Error>,
) -> Result<()> {
    write_line(out, line).map_err(|error| {
        *failed = Some(error);
        Error::Unavailable("output")
    })
}

fn write_line(out: &mut dyn Write, line: &Line) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, line).map_err(|error| anyhow!("cannot write: {error}"))?;
    out.write_all(b"\n").context("cannot write")
}

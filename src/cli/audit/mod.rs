//! `guichet audit`: checkpoints and keys of the history, its export, and its verification.

mod archive;
pub mod case_file;
pub mod database;
pub mod export;
pub mod file;
pub mod line;
pub mod verify;
pub mod walking;
pub mod words;

use std::io::Write;

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};

use super::Outcome;
use super::instance::{Place, refused};
use crate::app::App;
use crate::db::audit;
use crate::db::conn::Conn;
use crate::db::controllers;
use crate::domain::ids::TreeId;
use crate::error::{Error, Result};
use crate::start::Opening;
use crate::worker::seal_events;
use crate::workflow::sealing::{Sealer, tree_of};

/// What can be done with the proof.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Holds the history against checkpoints that were kept, and names what was changed. Needs
    /// neither the server nor the master key.
    Verify(verify::VerifyArguments),
    /// Numbers and signs what is new, and prints the newest checkpoint.
    Checkpoint(Which),
    /// Prints the public keys that checkpoints are verified with, one a line.
    Key(Which),
    /// Prints the numbered history of one organisation as JSON lines, without personal data.
    Export(Which),
}

/// Whose history.
#[derive(Debug, Args)]
pub struct Which {
    #[command(flatten)]
    pub place: Place,
    /// The short name of the organisation; without it, what belongs to none.
    #[arg(long)]
    pub controller: Option<String>,
}

impl Which {
    /// The tree of the organisation, or of what belongs to none.
    ///
    /// # Errors
    /// `NotFound` when there is no such organisation.
    pub fn tree(&self, conn: &mut Conn) -> Result<TreeId> {
        find_tree(conn, self.controller.as_deref())
    }
}

fn find_tree(conn: &mut Conn, slug: Option<&str>) -> Result<TreeId> {
    let controller = match slug {
        Some(slug) => Some(controllers::by_slug(conn, slug)?.ok_or(Error::NotFound)?.id),
        None => None,
    };
    tree_of(conn, controller)
}

/// Runs the command; what machines read goes to `out`.
///
/// # Errors
/// Input that cannot be used: exit code 2.
pub fn run(command: AuditCommand, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match command {
        AuditCommand::Verify(arguments) => verify::run(&arguments, out),
        AuditCommand::Checkpoint(which) => checkpoint(which, out),
        AuditCommand::Key(which) => key(which, out),
        AuditCommand::Export(which) => export::run(&which, out),
    }
}

/// What a name that is no organisation's is answered with.
fn named(error: Error, which: Option<&str>) -> anyhow::Error {
    match (error, which) {
        (Error::NotFound, Some(slug)) => anyhow!("there is no organisation called {slug}"),
        (error, _) => refused(error),
    }
}

fn read<T: Send + 'static>(
    app: &App,
    query: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
) -> anyhow::Result<Result<T>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(app.read(query)))
}

fn checkpoint(which: Which, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let app = which.place.open(Opening::Existing)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(seal_events::seal_all(&app))?;
    let slug = which.controller.clone();
    let newest = read(&app, move |conn| {
        let tree = which.tree(conn)?;
        Ok(audit::newest_checkpoint(conn, tree)?)
    })?;
    let newest = newest.map_err(|error| named(error, slug.as_deref()))?;
    let newest = newest.context("nothing has happened yet that could be signed")?;
    out.write_all(newest.note.as_bytes())?;
    Ok(Outcome::Done)
}

fn key(which: Which, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let app = which.place.open(Opening::Existing)?;
    let sealer = Sealer::new(app.vault(), &app.config().base_url);
    let slug = which.controller.clone();
    let names = read(&app, move |conn| {
        let mut trees = Vec::new();
        if which.controller.is_none() {
            let all = controllers::list_all(conn)?;
            for slug in all.iter().map(|controller| &controller.slug) {
                trees.push(find_tree(conn, Some(slug))?);
            }
        }
        trees.insert(0, which.tree(conn)?);
        // A tree keeps the name that it was planted with.
        trees
            .into_iter()
            .map(|id| Ok((id, audit::tree(conn, id)?.map(|tree| tree.origin))))
            .collect::<Result<Vec<_>>>()
    })?;
    for (id, origin) in names.map_err(|error| named(error, slug.as_deref()))? {
        let origin = origin.unwrap_or_else(|| sealer.origin(id));
        writeln!(out, "{}", sealer.key(&origin).map_err(refused)?)?;
    }
    Ok(Outcome::Done)
}

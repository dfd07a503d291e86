//! `guichet system connect`: how a system of an organisation is reached.

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::instance::{Place, refused, write};
use super::map::read_connect;
use super::{Outcome, say};
use crate::connectors::error::SourceError;
use crate::connectors::hosts::Allowlist;
use crate::connectors::settings::Connection;
use crate::db::{controllers, systems};
use crate::domain::actor::Actor;
use crate::language::{Language, text, text_with};
use crate::start::Opening;
use crate::workflow::settings::systems::{self as verbs, NewConnection};

/// What can be done with systems.
#[derive(Debug, Subcommand)]
pub enum SystemCommand {
    /// Stores, sealed, how a system is reached; in the place of what was stored before.
    Connect(Connect),
}

/// Which system, and how it is reached.
#[derive(Debug, Args)]
pub struct Connect {
    #[command(flatten)]
    place: Place,
    /// The short name of the organisation.
    #[arg(long)]
    controller: String,
    /// The name of the system, as in the data map.
    #[arg(long)]
    name: String,
    /// postgresql://user@host/database or sqlite:PATH. A password may stand in the environment
    /// instead of the list of processes.
    #[arg(long, env = "GUICHET_SYSTEM_URL", hide_env_values = true)]
    url: String,
}

/// Stores the connection.
///
/// # Errors
/// When there is no such controller, the URL is none, its host or file is not allowed, or the
/// instance cannot be opened.
pub fn run(command: SystemCommand) -> anyhow::Result<Outcome> {
    let SystemCommand::Connect(connect) = command;
    let given = format!("{}={}", connect.name, connect.url);
    let (name, connection) =
        read_connect(Language::En, &given).map_err(|sentence| anyhow!("{sentence}"))?;
    let app = connect.place.open(Opening::Existing)?;
    if let Some(error) = refusal(&app.config().allowed, &connection) {
        return Err(anyhow!("{}", text(Language::En, error.code())));
    }
    let ctx = app.ctx(Actor::CommandLine);
    let (slug, wanted) = (connect.controller.clone(), name.clone());
    let (controller, known) = write(&app, move |conn| {
        let controller = controllers::by_slug(conn, &slug)?;
        let known = match &controller {
            Some(controller) => systems::by_name(conn, controller.id, &wanted)?,
            None => None,
        };
        Ok((controller, known))
    })?;
    let controller = controller
        .ok_or_else(|| anyhow!("there is no organisation called {}", connect.controller))?;
    let key = app.controller_key(&controller).map_err(refused)?;
    let settings = serde_json::to_vec(&connection)?;
    let new =
        NewConnection { name: &name, connector: connection.kind().name(), settings: &settings };
    let row = verbs::prepare(&ctx, &key, controller.id, known.as_ref(), &new).map_err(refused)?;
    write(&app, move |conn| verbs::connect(conn, &ctx, &row))?;
    let named = [("system", name.as_str())];
    say(&text_with(Language::En, "system-connected", &named));
    Ok(Outcome::Done)
}

fn refusal(allowed: &Allowlist, connection: &Connection) -> Option<SourceError> {
    match connection {
        Connection::Postgresql(it) => {
            (!allowed.may_reach(&it.host, it.port)).then_some(SourceError::HostNotAllowed)
        }
        Connection::Sqlite(it) => {
            (!allowed.may_hold(&it.path)).then_some(SourceError::PathNotAllowed)
        }
    }
}

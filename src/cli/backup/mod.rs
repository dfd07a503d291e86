//! `guichet backup` and `guichet restore`: a whole instance in one sealed file, while it works, and
//! back on a clean machine. `guichet unmute`: lets a restored instance work again.

pub mod restore;
pub mod write;

use std::io::Write;

use clap::Args;

use super::instance::{Place, write as change};
use super::{Outcome, say};
use crate::db::instance;
use crate::domain::actor::Actor;
use crate::language::{Language, text};
use crate::start::Opening;
use crate::workflow::unreached;

/// Lets a restored instance run jobs.
#[derive(Debug, Args)]
pub struct Unmute {
    #[command(flatten)]
    place: Place,
}

/// Unmutes the instance.
///
/// # Errors
/// When it cannot be opened.
pub fn unmute(arguments: &Unmute, _: &mut dyn Write) -> anyhow::Result<Outcome> {
    let app = arguments.place.open(Opening::Existing)?;
    // What was to be told when the backup was made is told as things stand now.
    let ctx = app.ctx(Actor::CommandLine);
    change(&app, move |conn| {
        unreached::gather(conn, &ctx)?;
        Ok(instance::mute(conn, None)?)
    })?;
    say(&text(Language::En, "backup-unmuted"));
    Ok(Outcome::Done)
}

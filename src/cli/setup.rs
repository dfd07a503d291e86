//! `guichet setup`: makes an instance and its first operator.

use std::io::Write;

use clap::Args;

use super::instance::{Place, refused, write};
use super::{Outcome, say};
use crate::app::{App, Clock};
use crate::domain::actor::Actor;
use crate::language::{Language, text_with};
use crate::start::Opening;
use crate::workflow::settings::profile::Profile;
use crate::workflow::settings::users::{self, NewUser};

/// Who shall run the instance.
#[derive(Debug, Args)]
pub struct Setup {
    #[command(flatten)]
    place: Place,
    /// The e-mail address to sign in with.
    #[arg(long, default_value = "operator@localhost")]
    email: String,
    /// The name that others see.
    #[arg(long, default_value = "Operator")]
    name: String,
    /// The language of the pages.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// Makes what is missing, and prints the one-time password on standard output.
///
/// # Errors
/// When there is an operator already, or the instance cannot be opened.
pub fn run(setup: &Setup, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let new = NewUser {
        profile: Profile { name: setup.name.clone(), email: setup.email.clone() },
        language: setup.language,
        is_operator: true,
    };
    // A slip of the keyboard makes no instance.
    users::check(&new.profile).map_err(refused)?;
    let config = setup.place.config()?;
    let has_key = config.master_key.is_some() || config.master_key_file.exists();
    let key_file = config.master_key_file.display().to_string();
    let app = App::open(config, Clock::Machine, Opening::SetUp)?;
    if !has_key {
        say(&text_with(setup.language, "setup-new-key", &[("file", &key_file)]));
    }
    let ctx = app.ctx(Actor::CommandLine);
    let prepared = users::prepare(&ctx, app.vault(), &new).map_err(refused)?;
    let row = prepared.row;
    write(&app, move |conn| users::create_first_operator(conn, &ctx, &row))?;
    say(&text_with(setup.language, "setup-password", &[("email", &setup.email)]));
    writeln!(out, "{}", prepared.one_time_password.as_str())?;
    Ok(Outcome::Done)
}

//! `guichet user add`: somebody with a role for a controller.

use std::io::Write;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::instance::{Place, refused, write};
use super::{Outcome, say};
use crate::db::{controllers, users};
use crate::domain::actor::{Actor, Role};
use crate::language::Language;
use crate::start::Opening;
use crate::workflow::settings::memberships::{self, Who};
use crate::workflow::settings::profile::{Profile, email_index};
use crate::workflow::settings::users::{self as verbs, NewUser};

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Gives somebody a role, and an account where there is none.
    Add(Add),
}

/// Who, and what for.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    place: Place,
    /// The e-mail address to sign in with.
    #[arg(long)]
    email: String,
    /// The name that colleagues see.
    #[arg(long)]
    name: String,
    /// admin, dpo, handler, agent, `data_owner` or auditor.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The short name of the organisation.
    #[arg(long)]
    controller: String,
    /// The language of the pages; by default that of the organisation.
    #[arg(long, value_enum)]
    language: Option<Language>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        format!("give one of {}", names.join(", "))
    })
}

/// Gives the role, and prints the one-time password of a new account on standard output.
///
/// # Errors
/// When there is no such controller, a value breaks a rule, or the instance cannot be opened.
pub fn run(command: UserCommand, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let UserCommand::Add(add) = command;
    let app = add.place.open(Opening::Existing)?;
    let ctx = app.ctx(Actor::CommandLine);
    let index = email_index(app.vault(), &add.email);
    let slug = add.controller.clone();
    let (controller, known) = write(&app, move |conn| {
        let controller = controllers::by_slug(conn, &slug)?;
        Ok((controller, users::by_email(conn, &index)?.is_some()))
    })?;
    let controller =
        controller.ok_or_else(|| anyhow!("there is no organisation called {}", add.controller))?;
    let mut password = None;
    let who = if known {
        Who::Known(index)
    } else {
        let new = NewUser {
            profile: Profile { name: add.name, email: add.email },
            language: add.language.unwrap_or(controller.language),
            is_operator: false,
        };
        let prepared = verbs::prepare(&ctx, app.vault(), &new).map_err(refused)?;
        password = Some(prepared.one_time_password);
        Who::New(Box::new(prepared.row))
    };
    let (id, role) = (controller.id, add.role);
    write(&app, move |conn| memberships::add(conn, &ctx, id, &who, role))?;
    match password {
        Some(password) => {
            say("the account is made; this password is good once, to choose another:");
            writeln!(out, "{}", password.as_str())?;
        }
        None => say("the account was there already and has the role now"),
    }
    Ok(Outcome::Done)
}

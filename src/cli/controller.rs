//! `guichet controller`: an organisation that answers requests.

use std::io::Write;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::identity_provider::{self, ProviderArgs};
use super::instance::{Place, refused, write};
use super::{Outcome, country};
use crate::db;
use crate::domain::actor::Actor;
use crate::domain::identity::LEAST;
use crate::error::Error;
use crate::language::Language;
use crate::start::Opening;
use crate::workflow::record::Expected;
use crate::workflow::settings::controllers::{self, Change, MailChange, NewController};

/// What can be done with controllers.
#[derive(Debug, Subcommand)]
pub enum ControllerCommand {
    /// Adds an organisation; its law, calendar, time zone and authority follow from its country.
    Add(Box<Add>),
    /// Sets how the mail of an organisation is signed; an empty value takes one away.
    Mail(Mail),
    /// Sets the identity provider that people prove themselves at in the portal.
    IdentityProvider(Box<ProviderArgs>),
}

/// How mail is signed.
#[derive(Debug, Args)]
pub struct Mail {
    #[command(flatten)]
    place: Place,
    /// The short name of the organisation.
    #[arg(long)]
    slug: String,
    /// The address that its mail comes from.
    #[arg(long)]
    from: Option<String>,
    /// Where answers to it go.
    #[arg(long)]
    reply_to: Option<String>,
    /// The name beside the address.
    #[arg(long)]
    name: Option<String>,
}

/// The organisation.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    place: Place,
    /// A short name for addresses: 2 to 40 small letters, digits and hyphens.
    #[arg(long)]
    slug: String,
    /// The name as letters carry it.
    #[arg(long)]
    name: String,
    /// The postal address, in one line or several.
    #[arg(long)]
    address: String,
    /// The country: FR, IE …
    #[arg(long)]
    country: String,
    /// Where the public reaches the data protection officer.
    #[arg(long)]
    contact: String,
    /// The supervisory authority, as letters name it.
    #[arg(long)]
    authority: Option<String>,
    /// The language of the organisation.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
    /// The law: EU-GDPR, UK-GDPR, FR-CSP, CH-FADP, US-CA-CCPA or CA-QC.
    #[arg(long)]
    regime: Option<String>,
    /// The public holidays: FR, FR-ALM, DE-BY, GB-ENG …
    #[arg(long)]
    calendar: Option<String>,
    /// The time zone: Europe/Paris …
    #[arg(long)]
    tz: Option<String>,
    /// A limit that falls on a holiday stays there, which is earlier.
    #[arg(long)]
    no_roll_over: bool,
}

/// Adds the organisation and prints its id on standard output.
///
/// # Errors
/// When a value breaks a rule, or the instance cannot be opened.
pub fn run(command: ControllerCommand, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let add = match command {
        ControllerCommand::Add(add) => add,
        ControllerCommand::Mail(mail) => return sign_mail(mail),
        ControllerCommand::IdentityProvider(provider) => return identity_provider::run(*provider),
    };
    let place = country::of(&add.country);
    let or_default = |given: Option<String>, default: Option<&str>, option: &str| {
        given
            .or_else(|| default.map(str::to_owned))
            .ok_or_else(|| anyhow!("nothing is known for {}: give --{option}", add.country))
    };
    let new = NewController {
        authority: or_default(add.authority, place.and_then(|it| it.authority), "authority")?,
        regime: or_default(add.regime, place.map(|it| it.regime), "regime")?,
        calendar: or_default(add.calendar, place.map(|it| it.calendar), "calendar")?,
        time_zone: or_default(add.tz, place.map(|it| it.time_zone), "tz")?,
        slug: add.slug,
        name: add.name,
        address: add.address,
        country: add.country.clone(),
        contact: add.contact,
        language: add.language,
        roll_over: !add.no_roll_over,
        least_level: LEAST,
    };
    let app = add.place.open(Opening::Existing)?;
    let ctx = app.ctx(Actor::CommandLine);
    let row = controllers::prepare(&ctx, app.vault(), new).map_err(refused)?;
    let id = row.id;
    write(&app, move |conn| controllers::create(conn, &ctx, &row))?;
    writeln!(out, "{id}")?;
    Ok(Outcome::Done)
}

fn sign_mail(mail: Mail) -> anyhow::Result<Outcome> {
    let app = mail.place.open(Opening::Existing)?;
    let ctx = app.ctx(Actor::CommandLine);
    let Mail { slug, from, reply_to, name, .. } = mail;
    let change = Change { mail: MailChange { from, reply_to, name }, ..Change::default() };
    write(&app, move |conn| {
        let row = db::controllers::by_slug(conn, &slug)?
            .ok_or_else(|| Error::invalid("slug", "no-such-slug"))?;
        controllers::change(conn, &ctx, row.id, Expected::Any, &change).map(drop)
    })?;
    Ok(Outcome::Done)
}

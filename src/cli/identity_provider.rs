//! `guichet controller identity-provider`: where the people of an organisation sign in.

use anyhow::anyhow;
use clap::Args;
use secrecy::SecretString;

use super::instance::{Place, refused, write};
use super::{Outcome, say};
use crate::connectors::provider::settings::ProviderSettings;
use crate::db::{controllers, identity_providers};
use crate::domain::actor::Actor;
use crate::domain::provider_sign_in::ClaimRule;
use crate::error::{Error, FieldError};
use crate::language::{Language, text_with};
use crate::start::Opening;
use crate::web::identity_provider::redirect_uri;
use crate::workflow::settings::identity_provider as verbs;

/// Which provider, and who we are there.
#[derive(Debug, Args)]
pub struct ProviderArgs {
    #[command(flatten)]
    place: Place,
    /// The short name of the organisation.
    #[arg(long)]
    slug: String,
    /// The issuer, exactly as the provider writes it, without the path of its document.
    #[arg(long, required_unless_present = "remove")]
    issuer: Option<String>,
    /// Who we are there.
    #[arg(long, required_unless_present = "remove")]
    client_id: Option<String>,
    /// The secret of that client. It may stand in the environment instead of the list of processes.
    #[arg(
        long,
        env = "GUICHET_CLIENT_SECRET",
        hide_env_values = true,
        required_unless_present = "remove"
    )]
    client_secret: Option<SecretString>,
    /// A claim that proves an identifier: email, phone_number, or customer_number=customer_no.
    #[arg(long, required_unless_present = "remove")]
    claim: Vec<String>,
    /// A scope to ask for, beside those that the claims need.
    #[arg(long)]
    scope: Vec<String>,
    /// Forget the provider: nobody signs in there any more.
    #[arg(long, conflicts_with_all = ["issuer", "client_id", "claim", "scope"])]
    remove: bool,
}

/// Stores the provider, which a worker then tries, and prints what it must be told of us.
///
/// # Errors
/// When there is no such organisation, a value breaks a rule, or the instance cannot be opened.
pub fn run(args: ProviderArgs) -> anyhow::Result<Outcome> {
    let app = args.place.open(Opening::Existing)?;
    let ctx = app.ctx(Actor::CommandLine);
    let slug = args.slug.clone();
    let (controller, known) = write(&app, move |conn| {
        let controller = controllers::by_slug(conn, &slug)?;
        let known = match &controller {
            Some(controller) => identity_providers::get(conn, controller.id)?,
            None => None,
        };
        Ok((controller, known))
    })?;
    let controller =
        controller.ok_or_else(|| anyhow!("there is no organisation called {}", args.slug))?;
    let id = controller.id;
    if args.remove {
        write(&app, move |conn| verbs::remove(conn, &ctx, id))?;
        return Ok(Outcome::Done);
    }
    let settings = ProviderSettings {
        issuer: args.issuer.unwrap_or_default(),
        client_id: args.client_id.unwrap_or_default(),
        client_secret: args.client_secret.unwrap_or_default(),
        claims: args.claim.iter().map(|written| rule(written)).collect(),
        scopes: args.scope,
    };
    let faults = settings.faults(&app.config().allowed).into_iter();
    let faults: Vec<FieldError> =
        faults.map(|(field, code)| FieldError::new(field, code)).collect();
    if !faults.is_empty() {
        return Err(refused(Error::Invalid(faults)));
    }
    let key = app.controller_key(&controller).map_err(refused)?;
    let text = serde_json::to_vec(&settings)?;
    let row = verbs::prepare(&ctx, &key, id, &text).map_err(refused)?;
    let version = known.map(|known| known.version);
    write(&app, move |conn| verbs::set(conn, &ctx, &row, version).map(drop))?;
    let address = redirect_uri(&app.config().base_url, &controller.slug);
    say(&text_with(Language::En, "provider-set", &[("address", &address)]));
    Ok(Outcome::Done)
}

/// A rule as it is written: a claim alone is the one that the provider verifies.
fn rule(written: &str) -> ClaimRule {
    let (claim, kind) = match (written, written.rsplit_once('=')) {
        (_, Some(pair)) => pair,
        ("phone_number", None) => (written, "phone"),
        (_, None) => (written, written),
    };
    ClaimRule { claim: claim.to_owned(), kind: kind.to_owned() }
}

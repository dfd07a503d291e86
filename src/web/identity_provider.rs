//! The identity provider of a controller at the front door: read, set, and shown without its secret;
//! for the API, the pages and the portal.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::Front;
use crate::connectors::provider::discovery::Discovered;
use crate::connectors::provider::settings::ProviderSettings;
use crate::db::controllers::{self, Controller};
use crate::db::identity_providers::{self, IdentityProvider};
use crate::domain::actor::{Actor, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::provider_sign_in::ClaimRule;
use crate::error::{Error, FieldError, Result};
use crate::vault::ControllerKey;
use crate::workflow::settings::{identity_provider as verbs, permission};

/// A provider, opened.
pub struct Provider {
    pub row: IdentityProvider,
    pub settings: ProviderSettings,
    /// What a test found; nobody signs in before one succeeded.
    pub discovered: Option<Discovered>,
}

/// A provider as it is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub issuer: String,
    pub client_id: String,
    /// Absent: that which is known to this client of this issuer already.
    pub client_secret: Option<SecretString>,
    pub claims: Vec<ClaimRule>,
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// Where the provider sends people back to: what it must be told of us.
#[must_use]
pub fn redirect_uri(base_url: &Url, slug: &str) -> String {
    format!("{}/t/{slug}/signed-in", base_url.as_str().trim_end_matches('/'))
}

/// Opens what is stored.
///
/// # Errors
/// When the seal does not open.
pub fn open(key: &ControllerKey, row: IdentityProvider) -> Result<Provider> {
    let text = key.key().open(&verbs::place(row.controller_id), &row.sealed_settings)?;
    let unreadable = |_| Error::internal("the settings of an identity provider do not read");
    let settings = serde_json::from_slice(&text).map_err(unreadable)?;
    let discovered = row.discovered.as_deref().map(serde_json::from_str);
    let discovered = discovered.transpose().map_err(unreadable)?;
    Ok(Provider { row, settings, discovered })
}

/// The provider of a controller, if it has one.
///
/// # Errors
/// When the database fails, or the seal does not open.
pub async fn of(front: &Front, controller: &Controller) -> Result<Option<Provider>> {
    let id = controller.id;
    let row = front.app.read(move |conn| Ok(identity_providers::get(conn, id)?)).await?;
    row.map(|row| open(&front.app.controller_key(controller)?, row)).transpose()
}

/// The controller, for who may read its settings, and its provider.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn read(
    front: &Front,
    actor: &Actor,
    id: ControllerId,
) -> Result<(Controller, Option<Provider>)> {
    permission::on_controller(actor, id, Permission::ReadController)?;
    let controller = front.app.read(move |conn| Ok(controllers::find(conn, id)?)).await?;
    let provider = of(front, &controller).await?;
    Ok((controller, provider))
}

/// Sets the provider of a controller, and has it tried. Tells whether it is the first.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` with every rule that is broken; `Conflict` when somebody was
/// faster.
pub async fn store(front: &Front, actor: Actor, id: ControllerId, wanted: Wanted) -> Result<bool> {
    permission::on_controller(&actor, id, Permission::Administer)?;
    let (controller, known) = read(front, &actor, id).await?;
    let version = known.as_ref().map(|known| known.row.version);
    let Wanted { issuer, client_id, client_secret, claims, scopes } = wanted;
    // A secret never goes to anybody but whom it was given for.
    let kept = known.map(|known| known.settings);
    let kept = kept.filter(|kept| kept.issuer == issuer && kept.client_id == client_id);
    let client_secret = client_secret.or(kept.map(|kept| kept.client_secret));
    let client_secret = client_secret.unwrap_or_default();
    let settings = ProviderSettings { issuer, client_id, client_secret, claims, scopes };
    let faults = settings.faults(&front.app.config().allowed).into_iter();
    let faults: Vec<FieldError> =
        faults.map(|(field, code)| FieldError::new(field, code)).collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let ctx = front.app.ctx(actor);
    let key = front.app.controller_key(&controller)?;
    let text = serde_json::to_vec(&settings).map_err(|_| Error::internal("settings to JSON"))?;
    let row = verbs::prepare(&ctx, &key, id, &text)?;
    front.app.write(move |conn| verbs::set(conn, &ctx, &row, version)).await
}

/// A provider as JSON, without its secret.
#[must_use]
pub fn shown(base_url: &Url, controller: &Controller, provider: &Provider) -> Value {
    let Provider { row, settings, discovered } = provider;
    json!({
        "issuer": settings.issuer,
        "client_id": settings.client_id,
        "claims": settings.claims,
        "scopes": settings.scopes,
        "redirect_uri": redirect_uri(base_url, &controller.slug),
        "offered": discovered.is_some(),
        "test": {
            "state": row.test_state,
            "code": row.test_detail,
            "at": row.tested_at.map(|at| at.utc()),
        },
    })
}

//! Trying the identity provider of a controller: what it says of itself is fetched and kept.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::connectors::provider::discovery::discover;
use crate::connectors::provider::settings::ProviderSettings;
use crate::db::column::Instant;
use crate::db::{controllers, identity_providers};
use crate::domain::actor::Scope;
use crate::domain::ids::ControllerId;
use crate::error::Error;
use crate::workflow::settings::identity_provider::place;

/// Fetches the document of the provider, and notes how it went.
///
/// # Errors
/// When the database fails; a provider that cannot be used is an outcome.
pub async fn run(app: &App, claimed: &Claimed, id: ControllerId) -> Result<Ended, Failure> {
    let scope = Scope::of_job(id);
    let found = app
        .read(move |conn| {
            Ok((identity_providers::get(conn, id)?, controllers::get(conn, &scope, id)?))
        })
        .await?;
    let (Some(row), controller) = found else {
        return Ok(Ended::Unwanted);
    };
    let key = app.controller_key(&controller)?;
    let text = key.key().open(&place(id), &row.sealed_settings).map_err(Error::from)?;
    let settings: ProviderSettings = serde_json::from_slice(&text)
        .map_err(|_| Error::internal("the settings of an identity provider do not read"))?;
    let outcome = match discover(&settings.issuer, &app.config().allowed).await {
        Ok(discovered) => Ok(serde_json::to_string(&discovered)
            .map_err(|_| Error::internal("what a provider says to JSON"))?),
        Err(error) => Err(error.code()),
    };
    let (claimed, at) = (claimed.clone(), Instant::from(app.now()));
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let found = outcome.as_deref().map_err(|code| *code);
        identity_providers::end_test(conn, (id, row.version), found, at)?;
        claimed.end(conn, at)
    });
    ended(recording.await)
}

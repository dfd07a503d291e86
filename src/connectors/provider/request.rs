//! Where a person is sent to sign in: the authorization request (OpenID Connect Core 1.0 §3.1.2.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::discovery::Discovered;
use super::settings::ProviderSettings;

/// What ties an answer to the one who asked. Each is random.
pub struct Asked<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    /// Of PKCE: its hash goes out, itself only with the code.
    pub verifier: &'a str,
    pub redirect_uri: &'a str,
    /// The language of the person.
    pub language: &'a str,
}

/// The address at the provider; nothing where what was kept of it does not read.
#[must_use]
pub fn address(
    settings: &ProviderSettings,
    discovered: &Discovered,
    asked: &Asked<'_>,
) -> Option<Url> {
    let mut url = Url::parse(&discovered.authorization_endpoint).ok()?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier));
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", asked.redirect_uri)
        .append_pair("scope", &settings.scope())
        .append_pair("state", asked.state)
        .append_pair("nonce", asked.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("ui_locales", asked.language);
    Some(url)
}

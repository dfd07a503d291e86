//! The identity provider of a controller, by OpenID Connect Core 1.0: the authorization code flow with
//! PKCE (RFC 7636) and the issuer in the answer (RFC 9207).
//!
//! Reading order: [`settings`] (which provider), [`discovery`] (what it says of itself), [`request`]
//! (where the person is sent), [`http`] (one call within limits), [`keys`] (what it signs with),
//! [`id_token`] (what it says of the person), and here: from the code of an answer to the claims.

pub mod discovery;
pub mod error;
pub mod http;
pub mod id_token;
pub mod keys;
pub mod request;
pub mod settings;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded::{Serializer, byte_serialize};

use self::discovery::Discovered;
use self::error::ProviderError;
use self::http::Answer;
use self::id_token::Expected;
use self::keys::KeySets;
use self::settings::ProviderSettings;
use super::hosts::Allowlist;

/// A code that came back with a person, and what it was asked for with.
pub struct Redeemed<'a> {
    pub code: &'a str,
    /// Of PKCE.
    pub verifier: &'a str,
    pub nonce: &'a str,
    /// The very address that the code was sent to.
    pub redirect_uri: &'a str,
}

/// How the provider is called.
pub struct Reach<'a> {
    pub allowed: &'a Allowlist,
    pub keys: &'a KeySets,
    pub now: DateTime<Utc>,
}

/// What the answer of the token endpoint is read for.
#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

/// Redeems a code, and gives the claims of the person, once the token is proven to be the provider's,
/// for us, for this very sign-in, and in time.
///
/// # Errors
/// [`ProviderError`]; it says nothing of the person.
pub async fn redeem(
    reach: &Reach<'_>,
    settings: &ProviderSettings,
    discovered: &Discovered,
    redeemed: &Redeemed<'_>,
) -> Result<Map<String, Value>, ProviderError> {
    let (headers, form) = token_request(settings, discovered, redeemed);
    let answer = http::post_form(&discovered.token_endpoint, &headers, form, reach.allowed).await?;
    let Answer { status, body } = answer;
    match status {
        200 => {}
        400 | 401 => return Err(ProviderError::CodeRefused),
        _ => return Err(ProviderError::Answered(status)),
    }
    let tokens: Tokens = serde_json::from_slice(&body).map_err(|_| ProviderError::Malformed)?;
    let token = tokens.id_token.ok_or(ProviderError::NoIdToken)?;
    let header = id_token::header(&token)?;
    let uri = &discovered.jwks_uri;
    let keys = reach.keys.of(uri, header.kid.as_deref(), reach.allowed, reach.now).await?;
    let expected = Expected {
        issuer: &settings.issuer,
        client_id: &settings.client_id,
        nonce: redeemed.nonce,
        now: reach.now,
    };
    let verified = id_token::verify(&token, &header, &keys, &expected);
    // Another key may stand under the same name now.
    if matches!(verified, Err(ProviderError::TokenSignature | ProviderError::TokenKey))
        && let Ok(Some(keys)) = reach.keys.doubted(uri, reach.allowed, reach.now).await
    {
        return id_token::verify(&token, &header, &keys, &expected);
    }
    verified
}

/// RFC 6749 §2.3.1 and §4.1.3: the client proves who it is in a header, or in the form where the
/// provider takes it only there.
fn token_request(
    settings: &ProviderSettings,
    discovered: &Discovered,
    redeemed: &Redeemed<'_>,
) -> (Vec<(&'static str, String)>, String) {
    let secret = settings.client_secret.expose_secret();
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", redeemed.code)
        .append_pair("redirect_uri", redeemed.redirect_uri)
        .append_pair("code_verifier", redeemed.verifier);
    if discovered.secret_in_form {
        form.append_pair("client_id", &settings.client_id).append_pair("client_secret", secret);
        return (Vec::new(), form.finish());
    }
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let login = format!("{}:{}", encoded(&settings.client_id), encoded(secret));
    let header = format!("Basic {}", STANDARD.encode(login));
    (vec![("authorization", header)], form.finish())
}

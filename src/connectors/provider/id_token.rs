//! What a provider says of a person: an ID token (OpenID Connect Core 1.0 §3.1.3.7). Its signature is
//! checked with the keys that the provider publishes, and with public keys alone: no shared secret
//! and no `none` ever stands for one (RFC 8725 §3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

use super::error::ProviderError;

/// How far the clock of a provider may be from ours, in seconds.
const SKEW_S: i64 = 60;
/// A token that was made longer ago is not of this sign-in, in seconds.
const OLDEST_S: i64 = 600;
/// No ID token is longer, in bytes.
const LONGEST: usize = 32 * 1024;

/// The head of a token, which says how to check it.
pub struct Header {
    algorithm: Algorithm,
    pub kid: Option<String>,
}

#[derive(Deserialize)]
struct WrittenHeader {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What a token must say.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// Reads the head of a token.
///
/// # Errors
/// `TokenMalformed`, or `TokenAlgorithm` for every algorithm but the four that are taken.
pub fn header(token: &str) -> Result<Header, ProviderError> {
    let first = token.split('.').next().filter(|_| token.len() <= LONGEST);
    let bytes = first.and_then(|first| URL_SAFE_NO_PAD.decode(first).ok());
    let bytes = bytes.ok_or(ProviderError::TokenMalformed)?;
    let written: WrittenHeader =
        serde_json::from_slice(&bytes).map_err(|_| ProviderError::TokenMalformed)?;
    let algorithm = match written.alg.as_str() {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        _ => return Err(ProviderError::TokenAlgorithm),
    };
    // What a token calls critical must be understood, and nothing is (RFC 7515 §4.1.11).
    if written.crit.is_some() {
        return Err(ProviderError::TokenAlgorithm);
    }
    Ok(Header { algorithm, kid: written.kid })
}

/// Whether a key may check tokens of this algorithm.
fn serves(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => {
            key.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => {
            key.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let named = match key.common.key_algorithm {
        None => Some(algorithm),
        Some(KeyAlgorithm::RS256) => Some(Algorithm::RS256),
        Some(KeyAlgorithm::PS256) => Some(Algorithm::PS256),
        Some(KeyAlgorithm::ES256) => Some(Algorithm::ES256),
        Some(KeyAlgorithm::EdDSA) => Some(Algorithm::EdDSA),
        Some(_) => None,
    };
    is_of_kind && signs && named == Some(algorithm)
}

/// The claims of a token that is the provider's, for us, for this sign-in, and in time.
///
/// # Errors
/// The first rule that it breaks.
pub fn verify(
    token: &str,
    header: &Header,
    keys: &[Jwk],
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, ProviderError> {
    let mut fitting = keys
        .iter()
        .filter(|key| serves(key, header.algorithm))
        .filter(|key| header.kid.is_none() || key.common.key_id == header.kid);
    // Without a name only one key can be meant.
    let key = fitting.next().filter(|_| header.kid.is_some() || fitting.next().is_none());
    let key = DecodingKey::from_jwk(key.ok_or(ProviderError::TokenKey)?)
        .map_err(|_| ProviderError::TokenKey)?;
    let mut validation = Validation::new(header.algorithm);
    // The library checks the signature. The rest is checked here: it would ask the machine for the
    // time, and take what is missing for right.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims::<&str>(&[]);
    let data = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
        .map_err(|_| ProviderError::TokenSignature)?;
    check(&data.claims, expected)?;
    Ok(data.claims)
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), ProviderError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let wanted = |holds: bool, error| if holds { Ok(()) } else { Err(error) };
    wanted(text("iss") == Some(expected.issuer), ProviderError::TokenIssuer)?;
    wanted(is_for(claims, expected.client_id), ProviderError::TokenAudience)?;
    wanted(text("sub").is_some_and(|sub| !sub.is_empty()), ProviderError::TokenMalformed)?;
    let nonce = text("nonce").unwrap_or_default();
    let is_ours = bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes()));
    wanted(is_ours && !nonce.is_empty(), ProviderError::TokenNonce)?;
    wanted(is_in_time(claims, expected.now.timestamp()), ProviderError::TokenTime)
}

/// Whether a token is for this client, and was asked for by it.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let authorized = claims.get("azp");
    let by_us = authorized.is_none_or(|azp| azp.as_str() == Some(client_id));
    match claims.get("aud") {
        Some(Value::String(one)) => one == client_id && by_us,
        Some(Value::Array(all)) => {
            let names_us = all.iter().any(|one| one.as_str() == Some(client_id));
            names_us && by_us && (all.len() == 1 || authorized.is_some())
        }
        _ => false,
    }
}

/// Instants are numbers of seconds, which may have a fraction (RFC 7519 §2).
fn is_in_time(claims: &Map<String, Value>, now: i64) -> bool {
    let instant = |name: &str| {
        let Some(Value::Number(number)) = claims.get(name) else { return None };
        number.to_string().split('.').next()?.parse::<i64>().ok()
    };
    let (Some(expires), Some(issued)) = (instant("exp"), instant("iat")) else {
        return false;
    };
    let begins = if claims.contains_key("nbf") { instant("nbf") } else { Some(issued) };
    expires > now - SKEW_S
        && (now - OLDEST_S..=now + SKEW_S).contains(&issued)
        && begins.is_some_and(|begins| begins <= now + SKEW_S)
}

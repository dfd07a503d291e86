//! What a provider says of itself (OpenID Connect Discovery 1.0 §3 and §4): fetched by a job when the
//! settings are tested, and kept, so that nobody waits for it who signs in.

use serde::{Deserialize, Serialize};

use super::error::ProviderError;
use super::http;
use crate::connectors::hosts::Allowlist;
use crate::connectors::remote::{Remote, secure};

/// What is kept of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovered {
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub jwks_uri: String,
    /// Answers name their issuer (RFC 9207).
    pub names_issuer: bool,
    /// The secret of the client is taken in the form alone, not in a header.
    pub secret_in_form: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    response_types_supported: Option<Vec<String>>,
    response_modes_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where the document of an issuer stands.
#[must_use]
pub fn address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.strip_suffix('/').unwrap_or(issuer))
}

/// Fetches the document of an issuer.
///
/// # Errors
/// [`ProviderError`].
pub async fn discover(issuer: &str, allowed: &Allowlist) -> Result<Discovered, ProviderError> {
    let body = http::get(&address(issuer), allowed).await?;
    read(issuer, &body, allowed)
}

fn read(issuer: &str, body: &[u8], allowed: &Allowlist) -> Result<Discovered, ProviderError> {
    let document: Document = serde_json::from_slice(body).map_err(|_| ProviderError::Malformed)?;
    if document.issuer != issuer {
        return Err(ProviderError::OtherIssuer);
    }
    // A browser goes there, with the case behind it in its history.
    secure(&document.authorization_endpoint).map_err(|_| ProviderError::BadEndpoint)?;
    for called in [&document.token_endpoint, &document.jwks_uri] {
        Remote::parse(called, allowed).map_err(|_| ProviderError::BadEndpoint)?;
    }
    // What a document leaves out is offered as the standards have it by default.
    let offers = |listed: &Option<Vec<String>>, wanted: &str| {
        listed.as_ref().is_none_or(|listed| listed.iter().any(|it| it == wanted))
    };
    let methods = &document.token_endpoint_auth_methods_supported;
    let in_header = offers(methods, "client_secret_basic");
    let is_offered = offers(&document.response_types_supported, "code")
        && offers(&document.response_modes_supported, "query")
        && offers(&document.code_challenge_methods_supported, "S256")
        && (in_header || offers(methods, "client_secret_post"));
    if !is_offered {
        return Err(ProviderError::NotOffered);
    }
    Ok(Discovered {
        authorization_endpoint: document.authorization_endpoint,
        token_endpoint: document.token_endpoint,
        jwks_uri: document.jwks_uri,
        names_issuer: document.authorization_response_iss_parameter_supported,
        secret_in_form: !in_header,
    })
}

#[cfg(test)]
mod tests {
    use super::{Discovered, ProviderError, address, read};
    use crate::connectors::hosts::Allowlist;
    use serde_json::{Value, json};

    fn found(change: impl FnOnce(&mut Value)) -> Result<Discovered, ProviderError> {
        let mut document = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/jwks",
        });
        change(&mut document);
        let hosts = vec!["id.example".parse().unwrap()];
        let allowed = Allowlist { hosts, ..Allowlist::default() };
        read("https://id.example", document.to_string().as_bytes(), &allowed)
    }

    #[test]
    fn a_document_stands_behind_its_issuer() {
        let place = "/.well-known/openid-configuration";
        assert_eq!(address("https://id.example"), format!("https://id.example{place}"));
        assert_eq!(address("https://id.example/a/"), format!("https://id.example/a{place}"));
    }

    #[test]
    fn a_document_offers_what_is_needed_or_is_refused() {
        let plain = found(|_| ()).unwrap();
        assert!(!plain.names_issuer && !plain.secret_in_form);
        let names = "authorization_response_iss_parameter_supported";
        assert!(found(|it| it[names] = json!(true)).unwrap().names_issuer);
        let methods = "token_endpoint_auth_methods_supported";
        assert!(found(|it| it[methods] = json!(["client_secret_post"])).unwrap().secret_in_form);
        use ProviderError as E;
        for (field, value, expected) in [
            ("issuer", json!("https://id.example/"), E::OtherIssuer),
            ("issuer", json!("https://evil.example"), E::OtherIssuer),
            ("authorization_endpoint", json!("http://id.example/auth"), E::BadEndpoint),
            ("authorization_endpoint", json!("javascript:alert(1)"), E::BadEndpoint),
            ("token_endpoint", json!("https://10.0.0.1/token"), E::BadEndpoint),
            ("jwks_uri", json!("file:///etc/passwd"), E::BadEndpoint),
            ("jwks_uri", Value::Null, E::Malformed),
            ("response_types_supported", json!(["id_token"]), E::NotOffered),
            ("response_modes_supported", json!(["form_post"]), E::NotOffered),
            ("code_challenge_methods_supported", json!(["plain"]), E::NotOffered),
            (methods, json!(["private_key_jwt"]), E::NotOffered),
        ] {
            assert_eq!(found(|it| it[field] = value.clone()), Err(expected), "{field}: {value}");
        }
    }
}

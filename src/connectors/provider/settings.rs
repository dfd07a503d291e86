//! Which provider, and who we are there. Serialised the settings hold the secret of the client: they
//! are sealed as a whole.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::discovery;
use crate::connectors::hosts::Allowlist;
use crate::connectors::remote::{Remote, RemoteError};
use crate::domain::provider_sign_in::{ClaimRule, MOST_CLAIMS};

/// The longest issuer, client id and secret, in characters.
const LONGEST: usize = 500;
/// So many scopes may be asked for beside those that the claims need.
const MOST_SCOPES: usize = 10;

/// The identity provider of a controller.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Exactly as the provider writes it in its tokens.
    pub issuer: String,
    pub client_id: String,
    #[serde(serialize_with = "expose")]
    pub client_secret: SecretString,
    pub claims: Vec<ClaimRule>,
    /// Asked for beside `openid`, and beside `email` and `phone` where claims need them.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// Only for sealing: whoever serialises settings encrypts them.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    secret.expose_secret().serialize(serializer)
}

/// What is wrong with settings: the field and a code.
pub type Fault = (String, &'static str);

impl ProviderSettings {
    /// Every rule that the settings break. Whether somebody answers there is for the test to find out.
    #[must_use]
    pub fn faults(&self, allowed: &Allowlist) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        let mut fault = |field: &str, code| faults.push((field.to_owned(), code));
        if let Some(code) = self.issuer_fault(allowed) {
            fault("issuer", code);
        }
        let secret = self.client_secret.expose_secret();
        for (field, text) in [("client_id", self.client_id.as_str()), ("client_secret", secret)] {
            if text.is_empty() {
                fault(field, "empty");
            } else if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
                fault(field, "provider-client");
            }
        }
        if self.claims.is_empty() || self.claims.len() > MOST_CLAIMS {
            fault("claims", "claim-count");
        }
        for (place, rule) in self.claims.iter().enumerate() {
            if let Err(error) = rule.check() {
                fault(&format!("claims[{place}]"), error.code);
            } else if self.claims.iter().take(place).any(|it| it.claim == rule.claim) {
                fault(&format!("claims[{place}]"), "claim-twice");
            }
        }
        let is_scope = |scope: &String| {
            !scope.is_empty() && scope.len() <= 100 && scope.bytes().all(is_scope_byte)
        };
        if self.scopes.len() > MOST_SCOPES || !self.scopes.iter().all(is_scope) {
            fault("scopes", "provider-scopes");
        }
        faults
    }

    fn issuer_fault(&self, allowed: &Allowlist) -> Option<&'static str> {
        if self.issuer.chars().count() > LONGEST || self.issuer.contains('?') {
            return Some("provider-issuer");
        }
        match Remote::parse(&discovery::address(&self.issuer), allowed) {
            Ok(_) => None,
            Err(RemoteError::HostNotAllowed) => Some("host-not-allowed"),
            Err(RemoteError::NoUrl | RemoteError::NotSecure) => Some("provider-issuer"),
        }
    }

    /// The host of the provider: all that the history says of it.
    #[must_use]
    pub fn host(&self) -> String {
        let url = url::Url::parse(&self.issuer).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What is asked for, separated by spaces.
    #[must_use]
    pub fn scope(&self) -> String {
        let mut all = vec!["openid"];
        let needs = |claim: &str| self.claims.iter().any(|rule| rule.claim == claim);
        all.extend(needs("email").then_some("email"));
        all.extend(needs("phone_number").then_some("phone"));
        for scope in &self.scopes {
            if !all.contains(&scope.as_str()) {
                all.push(scope);
            }
        }
        all.join(" ")
    }
}

/// RFC 6749 §3.3.
const fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::ProviderSettings;
    use crate::connectors::hosts::Allowlist;
    use serde_json::{Value, json};

    fn settings(change: impl FnOnce(&mut Value)) -> ProviderSettings {
        let mut body = json!({
            "issuer": "https://id.example", "client_id": "guichet", "client_secret": "s3cret",
            "claims": [{ "claim": "email", "kind": "email" }],
        });
        change(&mut body);
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn settings_that_cannot_be_used_are_told_field_by_field() {
        let hosts = vec!["id.example".parse().unwrap()];
        let allowed = Allowlist { hosts, ..Allowlist::default() };
        let told = |field: &str, value: Value| {
            let settings = settings(|body| body[field] = value);
            let faults = settings.faults(&allowed);
            let faults = faults.iter().map(|(field, code)| format!("{field}: {code}"));
            faults.collect::<Vec<_>>().join(", ")
        };
        let long = "x".repeat(501);
        let claim = |claim: &str, kind: &str| json!({ "claim": claim, "kind": kind });
        for (field, value, expected) in [
            ("issuer", json!("https://id.example/realms/shop"), ""),
            ("issuer", json!("https://id.example/"), ""),
            ("issuer", json!("http://id.example"), "issuer: provider-issuer"),
            ("issuer", json!("https://id.example/?x=1"), "issuer: provider-issuer"),
            ("issuer", json!("https://id.example/#x"), "issuer: provider-issuer"),
            ("issuer", json!("https://a:b@id.example/"), "issuer: provider-issuer"),
            ("issuer", json!("id.example"), "issuer: provider-issuer"),
            ("issuer", json!("https://evil.example"), "issuer: host-not-allowed"),
            ("issuer", json!("https://169.254.169.254"), "issuer: host-not-allowed"),
            ("issuer", json!("http://127.0.0.1"), "issuer: host-not-allowed"),
            ("client_id", json!(""), "client_id: empty"),
            ("client_secret", json!("a\nb"), "client_secret: provider-client"),
            ("client_id", json!(long), "client_id: provider-client"),
            ("claims", json!([]), "claims: claim-count"),
            ("claims", json!([claim("mail", "email")]), "claims[0]: claim-verified"),
            (
                "claims",
                json!([claim("email", "email"), claim("email", "email")]),
                "claims[1]: claim-twice",
            ),
            ("scopes", json!(["profile"]), ""),
            ("scopes", json!(["a b"]), "scopes: provider-scopes"),
        ] {
            assert_eq!(told(field, value.clone()), expected, "{field}: {value}");
        }
    }

    #[test]
    fn the_scope_is_what_the_claims_need_and_what_is_asked_for() {
        let plain = settings(|_| ());
        assert_eq!(plain.scope(), "openid email");
        let more = settings(|body| {
            body["claims"] = json!([{ "claim": "phone_number", "kind": "phone" }]);
            body["scopes"] = json!(["shop", "openid"]);
        });
        assert_eq!(more.scope(), "openid phone shop");
        assert_eq!(plain.host(), "id.example");
        assert!(!format!("{plain:?}").contains("s3cret"));
    }
}

//! API tokens: JWT (RFC 7519) signed with EdDSA, ten minutes long. A token says who, never what
//! for: memberships and status are read from the database on each call.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use crate::domain::ids::{ApiKeyId, UserId};
use crate::error::{Error, Result};
use crate::vault::Vault;
use crate::vault::secret::Token;

/// How long a token lasts.
pub const LIFETIME_S: i64 = 600;

/// The type of our tokens (RFC 9068), so that no other JWT can stand for one.
const TYPE: &str = "at+jwt";

/// Who may read the token.
const AUDIENCE: &str = "guichet-api";

/// Signs and checks tokens with a key derived from the master key.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    issuer: String,
}

/// What a token was given for. It ends with that: with the password that was changed, with the key
/// that was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// A fingerprint of the stored hash, which says nothing of the password: its salt is not known.
    Password(String),
    ApiKey(ApiKeyId),
}

impl Credential {
    /// The password of a user, by its stored hash.
    #[must_use]
    pub fn password(stored_hash: &str) -> Self {
        Self::Password(URL_SAFE_NO_PAD.encode(Sha256::digest(stored_hash)))
    }
}

/// What a valid token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub user: UserId,
    pub credential: Credential,
    /// When its credential was given, to the second.
    pub issued_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    credential: Credential,
}

impl Tokens {
    /// Prepares the keys, and proves that they work: a missing backend would otherwise show at
    /// the first sign-in.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn new(vault: &Vault, base_url: &Url, now: DateTime<Utc>) -> Result<Self> {
        let seed = vault.signing_seed("api-tokens");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice())
            .map_err(|_| Error::internal("the signing key cannot be used"))?;
        let pkcs8 = pair.to_pkcs8().map_err(|_| Error::internal("the signing key has no form"))?;
        let tokens = Self {
            signing: EncodingKey::from_ed_der(pkcs8.as_ref()),
            checking: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            issuer: base_url.as_str().to_owned(),
        };
        let nobody = UserId::from_slice(&[0; 16]).ok_or_else(|| Error::internal("no id"))?;
        let token = tokens.issue(nobody, Credential::password(""), now)?;
        tokens.check(&token, now)?;
        Ok(tokens)
    }

    /// A token for a user who has just signed in.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        user: UserId,
        credential: Credential,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        let at = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: user.uuid(),
            jti: Token::random().shown().to_owned(),
            iat: at,
            nbf: at,
            exp: at + LIFETIME_S,
            credential,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing)
            .map_err(|_| Error::internal("a token could not be signed"))
    }

    /// Who the token speaks for, and what it was given for.
    ///
    /// # Errors
    /// `Unauthenticated` when it is not one of ours, or not valid now.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Checked> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        // The library would ask the machine for the time; the edge has read it already.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let data = jsonwebtoken::decode::<Claims>(token, &self.checking, &validation)
            .map_err(|_| Error::Unauthenticated)?;
        let claims = data.claims;
        let at = now.timestamp();
        let in_time = claims.nbf <= at
            && at < claims.exp
            && claims.exp.checked_sub(claims.iat) == Some(LIFETIME_S);
        if data.header.typ.as_deref() != Some(TYPE) || !in_time {
            return Err(Error::Unauthenticated);
        }
        let user = UserId::from_slice(claims.sub.as_bytes()).ok_or(Error::Unauthenticated)?;
        let issued_at = DateTime::from_timestamp(claims.iat, 0).ok_or(Error::Unauthenticated)?;
        Ok(Checked { user, credential: claims.credential, issued_at })
    }
}

#[cfg(test)]
mod tests {
    use super::{Checked, Claims, Credential, LIFETIME_S, Tokens};
    use crate::domain::ids::UserId;
    use crate::vault::Vault;
    use crate::vault::key::Key;
    use crate::vault::master::MasterKey;
    use chrono::{DateTime, Duration, Utc};
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    use serde_json::{Value, json};

    fn tokens(base_url: &str) -> Tokens {
        let vault = Vault::open(MasterKey::from_key(Key::from_bytes([7; 32])));
        Tokens::new(&vault, &base_url.parse().unwrap(), now()).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn user() -> UserId {
        UserId::from_slice(&[5; 16]).unwrap()
    }

    #[test]
    fn a_token_speaks_for_its_user_for_ten_minutes() {
        let tokens = tokens("https://desk.example");
        let token = tokens.issue(user(), Credential::password("hash"), now()).unwrap();
        let checked =
            Checked { user: user(), credential: Credential::password("hash"), issued_at: now() };
        assert_eq!(tokens.check(&token, now()), Ok(checked.clone()));
        let last = now() + Duration::seconds(LIFETIME_S - 1);
        assert_eq!(tokens.check(&token, last), Ok(checked));
        assert!(tokens.check(&token, last + Duration::seconds(1)).is_err());
        assert!(tokens.check(&token, now() - Duration::seconds(1)).is_err());
    }

    #[test]
    fn no_other_token_stands_for_one() {
        let ours = tokens("https://desk.example");
        let claims = |change: &dyn Fn(&mut Value)| {
            let at = now().timestamp();
            let mut claims = json!({
                "iss": "https://desk.example/", "aud": "guichet-api", "sub": user(),
                "jti": "x", "iat": at, "nbf": at, "exp": at + LIFETIME_S,
                "credential": Credential::password("hash"),
            });
            change(&mut claims);
            claims
        };
        let sign = |typ: &str, claims: &Value| {
            let mut header = Header::new(Algorithm::EdDSA);
            header.typ = Some(typ.to_owned());
            jsonwebtoken::encode(&header, claims, &ours.signing).unwrap()
        };
        let checked = ours.check(&sign("at+jwt", &claims(&|_| ())), now()).unwrap();
        assert_eq!((checked.user, checked.credential), (user(), Credential::password("hash")));
        assert!(ours.check(&sign("JWT", &claims(&|_| ())), now()).is_err(), "typ");
        let changes: [(&str, Value); 11] = [
            ("exp", Value::Null),
            ("exp", json!("4102444800")),
            ("exp", json!(4_102_444_800_i64)),
            ("exp", json!(1.5e300)),
            ("exp", json!(-1)),
            ("nbf", json!("0")),
            ("nbf", json!(now().timestamp() + 60)),
            ("aud", json!("guichet-portal")),
            ("iss", json!("https://test.example/")),
            ("sub", json!("admin")),
            ("roles", json!(["operator"])),
        ];
        for (claim, value) in changes {
            let token = sign("at+jwt", &claims(&|claims| claims[claim] = value.clone()));
            assert!(ours.check(&token, now()).is_err(), "{claim}: {value}");
        }
        for missing in ["exp", "nbf", "aud", "iss", "sub", "jti"] {
            let token = sign(
                "at+jwt",
                &claims(&|c| {
                    c.as_object_mut().unwrap().remove(missing);
                }),
            );
            assert!(ours.check(&token, now()).is_err(), "without {missing}");
        }
    }

    #[test]
    fn no_other_algorithm_or_byte_passes() {
        let tokens = tokens("https://desk.example");
        let token = tokens.issue(user(), Credential::password("hash"), now()).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        // {"alg":"none","typ":"at+jwt"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        assert!(tokens.check(&format!("{none}.{}.", parts[1]), now()).is_err());
        assert!(tokens.check(&format!("{none}.{}.{}", parts[1], parts[2]), now()).is_err());
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some("at+jwt".to_owned());
        let at = now().timestamp();
        let claims = Claims {
            iss: "https://desk.example/".to_owned(),
            aud: "guichet-api".to_owned(),
            sub: user().uuid(),
            jti: "x".to_owned(),
            iat: at,
            nbf: at,
            exp: at + LIFETIME_S,
            credential: Credential::password("hash"),
        };
        let hmac = EncodingKey::from_secret(b"whatever the public key is");
        let forged = jsonwebtoken::encode(&header, &claims, &hmac).unwrap();
        assert!(tokens.check(&forged, now()).is_err());
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(tokens.check(&changed, now()).is_err(), "byte {place}");
        }
        assert!(tokens.check(&format!("{token}A"), now()).is_err());
        assert!(tokens.check(&format!("{token}."), now()).is_err());
        assert!(tokens.check("", now()).is_err());
    }
}

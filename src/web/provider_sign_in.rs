//! A sign-in at the identity provider as the front door carries it: what was begun in a visit, sealed
//! with the visit; and from the answer of the provider to what it proves.
//!
//! The code of an answer is redeemed in the call that brings it, and not by a worker: it lives for a
//! minute, and all workers may be searching for five. What the person is told follows from the answer
//! and from the request alone; no source is asked.

use chrono::{DateTime, Duration, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;
use url::Url;

use super::Front;
use super::identity_provider::{Provider, redirect_uri};
use super::opened::Opened;
use crate::connectors::provider::error::ProviderError;
use crate::connectors::provider::request::{self, Asked as Request};
use crate::connectors::provider::{Reach, Redeemed, redeem};
use crate::db::conn::Conn;
use crate::db::{contacts, data_maps};
use crate::domain::actor::Ctx;
use crate::domain::contact::last_of;
use crate::domain::provider_sign_in::{Asked, Unmatched, judge, proven};
use crate::domain::search_plan::persons::named;
use crate::domain::subject::kind::IdentifierKind;
use crate::domain::subject::{Identifier, email};
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::vault::place::Place;
use crate::vault::secret::Token;
use crate::web::packages::hex;
use crate::workflow::provider_sign_ins;
use crate::workflow::record::Written;
use crate::workflow::sources::{identifiers, open_map};

/// How long a sign-in that was begun may take.
const LIFETIME: Duration = Duration::minutes(10);

/// What a visit keeps of a sign-in that it began.
#[derive(Serialize, Deserialize)]
pub struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    /// Of the pages that it began on.
    pub language: String,
    issuer: String,
    /// Of the settings of the provider.
    version: i64,
    /// In seconds since 1970.
    at: i64,
}

impl Begun {
    /// Begins a sign-in at a provider.
    #[must_use]
    pub fn new(provider: &Provider, language: &str, now: DateTime<Utc>) -> Self {
        let random = || Token::random().shown().to_owned();
        Self {
            state: random(),
            nonce: random(),
            verifier: random(),
            language: language.to_owned(),
            issuer: provider.settings.issuer.clone(),
            version: provider.row.version,
            at: now.timestamp(),
        }
    }

    /// Seals it for one visit.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, key: &CaseKey, session_hash: &[u8]) -> Result<Vec<u8>> {
        let text = serde_json::to_vec(self).map_err(|_| Error::internal("a sign-in to JSON"))?;
        let row = hex(session_hash);
        Ok(key.key().seal(&place(&row), &text)?)
    }

    /// Opens what a visit keeps.
    ///
    /// # Errors
    /// When it is not of this visit and this case.
    pub fn open(key: &CaseKey, session_hash: &[u8], sealed: &[u8]) -> Result<Self> {
        let row = hex(session_hash);
        let text = key.key().open(&place(&row), sealed)?;
        serde_json::from_slice(&text).map_err(|_| Error::internal("a sign-in does not read"))
    }

    /// Whether it still counts, for this provider as it is set now.
    #[must_use]
    pub fn counts(&self, provider: &Provider, now: DateTime<Utc>) -> bool {
        let began = Utc.timestamp_opt(self.at, 0).single();
        let age = began.map(|began| now - began);
        age.is_some_and(|age| age >= Duration::seconds(-1) && age < LIFETIME)
            && provider.settings.issuer == self.issuer
            && provider.row.version == self.version
    }

    /// Whether an answer is the one to this.
    #[must_use]
    pub fn is_answered_by(&self, answer: &Answered) -> bool {
        let state = answer.state.as_deref().unwrap_or_default();
        bool::from(state.as_bytes().ct_eq(self.state.as_bytes()))
    }

    /// Where the person signs in; nothing before a test of the provider succeeded.
    #[must_use]
    pub fn address(&self, provider: &Provider, redirect_uri: &str) -> Option<Url> {
        let asked = Request {
            state: &self.state,
            nonce: &self.nonce,
            verifier: &self.verifier,
            redirect_uri,
            language: &self.language,
        };
        request::address(&provider.settings, provider.discovered.as_ref()?, &asked)
    }
}

const fn place(row: &str) -> Place<'_> {
    Place::of_text("portal_sessions", "sealed_sign_in", row)
}

/// What a provider sent a person back with. What stands twice was not sent by it.
#[derive(Debug, Default)]
pub struct Answered {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl Answered {
    /// Reads the query of the address; nothing where a name stands twice.
    #[must_use]
    pub fn read(query: &str) -> Option<Self> {
        let mut found = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "state" => &mut found.state,
                "code" => &mut found.code,
                "iss" => &mut found.issuer,
                "error" => &mut found.error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(found)
    }
}

/// What a sign-in came to, as the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Matched,
    /// Signed in, and a person of the controller looks at it.
    Open,
    /// The person said no at the provider, or the provider to the person.
    Denied,
    /// It did not work, whatever the reason.
    Failed,
    /// Too late, used before, or begun elsewhere.
    Over,
}

/// A case whose person came back.
pub struct Returned<'a> {
    pub front: &'a Front,
    pub opened: &'a Opened,
    pub session_hash: &'a [u8],
    pub ctx: Ctx,
}

impl Returned<'_> {
    /// Judges the answer to a sign-in that was taken out of its visit.
    ///
    /// # Errors
    /// When the database fails; what the provider does wrong is an outcome.
    pub async fn settle(
        &self,
        provider: &Provider,
        begun: &Begun,
        answer: &Answered,
    ) -> Result<Outcome> {
        let claims = match self.claims(provider, begun, answer).await {
            Ok(claims) => claims,
            Err(Refused::Denied) => return Ok(Outcome::Denied),
            Err(Refused::Answer(code)) => {
                tracing::warn!(code, "the answer of an identity provider was refused");
                return Ok(Outcome::Failed);
            }
            Err(Refused::Provider(error)) => {
                let code = error.code();
                tracing::warn!(code, "a sign-in at an identity provider failed");
                return Ok(Outcome::Failed);
            }
        };
        let issuer = provider.settings.host();
        let judged = self.judge(provider, &claims).await?;
        // The provider may have taken seconds.
        let ctx = self.front.app.ctx(self.ctx.actor.clone());
        let session = self.session_hash.to_vec();
        let app = &self.front.app;
        let read = self.opened.row.sealed_subject.clone();
        let (recorded, outcome) = match judged {
            Ok(matched) => {
                let last = last_of(matched.value());
                let written =
                    Written::sealed(&ctx, self.opened.key()?, &json!({ "matched": last }))?;
                let kind = matched.kind().name().to_owned();
                let confirm = move |conn: &mut Conn| {
                    let proof = (issuer.as_str(), kind.as_str());
                    provider_sign_ins::check_read(conn, &ctx, read.as_deref())?;
                    provider_sign_ins::confirm(conn, &ctx, &session, proof, &written)
                };
                (app.write(confirm).await, Outcome::Matched)
            }
            Err(why) => {
                let leave = move |conn: &mut Conn| {
                    provider_sign_ins::check_read(conn, &ctx, read.as_deref())?;
                    provider_sign_ins::leave_open(conn, &ctx, &issuer, why)
                };
                (app.write(leave).await, Outcome::Open)
            }
        };
        match recorded {
            // Identity is no matter any more: the page of the case says where it stands.
            Ok(()) | Err(Error::Transition { .. }) => Ok(outcome),
            Err(Error::Conflict { .. }) => Ok(Outcome::Over),
            Err(error) => Err(error),
        }
    }

    async fn claims(
        &self,
        provider: &Provider,
        begun: &Begun,
        answer: &Answered,
    ) -> std::result::Result<Map<String, Value>, Refused> {
        let discovered =
            provider.discovered.as_ref().ok_or(Refused::Answer("provider-untested"))?;
        // RFC 9207 §2.4: an answer that another provider sent, or that hides who did, is none.
        let is_named = answer.issuer.is_some() || !discovered.names_issuer;
        let is_own = answer.issuer.as_ref().is_none_or(|it| *it == provider.settings.issuer);
        if !is_named || !is_own {
            return Err(Refused::Answer("provider-answer-issuer"));
        }
        match answer.error.as_deref() {
            Some("access_denied") => return Err(Refused::Denied),
            Some(_) => return Err(Refused::Answer("provider-answer-error")),
            None => {}
        }
        let code = answer.code.as_deref().filter(|code| !code.is_empty() && code.len() <= 4_096);
        let code = code.ok_or(Refused::Answer("provider-answer-code"))?;
        let config = self.front.app.config();
        let redirect_uri = redirect_uri(&config.base_url, &self.opened.controller.slug);
        let redeemed = Redeemed {
            code,
            verifier: &begun.verifier,
            nonce: &begun.nonce,
            redirect_uri: &redirect_uri,
        };
        let reach = Reach {
            allowed: &config.allowed,
            keys: &self.front.provider_keys,
            now: self.front.app.now(),
        };
        let claims = redeem(&reach, &provider.settings, discovered, &redeemed).await;
        claims.map_err(Refused::Provider)
    }

    /// Whether who signed in is the person of the request.
    async fn judge(
        &self,
        provider: &Provider,
        claims: &Map<String, Value>,
    ) -> Result<std::result::Result<Identifier, Unmatched>> {
        let (opened, app) = (self.opened, &self.front.app);
        let (controller, request) = (opened.controller.id, opened.row.id);
        let (map, on_file) = app
            .read(move |conn| {
                Ok((data_maps::newest(conn, controller)?, contacts::get(conn, request)?))
            })
            .await?;
        let Some(subject) = opened.subject()? else {
            return Ok(Err(Unmatched::Nothing));
        };
        let country = opened.controller.country.as_str();
        let given = subject.identifiers.iter().filter_map(|it| {
            let kind = IdentifierKind::parse(&it.kind).ok()?;
            Identifier::new(kind, &it.value, country).ok()
        });
        let given: Vec<Identifier> = given.collect();
        let named = match &map {
            Some(map) => named(
                &open_map(&app.controller_key(&opened.controller)?, map)?,
                &identifiers(&subject),
            ),
            None => Vec::new(),
        };
        let on_file = on_file.and_then(|it| it.sealed_email);
        let on_file = on_file.map(|sealed| {
            let place = Place::new("contacts", "sealed_email", request.uuid());
            let text = opened.key()?.key().open(&place, &sealed)?;
            Ok::<_, Error>(String::from_utf8(text.to_vec()).unwrap_or_default())
        });
        let on_file = on_file.transpose()?.and_then(|stored| email::normalised(stored.trim()).ok());
        let asked =
            Asked { identifiers: &given, named: &named, on_file: on_file.as_deref(), country };
        let proven = proven(&provider.settings.claims, claims, country);
        Ok(judge(&proven, &asked).cloned())
    }
}

/// Why there are no claims.
enum Refused {
    Denied,
    /// The answer that the person came back with; a code for the log.
    Answer(&'static str),
    Provider(ProviderError),
}

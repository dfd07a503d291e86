//! What providers sign with. A set is kept for an hour, and fetched once more for a key that it does
//! not hold, a minute after the last time at the earliest, and for a signature that does not fit the
//! key of that name, once in five minutes: a provider that changes its keys is followed, also where
//! it keeps their names, and nobody makes us call it at will.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::jwk::Jwk;
use serde::Deserialize;
use serde_json::Value;

use super::error::ProviderError;
use super::http;
use crate::connectors::hosts::Allowlist;

/// How long a set is believed: a key that is withdrawn ends with it.
const KEPT: Duration = Duration::hours(1);
/// How long a set is not asked for again, whatever it lacks.
const REST: Duration = Duration::minutes(1);
/// How long a set is not asked for again because of a signature that does not fit.
const REST_OF_DOUBT: Duration = Duration::minutes(5);
/// So many keys of one set are looked at.
const MOST_KEYS: usize = 100;
/// So many sets are kept before all are forgotten.
const MOST_SETS: usize = 1_000;

#[derive(Clone)]
struct KeySet {
    keys: Vec<Jwk>,
    fetched_at: DateTime<Utc>,
    /// When it was last fetched because a signature did not fit.
    doubted_at: Option<DateTime<Utc>>,
}

/// The sets of keys of all providers, by their address.
#[derive(Default)]
pub struct KeySets(Mutex<HashMap<String, KeySet>>);

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySets {
    /// The keys that stand at an address; `wanted` is the id of the one that is looked for.
    ///
    /// # Errors
    /// [`ProviderError`] when they are to be fetched and cannot be.
    pub async fn of(
        &self,
        uri: &str,
        wanted: Option<&str>,
        allowed: &Allowlist,
        now: DateTime<Utc>,
    ) -> Result<Vec<Jwk>, ProviderError> {
        if let Some(known) = self.known(uri) {
            let age = now - known.fetched_at;
            let has = |wanted| known.keys.iter().any(|key| key.common.key_id.as_deref() == wanted);
            let is_fresh = age >= Duration::zero() && age < KEPT;
            let is_enough = wanted.is_none_or(|wanted| has(Some(wanted))) || age < REST;
            if is_fresh && is_enough {
                return Ok(known.keys);
            }
        }
        self.fetch(uri, allowed, (now, None)).await
    }

    /// The keys that stand at an address now, for a token that did not fit the ones that are known;
    /// nothing where they were fetched a moment ago, or for that reason lately.
    ///
    /// # Errors
    /// As [`KeySets::of`].
    pub async fn doubted(
        &self,
        uri: &str,
        allowed: &Allowlist,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Jwk>>, ProviderError> {
        if !self.begins_doubt(uri, now) {
            return Ok(None);
        }
        self.fetch(uri, allowed, (now, Some(now))).await.map(Some)
    }

    /// Whether the set may be fetched for that; from then on it may not, whatever comes of it.
    fn begins_doubt(&self, uri: &str, now: DateTime<Utc>) -> bool {
        let Ok(mut sets) = self.0.lock() else { return false };
        let Some(known) = sets.get_mut(uri) else { return false };
        let rests = |since: DateTime<Utc>, rest| (Duration::zero()..rest).contains(&(now - since));
        if rests(known.fetched_at, REST)
            || known.doubted_at.is_some_and(|since| rests(since, REST_OF_DOUBT))
        {
            return false;
        }
        known.doubted_at = Some(now);
        true
    }

    async fn fetch(
        &self,
        uri: &str,
        allowed: &Allowlist,
        (now, doubted_at): (DateTime<Utc>, Option<DateTime<Utc>>),
    ) -> Result<Vec<Jwk>, ProviderError> {
        let body = http::get(uri, allowed).await?;
        let document: Document =
            serde_json::from_slice(&body).map_err(|_| ProviderError::Malformed)?;
        // A key that we do not know how to use is no reason to refuse the others.
        let keys = document.keys.into_iter().take(MOST_KEYS);
        let keys: Vec<Jwk> = keys.filter_map(|key| serde_json::from_value(key).ok()).collect();
        if let Ok(mut sets) = self.0.lock() {
            if sets.len() >= MOST_SETS {
                sets.clear();
            }
            let before = sets.get(uri).and_then(|known| known.doubted_at);
            let doubted_at = doubted_at.or(before);
            sets.insert(uri.to_owned(), KeySet { keys: keys.clone(), fetched_at: now, doubted_at });
        }
        Ok(keys)
    }

    fn known(&self, uri: &str) -> Option<KeySet> {
        self.0.lock().ok()?.get(uri).cloned()
    }
}

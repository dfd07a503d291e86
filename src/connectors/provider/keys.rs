//! What providers sign with. A set is kept for an hour, and fetched once more for a key that it does
//! not hold, a minute after the last time at the earliest: a provider that changes its keys is
//! followed, and nobody makes us call it at will.

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
/// So many keys of one set are looked at.
const MOST_KEYS: usize = 100;
/// So many sets are kept before all are forgotten.
const MOST_SETS: usize = 1_000;

#[derive(Clone)]
struct KeySet {
    keys: Vec<Jwk>,
    fetched_at: DateTime<Utc>,
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
            sets.insert(uri.to_owned(), KeySet { keys: keys.clone(), fetched_at: now });
        }
        Ok(keys)
    }

    fn known(&self, uri: &str) -> Option<KeySet> {
        self.0.lock().ok()?.get(uri).cloned()
    }
}

//! A leaf: everything of an event's row that must not change, as one line of canonical JSON.
//!
//! Its keys are sorted, without spaces (as RFC 8785 writes it; the numbers are integers). What a person wrote
//! stands in it as the SHA-256 of its ciphertext alone: that tells nothing of the words, and it is
//! kept when key and ciphertext are destroyed, so that the proof outlives the erasure.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::tree::HASH_BYTES;
use crate::domain::ids::{ControllerId, EventId, RequestId};

/// An event as it is numbered. The fields stand in the order of their names, which is the order of
/// the canonical form.
#[derive(Serialize)]
pub struct Leaf<'a> {
    /// Who caused it: an id, never a name.
    pub actor: &'a str,
    /// When it happened, in UTC with microseconds.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    pub controller: Option<ControllerId>,
    /// The JSON of the event, byte for byte.
    pub detail: &'a str,
    pub id: EventId,
    pub kind: &'a str,
    /// When it was numbered: an event that was slipped in later shows by it.
    #[serde(serialize_with = "instant")]
    pub numbered_at: DateTime<Utc>,
    pub request: Option<RequestId>,
    /// SHA-256 of the sealed words beside the event, in hexadecimal.
    #[serde(serialize_with = "hexadecimal")]
    pub sealed_sha256: Option<[u8; HASH_BYTES]>,
    pub version: i64,
}

impl Leaf<'_> {
    /// The canonical form; its hash is the leaf of the tree.
    ///
    /// # Errors
    /// Never in practice: every field can be written.
    pub fn canonical(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// The digest of sealed words.
#[must_use]
pub fn sealed_sha256(sealed: &[u8]) -> [u8; HASH_BYTES] {
    Sha256::digest(sealed).into()
}

fn instant<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
fn hexadecimal<S: serde::Serializer>(
    hash: &Option<[u8; HASH_BYTES]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let digits = |hash: [u8; HASH_BYTES]| -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    hash.map(digits).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::{Leaf, sealed_sha256};
    use crate::domain::ids::{ControllerId, EventId, Id, RequestId};
    use uuid::Uuid;

    #[test]
    fn a_leaf_is_one_line_with_its_keys_in_order() {
        let leaf = Leaf {
            actor: "worker",
            at: "2026-11-23T09:00:00.000001Z".parse().unwrap(),
            controller: Some(ControllerId::from_uuid(Uuid::from_u128(1))),
            detail: r#"{"kind":"NoteAdded"}"#,
            id: EventId::from_uuid(Uuid::from_u128(2)),
            kind: "NoteAdded",
            numbered_at: "2026-11-23T09:00:05Z".parse().unwrap(),
            request: Some(RequestId::from_uuid(Uuid::from_u128(3))),
            sealed_sha256: Some(sealed_sha256(b"")),
            version: 4,
        };
        let canonical = String::from_utf8(leaf.canonical().unwrap()).unwrap();
        let expected = concat!(
            r#"{"actor":"worker","at":"2026-11-23T09:00:00.000001Z","#,
            r#""controller":"00000000-0000-0000-0000-000000000001","#,
            r#""detail":"{\"kind\":\"NoteAdded\"}","id":"00000000-0000-0000-0000-000000000002","#,
            r#""kind":"NoteAdded","numbered_at":"2026-11-23T09:00:05.000000Z","#,
            r#""request":"00000000-0000-0000-0000-000000000003","#,
            r#""sealed_sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","#,
            r#""version":4}"#
        );
        assert_eq!(canonical, expected);
        let value: serde_json::Value = serde_json::from_str(&canonical).unwrap();
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert!(keys.is_sorted(), "{keys:?}");
        // A map sorts by key: written again, it is the same.
        assert_eq!(value.to_string(), canonical);
    }
}

//! The lines of an exported history. The first says whose it is; then come the checkpoints beside
//! it, the numbered events, and those without a number.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::ids::{ControllerId, EventId, RequestId, TreeId};

/// What the first line says of itself.
pub const FORMAT: &str = "guichet.history.1";

/// One line; which fields it has says what it is.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<TreeId>,
    /// The name in the checkpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// A note, as it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    /// The place in the tree, from 0; none for an event that has no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The hash that was stored with the number, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Of the case: nothing proves it, and it is not written any more. An older file has it.
    #[serde(skip_serializing)]
    pub reference: Option<String>,
    /// When an event without a number happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// The canonical form, byte for byte; none when the event is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<Box<RawValue>>,
}

/// What a reader needs of the canonical form.
#[derive(Deserialize)]
pub struct Entry {
    pub controller: Option<ControllerId>,
    pub id: EventId,
    pub request: Option<RequestId>,
    pub at: DateTime<Utc>,
    pub numbered_at: DateTime<Utc>,
    pub kind: String,
    pub detail: String,
}

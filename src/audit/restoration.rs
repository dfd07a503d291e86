//! What a restore leaves in a history: from which backup, and how far that reached. It is signed,
//! because whoever writes to the database can put in an event, and the sealer numbers it; and it counts
//! only where it was numbered at the instant that it names, so that an old one cannot be put in again.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;

use super::note::{self, VerifierKey};
use super::tree::TreeHash;

/// The kind of its event.
pub const INSTANCE_RESTORED: &str = "InstanceRestored";

/// What its text begins with: no tree has this name.
const TITLE: &str = "guichet.restored.1";

/// What stands for a backup that does not say when it was made.
const UNKNOWN: &str = "-";

/// A tree as a restore put it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// The name of the tree.
    pub origin: String,
    /// How many events were numbered and signed in the backup, and their root.
    pub size: u64,
    pub root: TreeHash,
    /// When the backup was made; one of an older version does not say.
    pub saved_at: Option<DateTime<Utc>>,
    pub restored_at: DateTime<Utc>,
}

/// The part of the event that proves the rest.
#[derive(Deserialize)]
struct Detail {
    note: String,
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl fmt::Display for Restoration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let saved = self.saved_at.map_or_else(|| UNKNOWN.to_owned(), written);
        let (root, restored) = (self.root.to_base64(), written(self.restored_at));
        write!(f, "{TITLE}\n{}\n{}\n{root}\n{saved}\n{restored}\n", self.origin, self.size)
    }
}

impl Restoration {
    /// Reads what an event of this kind says, if the key of the tree signed it for that instant.
    #[must_use]
    pub fn open(detail: &str, numbered_at: DateTime<Utc>, keys: &[VerifierKey]) -> Option<Self> {
        let detail: Detail = serde_json::from_str(detail).ok()?;
        let (text, key) = note::open(&detail.note, keys).ok()?;
        let restoration = Self::parse(text)?;
        let is_its_own = restoration.origin == key.name()
            && written(restoration.restored_at) == written(numbered_at);
        is_its_own.then_some(restoration)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == TITLE).then_some(())?;
        let origin = lines.next()?.to_owned();
        let size = lines.next()?.parse().ok()?;
        let root = TreeHash::from_base64(lines.next()?)?;
        let saved = lines.next()?;
        let saved_at = if saved == UNKNOWN { None } else { Some(saved.parse().ok()?) };
        let restored_at = lines.next()?.parse().ok()?;
        Some(Self { origin, size, root, saved_at, restored_at })
    }
}

#[cfg(test)]
mod tests {
    use super::Restoration;
    use crate::audit::note::Signer;
    use crate::audit::tree::empty_root;
    use serde_json::json;

    #[test]
    fn a_restoration_counts_for_its_tree_its_instant_and_its_key_alone() {
        let signer = Signer::new("rights.example/audit/one", &[7; 32]).unwrap();
        let keys = [signer.key().clone()];
        let restoration = Restoration {
            origin: signer.key().name().to_owned(),
            size: 7,
            root: empty_root(),
            saved_at: None,
            restored_at: "2026-11-23T09:00:00.000001Z".parse().unwrap(),
        };
        let detail = |note: String| json!({ "size": 9, "note": note }).to_string();
        let at = restoration.restored_at;
        let signed = detail(signer.sign(&restoration.to_string()));
        assert_eq!(Restoration::open(&signed, at, &keys), Some(restoration.clone()));
        let later = at + chrono::Duration::seconds(1);
        assert_eq!(Restoration::open(&signed, later, &keys), None);
        let other = Signer::new("rights.example/audit/one", &[8; 32]).unwrap();
        let forged = detail(other.sign(&restoration.to_string()));
        assert_eq!(Restoration::open(&forged, at, &keys), None);
        let elsewhere = Restoration { origin: "rights.example/audit/two".into(), ..restoration };
        let moved = detail(signer.sign(&elsewhere.to_string()));
        assert_eq!(Restoration::open(&moved, at, &keys), None);
    }
}

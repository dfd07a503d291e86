//! A whole instance in one sealed file: its format, how it is written while the instance works, and
//! how one is read again to prove that it is whole.

pub mod archive;
pub mod check;
pub mod folder;
pub mod write;

use std::collections::BTreeMap;

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::db::dump::Table;

/// What the first record of an archive says of itself.
pub const FORMAT: &str = "guichet.backup.1";

/// What an archive holds, ahead of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub format: String,
    /// The version of the program.
    pub version: String,
    /// When it was made; an older version does not say.
    #[serde(default)]
    pub made_at: Option<DateTime<Utc>>,
    /// The schema that the rows are of.
    pub migrations: Vec<String>,
    pub tables: Vec<Table>,
}

/// How many rows a table has, and a digest of them in whatever order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub rows: u64,
    digest: u128,
}

impl Counted {
    /// Counts a row. The digests are added up, so that the order says nothing: two databases give
    /// the same rows in different orders.
    pub fn add(&mut self, row: &[u8]) {
        let digest: [u8; 32] = Sha256::digest(row).into();
        let half = digest.first_chunk::<16>().copied().unwrap_or_default();
        self.digest = self.digest.wrapping_add(u128::from_be_bytes(half));
        self.rows += 1;
    }
}

/// What an archive held, at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    pub tables: BTreeMap<String, Counted>,
    /// SHA-256 of each sealed file, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// A row as it is written and counted.
///
/// # Errors
/// Never in practice.
pub fn row_bytes(row: &[Value]) -> anyhow::Result<Vec<u8>> {
    serde_json::to_vec(row).map_err(|error| anyhow!("a row cannot be written: {error}"))
}

/// Bytes as small hexadecimal letters.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

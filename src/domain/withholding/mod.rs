//! What a person withholds from an answer, where it stands, and on which ground (GDPR Art. 15(4),
//! 23): a column, a row, a value, or a passage of a text.
//!
//! A row is known by the values of its key, so that a withholding outlasts a new search; where a
//! table has no key, by the digest of all its values.

pub mod matching;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exemption::Exemption;
use super::named::named;
use super::row::{Column, Value};

named! {
    /// How much is withheld.
    Extent {
        Column = "column",
        Row = "row",
        /// One value of one row.
        Value = "value",
        /// Some characters of a text.
        Passage = "passage",
    }
}

/// What a package withholds in one place on one ground, as its manifest names it: nothing of what
/// stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldPart {
    pub system: String,
    pub table: String,
    /// The column of all but whole rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub extent: Extent,
    pub exemption: Exemption,
    /// Rows, values, or values of which passages are withheld; none for a whole column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

impl WithheldPart {
    /// Where it is, by the names of the data map.
    #[must_use]
    pub fn place(&self) -> String {
        let column = self.column.as_ref().map_or_else(String::new, |it| format!(".{it}"));
        format!("{}, {}{column}", self.system, self.table)
    }
}

named! {
    /// How a withholding stands.
    WithholdingState {
        Held = "held",
        /// It was proposed, and a person does not withhold it.
        Declined = "declined",
        TakenBack = "taken_back",
    }
}

named! {
    /// Why a package that stood ready or was released is no more.
    Retirement {
        /// A person took it back.
        Revoked = "revoked",
        /// Its thirty days are over.
        Expired = "expired",
        /// Another was released in its place.
        Superseded = "superseded",
        /// The case ended without it.
        Ended = "ended",
    }
}

named! {
    /// How an answer on paper reached the person.
    PaperDelivery {
        RegisteredLetter = "registered_letter",
        Counter = "counter",
    }
}

/// What a withholding of a row, a value or a passage is about. It holds values of the person, and
/// stands sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub row: RowKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// What somebody wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// By what a row is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKey {
    /// The columns of the key with their values, as text.
    Key(Vec<(String, String)>),
    /// SHA-256 over all values, in hexadecimal.
    Digest(String),
}

/// Some characters of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Each from its first character, counted from 0, to before its last; never empty.
    pub ranges: Vec<(u64, u64)>,
    /// SHA-256 of the whole text when it was marked. In another text the marks would be elsewhere:
    /// of that, nothing is given out.
    pub text_sha256: String,
}

impl RowKey {
    /// The key of a row: the map's, where the row has a value in each of its columns.
    #[must_use]
    pub fn of(row: &[Value], columns: &[Column], key: &[String]) -> Self {
        let cell = |name: &String| {
            let place = columns.iter().position(|column| column.name == *name)?;
            Some((name.clone(), key_text(row.get(place)?)?))
        };
        let cells: Option<Vec<(String, String)>> = key.iter().map(cell).collect();
        match cells.filter(|cells| !cells.is_empty()) {
            Some(cells) => Self::Key(cells),
            None => Self::Digest(row_digest(row)),
        }
    }
}

impl Passage {
    /// Ranges of a text; nothing when there are none, or not all of them lie in it.
    #[must_use]
    pub fn of(text: &str, ranges: Vec<(u64, u64)>) -> Option<Self> {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let within = |(start, end): &(u64, u64)| start < end && *end <= length;
        let fits = !ranges.is_empty() && ranges.iter().all(within);
        fits.then(|| Self { ranges, text_sha256: digest(text) })
    }

    /// Every place of a text where these words stand, as they are written; nothing when nowhere. A line
    /// break is any of LF, CR LF and CR: a browser sends CR LF for each, whatever the source has.
    #[must_use]
    pub fn of_words(text: &str, words: &str) -> Option<Self> {
        let ((text_lines, starts), (words, _)) =
            (with_plain_breaks(text), with_plain_breaks(words));
        if words.is_empty() {
            return None;
        }
        let long = words.chars().count();
        let (mut ranges, mut read, mut first) = (Vec::new(), 0, 0_usize);
        for (place, _) in text_lines.match_indices(&words) {
            let between = text_lines.get(read..place).unwrap_or_default();
            (read, first) = (place, first.saturating_add(between.chars().count()));
            let start = starts.get(first).copied()?;
            ranges.push((start, starts.get(first.saturating_add(long)).copied()?));
        }
        Self::of(text, ranges)
    }
}

/// A text with LF for each of its line breaks; and where each character then stood, counted from 0,
/// with the length at the end.
fn with_plain_breaks(text: &str) -> (String, Vec<u64>) {
    let (mut plain, mut starts) = (String::with_capacity(text.len()), Vec::new());
    let mut characters = (0_u64..).zip(text.chars()).peekable();
    let mut length = 0;
    while let Some((place, character)) = characters.next() {
        starts.push(place);
        let is_return = character == '\r';
        plain.push(if is_return { '\n' } else { character });
        let feed = is_return.then(|| characters.next_if(|(_, next)| *next == '\n')).flatten();
        length = feed.map_or(place, |(place, _)| place).saturating_add(1);
    }
    starts.push(length);
    (plain, starts)
}

/// A value of a key as text; a missing one makes no key.
fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) | Value::Number(text) | Value::Json(text) => Some(text.clone()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Bytes(bytes) => Some(hex(bytes)),
    }
}

/// A digest of all values of a row, each with its kind and its length.
fn row_digest(row: &[Value]) -> String {
    let mut hasher = Sha256::new();
    for value in row {
        let (kind, bytes): (u8, &[u8]) = match value {
            Value::Null => (0, &[]),
            Value::Text(text) => (1, text.as_bytes()),
            Value::Number(text) => (2, text.as_bytes()),
            Value::Json(text) => (3, text.as_bytes()),
            Value::Boolean(false) => (4, &[]),
            Value::Boolean(true) => (5, &[]),
            Value::Bytes(bytes) => (6, bytes),
        };
        hasher.update([kind]);
        hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(bytes);
    }
    hex(&hasher.finalize())
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One withholding of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub extent: Extent,
    /// The column of all but a whole row.
    pub column: Option<String>,
    pub exemption: Exemption,
    /// Where it stands; a whole column has none.
    pub spot: Option<Spot>,
}

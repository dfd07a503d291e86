//! A row found in a connected system: values kept exactly, whatever the source calls their type.

/// A column of a source table, in the order of the source.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: ValueKind,
}

/// What a column is declared to hold. A source may lie (SQLite does), so that every [`Value`] says
/// for itself what it is; the kind only describes the column in the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    Text,
    Integer,
    /// Exact decimal numbers.
    Decimal,
    /// Binary floating point.
    Float,
    Boolean,
    /// `2026-03-05`
    Date,
    /// `10:00:00` with optional fraction, without zone.
    Time,
    /// `2026-03-05T10:00:00`, without zone.
    Timestamp,
    /// `2026-03-05T10:00:00+00:00`, an instant.
    TimestampTz,
    Uuid,
    /// JSON, and arrays rendered as JSON.
    Json,
    Bytes,
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL, which is not the empty text.
    Null,
    Text(String),
    /// A finite number as an exact JSON number literal (`-12.50`, `9007199254740993`, `1e300`).
    /// NaN and infinities are `Text`.
    Number(String),
    Boolean(bool),
    Bytes(Vec<u8>),
    /// A JSON document as the source wrote it.
    Json(String),
}

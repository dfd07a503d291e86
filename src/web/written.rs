//! What people write in calls and forms: bounded, and without characters that cannot be seen.

use serde_json::{Value, json};

use crate::domain::subject::text::is_blank;
use crate::error::{Error, Result};

/// How long a reason or a note may be, in characters.
pub const LONGEST_REASON: usize = 5000;

/// The error of what is too long or too many, with the most that is taken.
#[must_use]
pub fn beyond(field: impl Into<String>, code: &'static str, most: usize) -> Error {
    Error::invalid_with(field, code, vec![("maximum", most.to_string())])
}

/// A text that may be absent: bounded, and without control characters but line breaks and tabs.
///
/// # Errors
/// `Invalid` at the field.
pub fn text(field: &str, value: Option<&str>, longest: usize) -> Result<()> {
    let Some(value) = value else { return Ok(()) };
    if value.chars().count() > longest {
        return Err(beyond(field, "too-long", longest));
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::invalid(field, "control-character"));
    }
    Ok(())
}

/// A text that must say something.
///
/// # Errors
/// `Invalid` at the field.
pub fn required(field: &str, value: &str, longest: usize) -> Result<()> {
    if is_blank(value) {
        return Err(Error::invalid(field, "empty"));
    }
    text(field, Some(value), longest)
}

/// How much is kept of what matched, in characters (identity.md).
pub const LONGEST_MATCHED: usize = 4;

/// What is sealed beside an identity decision; nothing where nothing was written.
#[must_use]
pub fn identity_words(
    doubt: Option<&str>,
    reason: Option<&str>,
    matched: Option<&str>,
) -> Option<Value> {
    let is_any = doubt.is_some() || reason.is_some() || matched.is_some();
    let mut words = json!({ "doubt": doubt, "reason": reason });
    if let (Value::Object(words), Some(matched)) = (&mut words, matched) {
        words.insert("matched".to_owned(), Value::from(matched));
    }
    is_any.then_some(words)
}

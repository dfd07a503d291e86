//! Why a form was not carried out, in words.

use actix_web::http::StatusCode;

use crate::error::{Error, FieldError, Result};
use crate::language::{Language, text};
use crate::web::problem::field_text;

/// The status of the page that shows the form again, and what it says above it.
pub type Refusal = (StatusCode, Vec<String>);

/// Why a form was not carried out. Where a page has several fields, `name` says what the one that is
/// wrong is called there.
///
/// # Errors
/// What is no matter of the form stays an error.
pub fn refusal(
    error: Error,
    language: Language,
    name: impl Fn(&FieldError) -> Option<String>,
) -> Result<Refusal> {
    let conflict = |key: String| (StatusCode::CONFLICT, vec![text(language, &key)]);
    match error {
        Error::Invalid(fields) => {
            let told = fields.iter().map(|field| match name(field) {
                Some(name) => format!("{name} – {}", field_text(field, language)),
                None => field_text(field, language),
            });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, told.collect()))
        }
        Error::Transition { code } => Ok(conflict(format!("transition-{code}"))),
        Error::Conflict { code } => Ok(conflict(format!("conflict-{code}"))),
        error => Err(error),
    }
}

/// For forms whose messages name their field themselves.
#[must_use]
pub const fn unnamed(_: &FieldError) -> Option<String> {
    None
}

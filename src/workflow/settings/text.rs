//! Short texts of settings: something is there, it is not too long, and every character can be
//! seen.

use crate::domain::subject::text::is_blank;
use crate::error::FieldError;

/// What is wrong with a text of one line, if anything.
#[must_use]
pub fn line(field: &'static str, text: &str, longest: usize) -> Option<FieldError> {
    check(field, text, longest, char::is_control)
}

/// What is wrong with a text of several lines, if anything.
#[must_use]
pub fn lines(field: &'static str, text: &str, longest: usize) -> Option<FieldError> {
    check(field, text, longest, |c| c.is_control() && c != '\n')
}

fn check(
    field: &'static str,
    text: &str,
    longest: usize,
    forbidden: impl Fn(char) -> bool,
) -> Option<FieldError> {
    if is_blank(text) {
        return Some(FieldError::new(field, "empty"));
    }
    if text.chars().count() > longest {
        let mut error = FieldError::new(field, "too-long");
        error.arguments = vec![("maximum", longest.to_string())];
        return Some(error);
    }
    if text.chars().any(forbidden) {
        return Some(FieldError::new(field, "control-character"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{line, lines};

    #[test]
    fn a_text_is_there_fits_and_can_be_seen() {
        let code = |text| line("name", text, 5).map_or("ok", |error| error.code);
        for (text, expected) in [
            ("Ada", "ok"),
            ("éèêëà", "ok"),
            ("", "empty"),
            (" \u{a0} ", "empty"),
            ("Adalin", "too-long"),
            ("A\0", "control-character"),
            ("A\nB", "control-character"),
        ] {
            assert_eq!(code(text), expected, "{text:?}");
        }
        assert_eq!(lines("address", "1 rue\nParis", 20), None);
        assert!(lines("address", "1 rue\rParis", 20).is_some());
    }
}

//! A text with placeholders: `{reference}`. Checked when it is saved; filled by plain substitution,
//! once, so that what a value holds is never looked at again.

use super::Letter;
use super::placeholder::Placeholder;

/// How long a text may be, in characters.
pub const LONGEST_TEXT: usize = 10_000;

/// What is wrong with a text, and where: lines and columns count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    pub code: &'static str,
    pub line: usize,
    pub column: usize,
    /// The placeholder that is missing; what was typed is never repeated.
    pub placeholder: Option<Placeholder>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    Open(Placeholder),
}

/// One way to end a line, whatever the sender's machine writes.
#[must_use]
pub fn one_line_ending(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
}

/// Cuts a text at its placeholders. Braces that enclose no known name are words.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut words, mut rest) = (text, text);
    while let Some((before, inside)) = rest.split_once('{') {
        let named = inside
            .split_once('}')
            .and_then(|(name, after)| Placeholder::parse(name).map(|found| (found, after)));
        match named {
            Some((found, after)) => {
                let length = words.len() - inside.len() - 1;
                let said = words.get(..length).unwrap_or(before);
                if !said.is_empty() {
                    pieces.push(Piece::Words(said));
                }
                pieces.push(Piece::Open(found));
                (words, rest) = (after, after);
            }
            None => rest = inside,
        }
    }
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    pieces
}

/// The placeholders of a text.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Open(placeholder) => Some(placeholder),
        Piece::Words(_) => None,
    })
}

/// Fills a text.
#[must_use]
pub fn fill(text: &str, value: impl Fn(Placeholder) -> String) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => filled.push_str(words),
            Piece::Open(placeholder) => filled.push_str(&value(placeholder)),
        }
    }
    filled
}

/// Everything that keeps a text from being saved: braces around anything but a placeholder that this
/// letter knows, and required elements that are missing.
#[must_use]
pub fn check(letter: Letter, text: &str) -> Vec<TextError> {
    let mut errors = Vec::new();
    let (mut line, mut column) = (1, 1);
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => {
                for c in words.chars() {
                    if matches!(c, '{' | '}') {
                        let code = "letter-text-unknown";
                        errors.push(TextError { code, line, column, placeholder: None });
                    }
                    (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
                }
            }
            Piece::Open(placeholder) => {
                if !letter.allows(placeholder) {
                    let code = "letter-text-foreign";
                    let placeholder = Some(placeholder);
                    errors.push(TextError { code, line, column, placeholder });
                }
                column += placeholder.name().chars().count() + 2;
            }
        }
    }
    for element in letter.elements() {
        if !Letter::has_place(text, element.placeholder) {
            let (code, placeholder) = ("letter-text-lacks", Some(element.placeholder));
            errors.push(TextError { code, line, column, placeholder });
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::{check, fill, one_line_ending};
    use crate::domain::letter::Letter;
    use crate::domain::letter::placeholder::Placeholder;

    #[test]
    fn what_a_value_holds_is_never_looked_at_again() {
        let value = |placeholder: Placeholder| match placeholder {
            Placeholder::Salutation => "{reference} {{7*7}} ${x}".to_owned(),
            _ => "AB-12".to_owned(),
        };
        for (text, expected) in [
            ("{salutation}, {reference}", "{reference} {{7*7}} ${x}, AB-12"),
            ("{{reference}}", "{AB-12}"),
            ("{unknown} {reference", "{unknown} {reference"),
            ("{{7*7}} ${reference}", "{{7*7}} $AB-12"),
            ("{% if %} __SECRET__", "{% if %} __SECRET__"),
            ("a{b{reference}c}", "a{bAB-12c}"),
            ("", ""),
        ] {
            assert_eq!(fill(text, value), expected, "{text}");
        }
    }

    #[test]
    fn every_brace_that_is_no_placeholder_of_the_letter_is_told_with_its_place() {
        let whole = "{withdrawn} {reopening}";
        for (text, expected) in [
            ("", vec![]),
            ("\n {{7*7}}", vec!["unknown 2:2", "unknown 2:3", "unknown 2:7", "unknown 2:8"]),
            (" ${x}", vec!["unknown 1:26", "unknown 1:28"]),
            ("{subject_name}", vec!["unknown 1:24", "unknown 1:37"]),
            ("{ reference }", vec!["unknown 1:24", "unknown 1:36"]),
            ("é{doubt}", vec!["foreign 1:25"]),
            ("<b>{reference}</b> __SECRET__ [[x]] %s", vec![]),
        ] {
            let found = check(Letter::Withdrawal, &format!("{whole}{text}"));
            let found: Vec<String> = found
                .iter()
                .map(|error| {
                    let code = error.code.trim_start_matches("letter-text-");
                    format!("{code} {}:{}", error.line, error.column)
                })
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn every_required_element_that_is_removed_is_named() {
        for letter in Letter::ALL {
            let names: Vec<_> = letter.elements().iter().map(|it| it.placeholder).collect();
            let text = |without: Option<Placeholder>| {
                let kept = names.iter().filter(|it| Some(**it) != without);
                kept.map(|it| format!("{{{}}} ", it.name())).collect::<String>()
            };
            assert_eq!(check(*letter, &text(None)), []);
            for name in &names {
                let found = check(*letter, &text(Some(*name)));
                assert_eq!(found.len(), 1);
                assert_eq!(
                    (found[0].code, found[0].placeholder),
                    ("letter-text-lacks", Some(*name))
                );
            }
        }
    }

    #[test]
    fn lines_end_in_one_way() {
        assert_eq!(one_line_ending("a\r\nb\rc\u{2028}d\ne"), "a\nb\nc\nd\ne");
    }
}

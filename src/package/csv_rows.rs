//! Rows as CSV (RFC 4180: CRLF, a header, UTF-8), made safe for spreadsheets.
//!
//! A spreadsheet runs a cell that begins like a formula, and some readers stop at NUL. The JSON is
//! the faithful copy; here such a cell gets a leading `'` and NUL becomes `␀` (U+2400). Numbers
//! that the source holds as numbers are left alone.

use std::borrow::Cow;

use crate::domain::row::Value;
use crate::package::json_rows;

/// Adds `value` as a cell. NULL is nothing at all, the empty text is `""`.
pub fn put_cell(line: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Boolean(true) => line.push_str("true"),
        Value::Boolean(false) => line.push_str("false"),
        Value::Number(literal) if is_typed_number(literal) => line.push_str(literal),
        Value::Text(text) | Value::Json(text) | Value::Number(text) => put_text(line, text),
        Value::Bytes(bytes) => put_text(line, &json_rows::base64(bytes)),
    }
}

/// Adds a text as a cell: neutralised, and quoted where needed.
fn put_text(line: &mut String, text: &str) {
    put_plain(line, &neutral(text));
}

/// Adds a text that was neutralised before, quoted where needed.
pub fn put_plain(line: &mut String, safe: &str) {
    // A `;` separates cells where the comma is the decimal mark.
    let quoted = safe.is_empty()
        || safe.starts_with(['\'', ' '])
        || safe.ends_with(' ')
        || safe.bytes().any(|b| matches!(b, b',' | b'"' | b'\r' | b'\n' | b'\t' | b';'));
    if !quoted {
        line.push_str(safe);
        return;
    }
    line.push('"');
    for (place, part) in safe.split('"').enumerate() {
        if place > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

/// What a reader of the CSV gets for `value`; `None` for NULL.
#[must_use]
pub fn cell_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::Boolean(true) => Some(Cow::Borrowed("true")),
        Value::Boolean(false) => Some(Cow::Borrowed("false")),
        Value::Number(literal) if is_typed_number(literal) => Some(Cow::Borrowed(literal)),
        Value::Text(text) | Value::Json(text) | Value::Number(text) => Some(neutral(text)),
        Value::Bytes(bytes) => Some(Cow::Owned(neutral(&json_rows::base64(bytes)).into_owned())),
    }
}

/// The text as a spreadsheet may have it. Removing one `'` from a cell whose first character after
/// spaces and quotes is one of `= + - @ TAB CR LF ＝ ＋ － ＠` gives the text back, save NUL.
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    let risky = text
        .trim_start_matches([' ', '\u{a0}', '"', '\''])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let nul = text.contains('\0');
    match (risky, nul) {
        (false, false) => Cow::Borrowed(text),
        (false, true) => Cow::Owned(text.replace('\0', "␀")),
        (true, false) => Cow::Owned(format!("'{text}")),
        (true, true) => Cow::Owned(format!("'{}", text.replace('\0', "␀"))),
    }
}

/// Whether a literal holds nothing but a number, so that a leading sign is no formula.
fn is_typed_number(literal: &str) -> bool {
    !literal.is_empty()
        && literal
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'))
        && literal.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{cell_text, put_cell};
    use crate::domain::row::Value;
    use proptest::prelude::*;

    #[test]
    fn cells_are_quoted_where_needed_and_neutralised() {
        fn check(value: Value, expected: &str) {
            let mut line = String::new();
            put_cell(&mut line, &value);
            assert_eq!(line, expected);
        }
        let text = |text: &str| Value::Text(text.to_owned());
        check(Value::Null, "");
        check(text(""), "\"\"");
        check(text("a"), "a");
        check(text("a,b"), "\"a,b\"");
        check(text("say \"hi\""), "\"say \"\"hi\"\"\"");
        check(text("a\r\nb"), "\"a\r\nb\"");
        check(text("a;b"), "\"a;b\"");
        check(text("=1+1"), "\"'=1+1\"");
        check(text("+49 30"), "\"'+49 30\"");
        check(text("-5"), "\"'-5\"");
        check(text("@x"), "\"'@x\"");
        check(text("\tx"), "\"'\tx\"");
        check(text("\rx"), "\"'\rx\"");
        check(text("＝x"), "\"'＝x\"");
        check(text(" =x"), "\"' =x\"");
        check(text("\"=x"), "\"'\"\"=x\"");
        check(text("a=b"), "a=b");
        check(text("a\0b"), "a␀b");
        check(Value::Number("-5".into()), "-5");
        check(Value::Number("-cmd".into()), "\"'-cmd\"");
        check(Value::Json("-5".into()), "\"'-5\"");
        check(Value::Bytes(vec![251, 255]), "\"'+/8=\"");
        check(Value::Boolean(false), "false");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_and_none_begins_like_a_formula(text in any::<String>()) {
            let value = Value::Text(text.clone());
            let mut line = String::new();
            put_cell(&mut line, &value);
            line.push_str(",end\r\n");
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
            let record = reader.records().next().unwrap().unwrap();
            let cell = record.get(0).unwrap();
            let expected = cell_text(&value).unwrap();
            prop_assert_eq!(cell, &*expected);
            let starts = |c: char| cell.starts_with(c);
            prop_assert!(!"=+-@\t\r\n＝＋－＠\0".chars().any(starts));
            let without = cell.strip_prefix('\'').unwrap_or(cell);
            prop_assert!(cell == text || without == text || text.contains('\0'));
        }
    }
}

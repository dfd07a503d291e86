//! Rows as JSON, the faithful copy: an array of objects, one row per line.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;

use crate::domain::row::Value;

const MAX_LEVELS: usize = 128;

/// Writes one value: numbers as their literal, bytes as base64, NULL as `null`, a JSON document as
/// the source wrote it. A number or a document that is not valid JSON becomes text.
///
/// # Errors
/// What `out` reports.
pub fn write_value(out: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Boolean(true) => out.write_all(b"true"),
        Value::Boolean(false) => out.write_all(b"false"),
        Value::Number(literal) if is_number(literal) => out.write_all(literal.as_bytes()),
        Value::Json(json) if is_document(json) => write_on_one_line(out, json),
        Value::Text(text) | Value::Number(text) | Value::Json(text) => write_text(out, text),
        Value::Bytes(bytes) => {
            out.write_all(b"\"")?;
            let mut encoder = base64::write::EncoderWriter::new(&mut *out, &STANDARD);
            encoder.write_all(bytes)?;
            encoder.finish()?;
            drop(encoder);
            out.write_all(b"\"")
        }
    }
}

/// Writes a text between quotes, escaped.
///
/// # Errors
/// What `out` reports.
fn write_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}

/// The first part of a member: `"name":`.
#[must_use]
pub fn member(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}

/// Base64 as JSON and CSV show it.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The grammar of a number in RFC 8259 section 6.
fn is_number(literal: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = literal.strip_prefix('-').unwrap_or(literal);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}

/// A valid document of at most [`MAX_LEVELS`]: deeper ones break common readers, hence become text.
fn is_document(json: &str) -> bool {
    levels(json) <= MAX_LEVELS && serde_json::from_str::<IgnoredAny>(json).is_ok()
}

/// How deep arrays and objects stand in each other.
#[must_use]
pub fn levels(json: &str) -> usize {
    let (mut level, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                level = level.saturating_add(1);
                deepest = deepest.max(level);
            }
            b']' | b'}' if !in_text => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Line breaks in a valid document stand between its tokens only, where a space means the same.
fn write_on_one_line(out: &mut impl Write, json: &str) -> io::Result<()> {
    for (place, line) in json.trim_ascii().split(['\n', '\r']).enumerate() {
        if place > 0 {
            out.write_all(b" ")?;
        }
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{member, write_value};
    use crate::domain::row::Value;

    #[test]
    fn values_keep_what_they_are() {
        fn check(value: Value, expected: &str) {
            let mut out = Vec::new();
            write_value(&mut out, &value).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        let number = |text: &str| Value::Number(text.to_owned());
        let json = |text: &str| Value::Json(text.to_owned());
        check(Value::Null, "null");
        check(Value::Boolean(true), "true");
        check(Value::Text("a\"\0\u{202e}\n".into()), "\"a\\\"\\u0000\u{202e}\\n\"");
        check(Value::Bytes(vec![251, 255]), "\"+/8=\"");
        for literal in ["0", "-0", "10", "9007199254740993", "-12.50", "1e300", "1E-7", "1.0e+9"] {
            check(number(literal), literal);
        }
        for literal in ["", "-", "01", "1.", ".5", "+1", "1e", "NaN", "0x1", "1 ", "١"] {
            check(number(literal), &format!("\"{literal}\""));
        }
        check(json("{\"a\": [1.10,\r\n \"\\ud800\"]}\n"), "{\"a\": [1.10,   \"\\ud800\"]}");
        check(json("{a:1}"), "\"{a:1}\"");
        check(json("1 2"), "\"1 2\"");
        let nested = |levels| "[".repeat(levels) + &"]".repeat(levels);
        check(json(&nested(128)), &nested(128));
        check(json(&nested(129)), &format!("\"{}\"", nested(129)));
        check(json("\"[\\\"[\""), "\"[\\\"[\"");
        assert_eq!(member("a\"b"), "\"a\\\"b\":");
    }
}

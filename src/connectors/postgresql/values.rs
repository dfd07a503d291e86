//! PostgreSQL's text of a value → our value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::catalogue::{Family, PgColumn};
use crate::connectors::statement::quote;
use crate::domain::row::Value;

/// How the server is asked for a column.
#[must_use]
pub fn render(column: &PgColumn) -> String {
    let name = quote(&column.name);
    match column.family {
        Family::Bytes => name,
        Family::Array | Family::BytesArray => format!("to_json({name})::text"),
        _ => format!("{name}::text"),
    }
}

/// The value of a text that the server sent. NaN, infinities and dates before Christ have no form
/// in JSON numbers or RFC 3339 and stay the texts that they are.
#[must_use]
pub fn value(family: Family, text: &str) -> Value {
    let owned = || text.to_owned();
    match family {
        Family::Integer | Family::Numeric | Family::Float => {
            if matches!(text, "NaN" | "Infinity" | "-Infinity") {
                Value::Text(owned())
            } else {
                Value::Number(owned())
            }
        }
        Family::Boolean => Value::Boolean(text == "true"),
        Family::Json | Family::Array => Value::Json(owned()),
        Family::BytesArray => Value::Json(bytes_array(text)),
        Family::Timestamp => Value::Text(instant(text, false)),
        Family::TimestampTz => Value::Text(instant(text, true)),
        _ => Value::Text(owned()),
    }
}

/// `["\\x00ff",null]`, as the server writes an array of bytes as JSON → `["AP8=",null]`.
fn bytes_array(text: &str) -> String {
    fn encode(json: &mut serde_json::Value) -> Option<()> {
        match json {
            serde_json::Value::Array(members) => members.iter_mut().try_for_each(encode),
            serde_json::Value::String(hex) => {
                *hex = STANDARD.encode(bytes_of_hex(hex.strip_prefix("\\x")?)?);
                Some(())
            }
            _ => Some(()),
        }
    }
    let mut json = serde_json::from_str(text).ok();
    let encoded = json.as_mut().and_then(encode);
    encoded.and(json).map_or_else(|| text.to_owned(), |json| json.to_string())
}

fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

/// `2026-03-05 10:00:00+00` → `2026-03-05T10:00:00+00:00`; the session's zone is UTC.
fn instant(text: &str, zoned: bool) -> String {
    let Some((date, time)) = text.split_once(' ').filter(|(_, time)| !time.contains(' ')) else {
        return text.to_owned();
    };
    match time.strip_suffix("+00") {
        Some(time) if zoned => format!("{date}T{time}+00:00"),
        _ => format!("{date}T{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::value;
    use crate::connectors::postgresql::catalogue::Family;
    use crate::domain::row::Value;

    #[test]
    fn a_text_of_the_server_becomes_the_value_that_it_is() {
        let text = |text: &str| Value::Text(text.to_owned());
        let number = |text: &str| Value::Number(text.to_owned());
        for (family, sent, wanted) in [
            (Family::Numeric, "12.50", number("12.50")),
            (Family::Numeric, "NaN", text("NaN")),
            (Family::Float, "1e+300", number("1e+300")),
            (Family::Float, "-Infinity", text("-Infinity")),
            (Family::Integer, "9007199254740993", number("9007199254740993")),
            (Family::Boolean, "true", Value::Boolean(true)),
            (Family::TimestampTz, "2026-03-05 10:00:00.5+00", text("2026-03-05T10:00:00.5+00:00")),
            (Family::Timestamp, "2026-03-05 10:00:00", text("2026-03-05T10:00:00")),
            (Family::Timestamp, "infinity", text("infinity")),
            (Family::TimestampTz, "0044-03-15 10:00:00+00 BC", text("0044-03-15 10:00:00+00 BC")),
            (Family::Other, "[1,5)", text("[1,5)")),
        ] {
            assert_eq!(value(family, sent), wanted, "{sent}");
        }
    }
}

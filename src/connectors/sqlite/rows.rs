//! SQLite's values → ours, each kept as what it is, whatever its column was declared to hold.

use rusqlite::types::ValueRef;

use crate::connectors::links::Carried;
use crate::domain::row::Value;

/// The value. A text that is no UTF-8 is kept as bytes.
#[must_use]
pub fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Number(number.to_string()),
        ValueRef::Real(number) => real(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(bytes.to_vec()),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

/// The shortest text that reads back as the same number; infinities are no JSON numbers.
fn real(number: f64) -> Value {
    if number.is_finite() {
        return Value::Number(format!("{number:?}"));
    }
    let text = if number > 0.0 { "Infinity" } else { "-Infinity" };
    Value::Text(text.to_owned())
}

/// A value that ties rows of other systems to this one: texts and numbers only.
#[must_use]
pub fn travelling(value: Value) -> Carried {
    match value {
        Value::Text(text) => Carried::Text(text),
        Value::Number(text) => Carried::Number(text),
        Value::Null | Value::Boolean(_) | Value::Bytes(_) | Value::Json(_) => Carried::Never,
    }
}

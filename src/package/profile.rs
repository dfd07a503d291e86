//! What a column's values turned out to be: a schema may only promise what every value keeps.

use chrono::{Datelike, NaiveDate};

use crate::domain::row::{Value, ValueKind};

/// Longer integers are refused by common readers.
const MAX_DIGITS: usize = 1_000;

/// A field type of a Frictionless table schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    String,
    Integer,
    Number,
    Boolean,
    Date,
    Time,
    DateTime,
}

impl FieldType {
    /// The name in a table schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
        }
    }

    /// Whether equal values are written alike, so that texts can be compared instead.
    pub const fn compares_as_text(self) -> bool {
        matches!(self, Self::String | Self::Integer | Self::Boolean | Self::Date)
    }
}

/// The type that a column claims, and whether every value seen so far keeps to it.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    claimed: FieldType,
    kept: bool,
}

impl Profile {
    pub const fn new(kind: ValueKind) -> Self {
        let claimed = match kind {
            ValueKind::Integer => FieldType::Integer,
            ValueKind::Decimal | ValueKind::Float => FieldType::Number,
            ValueKind::Boolean => FieldType::Boolean,
            ValueKind::Date => FieldType::Date,
            ValueKind::Time => FieldType::Time,
            ValueKind::Timestamp | ValueKind::TimestampTz => FieldType::DateTime,
            ValueKind::Text | ValueKind::Uuid | ValueKind::Json | ValueKind::Bytes => {
                FieldType::String
            }
        };
        Self { claimed, kept: true }
    }

    pub fn observe(&mut self, value: &Value) {
        if self.kept && self.claimed != FieldType::String {
            self.kept = keeps(self.claimed, value);
        }
    }

    /// The claimed type, or text where a value did not keep to it.
    pub const fn field_type(self) -> FieldType {
        if self.kept { self.claimed } else { FieldType::String }
    }
}

fn keeps(claimed: FieldType, value: &Value) -> bool {
    match (claimed, value) {
        (_, Value::Null) | (FieldType::String, _) | (FieldType::Boolean, Value::Boolean(_)) => true,
        // A reader takes -0 for 0, and two keys for one.
        (FieldType::Integer, Value::Number(literal)) if literal == "-0" => false,
        (FieldType::Integer, Value::Number(literal)) => {
            let digits = literal.strip_prefix('-').unwrap_or(literal);
            (1..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        }
        (FieldType::Number, Value::Number(literal)) => literal.len() <= MAX_DIGITS,
        (FieldType::Date, Value::Text(text)) => is_date(text),
        (FieldType::Time, Value::Text(text)) => is_time(text),
        (FieldType::DateTime, Value::Text(text)) => is_datetime(text),
        _ => false,
    }
}

/// `2026-03-05`, years 0001 to 9999.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok_and(|date| date.year() >= 1)
}

/// `10:00:00`, with a fraction of one to six digits or none.
fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let mut part = |limit: u8| {
        parts.next().is_some_and(|part| {
            part.len() == 2
                && part.bytes().all(|b| b.is_ascii_digit())
                && part.parse::<u8>().is_ok_and(|number| number < limit)
        })
    };
    let clock_is_right = part(24) && part(60) && part(60);
    clock_is_right
        && parts.next().is_none()
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|b| b.is_ascii_digit())
}

/// `2026-03-05T10:00:00`, with or without fraction and offset (`+02:00`, `Z`).
fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else {
        return false;
    };
    let clock = if let Some(clock) = rest.strip_suffix('Z') {
        clock
    } else if let Some((clock, offset)) = rest.rsplit_once(['+', '-']) {
        let offset_is_right = offset.len() == 5 && is_time(&format!("{offset}:00"));
        if !offset_is_right {
            return false;
        }
        clock
    } else {
        rest
    };
    is_date(date) && is_time(clock)
}

#[cfg(test)]
mod tests {
    use super::{FieldType, Profile};
    use crate::domain::row::{Value, ValueKind};

    #[test]
    fn a_column_claims_only_what_its_values_keep() {
        fn check(kind: ValueKind, values: &[Value], expected: FieldType) {
            let mut profile = Profile::new(kind);
            values.iter().for_each(|value| profile.observe(value));
            assert_eq!(profile.field_type(), expected, "{kind:?} {values:?}");
        }
        let text = |text: &str| Value::Text(text.to_owned());
        let number = |text: &str| Value::Number(text.to_owned());
        check(ValueKind::Integer, &[], FieldType::Integer);
        check(ValueKind::Integer, &[Value::Null, number("-12")], FieldType::Integer);
        check(ValueKind::Integer, &[number("-0")], FieldType::String);
        check(ValueKind::Integer, &[number("1.5")], FieldType::String);
        check(ValueKind::Integer, &[text("twelve"), number("1")], FieldType::String);
        check(ValueKind::Integer, &[number(&"9".repeat(1_001))], FieldType::String);
        check(ValueKind::Decimal, &[number("1e300"), number("-0.50")], FieldType::Number);
        check(ValueKind::Float, &[text("Infinity")], FieldType::String);
        check(ValueKind::Boolean, &[Value::Boolean(true)], FieldType::Boolean);
        check(ValueKind::Boolean, &[text("t")], FieldType::String);
        check(ValueKind::Date, &[text("2024-02-29")], FieldType::Date);
        check(ValueKind::Date, &[text("2023-02-29")], FieldType::String);
        check(ValueKind::Date, &[text("0000-01-01")], FieldType::String);
        check(ValueKind::Date, &[text("infinity")], FieldType::String);
        check(ValueKind::Time, &[text("23:59:59.123456")], FieldType::Time);
        check(ValueKind::Time, &[text("24:00:00")], FieldType::String);
        check(ValueKind::Time, &[text("10:00")], FieldType::String);
        check(ValueKind::Time, &[text("10:00:00+02")], FieldType::String);
        check(ValueKind::Timestamp, &[text("2026-03-05T10:00:00")], FieldType::DateTime);
        check(ValueKind::Timestamp, &[text("2026-03-05 10:00:00")], FieldType::String);
        check(ValueKind::TimestampTz, &[text("2026-03-05T10:00:00.5+02:00")], FieldType::DateTime);
        check(ValueKind::TimestampTz, &[text("2026-03-05T10:00:00-11:30")], FieldType::DateTime);
        check(ValueKind::TimestampTz, &[text("2026-03-05T10:00:00Z")], FieldType::DateTime);
        check(ValueKind::TimestampTz, &[text("2026-03-05T10:00:00+02")], FieldType::String);
        check(ValueKind::TimestampTz, &[text("0044-03-15T10:00:00+00:00 BC")], FieldType::String);
        check(ValueKind::Text, &[number("1")], FieldType::String);
    }
}

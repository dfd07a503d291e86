//! Rows that a person typed, as JSON objects: numbers as they were written, columns in their order.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::domain::row::Value;
use crate::package::json_rows;

/// A value may hold arrays and objects in each other to this depth.
const MOST_LEVELS: usize = 100;

/// One row: its members in their order, no two of the same name.
#[derive(Debug, PartialEq)]
pub struct TypedRow {
    members: Vec<(String, Value)>,
    places: HashMap<String, usize>,
}

impl TypedRow {
    /// The value of a column; NULL where the row has none.
    #[must_use]
    pub fn value(&self, column: &str) -> Value {
        let member = self.places.get(column).and_then(|place| self.members.get(*place));
        member.map_or(Value::Null, |(_, value)| value.clone())
    }
}

/// The columns of all rows, in the order in which they first stand.
#[must_use]
pub fn columns(rows: &[TypedRow]) -> Vec<&str> {
    let mut known = HashSet::new();
    let names = rows.iter().flat_map(|row| &row.members).map(|(name, _)| name.as_str());
    names.filter(|name| known.insert(*name)).collect()
}

impl<'de> Deserialize<'de> for TypedRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = TypedRow;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row as an object")
    }

    /// No error repeats what was typed.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TypedRow, A::Error> {
        let mut row = TypedRow { members: Vec::new(), places: HashMap::new() };
        while let Some(name) = map.next_key::<String>()? {
            if row.places.insert(name.clone(), row.members.len()).is_some() {
                return Err(A::Error::custom("duplicate field"));
            }
            let raw: Box<RawValue> = map.next_value()?;
            let value = value(raw.get()).ok_or_else(|| A::Error::custom("no value of a row"))?;
            row.members.push((name, value));
        }
        Ok(row)
    }
}

/// The value that a JSON text writes, `None` for a text with half a character or too many levels.
fn value(raw: &str) -> Option<Value> {
    Some(match raw.as_bytes().first()? {
        b'n' => Value::Null,
        b't' => Value::Boolean(true),
        b'f' => Value::Boolean(false),
        b'"' => Value::Text(serde_json::from_str(raw).ok()?),
        b'[' | b'{' if json_rows::levels(raw) > MOST_LEVELS => return None,
        b'[' | b'{' => Value::Json(raw.to_owned()),
        _ => Value::Number(raw.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{TypedRow, columns};
    use crate::domain::row::Value;

    fn read(text: &str) -> Result<Vec<TypedRow>, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_stay_as_written_and_columns_in_their_order() {
        let text = r#"[{"z":12345678901234567890.123456789,"a":1.10,"n":null},
            {"b":"x\u00e9","a":-0,"t":true,"f":[1.0,{"k":2}]}]"#;
        let rows = read(text).unwrap();
        assert_eq!(columns(&rows), ["z", "a", "n", "b", "t", "f"]);
        let number = |text: &str| Value::Number(text.to_owned());
        assert_eq!(rows[0].value("z"), number("12345678901234567890.123456789"));
        assert_eq!(rows[0].value("a"), number("1.10"));
        assert_eq!(rows[0].value("n"), Value::Null);
        assert_eq!(rows[0].value("b"), Value::Null);
        assert_eq!(rows[1].value("a"), number("-0"));
        assert_eq!(rows[1].value("b"), Value::Text("xé".to_owned()));
        assert_eq!(rows[1].value("t"), Value::Boolean(true));
        assert_eq!(rows[1].value("f"), Value::Json(r#"[1.0,{"k":2}]"#.to_owned()));
    }

    #[test]
    fn what_is_no_row_is_refused_and_not_repeated() {
        let deep = format!(r#"[{{"a":{}{}}}]"#, "[".repeat(3000), "]".repeat(3000));
        for (text, part) in [
            (r#"[{"secret":1,"secret":2}]"#, "duplicate field"),
            (r#"[{"secret":"\ud800"}]"#, "no value of a row"),
            (deep.as_str(), "no value of a row"),
            (r#"["secret"]"#, "a row as an object"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{error}");
            assert!(part.contains("as an object") || !error.contains("secret"), "{error}");
        }
    }
}

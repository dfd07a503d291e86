//! How SQLite compares a column with values. Parameters are JSON arrays, read by `json_each`, so
//! that one statement takes any number of values.

use super::catalogue::SqliteColumn;
use crate::connectors::links::Tuple;
use crate::connectors::statement::{Dialect, quote};
use crate::domain::inventory::matching::Match;
use crate::domain::row::ValueKind;

/// The dialect. Parameters are JSON texts.
pub struct Sqlite;

/// Our function that keeps only the digits of a value.
pub const DIGITS: &str = "guichet_digits";
/// Our function that folds a value as [`folded`](crate::domain::inventory::matching::folded) does.
pub const FOLDED: &str = "guichet_folded";

/// `ascii`: it is compared with texts of ASCII only.
fn left(column: &SqliteColumn, how: Match, ascii: bool) -> String {
    let name = quote(&column.name);
    match how {
        // SQLite's lower() touches A–Z only, and is faster.
        Match::Ci if ascii => format!("lower({name})"),
        Match::Ci => format!("{FOLDED}({name})"),
        Match::Digits => format!("{DIGITS}({name})"),
        // Without affinity 42 and '42' would differ.
        Match::Exact if column.untyped => format!("CAST({name} AS TEXT)"),
        Match::Exact => name,
    }
}

fn json<T: serde::Serialize>(values: &T) -> String {
    // Lists of texts always serialise.
    serde_json::to_string(values).unwrap_or_else(|_| "[]".to_owned())
}

impl Dialect for Sqlite {
    type Column = SqliteColumn;
    type Bind = String;

    fn holds(
        column: &SqliteColumn,
        how: Match,
        values: &[String],
        binds: &mut Vec<String>,
    ) -> String {
        if values.is_empty() {
            return "FALSE".to_owned();
        }
        binds.push(json(&values));
        let number = binds.len();
        let left = left(column, how, values.iter().all(|value| value.is_ascii()));
        let exact = format!("{left} IN (SELECT value FROM json_each(?{number}))");
        let dated = matches!(column.kind, ValueKind::Timestamp | ValueKind::Date);
        let date = |value: &String| {
            chrono::NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok() && value.len() == 10
        };
        if how == Match::Exact && dated && values.iter().all(date) {
            // A date stands for its whole day: sources keep dates of birth as timestamps.
            let day = format!("substr(CAST({} AS TEXT), 1, 10)", quote(&column.name));
            return format!("({exact} OR {day} IN (SELECT value FROM json_each(?{number})))");
        }
        exact
    }

    /// A column may hold anything, whatever it was declared to.
    fn is_comparable(_: &SqliteColumn, _: &[String]) -> bool {
        true
    }

    fn hold_together(
        columns: &[&SqliteColumn],
        how: Match,
        tuples: &[Tuple],
        binds: &mut Vec<String>,
    ) -> String {
        if tuples.is_empty() {
            return "FALSE".to_owned();
        }
        binds.push(json(&tuples));
        let ascii = tuples.iter().flatten().all(|value| value.is_ascii());
        let own: Vec<String> = columns.iter().map(|column| left(column, how, ascii)).collect();
        let parts: Vec<String> =
            (0..columns.len()).map(|index| format!("value ->> {index}")).collect();
        let (own, parts, number) = (own.join(", "), parts.join(", "), binds.len());
        format!("({own}) IN (SELECT {parts} FROM json_each(?{number}))")
    }

    fn sides(own: &SqliteColumn, other: &SqliteColumn, how: Match) -> (String, String) {
        if how == Match::Exact && own.untyped != other.untyped {
            let text = |column: &SqliteColumn| format!("CAST({} AS TEXT)", quote(&column.name));
            return (text(own), text(other));
        }
        if how == Match::Exact {
            return (quote(&own.name), quote(&other.name));
        }
        (left(own, how, false), left(other, how, false))
    }

    fn filled(column: &SqliteColumn) -> String {
        format!("trim({}, char(32, 9, 10, 11, 12, 13)) <> ''", quote(&column.name))
    }

    fn travelling(column: &SqliteColumn) -> String {
        quote(&column.name)
    }

    fn quoted(column: &SqliteColumn) -> String {
        quote(&column.name)
    }
}

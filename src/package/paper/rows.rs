//! The rows of a table as its JSON has them, one at a time, and what `datapackage.json` says of
//! values that JSON cannot tell from others.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What the package says of itself, as far as paper needs it.
#[derive(Deserialize)]
pub struct Described {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    path: String,
    schema: Option<Schema>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Schema {
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    title: Option<String>,
}

/// The rows in which a column holds something of its own.
#[derive(Deserialize)]
struct Exception {
    column: String,
    holds: String,
    /// First and last row of each run, in order.
    rows: Vec<(u64, u64)>,
    complete: bool,
}

/// What stands in a cell that JSON writes as `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// There is no value.
    Nothing,
    Withheld,
    /// More rows are withheld than could be listed: it may be one of them.
    PerhapsWithheld,
    /// The JSON value `null`.
    JsonNull,
}

impl Described {
    /// The headings of a table: the titles of its columns, or their names.
    #[must_use]
    pub fn headings(&self, path: &str, columns: &[String]) -> Vec<String> {
        let table = path.strip_suffix(".json").map(|stem| format!("{stem}.csv"));
        let of = self.resources.iter().find(|it| Some(&it.path) == table.as_ref());
        let fields = of.and_then(|it| it.schema.as_ref()).map_or(&[][..], |it| &it.fields);
        // The CSV may number its rows in a column before all others.
        let first = fields.len().saturating_sub(columns.len());
        let fields = fields.get(first..).unwrap_or_default();
        let heading = |(place, name): (usize, &String)| {
            let title = fields.get(place).and_then(|field| field.title.as_ref());
            title.unwrap_or(name).clone()
        };
        columns.iter().enumerate().map(heading).collect()
    }

    /// What a `null` means in the rows of a table.
    #[must_use]
    pub fn marks(&self, path: &str) -> Marks<'_> {
        let mut marks = BTreeMap::new();
        let of = self.resources.iter().find(|it| it.path == path);
        for exception in of.map_or(&[][..], |it| &it.exceptions) {
            let known: &mut Vec<&Exception> = marks.entry(exception.column.as_str()).or_default();
            known.push(exception);
        }
        Marks(marks)
    }
}

/// What a `null` means, by column.
pub struct Marks<'a>(BTreeMap<&'a str, Vec<&'a Exception>>);

impl Marks<'_> {
    /// What a `null` means in a row, counted from 1.
    #[must_use]
    pub fn of(&self, column: &str, row: u64) -> Absent {
        let mut absent = Absent::Nothing;
        for exception in self.0.get(column).into_iter().flatten() {
            let runs = &exception.rows;
            let after = runs.partition_point(|(_, last)| *last < row);
            let holds = runs.get(after).is_some_and(|(first, _)| *first <= row);
            let beyond = !exception.complete && after == runs.len();
            match (exception.holds.as_str(), holds, beyond) {
                ("withheld", true, _) => return Absent::Withheld,
                ("json_null", true, _) => return Absent::JsonNull,
                ("withheld", _, true) => absent = Absent::PerhapsWithheld,
                _ => {}
            }
        }
        absent
    }
}

/// One row: the columns with their values as JSON, in their order.
pub struct Row(pub Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Row;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row as an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Row(members))
    }
}

/// The rows of a JSON file of ours: one object a line, between brackets.
pub struct Rows<R> {
    lines: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Rows<R> {
    /// Reads from the beginning of the file.
    #[must_use]
    pub fn new(file: R) -> Self {
        Self { lines: BufReader::new(file), line: Vec::new() }
    }

    /// The next row.
    ///
    /// # Errors
    /// What the file reports, or that it is none of ours.
    pub fn next_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            self.line.clear();
            if self.lines.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            let line = self.line.trim_ascii();
            let line = line.strip_suffix(b",").unwrap_or(line);
            if !matches!(line, b"[" | b"]" | b"[]" | b"") {
                return serde_json::from_slice(line).map(Some).map_err(io::Error::other);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Absent, Described, Rows};

    #[test]
    fn rows_come_in_their_order_whatever_stands_in_them() {
        let json = "[\n{\"z\":\"a\\n],\",\"a\":1.10},\n{\"z\":null,\"a\":{\"k\":[1]}}\n]\n";
        let mut rows = Rows::new(json.as_bytes());
        let mut seen = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let cells = row.0.iter().map(|(name, value)| format!("{name}={}", value.get()));
            seen.push(cells.collect::<Vec<_>>().join(" "));
        }
        assert_eq!(seen, ["z=\"a\\n],\" a=1.10", "z=null a={\"k\":[1]}"]);
        assert!(Rows::new(&b"[]\n"[..]).next_row().unwrap().is_none());
        assert!(Rows::new(&b"[\nbroken\n]\n"[..]).next_row().is_err());
    }

    #[test]
    fn a_null_is_told_from_what_is_withheld_and_a_title_from_a_name() {
        let described: Described = serde_json::from_value(serde_json::json!({ "resources": [
            { "path": "data/a.b.csv", "schema": { "fields": [
                { "name": "_row" }, { "name": "x", "title": "Ixe" }, { "name": "y" },
            ] } },
            { "path": "data/a.b.json", "exceptions": [
                { "column": "x", "holds": "withheld", "count": 3, "rows": [[2, 3], [7, 7]], "complete": true },
                { "column": "y", "holds": "withheld", "count": 9, "rows": [[1, 1]], "complete": false },
                { "column": "y", "holds": "json_null", "count": 1, "rows": [[4, 4]], "complete": true },
            ] },
        ] }))
        .unwrap();
        let columns = ["x".to_owned(), "y".to_owned()];
        assert_eq!(described.headings("data/a.b.json", &columns), ["Ixe", "y"]);
        assert_eq!(described.headings("data/none.json", &columns), ["x", "y"]);
        let marks = described.marks("data/a.b.json");
        for (column, row, expected) in [
            ("x", 1, Absent::Nothing),
            ("x", 2, Absent::Withheld),
            ("x", 3, Absent::Withheld),
            ("x", 7, Absent::Withheld),
            ("x", 8, Absent::Nothing),
            ("y", 1, Absent::Withheld),
            ("y", 4, Absent::JsonNull),
            ("y", 5, Absent::PerhapsWithheld),
            ("z", 1, Absent::Nothing),
        ] {
            assert_eq!(marks.of(column, row), expected, "{column} {row}");
        }
        assert_eq!(described.marks("data/none.json").of("x", 2), Absent::Nothing);
    }
}

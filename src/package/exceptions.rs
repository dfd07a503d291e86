//! Values of a column that the JSON copy could not tell from others: each kind with its rows.
//!
//! JSON has one `null` and no bytes. So `datapackage.json` names, for the JSON of each table, the
//! rows in which a column holds something else than its declared type lets expect.

use serde::Serialize;

use crate::domain::row::{Value, ValueKind};
use crate::domain::withholding::Extent;

/// More runs of rows than this are not listed; the count stays exact.
const MOST_RUNS: usize = 1_000;

/// What stands in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Bytes, written as base64, in a column that is not declared to hold any.
    Base64,
    /// Text in a column of bytes, all other values of which are base64.
    Text,
    /// The JSON value `null`, where `null` otherwise means that there is no value.
    JsonNull,
    /// Nothing: the value is withheld, on a ground that `sources.json` names.
    Withheld,
    /// A text of which passages are withheld, with a mark in the place of each.
    PassagesWithheld,
}

/// The rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rows {
    pub holds: Holds,
    pub count: u64,
    /// The first and the last row of each run, counted from 1 in the order of the file.
    pub rows: Vec<(u64, u64)>,
    /// Whether every row is listed.
    pub complete: bool,
}

/// What was seen in one column so far.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    /// At most one for each [`Holds`].
    pub kinds: Vec<Rows>,
}

impl Exceptions {
    /// Looks at the value in a row, counted from 1.
    pub fn observe(&mut self, declared: ValueKind, value: &Value, row: u64) {
        let holds = match (declared, value) {
            (ValueKind::Bytes, Value::Text(_)) => Holds::Text,
            (ValueKind::Bytes, Value::Bytes(_)) => return,
            (_, Value::Bytes(_)) => Holds::Base64,
            (_, Value::Json(json)) if json.trim() == "null" => Holds::JsonNull,
            _ => return,
        };
        self.note(holds, row);
    }

    /// Notes that something is withheld of the value in a row, counted from 1.
    pub fn withheld(&mut self, extent: Extent, row: u64) {
        let whole = extent != Extent::Passage;
        self.note(if whole { Holds::Withheld } else { Holds::PassagesWithheld }, row);
    }

    fn note(&mut self, holds: Holds, row: u64) {
        if !self.kinds.iter().any(|known| known.holds == holds) {
            self.kinds.push(Rows { holds, count: 0, rows: Vec::new(), complete: true });
        }
        let Some(known) = self.kinds.iter_mut().find(|known| known.holds == holds) else {
            return;
        };
        known.count = known.count.saturating_add(1);
        let room = known.rows.len() < MOST_RUNS;
        match known.rows.last_mut() {
            Some((_, last)) if last.saturating_add(1) == row && known.complete => *last = row,
            _ if room => known.rows.push((row, row)),
            _ => known.complete = false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exceptions, Holds, MOST_RUNS};
    use crate::domain::row::{Value, ValueKind};

    #[test]
    fn only_what_would_be_mistaken_is_noted() {
        let (bytes, text) = (Value::Bytes(vec![1]), Value::Text("AQ==".to_owned()));
        let json = |text: &str| Value::Json(text.to_owned());
        for (declared, value, holds) in [
            (ValueKind::Text, &bytes, Some(Holds::Base64)),
            (ValueKind::Text, &text, None),
            (ValueKind::Bytes, &text, Some(Holds::Text)),
            (ValueKind::Bytes, &bytes, None),
            (ValueKind::Json, &json(" null"), Some(Holds::JsonNull)),
            (ValueKind::Json, &json("[null]"), None),
            (ValueKind::Json, &Value::Null, None),
        ] {
            let mut seen = Exceptions::default();
            seen.observe(declared, value, 7);
            assert_eq!(seen.kinds.first().map(|rows| rows.holds), holds, "{declared:?} {value:?}");
        }
    }

    #[test]
    fn rows_are_listed_in_runs_up_to_a_limit() {
        let mut seen = Exceptions::default();
        for row in [1, 2, 3, 7, 9, 10] {
            seen.observe(ValueKind::Text, &Value::Bytes(Vec::new()), row);
        }
        assert_eq!(seen.kinds[0].rows, [(1, 3), (7, 7), (9, 10)]);
        assert_eq!((seen.kinds[0].count, seen.kinds[0].complete), (6, true));
        for row in 0..2_000 {
            seen.observe(ValueKind::Text, &Value::Bytes(Vec::new()), 20 + row * 2);
        }
        assert_eq!(seen.kinds[0].rows.len(), MOST_RUNS);
        assert_eq!((seen.kinds[0].count, seen.kinds[0].complete), (2_006, false));
    }
}

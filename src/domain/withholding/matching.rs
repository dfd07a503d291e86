//! Which withholdings of a table are about a row, and the row without what they withhold.

use std::collections::HashMap;

use super::{Extent, Held, Passage, RowKey, digest, key_text, row_digest};
use crate::domain::row::{Column, Value};

/// The withholdings of the rows of one table, ready to be asked row by row.
#[derive(Clone, Debug, Default)]
pub struct RowMatcher {
    held: Vec<Held>,
    /// The place of each one's column, where it has one.
    places: Vec<Option<usize>>,
    /// By the places of a key: its values, and which withholdings they are.
    keys: Vec<(Vec<usize>, ByValues)>,
    digests: HashMap<String, Vec<usize>>,
}

/// Which withholdings are about a row with these values in its key.
type ByValues = HashMap<Vec<String>, Vec<usize>>;

/// What is withheld of one row: places in the list that the matcher was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The whole row, and all that is about it: first what withholds it whole, then what withholds a
    /// part of it besides.
    Row(Vec<usize>),
    /// The cells of these columns, each with those that reach it; its value is gone or cut.
    Cells(Vec<Cell>),
}

/// A cell of which something is withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub column: usize,
    pub by: Vec<usize>,
    /// Whether all of the value is withheld: also where a passage does not fit the text any more.
    pub whole: bool,
}

impl RowMatcher {
    /// Takes the withholdings of a table whose row file has these columns. Whole columns are none
    /// of its matter.
    #[must_use]
    pub fn new(columns: &[Column], held: Vec<Held>) -> Self {
        let place = |name: &str| columns.iter().position(|column| column.name == name);
        let mut matcher = Self::default();
        for (number, one) in held.iter().enumerate() {
            matcher.places.push(one.column.as_deref().and_then(place));
            let lost = one.extent != Extent::Row && one.column.as_deref().and_then(place).is_none();
            if lost || one.extent == Extent::Column {
                continue;
            }
            match one.spot.as_ref().map(|spot| &spot.row) {
                Some(RowKey::Key(cells)) => {
                    let places: Option<Vec<usize>> =
                        cells.iter().map(|(name, _)| place(name)).collect();
                    let values = cells.iter().map(|(_, value)| value.clone()).collect();
                    if let Some(places) = places {
                        matcher.add_key(places, values, number);
                    }
                }
                Some(RowKey::Digest(digest)) => {
                    matcher.digests.entry(digest.clone()).or_default().push(number);
                }
                None => {}
            }
        }
        matcher.held = held;
        matcher
    }

    fn add_key(&mut self, places: Vec<usize>, values: Vec<String>, number: usize) {
        let known = self.keys.iter().position(|(known, _)| *known == places);
        if known.is_none() {
            self.keys.push((places.clone(), HashMap::new()));
        }
        let table = self.keys.iter_mut().find(|(known, _)| *known == places);
        if let Some((_, table)) = table {
            table.entry(values).or_default().push(number);
        }
    }

    /// Whether no row can be concerned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.digests.is_empty()
    }

    /// The withholdings that it was made of, in their order.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// What is withheld of a row.
    #[must_use]
    pub fn of(&self, row: &[Value]) -> Option<Withheld> {
        let mut found: Vec<usize> = Vec::new();
        for (places, table) in &self.keys {
            let values: Option<Vec<String>> =
                places.iter().map(|place| row.get(*place).and_then(key_text)).collect();
            found.extend(values.and_then(|values| table.get(&values)).into_iter().flatten());
        }
        if !self.digests.is_empty() {
            found.extend(self.digests.get(&row_digest(row)).into_iter().flatten());
        }
        if found.is_empty() {
            return None;
        }
        found.sort_unstable();
        let is_whole =
            |number: &usize| self.held.get(*number).is_some_and(|one| one.extent == Extent::Row);
        if found.iter().any(is_whole) {
            found.sort_by_key(|number| !is_whole(number));
            return Some(Withheld::Row(found));
        }
        let mut cells: Vec<Cell> = Vec::new();
        for number in found {
            let Some(column) = self.places.get(number).copied().flatten() else { continue };
            // What was withheld stands where its row and its column stand, also while the cell is empty:
            // otherwise it would count as lost.
            let value = row.get(column).unwrap_or(&Value::Null);
            let whole = self.passage(number).is_none_or(|passage| !fits(passage, value));
            match cells.iter_mut().find(|cell| cell.column == column) {
                Some(cell) => {
                    cell.by.push(number);
                    cell.whole |= whole;
                }
                None => cells.push(Cell { column, by: vec![number], whole }),
            }
        }
        (!cells.is_empty()).then_some(Withheld::Cells(cells))
    }

    fn passage(&self, number: usize) -> Option<&Passage> {
        self.held.get(number)?.spot.as_ref()?.passage.as_ref()
    }

    /// Takes what is withheld out of the cells of a row: a whole value becomes `NULL`, and a mark
    /// stands for each passage.
    pub fn cut(&self, cells: &[Cell], mark: &str, row: &mut [Value]) {
        for cell in cells {
            let Some(value) = row.get_mut(cell.column) else { continue };
            let passages = cell.by.iter().filter_map(|number| self.passage(*number));
            *value = match value {
                Value::Text(text) if !cell.whole => Value::Text(cut(text, passages, mark)),
                _ => Value::Null,
            };
        }
    }
}

/// Whether a passage was marked in this very text.
fn fits(passage: &Passage, value: &Value) -> bool {
    matches!(value, Value::Text(text) if digest(text) == passage.text_sha256)
}

/// A text with a mark in the place of its passages; those that meet have one.
fn cut<'a>(text: &str, passages: impl Iterator<Item = &'a Passage>, mark: &str) -> String {
    let passages: Vec<(u64, u64)> = passages.flat_map(|one| one.ranges.clone()).collect();
    let mut cut = String::with_capacity(text.len());
    let mut within = false;
    for (place, character) in (0_u64..).zip(text.chars()) {
        let withheld = passages.iter().any(|(start, end)| *start <= place && place < *end);
        if !withheld {
            cut.push(character);
        } else if !within {
            cut.push_str(mark);
        }
        within = withheld;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::{Cell, RowMatcher, Withheld};
    use crate::domain::exemption::Exemption;
    use crate::domain::row::{Column, Value, ValueKind};
    use crate::domain::withholding::{Extent, Held, Passage, RowKey, Spot};

    fn columns(names: &[&str]) -> Vec<Column> {
        names
            .iter()
            .map(|name| Column { name: (*name).to_owned(), kind: ValueKind::Text })
            .collect()
    }

    fn row(id: &str, text: &str) -> Vec<Value> {
        vec![Value::Number(id.to_owned()), Value::Text(text.to_owned())]
    }

    fn held(extent: Extent, row: RowKey, passage: Option<Passage>) -> Held {
        let column = (extent != Extent::Row).then(|| "body".to_owned());
        let spot = Some(Spot { row, passage, note: None });
        Held { extent, column, exemption: Exemption::RightsOfOthers, spot }
    }

    fn key(id: &str) -> RowKey {
        RowKey::Key(vec![("id".to_owned(), id.to_owned())])
    }

    #[test]
    fn a_row_is_known_by_its_key_and_without_one_by_its_values() {
        let two = columns(&["id", "body"]);
        let of = |row: &[Value], names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            RowKey::of(row, &two, &names)
        };
        assert_eq!(of(&row("7", "a"), &["id"]), key("7"));
        let keyless = of(&row("7", "a"), &[]);
        assert!(matches!(keyless, RowKey::Digest(_)));
        assert_eq!(of(&row("7", "a"), &["gone"]), keyless, "the key was not read");
        let null = [Value::Null, Value::Text("a".into())];
        assert!(matches!(of(&null, &["id"]), RowKey::Digest(_)), "a key without a value");
        assert_ne!(of(&row("7", "b"), &[]), keyless);
        // What moves from one cell to the next is another row.
        let text = |one: &str, two: &str| [Value::Text(one.into()), Value::Text(two.into())];
        assert_ne!(of(&text("ab", "c"), &[]), of(&text("a", "bc"), &[]));
    }

    #[test]
    fn only_the_row_that_is_meant_loses_what_is_withheld() {
        let whole_row = held(Extent::Row, key("1"), None);
        let value = held(Extent::Value, key("2"), None);
        let matcher = RowMatcher::new(&columns(&["id", "body"]), vec![value, whole_row]);
        assert_eq!(matcher.of(&row("1", "x")), Some(Withheld::Row(vec![1])));
        // All that is about a row that goes as a whole is found with it.
        let of_one = |extent| held(extent, key("1"), None);
        let all = vec![of_one(Extent::Value), of_one(Extent::Row), of_one(Extent::Row)];
        let both = RowMatcher::new(&columns(&["id", "body"]), all);
        assert_eq!(both.of(&row("1", "x")), Some(Withheld::Row(vec![1, 2, 0])));
        assert_eq!(matcher.of(&row("3", "x")), None);
        let mut second = row("2", "secret");
        let Some(Withheld::Cells(cells)) = matcher.of(&second) else { panic!("not withheld") };
        matcher.cut(&cells, "[…]", &mut second);
        assert_eq!(second, [Value::Number("2".into()), Value::Null]);
        let mut empty = [Value::Number("2".into()), Value::Null];
        let Some(Withheld::Cells(cells)) = matcher.of(&empty) else { panic!("it counts as lost") };
        assert_eq!(cells, [Cell { column: 1, by: vec![0], whole: true }]);
        matcher.cut(&cells, "[…]", &mut empty);
        assert_eq!(empty[1], Value::Null);
        let passage = held(Extent::Passage, key("2"), Passage::of("secret", vec![(0, 3)]));
        let matcher = RowMatcher::new(&columns(&["id", "body"]), vec![passage]);
        assert!(matches!(matcher.of(&empty), Some(Withheld::Cells(cells)) if cells[0].whole));
    }

    #[test]
    fn a_passage_is_cut_by_characters_and_of_another_text_nothing_is_left() {
        let text = "Zoé dit que Léa ment";
        let passage = |start, end| Passage::of(text, vec![(start, end)]).unwrap();
        let both = vec![
            held(Extent::Passage, key("1"), Some(passage(12, 15))),
            held(Extent::Passage, key("1"), Some(passage(0, 3))),
            held(Extent::Passage, key("1"), Some(passage(14, 20))),
        ];
        let matcher = RowMatcher::new(&columns(&["id", "body"]), both);
        let cut = |text: &str| {
            let mut row = row("1", text);
            let Some(Withheld::Cells(cells)) = matcher.of(&row) else { panic!("not withheld") };
            matcher.cut(&cells, "[…]", &mut row);
            row.remove(1)
        };
        assert_eq!(cut(text), Value::Text("[…] dit que […]".into()));
        assert_eq!(cut("Zoé dit que Luc ment"), Value::Null);
        for (start, end) in [(3, 3), (4, 3), (0, 21)] {
            assert_eq!(Passage::of(text, vec![(start, end)]), None, "{start}..{end}");
        }
        assert_eq!(Passage::of_words(text, "éa").unwrap().ranges, [(13, 15)]);
        assert_eq!(Passage::of_words("aXbXX", "X").unwrap().ranges, [(1, 2), (3, 4), (4, 5)]);
        let broken = "é\r\na\nb\r\nc\rb\r\n";
        for (words, ranges) in [
            ("a\r\nb", &[(3, 6)][..]),
            ("b\nc\nb", &[(5, 11)]),
            ("b\r\n", &[(5, 8), (10, 13)]),
            ("\n", &[(1, 3), (4, 5), (6, 8), (9, 10), (11, 13)]),
        ] {
            assert_eq!(Passage::of_words(broken, words).unwrap().ranges, ranges, "{words:?}");
        }
        assert_eq!(Passage::of_words(broken, "a\n\nb"), None);
        assert_eq!(Passage::of_words(text, "Luc"), None);
        assert_eq!(Passage::of_words(text, ""), None);
    }

    #[test]
    fn a_column_that_is_no_more_withholds_nothing() {
        let value = held(Extent::Value, key("1"), None);
        let matcher = RowMatcher::new(&columns(&["id", "text"]), vec![value]);
        assert!(matcher.is_empty());
        assert_eq!(matcher.of(&row("1", "x")), None);
    }
}

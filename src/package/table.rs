//! One table on its way into the package: its columns are settled, then its rows pass twice, first
//! as JSON, which also shows what the values are, then as CSV, which may only claim that.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use crate::domain::row::{Column, Value};
use crate::domain::withholding::Extent;
use crate::package::column::{PackedColumn, ROW_NUMBER, settle_columns};
use crate::package::contents::{System, Table};
use crate::package::keys::{Budget, KeyValues};
use crate::package::row_file::reader::RowFileReader;
use crate::package::withheld::{OpenRow, OpenRows};
use crate::package::{csv_rows, json_rows};

/// What stays allocated for a row, once a larger one has passed.
const LINE_BYTES: usize = 64 * 1024;

/// A cell of the preview.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Value(Value),
    /// A person withholds the value.
    Withheld,
}

/// A table that is being packed.
#[derive(Debug)]
pub struct PackedTable<'a> {
    pub system: &'a System,
    pub table: &'a Table,
    /// The path of its files without `.json` and `.csv`.
    pub path: String,
    pub columns: Vec<PackedColumn>,
    /// The first rows, with exported columns only.
    pub preview: Vec<Vec<Shown>>,
    /// What stands in the place of a passage that is withheld.
    mark: String,
    /// The values of its key and of each set of columns that a reference names, by column names.
    pub values: BTreeMap<Vec<String>, KeyValues>,
    /// Whether a row would be an empty line in the CSV.
    has_blank_row: bool,
}

impl<'a> PackedTable<'a> {
    /// `found` are the columns of the row file, where there is one.
    pub fn new(
        system: &'a System,
        table: &'a Table,
        path: String,
        found: Option<&[Column]>,
        mark: String,
    ) -> Self {
        let columns = settle_columns(table, found);
        Self {
            system,
            table,
            path,
            columns,
            preview: Vec::new(),
            mark,
            values: BTreeMap::new(),
            has_blank_row: false,
        }
    }

    /// The columns whose values stand in the package.
    pub fn exported(&self) -> impl Iterator<Item = &PackedColumn> {
        self.columns.iter().filter(|column| column.is_exported())
    }

    /// Whether it has files: a table none of whose columns may be shown has not.
    #[must_use]
    pub fn has_files(&self) -> bool {
        self.columns.iter().any(PackedColumn::is_exported)
    }

    /// The paths of its files.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        if self.has_files() {
            vec![format!("{}.json", self.path), format!("{}.csv", self.path)]
        } else {
            Vec::new()
        }
    }

    /// The exported column of that name.
    #[must_use]
    pub fn exported_column(&self, name: &str) -> Option<&PackedColumn> {
        self.exported().find(|column| column.column.name == name)
    }

    /// The header of the column that numbers the rows, where the CSV has one.
    #[must_use]
    pub fn row_number(&self) -> Option<&'static str> {
        (self.has_blank_row || self.key().is_none()).then_some(ROW_NUMBER)
    }

    /// The key's columns, where all of them are exported and no two rows share a value.
    #[must_use]
    pub fn key(&self) -> Option<Vec<&PackedColumn>> {
        let key = self.columns_that_compare(&self.table.key)?;
        self.values.get(&self.table.key)?.is_unique().then_some(key)
    }

    /// These columns, if all are exported and equal values of theirs are always written alike.
    #[must_use]
    pub fn columns_that_compare(&self, names: &[String]) -> Option<Vec<&PackedColumn>> {
        let columns: Vec<_> =
            names.iter().map(|name| self.exported_column(name)).collect::<Option<_>>()?;
        let comparable =
            columns.iter().all(|column| column.profile.field_type().compares_as_text());
        (!columns.is_empty() && comparable).then_some(columns)
    }

    /// Watches the values of these columns while the JSON is written.
    pub fn watch(&mut self, names: &[String]) {
        let known = !names.is_empty() && names.iter().all(|n| self.exported_column(n).is_some());
        if known {
            self.values.entry(names.to_vec()).or_default();
        }
    }

    /// Keeps the first `limit` rows for the page.
    ///
    /// # Errors
    /// What the row file reports.
    pub fn read_preview(&mut self, rows: RowFileReader<impl Read>, limit: usize) -> io::Result<()> {
        let mut rows = OpenRows::new(rows, &self.table.withheld.matcher, &self.mark);
        while self.preview.len() < limit {
            let Some(row) = rows.next_row()? else { break };
            let cells = self.columns.iter().zip(row.values).enumerate();
            let exported = cells.filter(|(_, (column, _))| column.is_exported());
            let shown = exported.map(|(place, (_, value))| match row.withheld(place) {
                Some(Extent::Value) => Shown::Withheld,
                _ => Shown::Value(shortened(value)),
            });
            self.preview.push(shown.collect());
        }
        Ok(())
    }

    /// Writes the JSON and learns what the values are.
    ///
    /// # Errors
    /// What the row file or `out` report; also when the row file holds another number of rows than
    /// the search counted.
    pub fn write_json(
        &mut self,
        rows: Option<RowFileReader<impl Read>>,
        out: &mut dyn Write,
        budget: &mut Budget,
    ) -> io::Result<()> {
        out.write_all(b"[")?;
        let mut count = 0_u64;
        if let Some(rows) = rows {
            self.same_columns(rows.columns())?;
            let (table, mark) = (self.table, self.mark.clone());
            let mut rows = OpenRows::new(rows, &table.withheld.matcher, &mark);
            let members: Vec<String> =
                self.columns.iter().map(|column| json_rows::member(&column.json_name)).collect();
            let mut watched = self.watched_places();
            // One row at a time: many small writes to `out` would cost more than the rows.
            let mut line = Vec::new();
            while let Some(row) = rows.next_row()? {
                line.clear();
                line.extend_from_slice(if count == 0 { b"\n" } else { b",\n" });
                self.write_json_row(&members, row.values, &mut line)?;
                self.note_exceptions(&row, count.saturating_add(1));
                let row = row.values;
                out.write_all(&line)?;
                line.shrink_to(LINE_BYTES);
                for (places, values) in &mut watched {
                    let cells: Vec<Option<String>> =
                        places.iter().map(|place| row.get(*place).and_then(key_cell)).collect();
                    values.observe(&cells, budget);
                }
                count = count.saturating_add(1);
            }
            self.values =
                self.values.keys().cloned().zip(watched.into_iter().map(|w| w.1)).collect();
        }
        if count != self.table.rows {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "the row file of {}.{} holds {count} rows, but the search counted {}",
                    self.system.name, self.table.name, self.table.rows
                ),
            ));
        }
        out.write_all(if count == 0 { b"]\n" } else { b"\n]\n" })
    }

    fn note_exceptions(&mut self, row: &OpenRow<'_>, number: u64) {
        let columns = self.columns.iter_mut().zip(row.values).enumerate();
        for (place, (column, value)) in columns.filter(|(_, (column, _))| column.is_exported()) {
            match row.withheld(place) {
                Some(extent) => column.exceptions.withheld(extent, number),
                None => column.exceptions.observe(column.column.kind, value, number),
            }
        }
    }

    fn write_json_row(
        &mut self,
        members: &[String],
        row: &[Value],
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut blank = true;
        let mut before: &[u8] = b"{";
        for ((column, member), value) in self.columns.iter_mut().zip(members).zip(row) {
            if !column.is_exported() {
                continue;
            }
            out.write_all(before)?;
            before = b",";
            out.write_all(member.as_bytes())?;
            json_rows::write_value(out, value)?;
            column.profile.observe(value);
            blank &= is_blank(value);
        }
        self.has_blank_row |= blank;
        out.write_all(if before == b"{" { b"{}" } else { b"}" })
    }

    /// Writes the CSV. The JSON must have been written before.
    ///
    /// # Errors
    /// What the row file or `out` report.
    pub fn write_csv(
        &self,
        rows: Option<RowFileReader<impl Read>>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut line = String::new();
        let row_number = self.row_number();
        if let Some(name) = row_number {
            line.push_str(name);
        }
        let mut first = row_number.is_none();
        for column in self.exported() {
            if !first {
                line.push(',');
            }
            first = false;
            csv_rows::put_plain(&mut line, &column.csv_name);
        }
        line.push_str("\r\n");
        out.write_all(line.as_bytes())?;
        let Some(rows) = rows else { return Ok(()) };
        self.same_columns(rows.columns())?;
        let mut rows = OpenRows::new(rows, &self.table.withheld.matcher, &self.mark);
        let mut number = 0_u64;
        while let Some(row) = rows.next_row()? {
            line.clear();
            number = number.saturating_add(1);
            if row_number.is_some() {
                line.push_str(&number.to_string());
            }
            let mut first = row_number.is_none();
            for (column, value) in self.columns.iter().zip(row.values) {
                if column.is_exported() {
                    if !first {
                        line.push(',');
                    }
                    first = false;
                    csv_rows::put_cell(&mut line, value);
                }
            }
            line.push_str("\r\n");
            out.write_all(line.as_bytes())?;
            line.shrink_to(LINE_BYTES);
        }
        Ok(())
    }

    fn watched_places(&self) -> Vec<(Vec<usize>, KeyValues)> {
        let place = |name: &String| self.columns.iter().position(|c| &c.column.name == name);
        self.values
            .keys()
            .map(|names| (names.iter().filter_map(place).collect(), KeyValues::default()))
            .collect()
    }

    fn same_columns(&self, columns: &[Column]) -> io::Result<()> {
        let read = self.columns.iter().filter(|column| column.read);
        if read.map(|column| &column.column).eq(columns) {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "the row file of {}.{} changed its columns while it was packed",
                self.system.name, self.table.name
            ),
        ))
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) | Value::Json(text) | Value::Number(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Boolean(_) => false,
    }
}

fn key_cell(value: &Value) -> Option<String> {
    csv_rows::cell_text(value).filter(|cell| !cell.is_empty()).map(std::borrow::Cow::into_owned)
}

/// The value with at most 200 characters, or 150 bytes.
fn shortened(value: &Value) -> Value {
    let cut = |text: &str| match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    match value {
        Value::Text(text) => Value::Text(cut(text)),
        Value::Number(text) => Value::Number(cut(text)),
        Value::Json(text) => Value::Json(cut(text)),
        Value::Bytes(bytes) => Value::Bytes(bytes.iter().take(150).copied().collect()),
        Value::Null | Value::Boolean(_) => value.clone(),
    }
}

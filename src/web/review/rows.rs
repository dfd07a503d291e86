//! Rows of a search, read page by page from their sealed file in the memory of one page.

use std::io;

use crate::db::searches::SearchFile;
use crate::domain::row::{Column, Value};
use crate::domain::withholding::matching::{RowMatcher, Withheld};
use crate::domain::withholding::{Held, RowKey};
use crate::error::{Error, Result};
use crate::package::row_file::reader::RowFileReader;
use crate::sealed_folder::SealedFolder;
use crate::vault::CaseKey;
use crate::web::Front;
use crate::web::opened::Opened;

/// A page has no more rows.
pub const MOST_ROWS: usize = 100;

/// A value is shown with no more characters.
pub const MOST_CHARACTERS: usize = 10_000;

/// A page ends once it holds this many bytes.
const PAGE_BYTES: usize = 2 << 20;

/// Some rows of a table.
pub struct Page {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The number of the next row, if there is one.
    pub next: Option<u64>,
}

/// One row.
pub struct Row {
    /// Counted from 1, in the order of the row file.
    pub number: u64,
    pub cells: Vec<Cell>,
    /// Which withholding takes the whole row, in the list that was given.
    pub withheld: Option<usize>,
}

/// One value, as it was found.
pub struct Cell {
    pub value: Value,
    /// Its characters before it was shortened; of bytes, their number.
    pub length: usize,
    /// Which withholdings reach it.
    pub withheld: Vec<usize>,
}

/// One row by its number, with that by which it is known again.
pub struct Known {
    pub key: RowKey,
    columns: Vec<Column>,
    values: Vec<Value>,
}

impl Known {
    /// The value in a column.
    #[must_use]
    pub fn value(&self, column: &str) -> Option<&Value> {
        let place = self.columns.iter().position(|known| known.name == column)?;
        self.values.get(place)
    }
}

type Rows = RowFileReader<crate::vault::file::SealedReader<std::fs::File>>;

fn open(folder: &SealedFolder, key: &CaseKey, file: &SearchFile) -> io::Result<Rows> {
    RowFileReader::open(folder.open(file.file_id, key)?)
}

/// Reads off the threads that serve requests.
async fn read<T: Send + 'static>(
    front: &Front,
    opened: &Opened,
    file: &SearchFile,
    work: impl FnOnce(Rows) -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let (folder, key, file) = (front.app.folder(), opened.key()?.clone(), file.clone());
    let reading = tokio::task::spawn_blocking(move || work(open(&folder, &key, &file)?));
    let read = reading.await.map_err(|_| Error::internal("reading rows panicked"))?;
    read.map_err(|_| Error::Unavailable("sealed file"))
}

/// The rows from a number on.
///
/// # Errors
/// `Unavailable` when the sealed file does not open.
pub async fn page(
    front: &Front,
    opened: &Opened,
    file: &SearchFile,
    (from, limit): (u64, usize),
    held: Vec<Held>,
) -> Result<Page> {
    let limit = limit.clamp(1, MOST_ROWS);
    let work = move |mut reader: Rows| {
        let columns = reader.columns().to_vec();
        let matcher = RowMatcher::new(&columns, held);
        let mut page = Page { columns, rows: Vec::new(), next: None };
        let (mut number, mut bytes) = (0_u64, 0_usize);
        while let Some(row) = reader.next_row()? {
            number = number.saturating_add(1);
            if number < from {
                continue;
            }
            if page.rows.len() >= limit || bytes >= PAGE_BYTES {
                page.next = Some(number);
                break;
            }
            let row = shown(number, row, &matcher);
            bytes = row.cells.iter().fold(bytes, |sum, cell| sum.saturating_add(size(&cell.value)));
            page.rows.push(row);
        }
        Ok(page)
    };
    read(front, opened, file, work).await
}

/// The columns of a table that was found.
///
/// # Errors
/// `Unavailable` when the sealed file does not open.
pub async fn columns(front: &Front, opened: &Opened, file: &SearchFile) -> Result<Vec<Column>> {
    read(front, opened, file, |reader| Ok(reader.columns().to_vec())).await
}

/// Checks that a table has a column.
///
/// # Errors
/// `Invalid` when it has not.
pub async fn check_column(
    front: &Front,
    opened: &Opened,
    file: &SearchFile,
    column: Option<&str>,
) -> Result<()> {
    let columns = columns(front, opened, file).await?;
    let known = columns.iter().any(|known| Some(known.name.as_str()) == column);
    if known { Ok(()) } else { Err(Error::invalid("column", "no-such-column")) }
}

/// One row by its number.
///
/// # Errors
/// `Invalid` when there is none.
pub async fn one(
    front: &Front,
    opened: &Opened,
    file: &SearchFile,
    number: u64,
    key: Vec<String>,
) -> Result<Known> {
    let work = move |mut reader: Rows| {
        let columns = reader.columns().to_vec();
        let mut at = 0_u64;
        while let Some(row) = reader.next_row()? {
            at = at.saturating_add(1);
            if at == number {
                let key = RowKey::of(row, &columns, &key);
                return Ok(Some(Known { key, values: row.to_vec(), columns }));
            }
        }
        Ok(None)
    };
    let found = read(front, opened, file, work).await?;
    found.ok_or_else(|| Error::invalid("row", "no-such-row"))
}

fn shown(number: u64, row: &[Value], matcher: &RowMatcher) -> Row {
    let withheld = matcher.of(row);
    let by = |place: usize| match &withheld {
        Some(Withheld::Cells(cells)) => {
            let cell = cells.iter().find(|cell| cell.column == place);
            cell.map(|cell| cell.by.clone()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let cells = row.iter().enumerate().map(|(place, value)| {
        let (value, length) = shortened(value);
        Cell { value, length, withheld: by(place) }
    });
    let whole = match &withheld {
        Some(Withheld::Row(by)) => by.first().copied(),
        _ => None,
    };
    Row { number, cells: cells.collect(), withheld: whole }
}

fn shortened(value: &Value) -> (Value, usize) {
    let cut = |text: &str| {
        let shown: String = text.chars().take(MOST_CHARACTERS).collect();
        (shown, text.chars().count())
    };
    match value {
        Value::Text(text) => {
            let (text, length) = cut(text);
            (Value::Text(text), length)
        }
        Value::Number(text) => {
            let (text, length) = cut(text);
            (Value::Number(text), length)
        }
        Value::Json(text) => {
            let (text, length) = cut(text);
            (Value::Json(text), length)
        }
        Value::Bytes(bytes) => (Value::Bytes(Vec::new()), bytes.len()),
        Value::Null | Value::Boolean(_) => (value.clone(), 0),
    }
}

const fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Number(text) | Value::Json(text) => text.len(),
        _ => 8,
    }
}

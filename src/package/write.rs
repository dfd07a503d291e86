//! Writes a package, in an order that depends on its contents only.

use std::io::{self, Read, Write};

use crate::package::archive::{Archive, Entry};
use crate::package::contents::{Contents, System, Table, UploadedFile};
use crate::package::keys::Budget;
use crate::package::names::{self, Names};
use crate::package::row_file::reader::RowFileReader;
use crate::package::table::PackedTable;

/// The rows of a table that the page itself shows.
const PREVIEW_ROWS: usize = 20;
/// The cells that all previews of a page show together.
const PREVIEW_CELLS: usize = 20_000;

/// Where the package takes rows and files from. Each is asked for again whenever it is needed
/// again, from its beginning.
pub trait Supply {
    /// The row file of a table, `None` where nothing was found in it.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn rows(&mut self, system: &System, table: &Table) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// The content of a file that a person added.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn file(&mut self, system: &System, file: &UploadedFile) -> io::Result<Box<dyn Read + '_>>;
}

/// What a finished package holds.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its files in their order, with size and SHA-256.
    pub entries: Vec<Entry>,
    /// The rows of all tables.
    pub rows: u64,
}

/// Writes the package to `out`, which need not seek, and gives `out` back.
///
/// # Errors
/// What the supply or `out` report, and `InvalidData` when a row file is damaged or does not hold
/// the rows that the search counted. What was written until then opens in no tool.
pub fn write<W: Write>(
    out: W,
    contents: &Contents,
    supply: &mut dyn Supply,
) -> io::Result<(W, Summary)> {
    let mut archive = Archive::new(out, contents.created_at);
    let mut tables = settle(contents, supply)?;
    let mut budget = Budget::default();
    for packed in &mut tables {
        let path = format!("{}.json", packed.path);
        let rows = open(supply, packed.system, packed.table)?;
        archive.large(&path, |out| packed.write_json(rows, out, &mut budget))?;
    }
    for packed in &tables {
        let path = format!("{}.csv", packed.path);
        let rows = open(supply, packed.system, packed.table)?;
        archive.large(&path, |out| packed.write_csv(rows, out))?;
    }
    let rows = tables
        .iter()
        .fold(0_u64, |sum, packed| sum.saturating_add(packed.table.rows));
    let (out, entries) = archive.finish()?;
    Ok((out, Summary { entries, rows }))
}

fn open<'a>(
    supply: &'a mut dyn Supply,
    system: &System,
    table: &Table,
) -> io::Result<Option<RowFileReader<Box<dyn Read + 'a>>>> {
    supply
        .rows(system, table)?
        .map(RowFileReader::open)
        .transpose()
}

/// Names every table's files, settles its columns and reads its first rows.
fn settle<'a>(contents: &'a Contents, supply: &mut dyn Supply) -> io::Result<Vec<PackedTable<'a>>> {
    let mut names = Names::default();
    let mut cells = PREVIEW_CELLS;
    let mut tables = Vec::new();
    for system in &contents.systems {
        for table in &system.tables {
            let mut rows = open(supply, system, table)?;
            if rows.is_none() && table.columns.is_empty() {
                continue;
            }
            let path = format!(
                "data/{}",
                names.unique(&names::data_stem(&system.name, &table.name), "")
            );
            let found = rows.as_ref().map(|rows| rows.columns().to_vec());
            let mut packed = PackedTable::new(system, table, path, found.as_deref());
            let width = packed.exported().count().max(1);
            if let Some(rows) = &mut rows {
                packed.read_preview(rows, PREVIEW_ROWS.min(cells / width))?;
            }
            cells = cells.saturating_sub(packed.preview.len().saturating_mul(width));
            packed.watch(&table.key);
            for reference in &table.references {
                packed.watch(&reference.columns);
            }
            tables.push(packed);
        }
    }
    watch_targets(&mut tables);
    Ok(tables)
}

fn watch_targets(tables: &mut [PackedTable<'_>]) {
    let references: Vec<_> = tables
        .iter()
        .flat_map(|packed| &packed.table.references)
        .cloned()
        .collect();
    for reference in references {
        let target = tables.iter_mut().find(|packed| {
            packed.system.name == reference.target_system
                && packed.table.name == reference.target_table
        });
        if let Some(target) = target {
            target.watch(&reference.target_columns);
        }
    }
}

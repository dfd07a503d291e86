//! Writes a package, in an order that depends on its contents only.

use std::io::{self, Read, Write};

use askama::Template;
use serde::Serialize;

use crate::package::archive::{Archive, Entry};
use crate::package::contents::{Contents, System, Table, UploadedFile};
use crate::package::keys::Budget;
use crate::package::names::{self, Names};
use crate::package::page::{IndexPage, InformationPage};
use crate::package::row_file::reader::RowFileReader;
use crate::package::table::PackedTable;
use crate::package::{datapackage, information, portability, report};

/// The rows of a table that the page itself shows.
const PREVIEW_ROWS: usize = 20;
/// The cells that all previews of a page show together.
const PREVIEW_CELLS: usize = 8_000;

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

/// An uploaded file and where it stands in the package.
#[derive(Debug)]
pub struct PackedFile<'a> {
    pub system: &'a System,
    pub file: &'a UploadedFile,
    pub path: String,
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
    let files = settle_files(contents);
    write_documents(&mut archive, contents, &tables, &files)?;
    let mut budget = Budget::default();
    for packed in tables.iter_mut().filter(|packed| packed.has_files()) {
        let path = format!("{}.json", packed.path);
        let rows = open(supply, packed.system, packed.table)?;
        archive.large(&path, |out| packed.write_json(rows, out, &mut budget))?;
    }
    for packed in tables.iter().filter(|packed| packed.has_files()) {
        let path = format!("{}.csv", packed.path);
        let rows = open(supply, packed.system, packed.table)?;
        archive.large(&path, |out| packed.write_csv(rows, out))?;
    }
    for packed in &files {
        archive.copy(&packed.path, &mut supply.file(packed.system, packed.file)?)?;
    }
    let described = datapackage::describe(contents, &tables, &files, archive.entries());
    archive.small("datapackage.json", &json(&described)?)?;
    let mut sums = String::new();
    for entry in archive.entries() {
        sums.push_str(&format!("{}  {}\n", entry.sha256, entry.path));
    }
    archive.small("SHA256SUMS", sums.as_bytes())?;
    let rows = tables.iter().fold(0_u64, |sum, packed| sum.saturating_add(packed.table.rows));
    let (out, entries) = archive.finish()?;
    Ok((out, Summary { entries, rows }))
}

/// The pages and documents that need no more of the rows than the first ones.
fn write_documents<W: Write>(
    archive: &mut Archive<W>,
    contents: &Contents,
    tables: &[PackedTable<'_>],
    files: &[PackedFile<'_>],
) -> io::Result<()> {
    let facts = information::information(contents);
    let sources = report::report(contents, tables, files);
    let index = IndexPage::new(contents, tables, &sources, &facts.complaint);
    archive.small("index.html", index.render().map_err(io::Error::other)?.as_bytes())?;
    let page = InformationPage::new(contents, &facts);
    archive.small("information.html", page.render().map_err(io::Error::other)?.as_bytes())?;
    archive.small("information.json", &json(&facts)?)?;
    archive.small("sources.json", &json(&sources)?)?;
    archive.small("portability.json", &json(&portability::selection(contents, tables))?)
}

fn json(document: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    Ok(text)
}

fn open<'a>(
    supply: &'a mut dyn Supply,
    system: &System,
    table: &Table,
) -> io::Result<Option<RowFileReader<Box<dyn Read + 'a>>>> {
    supply.rows(system, table)?.map(RowFileReader::open).transpose()
}

/// Names every table's files, settles its columns and reads its first rows.
fn settle<'a>(contents: &'a Contents, supply: &mut dyn Supply) -> io::Result<Vec<PackedTable<'a>>> {
    let mut names = Names::default();
    let mut cells = PREVIEW_CELLS;
    let mut tables = Vec::new();
    for system in &contents.systems {
        for table in &system.tables {
            let rows = open(supply, system, table)?;
            let path =
                format!("data/{}", names.unique(&names::data_stem(&system.name, &table.name), ""));
            let found = rows.as_ref().map(|rows| rows.columns().to_vec());
            let mark = contents.words().say("passage-withheld");
            let mut packed = PackedTable::new(system, table, path, found.as_deref(), mark);
            let width = packed.exported().count().max(1);
            if let Some(rows) = rows {
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

/// Gives every uploaded file a safe name of its own, in a folder of its system's own.
fn settle_files(contents: &Contents) -> Vec<PackedFile<'_>> {
    let mut folders = Names::default();
    let mut packed = Vec::new();
    for system in contents.systems.iter().filter(|system| !system.files.is_empty()) {
        let folder = folders.unique(&names::folder(&system.name), "");
        let mut names = Names::default();
        for file in &system.files {
            let (stem, extension) = names::file_parts(&file.name);
            let path = format!("files/{folder}/{}", names.unique(&stem, &extension));
            packed.push(PackedFile { system, file, path });
        }
    }
    packed
}

fn watch_targets(tables: &mut [PackedTable<'_>]) {
    let references: Vec<_> =
        tables.iter().flat_map(|packed| &packed.table.references).cloned().collect();
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

//! What a package is made of, system by system: the tables that were found, without what a person
//! withholds, and the files that were handed in.

use std::io::{self, Read};

use super::Material;
use crate::db::searches::{SearchFile, SearchSystem};
use crate::db::withholdings::Withholding;
use crate::domain::ids::{FileId, WithholdingId};
use crate::domain::withholding::Extent;
use crate::package::contents::{Outcome, UploadedFile};
use crate::package::from_map::{Found, FoundTable};
use crate::package::row_file::reader::RowFileReader;
use crate::package::withheld::{self, Withholdings};
use crate::vault::place::Place;
use crate::worker::found_files::FoundFiles;
use crate::worker::search_group::Opened;
use crate::workflow::review;

/// To how many rows each withholding applied.
pub type Matched = Vec<(WithholdingId, i64)>;

/// What was found in one system.
///
/// # Errors
/// What the row files report, or a seal that does not open.
pub fn found_in(
    opened: &Opened,
    material: &Material,
    system: &SearchSystem,
    supply: &FoundFiles,
    matched: &mut Matched,
) -> io::Result<Found> {
    let mut tables: Vec<FoundTable> = Vec::new();
    for file in material.files.iter().filter(|file| file.system == system.system) {
        let Some(table) = &file.source_table else {
            continue;
        };
        tables.retain(|known| known.name != *table);
        let rows = RowFileReader::open(supply.open(file.file_id)?)?;
        let of = |row: &&Withholding| row.system == file.system && row.source_table == *table;
        let withheld: Vec<&Withholding> = material.withheld.iter().filter(of).collect();
        tables.push(found_table(opened, (file, table), rows, &withheld, matched)?);
    }
    let mut uploads = Vec::new();
    for file in &material.files {
        if file.system == system.system && file.source_table.is_none() {
            uploads.push(upload(opened, material, file.file_id)?);
        }
    }
    Ok(Found {
        system: system.system.clone(),
        outcome: outcome(system),
        note: None,
        started_at: system.started_at.map(|at| at.utc()).or(Some(material.search.started_at.utc())),
        finished_at: system.ended_at.map(|at| at.utc()),
        tables,
        files: uploads,
    })
}

/// A table that was found, without what is withheld of it. Only where rows are withheld are they read
/// here.
fn found_table(
    opened: &Opened,
    (file, table): (&SearchFile, &str),
    mut rows: RowFileReader<impl Read>,
    withheld: &[&Withholding],
    matched: &mut Matched,
) -> io::Result<FoundTable> {
    let columns = rows.columns().to_vec();
    let mut found = FoundTable {
        name: table.to_owned(),
        columns,
        rows: u64::try_from(file.row_count).unwrap_or(0),
        withheld_columns: Vec::new(),
        withheld: Withholdings::default(),
    };
    let (mut ids, mut held) = (Vec::new(), Vec::new());
    for row in withheld {
        match (row.extent, &row.column_name) {
            (Extent::Column, Some(name)) => {
                found.withheld_columns.push((name.clone(), row.exemption));
                let is_there = found.columns.iter().any(|column| column.name == *name);
                note(matched, row.id, if is_there { file.row_count } else { 0 });
            }
            _ => {
                ids.push(row.id);
                held.push(review::held(&opened.key, row).map_err(io::Error::other)?);
            }
        }
    }
    if !held.is_empty() {
        let counted = withheld::count(&mut rows, held)?;
        for (id, count) in ids.into_iter().zip(counted.matched) {
            note(matched, id, i64::try_from(count).unwrap_or(i64::MAX));
        }
        (found.rows, found.withheld) = (counted.rows, counted.withholdings);
    }
    Ok(found)
}

fn note(matched: &mut Matched, id: WithholdingId, rows: i64) {
    for (_, count) in matched.iter_mut().filter(|(known, _)| *known == id) {
        *count = rows;
    }
}

fn upload(opened: &Opened, material: &Material, id: FileId) -> io::Result<UploadedFile> {
    let row = material.uploads.iter().find(|row| row.id == id);
    let sealed = row.and_then(|row| row.sealed_name.as_deref());
    let name = match sealed {
        Some(sealed) => {
            let place = Place::new("files", "sealed_name", id.uuid());
            let name = opened.key.key().open(&place, sealed).map_err(io::Error::other)?;
            String::from_utf8_lossy(&name).into_owned()
        }
        None => "file".to_owned(),
    };
    Ok(UploadedFile { id: id.to_string(), name, title: None })
}

/// The outcome as the package says it. Whatever is not known to be complete is not.
fn outcome(system: &SearchSystem) -> Outcome {
    match system.outcome.as_str() {
        "complete" if system.row_count == 0 => Outcome::NothingFound,
        "complete" => Outcome::Complete,
        "answered" => Outcome::ManualAnswered,
        "nothing_found" => Outcome::ManualNothingFound,
        "row_cap" | "link_cap" => Outcome::RowCap,
        "timed_out" => Outcome::TimedOut,
        "failed" | "lacks_values" | "partly_searched" => Outcome::Failed,
        _ => Outcome::NotSearched,
    }
}

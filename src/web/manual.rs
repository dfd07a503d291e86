//! Answers by hand at the front door: rows that a person typed, checked against the data map and
//! kept as row files, so that the package finds them like any others.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::app::new_files::NewFiles;
use crate::db::files::FileRow;
use crate::db::requests::Request;
use crate::db::{data_maps, searches};
use crate::domain::actor::Ctx;
use crate::domain::ids::SearchId;
use crate::domain::inventory::map::System;
use crate::domain::row::{self, Column, ValueKind};
use crate::error::{Error, Result};
use crate::package::row_file::writer::RowFileWriter;
use crate::sealed_folder::{SealedFolder, Stored};
use crate::vault::CaseKey;
use crate::web::Front;
use crate::web::opened::Opened;
use crate::workflow::sources::open_map;

/// How many columns typed rows may have between them.
pub const MOST_COLUMNS: usize = 200;

/// How large an uploaded file may be.
pub const LONGEST_UPLOAD_BYTES: u64 = 100 << 20;

/// How long the whole of a file may take: 100 MiB at half a megabit a second.
pub const LONGEST_UPLOAD: Duration = Duration::from_mins(30);

/// What the files of an answer are kept as.
pub const UPLOAD: &str = "upload";

/// Rows that a person typed for a table: as many values in each as there are columns.
pub struct TypedRows {
    pub table: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<row::Value>>,
}

/// A system as the map of a search describes it.
///
/// # Errors
/// `NotFound` when the case has no such search, or its map no such system.
pub async fn system_of(
    front: &Front,
    opened: &Opened,
    search: SearchId,
    system: &str,
) -> Result<System> {
    let (request, controller) = (opened.row.id, opened.controller.id);
    let row = front
        .app
        .read(move |conn| {
            let search = searches::get(conn, request, search)?;
            Ok(data_maps::get(conn, controller, search.map_version)?)
        })
        .await?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &row)?;
    map.system(system).cloned().ok_or(Error::NotFound)
}

/// Keeps typed rows: a file for each table, with how many rows stand in it. The files go with
/// `kept` unless they are recorded.
///
/// # Errors
/// `Unavailable` when the disk does not take them.
pub async fn keep_rows(
    kept: &mut NewFiles,
    folder: &SealedFolder,
    key: &CaseKey,
    ctx: &Ctx,
    (request, mapped): (&Request, &System),
    tables: Vec<TypedRows>,
) -> Result<Vec<(FileRow, String, u64)>> {
    let mut typed = Vec::with_capacity(tables.len());
    for mut table in tables {
        spell(&mut table, mapped)?;
        let (folder, key, id) = (folder.clone(), key.clone(), ctx.new_id());
        kept.add(id);
        let name = table.table.clone();
        let stored = tokio::task::spawn_blocking(move || write_rows(&folder, &key, id, &table));
        let (stored, rows) = stored
            .await
            .map_err(|_| Error::internal("typed rows could not be kept"))?
            .map_err(|_| Error::Unavailable("disk"))?;
        typed.push((FileRow::of(ctx, request, stored.row(), "rows"), name, rows));
    }
    Ok(typed)
}

/// Writes the columns as the map does, whatever letters they were typed in: what the map withholds is
/// found by its name.
fn spell(typed: &mut TypedRows, mapped: &System) -> Result<()> {
    let Some(table) = mapped.table(&typed.table) else { return Ok(()) };
    for name in &mut typed.columns {
        let known = table.columns.keys().find(|known| known.to_lowercase() == name.to_lowercase());
        if let Some(known) = known {
            name.clone_from(known);
        }
    }
    let distinct: BTreeSet<&String> = typed.columns.iter().collect();
    if distinct.len() < typed.columns.len() {
        return Err(Error::invalid("tables", "twice"));
    }
    Ok(())
}

fn write_rows(
    folder: &SealedFolder,
    key: &CaseKey,
    id: crate::domain::ids::FileId,
    table: &TypedRows,
) -> std::io::Result<(Stored, u64)> {
    let named = table.columns.iter();
    let columns: Vec<Column> =
        named.map(|name| Column { name: name.clone(), kind: ValueKind::Text }).collect();
    let mut writer = RowFileWriter::create(folder.create(id, key)?, &table.table, &columns)?;
    for values in &table.rows {
        writer.write(values)?;
    }
    let (file, rows) = writer.finish()?;
    Ok((file.finish()?, rows))
}

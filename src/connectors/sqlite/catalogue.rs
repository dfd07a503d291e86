//! The catalogue of an SQLite file.

use rusqlite::Connection;

use super::session::error;
use crate::connectors::error::SourceError;
use crate::domain::inventory::live::{LiveSchema, LiveTable, Reference};
use crate::domain::row::{Column, ValueKind};

/// A column, with what SQLite will make of values compared with it.
#[derive(Clone, Debug)]
pub struct SqliteColumn {
    pub name: String,
    /// As declared; only a hint, since any column may hold anything.
    pub kind: ValueKind,
    /// Whether the column has no affinity: values are then compared as they are stored.
    pub untyped: bool,
}

/// Reads a declared type as SQLite does (datatype3.html, section 3.1), and names what it suggests.
fn declared(text: &str) -> (ValueKind, bool) {
    let text = text.to_ascii_uppercase();
    let has = |part: &str| text.contains(part);
    let untyped = text.is_empty() || (has("BLOB") && !has("INT") && !has("CHAR") && !has("TEXT"));
    let kind = match () {
        () if has("BOOL") => ValueKind::Boolean,
        () if has("INT") => ValueKind::Integer,
        () if has("CHAR") || has("CLOB") || has("TEXT") => ValueKind::Text,
        () if has("BLOB") => ValueKind::Bytes,
        () if has("REAL") || has("FLOA") || has("DOUB") => ValueKind::Float,
        () if has("DATETIME") || has("TIMESTAMP") => ValueKind::Timestamp,
        () if has("DATE") => ValueKind::Date,
        () if has("TIME") => ValueKind::Time,
        () if has("UUID") => ValueKind::Uuid,
        () if has("JSON") => ValueKind::Json,
        () if has("DEC") || has("NUM") || has("MONEY") => ValueKind::Decimal,
        () => ValueKind::Text,
    };
    (kind, untyped)
}

/// The columns of a table, by its exact name.
///
/// # Errors
///
/// Whatever the file answers.
pub fn columns(connection: &Connection, table: &str) -> Result<Vec<SqliteColumn>, SourceError> {
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid")
        .map_err(|failure| error(&failure, table))?;
    let rows = statement
        .query_map([table], |row| {
            let (name, text): (String, String) = (row.get(0)?, row.get(1)?);
            let (kind, untyped) = declared(&text);
            Ok(SqliteColumn { name, kind, untyped })
        })
        .map_err(|failure| error(&failure, table))?;
    rows.collect::<Result<_, _>>().map_err(|failure| error(&failure, table))
}

/// Every table and view, by name: whether it is a view.
///
/// # Errors
///
/// Whatever the file answers.
pub fn tables(connection: &Connection) -> Result<Vec<(String, bool)>, SourceError> {
    let failed = |failure: rusqlite::Error| error(&failure, "");
    let mut statement = connection
        .prepare(
            "SELECT name, type = 'view' FROM pragma_table_list
              WHERE schema = 'main' AND type IN ('table', 'view', 'virtual')
                AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .map_err(failed)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

/// The name in the catalogue that a map's name means: the same, or the only one that differs in
/// the case of its letters A–Z, as SQLite itself reads names.
#[must_use]
pub fn find<'a>(tables: &'a [(String, bool)], name: &str) -> Option<&'a str> {
    let bare = name.strip_prefix("main.").unwrap_or(name);
    let exact = tables.iter().find(|(known, _)| known == name || known == bare);
    exact
        .or_else(|| tables.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare)))
        .map(|(known, _)| known.as_str())
}

/// The whole schema. One broken view is no reason to show nothing: it is there without columns.
///
/// # Errors
///
/// Whatever the file answers.
pub fn schema(connection: &Connection) -> Result<LiveSchema, SourceError> {
    let mut live = LiveSchema::default();
    for (name, view) in tables(connection)? {
        let schema = Some("main".to_owned());
        let columns = match columns(connection, &name) {
            Ok(columns) => columns,
            // A view of what is gone. A search that needs it fails on its own and names it.
            Err(SourceError::TableRefused { .. } | SourceError::Malformed) => {
                live.tables.push(LiveTable {
                    schema,
                    name,
                    visible: true,
                    view,
                    broken: true,
                    columns: Vec::new(),
                    key: Vec::new(),
                    references: Vec::new(),
                });
                continue;
            }
            Err(error) => return Err(error),
        };
        let columns = columns
            .into_iter()
            .map(|column| Column { name: column.name, kind: column.kind })
            .collect();
        let key = names(connection, "pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk", &name)?;
        let references = references(connection, &name)?;
        live.tables.push(LiveTable {
            schema,
            name,
            visible: true,
            view,
            broken: false,
            columns,
            key,
            references,
        });
    }
    // A reference without columns means the other table's key; so does one that no longer exists.
    let keys: Vec<(String, Vec<String>)> =
        live.tables.iter().map(|table| (table.name.clone(), table.key.clone())).collect();
    for reference in live.tables.iter_mut().flat_map(|table| &mut table.references) {
        let other = keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(&reference.table));
        if let Some((name, key)) = other {
            reference.table.clone_from(name);
            if reference.other_columns.is_empty() {
                reference.other_columns.clone_from(key);
            }
        }
    }
    Ok(live)
}

fn names(connection: &Connection, from: &str, table: &str) -> Result<Vec<String>, SourceError> {
    let failed = |failure: rusqlite::Error| error(&failure, table);
    let mut statement = connection.prepare(&format!("SELECT name FROM {from}")).map_err(failed)?;
    let rows = statement.query_map([table], |row| row.get(0)).map_err(failed)?;
    rows.collect::<Result<_, _>>().map_err(failed)
}

fn references(connection: &Connection, table: &str) -> Result<Vec<Reference>, SourceError> {
    let failed = |failure: rusqlite::Error| error(&failure, table);
    let mut statement = connection
        .prepare(
            "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1)
              ORDER BY id, seq",
        )
        .map_err(failed)?;
    let mut rows = statement.query([table]).map_err(failed)?;
    let mut references: Vec<(i64, Reference)> = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let id: i64 = row.get(0).map_err(failed)?;
        let (other, from): (String, String) =
            (row.get(1).map_err(failed)?, row.get(2).map_err(failed)?);
        let to: Option<String> = row.get(3).map_err(failed)?;
        if references.last().is_none_or(|(last, _)| *last != id) {
            let reference =
                Reference { columns: Vec::new(), table: other, other_columns: Vec::new() };
            references.push((id, reference));
        }
        if let Some((_, reference)) = references.last_mut() {
            reference.columns.push(from);
            reference.other_columns.extend(to);
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}

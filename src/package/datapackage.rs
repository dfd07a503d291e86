//! `datapackage.json`: the Frictionless Data Package (v2) that describes every file.
//!
//! The table schema stands on the CSV, because readers treat JSON tables differently; the JSON is a
//! plain resource with size and hash. A key is declared only where no two rows share its value, a
//! reference only where every value is found in its target, a type only where every value keeps it.

use serde::Serialize;

use crate::domain::right::Right;
use crate::package::archive::Entry;
use crate::package::column::PackedColumn;
use crate::package::contents::{Contents, Reference};
use crate::package::exceptions::Rows;
use crate::package::table::PackedTable;
use crate::package::words::Words;
use crate::package::write::PackedFile;

const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";

/// The descriptor.
#[derive(Debug, Serialize)]
pub struct DataPackage {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: String,
    title: String,
    created: String,
    resources: Vec<Resource>,
}

#[derive(Debug, Default, Serialize)]
struct Resource {
    name: String,
    path: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mediatype: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    bytes: u64,
    hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Schema>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<ColumnExceptions>,
}

/// Rows of the JSON where a column holds something else than its type lets expect.
#[derive(Debug, Serialize)]
struct ColumnExceptions {
    /// Its name in the JSON.
    column: String,
    #[serde(flatten)]
    rows: Rows,
}

/// Said in full, so that no reader has to guess.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Dialect {
    header: bool,
    delimiter: &'static str,
    line_terminator: &'static str,
    quote_char: &'static str,
    double_quote: bool,
    skip_initial_space: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    fields: Vec<Field>,
    missing_values: [&'static str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    primary_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Debug, Serialize)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

#[derive(Debug, Serialize)]
struct ForeignKey {
    fields: Vec<String>,
    reference: ForeignReference,
}

#[derive(Debug, Serialize)]
struct ForeignReference {
    resource: String,
    fields: Vec<String>,
}

/// Describes what was written: every entry of `entries`.
#[must_use]
pub fn describe(
    contents: &Contents,
    tables: &[PackedTable<'_>],
    files: &[PackedFile<'_>],
    entries: &[Entry],
) -> DataPackage {
    let words = contents.words();
    let resources = entries
        .iter()
        .map(|entry| {
            let table = tables.iter().find(|packed| {
                entry.path.strip_prefix(&packed.path).is_some_and(|end| end == ".csv")
            });
            if let Some(packed) = table {
                return csv_resource(packed, tables, entry, words);
            }
            let is_json = tables
                .iter()
                .find(|packed| entry.path.strip_prefix(&packed.path).is_some_and(|e| e == ".json"));
            let file = files.iter().find(|file| file.path == entry.path);
            Resource {
                title: is_json
                    .map(|packed| packed.table.title.clone())
                    .or_else(|| file.map(|packed| packed.file.name.clone())),
                description: is_json.map(|packed| json_description(packed, words)),
                exceptions: is_json.map(exceptions).unwrap_or_default(),
                ..plain_resource(entry, file.is_some())
            }
        })
        .collect();
    let reference = contents.request.reference.as_str();
    let title = match contents.request.right {
        Right::Portability => "title-portability",
        _ => "title-access",
    };
    DataPackage {
        schema: PROFILE,
        name: resource_name(&format!("request-{reference}")),
        title: words.say_with(title, &[("reference", reference)]),
        created: contents.created_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        resources,
    }
}

fn exceptions(packed: &PackedTable<'_>) -> Vec<ColumnExceptions> {
    let of = |column: &PackedColumn| {
        let of = |rows: &Rows| {
            let column = column.json_name.clone();
            ColumnExceptions { column, rows: rows.clone() }
        };
        column.exceptions.kinds.iter().map(of).collect::<Vec<_>>()
    };
    packed.exported().flat_map(of).collect()
}

fn json_description(packed: &PackedTable<'_>, words: Words) -> String {
    let exact = words.say("json-description");
    match exceptions(packed).is_empty() {
        true => exact,
        false => format!("{exact} {}", words.say("json-exceptions")),
    }
}

/// Lower case, with nothing but letters, digits, `-`, `_` and dots.
fn resource_name(path: &str) -> String {
    path.to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' })
        .collect()
}

fn plain_resource(entry: &Entry, uploaded: bool) -> Resource {
    // What a person uploaded is described as a file, whatever its name says that it holds.
    let (kind, format, mediatype) = match entry.path.rsplit_once('.') {
        Some((_, "json")) if !uploaded => ("json", Some("json"), Some("application/json")),
        Some((_, "html")) if !uploaded => ("file", Some("html"), Some("text/html")),
        _ => ("file", None, None),
    };
    Resource {
        name: resource_name(&entry.path),
        path: entry.path.clone(),
        kind,
        format,
        mediatype,
        encoding: mediatype.map(|_| "utf-8"),
        bytes: entry.bytes,
        hash: format!("sha256:{}", entry.sha256),
        ..Resource::default()
    }
}

fn csv_resource(
    packed: &PackedTable<'_>,
    tables: &[PackedTable<'_>],
    entry: &Entry,
    words: Words,
) -> Resource {
    let row_number = packed.row_number().map(|name| Field {
        name: name.to_owned(),
        kind: "integer",
        title: None,
        description: Some(words.say("row-number")),
    });
    let fields = row_number.into_iter().chain(packed.exported().map(|column| field(column, words)));
    let key = packed.key().map(names).or_else(|| packed.row_number().map(|n| vec![n.to_owned()]));
    let references = &packed.table.references;
    Resource {
        kind: "table",
        title: Some(packed.table.title.clone()),
        description: Some(words.say("csv-description")),
        format: Some("csv"),
        mediatype: Some("text/csv"),
        encoding: Some("utf-8"),
        dialect: Some(Dialect {
            header: true,
            delimiter: ",",
            line_terminator: "\r\n",
            quote_char: "\"",
            double_quote: true,
            skip_initial_space: false,
        }),
        schema: Some(Schema {
            fields: fields.collect(),
            missing_values: [""],
            primary_key: key.unwrap_or_default(),
            foreign_keys: references
                .iter()
                .filter_map(|reference| foreign_key(packed, reference, tables))
                .collect(),
        }),
        ..plain_resource(entry, false)
    }
}

fn field(column: &PackedColumn, words: Words) -> Field {
    let source = &column.column.name;
    Field {
        name: column.csv_name.clone(),
        kind: column.profile.field_type().name(),
        title: column.plan.title.clone(),
        description: (source != &column.csv_name)
            .then(|| words.say_with("header-was", &[("name", source)])),
    }
}

fn names(columns: Vec<&PackedColumn>) -> Vec<String> {
    columns.into_iter().map(|column| column.csv_name.clone()).collect()
}

/// The reference, if its values and types are those of an exported target.
fn foreign_key(
    packed: &PackedTable<'_>,
    reference: &Reference,
    tables: &[PackedTable<'_>],
) -> Option<ForeignKey> {
    let target = tables.iter().find(|target| {
        target.system.name == reference.target_system && target.table.name == reference.target_table
    })?;
    let columns = packed.columns_that_compare(&reference.columns)?;
    let target_columns = target.columns_that_compare(&reference.target_columns)?;
    let types = |columns: &[&PackedColumn]| -> Vec<_> {
        columns.iter().map(|c| c.profile.field_type()).collect()
    };
    let resolved = types(&columns) == types(&target_columns)
        && packed
            .values
            .get(&reference.columns)?
            .resolves_in(target.values.get(&reference.target_columns)?);
    resolved.then(|| ForeignKey {
        fields: names(columns),
        reference: ForeignReference {
            // The own table is named by the empty name (Table Schema, foreign keys).
            resource: if std::ptr::eq(packed, target) {
                String::new()
            } else {
                resource_name(&format!("{}.csv", target.path))
            },
            fields: names(target_columns),
        },
    })
}

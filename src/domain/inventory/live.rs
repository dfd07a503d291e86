//! A data map against the schema of a live system: what the map names must exist, and what exists
//! and is not described is named.

use std::collections::BTreeSet;

use super::fields::join;
use super::map::{ColumnSet, ConnectorKind, DataMap, OnErasure, Table};
use super::parse::Document;
use super::problem::{Problem, Rule};
use crate::domain::row::{Column, ValueKind};

/// The tables of a system, as its own catalogue lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveSchema {
    pub tables: Vec<LiveTable>,
}

/// One table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTable {
    /// The schema or namespace, where the system has them.
    pub schema: Option<String>,
    pub name: String,
    /// Whether the name alone finds it, without its schema.
    pub visible: bool,
    pub view: bool,
    /// A view that cannot be read, as what it shows is gone: it has no columns here.
    pub broken: bool,
    pub columns: Vec<Column>,
    /// The primary key, in its own order; empty when there is none.
    pub key: Vec<String>,
    pub references: Vec<Reference>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub columns: Vec<String>,
    /// As [`LiveTable::label`] writes it.
    pub table: String,
    pub other_columns: Vec<String>,
}

impl LiveTable {
    /// The shortest name that finds it: `customers`, or `billing.customers`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.schema {
            Some(schema) if !self.visible => format!("{schema}.{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl LiveSchema {
    /// The table that a map names: by its name alone if that is enough, else as `schema.table`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&LiveTable> {
        let qualified = |table: &&LiveTable| {
            table.schema.as_ref().is_some_and(|schema| format!("{schema}.{}", table.name) == name)
        };
        self.tables
            .iter()
            .find(|table| table.visible && table.name == name)
            .or_else(|| self.tables.iter().find(qualified))
    }
}

/// A table of the system that the map does not describe, or a column of a mapped table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undescribed {
    pub table: String,
    pub column: Option<String>,
}

/// Every column of a table that the map names anywhere, with the part of the map that names it.
#[must_use]
pub fn named_columns(map: &DataMap, system: &str, table: &Table) -> Vec<(String, String)> {
    let mut named = Vec::new();
    let mut add = |path: String, column: &str| named.push((path, column.to_owned()));
    for (at, column) in table.key.iter().enumerate() {
        add(format!("key[{at}]"), column);
    }
    for (kind, found) in &table.find_by {
        let path = join("find_by", kind);
        for (at, matched) in found.0.iter().enumerate() {
            add(format!("{path}[{at}]"), &matched.column);
        }
    }
    for (at, way) in table.reached_from.iter().enumerate() {
        for own in way.on.keys() {
            add(format!("reached_from[{at}].on"), own);
        }
    }
    for column in table.contact.iter().flat_map(super::map::Contact::columns) {
        add("contact".to_owned(), column);
    }
    for column in table.columns.keys() {
        add(join("columns", column), column);
    }
    if let Some(from) = table.retention.as_ref().and_then(|retention| retention.from.as_ref()) {
        add("retention.from".to_owned(), from);
    }
    if let Some(OnErasure::Columns(sets)) = &table.on_erasure {
        for (action, set) in sets {
            if let ColumnSet::Named(columns) = set {
                for column in columns {
                    add(join("on_erasure", action.name()), column);
                }
            }
        }
    }
    for column in referenced_columns(map, system, table) {
        add("table".to_owned(), &column);
    }
    named
}

/// The columns of a table through which other tables of the map are reached.
#[must_use]
pub fn referenced_columns(map: &DataMap, system: &str, table: &Table) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    for other in &map.systems {
        for way in other.tables.iter().flat_map(|table| &table.reached_from) {
            if way.system.as_deref().unwrap_or(&other.name) == system && way.table == table.table {
                columns.extend(way.on.values().cloned());
            }
        }
    }
    columns
}

/// The columns by which a person is looked for and never found, with the part of the map that names
/// them: a search refuses them. In SQLite any column may hold anything.
fn never_compared(
    table: &Table,
    connector: ConnectorKind,
    live: &LiveTable,
) -> Vec<(String, String)> {
    if connector != ConnectorKind::Postgresql {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (kind, columns) in &table.find_by {
        for (at, (matched, part)) in columns.0.iter().zip(parts(kind, columns.0.len())).enumerate()
        {
            let never = live.column(&matched.column).is_some_and(|column| match column.kind {
                ValueKind::Json | ValueKind::Bytes => true,
                // Which day an instant is of depends on where one stands.
                ValueKind::TimestampTz => part == "birth_date",
                _ => false,
            });
            if never {
                found.push((format!("{}[{at}]", join("find_by", kind)), matched.column.clone()));
            }
        }
    }
    found
}

/// What each column of an identifier is compared with: the parts of a pair; for any other all of them
/// with the same.
fn parts(kind: &str, columns: usize) -> Vec<&str> {
    if kind.contains('+') { kind.split('+').collect() } else { vec![kind; columns] }
}

/// Compares the map with the live schema of one of its systems, reached by `connector`.
#[must_use]
pub fn check(
    document: &Document,
    system: &str,
    connector: ConnectorKind,
    schema: &LiveSchema,
) -> (Vec<Problem>, Vec<Undescribed>) {
    let (mut problems, mut undescribed) = (Vec::new(), Vec::new());
    let map = &document.map;
    let Some((index, system)) =
        map.systems.iter().enumerate().find(|(_, candidate)| candidate.name == system)
    else {
        let arguments = vec![("system", system.to_owned())];
        problems.push(document.problem("systems", Rule::SystemNotInMap, arguments));
        return (problems, undescribed);
    };
    if system.connector != connector {
        let arguments = vec![
            ("system", system.name.clone()),
            ("given", connector.name().to_owned()),
            ("wanted", system.connector.name().to_owned()),
        ];
        let path = format!("systems[{index}].connector");
        problems.push(document.problem(&path, Rule::ConnectorDiffers, arguments));
    }
    let mut described = BTreeSet::new();
    for (table_index, table) in system.tables.iter().enumerate() {
        let at = format!("systems[{index}].tables[{table_index}]");
        let of = vec![("table", table.table.clone()), ("system", system.name.clone())];
        let Some(live) = schema.table(&table.table) else {
            let path = format!("{at}.table");
            problems.push(document.problem(&path, Rule::TableNotInSystem, of));
            continue;
        };
        described.insert(live.label());
        if live.broken {
            let path = format!("{at}.table");
            problems.push(document.problem(&path, Rule::ViewBroken, of));
            continue;
        }
        for (path, column) in never_compared(table, connector, live) {
            let mut arguments = vec![("column", column)];
            arguments.extend(of.clone());
            let path = format!("{at}.{path}");
            problems.push(document.problem(&path, Rule::ColumnNotComparable, arguments));
        }
        let named = named_columns(map, &system.name, table);
        for (path, column) in &named {
            if live.column(column).is_none() {
                let mut arguments = vec![("column", column.clone())];
                arguments.extend(of.clone());
                let path = format!("{at}.{path}");
                let problem = document.problem(&path, Rule::ColumnNotInTable, arguments);
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
        for column in &live.columns {
            if !named.iter().any(|(_, name)| *name == column.name) {
                let column = Some(column.name.clone());
                undescribed.push(Undescribed { table: live.label(), column });
            }
        }
    }
    // A view shows rows of tables that are listed themselves.
    for live in schema.tables.iter().filter(|live| !live.view) {
        if !described.contains(&live.label()) {
            undescribed.push(Undescribed { table: live.label(), column: None });
        }
    }
    problems.sort_by(|one, other| (one.place, &one.path).cmp(&(other.place, &other.path)));
    (problems, undescribed)
}

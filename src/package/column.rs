//! The columns of a table in the package: what is decided about each, and its names there.

use std::collections::HashSet;

use crate::domain::row::{Column, ValueKind};
use crate::package::contents::{ColumnPlan, Decision, ExportReason, Table};
use crate::package::csv_rows;
use crate::package::exceptions::Exceptions;
use crate::package::profile::Profile;

/// The name of the column that numbers the rows where no key does.
pub const ROW_NUMBER: &str = "_row";

/// A column of the source, what is decided about it, and what became of it.
#[derive(Debug)]
pub struct PackedColumn {
    pub plan: ColumnPlan,
    /// Its name in the JSON objects: the source's, or with a number where that is not unique.
    pub json_name: String,
    /// Its name in the CSV's header: neutralised, unique and never empty.
    pub csv_name: String,
    pub profile: Profile,
    /// The values that a reader of the JSON could mistake.
    pub exceptions: Exceptions,
    /// How it is declared in the source.
    pub column: Column,
    /// Whether the row file holds it: what is withheld is not even read.
    pub read: bool,
}

impl PackedColumn {
    /// Whether its values stand in the package.
    #[must_use]
    pub const fn is_exported(&self) -> bool {
        matches!(self.plan.decision, Decision::Export(_))
    }
}

/// The columns of the row file in their order, then those of the plan that the search did not read,
/// for the package names what it does not hold; each with what the plan says about it.
#[must_use]
pub fn settle_columns(table: &Table, found: Option<&[Column]>) -> Vec<PackedColumn> {
    let read = found.unwrap_or_default();
    let unread = table.columns.iter().filter(|plan| {
        let exported = matches!(plan.decision, Decision::Export(_));
        found.is_none() || !exported && !read.iter().any(|column| column.name == plan.name)
    });
    let unread = unread.map(|plan| Column { name: plan.name.clone(), kind: ValueKind::Text });
    let columns = read.iter().cloned().chain(unread);
    let mut json_names = HashSet::new();
    let mut csv_names = HashSet::from([ROW_NUMBER.to_owned()]);
    let settle = |(place, column): (usize, Column)| PackedColumn {
        plan: plan_of(table, &column),
        json_name: distinct(&mut json_names, &column.name),
        csv_name: distinct(&mut csv_names, &label(place, &column.name)),
        profile: Profile::new(column.kind),
        exceptions: Exceptions::default(),
        column,
        read: place < read.len(),
    };
    columns.enumerate().map(settle).collect()
}

/// A header that readers keep as it is: they strip spaces, and refuse an empty one.
fn label(place: usize, name: &str) -> String {
    let stripped = name.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c));
    if stripped.is_empty() {
        return format!("_column_{place}");
    }
    csv_rows::neutral(stripped).into_owned()
}

fn plan_of(table: &Table, column: &Column) -> ColumnPlan {
    let plan = table.columns.iter().find(|plan| plan.name == column.name);
    plan.cloned().unwrap_or_else(|| ColumnPlan {
        name: column.name.clone(),
        title: None,
        category: None,
        provided: None,
        described: false,
        decision: Decision::Export(ExportReason::NotDescribed),
        automated_decision: None,
    })
}

fn distinct(taken: &mut HashSet<String>, wanted: &str) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2_u64;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}_{number}");
        number = number.saturating_add(1);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::settle_columns;
    use crate::domain::row::{Column, ValueKind};
    use crate::package::contents::{Facts, Table};

    #[test]
    fn headers_are_safe_distinct_and_never_empty() {
        let names = ["id", "id", "", " ", "=x", "'=x", "_row", " a ", "a", "a\0", "\x1cb"];
        let columns: Vec<Column> = names
            .iter()
            .map(|name| Column { name: (*name).to_owned(), kind: ValueKind::Text })
            .collect();
        let table = Table {
            name: "t".into(),
            title: "T".into(),
            rows: 0,
            withheld: Default::default(),
            columns: Vec::new(),
            key: Vec::new(),
            references: Vec::new(),
            facts: Facts::default(),
        };
        let settled = settle_columns(&table, Some(&columns));
        let csv: Vec<_> = settled.iter().map(|column| column.csv_name.as_str()).collect();
        assert_eq!(
            csv,
            [
                "id",
                "id_2",
                "_column_2",
                "_column_3",
                "'=x",
                "''=x",
                "_row_2",
                "a",
                "a_2",
                "a␀",
                "b"
            ]
        );
        let json: Vec<_> = settled.iter().map(|column| column.json_name.as_str()).collect();
        assert_eq!(json, ["id", "id_2", "", " ", "=x", "'=x", "_row", " a ", "a", "a\0", "\x1cb"]);
        assert!(settled.iter().all(|column| !column.plan.described));
    }
}

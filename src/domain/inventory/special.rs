//! What of a system is special: health, bank and the like (identity.md). One judgement for what was
//! found, what was given by hand, and what a package holds.

use std::collections::BTreeSet;

use super::map::{ConnectorKind, DataMap, Sensitivity, System};
use crate::domain::right::Right;

/// The tables of a system that the map calls special.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpecialTables(BTreeSet<String>);

impl SpecialTables {
    /// Whether something found or given there is special: so many rows of a table, or a file. A file
    /// belongs to no table: any special table of the system makes it special.
    #[must_use]
    pub fn hold(&self, table: Option<&str>, rows: u64) -> bool {
        match table {
            Some(table) => rows > 0 && self.0.contains(table),
            None => !self.0.is_empty(),
        }
    }
}

impl System {
    /// What of it is special.
    #[must_use]
    pub fn special_tables(&self) -> SpecialTables {
        let special = self.tables.iter().filter(|it| it.sensitivity == Sensitivity::Special);
        SpecialTables(special.map(|table| table.table.clone()).collect())
    }
}

impl DataMap {
    /// Whether something of a system is special in what answers a right.
    #[must_use]
    pub fn is_special(
        &self,
        right: Right,
        (system, table): (&str, Option<&str>),
        rows: u64,
    ) -> bool {
        let Some(system) = self.system(system) else { return false };
        // What was answered by hand is no part of a portability package.
        let is_part = right != Right::Portability || system.connector != ConnectorKind::Manual;
        is_part && system.special_tables().hold(table, rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::inventory::parse::parse;
    use crate::domain::right::Right;

    #[test]
    fn rows_of_a_special_table_are_special_and_any_file_beside_one() {
        let map = "systems:\n\
            - {name: clinic, connector: manual, owner: a@b.example, tables: \
            [{table: visits, sensitivity: special, find_by: {email: e}}, \
            {table: bills, sensitivity: normal, find_by: {email: e}}]}\n\
            - {name: shop, connector: manual, owner: a@b.example, tables: \
            [{table: orders, sensitivity: normal, find_by: {email: e}}]}\n";
        let map = parse(map).unwrap().map;
        for (system, table, rows, expected) in [
            ("clinic", Some("visits"), 1, true),
            ("clinic", Some("visits"), 0, false),
            ("clinic", Some("bills"), 1, false),
            ("clinic", None, 0, true),
            ("shop", None, 1, false),
            ("unknown", None, 1, false),
        ] {
            let found = map.is_special(Right::Access, (system, table), rows);
            assert_eq!(found, expected, "{system} {table:?} {rows}");
            assert!(!map.is_special(Right::Portability, (system, table), rows), "by hand");
        }
    }
}

//! What may be read before identity is verified: the contacts on file, of rows that the
//! identifiers find by themselves, and nothing that other tables lead to.

use std::collections::BTreeSet;

use super::identifiers::Identifiers;
use super::plan::{Columns, SearchPlan, SystemPlan, TablePlan, groups, identified, not_searched};
use crate::domain::inventory::map::{ConnectorKind, DataMap};

/// Plans the search for contacts. Tables without contacts are not part of it, nor are systems that a
/// person answers for.
#[must_use]
pub fn plan_contacts(map: &DataMap, identifiers: &Identifiers) -> SearchPlan {
    let country = map.controller.as_ref().and_then(|controller| controller.country.clone());
    let mut systems = Vec::new();
    // Tables without contacts are not wanted here, and hence not missed.
    let mut settled = BTreeSet::new();
    for (index, system) in map.systems.iter().enumerate() {
        // A person is asked for everything or nothing: not for contacts alone.
        if system.connector == ConnectorKind::Manual {
            continue;
        }
        let mut tables = Vec::new();
        for (table_index, table) in system.tables.iter().enumerate() {
            let Some(contact) = table.contact.as_ref() else {
                settled.insert((index, table_index));
                continue;
            };
            let conditions = identified(table, identifiers, country.as_deref());
            if conditions.is_empty() {
                continue;
            }
            settled.insert((index, table_index));
            let columns = contact.columns().into_iter().map(str::to_owned).collect();
            let columns = Columns::Only(columns);
            let (table, bearings) = (table.table.clone(), Vec::new());
            tables.push(TablePlan { table, columns, conditions, bearings });
        }
        let (system, connector) = (system.name.clone(), system.connector);
        systems.push(SystemPlan { system, connector, tables });
    }
    let groups = groups(systems.len(), &[]);
    let not_searched = not_searched(map, &settled);
    SearchPlan { systems, links: Vec::new(), groups, not_searched, country }
}

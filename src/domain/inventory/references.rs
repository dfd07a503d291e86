//! Checks that names stand once and that ways lead to tables of the map.

use std::collections::BTreeSet;

use super::document::Places;
use super::map::{ConnectorKind, DataMap};
use super::parse::located;
use super::problem::{Problem, Rule};

pub(super) fn check(map: &DataMap, places: &Places, problems: &mut Vec<Problem>) {
    let mut systems = BTreeSet::new();
    for (index, system) in map.systems.iter().enumerate() {
        let at = format!("systems[{index}]");
        if !system.name.is_empty() && !systems.insert(&system.name) {
            let arguments = vec![("system", system.name.clone())];
            let path = format!("{at}.name");
            problems.push(located(places, &path, Rule::DuplicateSystem, arguments));
        }
        let mut tables = BTreeSet::new();
        for (table_index, table) in system.tables.iter().enumerate() {
            let at = format!("{at}.tables[{table_index}]");
            if !table.table.is_empty() && !tables.insert(&table.table) {
                let arguments =
                    vec![("table", table.table.clone()), ("system", system.name.clone())];
                let path = format!("{at}.table");
                problems.push(located(places, &path, Rule::DuplicateTable, arguments));
            }
            for (way_index, way) in table.reached_from.iter().enumerate() {
                let at = format!("{at}.reached_from[{way_index}]");
                let name = way.system.as_ref().unwrap_or(&system.name);
                let arguments = vec![("table", way.table.clone()), ("system", name.clone())];
                let problem = match map.system(name) {
                    None => Some(("system", Rule::UnknownSystem)),
                    Some(other) if other.table(&way.table).is_none() => {
                        Some(("table", Rule::UnknownTable))
                    }
                    Some(other) if other.connector == ConnectorKind::Manual => {
                        Some(("table", Rule::FromManual))
                    }
                    Some(_) => None,
                };
                if let Some((key, rule)) = problem {
                    // A single way is written without a list, and then has no index in the file.
                    let (found, _) = places.find(&at);
                    problems.push(located(places, &format!("{found}.{key}"), rule, arguments));
                }
            }
        }
    }
}

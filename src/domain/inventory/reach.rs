//! Which tables an identifier reaches. Reachability is the least fixed point of "is found by an
//! identifier, or has a way in from a table that is reached".

use std::collections::{BTreeMap, BTreeSet};

use super::document::Places;
use super::map::{ConnectorKind, DataMap, Table};
use super::parse::located;
use super::problem::{Problem, Rule};

/// System and table, by their places in the map.
pub type Position = (usize, usize);

/// Where each table of the map stands: (system, table) by name → position.
#[must_use]
pub fn positions(map: &DataMap) -> BTreeMap<(&str, &str), Position> {
    let mut positions = BTreeMap::new();
    for (index, system) in map.systems.iter().enumerate() {
        for (table_index, table) in system.tables.iter().enumerate() {
            let name = (system.name.as_str(), table.table.as_str());
            positions.entry(name).or_insert((index, table_index));
        }
    }
    positions
}

/// Every table with its position and system name.
fn tables(map: &DataMap) -> impl Iterator<Item = (Position, &str, &Table)> {
    map.systems.iter().enumerate().flat_map(|(index, system)| {
        system
            .tables
            .iter()
            .enumerate()
            .map(move |(table_index, table)| ((index, table_index), system.name.as_str(), table))
    })
}

/// The positions that each table can be reached from.
#[must_use]
pub fn ways(map: &DataMap) -> BTreeMap<Position, BTreeSet<Position>> {
    let positions = positions(map);
    tables(map)
        .map(|(position, system, table)| {
            let from = table.reached_from.iter().filter_map(|way| {
                let system = way.system.as_deref().unwrap_or(system);
                positions.get(&(system, way.table.as_str())).copied()
            });
            (position, from.collect())
        })
        .collect()
}

/// The tables reached when `found` says which are found directly.
#[must_use]
pub fn reached(map: &DataMap, found: impl Fn(&Table) -> bool) -> BTreeSet<Position> {
    let mut onward: BTreeMap<Position, Vec<Position>> = BTreeMap::new();
    for (to, from) in ways(map) {
        for from in from {
            onward.entry(from).or_default().push(to);
        }
    }
    let mut next: Vec<Position> =
        tables(map).filter(|(_, _, table)| found(table)).map(|(position, _, _)| position).collect();
    let mut reached: BTreeSet<Position> = next.iter().copied().collect();
    while let Some(position) = next.pop() {
        for to in onward.get(&position).into_iter().flatten() {
            if reached.insert(*to) {
                next.push(*to);
            }
        }
    }
    reached
}

/// The identifier kinds that lead to a table.
#[must_use]
pub fn kinds_leading_to(map: &DataMap, to: Position) -> BTreeSet<String> {
    let ways = ways(map);
    let mut behind = BTreeSet::from([to]);
    let mut next = vec![to];
    while let Some(position) = next.pop() {
        for from in ways.get(&position).into_iter().flatten() {
            if behind.insert(*from) {
                next.push(*from);
            }
        }
    }
    tables(map)
        .filter(|(position, _, _)| behind.contains(position))
        .flat_map(|(_, _, table)| table.find_by.keys().cloned())
        .collect()
}

pub(super) fn check(map: &DataMap, places: &Places, problems: &mut Vec<Problem>) {
    let reached = reached(map, |table| !table.find_by.is_empty());
    let ways = ways(map);
    for (position, system, table) in tables(map) {
        let (index, table_index) = position;
        let manual =
            map.systems.get(index).is_some_and(|system| system.connector == ConnectorKind::Manual);
        // In a manual system a person does the finding.
        if manual || reached.contains(&position) {
            continue;
        }
        let rule = if table.reached_from.is_empty() {
            Rule::NoWayIn
        } else if in_circle(&ways, position) {
            Rule::Circle
        } else {
            Rule::Unreachable
        };
        let arguments = vec![("table", table.table.clone()), ("system", system.to_owned())];
        let path = match rule {
            Rule::NoWayIn => format!("systems[{index}].tables[{table_index}].table"),
            _ => format!("systems[{index}].tables[{table_index}].reached_from"),
        };
        problems.push(located(places, &path, rule, arguments));
    }
}

fn in_circle(ways: &BTreeMap<Position, BTreeSet<Position>>, start: Position) -> bool {
    let mut seen = BTreeSet::new();
    let mut next: Vec<Position> = ways.get(&start).into_iter().flatten().copied().collect();
    while let Some(position) = next.pop() {
        if position == start {
            return true;
        }
        if seen.insert(position) {
            next.extend(ways.get(&position).into_iter().flatten());
        }
    }
    false
}

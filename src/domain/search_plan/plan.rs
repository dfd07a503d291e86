//! The steps of a search.
//!
//! A table's rows are those that meet any of its conditions. A way in from another table of the
//! same system is a condition that the source evaluates itself, in the same snapshot, so that the
//! keys of a hundred thousand orders never travel. A way across systems, or within a circle,
//! carries values: distinct, and read from the rows that were found.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::circles;
use super::identifiers::Identifiers;
use super::persons::{Bearing, bearings, named};
use crate::domain::inventory::map::{ColumnRule, ConnectorKind, DataMap, FindBy, Table, Way};
use crate::domain::inventory::matching::Match;
use crate::domain::inventory::reach::{Position, kinds_leading_to, positions, reached};

/// A whole search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPlan {
    /// One per system of the map, in its order, also where nothing can be searched.
    pub systems: Vec<SystemPlan>,
    /// Values that travel between systems, or around a circle within one.
    pub links: Vec<Link>,
    /// In an order that can be followed; groups that do not wait for each other may run at once.
    pub groups: Vec<Group>,
    pub not_searched: Vec<NotSearched>,
    /// The controller's country, for phone numbers that travel.
    pub country: Option<String>,
}

/// What is read in one system, in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemPlan {
    pub system: String,
    pub connector: ConnectorKind,
    pub tables: Vec<TablePlan>,
}

impl SystemPlan {
    /// Whether a person does the finding.
    #[must_use]
    pub fn waits_for_person(&self) -> bool {
        self.connector == ConnectorKind::Manual
    }
}

/// What is read in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePlan {
    /// As the map names it.
    pub table: String,
    pub columns: Columns,
    /// Any of them is enough. Never empty.
    pub conditions: Vec<Condition>,
    /// What tells whose its rows are.
    pub bearings: Vec<Bearing>,
}

/// Which columns are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// All that the live table has, but for those that the map withholds. Those that it guards
    /// (withheld, or proposed to be) must be there by that name: one that is written otherwise would
    /// be handed out.
    Except {
        withheld: BTreeSet<String>,
        guarded: BTreeSet<String>,
    },
    Only(Vec<String>),
}

/// What makes a row the subject's.
#[derive(Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of these columns hold one of their values.
    Identified(Vec<Wanted>),
    /// Own columns equal those of rows found in another table of this system.
    Within { table: usize, on: Vec<(String, String)>, how: Match },
    /// Own columns equal values that a link brings: an index of [`SearchPlan::links`].
    Carried(usize),
}

impl std::fmt::Debug for Condition {
    /// Leaves out values, which are personal data.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Identified(wanted) => {
                let columns: Vec<String> = wanted
                    .iter()
                    .map(|one| format!("{} {} ×{}", one.column, one.how.name(), one.values.len()))
                    .collect();
                write!(formatter, "Identified({})", columns.join(" and "))
            }
            Self::Within { table, on, how } => {
                write!(formatter, "Within(table {table} on {on:?} {})", how.name())
            }
            Self::Carried(link) => write!(formatter, "Carried({link})"),
        }
    }
}

/// A column and the values it may hold, in the forms to compare with ([`Match::forms`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    pub column: String,
    pub how: Match,
    pub values: Vec<String>,
}

/// Values that travel from the rows found in one table to the search of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Places in [`SearchPlan::systems`] and [`SystemPlan::tables`].
    pub from: Position,
    pub to: Position,
    /// Column of `to`, column of `from`.
    pub on: Vec<(String, String)>,
    pub how: Match,
}

/// Systems that are searched together, since a circle runs through them; mostly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Indexes of [`SearchPlan::systems`].
    pub systems: Vec<usize>,
    /// Groups whose values this one needs; all of them stand before it.
    pub after: Vec<usize>,
}

/// A table that the identifiers at hand do not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSearched {
    pub system: String,
    pub table: String,
    /// Any of these kinds would lead to it.
    pub needs: Vec<String>,
}

/// Plans the whole search: every table that the identifiers reach, all columns but the withheld.
#[must_use]
pub fn plan(map: &DataMap, identifiers: &Identifiers) -> SearchPlan {
    let country = map.controller.as_ref().and_then(|controller| controller.country.clone());
    let identified = |table: &Table| identified(table, identifiers, country.as_deref());
    let reached = searchable(map, reached(map, |table| !identified(table).is_empty()));
    let places = places(map, &reached);
    let mut plan = SearchPlan {
        systems: Vec::new(),
        links: Vec::new(),
        groups: Vec::new(),
        not_searched: not_searched(map, &reached),
        country: country.clone(),
    };
    let routes = Routes::new(map, &reached);
    let named = named(map, identifiers);
    for (index, system) in map.systems.iter().enumerate() {
        let mut tables = Vec::new();
        for (table_index, table) in system.tables.iter().enumerate() {
            let position = (index, table_index);
            let Some(to) = places.get(&position) else {
                continue;
            };
            let mut conditions = identified(table);
            let ways = table.reached_from.iter().filter_map(|way| {
                let source = routes.source(&system.name, way)?;
                Some((way, source, places.get(&source)?))
            });
            for (way, source, from) in ways {
                let on = way.on.iter().map(|(own, other)| (own.clone(), other.clone())).collect();
                if routes.within(source, position, way) {
                    conditions.push(Condition::Within { table: from.1, on, how: way.how() });
                } else {
                    conditions.push(Condition::Carried(plan.links.len()));
                    plan.links.push(Link { from: *from, to: *to, on, how: way.how() });
                }
            }
            let columns = columns(table);
            let bearings = bearings(map, system, table, &named);
            tables.push(TablePlan { table: table.table.clone(), columns, conditions, bearings });
        }
        let (system, connector) = (system.name.clone(), system.connector);
        plan.systems.push(SystemPlan { system, connector, tables });
    }
    plan.groups = groups(plan.systems.len(), &plan.links);
    plan
}

fn columns(table: &Table) -> Columns {
    let named = |is_wanted: fn(&ColumnRule) -> bool| {
        let rules = table.columns.iter().filter(|(_, rule)| is_wanted(rule));
        rules.map(|(column, _)| column.clone()).collect()
    };
    Columns::Except {
        withheld: named(|rule| rule.withhold.is_some()),
        guarded: named(|rule| rule.withhold.is_some() || rule.third_party),
    }
}

/// The kinds at hand that no table of the map is found by, alone or in a pair.
#[must_use]
pub fn unknown_kinds(map: &DataMap, identifiers: &Identifiers) -> Vec<String> {
    let tables = map.systems.iter().flat_map(|system| &system.tables);
    let known: BTreeSet<&str> =
        tables.flat_map(|table| table.find_by.keys()).flat_map(|kind| kind.split('+')).collect();
    identifiers.kinds().filter(|kind| !known.contains(kind)).map(str::to_owned).collect()
}

/// Manual systems are searched by people.
fn searchable(map: &DataMap, mut positions: BTreeSet<Position>) -> BTreeSet<Position> {
    positions.retain(|(system, _)| {
        map.systems.get(*system).is_some_and(|system| system.connector != ConnectorKind::Manual)
    });
    positions
}

/// Place in the map → place in the plan, which leaves out what is not searched.
fn places(map: &DataMap, reached: &BTreeSet<Position>) -> BTreeMap<Position, Position> {
    let mut places = BTreeMap::new();
    for (index, _) in map.systems.iter().enumerate() {
        let of_system = reached.range((index, 0)..=(index, usize::MAX));
        for (planned, position) in of_system.enumerate() {
            places.insert(*position, (index, planned));
        }
    }
    places
}

pub(super) fn not_searched(map: &DataMap, searched: &BTreeSet<Position>) -> Vec<NotSearched> {
    let mut not_searched = Vec::new();
    for (index, system) in map.systems.iter().enumerate() {
        if system.connector == ConnectorKind::Manual {
            continue;
        }
        for (table_index, table) in system.tables.iter().enumerate() {
            if !searched.contains(&(index, table_index)) {
                not_searched.push(NotSearched {
                    system: system.name.clone(),
                    table: table.table.clone(),
                    needs: kinds_leading_to(map, (index, table_index)).into_iter().collect(),
                });
            }
        }
    }
    not_searched
}

/// The conditions that the identifiers at hand give for a table.
pub(super) fn identified(
    table: &Table,
    identifiers: &Identifiers,
    country: Option<&str>,
) -> Vec<Condition> {
    let mut conditions = Vec::new();
    for (kind, FindBy(columns)) in &table.find_by {
        let parts: Vec<&str> = kind.split('+').collect();
        let wanted = |kind: &str, index: usize| {
            let matched = columns.get(index)?;
            let mut values: Vec<String> = identifiers
                .of(kind)
                .iter()
                .flat_map(|value| matched.how.forms(value, country))
                .collect();
            values.sort_unstable();
            values.dedup();
            let (column, how) = (matched.column.clone(), matched.how);
            (!values.is_empty()).then_some(Wanted { column, how, values })
        };
        if parts.len() > 1 {
            let all: Option<Vec<Wanted>> =
                parts.iter().enumerate().map(|(index, part)| wanted(part, index)).collect();
            conditions.extend(all.map(Condition::Identified));
        } else {
            let any = (0..columns.len()).filter_map(|index| wanted(kind, index));
            conditions.extend(any.map(|wanted| Condition::Identified(vec![wanted])));
        }
    }
    conditions
}

/// The ways between the tables that are reached, and the circles they make.
struct Routes<'a> {
    positions: BTreeMap<(&'a str, &'a str), Position>,
    circles: BTreeMap<Position, usize>,
}

impl<'a> Routes<'a> {
    fn new(map: &'a DataMap, reached: &BTreeSet<Position>) -> Self {
        let numbered: Vec<Position> = reached.iter().copied().collect();
        let number: BTreeMap<Position, usize> =
            numbered.iter().enumerate().map(|(number, position)| (*position, number)).collect();
        let mut edges = vec![Vec::new(); numbered.len()];
        for (to, from) in crate::domain::inventory::reach::ways(map) {
            for from in from {
                if let (Some(to), Some(from)) = (number.get(&to), number.get(&from))
                    && let Some(onward) = edges.get_mut(*from)
                {
                    onward.push(*to);
                }
            }
        }
        let circles = numbered.into_iter().zip(circles(&edges)).collect();
        Self { positions: positions(map), circles }
    }

    fn source(&self, system: &str, way: &Way) -> Option<Position> {
        let system = way.system.as_deref().unwrap_or(system);
        self.positions.get(&(system, way.table.as_str())).copied()
    }

    /// Whether the source can evaluate the way itself: the same system, no circle, and no phone
    /// numbers, whose national forms only we know.
    fn within(&self, from: Position, to: Position, way: &Way) -> bool {
        from.0 == to.0
            && self.circles.get(&from) != self.circles.get(&to)
            && way.how() != Match::Digits
    }
}

/// Systems through which values travel in a circle form one group.
pub(super) fn groups(systems: usize, links: &[Link]) -> Vec<Group> {
    let mut edges = vec![Vec::new(); systems];
    for link in links.iter().filter(|link| link.from.0 != link.to.0) {
        if let Some(onward) = edges.get_mut(link.from.0) {
            onward.push(link.to.0);
        }
    }
    let circle = circles(&edges);
    let count = circle.iter().max().map_or(0, |last| last + 1);
    let mut groups = vec![Group { systems: Vec::new(), after: Vec::new() }; count];
    for (system, number) in circle.iter().enumerate() {
        if let Some(group) = groups.get_mut(*number) {
            group.systems.push(system);
        }
    }
    for link in links {
        let (from, to) = (circle.get(link.from.0), circle.get(link.to.0));
        if let (Some(from), Some(to)) = (from, to)
            && from != to
            && let Some(group) = groups.get_mut(*to)
            && !group.after.contains(from)
        {
            group.after.push(*from);
        }
    }
    groups
}

#[cfg(test)]
mod tests;

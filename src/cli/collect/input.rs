//! What `guichet collect` is given, read and checked before anything is reached for.

use std::collections::{BTreeMap, BTreeSet};

use super::CollectArguments;
use crate::cli::map::{problem_lines, read_connect, read_map_file};
use crate::connectors::settings::Connection;
use crate::domain::inventory::map::DataMap;
use crate::domain::inventory::parse::parse;
use crate::domain::search_plan::identifiers::{IdentifierError, Identifiers};
use crate::domain::search_plan::plan::{SearchPlan, plan};
use crate::domain::subject::kind::IdentifierKind;
use crate::language::{Language, text, text_with};

/// A search that can begin.
#[derive(Debug)]
pub struct Input {
    pub map: DataMap,
    pub connections: BTreeMap<String, Connection>,
    pub plan: SearchPlan,
    /// Kinds that were given and that the map finds nobody by.
    pub unused_kinds: Vec<String>,
}

/// Reads it all.
///
/// # Errors
/// Sentences that say what to write instead; none repeats a connection or an identifier.
pub fn read(arguments: &CollectArguments) -> Result<Input, String> {
    let language = arguments.language;
    let text = read_map_file(language, &arguments.map)?;
    let file = arguments.map.display().to_string();
    let map =
        parse(&text).map_err(|problems| problem_lines(language, &file, &problems).join("\n"))?.map;
    let connections = connections(language, &map, &arguments.connect)?;
    let (identifiers, kinds) = identifiers(language, &arguments.identity)?;
    let known = known_kinds(&map);
    let unused: Vec<String> =
        kinds.into_iter().filter(|kind| !known.contains(kind.as_str())).collect();
    let plan = plan(&map, &identifiers);
    let reaches = plan.systems.iter().any(|system| !system.tables.is_empty());
    let by_machine = plan.systems.iter().any(|system| !system.waits_for_person());
    if by_machine && !reaches {
        let known: Vec<&str> = known.into_iter().collect();
        let arguments = [("kinds", known.join(", "))];
        let arguments = arguments.each_ref().map(|(name, it)| (*name, it.as_str()));
        return Err(text_with(language, "collect-nothing-reached", &arguments));
    }
    Ok(Input { map, connections, plan, unused_kinds: unused })
}

fn connections(
    language: Language,
    map: &DataMap,
    given: &[String],
) -> Result<BTreeMap<String, Connection>, String> {
    let mut connections = BTreeMap::new();
    for argument in given {
        let (name, connection) = read_connect(language, argument)?;
        let named = [("system", name.as_str())];
        let Some(system) = map.system(&name) else {
            return Err(text_with(language, "map-system-not-in-map", &named));
        };
        if system.connector != connection.kind() {
            let arguments = [
                ("system", name.as_str()),
                ("given", connection.kind().name()),
                ("wanted", system.connector.name()),
            ];
            return Err(text_with(language, "map-connector-differs", &arguments));
        }
        if connections.contains_key(&name) {
            return Err(text_with(language, "collect-connected-twice", &named));
        }
        connections.insert(name, connection);
    }
    Ok(connections)
}

/// The identifiers, and the kinds as they were given. The parts of a pair stand for themselves.
fn identifiers(
    language: Language,
    given: &[String],
) -> Result<(Identifiers, BTreeSet<String>), String> {
    let (mut identifiers, mut kinds) = (Identifiers::default(), BTreeSet::new());
    for argument in given {
        let Some((kind, value)) = argument.split_once('=') else {
            return Err(text(language, "collect-bad-identity"));
        };
        let kind =
            IdentifierKind::parse(kind).map_err(|_| text(language, "collect-bad-identity"))?;
        let parts: Vec<&str> = kind.parts().collect();
        let values: Vec<&str> = match parts.len() {
            1 => vec![value],
            _ => value.split('|').collect(),
        };
        let named = [("kind", kind.name())];
        if values.len() != parts.len() {
            return Err(text_with(language, "collect-pair-values", &named));
        }
        for (part, value) in parts.into_iter().zip(values) {
            identifiers.add(part, value).map_err(|error| {
                let key = match error {
                    IdentifierError::BadKind => "collect-bad-identity",
                    IdentifierError::Empty => "collect-identity-empty",
                    IdentifierError::TooLong => "collect-identity-too-long",
                    IdentifierError::TooMany => "collect-identity-too-many",
                };
                text_with(language, key, &named)
            })?;
        }
        kinds.insert(kind.name().to_owned());
    }
    Ok((identifiers, kinds))
}

/// Every kind that a table of the map is found by, and the parts of pairs.
fn known_kinds(map: &DataMap) -> BTreeSet<&str> {
    let tables = map.systems.iter().flat_map(|system| &system.tables);
    let kinds = tables.flat_map(|table| table.find_by.keys());
    kinds.flat_map(|kind| kind.split('+').chain([kind.as_str()])).collect()
}

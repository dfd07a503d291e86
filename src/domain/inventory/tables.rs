//! Reads a table of a data map.

use std::collections::BTreeMap;

use super::columns::{column_rules, contact, tag};
use super::fields::{Reader, Spot, is_name};
use super::map::{
    Basis, ColumnSet, ErasureAction, FindBy, OnErasure, Provided, Retention, Sensitivity, Table,
    Way,
};
use super::matching::{Match, Matched};
use super::problem::Rule;
use crate::domain::subject::kind::MOST_PARTS;

const TABLE_KEYS: [&str; 18] = [
    "table",
    "title",
    "key",
    "find_by",
    "reached_from",
    "contact",
    "sensitivity",
    "purpose",
    "basis",
    "source",
    "recipients",
    "transfers",
    "retention",
    "on_erasure",
    "category",
    "tag",
    "provided",
    "columns",
];

/// Names of the variants, for error messages.
pub(super) const MATCHES: [&str; 3] = ["exact", "ci", "digits"];
pub(super) const PROVIDED: [&str; 3] = ["given", "observed", "inferred"];

pub(super) fn table(reader: &mut Reader, at: &Spot<'_>) -> Table {
    let mut table = empty();
    let Some(fields) = reader.fields(at, &TABLE_KEYS) else {
        return table;
    };
    let name = reader.required(&fields, "table").and_then(|spot| reader.text(&spot));
    table.table = name.unwrap_or_default();
    table.title = fields.get("title").and_then(|spot| reader.label(&spot));
    table.key = fields.get("key").map(|spot| column_list(reader, &spot)).unwrap_or_default();
    if let Some(spot) = fields.get("find_by") {
        for (kind, spot) in reader.entries(&spot) {
            if let Some(found) = find_by(reader, &spot, &kind) {
                table.find_by.insert(kind, found);
            }
        }
    }
    if let Some(spot) = fields.get("reached_from") {
        let ways = reader.one_or_list(&spot);
        table.reached_from = ways.iter().filter_map(|spot| way(reader, spot)).collect();
    }
    table.contact = fields.get("contact").and_then(|spot| contact(reader, &spot));
    if let Some(spot) = fields.get("sensitivity") {
        let names: Vec<&str> = Sensitivity::ALL.iter().map(|one| one.name()).collect();
        let sensitivity = reader.choice(&spot, Sensitivity::parse, &names);
        table.sensitivity = sensitivity.unwrap_or(Sensitivity::Special);
    }
    table.purpose = fields.get("purpose").and_then(|spot| reader.label(&spot));
    if let Some(spot) = fields.get("basis") {
        let names: Vec<&str> = Basis::ALL.iter().map(|one| one.name()).collect();
        for spot in reader.one_or_list(&spot) {
            table.basis.extend(reader.choice(&spot, Basis::parse, &names));
        }
    }
    table.source = fields.get("source").and_then(|spot| reader.label(&spot));
    for (key, labels) in
        [("recipients", &mut table.recipients), ("transfers", &mut table.transfers)]
    {
        if let Some(spot) = fields.get(key) {
            let spots = reader.list(&spot);
            *labels = spots.iter().filter_map(|spot| reader.label(spot)).collect();
        }
    }
    table.retention = fields.get("retention").and_then(|spot| retention(reader, &spot));
    table.on_erasure = fields.get("on_erasure").and_then(|spot| on_erasure(reader, &spot));
    table.category = fields.get("category").and_then(|spot| reader.label(&spot));
    table.tag = fields.get("tag").and_then(|spot| tag(reader, &spot));
    table.provided =
        fields.get("provided").and_then(|spot| reader.choice(&spot, Provided::parse, &PROVIDED));
    if let Some(spot) = fields.get("columns") {
        table.columns = column_rules(reader, &spot);
    }
    table
}

/// A table of which nothing is known yet.
pub(super) fn empty() -> Table {
    Table {
        table: String::new(),
        title: None,
        key: Vec::new(),
        find_by: BTreeMap::new(),
        reached_from: Vec::new(),
        contact: None,
        sensitivity: Sensitivity::Normal,
        purpose: None,
        basis: Vec::new(),
        source: None,
        recipients: Vec::new(),
        transfers: Vec::new(),
        retention: None,
        on_erasure: None,
        category: None,
        tag: None,
        provided: None,
        columns: BTreeMap::new(),
    }
}

/// One column or several, each once.
pub(super) fn column_list(reader: &mut Reader, at: &Spot<'_>) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for spot in reader.one_or_list(at) {
        let Some(column) = reader.text(&spot) else {
            continue;
        };
        if columns.contains(&column) {
            reader.problem(&spot, Rule::DuplicateColumn, vec![("column", column)]);
        } else {
            columns.push(column);
        }
    }
    columns
}

/// `email`, `{ column: phone, match: digits }`, or a list of them.
fn find_by(reader: &mut Reader, at: &Spot<'_>, kind: &str) -> Option<FindBy> {
    let parts: Vec<&str> = kind.split('+').collect();
    if parts.len() > MOST_PARTS || !parts.iter().all(|part| is_name(part)) {
        reader.problem(at, Rule::BadKind, vec![("value", kind.to_owned())]);
        return None;
    }
    let spots = reader.one_or_list(at);
    if parts.len() > 1 && spots.len() != parts.len() {
        let arguments = vec![
            ("kind", kind.to_owned()),
            ("wanted", parts.len().to_string()),
            ("given", spots.len().to_string()),
        ];
        reader.problem(at, Rule::PairColumns, arguments);
        return None;
    }
    if spots.is_empty() {
        reader.problem(at, Rule::Empty, Vec::new());
    }
    let mut columns = Vec::new();
    for (index, spot) in spots.iter().enumerate() {
        let part = if parts.len() > 1 { parts.get(index).copied() } else { None };
        let default = Match::default_of(part.unwrap_or(kind));
        columns.extend(matched(reader, spot, default));
    }
    (!columns.is_empty()).then_some(FindBy(columns))
}

fn matched(reader: &mut Reader, at: &Spot<'_>, default: Match) -> Option<Matched> {
    if !matches!(at.node.content, super::document::Content::Mapping(_)) {
        return reader.text(at).map(|column| Matched { column, how: default });
    }
    let fields = reader.fields(at, &["column", "match"])?;
    let column = reader.required(&fields, "column").and_then(|spot| reader.text(&spot));
    let how = fields.get("match").map(|spot| reader.choice(&spot, Match::parse, &MATCHES));
    Some(Matched { column: column?, how: how.unwrap_or(Some(default))? })
}

fn way(reader: &mut Reader, at: &Spot<'_>) -> Option<Way> {
    let fields = reader.fields(at, &["system", "table", "on", "match"])?;
    let system = fields.get("system").and_then(|spot| reader.name(&spot));
    let table = reader.required(&fields, "table").and_then(|spot| reader.text(&spot));
    let mut on = BTreeMap::new();
    if let Some(spot) = reader.required(&fields, "on") {
        let entries = reader.entries(&spot);
        if entries.is_empty() {
            reader.problem(&spot, Rule::Empty, Vec::new());
        }
        for (own, spot) in entries {
            on.extend(reader.text(&spot).map(|other| (own, other)));
        }
    }
    let how = fields.get("match").and_then(|spot| reader.choice(&spot, Match::parse, &MATCHES));
    Some(Way { system, table: table?, on, how })
}

fn retention(reader: &mut Reader, at: &Spot<'_>) -> Option<Retention> {
    if matches!(at.node.content, super::document::Content::Text(_)) {
        let keep = duration(reader, at)?;
        return Some(Retention { keep: Some(keep), from: None, law: None, criteria: None });
    }
    let fields = reader.fields(at, &["keep", "from", "law", "criteria"])?;
    let retention = Retention {
        keep: fields.get("keep").and_then(|spot| duration(reader, &spot)),
        from: fields.get("from").and_then(|spot| reader.text(&spot)),
        law: fields.get("law").and_then(|spot| reader.label(&spot)),
        criteria: fields.get("criteria").and_then(|spot| reader.label(&spot)),
    };
    if fields.get("keep").is_none() && fields.get("criteria").is_none() {
        reader.problem(at, Rule::RetentionEmpty, Vec::new());
    }
    Some(retention)
}

/// ISO 8601 in whole years, months, weeks or days: `P3Y`, `P1Y6M`, `P2W`, `P90D`.
fn duration(reader: &mut Reader, at: &Spot<'_>) -> Option<String> {
    let text = reader.text(at)?;
    let mut rest = text.strip_prefix('P').unwrap_or_default();
    let mut valid = !rest.is_empty();
    for unit in ['Y', 'M', 'W', 'D'] {
        if let Some((number, after)) = rest.split_once(unit) {
            valid &=
                (1..=4).contains(&number.len()) && number.chars().all(|one| one.is_ascii_digit());
            rest = after;
        }
    }
    if valid && rest.is_empty() {
        return Some(text);
    }
    reader.problem(at, Rule::BadDuration, vec![("value", text)]);
    None
}

fn on_erasure(reader: &mut Reader, at: &Spot<'_>) -> Option<OnErasure> {
    if matches!(at.node.content, super::document::Content::Text(_)) {
        let names: Vec<&str> = ErasureAction::ALL.iter().map(|one| one.name()).collect();
        return reader.choice(at, ErasureAction::parse, &names).map(OnErasure::Whole);
    }
    let mut sets = BTreeMap::new();
    let mut seen: Vec<String> = Vec::new();
    let mut rests = 0;
    for (name, spot) in reader.entries(at) {
        // A column alone cannot be deleted, only emptied: that is `mask`.
        let action = ErasureAction::parse(&name).filter(|one| *one != ErasureAction::Delete);
        let Some(action) = action else {
            reader.problem(&spot, Rule::ColumnAction, vec![("value", name)]);
            continue;
        };
        if matches!(&spot.node.content, super::document::Content::Text(text) if text == "rest") {
            rests += 1;
            sets.insert(action, ColumnSet::Rest);
            continue;
        }
        let columns = column_list(reader, &spot);
        for column in &columns {
            if seen.contains(column) {
                reader.problem(&spot, Rule::DuplicateColumn, vec![("column", column.clone())]);
            }
        }
        seen.extend(columns.iter().cloned());
        sets.insert(action, ColumnSet::Named(columns));
    }
    if rests != 1 {
        reader.problem(at, Rule::RestOnce, Vec::new());
    }
    Some(OnErasure::Columns(sets))
}

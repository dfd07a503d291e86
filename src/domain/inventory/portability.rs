//! Which columns of a table go into a portability answer, each with the reason.
//!
//! GDPR Art. 20(1): data that the person provided, processed by automated means on consent or
//! contract. WP242 rev.01: "provided" covers what is observed, not what is inferred.

use super::live::{named_columns, referenced_columns};
use super::map::{Basis, ConnectorKind, DataMap, Provided, System, Table};
use crate::domain::exemption::Exemption;
use crate::domain::row::Column;

/// Whether a column goes along, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Given,
    Observed,
    /// A key or reference: goes along with the rows it ties.
    Key,
    Inferred,
    /// None of the table's bases is consent or contract.
    OtherBasis,
    /// The map states no basis for the table.
    BasisUnstated,
    /// Somebody else supplied it, as the table's `source` says.
    NotProvided,
    /// The map does not say how the controller came by it.
    ProvidedUnstated,
    Withheld(Exemption),
}

impl Selection {
    /// Whether the column goes along.
    #[must_use]
    pub const fn included(self) -> bool {
        matches!(self, Self::Given | Self::Observed | Self::Key)
    }

    /// The stable code of the reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Observed => "observed",
            Self::Key => "key",
            Self::Inferred => "inferred",
            Self::OtherBasis => "other_basis",
            Self::BasisUnstated => "basis_unstated",
            Self::NotProvided => "not_provided",
            Self::ProvidedUnstated => "provided_unstated",
            Self::Withheld(_) => "withheld",
        }
    }
}

/// One column of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSelection {
    pub column: String,
    pub selection: Selection,
    /// Whether the map describes it. What it does not describe takes what its table says.
    pub described: bool,
}

/// How a column's values came to be: the column's word, else the table's, else `source: subject`.
#[must_use]
pub fn provided(table: &Table, column: &str) -> Option<Provided> {
    let own = table.columns.get(column).and_then(|rule| rule.provided);
    let from_subject =
        table.source.as_ref().is_some_and(|source| source.in_language("en") == "subject");
    own.or(table.provided).or(from_subject.then_some(Provided::Given))
}

/// The ground for which a column is withheld from every answer.
#[must_use]
pub fn withheld(table: &Table, column: &str) -> Option<Exemption> {
    table.columns.get(column).and_then(|rule| rule.withhold)
}

/// Selects among the columns that the search found, in their order; what the map withholds was
/// not read, and stands at the end.
#[must_use]
pub fn portability(
    map: &DataMap,
    system: &str,
    table: &Table,
    live: &[Column],
) -> Vec<ColumnSelection> {
    let named = named_columns(map, system, table);
    let ties = |column: &str| ties_rows(map, system, table, column);
    let own = |column: &str| own_selection(table, column);
    let rows_go = live.iter().any(|column| own(&column.name).included());
    let mut selections: Vec<ColumnSelection> = live
        .iter()
        .map(|column| {
            let name = &column.name;
            let selection = match own(name) {
                Selection::Withheld(code) => Selection::Withheld(code),
                other if !other.included() && rows_go && ties(name) => Selection::Key,
                other => other,
            };
            let described = named.iter().any(|(_, column)| column == name);
            ColumnSelection { column: name.clone(), selection, described }
        })
        .collect();
    for (column, rule) in &table.columns {
        if let Some(code) = rule.withhold
            && !live.iter().any(|one| one.name == *column)
        {
            let (column, selection) = (column.clone(), Selection::Withheld(code));
            selections.push(ColumnSelection { column, selection, described: true });
        }
    }
    selections
}

/// Whether a column of a table can go into a portability answer. Which columns the source has is not
/// asked: what ties rows counts as going along wherever the basis lets rows go.
#[must_use]
pub fn may_go(map: &DataMap, system: &System, table: &Table, column: &str) -> bool {
    if system.connector == ConnectorKind::Manual {
        return false;
    }
    match own_selection(table, column) {
        own if own.included() => true,
        Selection::OtherBasis | Selection::BasisUnstated | Selection::Withheld(_) => false,
        _ => ties_rows(map, &system.name, table, column),
    }
}

/// Whether a column is a key, or refers to one.
fn ties_rows(map: &DataMap, system: &str, table: &Table, column: &str) -> bool {
    table.key.iter().any(|key| key == column)
        || table.reached_from.iter().any(|way| way.on.contains_key(column))
        || referenced_columns(map, system, table).contains(column)
}

fn own_selection(table: &Table, column: &str) -> Selection {
    if let Some(code) = withheld(table, column) {
        return Selection::Withheld(code);
    }
    let portable = |basis: &Basis| matches!(basis, Basis::Consent | Basis::Contract);
    if table.basis.is_empty() {
        return Selection::BasisUnstated;
    }
    if !table.basis.iter().any(portable) {
        return Selection::OtherBasis;
    }
    match provided(table, column) {
        Some(Provided::Given) => Selection::Given,
        Some(Provided::Observed) => Selection::Observed,
        Some(Provided::Inferred) => Selection::Inferred,
        None if table.source.is_some() => Selection::NotProvided,
        None => Selection::ProvidedUnstated,
    }
}

#[cfg(test)]
mod tests {
    use super::portability;
    use crate::domain::inventory::parse::parse;
    use crate::domain::row::{Column, ValueKind};

    fn selected(table: &str, live: &[&str]) -> Vec<String> {
        let map = parse(include_str!("example.yaml")).unwrap().map;
        let table = map.system("shop").unwrap().table(table).unwrap();
        let column = |name: &&str| Column { name: (*name).to_owned(), kind: ValueKind::Text };
        let live: Vec<Column> = live.iter().map(column).collect();
        let word = |described| if described { "" } else { " undescribed" };
        portability(&map, "shop", table, &live)
            .iter()
            .map(|one| format!("{} {}{}", one.column, one.selection.code(), word(one.described)))
            .collect()
    }

    #[test]
    fn what_was_given_or_observed_on_consent_or_contract_goes() {
        assert_eq!(
            selected("customers", &["id", "name", "last_seen_at", "churn_score", "nickname"]),
            [
                "id given",
                "name given",
                "last_seen_at observed",
                "churn_score inferred",
                "nickname given undescribed",
                "password_hash withheld",
            ]
        );
    }

    #[test]
    fn keys_go_only_with_the_rows_they_tie() {
        assert_eq!(
            selected("orders", &["id", "customer_id", "total", "note"]),
            [
                "id provided_unstated",
                "customer_id provided_unstated",
                "total provided_unstated",
                "note provided_unstated undescribed"
            ]
        );
        assert_eq!(
            selected("logins", &["customer_id", "at"]),
            ["customer_id other_basis", "at other_basis undescribed"]
        );
        let text = "systems:\n- name: s\n  connector: sqlite\n  tables:\n  - {table: t, key: [id], find_by: {email: e}, basis: consent, columns: {e: {provided: given}, x: {provided: inferred}}}";
        let map = parse(text).unwrap().map;
        let live =
            ["id", "e", "x"].map(|name| Column { name: name.to_owned(), kind: ValueKind::Text });
        let codes: Vec<&str> = portability(&map, "s", &map.systems[0].tables[0], &live)
            .iter()
            .map(|one| one.selection.code())
            .collect();
        assert_eq!(codes, ["key", "given", "inferred"]);
    }

    #[test]
    fn without_a_basis_nothing_goes_and_what_is_withheld_stays() {
        let text = "systems:\n- name: s\n  connector: sqlite\n  tables:\n  - {table: t, find_by: {email: e}, columns: {p: {withhold: security}}}";
        let map = parse(text).unwrap().map;
        let live = ["e", "p"].map(|name| Column { name: name.to_owned(), kind: ValueKind::Text });
        let codes: Vec<&str> = portability(&map, "s", &map.systems[0].tables[0], &live)
            .iter()
            .map(|one| one.selection.code())
            .collect();
        assert_eq!(codes, ["basis_unstated", "withheld"]);
    }

    #[test]
    fn what_the_map_leaves_unsaid_is_not_called_anything_else() {
        for (said, code) in [
            ("", "basis_unstated"),
            (", basis: public_task", "other_basis"),
            (", basis: contract", "provided_unstated"),
            (", basis: contract, source: Registry Ltd", "not_provided"),
            (", basis: contract, source: subject", "given"),
        ] {
            let text = format!(
                "systems:\n- name: s\n  connector: sqlite\n  tables:\n  - {{table: t, find_by: {{email: e}}{said}}}"
            );
            let map = parse(&text).unwrap().map;
            let live = [Column { name: "e".to_owned(), kind: ValueKind::Text }];
            let selected = portability(&map, "s", &map.systems[0].tables[0], &live);
            assert_eq!(selected[0].selection.code(), code, "{said}");
        }
    }
}

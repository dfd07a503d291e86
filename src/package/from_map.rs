//! The systems of a package, as the data map describes them and the search found them.

use chrono::{DateTime, Utc};

use super::contents::{
    ColumnPlan, Decision, ExportReason, Facts, LeaveOutReason, Origin, Outcome, Provided,
    Reference, Retention, System, Table, UploadedFile,
};
use super::withheld::Withholdings;
use crate::domain::exemption::Exemption;
use crate::domain::inventory::label::Label;
use crate::domain::inventory::map::{self, ConnectorKind, DataMap};
use crate::domain::inventory::portability::{Selection, portability, provided, withheld};
use crate::domain::right::Right;
use crate::domain::row::Column;
use crate::domain::withholding::Extent;
use crate::language::{Language, text_with};

/// How the search of a system ended and what it found.
#[derive(Clone, Debug)]
pub struct Found {
    pub system: String,
    pub outcome: Outcome,
    pub note: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub tables: Vec<FoundTable>,
    pub files: Vec<UploadedFile>,
}

/// A table that was read.
#[derive(Clone, Debug)]
pub struct FoundTable {
    pub name: String,
    /// The columns of its row file.
    pub columns: Vec<Column>,
    /// Its rows, but those that are withheld.
    pub rows: u64,
    /// The columns that a person withholds.
    pub withheld_columns: Vec<(String, Exemption)>,
    /// What a person withholds of its rows.
    pub withheld: Withholdings,
}

/// Describes every system of the map. One that nothing was found of stands as not searched.
#[must_use]
pub fn systems(
    map: &DataMap,
    right: Right,
    language: Language,
    mut found: Vec<Found>,
) -> Vec<System> {
    let mut all = Vec::with_capacity(map.systems.len());
    for system in &map.systems {
        let place = found.iter().position(|found| found.system == system.name);
        let found = place.map(|place| found.swap_remove(place));
        let found = found.map(|found| for_right(found, system, right, language));
        let outcome = found.as_ref().map_or(Outcome::NotSearched, |found| found.outcome);
        let tables = system.tables.iter().map(|table| {
            let read = found
                .as_ref()
                .and_then(|found| found.tables.iter().find(|read| read.name == table.table));
            describe(map, system, table, read, right, language)
        });
        all.push(System {
            name: system.name.clone(),
            title: label(system.title.as_ref(), language).unwrap_or_else(|| system.name.clone()),
            connector: system.connector.name().to_owned(),
            outcome,
            note: found.as_ref().and_then(|found| found.note.clone()),
            started_at: found.as_ref().and_then(|found| found.started_at),
            finished_at: found.as_ref().and_then(|found| found.finished_at),
            tables: tables.collect(),
            files: found.map(|found| found.files).unwrap_or_default(),
        });
    }
    all
}

/// Article 20 reaches automated means only: files that a person handed in are no part of it, and a
/// note says that there are some.
fn for_right(mut found: Found, system: &map::System, right: Right, language: Language) -> Found {
    let manual = system.connector == ConnectorKind::Manual;
    if right == Right::Portability && manual && !found.files.is_empty() {
        let count = found.files.len().to_string();
        let told = text_with(language, "package-files-left-out", &[("count", &count)]);
        found.note = Some(found.note.map_or_else(|| told.clone(), |note| format!("{note} {told}")));
        found.files.clear();
    }
    found
}

fn label(label: Option<&Label>, language: Language) -> Option<String> {
    label.map(|label| label.in_language(language.code()).to_owned())
}

fn describe(
    map: &DataMap,
    system: &map::System,
    table: &map::Table,
    read: Option<&FoundTable>,
    right: Right,
    language: Language,
) -> Table {
    let columns = columns(map, system, table, read, right, language);
    let (rows, withheld) = read.map(|read| of_answer(read, &columns)).unwrap_or_default();
    Table {
        name: table.table.clone(),
        title: label(table.title.as_ref(), language).unwrap_or_else(|| table.table.clone()),
        rows,
        columns,
        withheld,
        key: table.key.clone(),
        references: references(system, table),
        facts: facts(table, language),
    }
}

/// The rows of a table for this answer, and what is withheld of them: what the answer leaves out is
/// not withheld from it.
fn of_answer(read: &FoundTable, columns: &[ColumnPlan]) -> (u64, Withholdings) {
    let is_left_out = |plan: &ColumnPlan| matches!(plan.decision, Decision::LeaveOut(_));
    let mut withheld = read.withheld.clone();
    if !columns.is_empty() && columns.iter().all(is_left_out) {
        let rows = withheld.tallies.iter().filter(|tally| tally.extent == Extent::Row);
        let all = rows.fold(read.rows, |sum, tally| sum.saturating_add(tally.count));
        return (all, Withholdings::default());
    }
    withheld.tallies.retain(|tally| {
        let of = |plan: &ColumnPlan| tally.column.as_ref() == Some(&plan.name);
        !columns.iter().any(|plan| of(plan) && is_left_out(plan))
    });
    (read.rows, withheld)
}

fn columns(
    map: &DataMap,
    system: &map::System,
    table: &map::Table,
    read: Option<&FoundTable>,
    right: Right,
    language: Language,
) -> Vec<ColumnPlan> {
    let live = read.map(|read| read.columns.as_slice()).unwrap_or_default();
    let by_hand = |column: &str| {
        let withheld = read.map(|read| read.withheld_columns.as_slice()).unwrap_or_default();
        withheld.iter().find(|(name, _)| name == column).map(|(_, exemption)| *exemption)
    };
    let manual = system.connector == ConnectorKind::Manual;
    let selected = portability(map, &system.name, table, live);
    let plans = selected.into_iter().map(|selected| {
        let rule = table.columns.get(&selected.column);
        let decision = match (withheld(table, &selected.column), right) {
            (Some(exemption), _) => Decision::Withhold(exemption.code().to_owned()),
            // Article 20 reaches automated means only: paper is no part of it.
            (None, Right::Portability) if manual => {
                Decision::LeaveOut(LeaveOutReason::NotAutomated)
            }
            (None, Right::Portability) => selection(selected.selection),
            (None, _) => Decision::Export(ExportReason::Access),
        };
        let decision = match (&decision, by_hand(&selected.column)) {
            (Decision::Export(_), Some(exemption)) => {
                Decision::Withhold(exemption.code().to_owned())
            }
            _ => decision,
        };
        ColumnPlan {
            title: label(rule.and_then(|rule| rule.title.as_ref()), language),
            category: label(rule.and_then(|rule| rule.category.as_ref()), language)
                .or_else(|| label(table.category.as_ref(), language)),
            provided: provided(table, &selected.column).map(|provided| match provided {
                map::Provided::Given => Provided::Given,
                map::Provided::Observed => Provided::Observed,
                map::Provided::Inferred => Provided::Inferred,
            }),
            described: selected.described,
            decision,
            automated_decision: label(
                rule.and_then(|rule| rule.automated_decision.as_ref()),
                language,
            ),
            name: selected.column,
        }
    });
    let mut plans: Vec<ColumnPlan> = plans.collect();
    leave_out_whole(&mut plans);
    plans
}

/// Of a table that portability leaves out as a whole, for its basis or because it is kept by hand,
/// no column is withheld.
fn leave_out_whole(plans: &mut [ColumnPlan]) {
    let of_table = plans.iter().find_map(|plan| match plan.decision {
        Decision::LeaveOut(
            reason @ (LeaveOutReason::Basis
            | LeaveOutReason::BasisUnstated
            | LeaveOutReason::NotAutomated),
        ) => Some(reason),
        _ => None,
    });
    let Some(reason) = of_table else { return };
    for plan in plans.iter_mut().filter(|it| matches!(it.decision, Decision::Withhold(_))) {
        plan.decision = Decision::LeaveOut(reason);
    }
}

fn selection(selection: Selection) -> Decision {
    match selection {
        Selection::Given => Decision::Export(ExportReason::Given),
        Selection::Observed => Decision::Export(ExportReason::Observed),
        Selection::Key => Decision::Export(ExportReason::Key),
        Selection::Inferred => Decision::LeaveOut(LeaveOutReason::Inferred),
        Selection::OtherBasis => Decision::LeaveOut(LeaveOutReason::Basis),
        Selection::BasisUnstated => Decision::LeaveOut(LeaveOutReason::BasisUnstated),
        Selection::ProvidedUnstated => Decision::LeaveOut(LeaveOutReason::ProvidedUnstated),
        Selection::NotProvided => Decision::LeaveOut(LeaveOutReason::NotProvided),
        Selection::Withheld(exemption) => Decision::Withhold(exemption.code().to_owned()),
    }
}

fn references(system: &map::System, table: &map::Table) -> Vec<Reference> {
    let ways = table.reached_from.iter().map(|way| Reference {
        columns: way.on.keys().cloned().collect(),
        target_system: way.system.clone().unwrap_or_else(|| system.name.clone()),
        target_table: way.table.clone(),
        target_columns: way.on.values().cloned().collect(),
    });
    ways.collect()
}

fn facts(table: &map::Table, language: Language) -> Facts {
    let all = |labels: &[Label]| {
        let texts = labels.iter().map(|label| label.in_language(language.code()).to_owned());
        texts.collect::<Vec<String>>()
    };
    Facts {
        purposes: label(table.purpose.as_ref(), language).into_iter().collect(),
        bases: table.basis.iter().map(|basis| basis.name().to_owned()).collect(),
        categories: label(table.category.as_ref(), language).into_iter().collect(),
        // The map does not tell "none" from "not said": an empty list is taken as not said.
        recipients: (!table.recipients.is_empty()).then(|| all(&table.recipients)),
        retention: table.retention.as_ref().map(|retention| Retention {
            keep: retention.keep.clone().unwrap_or_default(),
            from: retention.from.clone().or_else(|| label(retention.criteria.as_ref(), language)),
            law: label(retention.law.as_ref(), language),
        }),
        origin: table.source.as_ref().map(|source| match source.in_language("en") {
            "subject" => Origin::Subject,
            _ => Origin::Other(source.in_language(language.code()).to_owned()),
        }),
        transfers: (!table.transfers.is_empty()).then(|| all(&table.transfers)),
    }
}

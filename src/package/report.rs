//! `sources.json`: each system, how its search ended, and what is in the package or not, and why.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::domain::right::Right;
use crate::domain::withholding::Extent;
use crate::package::column::PackedColumn;
use crate::package::contents::{Contents, Decision, Outcome, System};
use crate::package::table::PackedTable;
use crate::package::words::Words;
use crate::package::write::PackedFile;

/// The whole of `sources.json`.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    pub reference: &'a str,
    pub right: Right,
    pub received_on: NaiveDate,
    pub controller: &'a str,
    pub created_at: DateTime<Utc>,
    /// Whether every system was looked at completely.
    pub complete: bool,
    pub incomplete_reason: Option<&'a str>,
    pub systems: Vec<SystemReport<'a>>,
}

/// One system.
#[derive(Debug, Serialize)]
pub struct SystemReport<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub connector: &'a str,
    pub outcome: Outcome,
    pub complete: bool,
    pub note: Option<&'a str>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub tables: Vec<TableReport<'a>>,
    pub files: Vec<FileReport<'a>>,
}

/// One table.
#[derive(Debug, Serialize)]
pub struct TableReport<'a> {
    pub name: &'a str,
    pub title: &'a str,
    /// The rows in the package.
    pub rows: u64,
    /// Rows that were found and are not in the package, each counted under `withheld`.
    pub rows_withheld: u64,
    pub files: Vec<String>,
    pub withheld: Vec<Withheld<'a>>,
    pub left_out: Vec<LeftOut<'a>>,
    /// Columns that the map does not describe and that are in the package all the same.
    pub not_described: Vec<&'a str>,
}

impl TableReport<'_> {
    /// Whether rows were found, and none of their values is given out for what is withheld.
    #[must_use]
    pub fn is_withheld_whole(&self) -> bool {
        let columns_go = !self.files.is_empty();
        match (self.rows, self.rows_withheld) {
            (0, withheld) => withheld > 0,
            (_, withheld) => !columns_go && (withheld > 0 || !self.withheld.is_empty()),
        }
    }
}

/// What is not in the package on a ground of law: a column, rows, values, or passages of texts.
#[derive(Debug, Serialize)]
pub struct Withheld<'a> {
    pub extent: Extent,
    /// The column of all but whole rows.
    pub column: Option<&'a str>,
    /// How many rows, or values; nothing for a whole column.
    pub count: Option<u64>,
    /// The exemption code.
    pub exemption: &'a str,
    /// The same in words.
    pub ground: String,
}

/// A column that is no part of a portability answer.
#[derive(Debug, Serialize)]
pub struct LeftOut<'a> {
    pub column: &'a str,
    pub reason: &'static str,
    /// The same in words.
    pub explanation: String,
}

/// A file that a person added.
#[derive(Debug, Serialize)]
pub struct FileReport<'a> {
    pub path: &'a str,
    /// The name that it had.
    pub name: &'a str,
    pub title: Option<&'a str>,
}

/// Makes the report.
#[must_use]
pub fn report<'a>(
    contents: &'a Contents,
    tables: &'a [PackedTable<'a>],
    files: &'a [PackedFile<'a>],
) -> Report<'a> {
    let words = contents.words();
    Report {
        reference: &contents.request.reference,
        right: contents.request.right,
        received_on: contents.request.received_on,
        controller: &contents.controller.name,
        created_at: contents.created_at,
        complete: contents.systems.iter().all(|system| system.outcome.is_complete()),
        incomplete_reason: contents.incomplete_reason.as_deref(),
        systems: contents
            .systems
            .iter()
            .map(|system| system_report(system, tables, files, words))
            .collect(),
    }
}

fn system_report<'a>(
    system: &'a System,
    tables: &'a [PackedTable<'a>],
    files: &'a [PackedFile<'a>],
    words: Words,
) -> SystemReport<'a> {
    SystemReport {
        name: &system.name,
        title: &system.title,
        connector: &system.connector,
        outcome: system.outcome,
        complete: system.outcome.is_complete(),
        note: system.note.as_deref(),
        started_at: system.started_at,
        finished_at: system.finished_at,
        tables: tables
            .iter()
            .filter(|packed| std::ptr::eq(packed.system, system))
            .map(|packed| table_report(packed, words))
            .collect(),
        files: files
            .iter()
            .filter(|packed| std::ptr::eq(packed.system, system))
            .map(|packed| FileReport {
                path: &packed.path,
                name: &packed.file.name,
                title: packed.file.title.as_deref(),
            })
            .collect(),
    }
}

fn table_report<'a>(packed: &'a PackedTable<'a>, words: Words) -> TableReport<'a> {
    let mut report = TableReport {
        name: &packed.table.name,
        title: &packed.table.title,
        rows: packed.table.rows,
        rows_withheld: 0,
        files: packed.files(),
        withheld: Vec::new(),
        left_out: Vec::new(),
        not_described: Vec::new(),
    };
    for PackedColumn { plan, .. } in &packed.columns {
        match &plan.decision {
            Decision::Export(_) if plan.described => {}
            Decision::Export(_) => report.not_described.push(&plan.name),
            // Of a table in which nothing was found, nothing is withheld.
            Decision::Withhold(_) if packed.table.rows == 0 => {}
            Decision::Withhold(code) => report.withheld.push(Withheld {
                extent: Extent::Column,
                column: Some(&plan.name),
                count: None,
                exemption: code,
                ground: words.exemption(code),
            }),
            Decision::LeaveOut(reason) => report.left_out.push(LeftOut {
                column: &plan.name,
                reason: reason.name(),
                explanation: words.say(&format!("reason-{}", reason.name())),
            }),
        }
    }
    for tally in &packed.table.withheld.tallies {
        // Of a column that is not there, no value needs a word of its own.
        let shown = tally.column.as_deref().is_none_or(|it| packed.exported_column(it).is_some());
        if tally.extent == Extent::Row {
            report.rows_withheld = report.rows_withheld.saturating_add(tally.count);
        }
        if shown {
            report.withheld.push(Withheld {
                extent: tally.extent,
                column: tally.column.as_deref(),
                count: Some(tally.count),
                exemption: tally.exemption.code(),
                ground: words.exemption(tally.exemption.code()),
            });
        }
    }
    report
}

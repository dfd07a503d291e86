//! `portability.json`: each column, whether it is in the package, and why (GDPR Art. 20, WP242
//! rev.01).

use serde::Serialize;

use crate::domain::right::Right;
use crate::package::contents::{Contents, Decision, Provided};
use crate::package::table::PackedTable;
use crate::package::words::Words;

/// The whole of `portability.json`.
#[derive(Debug, Serialize)]
pub struct Selection<'a> {
    pub reference: &'a str,
    pub right: Right,
    /// Whether columns were selected as Article 20 has it; otherwise the copy is whole.
    pub selected: bool,
    pub columns: Vec<SelectedColumn<'a>>,
}

/// One column of the source.
#[derive(Debug, Serialize)]
pub struct SelectedColumn<'a> {
    pub system: &'a str,
    pub table: &'a str,
    pub column: &'a str,
    pub category: Option<&'a str>,
    pub provided: Option<Provided>,
    /// The legal bases of the table.
    pub bases: &'a [String],
    /// `export`, `withhold` or `leave_out`.
    pub decision: &'static str,
    /// The name of the reason, or the exemption code.
    pub reason: &'a str,
    /// The same in words.
    pub explanation: String,
}

/// Lists every column of every table.
#[must_use]
pub fn selection<'a>(contents: &'a Contents, tables: &'a [PackedTable<'a>]) -> Selection<'a> {
    Selection {
        reference: &contents.request.reference,
        right: contents.request.right,
        selected: contents.request.right == Right::Portability,
        columns: tables
            .iter()
            .flat_map(|packed| selected_columns(packed, contents.words()))
            .collect(),
    }
}

/// The columns of one table.
pub fn selected_columns<'a>(
    packed: &'a PackedTable<'a>,
    words: Words,
) -> impl Iterator<Item = SelectedColumn<'a>> {
    packed.columns.iter().map(move |column| {
        let plan = &column.plan;
        let (decision, reason, explanation) = match &plan.decision {
            Decision::Export(reason) => {
                ("export", reason.name(), words.say(&format!("reason-{}", reason.name())))
            }
            Decision::LeaveOut(reason) => {
                ("leave_out", reason.name(), words.say(&format!("reason-{}", reason.name())))
            }
            Decision::Withhold(code) => ("withhold", code.as_str(), words.exemption(code)),
        };
        SelectedColumn {
            system: &packed.system.name,
            table: &packed.table.name,
            column: &plan.name,
            category: plan.category.as_deref(),
            provided: plan.provided,
            bases: &packed.table.facts.bases,
            decision,
            reason,
            explanation,
        }
    })
}

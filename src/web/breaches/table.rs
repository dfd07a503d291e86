//! The register of breaches as CSV, with the names of the API. An empty cell says that nothing is
//! recorded; what is recorded and the reader may not see says so in its cell, and the last column names
//! where, for programs.

use actix_web::HttpResponse;

use super::{Opened, Register, instant};
use crate::db::column::Instant;
use crate::domain::breach::{AwarenessChange, DecisionReason};
use crate::error::Result;
use crate::language::{Language, text};
use crate::web::spreadsheet;

/// The columns; the last names those of the row in which something is not shown.
const COLUMNS: [&str; 30] = [
    "id",
    "reference",
    "event_version",
    "kind",
    "risk",
    "aware_at",
    "aware_changes",
    "limit_at",
    "overdue",
    "decision",
    "decision_reasons",
    "notified_at",
    "late",
    "late_reason",
    "authority",
    "authority_reference",
    "informed_at",
    "closed_at",
    "nature",
    "categories_of_persons",
    "approximate_persons",
    "categories_of_records",
    "approximate_records",
    "contact",
    "consequences",
    "measures",
    "cause",
    "remedy",
    "reasons",
    "not_shown",
];

/// One cell, and whether something that is recorded there is not shown.
type Cell = (String, bool);

impl Register {
    /// The register as CSV, in the order of `all`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self, all: &[Opened], language: Language) -> Result<HttpResponse> {
        let hidden = text(language, "breaches-not-shown");
        let rows: Vec<Vec<String>> = all.iter().map(|it| row(self.cells(it, &hidden))).collect();
        spreadsheet::answer("breaches", &COLUMNS, &rows)
    }

    fn cells(&self, breach: &Opened, hidden: &str) -> Vec<Cell> {
        let Opened { row, record, reference, notices, late, awareness, decision_reasons } = breach;
        let changes: Vec<String> =
            awareness.iter().map(|change| self.change_line(change, hidden)).collect();
        let decided: Vec<String> =
            decision_reasons.iter().map(|it| self.decided_line(it, hidden)).collect();
        let hides_decided = !self.reads && !decision_reasons.is_empty();
        let hides_reason = !self.reads && awareness.iter().any(|change| !change.reason.is_empty());
        let at = |at: Option<Instant>| at.map_or_else(String::new, instant);
        let plain = |text: String| (text, false);
        let read = |text: &str| self.cell(text.to_owned(), hidden);
        let count = |count: Option<u64>| {
            self.cell(count.map_or_else(String::new, |count| count.to_string()), hidden)
        };
        let first = notices.iter().min_by_key(|(row, _)| row.sent_at);
        let first = first.map(|(_, notice)| notice.clone()).unwrap_or_default();
        vec![
            plain(row.id.to_string()),
            plain(reference.clone().unwrap_or_default()),
            plain(row.event_version.map_or_else(String::new, |version| version.to_string())),
            plain(row.kind.name().to_owned()),
            plain(row.risk.name().to_owned()),
            plain(instant(row.aware_at)),
            (changes.join("\n"), hides_reason),
            plain(at(row.limit_at)),
            plain(self.is_overdue(row).to_string()),
            plain(row.decision.name().to_owned()),
            (decided.join("\n"), hides_decided),
            plain(at(row.notified_at)),
            plain(late.is_some().to_string()),
            read(breach.late_reason()),
            read(&first.authority),
            read(&first.reference),
            plain(at(row.informed_at)),
            plain(at(row.closed_at)),
            read(&record.nature),
            read(&record.categories_of_persons),
            count(record.approximate_persons),
            read(&record.categories_of_records),
            count(record.approximate_records),
            read(&record.contact),
            read(&record.consequences),
            read(&record.measures),
            read(&record.cause),
            read(&record.remedy),
            read(&record.reasons),
        ]
    }

    /// What somebody wrote, for whoever may read it. What is not recorded hides nothing.
    fn cell(&self, recorded: String, hidden: &str) -> Cell {
        if self.reads || recorded.is_empty() {
            return (recorded, false);
        }
        (hidden.to_owned(), true)
    }

    /// From when to when it was changed when somebody became aware, when that was said and by whom,
    /// and why.
    fn change_line(&self, change: &AwarenessChange, hidden: &str) -> String {
        let [before, after, at] =
            [change.before, change.after, change.changed_at].map(|at| instant(Instant::from(at)));
        let by = change.changed_by;
        let (reason, _) = self.cell(change.reason.clone(), hidden);
        format!("{before} -> {after} ({at}, {by}) {reason}").trim_end().to_owned()
    }

    /// What was decided, when and by whom, and why.
    fn decided_line(&self, decided: &DecisionReason, hidden: &str) -> String {
        let (what, at) = (decided.decision.name(), instant(decided.decided_at.into()));
        let (reason, _) = self.cell(decided.reason.clone(), hidden);
        format!("{what} ({at}, {}) {reason}", decided.decided_by).trim_end().to_owned()
    }
}

/// The cells of a row, with the names of those that are not shown behind them.
fn row(cells: Vec<Cell>) -> Vec<String> {
    let named = cells.iter().zip(COLUMNS).filter(|((_, is_hidden), _)| *is_hidden);
    let names: Vec<&str> = named.map(|(_, column)| column).collect();
    let names = names.join(" ");
    cells.into_iter().map(|(said, _)| said).chain([names]).collect()
}

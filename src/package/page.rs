//! The pages: `index.html` and `information.html`, for a person with any browser, and for print.
//!
//! Everything that comes from a source passes through [`visible`] and is escaped by the template.

use crate::domain::regime::law::Law;
use crate::language::citation;
use askama::Template;

use crate::domain::right::Right;
use crate::domain::row::Value;
use crate::language;
use crate::package::contents::{Contents, Outcome};
use crate::package::information::{Complaint, Information};
use crate::package::portability;
use crate::package::report::{FileReport, Report, SystemReport, TableReport};
use crate::package::table::{PackedTable, Shown};
use crate::package::words::{Words, visible};

/// `index.html`.
#[derive(Template)]
#[template(path = "package/templates/index.html")]
pub struct IndexPage<'a> {
    words: Words,
    contents: &'a Contents,
    report: &'a Report<'a>,
    complaint: &'a Complaint<'a>,
    portability: bool,
    found: String,
    withheld: Vec<WithheldRow<'a>>,
    systems: Vec<SystemView<'a>>,
    selection: Vec<portability::SelectedColumn<'a>>,
}

struct WithheldRow<'a> {
    system: &'a str,
    table: &'a str,
    column: &'a str,
    /// How much, in words.
    extent: String,
    ground: &'a str,
}

struct SystemView<'a> {
    report: &'a SystemReport<'a>,
    tables: Vec<TableView<'a>>,
}

struct TableView<'a> {
    title: &'a str,
    name: &'a str,
    caption: String,
    /// How many rows are given out and withheld; nothing where all that was found is given.
    counted: Option<String>,
    /// Whether nothing was found in it at all.
    is_empty: bool,
    files: &'a [String],
    headers: Vec<&'a str>,
    cells: Vec<Vec<Cell>>,
    not_described: &'a [&'a str],
}

/// A cell of a preview.
struct Cell {
    text: String,
    /// A word of ours in the place of a value, not the value itself.
    said: bool,
}

impl<'a> IndexPage<'a> {
    /// Prepares the page.
    #[must_use]
    pub fn new(
        contents: &'a Contents,
        tables: &'a [PackedTable<'a>],
        report: &'a Report<'a>,
        complaint: &'a Complaint<'a>,
    ) -> Self {
        let words = contents.words();
        let mut packed = tables.iter();
        let systems = report
            .systems
            .iter()
            .map(|system| SystemView {
                report: system,
                tables: system
                    .tables
                    .iter()
                    .zip(packed.by_ref())
                    .map(|(table, packed)| table_view(table, packed, words))
                    .collect(),
            })
            .collect();
        Self {
            words,
            contents,
            report,
            complaint,
            portability: contents.request.right == Right::Portability,
            found: words.say(found(report)),
            withheld: withheld(report, words),
            systems,
            selection: tables
                .iter()
                .flat_map(|packed| portability::selected_columns(packed, words))
                .collect(),
        }
    }

    fn title(&self) -> String {
        let key = if self.portability { "title-portability" } else { "title-access" };
        self.words.say_with(key, &[("reference", &self.contents.request.reference)])
    }

    fn outcome(&self, outcome: &Outcome) -> String {
        self.words.say(&format!("outcome-{}", outcome.name()))
    }

    fn right(&self) -> String {
        citation::right(self.words.language, self.words.law, self.contents.request.right)
    }

    fn date(&self, date: &chrono::NaiveDate) -> String {
        language::date(self.contents.language, *date)
    }

    fn created_on(&self) -> String {
        language::date(self.contents.language, self.contents.created_at.date_naive())
    }

    fn decision(&self, decision: &str) -> String {
        self.words.say(&format!("decision-{decision}"))
    }

    fn has_remedies(&self) -> bool {
        !self.withheld.is_empty()
            || !self.report.complete
            || self.report.systems.iter().any(|s| s.tables.iter().any(|t| !t.left_out.is_empty()))
    }

    fn counted(&self, table: &TableReport<'_>) -> String {
        counted(table, self.words).unwrap_or_else(|| table.rows.to_string())
    }

    fn file_label(&self, file: &FileReport<'_>) -> String {
        visible(file.title.unwrap_or(file.name))
    }
}

/// What the answer says first. A row that is withheld was found all the same.
fn found(report: &Report<'_>) -> &'static str {
    let tables = || report.systems.iter().flat_map(|system| &system.tables);
    let has_files = report.systems.iter().any(|system| !system.files.is_empty());
    let is_given = has_files || tables().any(|table| table.rows > 0 && !table.is_withheld_whole());
    let is_withheld = tables().any(TableReport::is_withheld_whole);
    match (is_given, is_withheld, report.complete) {
        (true, _, _) => "found-data",
        (false, true, _) => "found-withheld",
        (false, false, true) => "found-nothing",
        (false, false, false) => "found-nothing-yet",
    }
}

/// How many rows of a table are given out and how many withheld, where some are.
fn counted(report: &TableReport<'_>, words: Words) -> Option<String> {
    let (given, withheld) = (report.rows.to_string(), report.rows_withheld.to_string());
    let arguments = [("given", given.as_str()), ("withheld", &withheld)];
    (report.rows_withheld > 0).then(|| words.say_with("given-and-withheld", &arguments))
}

fn withheld<'a>(report: &'a Report<'a>, words: Words) -> Vec<WithheldRow<'a>> {
    let tables = report.systems.iter().flat_map(|s| s.tables.iter().map(move |t| (s, t)));
    tables
        .flat_map(|(system, table)| {
            table.withheld.iter().map(move |withheld| WithheldRow {
                system: system.title,
                table: table.title,
                column: withheld.column.unwrap_or_default(),
                extent: words.say_with(
                    &format!("extent-{}", withheld.extent.name()),
                    &[("count", &withheld.count.unwrap_or(0).to_string())],
                ),
                ground: &withheld.ground,
            })
        })
        .collect()
}

fn table_view<'a>(
    report: &'a TableReport<'a>,
    packed: &'a PackedTable<'a>,
    words: Words,
) -> TableView<'a> {
    let rows = report.rows.to_string();
    let shown = packed.preview.len().to_string();
    let title = visible(report.title);
    let arguments = [("title", title.as_str()), ("shown", &shown), ("rows", &rows)];
    let key = if shown == rows { "preview-all" } else { "preview-caption" };
    TableView {
        title: report.title,
        name: report.name,
        caption: words.say_with(key, &arguments),
        counted: counted(report, words),
        is_empty: report.rows == 0 && report.rows_withheld == 0,
        files: &report.files,
        headers: packed
            .exported()
            .map(|column| column.plan.title.as_deref().unwrap_or(&column.column.name))
            .collect(),
        cells: packed
            .preview
            .iter()
            .map(|row| row.iter().map(|shown| cell(shown, words)).collect())
            .collect(),
        not_described: &report.not_described,
    }
}

fn cell(shown: &Shown, words: Words) -> Cell {
    let said = |key| Cell { text: words.say(key), said: true };
    let Shown::Value(value) = shown else { return said("decision-withhold") };
    match value {
        Value::Null => said("null"),
        Value::Boolean(true) => said("true"),
        Value::Boolean(false) => said("false"),
        Value::Bytes(_) => said("binary"),
        Value::Text(text) | Value::Number(text) | Value::Json(text) => {
            Cell { text: visible(text), said: false }
        }
    }
}

/// `information.html`.
#[derive(Template)]
#[template(path = "package/templates/information.html")]
pub struct InformationPage<'a> {
    words: Words,
    information: &'a Information<'a>,
    complaint: &'a Complaint<'a>,
}

impl<'a> InformationPage<'a> {
    /// Prepares the page.
    #[must_use]
    pub fn new(contents: &Contents, information: &'a Information<'a>) -> Self {
        Self { words: contents.words(), information, complaint: &information.complaint }
    }

    fn cites(&self) -> bool {
        self.words.law != Law::Other
    }

    fn caption(&self, title: &str) -> String {
        self.words.say_with("information-caption", &[("title", visible(title).as_str())])
    }
}

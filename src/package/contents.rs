//! What a package needs to be told: plain facts, filled by the caller from the case, the data map
//! and the record of the search. Nothing here reads a map or a database.
//!
//! Texts are already in the subject's language, unless their document says otherwise.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::regime::law::Law;
use crate::domain::right::Right;
use crate::language::Language;
use crate::package::withheld::Withholdings;
use crate::package::words::Words;

/// One package: who answers what to whom, and what was found where.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The subject's language.
    pub language: Language,
    pub request: AnsweredRequest,
    pub controller: Controller,
    /// Where the subject can complain (Art. 15(1)(f), 12(4)).
    pub authority: Option<Authority>,
    /// The systems of the data map, in the map's order.
    pub systems: Vec<System>,
    /// Why the answer goes out although the search is incomplete, written by a person.
    pub incomplete_reason: Option<String>,
    /// When the package was made. It also dates the files within, so that the same contents give
    /// the same bytes.
    pub created_at: DateTime<Utc>,
}

impl Contents {
    /// The texts of the package.
    #[must_use]
    pub const fn words(&self) -> Words {
        Words { language: self.language, law: self.request.law }
    }
}

/// The request that the package answers.
#[derive(Clone, Debug)]
pub struct AnsweredRequest {
    /// The public reference, as `7K4M-Q2XD-5`.
    pub reference: String,
    /// [`Right::Portability`] makes a selection of columns; every other right the whole copy.
    pub right: Right,
    /// The law that the answer cites.
    pub law: Law,
    pub received_on: NaiveDate,
    /// The date until which the law allows to answer.
    pub legal_on: Option<NaiveDate>,
    /// How the package names the person; shown to that person only.
    pub subject: Option<String>,
}

/// The organisation that answers.
#[derive(Clone, Debug)]
pub struct Controller {
    pub name: String,
    /// Postal address, lines separated by `\n`.
    pub address: Option<String>,
    /// Where to write about this answer: an e-mail address or another way.
    pub contact: Option<String>,
}

/// A supervisory authority.
#[derive(Clone, Debug)]
pub struct Authority {
    pub name: String,
    /// Lines separated by `\n`.
    pub address: Option<String>,
    pub web: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A system of the data map and how its search ended.
#[derive(Clone, Debug)]
pub struct System {
    /// The map's name of the system.
    pub name: String,
    pub title: String,
    /// `postgresql`, `sqlite`, `manual` …
    pub connector: String,
    pub outcome: Outcome,
    /// What a person wrote about this system: why it failed, what was looked at by hand.
    pub note: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub tables: Vec<Table>,
    pub files: Vec<UploadedFile>,
}

/// How the search of one system ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Complete,
    NothingFound,
    Failed,
    TimedOut,
    /// More rows exist than the search may take.
    RowCap,
    NotSearched,
    /// A person looked and added files or rows.
    ManualAnswered,
    /// A person looked and found nothing.
    ManualNothingFound,
}

impl Outcome {
    /// Whether everything that the system holds was looked at.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        match self {
            Self::Complete
            | Self::NothingFound
            | Self::ManualAnswered
            | Self::ManualNothingFound => true,
            Self::Failed | Self::TimedOut | Self::RowCap | Self::NotSearched => false,
        }
    }

    /// The word used in `sources.json`, and in the keys of the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::NothingFound => "nothing_found",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::RowCap => "row_cap",
            Self::NotSearched => "not_searched",
            Self::ManualAnswered => "manual_answered",
            Self::ManualNothingFound => "manual_nothing_found",
        }
    }
}

/// A table of the data map.
#[derive(Clone, Debug)]
pub struct Table {
    /// The map's name: `customers` or `schema.customers`.
    pub name: String,
    pub title: String,
    /// The rows in its row file that are not withheld; 0 where there is none.
    pub rows: u64,
    /// What a person withholds of its rows.
    pub withheld: Withholdings,
    /// What happens to each column. A column of the row file that is not named here is exported
    /// and reported as not described.
    pub columns: Vec<ColumnPlan>,
    /// The columns that identify a row, as the map says.
    pub key: Vec<String>,
    /// Columns whose values are the key of a row of another table.
    pub references: Vec<Reference>,
    pub facts: Facts,
}

/// `columns` of this table hold `target_columns` of that one, in the same order.
#[derive(Clone, Debug)]
pub struct Reference {
    pub columns: Vec<String>,
    pub target_system: String,
    pub target_table: String,
    pub target_columns: Vec<String>,
}

/// What happens to a column, and why.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    pub name: String,
    /// A name for people, where the map has one.
    pub title: Option<String>,
    pub category: Option<String>,
    pub provided: Option<Provided>,
    /// Whether the map describes the column; one that it does not describe and that is exported
    /// is reported.
    pub described: bool,
    pub decision: Decision,
    /// The logic of a decision taken automatically with it (Art. 15(1)(h)).
    pub automated_decision: Option<String>,
}

/// How the controller came by a value (WP242 rev.01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provided {
    Given,
    Observed,
    Inferred,
}

impl Provided {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

/// Whether a column's values stand in the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Export(ExportReason),
    /// Left out on a ground of law: one of the exemption codes (`security`, `rights_of_others` …).
    Withhold(String),
    /// Not part of a portability answer.
    LeaveOut(LeaveOutReason),
}

/// Why a column is in the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportReason {
    /// An access answer holds everything.
    Access,
    /// Given by the subject (Art. 20(1)).
    Given,
    /// Observed from what the subject did (WP242 rev.01).
    Observed,
    /// A key or reference, which goes along with the rows it ties.
    Key,
    /// The map does not say what it is.
    NotDescribed,
}

impl ExportReason {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Given => "given",
            Self::Observed => "observed",
            Self::Key => "key",
            Self::NotDescribed => "not_described",
        }
    }
}

/// Why a column is no part of a portability answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveOutReason {
    /// Inferred or derived by the controller (WP242 rev.01).
    Inferred,
    /// Processed neither on consent nor for a contract (Art. 20(1)(a)).
    Basis,
    /// The map states no basis.
    BasisUnstated,
    /// Supplied by somebody else, as the map says.
    NotProvided,
    /// The map does not say how the controller came by it.
    ProvidedUnstated,
    /// Not processed by automated means (Art. 20(1)(b)).
    NotAutomated,
}

impl LeaveOutReason {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inferred => "inferred",
            Self::Basis => "basis",
            Self::BasisUnstated => "basis_unstated",
            Self::NotProvided => "not_provided",
            Self::ProvidedUnstated => "provided_unstated",
            Self::NotAutomated => "not_automated",
        }
    }
}

/// What Article 15(1) and (2) ask to be said about a table's data.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// (a)
    pub purposes: Vec<String>,
    /// The legal bases by their map names: `consent`, `contract`, `legal_obligation`,
    /// `vital_interest`, `public_task`, `legitimate_interest`.
    pub bases: Vec<String>,
    /// (b) Categories beside those of the columns.
    pub categories: Vec<String>,
    /// (c) `None` where the map does not say; an empty list where it says that there are none.
    pub recipients: Option<Vec<String>>,
    /// (d)
    pub retention: Option<Retention>,
    /// (g)
    pub origin: Option<Origin>,
    /// Art. 15(2): transfers to third countries with their safeguards; `None` and empty as above.
    pub transfers: Option<Vec<String>>,
}

/// How long data is kept.
#[derive(Clone, Debug)]
pub struct Retention {
    /// An ISO 8601 duration of whole units: `P3Y`, `P6M`, `P1Y6M`, `P90D`.
    pub keep: String,
    /// What it counts from: the column, or words.
    pub from: Option<String>,
    /// The law that asks for it.
    pub law: Option<String>,
}

/// Where data came from.
#[derive(Clone, Debug)]
pub enum Origin {
    Subject,
    Other(String),
}

/// A file that a person added for a system.
#[derive(Clone, Debug)]
pub struct UploadedFile {
    /// The caller's handle of the file; never shown.
    pub id: String,
    /// The name that it had, which may be anything.
    pub name: String,
    pub title: Option<String>,
}

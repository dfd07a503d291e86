//! The typed data map. Its serialised form is the normalised map of the API, and reads back.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::label::Label;
use super::matching::{Match, Matched};
use crate::domain::exemption::Exemption;

/// Makes an enumeration whose variants have one name in maps, JSON and the API.
macro_rules! named {
    ($(#[$meta:meta])* $kind:ident { $($(#[$note:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $kind { $($(#[$note])* #[serde(rename = $name)] $variant,)+ }

        impl $kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in maps and in the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Reads a name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// What reaches into a system.
    ConnectorKind {
        Postgresql = "postgresql",
        Mysql = "mysql",
        Sqlite = "sqlite",
        Http = "http",
        Files = "files",
        /// A person uploads files, types rows, or says that nothing was found.
        Manual = "manual",
    }
}
named! {
    /// Decides the identity level that a table needs.
    Sensitivity {
        Low = "low",
        Normal = "normal",
        /// Health, bank, location, children and the like.
        Special = "special",
    }
}
named! {
    /// Legal bases, GDPR Art. 6(1)(a)–(f).
    Basis {
        Consent = "consent",
        Contract = "contract",
        LegalObligation = "legal_obligation",
        VitalInterest = "vital_interest",
        PublicTask = "public_task",
        LegitimateInterest = "legitimate_interest",
    }
}
named! {
    /// Where a value comes from, as GDPR Art. 20 distinguishes (WP242 rev.01).
    Provided {
        Given = "given",
        Observed = "observed",
        Inferred = "inferred",
    }
}
named! {
    /// What an erasure does.
    ErasureAction {
        Delete = "delete",
        Mask = "mask",
        Restrict = "restrict",
        Keep = "keep",
    }
}

/// One map per controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataMap {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controller: Option<Controller>,
    pub systems: Vec<System>,
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Controller {
    pub name: String,
    /// ISO 3166-1 alpha-2. Gives the prefix of phone numbers that are written without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
}

/// A system that holds personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct System {
    /// `[a-z][a-z0-9_]*`, unique in the map.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Label>,
    pub connector: ConnectorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_on: Option<NaiveDate>,
    pub tables: Vec<Table>,
}

/// A table of a system; for a manual system, a kind of paper or file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// As in the source, `schema.table` where needed. Unique in its system.
    pub table: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Label>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// By identifier kind: `email`, `customer_no`, or `name+birth_date`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub find_by: BTreeMap<String, FindBy>,
    /// Ways in from other tables; any of them is enough.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reached_from: Vec<Way>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    pub sensitivity: Sensitivity,
    /// GDPR Art. 15(1)(a).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Label>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    /// GDPR Art. 15(1)(g): `subject`, or whoever supplied the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Label>,
    /// GDPR Art. 15(1)(c).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Label>,
    /// GDPR Art. 15(2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Label>,
    /// GDPR Art. 15(1)(d).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_erasure: Option<OnErasure>,
    /// What its columns inherit. GDPR Art. 15(1)(b).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Label>,
    /// A fideslang key, such as `user.contact.email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// What its columns inherit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provided: Option<Provided>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnRule>,
}

/// The columns that an identifier is looked for in. For a pair such as `name+birth_date` they
/// stand in the order of the pair and all must agree; for a single kind any of them is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FindBy(pub Vec<Matched>);

/// A way in: rows whose own columns equal the columns of rows already found in another table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// Absent: the same system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    pub table: String,
    /// Own column → column of the other table. Never empty.
    pub on: BTreeMap<String, String>,
    /// How the columns are compared. Where the map does not say: as the identifier that the other
    /// table is found by with this column (an e-mail address in any case), exactly otherwise.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub how: Option<Match>,
}

impl Way {
    /// How the columns are compared.
    #[must_use]
    pub fn how(&self) -> Match {
        self.how.unwrap_or(Match::Exact)
    }
}

/// Contacts on file, which identity checks rely on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contact {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phone: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
}

impl Contact {
    /// Every column named, each once, in the order e-mail, phone, address, change.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let all = self.email.iter().chain(&self.phone).chain(&self.address).chain(&self.changed_at);
        let mut columns: Vec<&str> = Vec::new();
        for column in all {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }
}

/// How long data is kept: a duration from a date, or criteria in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// ISO 8601: `P3Y`, `P6M`, `P1Y6M`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<String>,
    /// The column whose date the duration runs from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Label>,
}

/// What an erasure does to a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OnErasure {
    Whole(ErasureAction),
    /// By column; exactly one action takes the rest.
    Columns(BTreeMap<ErasureAction, ColumnSet>),
}

/// Named columns, or those that no other action names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnSet {
    Rest,
    #[serde(untagged)]
    Named(Vec<String>),
}

/// What the map says of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ColumnRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provided: Option<Provided>,
    /// GDPR Art. 15(1)(h): the logic involved, where this value comes from or feeds a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automated_decision: Option<Label>,
    /// What takes its place when it is masked: `Some(None)` is NULL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erase: Option<Option<String>>,
    /// It may concern somebody else: it is proposed to withhold it (GDPR Art. 15(4)).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub third_party: bool,
    /// Not exported, for this reason, which the answer prints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withhold: Option<Exemption>,
}

impl ColumnRule {
    /// Whether it holds the name of the person, by its category or its tag (fideslang).
    #[must_use]
    pub fn is_name(&self) -> bool {
        let is_name = |key: &str| key == "user.name" || key.starts_with("user.name.");
        let category = match &self.category {
            Some(Label::One(key)) => is_name(key),
            _ => false,
        };
        !self.third_party && (category || self.tag.as_deref().is_some_and(is_name))
    }
}

impl DataMap {
    /// The system of that name.
    #[must_use]
    pub fn system(&self, name: &str) -> Option<&System> {
        self.systems.iter().find(|system| system.name == name)
    }

    /// Systems whose review is older than a year, or that were never reviewed.
    #[must_use]
    pub fn not_reviewed_for_a_year(&self, today: NaiveDate) -> Vec<&System> {
        let year_ago = today.checked_sub_months(chrono::Months::new(12));
        self.systems.iter().filter(|system| system.reviewed_on < year_ago).collect()
    }
}

impl System {
    /// The table of that name, as the map writes it.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.table == name)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::inventory::parse::parse;

    #[test]
    fn a_review_holds_for_a_year() {
        let map = parse(include_str!("example.yaml")).unwrap().map;
        let old = |today: &str| -> Vec<String> {
            let systems = map.not_reviewed_for_a_year(today.parse().unwrap());
            systems.iter().map(|system| system.name.clone()).collect()
        };
        assert_eq!(old("2027-02-01"), ["support", "paper"]);
        assert_eq!(old("2027-02-02"), ["shop", "support", "paper"]);
    }
}

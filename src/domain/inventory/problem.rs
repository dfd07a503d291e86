//! What is wrong with a data map: a rule code, its arguments, and the place in the file.

use serde::Serialize;

/// A place in the text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// One error. The sentence is made from the catalogue: key [`Rule::code`], these arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(flatten)]
    pub place: Place,
    /// `systems[0].tables[1].find_by.email`; empty for the file as a whole.
    pub path: String,
    pub rule: Rule,
    pub arguments: Vec<(&'static str, String)>,
}

impl Problem {
    /// The arguments as the catalogue takes them.
    #[must_use]
    pub fn arguments(&self) -> Vec<(&'static str, &str)> {
        self.arguments.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

macro_rules! rules {
    ($($(#[$note:meta])* $variant:ident = $code:literal,)+) => {
        /// The rules of the data map, each with its key in the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum Rule { $($(#[$note])* #[serde(rename = $code)] $variant,)+ }

        impl Rule {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code, also the key in the catalogue.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

rules! {
    TooLarge = "map-too-large",
    Syntax = "map-syntax",
    TooDeep = "map-too-deep",
    /// Aliases multiply what they name: their expansion is counted too.
    TooManyNodes = "map-too-many-nodes",
    SeveralDocuments = "map-several-documents",
    Tagged = "map-tagged",
    DuplicateKey = "map-duplicate-key",
    KeyNotText = "map-key-not-text",
    ExpectedText = "map-expected-text",
    ExpectedList = "map-expected-list",
    ExpectedMapping = "map-expected-mapping",
    Empty = "map-empty",
    TooLong = "map-too-long",
    TooMany = "map-too-many",
    ControlCharacter = "map-control-character",
    UnknownKey = "map-unknown-key",
    Missing = "map-missing",
    UnknownValue = "map-unknown-value",
    UnknownExemption = "map-unknown-exemption",
    BadName = "map-bad-name",
    BadCountry = "map-bad-country",
    BadLanguage = "map-bad-language",
    BadDate = "map-bad-date",
    BadDuration = "map-bad-duration",
    BadTag = "map-bad-tag",
    BadKind = "map-bad-kind",
    PairColumns = "map-pair-columns",
    RetentionEmpty = "map-retention-empty",
    DuplicateSystem = "map-duplicate-system",
    DuplicateTable = "map-duplicate-table",
    DuplicateColumn = "map-duplicate-column",
    RestOnce = "map-rest-once",
    ColumnAction = "map-column-action",
    UnknownSystem = "map-unknown-system",
    UnknownTable = "map-unknown-table",
    FromManual = "map-from-manual",
    NoWayIn = "map-no-way-in",
    Circle = "map-circle",
    Unreachable = "map-unreachable",
    /// Against a live schema.
    TableNotInSystem = "map-table-not-in-system",
    ColumnNotInTable = "map-column-not-in-table",
    ViewBroken = "map-view-broken",
    ColumnNotComparable = "map-column-not-comparable",
    SystemNotInMap = "map-system-not-in-map",
    ConnectorDiffers = "map-connector-differs",
}

//! What a controller's searches go by: where its data map and its connections stand sealed, and the
//! plan of a search made from them.

use crate::db::data_maps::DataMapRow;
use crate::domain::ids::ControllerId;
use crate::domain::inventory::map::DataMap;
use crate::domain::inventory::parse::{Document, parse};
use crate::domain::search_plan::contacts::plan_contacts;
use crate::domain::search_plan::identifiers::Identifiers;
use crate::domain::search_plan::plan::{SearchPlan, plan};
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::subject::Subject;

/// How far a search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchScope {
    /// Everything that the map describes.
    Full,
    /// Only who is on file: before identity is settled.
    Contacts,
}

impl SearchScope {
    /// The name used in the API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Contacts => "contacts",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::Contacts].into_iter().find(|scope| scope.name() == text)
    }
}

/// The place of a version of a data map in the associated data of its seal.
#[must_use]
pub fn map_place(controller: ControllerId, version: i64) -> String {
    format!("{controller}/{version}")
}

/// Opens a data map.
///
/// # Errors
/// When the seal does not open, or the map does not read: it was checked when it was stored.
pub fn open_map(key: &ControllerKey, row: &DataMapRow) -> Result<DataMap> {
    Ok(open_document(key, row)?.map)
}

/// Opens a data map with the places of its parts in the text.
///
/// # Errors
/// As [`open_map`].
pub fn open_document(key: &ControllerKey, row: &DataMapRow) -> Result<Document> {
    let place = map_place(row.controller_id, row.version);
    let place = Place::of_text("data_maps", "sealed_map", &place);
    let text = key.key().open(&place, &row.sealed_map)?;
    let text = String::from_utf8(text).map_err(|_| Error::internal("a data map is no text"))?;
    parse(&text).map_err(|_| Error::internal("a stored data map does not read"))
}

/// The plan of a search. Made anew by every job of the search, from the same map and the same
/// subject, so that its groups keep their numbers.
#[must_use]
pub fn search_plan(map: &DataMap, subject: &Subject, scope: SearchScope) -> SearchPlan {
    let identifiers = identifiers(subject);
    match scope {
        SearchScope::Full => plan(map, &identifiers),
        SearchScope::Contacts => plan_contacts(map, &identifiers),
    }
}

/// The identifiers of a person as sources know them: the parts of a pair stand for themselves.
#[must_use]
pub fn identifiers(subject: &Subject) -> Identifiers {
    let mut identifiers = Identifiers::default();
    // What was accepted at intake is bounded more strictly than here; what still does not fit is
    // not searched with.
    for given in &subject.identifiers {
        for (kind, value) in given.kind.split('+').zip(given.value.split('|')) {
            let _ = identifiers.add(kind, value);
        }
    }
    for name in &subject.names {
        let _ = identifiers.add("name", name);
    }
    identifiers
}

//! Whom a request is about: as somebody said it, as it is sealed in the row of the request, and the
//! blind terms by which the request is found.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::db::requests::SearchTerm;
use crate::domain::ids::{ControllerId, RequestId};
use crate::domain::subject::Identifier;
use crate::domain::subject::name::{self, PersonName};
use crate::error::{Error, Result};
use crate::vault::place::Place;
use crate::vault::{CaseKey, ControllerKey, NAME_WORD};

/// A person as somebody described them, checked for form.
#[derive(Debug)]
pub struct NewSubject {
    pub names: Vec<PersonName>,
    pub identifiers: Vec<Identifier>,
    pub postal_address: Option<String>,
}

/// Somebody who acts for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    pub name: String,
    /// In what capacity: parent, guardian, lawyer, agent …
    pub capacity: String,
    pub contact: String,
}

/// What is known of the person, sealed in the row of the request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub names: Vec<String>,
    pub identifiers: Vec<SubjectIdentifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_address: Option<String>,
    pub words: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub representative: Option<Representative>,
}

/// An identifier as the person gave it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubjectIdentifier {
    pub kind: String,
    pub value: String,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject([redacted])")
    }
}

impl NewSubject {
    /// What is kept of the person, with the words of the request.
    #[must_use]
    pub fn with(&self, words: String, representative: Option<Representative>) -> Subject {
        let identifiers = self.identifiers.iter().map(|identifier| SubjectIdentifier {
            kind: identifier.kind().name().to_owned(),
            value: identifier.value().to_owned(),
        });
        Subject {
            names: self.names.iter().map(|name| name.text().to_owned()).collect(),
            identifiers: identifiers.collect(),
            postal_address: self.postal_address.clone(),
            words,
            representative,
        }
    }

    /// The blind terms by which a request about this person is found.
    #[must_use]
    pub fn terms(
        &self,
        key: &ControllerKey,
        (controller_id, request_id): (ControllerId, RequestId),
    ) -> Vec<SearchTerm> {
        let mut terms: BTreeSet<[u8; 32]> = BTreeSet::new();
        for identifier in &self.identifiers {
            terms.insert(key.index(identifier.kind().name(), identifier.normalised()));
        }
        for name in &self.names {
            terms.extend(name.words().iter().map(|word| key.index(NAME_WORD, word)));
        }
        let row = |term: [u8; 32]| SearchTerm { controller_id, term: term.to_vec(), request_id };
        terms.into_iter().map(row).collect()
    }
}

impl Subject {
    /// Seals what is known of the person, for the row of the request.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, key: &CaseKey, id: RequestId) -> Result<Vec<u8>> {
        let plaintext =
            serde_json::to_vec(self).map_err(|_| Error::internal("a subject to JSON"))?;
        Ok(key.key().seal(&subject_place(id), &plaintext)?)
    }

    /// Whether systems are asked for the same person: by the same identifiers as they are written,
    /// and by the same names, however those are written.
    #[must_use]
    pub fn is_looked_for_as(&self, other: &Self) -> bool {
        let identifiers = |subject: &Self| -> BTreeSet<SubjectIdentifier> {
            subject.identifiers.iter().cloned().collect()
        };
        identifiers(self) == identifiers(other)
            && (self.name_words() == other.name_words()
                || (self.has_names_of(other) && other.has_names_of(self)))
    }

    /// All words of the names, also those of one letter: a person who searches by hand reads them.
    fn name_words(&self) -> BTreeSet<String> {
        let names = self.names.iter().map(|given| name::normalised(given));
        names.flat_map(|name| name.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn has_names_of(&self, other: &Self) -> bool {
        let is_here = |name: &String| self.names.iter().any(|it| name::is_same_spelling(it, name));
        other.names.iter().all(is_here)
    }
}

/// Where what is known of the person stands.
#[must_use]
pub const fn subject_place(id: RequestId) -> Place<'static> {
    Place::new("requests", "sealed_subject", id.uuid())
}

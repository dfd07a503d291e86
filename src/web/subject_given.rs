//! A person as a call or a form describes them: names, identifiers, and where they live.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::subject::kind::IdentifierKind;
use crate::domain::subject::name::PersonName;
use crate::domain::subject::{self, Identifier, IdentifierAt};
use crate::error::{Error, FieldError, Result};
use crate::web::opened::Opened;
use crate::web::written::{beyond, text};
use crate::web::{Front, queue};
use crate::workflow::correction::Correction;
use crate::workflow::subject::NewSubject;

/// How many names a person may have.
const MOST_NAMES: usize = 5;

/// The person of a body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectGiven {
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub identifiers: Vec<IdentifierGiven>,
    pub postal_address: Option<String>,
}

/// One identifier, of a kind that the data map names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierGiven {
    pub kind: String,
    pub value: String,
}

impl SubjectGiven {
    /// Checks the form of each part; numbers are read as they are dialled in this country (ISO
    /// 3166-1). `today`: where the controller stands, for birth dates.
    ///
    /// # Errors
    /// `Invalid` with every part that does not read, or when there is nobody.
    pub fn parse(self, country: &str, today: NaiveDate) -> Result<NewSubject> {
        let mut errors: Vec<FieldError> = Vec::new();
        let mut keep = |result: Result<()>| {
            if let Err(Error::Invalid(more)) = result {
                errors.extend(more);
            }
        };
        let names = names(&self.names);
        keep(names.as_ref().map(drop).map_err(Clone::clone));
        let given: Vec<(&str, &str)> =
            self.identifiers.iter().map(|i| (i.kind.as_str(), i.value.as_str())).collect();
        let identifiers =
            identifiers(given, country, today).map_err(|error| identifier_error(&error));
        keep(identifiers.as_ref().map(drop).map_err(Clone::clone));
        if self.names.is_empty() && self.identifiers.is_empty() {
            keep(Err(Error::invalid("subject", "nobody")));
        }
        keep(text("subject.postal_address", self.postal_address.as_deref(), 500));
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(NewSubject {
            names: names?,
            identifiers: identifiers?,
            postal_address: self.postal_address,
        })
    }

    /// What puts this person in the place of whom an open case is about.
    ///
    /// # Errors
    /// `Invalid` as for [`SubjectGiven::parse`], or when nothing changes; `Transition` once the key
    /// of the case is destroyed.
    pub fn correction(self, front: &Front, opened: &Opened) -> Result<Correction> {
        let before = opened.subject()?.ok_or(Error::Transition { code: "key-destroyed" })?;
        let controller = &opened.controller;
        let new = self.parse(&controller.country, queue::today(front, controller))?;
        let controller_key = front.app.controller_key(&opened.controller)?;
        let keys = (&controller_key, opened.key()?);
        Correction::prepare(keys, (&opened.row, &before), &new)
    }
}

/// The identifiers, each of a form that its kind has, on a day.
fn identifiers(
    given: Vec<(&str, &str)>,
    country: &str,
    today: NaiveDate,
) -> std::result::Result<Vec<Identifier>, IdentifierAt> {
    // One by one, as equal ones are joined and the place is that in the list as it was given.
    for (position, (kind, value)) in given.iter().enumerate() {
        let kind = IdentifierKind::parse(kind).ok();
        let read = kind.and_then(|kind| Identifier::new(kind, value, country).ok());
        if let Some(Err(error)) = read.map(|identifier| identifier.check_birth_date(today)) {
            return Err(IdentifierAt { position, error });
        }
    }
    subject::identifiers(given, country)
}

fn names(given: &[String]) -> Result<Vec<PersonName>> {
    use crate::domain::subject::name::{LONGEST_NAME, PersonNameError};
    if given.len() > MOST_NAMES {
        return Err(beyond("subject.names", "too-many", MOST_NAMES));
    }
    let parsed = given.iter().enumerate().map(|(place, name)| {
        PersonName::parse(name).map_err(|error| {
            let field = format!("subject.names[{place}]");
            match error {
                PersonNameError::Empty => Error::invalid(field, "empty"),
                PersonNameError::TooLong { .. } => beyond(field, "too-long", LONGEST_NAME),
                PersonNameError::ControlCharacter => Error::invalid(field, "control-character"),
            }
        })
    });
    parsed.collect()
}

fn identifier_error(at: &IdentifierAt) -> Error {
    use crate::domain::subject::IdentifierError as E;
    let field = format!("subject.identifiers[{}]", at.position);
    let code = match &at.error {
        E::TooLong { .. } => return beyond(field, "too-long", subject::LONGEST_VALUE),
        E::TooMany { .. } => return beyond(field, "too-many", subject::MOST_IDENTIFIERS),
        E::Kind(_) => "wrong-kind",
        E::Empty => "empty",
        E::HiddenCharacter => "control-character",
        E::Email => "no-email",
        E::Phone => "no-phone",
        E::BirthDate => "no-date",
        E::BirthDateFuture => "birth-date-future",
        E::BirthDateTooEarly => "birth-date-too-early",
        E::Parts { .. } => "wrong-parts",
    };
    Error::invalid(field, code)
}

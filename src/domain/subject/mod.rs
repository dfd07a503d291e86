//! The identifiers and the name of a person, as they are given, and how they are normalised.
//!
//! Two values are equal only when their normalised forms are: what merely looks alike (homoglyphs,
//! another case of letters outside of ASCII, `alice+x@`) stays different, and a person decides.
//! A message is always sent to the address on file, never to a form made here.

pub mod calling_code;
pub mod email;
pub mod kind;
pub mod name;
pub mod phone;
pub mod text;

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

use kind::{IdentifierKind, KindError};

/// The longest value, in Unicode code points: the longest e-mail address of RFC 3696.
pub const LONGEST_VALUE: usize = 320;
/// So many identifiers a request carries at most.
pub const MOST_IDENTIFIERS: usize = 20;
/// Between the parts of a pair: `Alice Martin|1980-02-03`.
pub const PART_SEPARATOR: char = '|';

/// Nobody who asks was born before this year: such a date is a slip.
pub const EARLIEST_BIRTH_YEAR: i32 = 1900;
/// Under this age, in years, a person decides who may ask for whom (identity.md, V3).
const OF_AGE_YEARS: u32 = 18;

/// Why an identifier is not accepted. Never holds the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    #[error(transparent)]
    Kind(#[from] KindError),
    #[error("the value is empty")]
    Empty,
    #[error("the value has {found} characters; at most {LONGEST_VALUE} are allowed")]
    TooLong { found: usize },
    #[error("the value has a control character or one that cannot be seen")]
    HiddenCharacter,
    #[error("this is no e-mail address: expected name@domain")]
    Email,
    #[error("this is no phone number: expected 4 to 15 digits, with + and the country if abroad")]
    Phone,
    #[error("a birth date is written YYYY-MM-DD")]
    BirthDate,
    #[error("a birth date does not lie in the future")]
    BirthDateFuture,
    #[error("a birth date does not lie before {EARLIEST_BIRTH_YEAR}")]
    BirthDateTooEarly,
    #[error("this kind has {expected} parts, separated by a vertical bar; the value has {found}")]
    Parts { expected: usize, found: usize },
    #[error("a request carries at most {MOST_IDENTIFIERS} identifiers; this has {found}")]
    TooMany { found: usize },
}

/// An identifier of a person: as it was given, and in the form that is compared.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    value: String,
    normalised: String,
}

impl Identifier {
    /// Checks and normalises a value. `country` is the controller's, as ISO 3166-1 alpha-2; it
    /// completes phone numbers that are written without one.
    ///
    /// # Errors
    /// [`IdentifierError`].
    pub fn new(kind: IdentifierKind, value: &str, country: &str) -> Result<Self, IdentifierError> {
        let value = value.trim();
        let found = value.chars().count();
        if found > LONGEST_VALUE {
            return Err(IdentifierError::TooLong { found });
        }
        if value.chars().any(char::is_control) {
            return Err(IdentifierError::HiddenCharacter);
        }
        let normalised = normalised(&kind, value, country)?;
        Ok(Self { kind, value: value.to_owned(), normalised })
    }

    #[must_use]
    pub const fn kind(&self) -> &IdentifierKind {
        &self.kind
    }

    /// As it was given, without white space around it.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The birth date in it, if its kind has one.
    fn birth_date(&self) -> Option<NaiveDate> {
        let parts = self.kind.name().split('+').zip(self.normalised.split(PART_SEPARATOR));
        let mut parts = parts.filter(|(part, _)| *part == "birth_date");
        parts.next()?.1.parse().ok()
    }

    /// Refuses a birth date on which nobody was born who asks today.
    ///
    /// # Errors
    /// `BirthDateFuture`, `BirthDateTooEarly`.
    pub fn check_birth_date(&self, today: NaiveDate) -> Result<(), IdentifierError> {
        match self.birth_date() {
            Some(date) if date > today => Err(IdentifierError::BirthDateFuture),
            Some(date) if date.year() < EARLIEST_BIRTH_YEAR => {
                Err(IdentifierError::BirthDateTooEarly)
            }
            _ => Ok(()),
        }
    }

    /// What is compared and indexed. The parts of a pair are separated by [`PART_SEPARATOR`].
    #[must_use]
    pub fn normalised(&self) -> &str {
        &self.normalised
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Identifier({}=[redacted])", self.kind.name())
    }
}

/// Whether a birth date among these says that the person is under eighteen on a day.
#[must_use]
pub fn says_minor(identifiers: &[Identifier], today: NaiveDate) -> bool {
    let is_minor = |born: NaiveDate| {
        let of_age = born.checked_add_months(Months::new(12 * OF_AGE_YEARS));
        of_age.is_some_and(|of_age| today < of_age)
    };
    identifiers.iter().filter_map(Identifier::birth_date).any(is_minor)
}

/// An identifier that was not accepted, and its place in the list, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("identifier {position}: {error}")]
pub struct IdentifierAt {
    pub position: usize,
    pub error: IdentifierError,
}

/// Checks the identifiers of a request, given as kind and value. Equal ones are kept once.
///
/// # Errors
/// The first [`IdentifierError`] with its place in the list; for [`IdentifierError::TooMany`] the
/// place of the first that is too many.
pub fn identifiers<'a>(
    given: impl IntoIterator<Item = (&'a str, &'a str), IntoIter: ExactSizeIterator>,
    country: &str,
) -> Result<Vec<Identifier>, IdentifierAt> {
    let given = given.into_iter();
    let found = given.len();
    if found > MOST_IDENTIFIERS {
        return Err(IdentifierAt {
            position: MOST_IDENTIFIERS,
            error: IdentifierError::TooMany { found },
        });
    }
    let mut kept: Vec<Identifier> = Vec::with_capacity(found);
    for (position, (kind, value)) in given.enumerate() {
        let identifier = IdentifierKind::parse(kind)
            .map_err(IdentifierError::from)
            .and_then(|kind| Identifier::new(kind, value, country))
            .map_err(|error| IdentifierAt { position, error })?;
        let known =
            |it: &Identifier| it.kind == identifier.kind && it.normalised == identifier.normalised;
        if !kept.iter().any(known) {
            kept.push(identifier);
        }
    }
    Ok(kept)
}

/// The form of a value that is compared, for a value of this kind in a request as for one in a
/// source: `email`, `phone`, `name`, `birth_date` and `postcode` have their own rules, every other
/// kind is exact but for white space.
///
/// # Errors
/// [`IdentifierError`] when the value is not of its kind.
pub fn normalised(
    kind: &IdentifierKind,
    value: &str,
    country: &str,
) -> Result<String, IdentifierError> {
    let expected = kind.parts().count();
    if expected == 1 {
        return normalised_part(kind.name(), value, country);
    }
    let found = value.split(PART_SEPARATOR).count();
    if found != expected {
        return Err(IdentifierError::Parts { expected, found });
    }
    let parts: Result<Vec<String>, IdentifierError> = kind
        .parts()
        .zip(value.split(PART_SEPARATOR))
        .map(|(part, value)| normalised_part(part, value, country))
        .collect();
    Ok(parts?.join("|"))
}

fn normalised_part(part: &str, value: &str, country: &str) -> Result<String, IdentifierError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(IdentifierError::Empty);
    }
    match part {
        "email" => email::normalised(value),
        "phone" => phone::normalised(value, country),
        "name" => Ok(name::normalised(value)),
        "birth_date" => NaiveDate::parse_from_str(value, "%Y-%m-%d")
            .map(|date| date.to_string())
            .map_err(|_| IdentifierError::BirthDate),
        "postcode" => Ok(text::without_space(value).to_ascii_uppercase()),
        _ => Ok(text::exact(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::kind::{IdentifierKind, KindError};
    use super::{Identifier, IdentifierAt, IdentifierError, identifiers, says_minor};

    fn form(kind: &str, value: &str) -> Result<String, IdentifierError> {
        let kind = IdentifierKind::parse(kind)?;
        Identifier::new(kind, value, "FR").map(|it| it.normalised().to_owned())
    }

    #[test]
    fn a_birth_date_is_of_somebody_who_may_ask_and_tells_a_minor() {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let today = day("2026-11-23");
        for (kind, value, expected, minor) in [
            ("birth_date", "2026-11-24", Err(IdentifierError::BirthDateFuture), true),
            ("birth_date", "2026-11-23", Ok(()), true),
            ("birth_date", "1899-12-31", Err(IdentifierError::BirthDateTooEarly), false),
            ("birth_date", "1900-01-01", Ok(()), false),
            ("birth_date", "2008-11-24", Ok(()), true),
            ("birth_date", "2008-11-23", Ok(()), false),
            ("birth_date", "2008-02-29", Ok(()), false),
            ("name+birth_date", "Zoé|2030-01-01", Err(IdentifierError::BirthDateFuture), true),
            ("name+birth_date", "Zoé|2015-01-01", Ok(()), true),
            ("customer_no", "2030-01-01", Ok(()), false),
        ] {
            let found = identifiers([(kind, value)], "FR").unwrap();
            assert_eq!(found[0].check_birth_date(today), expected, "{kind} {value}");
            assert_eq!(says_minor(&found, today), minor, "{kind} {value}");
        }
    }

    #[test]
    fn every_kind_has_its_form() {
        for (kind, value, expected) in [
            ("email", " Alice@Example.ORG ", "alice@example.org"),
            ("phone", "06 12 34 56 78", "+33612345678"),
            ("customer_no", "  C-00 12\u{a0}  x ", "C-00 12 x"),
            ("loyalty_card", "aB1", "aB1"),
            ("postcode", "d02 x285", "D02X285"),
            ("name", "  Éloïse   O’Brien ", "eloise o brien"),
            ("name+birth_date", "Alice MARTIN | 1980-02-03", "alice martin|1980-02-03"),
            ("name+postcode", "Alice Martin|75 011", "alice martin|75011"),
            ("email+phone", "A@b.fr|0612345678", "a@b.fr|+33612345678"),
        ] {
            assert_eq!(form(kind, value).as_deref(), Ok(expected), "{kind}");
        }
    }

    #[test]
    fn what_is_not_of_its_kind_says_why() {
        let parts = |expected, found| IdentifierError::Parts { expected, found };
        for (kind, value, expected) in [
            ("email", "alice", IdentifierError::Email),
            ("phone", "call me", IdentifierError::Phone),
            ("customer_no", " \u{a0} ", IdentifierError::Empty),
            ("customer_no", "a\u{0}b", IdentifierError::HiddenCharacter),
            ("customer_no", &"x".repeat(321), IdentifierError::TooLong { found: 321 }),
            ("name+birth_date", "Alice Martin", parts(2, 1)),
            ("name+birth_date", "A|1980-02-03|x", parts(2, 3)),
            ("name+birth_date", "|1980-02-03", IdentifierError::Empty),
            ("name+birth_date", "Alice|03/02/1980", IdentifierError::BirthDate),
            ("name+birth_date", "Alice|1981-02-29", IdentifierError::BirthDate),
            ("E-Mail", "a@b.fr", IdentifierError::Kind(KindError::Form)),
        ] {
            let error = form(kind, value).unwrap_err();
            assert!(!error.to_string().contains("Alice"));
            assert_eq!(error, expected, "{kind}");
        }
    }

    #[test]
    fn a_request_carries_each_identifier_once_and_twenty_at_most() {
        let kept = identifiers(
            [
                ("email", "Alice@example.org"),
                ("phone", "06 12 34 56 78"),
                ("email", "alice@EXAMPLE.org"),
                ("phone", "+33 6 12 34 56 78"),
            ],
            "FR",
        );
        let kept = kept.unwrap();
        let values: Vec<&str> = kept.iter().map(Identifier::value).collect();
        assert_eq!(values, ["Alice@example.org", "06 12 34 56 78"]);
        let shown = format!("{kept:?}");
        assert_eq!(shown, "[Identifier(email=[redacted]), Identifier(phone=[redacted])]");
        let wrong = identifiers([("email", "a@b.fr"), ("phone", "x")], "FR");
        let (position, error) = (1, IdentifierError::Phone);
        assert_eq!(wrong, Err(IdentifierAt { position, error }));
        let many: Vec<String> = (0..21).map(|it| it.to_string()).collect();
        let many = many.iter().map(|it| ("customer_no", it.as_str()));
        let (position, error) = (20, IdentifierError::TooMany { found: 21 });
        assert_eq!(identifiers(many.clone(), "FR"), Err(IdentifierAt { position, error }));
        assert_eq!(identifiers(many.skip(1), "FR").map(|it| it.len()), Ok(20));
    }
}

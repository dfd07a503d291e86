//! The numbers of each law, as tables with their source.
//!
//! A row says how long, from when, whether it rolls, who may extend and what stops the clock.
//! `enabled` rows are offered for new cases; the others can be computed, and wait for a lawyer.

pub mod americas;
pub mod clock_right;
pub mod elsewhere;
pub mod europe;
pub mod law;

use chrono::NaiveDate;

use crate::domain::regime::clock_right::ClockRight;

/// How long a law leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Same day-of-month so many months later, else the last day of that month.
    Months(u32),
    /// Calendar days; the day of receipt is not counted.
    Days(u32),
    /// Working days of the calendar; the day of receipt is not counted.
    WorkingDays(u32),
    /// No number in the law; the days are the product's target, and there is no legal limit.
    WithoutDelay { target_days: u32 },
}

/// How the controller may lengthen the period, by a notice sent within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// The law knows none.
    None,
    /// At most so much more than the period, counted from receipt.
    Months(u32),
    /// At most so many days more than the period, counted from receipt.
    Days(u32),
    /// No maximum: the notice announces the date, and one without a date has no effect.
    Announced,
}

/// What an end on a weekend day or public holiday becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roll {
    /// The next working day.
    NextWorkingDay,
    /// It stays: the earlier date is always lawful.
    None,
}

/// What a question to the person does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauses {
    /// Nothing.
    None,
    /// The days between question and sufficient answer are added (EU).
    Suspend,
    /// The period begins again with identity information or fee; days of clarification of an
    /// access request do not count (UK).
    Restart,
}

/// One law's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    /// As in files and in the API: `EU-GDPR`.
    pub id: &'static str,
    pub period: Period,
    /// Elapsed hours from the instant itself, over weekends and clock changes. Where given, they
    /// alone decide, and the period is only their rough length.
    pub elapsed_hours: Option<u32>,
    pub extension: Extension,
    pub roll: Roll,
    pub pauses: Pauses,
    /// Days that the strictest reading takes off: 1 where the day of receipt may be the first day.
    pub strict_days: u32,
    /// Working days within which the receipt must be confirmed.
    pub acknowledgement: Option<u32>,
    /// Hours before which the answer may not be given.
    pub reflection_hours: Option<u32>,
    /// Rights whose clock is another row's.
    pub elsewhere: &'static [(ClockRight, &'static str)],
    /// Offered for new cases.
    pub enabled: bool,
    /// The day from which the law gives the right, when that lies ahead.
    pub in_force_on: Option<NaiveDate>,
    /// Article, guideline or regulation.
    pub source: &'static str,
    /// The day on which the source was last read for this row; none when it was not.
    pub verified_on: Option<NaiveDate>,
    /// Who answers for the row.
    pub verified_by: &'static str,
}

/// The row is not in the tables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the regime “{id}” is not known: give an id such as EU-GDPR, UK-GDPR, CH-FADP, US-CA-CCPA or CA-QC"
)]
pub struct UnknownRegime {
    pub id: String,
}

/// Who read the sources of the rows that carry a date.
pub const READ: &str = "Guichet, from the source or a page that quotes it";
/// Who answers for the rows whose source was found but whose numbers were not read in it.
pub const LOCATED: &str = "Guichet, source located, numbers from general knowledge";
/// Who answers for the rows whose period was read and whose extension was not.
pub const PERIOD_READ: &str =
    "Guichet, period read in a table of these acts, extension and article from general knowledge";
/// Who answers for the rows whose dates of force were read and whose number was not.
pub const FORCE_READ: &str =
    "Guichet, entry into force read, number of days from general knowledge";
/// Who answers for the rows that carry no date.
pub const RECALLED: &str = "Guichet, from general knowledge: to be checked before it is enabled";
/// The day on which the sources were read.
pub const READ_ON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 22);

/// A row with nothing but a period: no roll-over, no extension, no pause, not enabled, not read.
pub const PLAIN: Regime = Regime {
    id: "",
    period: Period::Days(30),
    elapsed_hours: None,
    extension: Extension::None,
    roll: Roll::None,
    pauses: Pauses::None,
    strict_days: 0,
    acknowledgement: None,
    reflection_hours: None,
    elsewhere: &[],
    enabled: false,
    in_force_on: None,
    source: "",
    verified_on: None,
    verified_by: RECALLED,
};

/// Every row, enabled or not.
pub fn all() -> impl Iterator<Item = &'static Regime> {
    [europe::REGIMES, americas::REGIMES, elsewhere::REGIMES].into_iter().flatten()
}

/// The row of an id.
///
/// # Errors
/// [`UnknownRegime`].
pub fn find(id: &str) -> Result<&'static Regime, UnknownRegime> {
    all().find(|regime| regime.id == id).ok_or_else(|| UnknownRegime { id: id.to_owned() })
}

/// The row whose clock applies when a controller under `regime` receives a request for `right`:
/// a complaint under the UK GDPR has the clock of DPA 2018 s.164A, an opt-out in California that
/// of §7026(f). Asking again with the answer gives the answer.
#[must_use]
pub fn for_right(regime: &Regime, right: ClockRight) -> &Regime {
    regime
        .elsewhere
        .iter()
        .find(|(listed, _)| *listed == right)
        .and_then(|(_, id)| all().find(|other| other.id == *id))
        .unwrap_or(regime)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FORCE_READ, PERIOD_READ, READ_ON, RECALLED, all, find, for_right};
    use crate::domain::regime::clock_right::ClockRight;
    use crate::domain::right::Right;

    #[test]
    fn every_row_has_its_own_id_a_source_and_someone_who_answers_for_it() {
        let ids: BTreeSet<_> = all().map(|regime| regime.id).collect();
        assert_eq!(ids.len(), all().count());
        for regime in all() {
            assert!(!regime.source.is_empty(), "{}", regime.id);
            assert!(!regime.verified_by.is_empty(), "{}", regime.id);
            assert_eq!(find(regime.id), Ok(regime));
            // Nobody offers a regime that nobody has read.
            assert!(!regime.enabled || regime.verified_on == READ_ON, "{}", regime.id);
            for (right, id) in regime.elsewhere {
                let other = find(id).unwrap();
                assert_eq!(for_right(regime, *right), other);
                assert_eq!(for_right(other, *right), other, "{id} sends {right:?} on");
                assert!(other.enabled || !regime.enabled, "{} leads to {id}", regime.id);
            }
        }
    }

    /// A row carries the date on which its period was read, or none when it never was.
    #[test]
    fn a_date_of_checking_stands_where_the_source_was_read() {
        let states = "VA CO CT TX UT OR MT DE NJ NH MD MN IN KY TN NE FL IA";
        for state in states.split_whitespace() {
            let row = find(&format!("US-{state}")).unwrap();
            assert_eq!((row.verified_on, row.verified_by), (READ_ON, PERIOD_READ), "{state}");
        }
        let india = find("IN-DPDP").unwrap();
        assert_eq!((india.verified_on, india.verified_by), (READ_ON, FORCE_READ));
        let unread: Vec<_> = all().filter(|row| row.verified_on.is_none()).collect();
        for row in &unread {
            assert!(row.verified_by == RECALLED && !row.enabled, "{}", row.id);
        }
        let others = unread.iter().map(|row| row.id).filter(|id| !id.ends_with("-APPEAL"));
        let expected = "US-HIPAA-AMENDMENT CA-PIPEDA TH-PDPA TR-KVKK ZA-PAIA JP-APPI CN-PIPL";
        assert_eq!(others.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn the_enabled_regimes_are_those_of_the_product() {
        let enabled: Vec<_> = all().filter(|row| row.enabled).map(|row| row.id).collect();
        let expected = "EU-GDPR EU-GDPR-ART33 UK-GDPR UK-GDPR-ART33 UK-DPA-164A FR-CSP \
                        CH-FADP US-CA-CCPA US-CA-OPTOUT CA-QC";
        assert_eq!(enabled, expected.split_whitespace().collect::<Vec<_>>());
        assert_eq!(find("EU").unwrap_err().id, "EU");
    }

    #[test]
    fn each_right_finds_its_clock() {
        let rows = [
            ("UK-GDPR", ClockRight::Right(Right::Complaint), "UK-DPA-164A"),
            ("UK-GDPR", ClockRight::ComplaintAcknowledgement, "UK-DPA-164A"),
            ("UK-GDPR", ClockRight::Right(Right::Access), "UK-GDPR"),
            ("UK-GDPR", ClockRight::Breach, "UK-GDPR-ART33"),
            ("EU-GDPR", ClockRight::Breach, "EU-GDPR-ART33"),
            ("EU-GDPR", ClockRight::Right(Right::Complaint), "EU-GDPR"),
            ("EU-GDPR", ClockRight::Refusal, "EU-GDPR"),
            ("US-CA-CCPA", ClockRight::Right(Right::OptOut), "US-CA-OPTOUT"),
            ("US-CA-CCPA", ClockRight::Right(Right::Erasure), "US-CA-CCPA"),
            ("US-VA", ClockRight::Right(Right::Appeal), "US-VA-APPEAL"),
            ("US-CO", ClockRight::Right(Right::Appeal), "US-CO-APPEAL"),
            ("US-VA", ClockRight::Right(Right::Access), "US-VA"),
            ("US-UT", ClockRight::Right(Right::Appeal), "US-UT"),
            ("US-HIPAA", ClockRight::Right(Right::Rectification), "US-HIPAA-AMENDMENT"),
            ("FR-CSP", ClockRight::Right(Right::Access), "FR-CSP"),
            ("FR-CSP", ClockRight::Right(Right::Erasure), "EU-GDPR"),
            ("FR-CSP-5Y", ClockRight::Refusal, "EU-GDPR"),
            ("FR-CSP", ClockRight::Breach, "EU-GDPR-ART33"),
            ("TW-PDPA", ClockRight::Right(Right::Access), "TW-PDPA"),
            ("TW-PDPA", ClockRight::Right(Right::Erasure), "TW-PDPA-OTHER"),
        ];
        for (regime, right, expected) in rows {
            assert_eq!(for_right(find(regime).unwrap(), right).id, expected, "{regime} {right:?}");
        }
    }
}

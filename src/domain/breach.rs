//! Breaches of personal data (GDPR Art. 33, 34): the clock, what the authority asks for, and what the
//! register keeps.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::ids::UserId;
use super::named::named;
use super::regime::clock_right::ClockRight;
use super::regime::{Regime, for_right};

named! {
    /// What was hurt (EDPB Guidelines 9/2022, §1.2).
    BreachKind {
        Confidentiality = "confidentiality",
        Integrity = "integrity",
        Availability = "availability",
    }
}

named! {
    /// What threatens the persons concerned.
    BreachRisk {
        Unassessed = "unassessed",
        /// Then nobody has to be told (Art. 33(1)).
        Unlikely = "unlikely",
        Risk = "risk",
        /// Then the persons are told, too (Art. 34(1)).
        High = "high",
    }
}

named! {
    /// Whether the authority was told.
    BreachDecision {
        Undecided = "undecided",
        Notified = "notified",
        NotNotified = "not_notified",
    }
}

/// The limit for the notification to the authority, in elapsed hours: it does not roll over
/// (Reg. (EEC, Euratom) 1182/71 art. 3(4)). Nothing where the law of the controller knows none.
#[must_use]
pub fn limit_at(regime: &Regime, aware_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let hours = for_right(regime, ClockRight::Breach).elapsed_hours?;
    aware_at.checked_add_signed(Duration::hours(hours.into()))
}

/// The number of the notice that told the authority first, if that was after the limit: the reasons
/// for the delay go with it (Art. 33(1)). It follows from the limit as it stands, and from every notice
/// that is known, in whatever order they were recorded.
#[must_use]
pub fn late_notice(
    limit_at: Option<DateTime<Utc>>,
    notices: impl IntoIterator<Item = (i64, DateTime<Utc>)>,
) -> Option<i64> {
    let first = notices.into_iter().min_by_key(|(number, sent_at)| (*sent_at, *number));
    let (number, sent_at) = first?;
    limit_at.is_some_and(|limit| sent_at > limit).then_some(number)
}

/// Whether an event is something of ours that left then: nobody knew of a breach by it before. Of
/// anything else somebody may have known before it was entered here.
#[must_use]
pub const fn has_left(event: &Event) -> bool {
    matches!(
        event,
        Event::PackageReleased { .. }
            | Event::PackageDownloaded { .. }
            | Event::LetterSent { .. }
            | Event::MessageSent { .. }
            | Event::MailSent { .. }
    )
}

/// A change of the instant from which the clock runs, with its reason. Sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwarenessChange {
    pub before: DateTime<Utc>,
    pub after: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub changed_by: UserId,
    pub reason: String,
}

impl std::fmt::Debug for AwarenessChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AwarenessChange([redacted])")
    }
}

named! {
    /// What is decided for a reason that the register keeps (Art. 33(5)).
    ReasonedDecision {
        /// The authority is not told.
        NotNotified = "not_notified",
        /// The record is closed.
        Closed = "closed",
        /// It is taken up again.
        Reopened = "reopened",
    }
}

/// Why it was decided so. Sealed beside the record, and only ever added to: who describes a breach
/// rewrites no decision.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionReason {
    pub decision: ReasonedDecision,
    pub decided_at: DateTime<Utc>,
    pub decided_by: UserId,
    pub reason: String,
}

impl std::fmt::Debug for DecisionReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DecisionReason([redacted])")
    }
}

/// So long before the limit somebody is told.
pub const TOLD_BEFORE: Duration = Duration::hours(24);

/// What is known of a breach, as the form of the authority asks for it. Sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreachRecord {
    /// What happened, and to which data (Art. 33(3)(a)).
    pub nature: String,
    pub categories_of_persons: String,
    pub approximate_persons: Option<u64>,
    pub categories_of_records: String,
    pub approximate_records: Option<u64>,
    /// Name and address of the data protection officer (33(3)(b)).
    pub contact: String,
    /// 33(3)(c).
    pub consequences: String,
    /// Taken or proposed (33(3)(d)).
    pub measures: String,
    /// How it came about, and what keeps it from coming again (33(5)).
    pub cause: String,
    pub remedy: String,
    /// What else was weighed: why a decision was taken stands with the decision.
    pub reasons: String,
}

impl std::fmt::Debug for BreachRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BreachRecord([redacted])")
    }
}

impl BreachRecord {
    /// Its texts by name, in the order of the form.
    #[must_use]
    pub fn texts(&self) -> [(&'static str, &str); 9] {
        [
            ("nature", &self.nature),
            ("categories_of_persons", &self.categories_of_persons),
            ("categories_of_records", &self.categories_of_records),
            ("contact", &self.contact),
            ("consequences", &self.consequences),
            ("measures", &self.measures),
            ("cause", &self.cause),
            ("remedy", &self.remedy),
            ("reasons", &self.reasons),
        ]
    }

    /// What is not written yet of the facts, the effects and the remedial action: of every breach they
    /// are documented, whether or not the authority is told (Art. 33(5)).
    #[must_use]
    pub fn undocumented(&self) -> Vec<&'static str> {
        let documented = [
            ("nature", &self.nature),
            ("consequences", &self.consequences),
            ("measures", &self.measures),
        ];
        let lacking = documented.into_iter().filter(|(_, words)| words.trim().is_empty());
        lacking.map(|(name, _)| name).collect()
    }

    /// What the authority asks for and is not known yet, with the article. It may follow in phases
    /// (Art. 33(4)).
    #[must_use]
    pub fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let none = |text: &str| text.trim().is_empty();
        let asked = [
            ("nature", "GDPR Art. 33(3)(a)", none(&self.nature)),
            ("categories_of_persons", "GDPR Art. 33(3)(a)", none(&self.categories_of_persons)),
            ("approximate_persons", "GDPR Art. 33(3)(a)", self.approximate_persons.is_none()),
            ("categories_of_records", "GDPR Art. 33(3)(a)", none(&self.categories_of_records)),
            ("approximate_records", "GDPR Art. 33(3)(a)", self.approximate_records.is_none()),
            ("contact", "GDPR Art. 33(3)(b)", none(&self.contact)),
            ("consequences", "GDPR Art. 33(3)(c)", none(&self.consequences)),
            ("measures", "GDPR Art. 33(3)(d)", none(&self.measures)),
        ];
        let lacking = asked.into_iter().filter(|(_, _, is_missing)| *is_missing);
        lacking.map(|(name, article, _)| (name, article)).collect()
    }
}

/// What was told to the authority, at once or in a phase. Sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreachNotice {
    pub authority: String,
    /// The number that the authority gave.
    pub reference: String,
    /// Why it comes after the limit (33(1)).
    pub late_reason: String,
    /// The record as it stood then.
    pub record: BreachRecord,
}

#[cfg(test)]
mod tests {
    use super::{BreachRecord, has_left, late_notice, limit_at};
    use crate::domain::event::Event;
    use crate::domain::ids::{Id, PackageId};
    use crate::domain::regime;
    use crate::domain::request::Decision;
    use crate::domain::right::Right;
    use crate::domain::withholding::PaperDelivery;
    use chrono::{DateTime, Utc};

    #[test]
    fn the_limit_is_72_hours_of_the_clock_whatever_the_day() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (regime, aware, limit) in [
            ("EU-GDPR", "2026-11-23T09:00:00Z", Some("2026-11-26T09:00:00Z")),
            // Over a weekend and Christmas, and over the change to summer time.
            ("EU-GDPR", "2026-12-24T17:30:00Z", Some("2026-12-27T17:30:00Z")),
            ("EU-GDPR", "2027-03-26T23:59:59Z", Some("2027-03-29T23:59:59Z")),
            ("UK-GDPR", "2026-11-23T09:00:00Z", Some("2026-11-26T09:00:00Z")),
            ("FR-CSP", "2026-11-23T09:00:00Z", Some("2026-11-26T09:00:00Z")),
            ("US-CA-CCPA", "2026-11-23T09:00:00Z", None),
        ] {
            let found = limit_at(regime::find(regime).unwrap(), at(aware));
            assert_eq!(found, limit.map(at), "{regime} {aware}");
        }
    }

    #[test]
    fn the_first_notice_is_late_by_the_limit_as_it_stands() {
        let at = |hour: u32| format!("2026-11-26T{hour:02}:00:00Z").parse::<DateTime<Utc>>();
        let check = |limit: Option<u32>, sent: &[u32], late: Option<i64>| {
            let sent = (1_i64..).zip(sent);
            let notices = sent.map(|(number, hour)| (number, at(*hour).unwrap()));
            let limit = limit.map(|hour| at(hour).unwrap());
            assert_eq!(late_notice(limit, notices), late, "{limit:?}");
        };
        check(Some(9), &[], None);
        check(Some(9), &[9], None);
        check(Some(9), &[10], Some(1));
        check(None, &[10], None);
        // A phase after one in time is not late; one that was recorded afterwards counts as sent.
        check(Some(9), &[8, 12], None);
        check(Some(9), &[12, 8], None);
        check(Some(9), &[12, 10], Some(2));
    }

    #[test]
    fn facts_effects_and_remedial_action_are_documented_of_every_breach() {
        let written = || "What is true of this breach.".to_owned();
        let whole = BreachRecord {
            nature: written(),
            consequences: written(),
            measures: written(),
            ..BreachRecord::default()
        };
        assert_eq!(whole.undocumented(), Vec::<&str>::new());
        for (record, lacking) in [
            (BreachRecord { nature: " \n".to_owned(), ..whole.clone() }, "nature"),
            (BreachRecord { consequences: String::new(), ..whole.clone() }, "consequences"),
            (BreachRecord { measures: String::new(), ..whole }, "measures"),
        ] {
            assert_eq!(record.undocumented(), [lacking]);
        }
    }

    #[test]
    fn nobody_knew_of_what_had_not_left_yet() {
        let (package, right) = (PackageId::from_uuid(uuid::Uuid::nil()), Right::Access);
        let how = PaperDelivery::Counter;
        for (event, expected) in [
            (Event::PackageReleased { package, right, decision: Decision::Granted }, true),
            (Event::PackageDownloaded { package, noticed: false, visit: None }, true),
            (Event::MessageSent { files: Vec::new() }, true),
            // What was noted afterwards may have been known before.
            (Event::PackageDelivered { package, how }, false),
            (Event::NoteAdded, false),
            (Event::MessageReceived { files: Vec::new() }, false),
        ] {
            assert_eq!(has_left(&event), expected, "{event:?}");
        }
    }

    #[test]
    fn what_the_form_asks_for_is_missing_until_it_is_written() {
        let mut record = BreachRecord::default();
        assert_eq!(record.missing().len(), 8);
        record.nature = "  ".to_owned();
        assert_eq!(record.missing().len(), 8);
        record.nature = "A package went to somebody else.".to_owned();
        record.approximate_persons = Some(0);
        let names: Vec<_> = record.missing().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "categories_of_persons",
                "categories_of_records",
                "approximate_records",
                "contact",
                "consequences",
                "measures"
            ]
        );
    }
}

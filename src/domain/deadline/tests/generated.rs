//! Generated cases: the engine and the reference must agree on every date of every one.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

use super::reference::{Expected, Holidays, Reference};
use crate::domain::calendar::Calendar;
use crate::domain::deadline::event::{ClockEvent, ClockEventKind as Kind};
use crate::domain::deadline::{ClockInput, compute, explain};
use crate::domain::regime;
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::right::Right;

/// A small generator with a fixed seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % count
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(i64::try_from(from.len()).unwrap())).unwrap()]
    }
}

const KINDS: [Kind; 8] = [
    Kind::ExtensionNotice,
    Kind::IdentityRequested,
    Kind::IdentityReceived,
    Kind::ClarificationRequested,
    Kind::ClarificationReceived,
    Kind::FeeRequested,
    Kind::FeePaid,
    Kind::IdentityInsufficient,
];

const PLACES: [(&str, &str, Tz); 16] = [
    ("EU-GDPR", "FR", Tz::Europe__Paris),
    ("EU-GDPR", "RO", Tz::Europe__Bucharest),
    ("EU-GDPR", "FR-974", Tz::Indian__Reunion),
    ("EU-GDPR", "DE-BY+strict", Tz::Europe__Berlin),
    ("EU-GDPR", "PT", Tz::Atlantic__Azores),
    ("UK-GDPR", "GB-ENG", Tz::Europe__London),
    ("UK-GDPR", "GB-SCT", Tz::Europe__London),
    ("UK-DPA-164A", "GB-NIR", Tz::Europe__London),
    ("US-CA-CCPA", "US", Tz::America__Los_Angeles),
    ("US-VA", "US", Tz::America__New_York),
    ("US-FL", "US", Tz::America__New_York),
    ("CA-PIPEDA", "CA", Tz::America__Toronto),
    ("CH-FADP", "CH-GE", Tz::Europe__Zurich),
    ("KR-PIPA", "KR", Tz::Asia__Seoul),
    ("CA-QC", "CA-QC", Tz::America__Toronto),
    ("IN-DPDP", "IN", Tz::Asia__Kolkata),
];

fn event(dice: &mut Dice, received_at: DateTime<Utc>) -> ClockEvent {
    // Mostly within the first weeks, sometimes before the receipt or long after.
    let spread = dice.pick(&[3, 10, 35, 35, 50, 120]);
    let at = received_at + Duration::hours(dice.below(spread * 24) - dice.pick(&[0, 0, 0, 48]));
    let until = (dice.below(3) == 0)
        .then(|| received_at.date_naive() + Duration::days(dice.below(140) - 5));
    ClockEvent { kind: dice.pick(&KINDS), at, reason: None, until }
}

#[test]
fn two_methods_agree_on_thirty_thousand_cases() {
    let holidays = Holidays::read();
    let mut dice = Dice(20_261_122);
    let first = "2020-01-03T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for round in 0..30_000 {
        let (id, code, tz) = dice.pick(&PLACES);
        let received_at = first + Duration::minutes(dice.below(20 * 365 * 24 * 60));
        let count = dice.pick(&[0, 1, 2, 3, 4, 6, 9]);
        let events: Vec<_> = (0..count).map(|_| event(&mut dice, received_at)).collect();
        let right = if id == "UK-DPA-164A" {
            ClockRight::ComplaintAcknowledgement
        } else {
            dice.pick(&[Right::Access.into(), Right::Erasure.into(), ClockRight::Refusal])
        };
        let calendar = Calendar::shipped(code).unwrap();
        let regime = regime::find(id).unwrap();
        let input =
            ClockInput { regime, calendar: &calendar, tz, right, received_at, events: &events };
        let dates = compute(&input).unwrap();
        let got = Expected {
            notice_due: dates.notice_due_on,
            unrolled: dates.unrolled_on,
            legal: dates.legal_on,
            conservative: dates.conservative_on.unwrap(),
            target: dates.target_on,
            status: dates.status.name(),
        };
        let expected = Reference::new(&input, id, &holidays).expected();
        assert_eq!(got, expected, "round {round}: {input:?}");
        let (explained, steps) = explain(&input).unwrap();
        assert_eq!(explained, dates);
        for step in steps {
            *seen.entry(step.rule).or_insert(0) += 1;
        }
        *seen.entry(dates.status.name()).or_insert(0) += 1;
    }
    // The cases reach every rule of a period; the others have tables of their own.
    seen.remove("deadline-notice-doubtful");
    assert!(seen.values().all(|count| *count > 5), "{seen:?}");
    assert_eq!(seen.len(), 43, "{seen:?}");
}

/// A notice within a pause that begins where the first period ends: every combination of days over
/// a spring with Easter in it.
#[test]
fn two_methods_agree_about_the_end_of_the_first_period() {
    let holidays = Holidays::read();
    let first = "2025-02-24T10:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let event = |kind, at| ClockEvent { kind, at, reason: None, until: None };
    let mut doubtful = 0;
    for (id, code) in [("EU-GDPR", "FR"), ("UK-GDPR", "GB-ENG")] {
        let calendar = Calendar::shipped(code).unwrap();
        let days = (0..36).flat_map(|day| (28..34).map(move |asked| (day, asked)));
        let waits = (0..7).flat_map(|sent| (0..5).map(move |rest| (sent, rest)));
        for ((day, asked), (sent, rest)) in
            days.flat_map(|days| waits.clone().map(move |wait| (days, wait)))
        {
            let received_at = first + Duration::days(day);
            let asked_at = received_at + Duration::days(asked);
            let sent_at = asked_at + Duration::days(sent) + Duration::hours(1);
            let events = [
                event(Kind::ClarificationRequested, asked_at),
                event(Kind::ExtensionNotice, sent_at),
                event(Kind::ClarificationReceived, sent_at + Duration::days(rest)),
            ];
            let input = ClockInput {
                regime: regime::find(id).unwrap(),
                calendar: &calendar,
                tz: Tz::UTC,
                right: Right::Access.into(),
                received_at,
                events: &events,
            };
            let expected = Reference::new(&input, id, &holidays).expected();
            let (dates, steps) = explain(&input).unwrap();
            let got = (dates.notice_due_on, dates.legal_on, dates.status.name());
            assert_eq!(got, (expected.notice_due, expected.legal, expected.status), "{input:?}");
            // A notice that counted left by the day that is shown.
            let sent_on = sent_at.date_naive();
            assert!(!dates.extended || Some(sent_on) <= dates.notice_due_on, "{input:?}");
            doubtful += steps.iter().filter(|step| step.rule == "deadline-notice-doubtful").count();
        }
    }
    assert!(doubtful > 100, "{doubtful}");
}

#[test]
fn two_methods_agree_on_every_day_of_twenty_years() {
    let holidays = Holidays::read();
    let codes: Vec<_> = Calendar::codes().unwrap().filter(|code| *code != "SA").collect();
    let last = NaiveDate::from_ymd_opt(2040, 11, 15).unwrap();
    let mut day = NaiveDate::from_ymd_opt(2020, 1, 10).unwrap();
    let mut place = 0;
    while day < last {
        // Every calendar meets every part of the year over the twenty years.
        let code = codes[place % codes.len()];
        for (id, tz) in [("EU-GDPR", Tz::Europe__Paris), ("UK-GDPR", Tz::Europe__London)] {
            let calendar = Calendar::shipped(code).unwrap();
            let received_at = day.and_hms_opt(10, 0, 0).unwrap().and_utc();
            let input = ClockInput {
                regime: regime::find(id).unwrap(),
                calendar: &calendar,
                tz,
                right: Right::Access.into(),
                received_at,
                events: &[],
            };
            let expected = Reference::new(&input, id, &holidays).expected();
            let dates = compute(&input).unwrap();
            assert_eq!((dates.legal_on, dates.target_on), (expected.legal, expected.target));
        }
        place += 1;
        day = day.succ_opt().unwrap();
    }
    assert_eq!(place, 7615);
}

//! What must hold whatever the input.

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::domain::calendar::Calendar;
use crate::domain::deadline::arithmetic::add_months;
use crate::domain::deadline::event::{ClockEvent, ClockEventKind as Kind};
use crate::domain::deadline::{ClockInput, ClockStatus, Dates, compute};
use crate::domain::regime;
use crate::domain::regime::{Roll, all};
use crate::domain::right::Right;

const START: i64 = 1_577_880_000; // 2020-01-01T12:00:00Z

fn received() -> impl Strategy<Value = DateTime<Utc>> {
    // Twenty years less the room that the longest periods need.
    (0..19 * 365 * 24 * 3600_i64)
        .prop_map(|seconds| DateTime::from_timestamp(START + 172_800 + seconds, 0).unwrap())
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::ExtensionNotice),
        Just(Kind::IdentityRequested),
        Just(Kind::IdentityReceived),
        Just(Kind::ClarificationRequested),
        Just(Kind::ClarificationReceived),
        Just(Kind::FeeRequested),
        Just(Kind::FeePaid),
        Just(Kind::IdentityInsufficient),
    ]
}

/// Hours after receipt, kind, days until an announced date.
type Row = (i64, Kind, Option<i64>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec((0..60 * 24_i64, kind(), proptest::option::of(0..150_i64)), 0..8)
}

fn place() -> impl Strategy<Value = (&'static str, &'static str, Tz)> {
    prop_oneof![
        Just(("EU-GDPR", "FR", Tz::Europe__Paris)),
        Just(("EU-GDPR", "BG", Tz::Europe__Sofia)),
        Just(("EU-GDPR", "DE-BY", Tz::Europe__Berlin)),
        Just(("UK-GDPR", "GB-ENG", Tz::Europe__London)),
        Just(("UK-GDPR", "GB-SCT", Tz::Europe__London)),
        Just(("US-CA-CCPA", "US", Tz::America__Los_Angeles)),
        Just(("CH-FADP", "CH", Tz::Europe__Zurich)),
        Just(("NZ-PRIVACY", "NZ", Tz::Pacific__Auckland)),
    ]
}

fn written(received_at: DateTime<Utc>, rows: &[Row]) -> Vec<ClockEvent> {
    let event = |(hours, kind, until): &Row| ClockEvent {
        kind: *kind,
        at: received_at + Duration::hours(*hours),
        reason: None,
        until: until.map(|days| received_at.date_naive() + Duration::days(days)),
    };
    rows.iter().map(event).collect()
}

fn dates(
    (id, code, tz): (&str, &str, Tz),
    received_at: DateTime<Utc>,
    events: &[ClockEvent],
) -> Dates {
    let calendar = Calendar::shipped(code).unwrap();
    let regime = regime::find(id).unwrap();
    let right = Right::Access.into();
    compute(&ClockInput { regime, calendar: &calendar, tz, right, received_at, events }).unwrap()
}

proptest! {
    #[test]
    fn the_order_of_the_input_changes_nothing_and_neither_does_asking_twice(
        place in place(), at in received(), rows in rows(), seed in any::<u64>(),
    ) {
        let events = written(at, &rows);
        let mut turned = events.clone();
        if !turned.is_empty() {
            let count = turned.len();
            turned.rotate_left(usize::try_from(seed % 97).unwrap() % count);
            turned.reverse();
        }
        let once = dates(place, at, &events);
        prop_assert_eq!(once, dates(place, at, &events));
        prop_assert_eq!(once, dates(place, at, &turned));
        // The same event twice is the same event.
        let doubled: Vec<_> = events.iter().chain(&events).cloned().collect();
        prop_assert_eq!(once, dates(place, at, &doubled));
    }

    #[test]
    fn target_and_conservative_date_are_never_after_the_limit(
        place in place(), at in received(), rows in rows(),
    ) {
        let dates = dates(place, at, &written(at, &rows));
        let limit = dates.legal_on.unwrap_or(NaiveDate::MAX);
        prop_assert!(dates.target_on.is_none_or(|target| target <= limit));
        prop_assert!(dates.conservative_on.unwrap() <= limit);
        prop_assert!(dates.unrolled_on.is_none_or(|unrolled| unrolled <= limit));
        prop_assert!(dates.due_on() <= limit);
        prop_assert_eq!(dates.legal_on.is_none(), dates.status == ClockStatus::Suspended);
    }

    #[test]
    fn the_limit_is_a_working_day_where_it_rolls(
        place in place(), at in received(), rows in rows(),
    ) {
        let regime = regime::find(place.0).unwrap();
        let calendar = Calendar::shipped(place.1).unwrap();
        let dates = dates(place, at, &written(at, &rows));
        if let (Roll::NextWorkingDay, Some(limit)) = (regime.roll, dates.legal_on) {
            prop_assert!(calendar.is_working_day(limit).unwrap());
        }
        if let Some(target) = dates.target_on {
            prop_assert!(calendar.is_working_day(target).unwrap() || target == dates.received_on);
        }
    }

    #[test]
    fn a_later_receipt_never_has_an_earlier_limit(
        place in place(), at in received(), later in 0..40 * 24_i64,
    ) {
        let first = dates(place, at, &[]);
        let second = dates(place, at + Duration::hours(later), &[]);
        prop_assert!(first.legal_on <= second.legal_on);
        prop_assert!(first.expires_at <= second.expires_at);
        prop_assert!(first.conservative_on <= second.conservative_on);
    }

    #[test]
    fn nor_when_the_same_events_follow(
        place in place(), at in received(), rows in rows(), later in 0..20 * 24_i64,
    ) {
        let later = at + Duration::hours(later);
        let events = written(later, &rows);
        let (first, second) = (dates(place, at, &events), dates(place, later, &events));
        if second.legal_on.is_some() {
            prop_assert!(first.legal_on <= second.legal_on);
        }
        prop_assert!(first.conservative_on <= second.conservative_on);
    }

    #[test]
    fn a_pause_never_makes_the_limit_earlier(
        place in place(), at in received(), rows in rows(),
        asked in 0..40 * 24_i64, hours in 0..30 * 24_i64, clarification in any::<bool>(),
    ) {
        // With what else happened but other questions, which a new one could stand in for.
        let others: Vec<_> =
            rows.into_iter().filter(|(_, kind, _)| *kind == Kind::ExtensionNotice).collect();
        let events = written(at, &others);
        let (question, answer) = match clarification {
            true => (Kind::ClarificationRequested, Kind::ClarificationReceived),
            false => (Kind::IdentityRequested, Kind::IdentityReceived),
        };
        let pause = written(at, &[(asked, question, None), (asked + hours, answer, None)]);
        let with: Vec<_> = events.iter().chain(&pause).cloned().collect();
        let (without, with) = (dates(place, at, &events), dates(place, at, &with));
        prop_assert!(without.legal_on <= with.legal_on);
        prop_assert!(without.conservative_on <= with.conservative_on);
    }

    #[test]
    fn an_extension_never_makes_the_limit_earlier(
        place in place(), at in received(), rows in rows(),
        sent in 0..60 * 24_i64, until in proptest::option::of(0..200_i64),
    ) {
        let others: Vec<_> =
            rows.into_iter().filter(|(_, kind, _)| *kind != Kind::ExtensionNotice).collect();
        let events = written(at, &others);
        let notice = written(at, &[(sent, Kind::ExtensionNotice, until)]);
        let with: Vec<_> = events.iter().chain(&notice).cloned().collect();
        let (without, with) = (dates(place, at, &events), dates(place, at, &with));
        // A suspension has no limit to compare.
        if with.legal_on.is_some() && without.legal_on.is_some() {
            prop_assert!(without.legal_on <= with.legal_on);
        }
        prop_assert!(without.conservative_on <= with.conservative_on);
    }

    #[test]
    fn every_regime_answers_for_every_receipt(at in received(), rows in rows()) {
        for regime in all() {
            let events = written(at, &rows);
            let dates = dates((regime.id, "US", Tz::UTC), at, &events);
            prop_assert!(dates.due_on() >= dates.received_on);
            prop_assert_eq!(dates.regime, regime.id);
        }
    }
}

/// Without events the roll moves a European limit by so many days at most, over every calendar
/// and every receipt of twenty years.
#[test]
fn without_events_the_limit_stays_within_six_days_of_the_month() {
    let states = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE \
                  IS LI NO GB-ENG GB-WLS GB-SCT GB-NIR FR-ALM FR-974 DE-BY";
    let mut longest = (0, String::new());
    for code in states.split_whitespace() {
        let calendar = Calendar::shipped(code).unwrap();
        let regime = regime::find("EU-GDPR").unwrap();
        let mut day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
        while day < NaiveDate::from_ymd_opt(2040, 11, 20).unwrap() {
            let input = ClockInput {
                regime,
                calendar: &calendar,
                tz: Tz::UTC,
                right: Right::Access.into(),
                received_at: day.and_hms_opt(9, 0, 0).unwrap().and_utc(),
                events: &[],
            };
            let legal = compute(&input).unwrap().legal_on.unwrap();
            let moved = (legal - add_months(day, 1).unwrap()).num_days();
            assert!(moved >= 0, "{code} {day}");
            if moved > longest.0 {
                longest = (moved, format!("{code} {day} {legal}"));
            }
            day = day + Days::new(1);
        }
    }
    assert!(longest.0 <= 6, "{longest:?}");
}

//! The other regimes, the breach, health records, and where there is no date.

use chrono_tz::Tz;

use super::{Case, at, check, compute, day, events};
use crate::domain::calendar::CalendarError;
use crate::domain::deadline::{ClockInput, DeadlineError, explain};
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::right::Right;

#[test]
fn other_regimes() {
    // Regime, calendar, receipt, expected.
    let rows = [
        (
            "CH-FADP",
            "CH",
            "2026-06-09",
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        ("FR-CSP", "FR", "2026-05-01", ["2026-05-09", "2026-05-07", "-", "2026-05-09", "ok"]),
        ("FR-CSP-5Y", "FR", "2026-05-01", ["2026-07-01", "2026-06-30", "-", "2026-07-01", "ok"]),
        (
            "NZ-PRIVACY",
            "NZ",
            "2026-04-01",
            ["2026-05-04", "2026-05-04", "2026-05-04", "2026-05-04", "ok"],
        ),
        ("JP-APPI", "JP", "2026-04-22", ["-", "2026-05-01", "-", "2026-05-06", "ok"]),
        ("CN-PIPL", "CN", "2026-03-02", ["2026-03-23", "2026-03-23", "-", "2026-03-23", "ok"]),
        (
            "US-CO-APPEAL",
            "US",
            "2026-03-02",
            ["2026-04-16", "2026-04-16", "2026-04-16", "2026-04-16", "ok"],
        ),
        (
            "US-UT",
            "US",
            "2026-03-02",
            ["2026-04-16", "2026-04-16", "2026-04-16", "2026-04-16", "ok"],
        ),
        // 17 August 2026 is a Monday; Friday and Saturday are the Saudi weekend.
        (
            "SA-PDPL",
            "SA",
            "2026-07-15",
            ["2026-08-14", "2026-08-13", "2026-08-14", "2026-08-14", "ok"],
        ),
    ];
    for (regime, calendar, received_on, expected) in rows {
        check(&Case::of(regime, calendar, received_on), expected);
    }
    let mut taiwan = Case::of("TW-PDPA", "TW", "2026-03-02");
    check(&taiwan, ["2026-03-17", "2026-03-17", "2026-03-17", "2026-03-17", "ok"]);
    taiwan.right = Right::Rectification.into();
    check(&taiwan, ["2026-04-01", "2026-04-01", "2026-04-01", "2026-04-01", "ok"]);
}

#[test]
fn health_records_wait_for_reflection() {
    let case = Case::of("FR-CSP", "FR", "2026-05-01");
    let (dates, steps) = case.with(explain).unwrap();
    assert_eq!(dates, case.dates().unwrap());
    assert_eq!(dates.not_before, Some(at("2026-05-03T10:00:00Z")));
    assert!(steps.iter().any(|step| step.rule == "deadline-reflection"));
    assert_eq!(Case::eu("2026-05-01", &[]).dates().unwrap().not_before, None);
}

#[test]
fn a_breach_has_seventy_two_hours() {
    for regime in ["EU-GDPR", "EU-GDPR-ART33", "FR-CSP"] {
        let mut case = Case::of(regime, "FR", "2026-10-23");
        (case.right, case.tz) = (ClockRight::Breach, Tz::Europe__Paris);
        check(&case, ["2026-10-26", "-", "-", "-", "ok"]);
        let dates = case.dates().unwrap();
        assert_eq!(dates.expires_at, Some(at("2026-10-26T10:00:00Z")));
        assert_eq!(dates.due_on(), day("2026-10-26"));
        assert_eq!(dates.regime, "EU-GDPR-ART33");
        let (explained, steps) = case.with(explain).unwrap();
        assert_eq!(explained, dates);
        assert_eq!(steps.last().unwrap().rule, "deadline-hours");
    }
}

#[test]
fn without_a_number_there_is_a_target_and_no_limit() {
    let case = Case::of("JP-APPI", "JP", "2026-04-22");
    let (dates, steps) = case.with(explain).unwrap();
    assert_eq!((dates.unrolled_on, dates.expires_at), (None, None));
    assert_eq!(dates.due_on(), day("2026-05-01"));
    assert_eq!(steps.last().unwrap().rule, "deadline-target-without-delay");
}

#[test]
fn strict_never_rolls() {
    let mut case = Case::eu("2026-03-04", &[]);
    check(&case, ["2026-04-07", "2026-04-03", "2026-04-07", "2026-04-04", "ok"]);
    case.calendar = "FR+strict";
    check(&case, ["2026-04-04", "2026-04-03", "2026-04-04", "2026-04-04", "ok"]);
    let (_, steps) = case.with(explain).unwrap();
    assert!(steps.iter().any(|step| step.rule == "deadline-never-rolls"));
}

#[test]
fn a_target_is_never_before_the_receipt() {
    // Every day of the period is a holiday of this controller.
    let case = Case::of("KR-PIPA", "KR", "2026-04-01");
    let closed: Vec<_> = day("2026-03-20").iter_days().take(25).collect();
    let target = case.with(|input| {
        let calendar = input.calendar.clone().with_days(&closed, &[]).unwrap();
        let input = ClockInput { calendar: &calendar, ..*input };
        compute(&input).unwrap().target_on
    });
    assert_eq!(target, Some(day("2026-04-01")));
}

#[test]
fn outside_the_known_years_there_is_no_date() {
    let outside = |date| Err(DeadlineError::Calendar(CalendarError::Outside { date: day(date) }));
    assert_eq!(Case::eu("2019-12-31", &[]).dates(), outside("2019-12-31"));
    assert_eq!(Case::eu("2041-01-01", &[]).dates(), outside("2041-01-01"));
    // The receipt is known, its limit is not.
    assert_eq!(Case::eu("2040-12-05", &[]).dates(), outside("2041-01-05"));
    assert_eq!(Case::of("CA-QC", "CA-QC", "2040-12-15").dates(), outside("2041-01-14"));
    assert_eq!(Case::of("EU-GDPR-ART33", "FR", "2040-12-30").dates(), outside("2041-01-02"));
    let announced = Case {
        events: events(&["extension_notice 2026-07-06 9999-12-31"]),
        ..Case::of("CH-FADP", "CH", "2026-06-09")
    };
    assert_eq!(announced.dates(), outside("9999-12-31"));
    let far = Case::eu("2026-06-09", &["identity_requested 2101-06-10"]);
    assert_eq!(far.dates(), Err(DeadlineError::OutOfReach { at: at("2101-06-10T12:00:00Z") }));
    for case in [Case::eu("2040-11-20", &[]), Case::of("UK-GDPR", "GB-ENG", "2020-01-01")] {
        assert!(case.dates().is_ok());
    }
}

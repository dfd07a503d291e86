//! One row a rule, worked out by hand from the text of law.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{Case, at, day};
use crate::domain::calendar::CalendarError;
use crate::domain::deadline::{DeadlineError, Warnings, explain};
use crate::domain::regime::clock_right::ClockRight;
use crate::domain::right::Right;

/// Limit, target, notice due, conservative date (`-` for none) and status.
fn check(case: &Case, expected: [&str; 5]) {
    let dates = case.dates().unwrap();
    let show = |date: Option<NaiveDate>| date.map_or("-".to_owned(), |date| date.to_string());
    let got = [
        show(dates.legal_on),
        show(dates.target_on),
        show(dates.notice_due_on),
        show(dates.conservative_on),
        dates.status.name().to_owned(),
    ];
    assert_eq!(
        got, expected,
        "{} {} {:?}",
        case.regime, case.received_on, case.events
    );
}

#[test]
fn pauses_of_the_union() {
    let rows: [(&str, &[&str], [&str; 5]); 12] = [
        // Answered the same day: nothing is added.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-11",
                "identity_received 2026-06-11",
            ],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        // Two rounds, three and four days.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-10",
                "identity_received 2026-06-13",
                "identity_requested 2026-06-15",
                "identity_received 2026-06-19",
            ],
            ["2026-07-16", "2026-07-16", "2026-07-16", "2026-07-09", "ok"],
        ),
        // Asked twice before one answer: one pause from the first question.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-10",
                "identity_requested 2026-06-15",
                "identity_received 2026-06-17",
            ],
            ["2026-07-16", "2026-07-16", "2026-07-16", "2026-07-09", "ok"],
        ),
        // An insufficient answer ends nothing.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-10",
                "identity_insufficient 2026-06-12",
                "identity_received 2026-06-17",
            ],
            ["2026-07-16", "2026-07-16", "2026-07-16", "2026-07-09", "ok"],
        ),
        // An answer to no question, and one that was insufficient with none open.
        (
            "2026-06-09",
            &[
                "identity_received 2026-06-12",
                "identity_insufficient 2026-06-15",
            ],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        // A fee does not suspend.
        (
            "2026-06-09",
            &["fee_requested 2026-06-12"],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        // One of two questions is open.
        (
            "2026-06-09",
            &[
                "clarification_requested 2026-06-10",
                "identity_requested 2026-06-12",
                "clarification_received 2026-06-15",
            ],
            ["-", "-", "-", "2026-07-09", "suspended"],
        ),
        // Nested: the inner question adds nothing.
        (
            "2026-06-09",
            &[
                "clarification_requested 2026-06-10",
                "identity_requested 2026-06-12",
                "identity_received 2026-06-15",
                "clarification_received 2026-06-17",
            ],
            ["2026-07-16", "2026-07-16", "2026-07-16", "2026-07-09", "ok"],
        ),
        // Asked on the rolled last day: 18 July is a Saturday, the limit is Monday the 20th.
        (
            "2026-06-18",
            &[
                "identity_requested 2026-07-20",
                "identity_received 2026-07-22",
            ],
            ["2026-07-20", "2026-07-20", "2026-07-20", "2026-07-18", "ok"],
        ),
        // Asked the day after: too late; asked again: too late again.
        (
            "2026-06-18",
            &[
                "identity_requested 2026-07-21",
                "identity_requested 2026-07-22",
            ],
            [
                "2026-07-20",
                "2026-07-17",
                "2026-07-20",
                "2026-07-18",
                "pause_ignored_too_late",
            ],
        ),
        // Asked before the receipt: only days since the receipt count.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-05",
                "identity_received 2026-06-11",
            ],
            ["2026-07-13", "2026-07-10", "2026-07-13", "2026-07-09", "ok"],
        ),
        // Asked and answered before the receipt: no day.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-05",
                "identity_received 2026-06-08",
            ],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
    ];
    for (received_on, events, expected) in rows {
        check(&Case::eu(received_on, events), expected);
    }
}

#[test]
fn extensions_of_the_union() {
    let rows: [(&str, &[&str], [&str; 5]); 13] = [
        // The announced date stands before the longest, and rolls (1 August 2026 is a Saturday).
        (
            "2026-06-09",
            &["extension_notice 2026-07-01 2026-08-01"],
            ["2026-08-03", "2026-07-31", "2026-07-09", "2026-08-01", "ok"],
        ),
        // Announced after the longest: the longest.
        (
            "2026-06-09",
            &["extension_notice 2026-07-01 2026-12-31"],
            ["2026-09-09", "2026-09-07", "2026-07-09", "2026-09-09", "ok"],
        ),
        // Announced before the first limit: no extension shortens.
        (
            "2026-06-09",
            &["extension_notice 2026-07-01 2026-07-02"],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        // Two notices: the first counts.
        (
            "2026-06-09",
            &[
                "extension_notice 2026-07-01 2026-08-20",
                "extension_notice 2026-07-03",
            ],
            ["2026-08-20", "2026-08-20", "2026-07-09", "2026-08-20", "ok"],
        ),
        // A second one, late, does not undo the first.
        (
            "2026-06-09",
            &["extension_notice 2026-07-01", "extension_notice 2026-08-03"],
            ["2026-09-09", "2026-09-07", "2026-07-09", "2026-09-09", "ok"],
        ),
        // Dated before the receipt: none.
        (
            "2026-06-09",
            &["extension_notice 2026-06-08"],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
        // Late, and a question later still: the extension is what is said.
        (
            "2026-06-09",
            &[
                "extension_notice 2026-07-10",
                "identity_requested 2026-07-13",
            ],
            [
                "2026-07-09",
                "2026-07-09",
                "2026-07-09",
                "2026-07-09",
                "extension_void_late_notice",
            ],
        ),
        // In time for the extension, the question then is in time too.
        (
            "2026-06-09",
            &[
                "extension_notice 2026-07-09",
                "identity_requested 2026-07-10",
            ],
            ["-", "-", "2026-07-09", "2026-09-09", "suspended"],
        ),
        // While suspended: in time, though its last day is not known until the answer.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-11",
                "extension_notice 2026-08-01",
            ],
            ["-", "-", "-", "2026-09-09", "suspended"],
        ),
        // The same, answered: 11 June to 3 August are 53 days.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-11",
                "extension_notice 2026-08-01",
                "identity_received 2026-08-03",
            ],
            ["2026-11-02", "2026-10-30", "2026-08-31", "2026-09-09", "ok"],
        ),
        // A pause after the notice does not move the announced date while the longest is later.
        (
            "2026-06-09",
            &[
                "extension_notice 2026-07-01 2026-08-20",
                "identity_requested 2026-07-15",
                "identity_received 2026-07-20",
            ],
            ["2026-08-20", "2026-08-20", "2026-07-09", "2026-08-20", "ok"],
        ),
        // A notice and a question at one instant: the pause does not move the notice.
        (
            "2026-06-09",
            &[
                "identity_requested 2026-06-11",
                "extension_notice 2026-06-11",
                "identity_received 2026-06-15",
            ],
            ["2026-09-14", "2026-09-11", "2026-07-09", "2026-09-09", "ok"],
        ),
        // Fee and extension: only the extension.
        (
            "2026-01-31",
            &[
                "fee_requested 2026-02-02",
                "extension_notice 2026-03-02",
                "fee_paid 2026-03-05",
            ],
            ["2026-04-30", "2026-04-30", "2026-03-02", "2026-04-30", "ok"],
        ),
    ];
    for (received_on, events, expected) in rows {
        check(&Case::eu(received_on, events), expected);
    }
}

#[test]
fn a_refusal_is_never_extended() {
    let mut case = Case::eu("2026-06-09", &["extension_notice 2026-07-01"]);
    case.right = ClockRight::Refusal;
    check(
        &case,
        ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
    );
}

#[test]
fn the_united_kingdom() {
    let rows: [(&str, &[&str], [&str; 5]); 10] = [
        // The latest of identity and fee.
        (
            "2026-03-02",
            &[
                "identity_requested 2026-03-03",
                "fee_requested 2026-03-03",
                "fee_paid 2026-03-16",
                "identity_received 2026-03-09",
            ],
            ["2026-04-16", "2026-04-15", "2026-04-16", "2026-04-02", "ok"],
        ),
        // A fee not paid: the clock has not started.
        (
            "2026-03-02",
            &["fee_requested 2026-03-03"],
            ["-", "-", "-", "2026-04-02", "suspended"],
        ),
        // Information that nobody asked for does not restart.
        (
            "2026-03-02",
            &["identity_received 2026-03-09", "fee_paid 2026-03-10"],
            ["2026-04-02", "2026-04-01", "2026-04-02", "2026-04-02", "ok"],
        ),
        // Restart and two days of clarification with both ends.
        (
            "2026-03-02",
            &[
                "identity_requested 2026-03-03",
                "identity_received 2026-03-09",
                "clarification_requested 2026-03-10",
                "clarification_received 2026-03-11",
            ],
            ["2026-04-13", "2026-04-10", "2026-04-13", "2026-04-02", "ok"],
        ),
        // Received and asked again on one day: that day is lost once (10 to 17: eight days).
        (
            "2026-03-02",
            &[
                "clarification_requested 2026-03-10",
                "clarification_received 2026-03-13",
                "clarification_requested 2026-03-13 2026-03-13",
                "clarification_received 2026-03-17",
            ],
            ["2026-04-10", "2026-04-09", "2026-04-10", "2026-04-02", "ok"],
        ),
        // Restart moves the extended limit as a whole.
        (
            "2026-03-02",
            &[
                "extension_notice 2026-03-03",
                "identity_requested 2026-03-04",
                "identity_received 2026-03-09",
            ],
            ["2026-06-09", "2026-06-05", "2026-04-09", "2026-06-02", "ok"],
        ),
        // Extended, then identity open: the clock has not started, its notice date is unknown.
        (
            "2026-03-02",
            &[
                "extension_notice 2026-03-03",
                "identity_requested 2026-03-04",
            ],
            ["-", "-", "-", "2026-06-02", "suspended"],
        ),
        // Extended, then clarification open: the notice date stays known.
        (
            "2026-03-02",
            &[
                "extension_notice 2026-03-03",
                "clarification_requested 2026-03-04",
            ],
            ["-", "-", "2026-04-02", "2026-06-02", "suspended"],
        ),
        // Asked after the limit: no restart.
        (
            "2026-03-02",
            &[
                "identity_requested 2026-04-03",
                "identity_received 2026-04-07",
            ],
            [
                "2026-04-02",
                "2026-04-01",
                "2026-04-02",
                "2026-04-02",
                "pause_ignored_too_late",
            ],
        ),
        // Late by a day.
        (
            "2026-03-02",
            &["extension_notice 2026-04-03"],
            [
                "2026-04-02",
                "2026-04-01",
                "2026-04-02",
                "2026-04-02",
                "extension_void_late_notice",
            ],
        ),
    ];
    for (received_on, events, expected) in rows {
        let mut case = Case::uk(received_on, events);
        // One row needs two questions of one day in the order of the day.
        for event in &mut case.events {
            if event.until == Some(day("2026-03-13")) {
                event.at = at("2026-03-13T13:00:00Z");
                event.until = None;
            }
        }
        check(&case, expected);
    }
}

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
        (
            "FR-CSP",
            "FR",
            "2026-05-01",
            ["2026-05-09", "2026-05-07", "-", "2026-05-09", "ok"],
        ),
        (
            "FR-CSP-5Y",
            "FR",
            "2026-05-01",
            ["2026-07-01", "2026-06-30", "-", "2026-07-01", "ok"],
        ),
        (
            "NZ-PRIVACY",
            "NZ",
            "2026-04-01",
            ["2026-05-04", "2026-05-04", "2026-05-04", "2026-05-04", "ok"],
        ),
        (
            "JP-APPI",
            "JP",
            "2026-04-22",
            ["-", "2026-05-01", "-", "2026-05-06", "ok"],
        ),
        (
            "CN-PIPL",
            "CN",
            "2026-03-02",
            ["2026-03-23", "2026-03-23", "-", "2026-03-23", "ok"],
        ),
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
    check(
        &taiwan,
        ["2026-03-17", "2026-03-17", "2026-03-17", "2026-03-17", "ok"],
    );
    taiwan.right = Right::Rectification.into();
    check(
        &taiwan,
        ["2026-04-01", "2026-04-01", "2026-04-01", "2026-04-01", "ok"],
    );
}

#[test]
fn switzerland_announces_its_date() {
    let rows: [(&[&str], &str); 4] = [
        (&["extension_notice 2026-07-06 2026-11-30"], "2026-11-30"),
        // Without a date, too early a date, too late a notice.
        (&["extension_notice 2026-07-06"], "2026-07-09"),
        (&["extension_notice 2026-07-06 2026-07-01"], "2026-07-09"),
        (&["extension_notice 2026-07-10 2026-11-30"], "2026-07-09"),
    ];
    for (events, expected) in rows {
        let case = Case {
            events: super::events(events),
            ..Case::of("CH-FADP", "CH", "2026-06-09")
        };
        assert_eq!(
            case.dates().unwrap().legal_on,
            Some(day(expected)),
            "{events:?}"
        );
    }
}

#[test]
fn health_records_wait_for_reflection() {
    let case = Case::of("FR-CSP", "FR", "2026-05-01");
    assert_eq!(
        case.dates().unwrap().not_before,
        Some(at("2026-05-03T10:00:00Z"))
    );
    assert_eq!(
        Case::eu("2026-05-01", &[]).dates().unwrap().not_before,
        None
    );
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
    check(
        &case,
        ["2026-04-07", "2026-04-03", "2026-04-07", "2026-04-04", "ok"],
    );
    case.calendar = "FR+strict";
    check(
        &case,
        ["2026-04-04", "2026-04-03", "2026-04-04", "2026-04-04", "ok"],
    );
    let (_, steps) = case.with(explain).unwrap();
    assert!(steps.iter().any(|step| step.rule == "deadline-never-rolls"));
}

#[test]
fn the_queue_sorts_by_what_governs() {
    let running = Case::eu("2026-06-09", &[]).dates().unwrap();
    assert_eq!(running.due_on(), day("2026-07-09"));
    let paused = Case::eu("2026-06-09", &["identity_requested 2026-06-10"])
        .dates()
        .unwrap();
    assert_eq!(paused.due_on(), day("2026-07-09"));
    assert_eq!(paused.expires_at, None);
}

#[test]
fn a_target_is_never_before_the_receipt() {
    // Every day of the period is a holiday of this controller.
    let case = Case::of("KR-PIPA", "KR", "2026-04-01");
    let closed: Vec<_> = day("2026-03-20").iter_days().take(25).collect();
    let target = case.with(|input| {
        let calendar = input.calendar.clone().with_days(&closed, &[]).unwrap();
        let input = super::ClockInput {
            calendar: &calendar,
            ..*input
        };
        super::compute(&input).unwrap().target_on
    });
    assert_eq!(target, Some(day("2026-04-01")));
}

#[test]
fn doubts_are_said() {
    let none = Warnings::default();
    let rows: [(&[&str], Warnings); 6] = [
        (&["identity_requested 2026-06-16"], none),
        (
            &["identity_requested 2026-06-17"],
            Warnings {
                contestable_pause: true,
                ..none
            },
        ),
        (&["fee_requested 2026-07-01"], none),
        (&["extension_notice 2026-07-09"], none),
        // Received on 9 June, five days of pause: the notice is due on the 14th, a holiday.
        (
            &[
                "identity_requested 2026-06-10",
                "identity_received 2026-06-15",
                "extension_notice 2026-07-15",
            ],
            Warnings {
                notice_relies_on_pause: true,
                notice_relies_on_roll: true,
                ..none
            },
        ),
        // Too late to count, too late to be doubtful.
        (&["identity_requested 2026-08-01"], none),
    ];
    for (events, expected) in rows {
        assert_eq!(
            Case::eu("2026-06-09", events).dates().unwrap().warnings,
            expected,
            "{events:?}"
        );
    }
}

#[test]
fn outside_the_known_years_there_is_no_date() {
    let outside = |date| {
        Err(DeadlineError::Calendar(CalendarError::Outside {
            date: day(date),
        }))
    };
    assert_eq!(Case::eu("2019-12-31", &[]).dates(), outside("2019-12-31"));
    assert_eq!(Case::eu("2041-01-01", &[]).dates(), outside("2041-01-01"));
    // The receipt is known, its limit is not.
    assert_eq!(Case::eu("2040-12-05", &[]).dates(), outside("2041-01-05"));
    assert_eq!(
        Case::of("CA-QC", "CA-QC", "2040-12-15").dates(),
        outside("2041-01-14")
    );
    assert_eq!(
        Case::of("EU-GDPR-ART33", "FR", "2040-12-30").dates(),
        outside("2041-01-02")
    );
    let announced = Case {
        events: super::events(&["extension_notice 2026-07-06 9999-12-31"]),
        ..Case::of("CH-FADP", "CH", "2026-06-09")
    };
    assert_eq!(announced.dates(), outside("9999-12-31"));
    let far = Case::eu("2026-06-09", &["identity_requested 2101-06-10"]);
    assert_eq!(
        far.dates(),
        Err(DeadlineError::OutOfReach {
            at: at("2101-06-10T12:00:00Z")
        })
    );
    for case in [
        Case::eu("2040-11-20", &[]),
        Case::of("UK-GDPR", "GB-ENG", "2020-01-01"),
    ] {
        assert!(case.dates().is_ok());
    }
}

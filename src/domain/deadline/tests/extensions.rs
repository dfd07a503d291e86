//! What a notice of extension does, worked out by hand from the text of law.

use super::{Case, Row, check, day, events};
use crate::domain::regime::clock_right::ClockRight;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn extensions_of_the_union() {
    let rows: [Row; 13] = [
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
            &["extension_notice 2026-07-01 2026-08-20", "extension_notice 2026-07-03"],
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
            &["extension_notice 2026-07-10", "identity_requested 2026-07-13"],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "extension_void_late_notice"],
        ),
        // In time for the extension, the question then is in time too.
        (
            "2026-06-09",
            &["extension_notice 2026-07-09", "identity_requested 2026-07-10"],
            ["-", "-", "2026-07-09", "2026-09-09", "suspended"],
        ),
        // While suspended: in time, though its last day is not known until the answer.
        (
            "2026-06-09",
            &["identity_requested 2026-06-11", "extension_notice 2026-08-01"],
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
            &["fee_requested 2026-02-02", "extension_notice 2026-03-02", "fee_paid 2026-03-05"],
            ["2026-04-30", "2026-04-30", "2026-03-02", "2026-04-30", "ok"],
        ),
    ];
    for (received_on, events, expected) in rows {
        check(&Case::eu(received_on, events), expected);
    }
}

/// A question asked on a day to which the end had rolled (5 April 2025 is a Saturday): its pause
/// moves the Saturday, so a notice sent during the pause can still be late.
#[test]
fn a_notice_during_a_pause_has_its_own_limit() {
    let rows: [Row; 5] = [
        // Five days: Thursday 10 April.
        (
            "2025-03-05",
            &[
                "identity_requested 2025-04-07",
                "extension_notice 2025-04-11",
                "identity_received 2025-04-12",
            ],
            ["2025-04-10", "2025-04-09", "2025-04-10", "2025-04-05", "extension_void_late_notice"],
        ),
        // Six days: Friday 11 April, the day of the notice.
        (
            "2025-03-05",
            &[
                "identity_requested 2025-04-07",
                "extension_notice 2025-04-11",
                "identity_received 2025-04-13",
            ],
            ["2025-06-11", "2025-06-06", "2025-04-11", "2025-06-05", "ok"],
        ),
        // Not answered: not counted.
        (
            "2025-03-05",
            &["identity_requested 2025-04-07", "extension_notice 2025-04-11"],
            ["-", "-", "-", "2025-04-05", "suspended"],
        ),
        // A second notice, before that is known, changes nothing.
        (
            "2025-03-05",
            &[
                "identity_requested 2025-04-07",
                "extension_notice 2025-04-11",
                "extension_notice 2025-04-12",
                "identity_received 2025-04-12",
            ],
            ["2025-04-10", "2025-04-09", "2025-04-10", "2025-04-05", "extension_void_late_notice"],
        ),
        // On the rolled day itself, in time whenever the answer comes.
        (
            "2025-03-05",
            &["identity_requested 2025-04-07", "extension_notice 2025-04-07"],
            ["-", "-", "2025-04-07", "2025-06-05", "suspended"],
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
    check(&case, ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"]);
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
    for (written, expected) in rows {
        let case = Case { events: events(written), ..Case::of("CH-FADP", "CH", "2026-06-09") };
        assert_eq!(case.dates().unwrap().legal_on, Some(day(expected)), "{written:?}");
    }
}

//! What a question does to the clock of the Union, worked out by hand from the text of law.

use super::{Case, Row, check, day};
use crate::domain::deadline::Warnings;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn pauses_of_the_union() {
    let rows: [Row; 12] = [
        // Answered the same day: nothing is added.
        (
            "2026-06-09",
            &["identity_requested 2026-06-11", "identity_received 2026-06-11"],
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
            &["identity_received 2026-06-12", "identity_insufficient 2026-06-15"],
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
            &["identity_requested 2026-07-20", "identity_received 2026-07-22"],
            ["2026-07-20", "2026-07-20", "2026-07-20", "2026-07-18", "ok"],
        ),
        // Asked the day after: too late; asked again: too late again.
        (
            "2026-06-18",
            &["identity_requested 2026-07-21", "identity_requested 2026-07-22"],
            ["2026-07-20", "2026-07-17", "2026-07-20", "2026-07-18", "pause_ignored_too_late"],
        ),
        // Asked before the receipt: only days since the receipt count.
        (
            "2026-06-09",
            &["identity_requested 2026-06-05", "identity_received 2026-06-11"],
            ["2026-07-13", "2026-07-10", "2026-07-13", "2026-07-09", "ok"],
        ),
        // Asked and answered before the receipt: no day.
        (
            "2026-06-09",
            &["identity_requested 2026-06-05", "identity_received 2026-06-08"],
            ["2026-07-09", "2026-07-09", "2026-07-09", "2026-07-09", "ok"],
        ),
    ];
    for (received_on, events, expected) in rows {
        check(&Case::eu(received_on, events), expected);
    }
}

#[test]
fn doubts_are_said() {
    let none = Warnings::default();
    let rows: [(&[&str], Warnings); 6] = [
        (&["identity_requested 2026-06-16"], none),
        (&["identity_requested 2026-06-17"], Warnings { contestable_pause: true, ..none }),
        (&["fee_requested 2026-07-01"], none),
        (&["extension_notice 2026-07-09"], none),
        // Received on 9 June, five days of pause: the notice is due on the 14th, a holiday.
        (
            &[
                "identity_requested 2026-06-10",
                "identity_received 2026-06-15",
                "extension_notice 2026-07-15",
            ],
            Warnings { notice_relies_on_pause: true, notice_relies_on_roll: true, ..none },
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
fn the_queue_sorts_by_what_governs() {
    let running = Case::eu("2026-06-09", &[]).dates().unwrap();
    assert_eq!(running.due_on(), day("2026-07-09"));
    let paused = Case::eu("2026-06-09", &["identity_requested 2026-06-10"]).dates().unwrap();
    assert_eq!(paused.due_on(), day("2026-07-09"));
    assert_eq!(paused.expires_at, None);
}

//! The United Kingdom: restarts, and days of clarification.

use super::{Case, Row, at, check, day};

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_united_kingdom() {
    let rows: [Row; 10] = [
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
        ("2026-03-02", &["fee_requested 2026-03-03"], ["-", "-", "-", "2026-04-02", "suspended"]),
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
            &["extension_notice 2026-03-03", "identity_requested 2026-03-04"],
            ["-", "-", "-", "2026-06-02", "suspended"],
        ),
        // Extended, then clarification open: the notice date stays known.
        (
            "2026-03-02",
            &["extension_notice 2026-03-03", "clarification_requested 2026-03-04"],
            ["-", "-", "2026-04-02", "2026-06-02", "suspended"],
        ),
        // Asked after the limit: no restart.
        (
            "2026-03-02",
            &["identity_requested 2026-04-03", "identity_received 2026-04-07"],
            ["2026-04-02", "2026-04-01", "2026-04-02", "2026-04-02", "pause_ignored_too_late"],
        ),
        // Late by a day.
        (
            "2026-03-02",
            &["extension_notice 2026-04-03"],
            ["2026-04-02", "2026-04-01", "2026-04-02", "2026-04-02", "extension_void_late_notice"],
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

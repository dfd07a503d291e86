//! Alerts are read after their day, too: each sentence is true on the day on which it is read.

use serde_json::{Value, json};

use super::{Desk, at};
use crate::support::cases::LoggedCase;

async fn said(desk: &Desk, case: &LoggedCase) -> Vec<(String, String)> {
    let path = format!("/api/v1/requests/{}/alerts", case.id);
    let all: Value = desk.app.as_user(&desk.dpo).get(&path).await.expect(200).json();
    let text = |alert: &Value, field: &str| alert[field].as_str().unwrap().to_owned();
    let all = all["alerts"].as_array().unwrap().iter();
    all.map(|alert| (text(alert, "kind"), text(alert, "text"))).collect()
}

/// What only holds before its day.
const STALE: [&str; 8] = [
    "are left",
    "next working day",
    "decide now",
    "the target is",
    "is near",
    "Confirm it now",
    "Answer",
    "Release",
];

#[actix_web::test]
async fn what_a_higher_alert_passed_over_is_told_as_it_was() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    // Target and limit are 23 December.
    desk.app.set_now(at("2026-12-28T12:00:00Z"));
    desk.sweep().await;
    let said_now = said(&desk, &case).await;
    let of = |kind: &str| said_now.iter().find(|it| it.0 == kind).unwrap().1.as_str();
    for (kind, expected) in [
        ("target_in_7", "seven working days before the target, 23 December 2026, it was time"),
        ("target_in_3", "three working days before the target, 23 December 2026, it was time"),
        ("target_in_1", "the working day before the target, 23 December 2026, it was time"),
        ("target_reached", "the target was 23 December 2026."),
        ("extension_lapses", "was to be told by 23 December 2026"),
    ] {
        let said = of(kind);
        assert!(said.contains(expected), "{kind}: {said}");
        assert!(!STALE.iter().any(|stale| said.contains(stale)), "{kind}: {said}");
    }
    // The one that holds says what to do.
    assert!(of("limit_reached").contains("Answer without delay"), "{said_now:?}");
    assert!(of("acknowledgement_due").contains("Confirm it now"), "{said_now:?}");
    let browser = crate::pages::browser(&desk.app, &desk.dpo).await;
    let page = browser.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(page.contains("the target was 23 December 2026."), "{page}");

    // Once the case is over, nothing is left to do.
    let taken_back = json!({ "reason": "She takes it back" });
    desk.app.as_user(&desk.dpo).verb(&case, "withdrawal", taken_back).await.expect(200);
    for (kind, said) in said(&desk, &case).await {
        assert!(!STALE.iter().any(|stale| said.contains(stale)), "{kind}: {said}");
    }
}

#[actix_web::test]
async fn an_alert_that_stands_grows_old_on_its_page() {
    let desk = Desk::open().await;
    let case = desk.log(|_| ()).await;
    // Raised the day before the target, and read on it, before anything else was due.
    desk.app.set_now(at("2026-12-22T12:00:00Z"));
    desk.sweep().await;
    for (now, expected) in [
        ("2026-12-22T12:00:00Z", "the target is the next working day, 23 December 2026"),
        ("2026-12-23T05:00:00Z", "the working day before the target, 23 December 2026, it was"),
    ] {
        desk.app.set_now(at(now));
        let said = said(&desk, &case).await;
        let said = &said.iter().find(|it| it.0 == "target_in_1").unwrap().1;
        assert!(said.contains(expected), "{now}: {said}");
    }
}

//! A request is closed for want of a reply after the time that the law's guidance takes for fair, with
//! the letter and without.

use serde_json::{Value, json};

use super::{at, case, question};
use crate::support::app::TestApp;

#[actix_web::test]
async fn no_reply_closes_a_request_only_after_a_question_a_reminder_and_time() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let closing = |reminded_on: Value| json!({ "ground": "no_reply", "reason": "No answer", "reminded_on": reminded_on });
    let nothing = client.verb(&case, "closing", closing(json!("2026-11-25"))).await.expect(422);
    assert_eq!(nothing.problem().1, ["ground: letter-nothing-asked"]);
    client.verb(&case, "pauses", question("identity", "2026-11-24T08:00:00Z")).await.expect(200);
    for (now, reminded_on, wrong, first) in [
        (
            "2026-12-01T09:00:00Z",
            Value::Null,
            "reminded_on: closing-needs-reminder",
            Some("24 December 2026"),
        ),
        (
            "2026-12-18T09:00:00Z",
            Value::Null,
            "reminded_on: closing-needs-reminder",
            Some("25 December 2026"),
        ),
        ("2026-12-28T09:00:00Z", json!("2026-11-24"), "reminded_on: letter-before-question", None),
        (
            "2026-12-23T09:00:00Z",
            json!("2026-12-01"),
            "ground: letter-too-early",
            Some("24 December 2026"),
        ),
        (
            "2026-12-24T09:00:00Z",
            json!("2026-12-18"),
            "ground: letter-too-early",
            Some("25 December 2026"),
        ),
    ] {
        app.set_now(at(now));
        let refused = client.verb(&case, "closing", closing(reminded_on)).await.expect(422);
        assert_eq!(refused.problem().1, [wrong], "{now}");
        let told = refused.json::<Value>()["errors"][0]["detail"].as_str().unwrap().to_owned();
        assert!(first.is_none_or(|first| told.contains(first)), "{told}");
    }
    let future = client.verb(&case, "closing", closing(json!("2026-12-25"))).await.expect(422);
    let wrong = ["reminded_on: letter-in-future", "ground: letter-too-early"];
    assert_eq!(future.problem().1, wrong);
    let other = json!({ "ground": "mistake", "reason": "Twice", "reminded_on": "2026-12-17" });
    let other = client.verb(&case, "closing", other).await.expect(422);
    assert_eq!(other.problem().1, ["reminded_on: closing-no-reminder"]);

    // The page is held to the same, and keeps what was typed.
    let staff = crate::pages::browser(&app, &dpo).await;
    let page = format!("/requests/{}", case.id);
    let shown = staff.get(&page).await.expect(200);
    let csrf = crate::pages::token(&shown, &format!("{page}/closing"));
    let typed = |reminded_on: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("version", "2".to_owned()),
            ("ground", "no_reply".to_owned()),
            ("closing_reason", "No answer came".to_owned()),
            ("reminded_on", reminded_on.to_owned()),
        ]
    };
    let send = async |fields: [(&'static str, String); 5]| {
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        staff.post_form(&format!("{page}/closing"), &fields).await
    };
    let refused = send(typed("2026-12-18")).await.expect(422).text();
    assert!(refused.contains("from 25 December 2026 on"), "{refused}");
    assert!(refused.contains("value=\"2026-12-18\""), "{refused}");
    send(typed("2026-12-17")).await.expect(303);
    let shown = staff.get(&page).await.expect(200).text();
    assert!(shown.contains("17 December 2026"), "{shown}");
    app.assert_replays().await;
}

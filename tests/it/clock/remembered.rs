//! What left outside of the product and is recorded late.

use serde_json::{Value, json};

use super::{at, case, extension, question};
use crate::support::app::TestApp;

#[actix_web::test]
async fn what_is_remembered_once_the_date_has_passed_moves_no_date() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    app.set_now(at("2026-12-30T09:00:00Z"));
    let long_ago = "2026-12-20T08:00:00Z";
    let refused = client.verb(&case, "pauses", question("identity", long_ago)).await.expect(422);
    assert_eq!(refused.problem().1, ["message.sent_at: sent-long-ago"]);
    for record_late in [false, true] {
        let mut notice = extension(long_ago, None);
        notice["record_late"] = json!(record_late);
        let refused = client.verb(&case, "extension", notice).await.expect(422);
        assert_eq!(refused.problem().1, ["message.sent_at: sent-long-ago"]);
    }
    // As in a letter: what names nothing of the case is no reason.
    let mut empty = question("identity", "2026-12-29T08:00:00Z");
    empty["statement"] = json!(".");
    let refused = client.verb(&case, "pauses", empty).await.expect(422);
    assert_eq!(refused.problem().1, ["statement: pause-needs-doubt"]);
    let mut silent = extension("2026-12-29T08:00:00Z", None);
    silent["reason"] = json!("x");
    let refused = client.verb(&case, "extension", silent).await.expect(422);
    assert_eq!(refused.problem().1, ["reason: extension-needs-reasons"]);
    let late: Value = client.get(&format!("/api/v1/requests/{}", case.id)).await.json();
    assert_eq!((&late["overdue"], &late["legal_on"]), (&json!(true), &json!("2026-12-23")));
}

#[actix_web::test]
async fn a_notice_that_came_too_late_is_recorded_without_effect() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    app.set_now(at("2026-12-28T09:00:00Z"));
    // Half past midnight in Paris on the day after the last one.
    let mut late = extension("2026-12-23T23:30:00Z", None);
    let refused = client.verb(&case, "extension", late.clone()).await.expect(422);
    assert_eq!(refused.problem().1, ["message.sent_at: notice-too-late"]);
    assert!(refused.text().contains("by 23 December 2026"), "{}", refused.text());
    late["record_late"] = json!(true);
    let recorded: Value = client.verb(&case, "extension", late).await.expect(200).json();
    assert_eq!(recorded["legal_on"], "2026-12-23");
    assert_eq!(recorded["overdue"], true);
    assert_eq!(recorded["extended_at"], Value::Null);
    assert_eq!(recorded["dates"]["status"], "extension_void_late_notice");
    assert_eq!(client.events(&case).await[1]["detail"]["late"], true);
    app.assert_replays().await;
}

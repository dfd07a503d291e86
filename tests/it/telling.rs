//! A decision that no letter and no release has told the person of is a task, until they are told.

use actix_web::http::Method;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::letters::desk::Desk;
use crate::support::cases::LoggedCase;

/// How many open tasks say that the person is to be told.
async fn asked(desk: &Desk) -> usize {
    let listed = desk.client().get("/api/v1/tasks").await.expect(200);
    count(&listed.json())
}

fn count(listed: &Value) -> usize {
    let tasks = listed["tasks"].as_array().unwrap();
    tasks.iter().filter(|task| task["kind"] == "tell_person").count()
}

async fn decide(desk: &Desk, case: &LoggedCase, right: &str, body: Value) {
    let path = format!("rights/{right}/decision");
    desk.client().verb(case, &path, body).await.expect(200);
}

fn refusal() -> Value {
    json!({ "decision": "refused", "ground": "legal_claims", "reason": "A dispute is pending." })
}

/// A case on which everything was decided by hand.
async fn decided(desk: &Desk) -> LoggedCase {
    let case = desk.case("en", json!(["erasure", "restriction"])).await;
    decide(desk, &case, "erasure", refusal()).await;
    assert_eq!(asked(desk).await, 0, "one right is still open");
    desk.identify(&case).await;
    decide(desk, &case, "restriction", json!({ "decision": "granted" })).await;
    assert_eq!(asked(desk).await, 1);
    case
}

#[actix_web::test]
async fn a_decision_by_hand_is_a_task_until_somebody_writes_to_the_person() {
    let desk = Desk::new().await;
    let case = decided(&desk).await;
    let staff = crate::pages::browser(&desk.app, &desk.dpo).await;
    let page = async || staff.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    let shown = page().await;
    assert!(shown.contains("Everything is decided, and nothing has told the person"), "{shown}");
    assert!(shown.contains("Tell them before you close the request."), "{shown}");
    // A refusal by letter says nothing of what was granted.
    let letter = json!({ "subject_country": "FR", "rights": [{ "right": "erasure",
        "ground": "legal_claims", "reason": "A dispute about the invoice of May is pending." }] });
    let path = desk.written(&case, "REFUSE", letter).await;
    desk.send(&path, "counter").await.expect(200);
    assert_eq!(asked(&desk).await, 1);
    let message = json!({ "message": "We have restricted what we do with your data." });
    desk.client().verb(&case, "messages", message).await.expect(200);
    assert_eq!(asked(&desk).await, 0);
    let shown = page().await;
    assert!(!shown.contains("nothing has told the person"), "{shown}");
    assert!(!shown.contains("Tell them before you close the request."), "{shown}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn whoever_told_the_person_in_another_way_says_so_once() {
    let desk = Desk::new().await;
    let case = decided(&desk).await;
    let listed: Value = desk.client().get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap();
    let task = tasks.iter().find(|task| task["kind"] == "tell_person").unwrap();
    let path = format!("/api/v1/tasks/{}/completion", task["id"].as_str().unwrap());
    desk.client().send(Method::POST, &path, None, &[]).await.expect(200);
    // What is written afterwards asks for nothing again.
    let letter = json!({ "subject_country": "FR", "rights": [{ "right": "erasure",
        "ground": "legal_claims", "reason": "A dispute about the invoice of May is pending." }] });
    let path = desk.written(&case, "REFUSE", letter).await;
    desk.send(&path, "counter").await.expect(200);
    assert_eq!(asked(&desk).await, 0);
}

#[actix_web::test]
async fn what_a_letter_decides_it_has_told() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["erasure", "restriction"])).await;
    desk.identify(&case).await;
    let letter = json!({ "subject_country": "FR", "rights": [
        { "right": "erasure", "ground": "legal_claims",
            "reason": "A dispute about the invoice of May is pending." },
        { "right": "restriction", "ground": "legal_claims",
            "reason": "A dispute about the invoice of May is pending." }] });
    let path = desk.written(&case, "REFUSE", letter).await;
    desk.send(&path, "counter").await.expect(200);
    assert_eq!(desk.client().case(&case).await["status"], "answered");
    assert_eq!(asked(&desk).await, 0);
}

#[actix_web::test]
async fn a_closing_ends_the_task_and_its_undo_brings_it_back() {
    let desk = Desk::new().await;
    let case = decided(&desk).await;
    desk.client().verb(&case, "closing", json!({ "ground": "answered" })).await.expect(200);
    assert_eq!(asked(&desk).await, 0);
    desk.client().undo_at(&format!("/api/v1/requests/{}", case.id)).await.expect(200);
    assert_eq!(asked(&desk).await, 1);
    // Nothing is decided any more, so nothing is to be told.
    let reason = json!({ "reason": "She wrote" });
    desk.client().verb(&case, "reopening", reason).await.expect(200);
    assert_eq!(asked(&desk).await, 0);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_release_tells_of_its_right_and_of_no_other() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let dpo = shop.dpo();
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    let open = async || {
        let tasks = shop.dpo().get("/api/v1/tasks").await.expect(200);
        count(&tasks.json())
    };
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = format!("packages/{}", package["id"].as_str().unwrap());
    let refusal = json!({ "decision": "refused", "ground": "legal_privilege", "reason": "Secret" });
    dpo.put(&path("rights/portability/decision"), refusal).await.expect(200);
    assert_eq!(open().await, 0, "access is still open");
    let release = json!({ "reference": reference });
    dpo.post(&path(&format!("{package}/release")), release).await.expect(200);
    assert_eq!(open().await, 1, "nothing says that portability was refused");
    let handler = shop.app.user(&[(shop.controller.id, Role::Handler)]).await;
    let message = json!({ "message": "Portability does not cover what we derived ourselves." });
    let handler = shop.app.as_user(&handler).with("if-match", "*");
    handler.post(&path("messages"), message).await.expect(200);
    assert_eq!(open().await, 0);
    shop.app.assert_replays().await;
}

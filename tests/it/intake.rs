//! Logging a request: what is answered, what is refused, and what a key replays.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;

fn body(controller: &guichet::db::controllers::Controller) -> Value {
    json!({
        "controller_id": controller.id,
        "channel": "phone",
        "rights": ["know", "portability"],
        "subject": {
            "names": ["Zoé Martin"],
            "identifiers": [
                { "kind": "email", "value": "Zoe@Example.org" },
                { "kind": "phone", "value": "06 12 34 56 78" },
            ],
        },
        "words": "Que savez-vous de moi ?",
        "language": "fr",
    })
}

#[actix_web::test]
async fn a_request_is_logged_with_its_dates_and_their_explanation() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let answer = app.as_user(&agent).post("/api/v1/requests", body(&controller)).await;
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let answer: Value = answer.expect(201).json();
    insta::assert_json_snapshot!(answer, {
        ".receipt_secret" => "[secret]",
        ".call_code" => "[code]",
        ".request.id" => "[id]",
        ".request.controller_id" => "[id]",
        ".request.reference" => "[reference]",
    });
    let reference = answer["request"]["reference"].as_str().unwrap();
    assert!(reference.parse::<guichet::domain::reference::Reference>().is_ok());
}

#[actix_web::test]
async fn a_key_replays_its_answer_and_refuses_another_body() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let keyed = app.as_user(&agent).with("idempotency-key", "call-17");
    let first = keyed.post("/api/v1/requests", body(&controller)).await.expect(201);
    let second = keyed.post("/api/v1/requests", body(&controller)).await.expect(201);
    assert_eq!(first.text(), second.text());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.header("location"), second.header("location"));
    let mut other = body(&controller);
    other["words"] = json!("Autre chose");
    keyed.post("/api/v1/requests", other).await.expect(422);
    // The same key of another user is another key.
    let colleague = app.user(&[(controller.id, Role::Agent)]).await;
    let theirs = app.as_user(&colleague).with("idempotency-key", "call-17");
    let third = theirs.post("/api/v1/requests", body(&controller)).await.expect(201);
    assert_ne!(first.text(), third.text());
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let list: Value = app.as_user(&dpo).get("/api/v1/requests").await.expect(200).json();
    assert_eq!(list["count"], 2);
}

#[actix_web::test]
async fn a_retry_after_midnight_is_the_same_call() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let keyed = app.as_user(&agent).with("idempotency-key", "call-18");
    let mut today = body(&controller);
    today["received_at"] = json!(app.ctx().now);
    let first = keyed.post("/api/v1/requests", &today).await.expect(201);
    // In Paris it is tomorrow: as a new request this one would need a reason.
    app.advance(Duration::hours(20));
    app.as_user(&agent).post("/api/v1/requests", &today).await.expect(422);
    let second = keyed.post("/api/v1/requests", &today).await.expect(201);
    assert_eq!(first.text(), second.text());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    today["words"] = json!("Autre chose");
    let (_, fields) = keyed.post("/api/v1/requests", &today).await.expect(422).problem();
    assert_eq!(fields, ["Idempotency-Key: key-of-another-body"]);
}

#[actix_web::test]
async fn the_receipt_is_never_in_the_future_and_earlier_only_with_a_reason() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let log = async |at: chrono::DateTime<chrono::Utc>, reason: Option<&str>| {
        let mut body = body(&controller);
        body["received_at"] = json!(at);
        if let Some(reason) = reason {
            body["received_reason"] = json!(reason);
        }
        app.as_user(&dpo).post("/api/v1/requests", body).await
    };
    let now = app.ctx().now;
    let (code, fields) = log(now + Duration::minutes(5), None).await.expect(422).problem();
    assert_eq!((code.as_str(), fields), ("invalid", vec!["received_at: in-future".to_owned()]));
    let (_, fields) = log(now - Duration::days(3), None).await.expect(422).problem();
    assert_eq!(fields, ["received_reason: earlier-needs-reason"]);
    log(now - Duration::days(3), Some("Lettre ouverte ce matin")).await.expect(201);
    log(now - Duration::seconds(1), None).await.expect(201);
}

#[actix_web::test]
async fn bad_input_is_told_place_by_place() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let foreign = app.controller_ie().await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let client = app.as_user(&agent);
    let mut wrong = body(&controller);
    wrong["rights"] = json!([]);
    wrong["subject"]["names"] = json!(["", "ok"]);
    wrong["subject"]["identifiers"] = json!([{ "kind": "email", "value": "nobody" }]);
    wrong["objection_to"] = json!("marketing");
    let (_, mut fields) = client.post("/api/v1/requests", wrong).await.expect(422).problem();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["rights: none", "subject.identifiers[0]: no-email", "subject.names[0]: empty"]
    );
    let mut elsewhere = body(&controller);
    elsewhere["controller_id"] = json!(foreign.id);
    let (_, fields) = client.post("/api/v1/requests", elsewhere).await.expect(422).problem();
    assert_eq!(fields, ["controller_id: no-such-controller"]);
    let mut unknown = body(&controller);
    unknown["verified_level"] = json!("v3");
    let (_, fields) = client.post("/api/v1/requests", unknown).await.expect(422).problem();
    assert_eq!(fields, ["verified_level: unknown-field"]);
    client.post("/api/v1/requests", json!([1])).await.expect(422);
}

#[actix_web::test]
async fn an_immediate_right_stands_on_top_for_a_day() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let mut old = body(&controller);
    old["received_at"] = json!(app.ctx().now - Duration::days(60));
    old["received_reason"] = json!("Retrouvée");
    client.post("/api/v1/requests", old).await.expect(201);
    let mut marketing = body(&controller);
    marketing["rights"] = json!(["objection"]);
    marketing["objection_to"] = json!("marketing");
    let logged: Value = client.post("/api/v1/requests", marketing).await.expect(201).json();
    let until = logged["request"]["urgent_until"].as_str().unwrap();
    let until: chrono::DateTime<chrono::Utc> = until.parse().unwrap();
    assert_eq!(until, app.ctx().now + Duration::hours(24));
    let list: Value = client.get("/api/v1/requests").await.expect(200).json();
    assert_eq!(list["requests"][0]["id"], logged["request"]["id"]);
    assert_eq!(list["requests"][1]["overdue"], true);
}

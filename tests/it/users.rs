//! The users of the instance, and whether the server is alive and ready.

use serde_json::{Value, json};

use crate::support::app::TestApp;

#[actix_web::test]
async fn an_operator_lets_people_in_and_out() {
    let app = TestApp::start().await;
    let operator = app.operator().await;
    let client = app.as_user(&operator);
    let new = json!({ "name": "Ada Moreau", "email": "ada@staff.example", "language": "fr" });
    let made: Value = client.post("/api/v1/users", &new).await.expect(201).json();
    assert_eq!(made["must_change_password"], true);
    let twice = client.post("/api/v1/users", &new).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "email-taken");
    for (field, value, code) in
        [("email", "nobody", "email"), ("email", "", "empty"), ("name", " ", "empty")]
    {
        let mut wrong = new.clone();
        wrong[field] = json!(value);
        let answer = client.post("/api/v1/users", wrong).await.expect(422);
        assert_eq!(answer.problem().1, [format!("{field}: {code}")]);
    }
    let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
    let credentials =
        json!({ "email": "ada@staff.example", "password": made["one_time_password"] });
    app.anonymous().post("/api/v1/tokens", &credentials).await.expect(200);
    let out = client.patch(&path, json!({ "status": "disabled" })).await;
    assert_eq!(out.expect(200).json::<Value>()["status"], "disabled");
    app.anonymous().post("/api/v1/tokens", &credentials).await.expect(401);
    client.patch(&path, json!({ "status": "gone" })).await.expect(422);
    client.patch(&path, json!({ "status": "active" })).await.expect(200);

    let own = format!("/api/v1/users/{}", operator.id);
    let refused: Value =
        client.patch(&own, json!({ "status": "disabled" })).await.expect(409).json();
    assert_eq!(refused["reason"], "own-account");
    let listed: Value = client.get("/api/v1/users").await.expect(200).json();
    assert_eq!(listed["users"].as_array().unwrap().len(), 2);
    assert_eq!(app.event_kinds().await, ["UserCreated", "UserDisabled", "UserEnabled"]);
    let written = app.event_texts().await;
    for personal in ["Ada", "ada@", "Moreau"] {
        assert!(!written.contains(personal), "{written}");
    }
}

#[actix_web::test]
async fn only_operators_see_the_users() {
    let app = TestApp::start().await;
    let client = app.as_user(&app.user(&[]).await);
    client.get("/api/v1/users").await.expect(403);
    let new =
        json!({ "name": "A", "email": "a@staff.example", "language": "fr", "operator": true });
    client.post("/api/v1/users", &new).await.expect(403);
    let path = format!("/api/v1/users/{}", app.operator().await.id);
    client.patch(&path, json!({ "status": "disabled" })).await.expect(403);
    app.anonymous().get("/api/v1/users").await.expect(401);
}

#[actix_web::test]
async fn the_probes_tell_what_they_see() {
    let app = TestApp::start().await;
    app.anonymous().get("/healthz").await.expect(200);
    app.anonymous().get("/readyz").await.expect(200);
    let contract = app.anonymous().get("/api/v1/openapi.yaml").await.expect(200);
    assert!(contract.text().starts_with("openapi: 3.1"));
    // The sealed folder is gone.
    std::fs::remove_dir_all(app.directory().join("sealed")).unwrap();
    let answer = app.anonymous().get("/readyz").await.expect(503);
    assert_eq!(answer.problem().0, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("2"));
    app.anonymous().get("/healthz").await.expect(200);
}

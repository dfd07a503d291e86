//! Signing in through the API: who may, and what everybody else is told.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::domain::ids::UserId;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::PASSWORD;
use crate::support::client::{Answer, Client};

async fn token(app: &TestApp, credentials: Value) -> Answer {
    app.anonymous().post("/api/v1/tokens", credentials).await
}

fn with_token<'a>(app: &'a TestApp, answer: Answer) -> Client<'a> {
    let token: Value = answer.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    app.anonymous().with("authorization", bearer)
}

async fn set_active(app: &TestApp, id: UserId, active: bool) {
    let ctx = app.ctx();
    let verb = move |conn: &mut _| {
        guichet::workflow::settings::users::set_active(conn, &ctx, id, active).map(drop)
    };
    app.app.write(verb).await.unwrap();
}

#[actix_web::test]
async fn a_password_is_worth_a_token() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let user = app.user(&[(controller.id, Role::Dpo)]).await;
    let answer = token(&app, json!({ "email": user.email, "password": PASSWORD })).await;
    let body: Value = answer.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(600)));
    let client = with_token(&app, answer);
    let me: Value = client.get("/api/v1/me").await.expect(200).json();
    assert_eq!(
        me,
        json!({
            "id": user.id, "name": user.name, "email": user.email, "language": "en",
            "operator": false, "must_change_password": false,
            "memberships": [{ "controller_id": controller.id, "role": "dpo" }],
        })
    );
    app.advance(Duration::minutes(10));
    client.get("/api/v1/me").await.expect(401);
}

#[actix_web::test]
async fn e_03_unknown_mistyped_and_disabled_are_told_alike() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let disabled = app.insert_user(&[], |row| "disabled".clone_into(&mut row.status)).await;
    let mut told = Vec::new();
    for (email, password) in [
        (user.email.as_str(), "not the password at all"),
        ("nobody@staff.example", PASSWORD),
        (disabled.email.as_str(), PASSWORD),
    ] {
        let answer = token(&app, json!({ "email": email, "password": password })).await;
        let answer = answer.expect(401);
        let mut body: Value = answer.json();
        body.as_object_mut().unwrap().remove("instance").expect("an id of the request");
        let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        told.push((body, headers));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert_eq!(told[0].0["type"], "urn:guichet:problem:unauthenticated");
}

#[actix_web::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let wrong = json!({ "email": user.email, "password": "not the password at all" });
    for _ in 0..10 {
        token(&app, wrong.clone()).await.expect(401);
    }
    let refused = token(&app, wrong).await.expect(429);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[actix_web::test]
async fn credentials_have_one_of_two_forms() {
    let app = TestApp::start().await;
    for wrong in [
        json!({}),
        json!({ "email": "a@b.example" }),
        json!({ "email": "a@b.example", "password": "x", "api_key": "y" }),
    ] {
        let (kind, errors) = token(&app, wrong).await.expect(422).problem();
        assert_eq!((kind.as_str(), errors), ("invalid", vec![": password-or-key".to_owned()]));
    }
    let unknown = token(&app, json!({ "email": "a@b.example", "role": "operator" })).await;
    let (_, errors) = unknown.expect(422).problem();
    assert!(errors[0].ends_with(": unknown-field"), "{errors:?}");
}

#[actix_web::test]
async fn a_one_time_password_opens_nothing_but_its_change() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let roles = [(controller.id, Role::Admin)];
    let user = app.insert_user(&roles, |row| row.must_change_password = true).await;
    let client = app.as_user(&user);
    let me: Value = client.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["must_change_password"], true);
    for path in ["/api/v1/controllers", "/api/v1/api-keys", "/api/v1/users"] {
        let (kind, _) = client.get(path).await.expect(403).problem();
        assert_eq!(kind, "must-change-password", "{path}");
    }
    let own = "a quiet heron by the pond";
    let change = |old: &str, new: &str| json!({ "current_password": old, "new_password": new });
    for (old, new, expected) in [
        ("not mine at all", own, "current_password: wrong-password"),
        (PASSWORD, "short", "new_password: password-too-short"),
        (PASSWORD, PASSWORD, "new_password: same-password"),
    ] {
        let answer = client.put("/api/v1/me/password", change(old, new)).await;
        assert_eq!(answer.expect(422).problem().1, [expected]);
    }
    client.put("/api/v1/me/password", change(PASSWORD, own)).await.expect(204);
    // A token that was given for the old password ends with it.
    client.get("/api/v1/me").await.expect(401);
    token(&app, json!({ "email": user.email, "password": PASSWORD })).await.expect(401);
    let signed = token(&app, json!({ "email": user.email, "password": own })).await;
    with_token(&app, signed).get("/api/v1/controllers").await.expect(200);
}

#[actix_web::test]
async fn a_key_is_shown_once_works_and_is_revoked() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let client = app.as_user(&user);
    let made = client.post("/api/v1/api-keys", json!({ "label": "the shop" })).await;
    let made: Value = made.expect(201).json();
    let key = made["api_key"].as_str().unwrap();
    let program = with_token(&app, token(&app, json!({ "api_key": key })).await);
    let me: Value = program.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["id"], json!(user.id));

    let listed: Value = client.get("/api/v1/api-keys").await.expect(200).json();
    assert!(!listed.to_string().contains(key));
    assert_eq!(listed["api_keys"][0]["label"], "the shop");
    assert_eq!(listed["api_keys"][0]["used_at"], "2026-11-23T09:00:00Z");

    let more = program.post("/api/v1/api-keys", json!({ "label": "another" })).await;
    assert_eq!(more.expect(403).problem().0, "needs-password", "a leaked key makes no others");

    let path = format!("/api/v1/api-keys/{}", made["id"].as_str().unwrap());
    let stranger = app.user(&[]).await;
    app.as_user(&stranger).delete(&path).await.expect(404);
    client.delete(&path).await.expect(204);
    client.delete(&path).await.expect(404);
    token(&app, json!({ "api_key": key })).await.expect(401);
    program.get("/api/v1/me").await.expect(401);
    for wrong in ["", "x", &"A".repeat(43)] {
        token(&app, json!({ "api_key": wrong })).await.expect(401);
    }
}

#[actix_web::test]
async fn a_user_has_at_most_twenty_keys() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let client = app.as_user(&user);
    for _ in 0..20 {
        client.post("/api/v1/api-keys", json!({ "label": "x" })).await.expect(201);
    }
    let more = client.post("/api/v1/api-keys", json!({ "label": "x" })).await;
    let problem: Value = more.expect(409).json();
    assert_eq!(problem["reason"], "too-many-keys");
}

#[actix_web::test]
async fn t_18_a_disabled_user_is_out_at_once() {
    let app = TestApp::start().await;
    let user = app.user(&[]).await;
    let client = app.as_user(&user);
    let key = client.post("/api/v1/api-keys", json!({ "label": "x" })).await;
    let key: Value = key.expect(201).json();
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let signed = with_token(&app, token(&app, credentials.clone()).await);
    signed.get("/api/v1/me").await.expect(200);
    set_active(&app, user.id, false).await;
    signed.get("/api/v1/me").await.expect(401);
    token(&app, credentials.clone()).await.expect(401);
    token(&app, json!({ "api_key": key["api_key"] })).await.expect(401);
    set_active(&app, user.id, true).await;
    token(&app, credentials).await.expect(200);
}

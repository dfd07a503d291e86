//! Signing in: who may, and what everybody else is told.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::PASSWORD;

#[actix_web::test]
async fn a_password_is_worth_a_token() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let user = app.user(&[(controller.id, Role::Dpo)]).await;
    let credentials = json!({ "email": user.email, "password": PASSWORD });
    let answer = app.anonymous().post("/api/v1/tokens", credentials).await;
    let token: Value = answer.expect(200).json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let me = app.anonymous().with("authorization", bearer);
    let me: Value = me.get("/api/v1/me").await.expect(200).json();
    assert_eq!(
        me,
        json!({
            "id": user.id, "name": user.name, "email": user.email, "language": "en",
            "operator": false, "must_change_password": false,
            "memberships": [{ "controller_id": controller.id, "role": "dpo" }],
        })
    );
}

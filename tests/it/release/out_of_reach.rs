//! An answer that waits in the portal, once its person's contact is called unfit in another case.

use guichet::worker;
use serde_json::{Value, json};

use super::Released;
use crate::codes::sent;

/// The cases that wait for somebody to find another way, each with why.
async fn waiting(case: &Released) -> Vec<(String, String)> {
    let listed: Value = case.shop.dpo().get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap().iter();
    let text = |task: &Value, field: &str| task[field].as_str().unwrap().to_owned();
    let tasks = tasks.filter(|task| task["kind"] == "find_contact");
    tasks.map(|task| (text(task, "request_id"), text(task, "detail"))).collect()
}

async fn log(case: &Released) -> String {
    let body = json!({
        "controller_id": case.shop.controller.id,
        "channel": "web",
        "rights": ["access"],
        "subject": {
            "names": ["Zoé Canari"],
            "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
        },
    });
    let logged: Value = case.shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    logged["request"]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn somebody_finds_another_way_for_an_answer_and_for_nothing_that_is_still_worked_on() {
    let case = Released::new().await;
    let shop = &case.shop;
    // Its notice had the contact looked up, and so had a message in a case that is not answered.
    assert!(!sent(shop).await.is_empty());
    let open = log(&case).await;
    let message = json!({ "message": "Bonjour" });
    shop.dpo().post(&format!("/api/v1/requests/{open}/messages"), message).await.expect(200);
    sent(shop).await;
    let other = log(&case).await;
    let shared = json!({ "condition": "shared", "reason": "The family reads it." });
    shop.dpo()
        .post(&format!("/api/v1/requests/{other}/contact-condition"), shared)
        .await
        .expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    let contact = async |id: &str| {
        let path = format!("/api/v1/requests/{id}");
        let read: Value = shop.dpo().get(&path).await.expect(200).json();
        read["identity"]["contact"].clone()
    };
    assert_eq!((contact(&case.id).await, contact(&open).await), (json!("shared"), json!("shared")));
    assert_eq!(waiting(&case).await, [(case.id.clone(), "shared".to_owned())]);
    // Fit again, it asks for nobody else.
    let fit = json!({ "condition": null, "reason": "A new address of her own." });
    shop.dpo().post(&format!("/api/v1/requests/{other}/contact-condition"), fit).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(contact(&case.id).await, Value::Null);
    assert_eq!(waiting(&case).await.len(), 1);
    shop.app.assert_replays().await;
}

//! A letter that acknowledges or closes: nobody hears of it while it can be undone, and afterwards it
//! is a draft again.

use chrono::Duration;
use guichet::domain::undo::TAKEN;
use guichet::worker::claim;
use serde_json::{Value, json};

use crate::codes::{Scene, scene, sent};
use crate::support::visit::{PLACE, visitor};

/// Begins the acknowledgement and sends it in the portal; answers its path.
async fn acknowledge(scene: &Scene) -> String {
    let letters = format!("/api/v1/requests/{}/letters", scene.id);
    let dpo = scene.shop.dpo();
    let drafted = dpo.post(&letters, json!({ "letter": "ACK" })).await.expect(201);
    let path = drafted.header("location").unwrap().to_owned();
    send(scene, &path).await;
    path
}

async fn send(scene: &Scene, path: &str) {
    let sending = json!({ "delivery": "portal" });
    scene.shop.dpo().post(&format!("{path}/sending"), sending).await.expect(200);
}

async fn undo(scene: &Scene) -> crate::support::client::Answer {
    scene.shop.dpo().undo_at(&format!("/api/v1/requests/{}", scene.id)).await
}

/// Whether the person can read the letter.
async fn is_read(scene: &Scene) -> bool {
    let person = visitor(&scene.shop.app, &scene.reference, &scene.receipt).await;
    let page = person.get(&format!("{PLACE}/messages")).await.expect(200).text();
    page.contains("Accusé de réception") || page.contains("accusons réception")
}

#[actix_web::test]
async fn mail_and_letter_leave_after_the_delay_and_an_undo_takes_them_back() {
    let scene = scene("zoe.canari@example.org").await;
    let app = &scene.shop.app;
    let path = acknowledge(&scene).await;
    app.advance(TAKEN - Duration::milliseconds(1));
    assert_eq!(sent(&scene.shop).await.len(), 0, "the mail leaves after the delay");
    assert!(!is_read(&scene).await, "the person does not see it yet");
    undo(&scene).await.expect(200);
    let draft: Value = scene.shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(draft["state"], "draft");
    for gone in ["sha256", "delivery", "sent_at", "printed_at"] {
        assert_eq!(draft[gone], Value::Null, "{gone}");
    }
    let case = format!("/api/v1/requests/{}", scene.id);
    let case: Value = scene.shop.dpo().get(&case).await.expect(200).json();
    assert_eq!((&case["status"], &case["acknowledged_at"]), (&json!("received"), &Value::Null));
    app.advance(Duration::hours(1));
    assert_eq!(sent(&scene.shop).await.len(), 0, "nothing leaves of what was undone");
    assert!(!is_read(&scene).await);

    send(&scene, &path).await;
    app.advance(TAKEN);
    assert_eq!(sent(&scene.shop).await.len(), 1);
    assert!(is_read(&scene).await);
    let late = undo(&scene).await.expect(409);
    // Looking up the contact leaves no event; what is left is that it is too late.
    assert_eq!(late.json::<Value>()["reason"], "undo-too-late-acknowledgement");
    app.assert_replays().await;
}

#[actix_web::test]
async fn what_a_worker_has_begun_already_is_not_undone_by_half() {
    let scene = scene("zoe.canari@example.org").await;
    let app = &scene.shop.app;
    let path = acknowledge(&scene).await;
    let at = app.app.now();
    // Another machine, whose clock is ahead.
    app.set_now(at + TAKEN);
    let claimed = claim::claim(&app.app).await.unwrap().expect("the notice");
    assert_eq!(claimed.job.kind(), "SendNotice");
    app.set_now(at + Duration::seconds(9));
    let late = undo(&scene).await.expect(409);
    assert_eq!(late.json::<Value>()["reason"], "undo-too-late-acknowledgement");
    let letter: Value = scene.shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(letter["state"], "sent");
    let case = format!("/api/v1/requests/{}", scene.id);
    let case: Value = scene.shop.dpo().get(&case).await.expect(200).json();
    assert_ne!(case["acknowledged_at"], Value::Null);
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_letter_that_closes_is_undone_with_the_closing() {
    let scene = scene("zoe.canari@example.org").await;
    let client = scene.shop.dpo();
    let letters = format!("/api/v1/requests/{}/letters", scene.id);
    let drafted = client.post(&letters, json!({ "letter": "NOTCTRL" })).await.expect(201);
    let path = drafted.header("location").unwrap().to_owned();
    let mut content = drafted.json::<Value>()["content"].clone();
    content["parts"]["actual_controller"] = json!("Autre Maison SA, Lyon.");
    content["parts"]["forwarding"] = json!("Nous l'avons transmise aujourd'hui.");
    client.put(&path, content).await.expect(200);
    send(&scene, &path).await;
    undo(&scene).await.expect(200);
    let case = format!("/api/v1/requests/{}", scene.id);
    let case: Value = client.get(&case).await.expect(200).json();
    assert_eq!((&case["status"], &case["ended_at"]), (&json!("received"), &Value::Null));
    let draft: Value = client.get(&path).await.expect(200).json();
    assert_eq!(draft["state"], "draft");
    assert!(draft["text"].as_str().unwrap().contains("Autre Maison SA"), "its words stay");
    scene.shop.app.advance(Duration::hours(1));
    assert_eq!(sent(&scene.shop).await.len(), 0);
}

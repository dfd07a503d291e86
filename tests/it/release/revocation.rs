//! A released answer that is taken back: nothing is answered any more, and the clock runs on.

use chrono::Duration;
use serde_json::{Value, json};

use super::Released;

#[actix_web::test]
async fn what_is_taken_back_answers_nothing_and_its_clock_is_shown_again() {
    let case = Released::ready().await;
    let shop = &case.shop;
    let read = async || -> Value {
        shop.dpo().get(&format!("/api/v1/requests/{}", case.id)).await.expect(200).json()
    };
    let before = read().await;
    case.release(&shop.dpo(), &case.package, None).await.expect(200);
    let answered = read().await;
    assert_eq!(
        (&answered["status"], &answered["rights"][0]["decision"]),
        (&json!("answered"), &json!("granted_in_part"))
    );
    shop.app.advance(Duration::days(2));
    let reason = json!({ "reason": "Une page d'autrui" });
    let path = case.of(&case.package, "/revocation");
    let revoked: Value = shop.dpo().post(&path, reason).await.expect(200).json();
    assert_eq!((&revoked["status"], &revoked["ended_at"]), (&json!("in_review"), &Value::Null));
    // Its print says what became of it.
    let desk = crate::pages::browser(&shop.app, &shop.dpo).await;
    let package = case.package["id"].as_str().unwrap();
    let print = format!("/requests/{}/packages/{package}/print", case.id);
    let gone = desk.get(&print).await.expect(409).text();
    assert!(gone.contains("This package is no more"), "{gone}");
    let open = read().await;
    let right = &open["rights"][0];
    assert_eq!((&right["decision"], &right["decided_at"]), (&json!("undecided"), &Value::Null));
    assert_eq!((&open["legal_on"], &open["due_on"]), (&before["legal_on"], &before["due_on"]));
    assert_ne!(open["due_on"], Value::Null);
    assert_eq!(case.events("PackageRetired").await[0]["detail"]["reopens"], true);
    let queue: Value = shop.dpo().get("/api/v1/requests").await.expect(200).json();
    assert_eq!(queue["requests"][0]["id"], json!(case.id));
    let ground = json!({ "ground": "answered" });
    let unanswered = shop.dpo().post(&case.path("closing"), ground).await.expect(422);
    assert_eq!(unanswered.problem().1, ["ground: not-answered"]);
    // Answered anew, it is answered.
    let anew = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    case.release(&shop.dpo(), &anew, Some("Sans la page d'autrui")).await.expect(200);
    assert_eq!(read().await["status"], "answered");
    // What ran out leaves its answer given.
    shop.app.advance(Duration::days(31));
    guichet::worker::keeping::sweep(&shop.app.app).await.unwrap();
    assert_eq!(case.events("PackageRetired").await.len(), 2);
    assert_eq!(read().await["status"], "answered");
    shop.app.assert_replays().await;
}

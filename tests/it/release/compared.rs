//! Whose the rows are is looked at for every right, not only for those that have a package.

use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::collection::shop::{MAP, Shop};

/// A case of the shop that asks for what changes data, with the map that says where names stand.
async fn erasure(email: &str) -> (Shop, String) {
    let shop = Shop::open().await;
    let named = MAP.replace(
        "        columns:\n          password_hash",
        "        columns:\n          name: { category: user.name }\n          password_hash",
    );
    assert_ne!(named, MAP);
    shop.rebuild("", &named, 2).await;
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "web",
        "rights": ["erasure", "restriction"],
        "subject": {
            "names": ["Zoé Canari"],
            "identifiers": [{ "kind": "email", "value": email }],
        },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let id = logged["request"]["id"].as_str().unwrap().to_owned();
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    (shop, id)
}

/// Why a right is not granted now, or nothing.
async fn refusal(shop: &Shop, id: &str, right: &str) -> Option<String> {
    let path = format!("/api/v1/requests/{id}/rights/{right}/decision");
    let answer = shop.dpo().put(&path, json!({ "decision": "granted" })).await;
    if answer.status == 200 {
        return None;
    }
    Some(answer.expect(409).json::<Value>()["reason"].as_str().unwrap().to_owned())
}

async fn compared(shop: &Shop, id: &str) -> Vec<Value> {
    let path = format!("/api/v1/requests/{id}/events");
    let events: Value = shop.dpo().get(&path).await.expect(200).json();
    let events = events["events"].as_array().unwrap().iter();
    let events = events.filter(|event| event["kind"] == "PeopleCompared");
    events.map(|event| event["detail"]["several_people"].clone()).collect()
}

#[actix_web::test]
async fn s_13_what_is_of_another_name_is_not_erased_before_two_people_decided() {
    let (shop, id) = erasure("other@example.org").await;
    shop.search(&id).await;
    assert_eq!(compared(&shop, &id).await, [true]);
    for right in ["erasure", "restriction"] {
        assert_eq!(refusal(&shop, &id, right).await.as_deref(), Some("needs-v3"), "{right}");
    }
    let tasks: Value = shop.dpo().get("/api/v1/tasks").await.expect(200).json();
    let tasks = tasks["tasks"].as_array().unwrap();
    assert!(tasks.iter().any(|task| task["kind"] == "several_people"), "{tasks:?}");
    let path = format!("/api/v1/requests/{id}");
    let body =
        json!({ "level": "v3", "methods": ["known_facts"], "reason": "Son nom de naissance" });
    shop.dpo().post(&format!("{path}/identity-decision"), body).await.expect(200);
    let second = shop.app.user(&[(shop.controller.id, Role::Dpo)]).await;
    let second = shop.app.as_user(&second).with("if-match", "*");
    let reason = json!({ "reason": "L'acte de mariage le dit" });
    second.post(&format!("{path}/identity-confirmation"), reason).await.expect(200);
    assert_eq!(refusal(&shop, &id, "erasure").await, None);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn what_one_person_has_is_granted_once_it_was_compared() {
    let (shop, id) = erasure("zoe.canari@example.org").await;
    let search = shop.search(&id).await;
    assert_eq!(compared(&shop, &id).await, [false]);
    assert_eq!(refusal(&shop, &id, "restriction").await, None);
    // What a person hands in since was compared by nobody yet.
    let search = search["id"].as_str().unwrap();
    let system = format!("/api/v1/requests/{id}/searches/{search}/systems/paper");
    let rows = json!({
        "outcome": "answered",
        "tables": [{ "table": "folder", "rows": [{ "name": "Zoé Canari" }] }],
    });
    shop.dpo().post(&format!("{system}/answer"), rows).await.expect(200);
    assert_eq!(refusal(&shop, &id, "erasure").await.as_deref(), Some("not-compared"));
    // Whoever looked at the case before the comparison is not told that somebody changed it.
    let seen: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.expect(200).json();
    let seen = format!("\"{}\"", seen["version"]);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(compared(&shop, &id).await, [false, false]);
    let note = json!({ "note": "Le classeur est lu." });
    let path = format!("/api/v1/requests/{id}/notes");
    let then = shop.app.as_user(&shop.dpo).with("if-match", &seen);
    then.post(&path, &note).await.expect(200);
    then.post(&path, &note).await.expect(412);
    assert_eq!(refusal(&shop, &id, "erasure").await, None);
    shop.app.assert_replays().await;
}

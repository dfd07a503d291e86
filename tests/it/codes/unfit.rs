//! What is on file is unfit: unsafe, shared, stale, or the employer's.

use chrono::Duration;
use guichet::worker;
use serde_json::{Value, json};

use super::{CASE, Scene, ask, code_in, level, scene, sent, tasks, type_code};
use crate::support::visit::{PLACE, token, visitor};

async fn declare(scene: &Scene, condition: Value) {
    let path = format!("/api/v1/requests/{}/contact-condition", scene.id);
    let body = json!({ "condition": condition, "reason": "She said so on the phone." });
    scene.shop.dpo().post(&path, body).await.expect(200);
}

async fn write(scene: &Scene) {
    let path = format!("/api/v1/requests/{}/messages", scene.id);
    scene.shop.dpo().post(&path, json!({ "message": "Avez-vous déménagé ?" })).await.expect(200);
}

#[actix_web::test]
async fn to_an_unfit_contact_goes_neither_code_nor_notice() {
    for condition in ["unsafe", "shared", "stale", "employer"] {
        let scene = scene("zoe.canari@example.org").await;
        let Scene { shop, reference, receipt, .. } = &scene;
        declare(&scene, json!(condition)).await;
        let path = format!("/api/v1/requests/{}", scene.id);
        let shown: Value = shop.dpo().get(&path).await.expect(200).json();
        assert_eq!(shown["identity"]["contact"], condition);
        write(&scene).await;
        let person = visitor(&shop.app, reference, receipt).await;
        ask(&person).await.expect(303);
        let page = person.get(CASE).await.expect(200).text();
        assert!(page.contains("If we have an e-mail address on file"), "as ever: {page}");
        assert!(sent(shop).await.is_empty(), "{condition}");
        assert_eq!(tasks(shop).await, [format!("find_contact {condition}")]);
        // A DPO may find it fit again.
        declare(&scene, Value::Null).await;
        write(&scene).await;
        assert_eq!(sent(shop).await.len(), 1);
        shop.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn a_notice_that_waits_does_not_go_to_a_contact_declared_meanwhile() {
    let scene = scene("zoe.canari@example.org").await;
    write(&scene).await;
    // The notice is written, and waits ten seconds so that it can be undone.
    worker::drain(&scene.shop.app.app).await.unwrap();
    declare(&scene, json!("unsafe")).await;
    scene.shop.app.advance(Duration::minutes(1));
    worker::drain(&scene.shop.app.app).await.unwrap();
    let states: Vec<String> = scene
        .shop
        .app
        .app
        .read(|conn| {
            use diesel::prelude::*;
            use guichet::db::schema::mails;
            Ok(mails::table.select(mails::state).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(states, ["given_up"]);
    assert_eq!(tasks(&scene.shop).await, ["deliver_mail portal_notice/contact-unfit"]);
}

#[actix_web::test]
async fn who_only_read_an_unfit_contact_needs_a_decision_of_two_people() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    type_code(&person, &code).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
    declare(&scene, json!("shared")).await;
    let decide = format!("/api/v1/requests/{}/rights/access/decision", scene.id);
    let nothing = json!({ "decision": "nothing_held" });
    let dpo = shop.dpo();
    let refused = dpo.put(&decide, nothing.clone()).await;
    assert_eq!(refused.expect(409).json::<Value>()["reason"], "needs-v3");
    // Who was seen is known without any mailbox.
    let identify = format!("/api/v1/requests/{}/identity-decision", scene.id);
    let long = json!({ "level": "v1", "methods": ["in_person"], "matched": "47110" });
    let refused = dpo.post(&identify, long).await.expect(422);
    assert_eq!(refused.problem().1, ["matched: too-long"]);
    let seen = json!({ "level": "v1", "methods": ["in_person"], "matched": "4711" });
    dpo.post(&identify, seen).await.expect(200);
    // Identity holds nothing back any more; that nobody has searched does.
    let refused = dpo.put(&decide, nothing).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "not-searched-whole");
    // Kept of what matched: four characters, sealed, and never more.
    let path = format!("/api/v1/requests/{}/events", scene.id);
    let events: Value = dpo.get(&path).await.expect(200).json();
    let matched = |kind: &str| {
        let mut events = events["events"].as_array().unwrap().iter();
        events.find(|event| event["kind"] == kind).unwrap()["words"]["matched"].clone()
    };
    assert_eq!((matched("CodeSent"), matched("IdentityDecided")), (json!("nari"), json!("4711")));
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_person_says_that_somebody_else_reads_the_mail() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    let action = format!("{PLACE}/unsafe-contact");
    let page = person.get(CASE).await.expect(200);
    assert!(page.text().contains("Somebody else can read my mail"), "{}", page.text());
    let csrf = token(&page, &action);
    person.post_form(&action, &[("csrf", "x")]).await.expect(403);
    for _ in 0..2 {
        person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    }
    let page = person.get(CASE).await.expect(200).text();
    assert!(page.contains("You told us that somebody else can read your mail"), "{page}");
    assert_eq!(tasks(shop).await, ["find_contact unsafe"]);
    write(&scene).await;
    // No button asks for a code there any more, and a form that was kept open has none sent.
    assert!(!page.contains("/code-request"), "{page}");
    let late = [("csrf", csrf.as_str())];
    person.post_form(&format!("{PLACE}/code-request"), &late).await.expect(303);
    assert!(sent(shop).await.is_empty());
    let said = super::kinds(&scene).await;
    assert_eq!(said.iter().filter(|kind| *kind == "ContactDeclared").count(), 1);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn only_a_dpo_finds_a_contact_fit_again() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let path = format!("/api/v1/requests/{}/contact-condition", scene.id);
    let fit = json!({ "condition": null, "reason": "It was changed." });
    let refused = shop.dpo().post(&path, fit.clone()).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "contact-fit");
    let role = guichet::domain::actor::Role::Handler;
    let handler = shop.app.user(&[(shop.controller.id, role)]).await;
    let handler = shop.app.as_user(&handler).with("if-match", "*");
    let unfit = json!({ "condition": "stale", "reason": "It bounced twice." });
    handler.post(&path, unfit).await.expect(200);
    handler.post(&path, fit).await.expect(403);
    let unknown = json!({ "condition": "haunted", "reason": "It bounced." });
    handler.post(&path, unknown).await.expect(422);
}

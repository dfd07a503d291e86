//! Machines that open every mail, and requests that somebody else makes first.

use actix_web::http::Method;
use chrono::Duration;
use guichet::domain::undo::TAKEN;
use guichet::worker;
use serde_json::json;

use super::{Scene, ask, code_in, kinds, level, log, scene, sent, type_code};
use crate::support::visit::{cookie, visitor};

#[actix_web::test]
async fn t_01_a_scanner_that_opens_every_link_changes_nothing() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, id, reference, receipt } = &scene;
    let write = format!("/api/v1/requests/{id}/messages");
    shop.dpo().post(&write, json!({ "message": "Bonjour" })).await.expect(200);
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let mails = sent(shop).await;
    assert_eq!(mails.len(), 2);
    let base = shop.app.config().base_url.as_str();
    let words = mails.iter().flat_map(|(_, text)| text.split_whitespace());
    let links: Vec<&str> = words.filter_map(|word| word.strip_prefix(base)).collect();
    assert!(!links.is_empty(), "{mails:?}");
    let (_, with_code) = mails.iter().find(|(_, text)| !text.contains("/t/")).unwrap();
    let code = code_in(with_code);
    let before = kinds(&scene).await;
    for link in links {
        for _ in 0..5 {
            for method in [Method::HEAD, Method::GET] {
                let opened =
                    shop.app.anonymous().send(method, &format!("/{link}"), None, &[]).await;
                assert_eq!(opened.status, 200, "{link}");
                assert!(cookie(&opened, "portal").is_none(), "{link}");
            }
        }
    }
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(kinds(&scene).await, before);
    // And the code still counts.
    type_code(&person, &code).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
}

#[actix_web::test]
async fn s_15_whoever_asks_first_in_the_name_of_another_stands_in_nobodys_way() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    // Somebody else was first, asked for a code that goes to the person, and guessed at it.
    let thief = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    ask(&thief).await.expect(303);
    worker::drain(&shop.app.app).await.unwrap();
    for _ in 0..5 {
        type_code(&thief, "0000 0000").await.expect(422);
    }
    shop.app.advance(Duration::days(1));
    let (id, reference, receipt) = log(shop, "zoe.canari@example.org").await;
    let person = visitor(&shop.app, &reference, &receipt).await;
    ask(&person).await.expect(303);
    type_code(&person, &code_in(&sent(shop).await[0].1)).await.expect(303);
    let case = |id: &str| format!("/api/v1/requests/{id}");
    let real: serde_json::Value = shop.dpo().get(&case(&id)).await.expect(200).json();
    let first: serde_json::Value = shop.dpo().get(&case(&scene.id)).await.expect(200).json();
    assert_eq!(
        (&real["identity"]["level"], &first["identity"]["level"]),
        (&json!("v1"), &json!("v0"))
    );
    // Each has a clock of its own.
    assert_ne!(real["legal_on"], first["legal_on"]);
}

#[actix_web::test]
async fn the_acknowledgement_by_mail_carries_the_reference_and_no_secret() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, id, reference, receipt } = &scene;
    let letters = format!("/api/v1/requests/{id}/letters");
    let drafted = shop.dpo().post(&letters, json!({ "letter": "ACK" })).await.expect(201);
    let sending = format!("{}/sending", drafted.header("location").unwrap());
    shop.dpo().post(&sending, json!({ "delivery": "portal" })).await.expect(200);
    shop.app.advance(TAKEN);
    let mails = sent(shop).await;
    let [(to, text)] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(to, "zoe.canari@example.org");
    for told in [reference.as_str(), "/t/maison-exemple/fr/", "La référence seule n'ouvre rien"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let bare = |text: &str| text.replace(['-', ' ', '\n'], "");
    for secret in ["Zoé", "Canari", "accès", bare(receipt).as_str()] {
        assert!(!text.contains(secret) && !bare(text).contains(secret), "{secret}: {text}");
    }
}

#[actix_web::test]
async fn s_09_whoever_takes_a_call_is_told_nothing_of_the_caller() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let role = guichet::domain::actor::Role::Agent;
    let agent = shop.app.user(&[(shop.controller.id, role)]).await;
    let agent = shop.app.as_user(&agent).with("if-match", "*");
    let mut told = std::collections::HashSet::new();
    let mut last = String::new();
    for email in ["zoe.canari@example.org", "nobody.canari@example.org"] {
        let body = json!({
            "controller_id": shop.controller.id, "channel": "phone", "rights": ["access"],
            "subject": { "identifiers": [{ "kind": "email", "value": email }] },
        });
        let answer = agent.post("/api/v1/requests", body).await.expect(201);
        worker::drain(&shop.app.app).await.unwrap();
        let logged: serde_json::Value = answer.json();
        last = logged["request"]["id"].as_str().unwrap().to_owned();
        let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        told.insert((answer.status, answer.body.len(), headers.len()));
    }
    assert_eq!(told.len(), 1, "{told:?}");
    // Nor is there anything else to ask.
    for path in ["", "/events", "/letters", "/attachments"] {
        let answer = agent.get(&format!("/api/v1/requests/{last}{path}")).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
    }
    // S-10: what the caller says of an address changes nothing.
    let path = format!("/api/v1/requests/{last}/contact-condition");
    let body = json!({ "condition": "stale", "reason": "The caller says so." });
    agent.post(&path, body).await.expect(403);
}

//! Requests in the name of another, and what whoever sends them gains: attacks of the security
//! catalogue, each named by its id.

use chrono::Duration;
use guichet::domain::undo::TAKEN;
use serde_json::{Value, json};

use super::{Scene, ask, code_in, kinds, level, log, scene, sent, type_code};
use crate::support::visit::{enter, visitor};

#[actix_web::test]
async fn s_01_a_mail_with_a_forged_sender_is_a_case_of_nobody_and_answered_to_the_address_on_file()
{
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    for (from, on_file) in [
        ("zoe.canari@example.org", Some("zoe.canari@example.org")),
        // Written alike, and somebody else's.
        ("zoe.canari@exarnple.org", None),
        ("zoe.c\u{430}nari@example.org", None),
    ] {
        let before = sent(shop).await.len();
        let (id, _) = shop.log(from).await;
        let case: Value =
            shop.dpo().get(&format!("/api/v1/requests/{id}")).await.expect(200).json();
        assert_eq!(case["identity"]["level"], "v0", "{from}");
        let letters = format!("/api/v1/requests/{id}/letters");
        let drafted = shop.dpo().post(&letters, json!({ "letter": "ACK" })).await.expect(201);
        let sending = format!("{}/sending", drafted.header("location").unwrap());
        shop.dpo().post(&sending, json!({ "delivery": "portal" })).await.expect(200);
        shop.app.advance(TAKEN);
        let mails = sent(shop).await;
        assert_eq!(mails.len() - before, usize::from(on_file.is_some()), "{from}");
        if let Some(on_file) = on_file {
            let (to, text) = &mails[0];
            assert_eq!(to, on_file);
            assert!(!text.contains("canari-note") && !text.contains("Zoé"), "{text}");
        }
    }
}

#[actix_web::test]
async fn s_06_a_document_that_is_handed_in_proves_nothing_by_itself() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    let messages = format!("{}/messages", crate::support::visit::PLACE);
    let page = person.get(&messages).await.expect(200);
    let csrf = crate::support::visit::token(&page, &messages);
    let fields = [("csrf", csrf.as_str()), ("message", "Voici ma carte d'identité")];
    let card: [(&str, &[u8]); 1] = [("carte.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n")];
    person.post_files(&messages, &fields, &card, usize::MAX).await.expect(303);
    assert!(kinds(&scene).await.iter().any(|kind| kind == "MessageReceived"));
    assert_eq!(level(&scene).await, "v0");
}

#[actix_web::test]
async fn s_12_whoever_acts_for_another_waits_for_two_proofs() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "web",
        "rights": ["access"],
        "subject": {
            "names": ["Zoé Canari"],
            "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
        },
        "representative": {
            "name": "Maître Faux", "capacity": "lawyer", "contact": "maitre@example.net",
        },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |key: &str| logged["request"][key].as_str().unwrap().to_owned();
    let (id, reference) = (text("id"), text("reference"));
    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = package["id"].as_str().unwrap().to_owned();
    let release = format!("/api/v1/requests/{id}/packages/{package}/release");
    let refused = shop.dpo().post(&release, json!({ "reference": reference })).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "needs-v2");
    // Nothing was sent to the contact that the letter named.
    assert!(sent(shop).await.iter().all(|(to, _)| to == "zoe.canari@example.org"));
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    shop.dpo().post(&release, json!({ "reference": reference })).await.expect(200);
}

#[actix_web::test]
async fn s_16_whatever_is_guessed_in_other_requests_each_proves_for_itself() {
    for right in 0..8_u8 {
        let scene = scene("zoe.canari@example.org").await;
        let shop = &scene.shop;
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(log(shop, "zoe.canari@example.org").await);
        }
        // All ask before anybody types; the last begins.
        let mut asked = Vec::new();
        for (_, reference, receipt) in &cases {
            let person = visitor(&shop.app, reference, receipt).await;
            ask(&person).await.expect(303);
            let code = code_in(&sent(shop).await[0].1);
            asked.push((person, code));
        }
        for (number, (person, code)) in asked.iter().enumerate().rev() {
            let is_right = right & (1 << number) != 0;
            if !is_right {
                // The code of another request is a guess like any other.
                let other = &asked[(number + 1) % 3].1;
                assert_ne!(other, code, "one in a hundred million");
                type_code(person, other).await.expect(422);
            } else {
                type_code(person, code).await.expect(303);
            }
        }
        for (number, (id, ..)) in cases.iter().enumerate() {
            let path = format!("/api/v1/requests/{id}");
            let case: Value = shop.dpo().get(&path).await.expect(200).json();
            let expected = if right & (1 << number) != 0 { "v1" } else { "v0" };
            assert_eq!(case["identity"]["level"], expected, "{right:03b} {number}");
        }
        // Nobody is locked out: whoever guessed wrong, types the right one.
        for (number, (person, code)) in asked.iter().enumerate() {
            if right & (1 << number) == 0 {
                type_code(person, code).await.expect(303);
            }
        }
        shop.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn s_20_a_flood_is_logged_whole_and_its_mails_are_few() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    shop.app.advance(Duration::days(1));
    let mut flood = Vec::new();
    for _ in 0..300 {
        flood.push(log(shop, "zoe.canari@example.org").await);
    }
    for (_, reference, receipt) in flood.iter().take(10) {
        let person = visitor(&shop.app, reference, receipt).await;
        ask(&person).await.expect(303);
    }
    assert!(sent(shop).await.len() <= 3, "three an hour to one address, over all requests");
    // The one that was there before is as it was, and first in the queue.
    let listed: Value = shop.dpo().get("/api/v1/requests").await.expect(200).json();
    assert_eq!(listed["requests"][0]["id"], json!(scene.id));
    assert_eq!(level(&scene).await, "v0");
    shop.app.advance(Duration::hours(2));
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    type_code(&person, &code_in(&sent(shop).await[0].1)).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
}

#[actix_web::test]
async fn s_22_whoever_reads_the_mailbox_opens_nothing_without_the_receipt() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, id, reference, receipt } = &scene;
    let letters = format!("/api/v1/requests/{id}/letters");
    let drafted = shop.dpo().post(&letters, json!({ "letter": "ACK" })).await.expect(201);
    let sending = format!("{}/sending", drafted.header("location").unwrap());
    shop.dpo().post(&sending, json!({ "delivery": "portal" })).await.expect(200);
    shop.app.advance(TAKEN);
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let mails = sent(shop).await;
    assert_eq!(mails.len(), 2);
    // Every word of every mail, tried as the receipt.
    let words = mails.iter().flat_map(|(_, text)| text.split_whitespace());
    let tried: std::collections::BTreeSet<&str> = words.filter(|word| word.len() >= 6).collect();
    let (_, with_code) = mails.iter().find(|(_, text)| !text.contains("/t/")).unwrap();
    let code = code_in(with_code);
    for word in tried.into_iter().chain([code.as_str()]) {
        let answer = enter(&shop.app, reference, word).await;
        assert!([422, 429].contains(&answer.status), "{word}: {}", answer.status);
        assert!(crate::support::visit::cookie(&answer, "portal").is_none(), "{word}");
    }
}

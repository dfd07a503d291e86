//! A contact on file that was changed lately, or that belongs to several people meanwhile, proves less;
//! and what was said of it before anybody was known holds for all once they are.

use guichet::worker;
use serde_json::{Value, json};

use super::{Scene, ask, code_in, log, scene, sent, tasks, type_code};
use crate::collection::shop::MAP;
use crate::support::visit::{PLACE, token, visitor};

/// A case of Zoé, whose contact was changed then, and who typed the code that went there.
async fn proved(column: &str, changed_at: &str) -> Scene {
    let scene = scene("zoe.canari@example.org").await;
    let change = format!(
        "ALTER TABLE customers ADD COLUMN changed {column};
         UPDATE customers SET changed = {changed_at}"
    );
    let dated = "contact: { email: email, changed_at: changed }";
    let map = MAP.replace("contact: { email: email }", dated);
    assert!(map.contains(dated));
    scene.shop.rebuild(&change, &map, 2).await;
    let person = visitor(&scene.shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    type_code(&person, &code_in(&sent(&scene.shop).await[0].1)).await.expect(303);
    scene
}

/// The level that an answer is refused for; nothing where the level is enough.
async fn wanted(scene: &Scene) -> Option<String> {
    let path = |end: &str| format!("/api/v1/requests/{}/{end}", scene.id);
    let shown: Value = scene.shop.dpo().get(&path("")[..path("").len() - 1]).await.json();
    assert_eq!(shown["identity"]["level"], "v1");
    let decide = path("rights/rectification/decision");
    let answer = scene.shop.dpo().put(&decide, json!({ "decision": "granted" })).await;
    match answer.status {
        200 => None,
        _ => Some(answer.expect(409).json::<Value>()["reason"].as_str().unwrap().to_owned()),
    }
}

/// What staff write is told to the contact on file, which is looked up for it.
async fn write(scene: &Scene) {
    let path = format!("/api/v1/requests/{}/messages", scene.id);
    scene.shop.dpo().post(&path, json!({ "message": "Bonjour" })).await.expect(200);
    worker::drain(&scene.shop.app.app).await.unwrap();
}

#[actix_web::test]
async fn s_18_a_change_counts_however_it_is_written_and_one_without_a_date_may_be_of_today() {
    for (column, changed_at, expected) in [
        // The clock of a test stands at 23 November 2026.
        ("TEXT", "'2026-11-22 10:00:00'", Some("needs-v2")),
        ("TEXT", "'2026-11-22 10:00'", Some("needs-v2")),
        ("TEXT", "'22/11/2026 10:00'", Some("needs-v2")),
        ("INTEGER", "1795341600", Some("needs-v2")),
        ("INTEGER", "1795341600000", Some("needs-v2")),
        ("INTEGER", "1700000000", None),
        ("TEXT", "'2024-01-01'", None),
        ("TEXT", "''", None),
        ("TEXT", "NULL", None),
    ] {
        let scene = proved(column, changed_at).await;
        assert_eq!(wanted(&scene).await.as_deref(), expected, "{changed_at}");
    }
}

#[actix_web::test]
async fn s_18_a_later_look_up_that_sees_less_takes_nothing_back() {
    let scene = proved("TEXT", "'2026-11-22 10:00:00'").await;
    // The account was given back its old date; a system was away.
    let path = scene.shop.app.config().allowed.directories[0].join("shop.db");
    let run = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    run("UPDATE customers SET changed = '2020-01-01'");
    write(&scene).await;
    assert_eq!(wanted(&scene).await.as_deref(), Some("needs-v2"));
    let hidden = path.with_extension("away");
    std::fs::rename(&path, &hidden).unwrap();
    write(&scene).await;
    for _ in 0..12 {
        scene.shop.app.advance(chrono::Duration::hours(1));
        worker::drain(&scene.shop.app.app).await.unwrap();
    }
    std::fs::rename(&hidden, &path).unwrap();
    assert_eq!(wanted(&scene).await.as_deref(), Some("needs-v2"));
}

#[actix_web::test]
async fn s_13_an_address_that_belongs_to_several_people_meanwhile_is_for_a_person_to_decide() {
    let scene = proved("TEXT", "NULL").await;
    let path = scene.shop.app.config().allowed.directories[0].join("shop.db");
    let add = "INSERT INTO customers VALUES (9, 'zoe.canari@example.org', 'Luc', 'x', 0, NULL)";
    rusqlite::Connection::open(path).unwrap().execute_batch(add).unwrap();
    write(&scene).await;
    assert_eq!(wanted(&scene).await.as_deref(), Some("needs-v3"));
    assert_eq!(tasks(&scene.shop).await, ["find_contact several"]);
    // Who was seen in person does not rest on what is on file.
    let decision = json!({ "level": "v1", "methods": ["in_person"] });
    let decide = format!("/api/v1/requests/{}/identity-decision", scene.id);
    scene.shop.dpo().post(&decide, decision).await.expect(200);
    assert_eq!(wanted(&scene).await, None);
}

#[actix_web::test]
async fn what_was_said_of_the_contact_before_holds_for_all_once_the_person_is_known() {
    for confirmed in [false, true] {
        let scene = scene("zoe.canari@example.org").await;
        let shop = &scene.shop;
        let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
        let action = format!("{PLACE}/unsafe-contact");
        let csrf = token(&person.get(super::CASE).await, &action);
        person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
        let path = |end: &str| format!("/api/v1/requests/{}/{end}", scene.id);
        let body = if confirmed {
            json!({ "level": "v3", "methods": ["known_facts"], "reason": "Three invoices." })
        } else {
            json!({ "level": "v2", "methods": ["in_person", "known_facts"] })
        };
        shop.dpo().post(&path("identity-decision"), body).await.expect(200);
        if confirmed {
            let role = guichet::domain::actor::Role::Dpo;
            let other = shop.app.user(&[(shop.controller.id, role)]).await;
            let confirm = json!({ "reason": "I looked at them too." });
            let client = shop.app.as_user(&other).with("if-match", "*");
            client.post(&path("identity-confirmation"), confirm).await.expect(200);
        }
        worker::drain(&shop.app.app).await.unwrap();
        let before = sent(shop).await.len();
        let (id, reference, receipt) = log(shop, "zoe.canari@example.org").await;
        let visit = visitor(&shop.app, &reference, &receipt).await;
        ask(&visit).await.expect(303);
        assert_eq!(sent(shop).await.len(), before, "{confirmed}");
        let other: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.json();
        assert_eq!(other["identity"]["contact"], "unsafe");
    }
}

#[actix_web::test]
async fn t_11_whose_code_was_one_too_many_is_looked_after_by_a_person() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    // Somebody else asks in her name, three times within the hour.
    for _ in 0..3 {
        let (_, reference, receipt) = log(shop, "zoe.canari@example.org").await;
        ask(&visitor(&shop.app, &reference, &receipt).await).await.expect(303);
        sent(shop).await;
    }
    let before = sent(shop).await.len();
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    assert_eq!(sent(shop).await.len(), before);
    assert_eq!(tasks(shop).await, ["find_contact too_many"]);
}

#[actix_web::test]
async fn what_was_written_to_somebody_known_is_not_shown_to_who_turned_out_to_be_another() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    let messages = format!("{PLACE}/messages");
    let path = |end: &str| format!("/api/v1/requests/{}/{end}", scene.id);
    let known = json!({ "level": "v1", "methods": ["in_person"] });
    shop.dpo().post(&path("identity-decision"), known.clone()).await.expect(200);
    let words = json!({ "message": "We hold 412 rows about you." });
    shop.dpo().post(&path("messages"), words).await.expect(200);
    assert!(person.get(&messages).await.expect(200).text().contains("412 rows"));
    let failed = json!({ "methods": [], "reason": "It was somebody else." });
    shop.dpo().post(&path("identity-decision"), failed).await.expect(200);
    assert!(!person.get(&messages).await.expect(200).text().contains("412 rows"));
    scene.shop.app.advance(chrono::Duration::minutes(1));
    let words = json!({ "message": "Please come to our counter." });
    shop.dpo().post(&path("messages"), words).await.expect(200);
    let page = person.get(&messages).await.expect(200).text();
    assert!(page.contains("come to our counter") && !page.contains("412 rows"), "{page}");
    shop.dpo().post(&path("identity-decision"), known).await.expect(200);
    assert!(person.get(&messages).await.expect(200).text().contains("412 rows"));
}

#[actix_web::test]
async fn who_said_that_the_contact_is_unsafe_can_say_so_again_once_it_was_found_fit() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    let action = format!("{PLACE}/unsafe-contact");
    let path = format!("/api/v1/requests/{}/contact-condition", scene.id);
    for _ in 0..2 {
        let csrf = token(&person.get(super::CASE).await, &action);
        person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
        let page = person.get(super::CASE).await.expect(200).text();
        assert!(page.contains("You told us") && !page.contains(&action), "{page}");
        let fit = json!({ "condition": null, "reason": "She called: it was a mistake." });
        shop.dpo().post(&path, fit).await.expect(200);
        let page = person.get(super::CASE).await.expect(200).text();
        assert!(!page.contains("You told us"), "{page}");
    }
}

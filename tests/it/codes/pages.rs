//! What is said of a contact elsewhere shows on no page of the portal: the one of somebody on file stays
//! that of somebody who is not.

use guichet::worker;
use serde_json::{Value, json};

use super::{CASE, Scene, ask, code_in, log, scene, sent, type_code};
use crate::support::client::Client;
use crate::support::visit::{PLACE, token, visitor};

async fn declare(scene: &Scene, request: &str, condition: Value) {
    let path = format!("/api/v1/requests/{request}/contact-condition");
    let said = json!({ "condition": condition, "reason": "She called." });
    scene.shop.dpo().post(&path, said).await.expect(200);
    worker::drain(&scene.shop.app.app).await.unwrap();
}

async fn says_unsafe(person: &Client<'_>) {
    let action = format!("{PLACE}/unsafe-contact");
    let csrf = token(&person.get(CASE).await.expect(200), &action);
    person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    worker::drain(&person.app().app).await.unwrap();
}

/// The page of the case, without what is another in every case and every visit.
async fn page(person: &Client<'_>, reference: &str) -> String {
    let page = person.get(CASE).await.expect(200);
    let text = page.text().replace(reference, "…");
    match text.split_once("name=\"csrf\" value=\"") {
        Some((_, rest)) => text.replace(rest.split('"').next().unwrap(), "…"),
        None => text,
    }
}

#[actix_web::test]
async fn e_01_what_is_said_of_a_contact_elsewhere_shows_on_no_page() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let (_, known, receipt) = log(shop, "zoe.canari@example.org").await;
    let on_file = visitor(&shop.app, &known, &receipt).await;
    let (_, unknown, receipt) = log(shop, "nobody@example.org").await;
    let nobody = visitor(&shop.app, &unknown, &receipt).await;
    let alike = async |when: &str| {
        let pages = (page(&on_file, &known).await, page(&nobody, &unknown).await);
        assert_eq!(pages.0, pages.1, "{when}");
        pages.0
    };
    ask(&on_file).await.expect(303);
    ask(&nobody).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    let waits = alike("while a code is awaited").await;
    declare(&scene, &scene.id, json!("unsafe")).await;
    assert_eq!(alike("once another case says that it is unsafe").await, waits);
    type_code(&on_file, &code).await.expect(422);
    says_unsafe(&on_file).await;
    says_unsafe(&nobody).await;
    let said = alike("once both say so themselves").await;
    assert!(said.contains("You told us that somebody else can read your mail"), "{said}");
    declare(&scene, &scene.id, Value::Null).await;
    assert_eq!(alike("once another case takes it back").await, said);
    shop.app.assert_replays().await;
}

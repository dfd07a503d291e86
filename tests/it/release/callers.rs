//! Whoever has a call code and no receipt: which ways to the answer the portal names, and that each of
//! them is there.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::domain::undo::TAKEN;
use guichet::mail::settings::Delivery;
use guichet::worker;
use serde_json::{Value, json};

use super::Released;
use crate::collection::shop::Shop;
use crate::pages::browser;
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, token, visitor};

/// A visit with a call code, which proves nothing.
async fn caller<'a>(case: &'a Released) -> Client<'a> {
    let post = actix_web::http::Method::POST;
    let made = case.shop.dpo().send(post, &case.path("call-code"), None, &[]).await;
    let made: Value = made.expect(201).json();
    visitor(&case.shop.app, &case.reference, made["call_code"].as_str().unwrap()).await
}

async fn page(caller: &Client<'_>) -> String {
    caller.get(&format!("{PLACE}/case")).await.expect(200).text()
}

async fn print(case: &Released) -> Answer {
    // What comes later is newer: the clock of a test stands still by itself.
    case.shop.app.advance(Duration::seconds(1));
    let body = json!({
        "address": "7 rue des Archives\n31000 Toulouse",
        "found_in": "boutique, customers.address",
        "is_on_file": true,
    });
    case.shop.dpo().post(&case.path("letter-code"), body).await
}

/// A decision that a second person confirms.
async fn decide_v3(case: &Released) {
    let decided =
        json!({ "level": "v3", "methods": ["known_facts"], "reason": "Three bills were named." });
    case.shop.dpo().post(&case.path("identity-decision"), decided).await.expect(200);
    let second = case.shop.app.user(&[(case.shop.controller.id, Role::Dpo)]).await;
    let second = case.shop.app.as_user(&second).with("if-match", "*");
    let reason = json!({ "reason": "Looked at the bills." });
    second.post(&case.path("identity-confirmation"), reason).await.expect(200);
}

#[actix_web::test]
async fn a_letter_opens_the_answer_where_a_person_has_decided_and_no_mail_may_go() {
    let case = Released::new().await;
    let shop = &case.shop;
    let unfit = json!({ "condition": "unsafe", "reason": "Her former husband reads it." });
    shop.dpo().post(&case.path("contact-condition"), unfit).await.expect(200);
    // Whoever reads what is on file may open the letter, too.
    let refused = print(&case).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "contact-unfit");
    decide_v3(&case).await;
    let desk = browser(&shop.app, &shop.dpo).await;
    let seen = desk.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(seen.contains("/letter-code\""), "{seen}");
    let letter: Value = print(&case).await.expect(201).json();

    let caller = caller(&case).await;
    let link = case.portal(&case.package);
    let told = page(&caller).await;
    assert!(!told.contains(&link), "{told}");
    for way in ["A code by e-mail", "A letter with a code", "on paper", "at our counter"] {
        assert!(told.contains(way), "{way}: {told}");
    }
    assert!(!told.contains("former") && !told.contains("unsafe:"), "{told}");
    caller.get(&link).await.expect(404);
    let action = format!("{PLACE}/letter-code");
    let csrf = token(&caller.get(&format!("{PLACE}/case")).await, &action);
    let code = letter["letter_code"].as_str().unwrap();
    let typed = [("csrf", csrf.as_str()), ("letter_code", code)];
    caller.post_form(&action, &typed).await.expect(303);
    assert!(page(&caller).await.contains(&link));
    caller.get(&link).await.expect(200);
    let shown = shop.dpo().get(&format!("/api/v1/requests/{}", case.id)).await.expect(200);
    let shown: Value = shown.json();
    assert_eq!(shown["identity"]["level"], "v3", "it raises and lowers nothing");
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_closed_case_on_hold_offers_no_proof_that_has_no_form() {
    let case = Released::new().await;
    let (shop, link) = (&case.shop, case.portal(&case.package));
    shop.dpo().post(&case.path("hold"), json!({ "reason": "A dispute." })).await.expect(200);
    let closing = json!({ "ground": "answered", "reason": "Answered." });
    shop.dpo().post(&case.path("closing"), closing).await.expect(200);
    shop.app.advance(TAKEN + Duration::seconds(1));
    worker::drain(&shop.app.app).await.unwrap();
    assert!(case.person().await.get(&link).await.status == 200, "with the receipt it opens");
    let told = page(&caller(&case).await).await;
    assert!(told.contains("To open it, show that it is you") && !told.contains(&link), "{told}");
    for absent in ["/code-request", "name=\"letter_code\"", "A code by e-mail", "below"] {
        assert!(!told.contains(absent), "{absent}: {told}");
    }
    for way in ["your receipt code", "on paper", "at our counter", "/messages\">Write to us"] {
        assert!(told.contains(way), "{way}: {told}");
    }
}

#[actix_web::test]
async fn who_says_that_others_read_the_mail_is_offered_no_code_by_mail() {
    let shop = Shop::open_with(|config| config.mail = Delivery::KeptHere).await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    let path = format!("/api/v1/requests/{id}/call-code");
    let post = actix_web::http::Method::POST;
    let made: Value = shop.dpo().send(post, &path, None, &[]).await.expect(201).json();
    let code = made["call_code"].as_str().unwrap();
    let caller = visitor(&shop.app, &reference, code).await;
    assert!(page(&caller).await.contains("/code-request"));
    let action = format!("{PLACE}/unsafe-contact");
    let csrf = token(&caller.get(&format!("{PLACE}/case")).await, &action);
    caller.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    let told = page(&caller).await;
    assert!(!told.contains("/code-request"), "{told}");
    assert!(told.contains("We write nothing to the address"), "{told}");
}

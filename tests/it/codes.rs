//! Codes: asked for in the portal, sent to the contact on file, typed back. Tests that try an attack
//! of the security catalogue are named by its id.

mod changed;
mod corrected;
mod elsewhere;
mod impersonation;
mod on_file;
mod pages;
mod scanners;
mod unfit;

use chrono::Duration;
use guichet::db::mails as rows;
use guichet::mail::settings::Delivery;
use guichet::worker;
use guichet::workflow::mails;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::client::{Answer, Client};
use crate::support::visit::{PLACE, token, visitor};

const CASE: &str = "/t/maison-exemple/en/case";

/// A shop whose mail is kept where a test can read it, with one case.
pub struct Scene {
    pub shop: Shop,
    pub id: String,
    pub reference: String,
    pub receipt: String,
}

pub async fn scene(email: &str) -> Scene {
    let shop = Shop::open_with(|config| config.mail = Delivery::KeptHere).await;
    let (id, reference, receipt) = log(&shop, email).await;
    Scene { shop, id, reference, receipt }
}

async fn log(shop: &Shop, email: &str) -> (String, String, String) {
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "web",
        "rights": ["access", "rectification"],
        "subject": {
            "names": ["Zoé Canari"],
            "identifiers": [{ "kind": "email", "value": email }],
        },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |place: &str| logged.pointer(place).unwrap().as_str().unwrap().to_owned();
    (text("/request/id"), text("/request/reference"), text("/receipt_secret"))
}

async fn ask(person: &Client<'_>) -> Answer {
    // What comes later is newer: the clock of a test stands still by itself.
    person.app().advance(Duration::seconds(1));
    let csrf = token_of(person).await;
    person.post_form(&format!("{PLACE}/code-request"), &[("csrf", &csrf)]).await
}

/// The token of the visit, from the one form that stands there as long as identity matters.
async fn token_of(person: &Client<'_>) -> String {
    token(&person.get(CASE).await.expect(200), &format!("{PLACE}/letter-code"))
}

async fn type_code(person: &Client<'_>, code: &str) -> Answer {
    let csrf = token_of(person).await;
    person.post_form(&format!("{PLACE}/code"), &[("csrf", &csrf), ("code", code)]).await
}

/// The mails that were sent, newest first: recipient and text.
pub async fn sent(shop: &Shop) -> Vec<(String, String)> {
    worker::drain(&shop.app.app).await.unwrap();
    let controller = shop.app.app.controller_key(&shop.controller).unwrap();
    let found = shop.app.app.read(|conn| {
        let mails = rows::newest(conn, 100)?;
        let mut opened = Vec::new();
        for mail in mails {
            let scope = guichet::domain::actor::Scope::of_job(mail.controller_id.unwrap());
            let request = mail.request_id.unwrap();
            let wrapped = guichet::db::requests::get(conn, &scope, request)?.wrapped_key.unwrap();
            opened.push((mail, request, wrapped));
        }
        Ok(opened)
    });
    let found = found.await.unwrap();
    found
        .iter()
        .map(|(mail, request, wrapped)| {
            let id = request.uuid();
            let key = controller.case_key(id, wrapped).unwrap();
            let message = mails::open(key.key(), mail).unwrap();
            (message.to.text().to_owned(), message.text)
        })
        .collect()
}

/// The code in a text.
fn code_in(text: &str) -> String {
    let line = text.lines().find(|line| line.len() == 9 && line.as_bytes()[4] == b' ');
    line.expect("a code").to_owned()
}

async fn level(scene: &Scene) -> Value {
    let path = format!("/api/v1/requests/{}", scene.id);
    let case: Value = scene.shop.dpo().get(&path).await.expect(200).json();
    case["identity"]["level"].clone()
}

/// The kinds of the events of the case.
async fn kinds(scene: &Scene) -> Vec<String> {
    let path = format!("/api/v1/requests/{}/events", scene.id);
    let history: Value = scene.shop.dpo().get(&path).await.expect(200).json();
    let events = history["events"].as_array().unwrap().iter();
    events.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

async fn tasks(shop: &Shop) -> Vec<String> {
    let listed: Value = shop.dpo().get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap().iter();
    tasks.map(|task| format!("{} {}", task["kind"], task["detail"]).replace('"', "")).collect()
}

#[actix_web::test]
async fn s_04_a_code_goes_to_the_stored_address_and_proves_who_types_it_back() {
    // S-04: it was given in other letters than it is stored in.
    let scene = scene("ZOE.canari@EXAMPLE.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let page = person.get(CASE).await.expect(200).text();
    assert!(page.contains("If we have an e-mail address on file"), "{page}");
    let mails = sent(shop).await;
    let [(to, text)] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(to, "zoe.canari@example.org");
    for personal in ["Zoé", "Canari", reference.as_str(), "http"] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
    assert_eq!(level(&scene).await, "v0");
    type_code(&person, &code_in(text)).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
    let page = person.get(CASE).await.expect(200).text();
    assert!(page.contains("preparing the answer") && !page.contains("Send me"), "{page}");
    let kinds = kinds(&scene).await;
    for kind in ["CodeSent", "CodeConfirmed"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn t_06_a_code_is_guessed_five_times_and_t_09_used_once() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    let wrong = if code == "0000 0000" { "1111 1111" } else { "0000 0000" };
    // T-02: what is no code is no guess.
    for empty in ["", "abc", "123"] {
        type_code(&person, empty).await.expect(422);
    }
    let mut told = Vec::new();
    for _ in 0..5 {
        told.push(type_code(&person, wrong).await.expect(422).text());
    }
    told.push(type_code(&person, &code).await.expect(422).text());
    assert!(told[..4].iter().all(|text| *text == told[0]), "{told:#?}");
    assert_eq!(told[4], told[5], "the sixth is told as the fifth, right or wrong");
    assert_eq!(level(&scene).await, "v0");

    // Another one waits as long as the burned one would have counted.
    let early = ask(&person).await.expect(429);
    assert!(early.text().contains("for 10 minutes"), "{}", early.text());
    assert!(early.header("retry-after").is_some());
    shop.app.advance(Duration::minutes(10));
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    let action = format!("{PLACE}/code");
    let csrf = token(&person.get(CASE).await, &action);
    let fields = [("csrf", csrf.as_str()), ("code", code.as_str())];
    person.post_form(&action, &fields).await.expect(303);
    person.post_form(&action, &fields).await.expect(303);
    let kinds = kinds(&scene).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "CodeConfirmed").count(), 1);
}

#[actix_web::test]
async fn t_07_of_200_guesses_at_once_five_are_compared() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    let action = format!("{PLACE}/code");
    let csrf = token(&person.get(CASE).await, &action);
    let wrong = if code == "0000 0000" { "1111 1111" } else { "0000 0000" };
    let fields = [("csrf", csrf.as_str()), ("code", wrong)];
    let tries = (0..200).map(|_| person.post_form(&action, &fields));
    for answer in futures_util::future::join_all(tries).await {
        answer.expect(422);
    }
    let guesses: Vec<i32> = shop
        .app
        .app
        .read(|conn| {
            use diesel::prelude::*;
            use guichet::db::schema::codes;
            Ok(codes::table.select(codes::guesses).load(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(guesses, [5]);
    type_code(&person, &code).await.expect(422);
    assert_eq!(level(&scene).await, "v0");
}

#[actix_web::test]
async fn t_03_and_t_08_a_code_counts_in_the_session_and_the_case_that_asked_for_it() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let (_, other_reference, other_receipt) = log(shop, "other@example.org").await;
    let person = visitor(&shop.app, reference, receipt).await;
    let elsewhere = visitor(&shop.app, reference, receipt).await;
    let other = visitor(&shop.app, &other_reference, &other_receipt).await;
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    ask(&other).await.expect(303);
    worker::drain(&shop.app.app).await.unwrap();
    type_code(&other, &code).await.expect(422);
    // T-03: another browser is shown no field at all, and what it posts counts for nothing.
    let page = elsewhere.get(CASE).await.expect(200);
    assert!(page.text().contains("Send me a code"), "{}", page.text());
    let csrf = token(&page, &format!("{PLACE}/code-request"));
    let fields = [("csrf", csrf.as_str()), ("code", code.as_str())];
    elsewhere.post_form(&format!("{PLACE}/code"), &fields).await.expect(422);
    assert_eq!(level(&scene).await, "v0");
    type_code(&person, &code).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
}

#[actix_web::test]
async fn t_10_a_code_ends_after_ten_minutes_and_t_12_with_a_newer_one() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let first = code_in(&sent(shop).await[0].1);
    ask(&person).await.expect(303);
    let second = code_in(&sent(shop).await[0].1);
    if first != second {
        type_code(&person, &first).await.expect(422);
    }
    shop.app.advance(Duration::minutes(10));
    worker::drain(&shop.app.app).await.unwrap();
    // The clock is set back by an hour: what was over stays over.
    shop.app.advance(Duration::hours(-1));
    type_code(&person, &second).await.expect(422);
    assert_eq!(level(&scene).await, "v0");
    shop.app.advance(Duration::hours(2));
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    let third = code_in(&sent(shop).await[0].1);
    shop.app.advance(Duration::minutes(9));
    type_code(&person, &third).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
}

#[actix_web::test]
async fn t_11_an_address_is_written_three_codes_an_hour_over_all_cases() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    for _ in 0..3 {
        let (_, reference, receipt) = log(shop, "zoe.canari@example.org").await;
        let person = visitor(&shop.app, &reference, &receipt).await;
        ask(&person).await.expect(303);
        assert!(!sent(shop).await.is_empty());
    }
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    assert_eq!(sent(shop).await.len(), 3, "the fourth is not written");
    let page = person.get(CASE).await.expect(200).text();
    assert!(page.contains("If we have an e-mail address on file"), "{page}");
    for _ in 0..2 {
        ask(&person).await.expect(303);
    }
    ask(&person).await.expect(429);
    shop.app.advance(Duration::hours(1));
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    assert_eq!(sent(shop).await.len(), 4);
}

#[actix_web::test]
async fn a_code_that_nobody_used_for_five_days_makes_a_task() {
    let scene = scene("zoe.canari@example.org").await;
    let Scene { shop, reference, receipt, .. } = &scene;
    let person = visitor(&shop.app, reference, receipt).await;
    ask(&person).await.expect(303);
    sent(shop).await;
    shop.app.advance(Duration::days(5) - Duration::minutes(1));
    worker::drain(&shop.app.app).await.unwrap();
    assert!(tasks(shop).await.iter().all(|task| !task.starts_with("code_unused")));
    shop.app.advance(Duration::minutes(1));
    worker::drain(&shop.app.app).await.unwrap();
    let open = tasks(shop).await;
    assert!(open.contains(&"code_unused ".to_owned()), "{open:?}");
    shop.app.assert_replays().await;
}

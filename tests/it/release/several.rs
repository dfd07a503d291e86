//! What was found of several people, of nobody, and what nobody was told of.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::domain::mail::MailState;
use guichet::worker;
use guichet::workflow::mails::{self, Outcome};
use serde_json::{Value, json};

use super::Released;
use crate::collection::shop::{MAP, Shop};
use crate::release::sent;
use crate::support::visit::{PLACE, token, visitor};

async fn log(shop: &Shop, identifiers: Value) -> (String, String) {
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "web",
        "rights": ["access"],
        "subject": { "names": ["Zoé Canari"], "identifiers": identifiers },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |key: &str| logged["request"][key].as_str().unwrap().to_owned();
    (text("id"), text("reference"))
}

#[actix_web::test]
async fn a_neighbours_number_in_ones_own_request_hands_out_nothing() {
    let shop = Shop::open().await;
    let identifiers = json!([
        { "kind": "email", "value": "zoe.canari@example.org" },
        { "kind": "customer_no", "value": "2" },
    ]);
    let (id, reference) = log(&shop, identifiers).await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("/api/v1/requests/{id}");
    let tasks: Value = shop.dpo().get("/api/v1/tasks").await.expect(200).json();
    let tasks = tasks["tasks"].as_array().unwrap();
    assert!(tasks.iter().any(|task| task["kind"] == "several_people"), "{tasks:?}");
    let release = format!("{path}/packages/{}/release", package["id"].as_str().unwrap());
    let refused = shop.dpo().post(&release, json!({ "reference": reference })).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "needs-v3");
    let granted = json!({ "decision": "granted" });
    let refused = shop.dpo().put(&format!("{path}/rights/access/decision"), granted).await;
    assert_eq!(refused.expect(409).json::<Value>()["reason"], "needs-v3");

    // A person decides, with a reason, and a second one confirms.
    let body =
        json!({ "level": "v3", "methods": ["known_facts"], "reason": "Elle a deux comptes" });
    shop.dpo().post(&format!("{path}/identity-decision"), body).await.expect(200);
    shop.dpo().post(&release, json!({ "reference": reference })).await.expect(409);
    let reason = json!({ "reason": "J'ai vu les deux comptes" });
    let second = shop.app.user(&[(shop.controller.id, Role::Dpo)]).await;
    let second = shop.app.as_user(&second).with("if-match", "*");
    second.post(&format!("{path}/identity-confirmation"), reason).await.expect(200);
    shop.dpo().post(&release, json!({ "reference": reference })).await.expect(200);
    shop.app.assert_replays().await;
}

/// A release of the shop with another map, by one value; the reason why it is refused, or nothing.
async fn refusal_with(map: &str, identifiers: Value) -> Option<String> {
    let shop = Shop::open().await;
    shop.rebuild("", map, 2).await;
    let (id, reference) = log(&shop, identifiers).await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = package["id"].as_str().unwrap();
    let release = format!("/api/v1/requests/{id}/packages/{package}/release");
    let answer = shop.dpo().post(&release, json!({ "reference": reference })).await;
    if answer.status == 200 {
        return None;
    }
    Some(answer.expect(409).json::<Value>()["reason"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn what_one_value_finds_in_no_row_of_contacts_may_be_anybodys() {
    let by_mail = json!([{ "kind": "email", "value": "zoe.canari@example.org" }]);
    assert_eq!(refusal_with(MAP, by_mail.clone()).await, None);
    let visitors = MAP.replace("        contact: { email: email }\n", "");
    assert_eq!(refusal_with(&visitors, by_mail).await.as_deref(), Some("needs-v3"));
}

#[actix_web::test]
async fn s_13_a_row_that_is_called_otherwise_is_a_mismatch() {
    let by_mail = json!([{ "kind": "email", "value": "other@example.org" }]);
    let named = MAP.replace(
        "        columns:\n          password_hash",
        "        columns:\n          name: { category: user.name }\n          password_hash",
    );
    assert_ne!(named, MAP);
    assert_eq!(refusal_with(&named, by_mail).await.as_deref(), Some("needs-v3"));
    let own = json!([{ "kind": "email", "value": "zoe.canari@example.org" }]);
    assert_eq!(refusal_with(&named, own).await, None);
}

#[actix_web::test]
async fn where_nothing_was_found_nothing_is_held_and_nothing_withheld() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("nobody@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let path = format!("/api/v1/requests/{id}");
    // The paper file still waits for its person.
    let portability = format!("{path}/rights/portability/decision");
    let nothing = json!({ "decision": "nothing_held" });
    let early = shop.dpo().put(&portability, &nothing).await.expect(409);
    assert_eq!(early.json::<Value>()["reason"], "not-searched-whole");
    let answer = format!("{path}/searches/{}/systems/paper/answer", search["id"].as_str().unwrap());
    shop.dpo().post(&answer, json!({ "outcome": "nothing_found" })).await.expect(200);
    // The search is whole, and found nothing: of the other right it is said by hand, and told.
    shop.dpo().put(&portability, nothing).await.expect(200);
    let letters = format!("{path}/letters");
    let drafted = shop.dpo().post(&letters, json!({ "letter": "PORT" })).await.expect(201);
    let letter = drafted.header("location").unwrap().to_owned();
    let mut content = drafted.json::<Value>()["content"].clone();
    content["nothing_held"] = json!(true);
    shop.dpo().put(&letter, content).await.expect(200);
    let sending = json!({ "delivery": "portal" });
    shop.dpo().post(&format!("{letter}/sending"), sending).await.expect(200);
    let package = shop.package(&id, &search, "access", None).await;
    assert_eq!(
        (&package["manifest"]["rows"], &package["manifest"]["withheld"]),
        (&json!(0), &json!(false))
    );
    let release = format!("{path}/packages/{}/release", package["id"].as_str().unwrap());
    shop.dpo().post(&release, json!({ "reference": reference })).await.expect(200);
    let case: Value = shop.dpo().get(&path).await.expect(200).json();
    assert_eq!(case["rights"][0]["decision"], "nothing_held");
}

#[actix_web::test]
async fn d_11_an_answer_that_nobody_was_told_of_is_no_answer() {
    let case = Released::new().await;
    let shop = &case.shop;
    let status = async || {
        let now: Value = shop.dpo().get(&case.path("")[..case.path("").len() - 1]).await.json();
        (now["status"].as_str().unwrap().to_owned(), now["ended_at"].is_null())
    };
    assert_eq!(status().await, ("answered".to_owned(), false));
    // What the mail server says of the notice: nobody of that name.
    worker::drain(&shop.app.app).await.unwrap();
    let id = case.id.parse().unwrap();
    let sent = shop.app.app.read(move |conn| Ok(guichet::db::mails::of_request(conn, id)?));
    let notice = sent.await.unwrap().pop().unwrap();
    assert_eq!(notice.state, MailState::Waiting);
    let ctx = shop.app.ctx();
    let refused = Outcome::Failed { state: MailState::Refused, code: "smtp-550".to_owned() };
    let settle =
        move |conn: &mut guichet::db::conn::Conn| mails::settle(conn, &ctx, notice.id, &refused);
    shop.app.app.write(settle).await.unwrap();
    assert_eq!(status().await, ("in_review".to_owned(), true));
    let ground = json!({ "ground": "answered" });
    let refused = shop.dpo().post(&case.path("closing"), ground.clone()).await.expect(422);
    assert_eq!(refused.problem().1, ["ground: not-delivered"]);

    shop.app.advance(Duration::minutes(1));
    let at = shop.app.app.now();
    let handed = json!({ "how": "counter", "delivered_at": at, "proof": "Carte vue" });
    shop.dpo().post(&case.of(&case.package, "/delivery"), handed).await.expect(200);
    assert_eq!(status().await, ("answered".to_owned(), false));
    shop.dpo().post(&case.path("closing"), ground).await.expect(200);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn d_11_what_the_person_has_fetched_stays_answered_when_a_mail_fails_later() {
    let case = Released::new().await;
    let shop = &case.shop;
    case.person().await.get(&case.portal(&case.package)).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    let id = case.id.parse().unwrap();
    let sent = shop.app.app.read(move |conn| Ok(guichet::db::mails::of_request(conn, id)?));
    for notice in sent.await.unwrap() {
        assert_eq!(notice.state, MailState::Waiting);
        let ctx = shop.app.ctx();
        let refused = Outcome::Failed { state: MailState::Refused, code: "smtp-550".to_owned() };
        let settle = move |conn: &mut guichet::db::conn::Conn| {
            mails::settle(conn, &ctx, notice.id, &refused)
        };
        shop.app.app.write(settle).await.unwrap();
    }
    assert!(!case.events("MailFailed").await.is_empty());
    let shown: Value = shop.dpo().get(&format!("/api/v1/requests/{}", case.id)).await.json();
    assert_eq!((&shown["status"], shown["ended_at"].is_null()), (&json!("answered"), false));
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_voice_on_the_telephone_is_told_of_the_answer_and_opens_it_by_a_proof() {
    let case = Released::new().await;
    let shop = &case.shop;
    let post = actix_web::http::Method::POST;
    let made = shop.dpo().send(post, &case.path("call-code"), None, &[]).await;
    let made: Value = made.expect(201).json();
    let code = made["call_code"].as_str().unwrap();
    let link = case.portal(&case.package);
    let caller = visitor(&shop.app, &case.reference, code).await;
    let place = format!("{PLACE}/case");
    let page = caller.get(&place).await.expect(200).text();
    assert!(!page.contains(&link) && !page.contains("is closed"), "{page}");
    assert!(page.contains("To open it, show that it is you"), "{page}");
    caller.get(&link).await.expect(404);
    // Nor can a voice take the request back.
    assert!(!page.contains("/withdrawal"), "{page}");
    caller.get(&format!("{PLACE}/withdrawal")).await.expect(303);
    // Nor say of the contact what the person has proved otherwise.
    let unsafe_contact = format!("{PLACE}/unsafe-contact");
    let csrf = token(&caller.get(&place).await, &format!("{PLACE}/code-request"));
    caller.post_form(&unsafe_contact, &[("csrf", &csrf)]).await.expect(303);
    assert!(case.events("ContactDeclared").await.is_empty());
    // The code goes to whoever is on file.
    let ask = format!("{PLACE}/code-request");
    let csrf = token(&caller.get(&place).await, &ask);
    caller.post_form(&ask, &[("csrf", &csrf)]).await.expect(303);
    let mails = sent(shop).await;
    let is_code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b' ';
    // A notice of the same instant may stand before it.
    let line = mails.iter().find_map(|(_, text)| text.lines().find(is_code));
    let typing = format!("{PLACE}/code");
    let csrf = token(&caller.get(&place).await, &typing);
    let typed = [("csrf", csrf.as_str()), ("code", line.unwrap())];
    caller.post_form(&typing, &typed).await.expect(303);
    assert!(caller.get(&place).await.text().contains(&link));
    caller.get(&link).await.expect(200);
    assert_eq!(case.events("PackageDownloaded").await.len(), 1);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn who_protects_the_contact_after_the_release_is_looked_after_and_not_shut_out() {
    let case = Released::new().await;
    let shop = &case.shop;
    let unfit = json!({ "condition": "unsafe", "reason": "She called." });
    // What rests on the contact alone is not enough once somebody else reads it.
    rest_on_contact(&case).await;
    shop.dpo().post(&case.path("contact-condition"), unfit).await.expect(200);
    let person = case.person().await;
    let place = format!("{PLACE}/case");
    let page = person.get(&place).await.expect(200).text();
    assert!(page.contains("We are making sure that it reaches you"), "{page}");
    assert!(!page.contains("is closed") && !page.contains(&case.portal(&case.package)), "{page}");
    let desk = crate::pages::browser(&shop.app, &shop.dpo).await;
    let seen = desk.get(&format!("/requests/{}", case.id)).await.expect(200).text();
    assert!(seen.contains("The person cannot fetch the answer now"), "{seen}");
    let id = case.package["id"].as_str().unwrap();
    let print = desk.get(&format!("/requests/{}/packages/{id}/print", case.id)).await;
    assert_eq!(print.status, 409, "nor on paper: {}", print.text());
    assert!(!page.contains("/code-request"), "a code opens nothing there: {page}");
    let failed = json!({ "methods": [], "reason": "x" });
    let failed = shop.dpo().post(&case.path("identity-decision"), failed).await.expect(409);
    assert_eq!(failed.json::<Value>()["reason"], "answer-is-out");
    shop.identify(&case.id, "v2", &["in_person", "known_facts"]).await;
    assert!(person.get(&place).await.text().contains(&case.portal(&case.package)));
    shop.app.assert_replays().await;
}

/// As though a code had proved what the case rests on, and no look at the counter.
async fn rest_on_contact(case: &Released) {
    let (shop, id) = (&case.shop, case.id.parse().unwrap());
    let ctx = shop.app.ctx();
    let scope = guichet::domain::actor::Scope::of_job(shop.controller.id);
    let record = move |conn: &mut guichet::db::conn::Conn| {
        let mut case = guichet::workflow::record::load(conn, &scope, id)?;
        // What was seen at the counter stands until identity fails.
        for level in [None, Some(guichet::domain::identity::Level::V2)] {
            let event = guichet::domain::event::Event::IdentityDecided {
                level,
                methods: vec![guichet::domain::identity::Method::CodeOnFile],
                doubt: false,
                awaits_confirmation: false,
            };
            let written = guichet::workflow::record::Written::plain(&ctx);
            case.record(conn, &ctx, event, &written)?;
        }
        Ok(())
    };
    shop.app.app.write(record).await.unwrap();
}

#[actix_web::test]
async fn two_addresses_in_one_request_are_two_people_until_somebody_decides() {
    let shop = Shop::open().await;
    let identifiers = json!([
        { "kind": "email", "value": "zoe.canari@example.org" },
        { "kind": "email", "value": "somebody.else@example.org" },
    ]);
    let (id, reference) = log(&shop, identifiers).await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path =
        format!("/api/v1/requests/{id}/packages/{}/release", package["id"].as_str().unwrap());
    let refused = shop.dpo().post(&path, json!({ "reference": reference })).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "needs-v3");
}

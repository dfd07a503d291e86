//! Which answers are taken when, and what they make of packages, tasks and reviews.

mod by_hand;

use actix_web::http::Method;
use chrono::Duration;
use guichet::db::contacts::{self, ContactRow};
use guichet::domain::actor::Role;
use guichet::domain::contact::OnFile;
use guichet::worker;
use guichet::worker::claim;
use guichet::worker::give_up::give_up;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::support::client::Answer;

async fn identified(shop: &Shop) -> (String, String) {
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    (id, reference)
}

async fn fail_identity(shop: &Shop, id: &str) {
    let body = json!({ "level": null, "methods": [], "reason": "Une autre personne" });
    verb(shop, id, "identity-decision", body).await.expect(200);
}

async fn verb(shop: &Shop, id: &str, verb: &str, body: Value) -> Answer {
    shop.dpo().post(&format!("/api/v1/requests/{id}/{verb}"), body).await
}

fn paper(id: &str, search: &Value) -> String {
    let search = search["id"].as_str().unwrap();
    format!("/api/v1/requests/{id}/searches/{search}/systems/paper")
}

async fn nothing_found(shop: &Shop, id: &str, search: &Value) -> Answer {
    let path = format!("{}/answer", paper(id, search));
    shop.dpo().post(&path, json!({ "outcome": "nothing_found" })).await
}

async fn upload(shop: &Shop, id: &str, search: &Value) -> Answer {
    let path = format!("{}/files?name=scan.txt", paper(id, search));
    let kind = [("content-type", "application/octet-stream")];
    shop.dpo().send(Method::POST, &path, Some("papier".into()), &kind).await
}

async fn refused(answer: Answer, reason: &str) {
    assert_eq!(answer.expect(409).json::<Value>()["reason"], reason);
}

async fn status(shop: &Shop, id: &str) -> Value {
    let case = shop.dpo().get(&format!("/api/v1/requests/{id}")).await;
    case.expect(200).json::<Value>()["status"].clone()
}

/// The kinds of the open tasks.
async fn tasks(shop: &Shop) -> Vec<String> {
    let listed: Value = shop.dpo().get("/api/v1/tasks").await.expect(200).json();
    let tasks = listed["tasks"].as_array().unwrap().iter();
    tasks.map(|task| task["kind"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn a_package_is_outdated_by_what_comes_after_it_in_the_very_same_instant() {
    let shop = Shop::open().await;
    let (id, reference) = identified(&shop).await;
    let search = shop.search(&id).await;
    let typed = json!({ "reference": reference });
    let release = |package: &Value| format!("packages/{}/release", package["id"].as_str().unwrap());
    let first = shop.package(&id, &search, "access", Some("essai")).await;
    // The clock stands still: only the order of the events tells them apart.
    let list = format!("/api/v1/requests/{id}/packages");
    let states = async || {
        let all: Value = shop.dpo().get(&list).await.expect(200).json();
        let all = all["packages"].as_array().unwrap().iter();
        let of = |it: &Value| format!("{} {}", it["state"].as_str().unwrap(), it["out_of_date"]);
        // Those of one instant stand in any order.
        let mut all: Vec<String> = all.map(of).collect();
        all.sort();
        all
    };
    assert_eq!(states().await, ["ready false"]);
    upload(&shop, &id, &search).await.expect(201);
    assert_eq!(states().await, ["ready true"]);
    let one: Value =
        shop.dpo().get(&format!("{list}/{}", first["id"].as_str().unwrap())).await.json();
    assert_eq!(one["out_of_date"], true);
    let page =
        crate::pages::browser(&shop.app, &shop.dpo).await.get(&format!("/requests/{id}")).await;
    let page = page.expect(200).text();
    assert!(page.contains("<td>out of date") && page.contains("Build it again"), "{page}");
    assert!(!page.contains("name=\"package_id\""), "nothing to release: {page}");
    let second = shop.package(&id, &search, "access", Some("essai")).await;
    assert_eq!(states().await, ["ready false", "ready true"]);
    refused(verb(&shop, &id, &release(&first), typed.clone()).await, "package-outdated").await;
    all_given(&shop, &id, &search).await;
    let third = shop.package(&id, &search, "access", Some("essai")).await;
    refused(verb(&shop, &id, &release(&second), typed.clone()).await, "package-outdated").await;
    verb(&shop, &id, &release(&third), typed).await.expect(200);
    shop.app.assert_replays().await;
}

async fn all_given(shop: &Shop, id: &str, search: &Value) {
    let path = format!("{}/answer", paper(id, search));
    shop.dpo().post(&path, json!({ "outcome": "answered" })).await.expect(200);
}

#[actix_web::test]
async fn before_identity_nothing_is_gathered_by_hand() {
    let shop = Shop::open().await;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    let contacts = verb(&shop, &id, "searches", json!({ "scope": "contacts" })).await;
    let contacts: Value = contacts.expect(202).json();
    let systems = contacts["systems"].as_array().unwrap().iter();
    let systems: Vec<&Value> = systems.map(|system| &system["system"]).collect();
    assert_eq!(systems, ["shop", "support"], "nobody is asked for contacts");
    worker::drain(&shop.app.app).await.unwrap();
    assert!(tasks(&shop).await.is_empty());
    nothing_found(&shop, &id, &contacts).await.expect(404);

    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    fail_identity(&shop, &id).await;
    refused(nothing_found(&shop, &id, &search).await, "answer-needs-identity").await;
    refused(upload(&shop, &id, &search).await, "answer-needs-identity").await;
    // Unless a DPO has decided that the search cannot wait, and until identity fails after that.
    let early = json!({ "before_identity_reason": "Délai très court" });
    let early: Value = verb(&shop, &id, "searches", early).await.expect(202).json();
    worker::drain(&shop.app.app).await.unwrap();
    upload(&shop, &id, &early).await.expect(201);
    fail_identity(&shop, &id).await;
    refused(upload(&shop, &id, &early).await, "answer-needs-identity").await;
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn only_the_newest_search_takes_answers_and_each_has_its_own_task() {
    let shop = Shop::open().await;
    let (id, _) = identified(&shop).await;
    let older = shop.search(&id).await;
    let newer = shop.search(&id).await;
    assert_eq!(tasks(&shop).await, ["answer_system"], "nobody answers the older one any more");
    shop.package(&id, &newer, "access", Some("essai")).await;
    assert_eq!(status(&shop, &id).await, "in_review");
    refused(nothing_found(&shop, &id, &older).await, "search-superseded").await;
    refused(upload(&shop, &id, &older).await, "search-superseded").await;
    assert_eq!(tasks(&shop).await, ["answer_system"], "the newer one still waits");
    verb(&shop, &id, "searches", json!({ "scope": "contacts" })).await.expect(202);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(status(&shop, &id).await, "in_review", "whom to write to changes nothing");
    nothing_found(&shop, &id, &newer).await.expect(200);
    assert_eq!(status(&shop, &id).await, "in_progress");
    assert!(tasks(&shop).await.is_empty());
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_case_that_is_taken_up_again_asks_again_for_what_it_waited_for() {
    let shop = Shop::open().await;
    let (id, _) = identified(&shop).await;
    let search = shop.search(&id).await;
    let reason = json!({ "reason": "Elle a changé d'avis" });
    verb(&shop, &id, "withdrawal", reason.clone()).await.expect(200);
    assert!(tasks(&shop).await.is_empty());
    // The acknowledgement date goes by while the case is ended.
    shop.app.advance(Duration::days(10));
    worker::drain(&shop.app.app).await.unwrap();
    assert!(tasks(&shop).await.is_empty());
    verb(&shop, &id, "reopening", reason).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    let mut open = tasks(&shop).await;
    open.sort();
    assert_eq!(open, ["acknowledge", "answer_system"]);
    nothing_found(&shop, &id, &search).await.expect(200);
    verb(&shop, &id, "acknowledgement", json!({})).await.expect(200);
    assert!(tasks(&shop).await.is_empty());
}

#[actix_web::test]
async fn when_identity_fails_nothing_released_is_left_to_fetch_or_to_review() {
    let shop = Shop::open().await;
    let (id, reference) = identified(&shop).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("packages/{}", package["id"].as_str().unwrap());
    verb(&shop, &id, &format!("{path}/release"), json!({ "reference": reference }))
        .await
        .expect(200);
    let content = format!("/api/v1/requests/{id}/{path}/content");
    shop.dpo().get(&content).await.expect(200);
    assert_eq!(status(&shop, &id).await, "in_review", "portability is undecided");
    // What is out with somebody else is taken back by name, and opens its right again.
    let failed = json!({ "methods": [], "reason": "Quelqu'un d'autre" });
    refused(verb(&shop, &id, "identity-decision", failed).await, "answer-is-out").await;
    let reason = json!({ "reason": "Quelqu'un d'autre" });
    verb(&shop, &id, &format!("{path}/revocation"), reason).await.expect(200);
    fail_identity(&shop, &id).await;
    worker::drain(&shop.app.app).await.unwrap();
    refused(shop.dpo().get(&content).await, "package-not-ready").await;
    let case: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.json();
    assert_eq!(case["rights"][0]["decision"], "undecided");
    assert_eq!(status(&shop, &id).await, "in_progress");
    verb(&shop, &id, "forwarding", json!({ "reason": "Le responsable répond" })).await.expect(200);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_group_that_is_given_up_takes_only_what_waited_for_it() {
    let shop = Shop::open().await;
    let apart = "  - name: support\n    title: { fr: Assistance, en: Support }\n    connector: sqlite\n    tables:\n      - table: tickets\n        key: [id]\n        find_by: { email: contact_email }\n        basis: legitimate_interest\n        source: subject\n";
    let map = include_str!("collection/map.yaml");
    let (before, after) =
        (map.find("  - name: support").unwrap(), map.find("  - name: paper").unwrap());
    let map_apart = format!("{}{apart}{}", &map[..before], &map[after..]);
    for (map, wanted) in [(map_apart.as_str(), "complete"), (map, "failed")] {
        shop.app.put_map(&shop.dpo, &shop.controller, map).await.expect(200);
        let (id, _) = identified(&shop).await;
        let search: Value = verb(&shop, &id, "searches", json!({})).await.expect(202).json();
        // Either of two that are apart; else the shop, whose values the support desk waits for.
        let claimed = claim::claim(&shop.app.app).await.unwrap().unwrap();
        let ctx = shop.app.ctx();
        let giving_up = move |conn: &mut _| give_up(conn, &ctx, &claimed, "killed");
        shop.app.app.write(giving_up).await.unwrap();
        worker::drain(&shop.app.app).await.unwrap();
        let path = format!("/api/v1/requests/{id}/searches/{}", search["id"].as_str().unwrap());
        let search: Value = shop.dpo().get(&path).await.expect(200).json();
        let outcome = |place: usize| search["systems"][place]["outcome"].as_str().unwrap();
        let mut outcomes = [outcome(1), outcome(2)];
        outcomes.sort_unstable();
        assert_eq!(outcomes, [wanted, "failed"]);
        assert!(!search["ended_at"].is_null(), "a new search can be started");
    }
}

#[actix_web::test]
async fn a_health_record_is_held_for_the_48_hours_of_reflection() {
    let shop = Shop::open().await;
    let admin = shop.app.user(&[(shop.controller.id, Role::Admin)]).await;
    let path = format!("/api/v1/controllers/{}", shop.controller.id);
    let change = json!({ "regime": "FR-CSP" });
    shop.app.as_user(&admin).with("if-match", "*").patch(&path, change).await.expect(200);
    let (id, reference) = identified(&shop).await;
    let search = shop.search(&id).await;
    nothing_found(&shop, &id, &search).await.expect(200);
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let release = format!("packages/{}/release", package["id"].as_str().unwrap());
    let typed = json!({ "reference": reference });
    shop.app.advance(Duration::hours(47));
    refused(verb(&shop, &id, &release, typed.clone()).await, "before-reflection").await;
    shop.app.advance(Duration::hours(1));
    verb(&shop, &id, &release, typed).await.expect(200);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn s_18_a_contact_that_was_changed_lately_asks_for_more_proof() {
    let shop = Shop::open().await;
    let path = shop.app.config().allowed.directories[0].join("shop.db");
    let add = "INSERT INTO customers VALUES (9, 'ana@example.org', 'Ana', 'x', 0)";
    rusqlite::Connection::open(path).unwrap().execute_batch(add).unwrap();
    let (id, reference) = shop.log("ana@example.org").await;
    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    nothing_found(&shop, &id, &search).await.expect(200);
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let changed_at = shop.app.ctx().now - Duration::days(29);
    let row = ContactRow {
        request_id: id.parse().unwrap(),
        controller_id: shop.controller.id,
        outcome: OnFile::One,
        sealed_email: Some(vec![1]),
        changed_at: Some(changed_at.into()),
        looked_up_at: shop.app.ctx().now.into(),
        address_index: None,
    };
    shop.app.app.write(move |conn| Ok(contacts::put(conn, &row)?)).await.unwrap();
    let release = format!("packages/{}/release", package["id"].as_str().unwrap());
    let typed = json!({ "reference": reference });
    refused(verb(&shop, &id, &release, typed.clone()).await, "needs-v2").await;
    shop.app.advance(Duration::days(1));
    verb(&shop, &id, &release, typed).await.expect(200);
}

#[actix_web::test]
async fn a_package_does_not_overturn_what_somebody_decided() {
    let shop = Shop::open().await;
    let (id, reference) = identified(&shop).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("/api/v1/requests/{id}/packages/{}", package["id"].as_str().unwrap());
    let release = async || {
        let body = json!({ "reference": reference, "reason": "Reconsidéré" });
        shop.dpo().post(&format!("{path}/release"), body).await
    };
    let decide = async |body: Value| {
        let path = format!("/api/v1/requests/{id}/rights/access/decision");
        shop.dpo().put(&path, body).await.expect(200);
    };
    let refusal = json!({ "decision": "refused", "ground": "legal_privilege", "reason": "Secret" });
    decide(refusal).await;
    refused(release().await, "decided-otherwise").await;
    decide(json!({ "decision": "undecided" })).await;
    release().await.expect(200);
    let case: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.json();
    assert_eq!(case["rights"][0]["decision"], "granted_in_part");
    // Released again, it rests on a package: that is no other decision.
    release().await.expect(200);
}

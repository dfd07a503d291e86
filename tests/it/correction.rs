//! Correcting whom a request is about, and when it came in.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::pages::{browser, token};

fn person(name: &str, email: &str) -> Value {
    json!({ "names": [name], "identifiers": [{ "kind": "email", "value": email }] })
}

fn correction(subject: &Value) -> Value {
    json!({ "subject": subject, "reason": "Misheard on the telephone" })
}

async fn case(shop: &Shop, id: &str) -> Value {
    shop.dpo().get(&format!("/api/v1/requests/{id}")).await.expect(200).json()
}

async fn found(shop: &Shop, email: &str) -> Value {
    let body = json!({ "identifier": { "kind": "email", "value": email } });
    let found = shop.dpo().post("/api/v1/requests/search", body).await.expect(200);
    found.json::<Value>()["count"].clone()
}

#[actix_web::test]
async fn a_mistyped_address_is_put_right_before_anything_was_done_for_it() {
    let shop = Shop::open().await;
    // That is an address of somebody else.
    let (id, reference) = shop.log("other@example.org").await;
    let path = format!("/api/v1/requests/{id}/subject-correction");
    let right = person("Zoé Canari", "zoe.canari@example.org");
    let answer: Value = shop.dpo().post(&path, correction(&right)).await.expect(200).json();
    assert_eq!(answer["subject"]["identifiers"][0]["value"], "zoe.canari@example.org");
    assert_eq!(answer["subject"]["words"], "Tout ce que vous avez : canari-note");
    assert_eq!(found(&shop, "other@example.org").await, 0);
    assert_eq!(found(&shop, "zoe.canari@example.org").await, 1);
    let events: Value = shop.dpo().get(&format!("/api/v1/requests/{id}/events")).await.json();
    let last = events["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "SubjectCorrected");
    assert_eq!(last["detail"], json!({ "begins_anew": true, "minor": false }));
    let words = json!({
        "reason": "Misheard on the telephone",
        "before": "Zoé Canari\nemail: other@example.org",
    });
    assert_eq!(last["words"], words);

    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("/api/v1/requests/{id}/packages/{}", package["id"].as_str().unwrap());
    let release = json!({ "reference": reference });
    shop.dpo().post(&format!("{path}/release"), release).await.expect(200);
    let manifest = package["manifest"].to_string();
    assert!(manifest.contains("shop.orders"), "{manifest}");
    shop.app.assert_replays().await;
}

/// Whatever was done for the one is not the other's: nobody else reads it, and nothing stays decided.
#[actix_web::test]
async fn it_is_too_late_once_anything_was_done_for_the_person_as_named() {
    let shop = Shop::open().await;
    let other = correction(&person("Zoé Canari", "zoe.canari@example.org"));
    let verbs: [(&str, Value, u16); 5] = [
        ("identity-decision", json!({ "level": "v1", "methods": ["in_person"] }), 200),
        ("searches", json!({ "scope": "contacts" }), 202),
        ("contact-condition", json!({ "condition": "shared", "reason": "The family" }), 200),
        ("letters", json!({ "letter": "CLAR" }), 201),
        ("messages", json!({ "message": "Bonjour" }), 200),
    ];
    for (verb, body, status) in verbs {
        let (id, _) = shop.log("other@example.org").await;
        let done = shop.dpo().post(&format!("/api/v1/requests/{id}/{verb}"), body).await;
        done.expect(status);
        let answer =
            shop.dpo().post(&format!("/api/v1/requests/{id}/subject-correction"), &other).await;
        if ["searches", "messages"].contains(&verb) {
            // Who is on file is looked up anew, and words without a file are read by whoever enters.
            answer.expect(200);
        } else {
            assert_eq!(
                answer.expect(409).json::<Value>()["reason"],
                "too-late-to-correct",
                "{verb}"
            );
        }
    }
    let (id, _) = shop.log("other@example.org").await;
    let refusal = json!({ "decision": "refused", "ground": "unfounded", "reason": "Encore" });
    let path = format!("/api/v1/requests/{id}/rights/access/decision");
    shop.dpo().put(&path, refusal).await.expect(200);
    let path = format!("/api/v1/requests/{id}/subject-correction");
    shop.dpo().post(&path, &other).await.expect(409);
}

#[actix_web::test]
async fn a_name_that_is_only_written_otherwise_keeps_what_was_proved() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("/api/v1/requests/{id}/subject-correction");
    let written = person("CANARI Zoe", "zoe.canari@example.org");
    let answer: Value = shop.dpo().post(&path, correction(&written)).await.expect(200).json();
    assert_eq!(answer["subject"]["names"], json!(["CANARI Zoe"]));
    assert_eq!(
        (&answer["identity"]["level"], &answer["status"]),
        (&json!("v2"), &json!("in_review"))
    );
    let package = format!("/api/v1/requests/{id}/packages/{}", package["id"].as_str().unwrap());
    let release = json!({ "reference": reference });
    shop.dpo().post(&format!("{package}/release"), release).await.expect(200);

    // What was done is not another's.
    let other = person("Zoé Canari", "zoe.canary@example.org");
    let refused = shop.dpo().post(&path, correction(&other)).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "too-late-to-correct");
    assert_eq!(case(&shop, &id).await["subject"]["names"], json!(["CANARI Zoe"]));
    let written = person("Canari, Zoé", "zoe.canari@example.org");
    shop.dpo().post(&path, correction(&written)).await.expect(200);
    // Nor are spaces, hyphens and apostrophes, also where the names change places.
    let written = person("CA-NARI Zo'é", "zoe.canari@example.org");
    shop.dpo().post(&path, correction(&written)).await.expect(200);
    let written = person("Zoé Canari", "zoe.canari@example.org");
    shop.dpo().post(&path, correction(&written)).await.expect(200);
    assert_eq!(case(&shop, &id).await["identity"]["level"], "v2");
    // One letter more is another name: somebody may search by it.
    let other = person("Zoé J. Canari", "zoe.canari@example.org");
    shop.dpo().post(&path, correction(&other)).await.expect(409);
}

#[actix_web::test]
async fn a_correction_that_says_nothing_or_nonsense_is_refused() {
    let shop = Shop::open().await;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    let path = format!("/api/v1/requests/{id}/subject-correction");
    let same = person("Zoé Canari", "zoe.canari@example.org");
    for (subject, told) in [
        (same.clone(), "subject: unchanged"),
        (json!({}), "subject: nobody"),
        (person("Zoé Canari", "nowhere"), "subject.identifiers[0]: no-email"),
        (person(" ", "zoe@example.org"), "subject.names[0]: empty"),
    ] {
        let refused = shop.dpo().post(&path, correction(&subject)).await.expect(422);
        assert_eq!(refused.problem().1, [told]);
    }
    let silent = json!({ "subject": person("Zoé", "zoe@example.org"), "reason": " " });
    let refused = shop.dpo().post(&path, silent).await.expect(422);
    assert_eq!(refused.problem().1, ["reason: empty"]);
    let stale = shop.app.as_user(&shop.dpo).with("if-match", "\"7\"");
    stale.post(&path, correction(&person("Zoé", "zoe@example.org"))).await.expect(412);
    let agent = shop.app.user(&[(shop.controller.id, Role::Agent)]).await;
    let agent = shop.app.as_user(&agent).with("if-match", "*");
    agent.post(&path, correction(&person("Zoé", "zoe@example.org"))).await.expect(403);
    let closing = json!({ "ground": "duplicate", "reason": "Twice" });
    shop.dpo().post(&format!("/api/v1/requests/{id}/closing"), closing).await.expect(200);
    let refused = shop.dpo().post(&path, correction(&person("Zoé", "zoe@example.org"))).await;
    assert_eq!(refused.expect(409).json::<Value>()["reason"], "already-closed");
    assert_eq!(case(&shop, &id).await["subject"]["names"], json!(["Zoé Canari"]));
}

#[actix_web::test]
async fn staff_put_a_person_and_a_receipt_right_on_the_page() {
    let shop = Shop::open().await;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    let desk = browser(&shop.app, &shop.dpo).await;
    let path = format!("/requests/{id}");
    let post = async |form: &str, fields: &[(&str, &str)]| {
        let page = desk.get(&path).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let text = page.text();
        let version = text.split("name=\"version\" value=\"").nth(1).unwrap();
        let version = version.split('"').next().unwrap();
        let mut all = vec![("csrf", csrf.as_str()), ("version", version)];
        all.extend_from_slice(fields);
        desk.post_form(&format!("{path}/{form}"), &all).await
    };
    let page = desk.get(&path).await.expect(200).text();
    assert!(page.contains("value=\"zoe.canari@example.org\""), "{page}");
    let fields = [
        ("name", "Zoé Canary"),
        ("name", ""),
        ("identifier_kind", "email"),
        ("identifier_value", "zoe.canary"),
        ("identifier_kind", ""),
        ("identifier_value", ""),
        ("postal_address", "2 rue d'Ici\n75002 Paris"),
        ("correction_reason", "Spelled on the telephone"),
    ];
    let refused = post("subject-correction", &fields).await.expect(422).text();
    for kept in ["Zoé Canary", "value=\"zoe.canary\"", "75002 Paris", "Spelled on the telephone"] {
        assert!(refused.contains(kept), "{kept}: {refused}");
    }
    let mut right = fields;
    right[3].1 = "zoe.canary@example.org";
    post("subject-correction", &right).await.expect(303);
    let evidence = [("received_at", "2026-11-20T09:30"), ("evidence", "The stamp on the envelope")];
    let late = [("received_at", "2099-11-20T09:30"), evidence[1]];
    let refused = post("receipt-correction", &late).await.expect(422).text();
    assert!(refused.contains("value=\"2099-11-20T09:30\""), "{refused}");
    post("receipt-correction", &evidence).await.expect(303);
    let page = desk.get(&path).await.expect(200).text();
    for shown in ["Zoé Canary", "zoe.canary@example.org", "Before", "The stamp on the envelope"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let known = case(&shop, &id).await;
    assert_eq!(known["received_at"], "2026-11-20T08:30:00.000000Z");
    assert_eq!(known["subject"]["postal_address"], "2 rue d'Ici\n75002 Paris");
}

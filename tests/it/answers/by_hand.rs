//! What a person decides by hand on access, beside the package that is handed out and the searches that
//! come after.

use serde_json::{Value, json};

use super::{fail_identity, identified, nothing_found, refused, status, tasks, upload, verb};
use crate::collection::shop::Shop;
use crate::support::client::Answer;

async fn decide(shop: &Shop, id: &str, body: Value) -> Answer {
    shop.dpo().put(&format!("/api/v1/requests/{id}/rights/access/decision"), body).await
}

async fn decision(shop: &Shop, id: &str) -> Value {
    let case = shop.dpo().get(&format!("/api/v1/requests/{id}")).await;
    case.expect(200).json::<Value>()["rights"][0]["decision"].clone()
}

#[actix_web::test]
async fn a_decision_agrees_with_the_package_that_is_out_and_falls_with_it() {
    let shop = Shop::open().await;
    let (id, reference) = identified(&shop).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let path = format!("packages/{}", package["id"].as_str().unwrap());
    let release = json!({ "reference": reference });
    verb(&shop, &id, &format!("{path}/release"), release).await.expect(200);
    assert_eq!(decision(&shop, &id).await, "granted_in_part");
    let refusal = json!({ "decision": "refused", "ground": "legal_privilege", "reason": "Secret" });
    let in_part = json!({ "decision": "granted_in_part", "ground": "rights_of_others", "reason": "Un tiers" });
    for (body, code) in [
        (json!({ "decision": "granted" }), "package-withholds"),
        (refusal.clone(), "answer-handed-out"),
        (json!({ "decision": "nothing_held" }), "answer-handed-out"),
    ] {
        refused(decide(&shop, &id, body).await, code).await;
    }
    // The page offers what is taken, and no more.
    let page = crate::pages::browser(&shop.app, &shop.dpo).await;
    let page = page.get(&format!("/requests/{id}")).await.expect(200).text();
    for (value, is_offered) in [
        ("access/granted_in_part", true),
        ("access/undecided", true),
        ("access/granted", false),
        ("access/refused", false),
        ("access/nothing_held", false),
        ("portability/refused", true),
    ] {
        assert_eq!(page.contains(&format!("value=\"{value}\"")), is_offered, "{value}");
    }
    // Neither open again nor granted again is the package back.
    decide(&shop, &id, json!({ "decision": "undecided" })).await.expect(200);
    let failed = json!({ "methods": [], "reason": "Quelqu'un d'autre" });
    refused(verb(&shop, &id, "identity-decision", failed).await, "answer-is-out").await;
    refused(decide(&shop, &id, refusal.clone()).await, "answer-handed-out").await;
    decide(&shop, &id, in_part.clone()).await.expect(200);
    let reason = json!({ "reason": "Une page d'autrui" });
    verb(&shop, &id, &format!("{path}/revocation"), reason).await.expect(200);
    assert_eq!(decision(&shop, &id).await, "undecided");
    assert_eq!(status(&shop, &id).await, "in_review");
    refused(decide(&shop, &id, in_part).await, "granted-by-release").await;
    decide(&shop, &id, refusal).await.expect(200);
    fail_identity(&shop, &id).await;
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn that_nothing_is_held_is_decided_anew_after_another_search() {
    let shop = Shop::open().await;
    let (id, _) = shop.log("nobody@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let nothing = || json!({ "decision": "nothing_held" });
    let first = shop.search(&id).await;
    nothing_found(&shop, &id, &first).await.expect(200);
    decide(&shop, &id, nothing()).await.expect(200);
    assert_eq!(decision(&shop, &id).await, "nothing_held");
    // Something comes in for that very search.
    upload(&shop, &id, &first).await.expect(201);
    assert_eq!(decision(&shop, &id).await, "undecided");
    assert!(tasks(&shop).await.contains(&"decide_again".to_owned()));
    refused(decide(&shop, &id, nothing()).await, "something-found").await;
    let events: Value =
        shop.dpo().get(&format!("/api/v1/requests/{id}/events")).await.expect(200).json();
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("RightDecided"), &json!("worker")));
    // Another search asks again, whatever it will find.
    let second = shop.search(&id).await;
    nothing_found(&shop, &id, &second).await.expect(200);
    decide(&shop, &id, nothing()).await.expect(200);
    assert!(!tasks(&shop).await.contains(&"decide_again".to_owned()), "somebody has decided");
    let third = shop.search(&id).await;
    assert_eq!(decision(&shop, &id).await, "undecided");
    refused(decide(&shop, &id, nothing()).await, "not-searched-whole").await;
    nothing_found(&shop, &id, &third).await.expect(200);
    decide(&shop, &id, nothing()).await.expect(200);
    shop.app.assert_replays().await;
}

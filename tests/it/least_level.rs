//! A controller that asks for more than the policy before any answer leaves: at once, everywhere, and
//! never for less.

use guichet::domain::actor::Role;
use guichet::domain::ids::ControllerId;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::letters::desk::Desk;
use crate::pages::{browser, token};
use crate::support::app::TestApp;
use crate::support::client::Answer;
use crate::support::visit::{PLACE, visitor};

/// An administrator asks for a level.
async fn ask_for(app: &TestApp, controller: ControllerId, level: &str) -> Answer {
    let admin = app.user(&[(controller, Role::Admin)]).await;
    let path = format!("/api/v1/controllers/{controller}");
    app.as_user(&admin).with("if-match", "*").patch(&path, json!({ "least_level": level })).await
}

fn reason(answer: Answer) -> Value {
    answer.expect(409).json::<Value>()["reason"].clone()
}

#[actix_web::test]
async fn an_answer_of_ordinary_data_leaves_at_the_level_of_the_controller_and_is_held_below_it() {
    let shop = Shop::open().await;
    let (app, controller) = (&shop.app, shop.controller.id);
    let place = app.config().allowed.directories[0].join("shop.db");
    let add = "INSERT INTO customers VALUES (9, 'ana@example.org', 'Ana', 'x', 0)";
    rusqlite::Connection::open(place).unwrap().execute_batch(add).unwrap();
    let body = json!({
        "controller_id": controller,
        "channel": "web",
        "rights": ["access"],
        "subject": {
            "names": ["Ana"],
            "identifiers": [{ "kind": "email", "value": "ana@example.org" }],
        },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let text = |place: &str| logged.pointer(place).unwrap().as_str().unwrap().to_owned();
    let (id, reference) = (text("/request/id"), text("/request/reference"));
    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let package = package["id"].as_str().unwrap();
    let release = async || {
        let path = format!("/api/v1/requests/{id}/packages/{package}/release");
        shop.dpo().post(&path, json!({ "reference": reference })).await
    };
    ask_for(app, controller, "v2").await.expect(200);
    assert_eq!(reason(release().await), "needs-v2");
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    release().await.expect(200);

    let person = visitor(app, &reference, &text("/receipt_secret")).await;
    let link = format!("{PLACE}/packages/{package}");
    person.get(&link).await.expect(200);
    ask_for(app, controller, "v3").await.expect(200);
    person.get(&link).await.expect(404);
    ask_for(app, controller, "v1").await.expect(200);
    person.get(&link).await.expect(200);
    app.assert_replays().await;
}

#[actix_web::test]
async fn what_is_done_at_once_waits_for_no_level_and_a_decision_does() {
    let desk = Desk::new().await;
    let (app, controller) = (&desk.app, desk.controller.id);
    let case = app
        .log_case(&desk.dpo, &desk.controller, |body| {
            body["rights"] = json!(["objection", "consent_withdrawal", "rectification"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    ask_for(app, controller, "v3").await.expect(200);
    let decide = async |right: &str| {
        let granted = json!({ "decision": "granted" });
        desk.client().verb(&case, &format!("rights/{right}/decision"), granted).await
    };
    for right in ["objection", "consent_withdrawal"] {
        decide(right).await.expect(200);
    }
    desk.identify(&case).await;
    assert_eq!(reason(decide("rectification").await), "needs-v3");
    let shown = browser(app, &desk.dpo).await.get(&format!("/requests/{}", case.id)).await;
    let offered = "rectification/granted";
    assert!(!shown.expect(200).text().contains(offered), "offered what would be refused");
    ask_for(app, controller, "v1").await.expect(200);
    let shown = browser(app, &desk.dpo).await.get(&format!("/requests/{}", case.id)).await;
    assert!(shown.expect(200).text().contains(offered));
    decide("rectification").await.expect(200);
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_letter_says_whether_it_was_written_for_anybody() {
    let desk = Desk::new().await;
    for (level, expected) in [("v1", Value::Null), ("v2", json!(true))] {
        ask_for(&desk.app, desk.controller.id, level).await.expect(200);
        let case = desk.case("en", json!(["access"])).await;
        desk.identify(&case).await;
        let (letter, _) = desk.draft(&case, "ACK").await;
        desk.send(&letter, "portal").await.expect(200);
        let events = desk.client().events(&case).await;
        let sent = events.iter().find(|event| event["kind"] == "LetterSent").unwrap();
        assert_eq!(sent["detail"]["for_anybody"], expected, "{level}");
    }
}

#[actix_web::test]
async fn no_controller_asks_for_less_than_the_policy() {
    let desk = Desk::new().await;
    let (app, controller) = (&desk.app, desk.controller.id);
    for (level, code) in [("v0", "least-level"), ("v9", "unknown-value"), ("", "unknown-value")] {
        let refused = ask_for(app, controller, level).await.expect(422);
        assert_eq!(refused.problem().1, [format!("least_level: {code}")], "{level}");
    }
    let path = format!("/api/v1/controllers/{controller}");
    let set = async || desk.client().get(&path).await.json::<Value>()["least_level"].clone();
    assert_eq!(set().await, "v1");
    ask_for(app, controller, "v3").await.expect(200);
    assert_eq!(set().await, "v3");
}

#[actix_web::test]
async fn the_page_sets_the_level_and_refuses_what_is_none() {
    let desk = Desk::new().await;
    let (app, controller) = (&desk.app, desk.controller.id);
    let admin = app.user(&[(controller, Role::Admin)]).await;
    let reader = browser(app, &admin).await;
    let page = format!("/controllers/{controller}/least-level");
    assert!(reader.get("/").await.expect(200).text().contains(&page), "a link from the first page");
    let shown = reader.get(&page).await.expect(200);
    assert!(shown.text().contains("<option value=\"v1\" selected>"), "{}", shown.text());
    assert!(!shown.text().contains("value=\"v0\""), "{}", shown.text());
    assert!(shown.text().contains("A change counts at once"), "{}", shown.text());
    let csrf = token(&shown, &page);
    let post = async |level: &str, version: &str| {
        let fields = [("csrf", csrf.as_str()), ("version", version), ("least_level", level)];
        reader.post_form(&page, &fields).await
    };
    for level in ["v0", "v9", ""] {
        let refused = post(level, "1").await.expect(422).text();
        assert!(refused.contains("no answer leaves below V1"), "{level}: {refused}");
    }
    post("v2", "1").await.expect(303);
    post("v3", "1").await.expect(409);
    assert_eq!(app.event_kinds().await, ["ControllerChanged"]);
    let shown = reader.get(&page).await.expect(200).text();
    assert!(shown.contains("<option value=\"v2\" selected>"), "{shown}");
    // Who does not administer reads it, and whoever works on no settings does not.
    let shown = browser(app, &desk.dpo).await.get(&page).await.expect(200).text();
    assert!(shown.contains("V2: two proofs") && !shown.contains("<select"), "{shown}");
    browser(app, &desk.dpo).await.post_form(&page, &[("csrf", "x")]).await.expect(403);
    let agent = app.user(&[(controller, Role::Agent)]).await;
    browser(app, &agent).await.get(&page).await.expect(403);
}

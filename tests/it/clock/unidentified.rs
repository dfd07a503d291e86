//! A request is closed because the person cannot be identified once they were told so, by the letter, in
//! another way, or by a question that they left without a reply.

use guichet::domain::actor::Role;
use serde_json::{Value, json};

use super::{at, case, question, reply};
use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;

fn closing(told_on: Value, reminded_on: Value) -> Value {
    json!({ "ground": "cannot_identify", "reason": "Three people bear that name",
        "told_on": told_on, "reminded_on": reminded_on })
}

/// What keeps the case from being closed.
async fn wrong(app: &TestApp, dpo: &User, case: &LoggedCase, body: Value) -> Vec<String> {
    app.as_user(dpo).verb(case, "closing", body).await.expect(422).problem().1
}

#[actix_web::test]
async fn a_person_who_cannot_be_identified_is_told_before_the_case_is_closed() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    let untold = ["ground: unidentified-untold"];
    for (body, expected) in [
        (closing(Value::Null, Value::Null), &untold[..]),
        (closing(Value::Null, json!("2026-11-25")), &untold),
        (closing(json!("2026-12-01"), Value::Null), &["told_on: letter-in-future"]),
        (closing(json!("2026-11-22"), Value::Null), &["told_on: before-receipt"]),
        (
            json!({ "ground": "cannot_identify", "told_on": "2026-11-25" }),
            &["reason: closing-needs-demonstration"],
        ),
        (
            json!({ "ground": "mistake", "reason": "Twice", "told_on": "2026-11-25" }),
            &["told_on: closing-no-telling"],
        ),
    ] {
        assert_eq!(wrong(&app, &dpo, &case, body).await, expected);
    }
    // A decision that waits for the second person, and who is known.
    let facts = json!({ "level": "v3", "methods": ["known_facts"], "reason": "She knew" });
    client.verb(&case, "identity-decision", facts).await.expect(200);
    let told = || closing(json!("2026-11-25"), Value::Null);
    let waits = wrong(&app, &dpo, &case, told()).await;
    assert_eq!(waits, ["ground: unidentified-proof-waits"]);
    let seen = json!({ "level": "v1", "methods": ["in_person"] });
    client.verb(&case, "identity-decision", seen).await.expect(200);
    assert_eq!(wrong(&app, &dpo, &case, told()).await, ["ground: letter-identified"]);
    let failed = json!({ "methods": [], "reason": "Somebody else" });
    client.verb(&case, "identity-decision", failed).await.expect(200);
    client.verb(&case, "closing", told()).await.expect(200);
    // Taken up again, they are told again.
    client.verb(&case, "reopening", json!({ "reason": "She wrote" })).await.expect(200);
    assert_eq!(wrong(&app, &dpo, &case, closing(Value::Null, Value::Null)).await, untold);
    app.assert_replays().await;
}

#[actix_web::test]
async fn who_was_asked_and_reminded_and_keeps_silent_has_been_told_enough() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let client = app.as_user(&dpo);
    client.verb(&case, "pauses", question("identity", "2026-11-24T08:00:00Z")).await.expect(200);
    app.set_now(at("2026-12-18T09:00:00Z"));
    let early = wrong(&app, &dpo, &case, closing(Value::Null, json!("2026-12-17"))).await;
    assert_eq!(early, ["ground: unidentified-untold", "ground: letter-too-early"]);
    let poor = reply("identity", "2026-12-18T08:00:00Z", false);
    client.verb(&case, "replies", poor).await.expect(200);
    // Who replied waits for a word: a month from there.
    app.set_now(at("2027-01-16T09:00:00Z"));
    let again = wrong(&app, &dpo, &case, closing(Value::Null, json!("2027-01-08"))).await;
    assert_eq!(again, ["ground: unidentified-untold", "ground: letter-too-early"]);
    app.set_now(at("2027-01-17T09:00:00Z"));
    let silent = closing(Value::Null, json!("2027-01-08"));
    client.verb(&case, "closing", silent).await.expect(200);
    app.assert_replays().await;
}

#[actix_web::test]
async fn what_is_done_for_whoever_asks_does_not_end_so_neither_by_the_letter() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app
        .log_case(&dpo, &controller, |body| {
            body["rights"] = json!(["access", "objection"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    let client = app.as_user(&dpo).with("if-match", "*");
    let told = || closing(json!("2026-11-23"), Value::Null);
    let needless = ["ground: unidentified-not-needed"];
    assert_eq!(wrong(&app, &dpo, &case, told()).await, needless);
    let letters = format!("/api/v1/requests/{}/letters", case.id);
    let drafted = client.post(&letters, json!({ "letter": "NOID" })).await.expect(201);
    let path = drafted.header("location").unwrap().to_owned();
    let mut content = drafted.json::<Value>()["content"].clone();
    content["parts"]["demonstration"] = json!("We hold only a first name that many share.");
    content["parts"]["helpful_details"] = json!("A customer number.");
    client.put(&path, content).await.expect(200);
    let send =
        async || client.post(&format!("{path}/sending"), json!({ "delivery": "portal" })).await;
    let refused = send().await.expect(422).problem().1;
    assert_eq!(refused, ["letter: unidentified-not-needed"]);
    let granted = json!({ "decision": "granted" });
    client.verb(&case, "rights/objection/decision", granted).await.expect(200);
    // A reply that nobody has read may say who they are.
    client.verb(&case, "pauses", question("identity", "2026-11-23T09:00:00Z")).await.expect(200);
    let receipt = case.answer["receipt_secret"].as_str().unwrap();
    let person = crate::support::visit::visitor(&app, &case.reference, receipt).await;
    let messages = format!("{}/messages", crate::support::visit::PLACE);
    let csrf = crate::support::visit::token(&person.get(&messages).await.expect(200), &messages);
    let number = [("csrf", csrf.as_str()), ("message", "My number is 4711.")];
    person.post_form(&messages, &number).await.expect(303);
    assert_eq!(send().await.expect(422).problem().1, ["letter: letter-reply-waits"]);
    assert_eq!(wrong(&app, &dpo, &case, told()).await, ["ground: letter-reply-waits"]);
    let poor = reply("identity", "2026-11-23T09:00:00Z", false);
    client.verb(&case, "replies", poor).await.expect(200);
    send().await.expect(200);
    let shown = client.case(&case).await;
    assert_eq!(shown["status"], "closed");
    app.assert_replays().await;
}

#[actix_web::test]
async fn the_form_says_what_must_come_first_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let (dpo, case) = case(&app, &controller).await;
    let staff = crate::pages::browser(&app, &dpo).await;
    let page = format!("/requests/{}", case.id);
    let shown = staff.get(&page).await.expect(200);
    assert!(shown.text().contains("cannot be identified ends it once they were told"), "the hint");
    let csrf = crate::pages::token(&shown, &format!("{page}/closing"));
    let send = async |told_on: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", "1"),
            ("ground", "cannot_identify"),
            ("closing_reason", "Registered letter 7"),
            ("told_on", told_on),
        ];
        staff.post_form(&format!("{page}/closing"), &fields).await
    };
    let refused = send("").await.expect(422).text();
    assert!(refused.contains("Send the letter that says so, or give the day"), "{refused}");
    assert!(refused.contains("Registered letter 7"), "{refused}");
    let refused = send("2026-12-01").await.expect(422).text();
    assert!(refused.contains("value=\"2026-12-01\""), "{refused}");
    send("2026-11-25").await.expect(303);
    let shown = staff.get(&page).await.expect(200).text();
    assert!(shown.contains("25 November 2026") && shown.contains("Person told on"), "{shown}");
    app.assert_replays().await;
}

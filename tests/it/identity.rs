//! Identity: what carries each level, who confirms V3, and what a failure leaves.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::cases::LoggedCase;

#[actix_web::test]
async fn the_methods_carry_the_level() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let case = app.log_case(&handler, &controller, |_| ()).await;
    let client = app.as_user(&handler);
    for (body, wrong) in [
        (json!({ "level": "v0", "methods": [] }), "level: level-v0"),
        (json!({ "level": "v1", "methods": ["known_facts"] }), "level: v1-needs-route"),
        (json!({ "level": "v2", "methods": ["in_person"] }), "level: v2-needs-two"),
        (json!({ "level": "v3", "methods": ["known_facts"] }), "level: v3-needs-reason"),
        // Nobody has looked at a document here.
        (
            json!({
                "level": "v2", "methods": ["in_person", "masked_document"],
                "doubt": "Two customers have this name",
            }),
            "methods: method-not-recorded",
        ),
        (
            json!({ "methods": ["masked_document"], "reason": "Another birth date" }),
            "methods: method-not-recorded",
        ),
        (json!({ "methods": [] }), "reason: failed-needs-reason"),
        // Nobody says so by hand: this case has no record of it.
        (json!({ "level": "v1", "methods": ["code_on_file"] }), "methods: method-not-recorded"),
        (
            json!({ "level": "v2", "methods": ["in_person", "call_back"] }),
            "methods: method-not-recorded",
        ),
        (json!({ "level": "v1", "methods": ["horoscope"] }), "methods[0]: unknown-value"),
    ] {
        let refused = client.verb(&case, "identity-decision", body).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    for (body, level, doubt) in [
        (json!({ "level": "v1", "methods": ["in_person"] }), "v1", false),
        (json!({ "level": "v2", "methods": ["in_person", "known_facts"] }), "v2", false),
        (
            json!({
                "level": "v2", "methods": ["in_person", "known_facts"],
                "doubt": "Two customers have this name",
            }),
            "v2",
            true,
        ),
        (json!({ "level": null, "methods": [], "reason": "No answer" }), "v0", true),
    ] {
        let decided = client.verb(&case, "identity-decision", body).await.expect(200);
        let decided: Value = decided.json();
        assert_eq!(
            decided["identity"],
            json!({ "level": level, "doubt": doubt, "awaits_confirmation": false })
        );
        assert_eq!(decided["legal_on"], "2026-12-23", "the clock does not wait");
    }
    let words: Vec<_> = client.events(&case).await.iter().map(|it| it["words"].clone()).collect();
    assert_eq!(words[3], json!({ "doubt": "Two customers have this name", "reason": null }));
    app.assert_replays().await;
}

fn v3() -> Value {
    json!({ "level": "v3", "methods": ["known_facts"], "reason": "Three invoices were named" })
}

#[actix_web::test]
async fn a_second_person_confirms_v3() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let first = app.user(&[(controller.id, Role::Dpo)]).await;
    let second = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&first, &controller, |_| ()).await;
    let reason = json!({ "reason": "Looked at the invoices" });
    let confirm = "identity-confirmation";
    let nothing = app.as_user(&second).verb(&case, confirm, reason.clone()).await.expect(409);
    assert_eq!(nothing.json::<Value>()["reason"], "nothing-to-confirm");
    let decided = app.as_user(&first).verb(&case, "identity-decision", v3()).await;
    let decided: Value = decided.expect(200).json();
    assert_eq!(
        decided["identity"],
        json!({ "level": "v0", "doubt": false, "awaits_confirmation": true })
    );
    app.advance(Duration::days(2));
    let alone = app.as_user(&first).verb(&case, confirm, reason.clone()).await.expect(409);
    assert_eq!(alone.json::<Value>()["reason"], "second-person");
    app.as_user(&second).verb(&case, confirm, json!({ "reason": "" })).await.expect(422);
    let confirmed = app.as_user(&second).verb(&case, confirm, reason).await;
    let confirmed: Value = confirmed.expect(200).json();
    assert_eq!(
        confirmed["identity"],
        json!({ "level": "v3", "doubt": false, "awaits_confirmation": false })
    );
    let events = app.as_user(&second).events(&case).await;
    assert_eq!(events[2]["detail"], json!({ "level": "v3", "by_same_person": false }));
    app.assert_replays().await;
}

#[actix_web::test]
async fn who_is_alone_looks_again_a_day_later() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    // Neither of them could decide or confirm: one may not, the other may not sign in.
    app.user(&[(controller.id, Role::Auditor)]).await;
    let gone = [(controller.id, Role::Dpo)];
    app.insert_user(&gone, |row| row.status = "disabled".to_owned()).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    client.verb(&case, "identity-decision", v3()).await.expect(200);
    let reason = json!({ "reason": "Looked again" });
    app.advance(Duration::hours(24) - Duration::seconds(1));
    let early = client.verb(&case, "identity-confirmation", reason.clone()).await.expect(409);
    assert_eq!(early.json::<Value>()["reason"], "second-look");
    app.advance(Duration::seconds(1));
    client.verb(&case, "identity-confirmation", reason).await.expect(200);
    let events = client.events(&case).await;
    assert_eq!(events[2]["detail"], json!({ "level": "v3", "by_same_person": true }));
    app.assert_replays().await;
}

#[actix_web::test]
async fn nobody_is_alone_with_a_colleague_who_could_decide_first() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    app.as_user(&dpo).verb(&case, "identity-decision", v3()).await.expect(200);
    app.advance(Duration::days(2));
    let reason = json!({ "reason": "Looked again" });
    let alone = app.as_user(&dpo).verb(&case, "identity-confirmation", reason.clone()).await;
    assert_eq!(alone.expect(409).json::<Value>()["reason"], "second-person");
    // The colleague decides, and the DPO confirms.
    app.as_user(&handler).verb(&case, "identity-decision", v3()).await.expect(200);
    app.as_user(&dpo).verb(&case, "identity-confirmation", reason).await.expect(200);
    let events = app.as_user(&dpo).events(&case).await;
    assert_eq!(events[3]["detail"], json!({ "level": "v3", "by_same_person": false }));
    app.assert_replays().await;
}

#[actix_web::test]
async fn another_decision_ends_what_waited() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&handler);
    client.verb(&case, "identity-decision", v3()).await.expect(200);
    let failed = json!({ "methods": [], "reason": "The invoices were another's" });
    let failed = client.verb(&case, "identity-decision", failed).await.expect(200);
    assert_eq!(failed.json::<Value>()["identity"]["awaits_confirmation"], false);
    let reason = json!({ "reason": "Too late" });
    let late = app.as_user(&dpo).verb(&case, "identity-confirmation", reason).await;
    assert_eq!(late.expect(409).json::<Value>()["reason"], "nothing-to-confirm");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_birth_date_on_which_nobody_was_born_who_asks_is_refused() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    for (kind, value, code) in [
        ("birth_date", "2026-11-24", "birth-date-future"),
        ("birth_date", "1899-12-31", "birth-date-too-early"),
        ("name+birth_date", "Zoé Martin|2062-01-02", "birth-date-future"),
    ] {
        let subject = json!({
            "names": ["Zoé Martin"],
            "identifiers": [
                { "kind": "customer_no", "value": "K-7" }, { "kind": kind, "value": value },
            ],
        });
        let wrong = [format!("subject.identifiers[1]: {code}")];
        let body = json!({
            "controller_id": controller.id, "channel": "phone", "language": "en",
            "rights": ["access"], "words": "A copy", "subject": subject,
        });
        let refused = client.post("/api/v1/requests", body).await.expect(422);
        assert_eq!(refused.problem().1, wrong);
        let body = json!({ "subject": subject, "reason": "Misheard" });
        let refused = client.verb(&case, "subject-correction", body).await.expect(422);
        assert_eq!(refused.problem().1, wrong);
        let desk = crate::pages::browser(&app, &dpo).await;
        let page = format!("/requests/{}", case.id);
        let action = format!("{page}/subject-correction");
        let csrf = crate::pages::token(&desk.get(&page).await, &action);
        let fields = [
            ("csrf", csrf.as_str()),
            ("version", "1"),
            ("name", "Zoé Martin"),
            ("identifier_kind", kind),
            ("identifier_value", value),
            ("correction_reason", "Misheard"),
        ];
        let refused = desk.post_form(&action, &fields).await.expect(422).text();
        assert!(refused.contains("Check the year."), "{refused}");
    }
}

#[actix_web::test]
async fn s_14_for_a_minor_a_person_decides_whatever_was_proved() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let second = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let born = |date: &str| json!([{ "kind": "birth_date", "value": date }]);
    let log = async |date: &str| {
        let person = |body: &mut Value| {
            body["rights"] = json!(["rectification"]);
            body["subject"]["identifiers"] = born(date);
        };
        app.log_case(&dpo, &controller, person).await
    };
    let (child, adult) = (log("2015-03-04").await, log("2008-11-23").await);
    let two = json!({ "level": "v2", "methods": ["in_person", "known_facts"] });
    let desk = crate::pages::browser(&app, &dpo).await;
    let send = async |case: &LoggedCase| {
        let path = format!("/api/v1/requests/{}/rights/rectification/decision", case.id);
        let version = client.with("if-match", "*");
        version.put(&path, json!({ "decision": "granted" })).await
    };
    for case in [&child, &adult] {
        client.verb(case, "identity-decision", two.clone()).await.expect(200);
    }
    assert_eq!(client.case(&child).await["minor"], true);
    assert_eq!(client.case(&adult).await["minor"], false);
    let page = desk.get(&format!("/requests/{}", child.id)).await.expect(200).text();
    assert!(page.contains("By the birth date given, the person is under 18"), "{page}");
    let page = desk.get(&format!("/requests/{}", adult.id)).await.expect(200).text();
    assert!(!page.contains("By the birth date given, the person is under 18"), "{page}");
    send(&adult).await.expect(200);
    let refused = send(&child).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "needs-v3");
    client.verb(&child, "identity-decision", v3()).await.expect(200);
    app.as_user(&second)
        .verb(&child, "identity-confirmation", json!({ "reason": "Seen with her mother" }))
        .await
        .expect(200);
    send(&child).await.expect(200);
    // A date that was mistyped tells nothing once it is put right; the history keeps both.
    let mistyped = log("2019-03-04").await;
    let right = json!({
        "subject": { "names": ["Zoé Martin"], "identifiers": born("1979-03-04") }, "reason": "A slip",
    });
    assert_eq!(client.case(&mistyped).await["minor"], true);
    client.verb(&mistyped, "subject-correction", right).await.expect(200);
    assert_eq!(client.case(&mistyped).await["minor"], false);
    app.assert_replays().await;
}

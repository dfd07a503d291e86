//! From receipt to the end of a case, and back: acknowledgement, assignment, notes, decisions,
//! closing, and the versions that changes are made on.

use actix_web::http::Method;
use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::cases::message;

fn reason(text: &str) -> Value {
    json!({ "reason": text })
}

#[actix_web::test]
async fn a_receipt_is_acknowledged_once() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let case = app.log_case(&handler, &controller, |_| ()).await;
    let client = app.as_user(&handler);
    app.advance(Duration::hours(2));
    let late = json!({ "message": message(app.ctx().now + Duration::hours(1)) });
    let refused = client.verb(&case, "acknowledgement", late).await.expect(422);
    assert_eq!(refused.problem().1, ["message.sent_at: in-future"]);
    // It was sent before it is recorded.
    let told = json!({ "message": message(app.ctx().now - Duration::minutes(30)) });
    let told = client.verb(&case, "acknowledgement", told).await.expect(200);
    assert_eq!(told.header("etag"), Some("\"2\""));
    let told: Value = told.json();
    assert_eq!(told["acknowledged_at"], "2026-11-23T10:30:00.000000Z");
    assert_eq!(told["status"], "in_progress");
    let again = client.verb(&case, "acknowledgement", json!({})).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "already-acknowledged");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_change_names_the_version_that_it_was_decided_on() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    let path = format!("/api/v1/requests/{}/notes", case.id);
    let note = json!({ "note": "One" });
    client.post(&path, &note).await.expect(428);
    for wrong in ["1", "W/\"1\"", "\"one\"", "\"1\", \"2\""] {
        client.with("if-match", wrong).post(&path, &note).await.expect(400);
    }
    // Two fields are a list of two, whatever the first says.
    let twice =
        [("if-match", "\"1\""), ("if-match", "\"5\""), ("content-type", "application/json")];
    let body = note.to_string().into_bytes();
    client.send(Method::POST, &path, Some(body.into()), &twice).await.expect(400);
    let first = client.with("if-match", "\"1\"");
    let changed = first.post(&path, &note).await.expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let stale = first.post(&path, &note).await.expect(412);
    assert_eq!(stale.json::<Value>()["reason"], "stale");
    client.with("if-match", "\"3\"").post(&path, &note).await.expect(412);
    client.with("if-match", "*").post(&path, &note).await.expect(200);
    let found = app.as_user(&dpo).case(&case).await;
    assert_eq!(found["version"], 3);
    let reread = client.get(&format!("/api/v1/requests/{}", case.id)).await;
    assert_eq!(reread.header("etag"), Some("\"3\""));
    app.assert_replays().await;
}

#[actix_web::test]
async fn whoever_may_work_here_can_be_made_responsible() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let elsewhere = app.user(&[(other.id, Role::Dpo)]).await;
    let gone = [(controller.id, Role::Handler)];
    let gone = app.insert_user(&gone, |row| row.status = "disabled".to_owned()).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    for user in [&auditor, &elsewhere, &gone] {
        let refused = client.verb(&case, "assignee", json!({ "user_id": user.id })).await;
        assert_eq!(refused.expect(422).problem().1, ["user_id: cannot-work-here"]);
    }
    client.verb(&case, "assignee", json!({})).await.expect(422);
    let given = client.verb(&case, "assignee", json!({ "user_id": handler.id })).await;
    let given: Value = given.expect(200).json();
    assert_eq!(given["assignee_id"], json!(handler.id));
    assert_eq!(given["status"], "received", "nothing of substance was done");
    let mine = app.as_user(&handler).get("/api/v1/requests?assignee=me").await;
    assert_eq!(mine.expect(200).json::<Value>()["count"], 1);
    let taken = client.verb(&case, "assignee", json!({ "user_id": null })).await;
    assert_eq!(taken.expect(200).json::<Value>()["assignee_id"], Value::Null);
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_note_is_sealed_for_those_who_read_the_person() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let note = json!({ "note": "Pervenche asked for her recordings" });
    app.as_user(&dpo).verb(&case, "notes", note.clone()).await.expect(200);
    let read = app.as_user(&dpo).events(&case).await;
    assert_eq!((&read[1]["kind"], &read[1]["words"]), (&json!("NoteAdded"), &note));
    assert_eq!(read[1]["actor"], json!(format!("user:{}", dpo.id)));
    let read = app.as_user(&auditor).events(&case).await;
    assert_eq!(read.len(), 2);
    assert_eq!(read[1].get("words"), None);
    assert!(!json!(read).to_string().contains("Pervenche"));
    for file in std::fs::read_dir(app.directory()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(9).any(|bytes| bytes == b"Pervenche");
            assert!(!found, "{} holds a note in clear", path.display());
        }
    }
}

#[actix_web::test]
async fn a_case_is_answered_once_every_right_is_decided() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app
        .log_case(&dpo, &controller, |body| body["rights"] = json!(["rectification", "erasure"]))
        .await;
    let client = app.as_user(&dpo);
    let erasure = "rights/deletion/decision";
    for (body, wrong) in [
        (json!({ "decision": "refused" }), "ground: refusal-needs-ground"),
        (
            json!({ "decision": "refused", "ground": "legal_claims" }),
            "reason: refusal-needs-reason",
        ),
        (
            json!({ "decision": "granted_in_part", "ground": "legal_claims", "reason": " " }),
            "reason: refusal-needs-reason",
        ),
        (
            json!({ "decision": "granted", "ground": "legal_claims", "reason": "Why" }),
            "ground: ground-without-refusal",
        ),
        (json!({ "decision": "refused", "ground": "mood" }), "ground: unknown-value"),
        (
            json!({ "decision": "refused", "ground": "rights_of_others", "reason": "All of it" }),
            "ground: partial-only",
        ),
        (
            json!({ "decision": "refused", "ground": "legal_claims", "reason": "\u{200b}\u{ad}" }),
            "reason: refusal-needs-reason",
        ),
    ] {
        let refused = client.verb(&case, erasure, body).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let granted = json!({ "decision": "granted" });
    for path in ["rights/portability/decision", "rights/everything/decision"] {
        client.verb(&case, path, granted.clone()).await.expect(404);
    }
    let refusal = json!({ "decision": "refused", "ground": "legal_claims", "reason": "A dispute" });
    let refused: Value = client.verb(&case, erasure, refusal).await.expect(200).json();
    assert_eq!(refused["status"], "in_progress");
    assert_eq!(refused["rights"][1]["decision"], "refused");
    let unknown = client.verb(&case, "rights/rectification/decision", granted.clone()).await;
    assert_eq!(unknown.expect(409).json::<Value>()["reason"], "needs-v1");
    let seen = json!({ "level": "v1", "methods": ["in_person"] });
    client.verb(&case, "identity-decision", seen).await.expect(200);
    let granted = client.verb(&case, "rights/rectification/decision", granted.clone()).await;
    let granted: Value = granted.expect(200).json();
    assert_eq!(granted["status"], "answered");
    assert_eq!(granted["ended_at"], "2026-11-23T09:00:00.000000Z");
    let again = json!({ "decision": "undecided" });
    let again = client.verb(&case, erasure, again).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "already-answered");
    let closed = client.verb(&case, "closing", json!({ "ground": "answered" })).await;
    assert_eq!(closed.expect(200).json::<Value>()["status"], "closed");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_case_is_closed_undecided_only_with_another_ground_and_a_reason() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let client = app.as_user(&dpo);
    let still_open = client.verb(&case, "reopening", reason("No")).await.expect(409);
    assert_eq!(still_open.json::<Value>()["reason"], "still-open");
    for (body, wrong) in [
        (json!({ "ground": "answered", "reason": "Why" }), "ground: not-answered"),
        (json!({ "ground": "mistake" }), "reason: closing-needs-reason"),
    ] {
        let refused = client.verb(&case, "closing", body).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let body = json!({ "ground": "mistake", "reason": "Two letters came back" });
    let closed: Value = client.verb(&case, "closing", body.clone()).await.expect(200).json();
    assert_eq!(closed["status"], "closed");
    client.verb(&case, "closing", body).await.expect(409);
    let listed: Value = client.get("/api/v1/requests").await.expect(200).json();
    assert_eq!(listed["count"], 0, "what is closed waits for nobody");
    app.advance(Duration::days(3));
    let reopened = client.verb(&case, "reopening", reason("She wrote")).await;
    let reopened: Value = reopened.expect(200).json();
    assert_eq!(reopened["status"], "in_progress");
    assert_eq!(reopened["ended_at"], Value::Null);
    assert_eq!(reopened["legal_on"], "2026-12-23", "the clock runs from the same receipt");
    app.assert_replays().await;
}

#[actix_web::test]
async fn the_person_takes_it_back_and_a_processor_passes_it_on() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    for (verb, status) in [("withdrawal", "withdrawn"), ("forwarding", "forwarded")] {
        let case = app.log_case(&dpo, &controller, |_| ()).await;
        client.verb(&case, verb, reason(" ")).await.expect(422);
        let ended: Value = client.verb(&case, verb, reason("Asked")).await.expect(200).json();
        assert_eq!(ended["status"], status);
        let again = client.verb(
            &case,
            "pauses",
            json!({
                "ground": "identity", "statement": "Two people have this name", "message": message(app.ctx().now),
            }),
        );
        let again: Value = again.await.expect(409).json();
        assert_eq!(again["reason"], format!("already-{status}"));
        let back = client.verb(&case, "reopening", reason("A mistake")).await.expect(200);
        assert_eq!(back.json::<Value>()["status"], "in_progress");
    }
    app.assert_replays().await;
}

#[actix_web::test]
async fn without_its_key_a_case_keeps_its_dates_and_nothing_of_the_person() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let case = app
        .log_case(&dpo, &controller, |body| {
            body["subject"]["names"] = json!(["Zoé Pervenche"]);
            body["words"] = json!("Pervenche asks");
        })
        .await;
    let destruction = json!({ "reference": case.reference });
    let refused = client.verb(&case, "key-destruction", destruction.clone()).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "not-closed");
    client.verb(&case, "withdrawal", reason("Pervenche wrote")).await.expect(200);
    let other = app.log_case(&dpo, &controller, |_| ()).await;
    for (reference, wrong) in [
        (other.reference.as_str(), "reference: other-reference"),
        ("7K4M-Q2XD-6", "reference: wrong-reference"),
    ] {
        let body = json!({ "reference": reference });
        let refused = client.verb(&case, "key-destruction", body).await.expect(422);
        assert_eq!(refused.problem().1, [wrong]);
    }
    let found = json!({ "name": "pervenche" });
    let search = "/api/v1/requests/search?status=all";
    assert_eq!(client.post(search, &found).await.expect(200).json::<Value>()["count"], 1);
    let typed = json!({ "reference": case.reference.to_lowercase().replace('-', " ") });
    let gone: Value = client.verb(&case, "key-destruction", typed).await.expect(200).json();
    assert_eq!((&gone["key_destroyed"], gone.get("subject")), (&json!(true), None));
    assert_eq!(client.post(search, &found).await.expect(200).json::<Value>()["count"], 0);
    let listed = client.get("/api/v1/requests?status=all").await.expect(200);
    assert_eq!(listed.json::<Value>()["count"], 2);
    let read = json!([client.case(&case).await, client.events(&case).await]).to_string();
    for text in [read, listed.text()] {
        assert!(!text.contains("Pervenche"), "{text}");
    }
    let again = client.verb(&case, "notes", json!({ "note": "Hello" })).await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "key-destroyed");
    client.verb(&case, "reopening", reason("No")).await.expect(409);
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_decision_is_taken_back_while_the_case_is_not_answered() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case =
        app.log_case(&dpo, &controller, |body| body["rights"] = json!(["access", "erasure"])).await;
    let client = app.as_user(&dpo);
    let (erasure, undecided) = ("rights/deletion/decision", json!({ "decision": "undecided" }));
    let nothing = client.verb(&case, erasure, undecided.clone()).await.expect(422);
    assert_eq!(nothing.problem().1, ["decision: no-decision"]);
    let refusal = json!({ "decision": "refused", "ground": "legal_claims", "reason": "A dispute" });
    client.verb(&case, erasure, refusal).await.expect(200);
    let back: Value = client.verb(&case, erasure, undecided).await.expect(200).json();
    assert_eq!((&back["status"], &back["ended_at"]), (&json!("in_progress"), &Value::Null));
    let right = &back["rights"][1];
    assert_eq!((&right["decision"], &right["decided_at"]), (&json!("undecided"), &Value::Null));
    let last = client.events(&case).await.pop().unwrap();
    assert_eq!(last["kind"], "RightDecided");
    assert_eq!(last["detail"]["decision"], "undecided");
    app.assert_replays().await;
}

#[actix_web::test]
async fn what_is_carried_out_at_once_waits_for_no_dpo() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let case = app
        .log_case(&handler, &controller, |body| {
            body["rights"] = json!(["objection", "consent_withdrawal", "access"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    let client = app.as_user(&handler);
    let granted = json!({ "decision": "granted" });
    let refusal = json!({ "decision": "refused", "ground": "legal_claims", "reason": "A dispute" });
    for right in ["objection", "consent_withdrawal"] {
        let path = format!("rights/{right}/decision");
        app.as_user(&auditor).verb(&case, &path, granted.clone()).await.expect(403);
        client.verb(&case, &path, refusal.clone()).await.expect(403);
        assert_ne!(client.case(&case).await["urgent_until"], Value::Null);
        client.verb(&case, &path, granted.clone()).await.expect(200);
    }
    assert_eq!(client.case(&case).await["urgent_until"], Value::Null);
    client.verb(&case, "rights/access/decision", granted.clone()).await.expect(403);
    client.verb(&case, "rights/portability/decision", granted.clone()).await.expect(403);
    let against = app
        .log_case(&handler, &controller, |body| {
            body["rights"] = json!(["objection"]);
            body["objection_to"] = json!("processing");
        })
        .await;
    client.verb(&against, "rights/objection/decision", granted).await.expect(403);
    app.assert_replays().await;
}

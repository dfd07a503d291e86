//! The work of a DPO from the queue: views with their counts, what to do next, several requests
//! acknowledged at once, on to the next case, and the keys.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::json;

use super::{browser, token};
use crate::support::app::TestApp;

#[actix_web::test]
async fn views_count_what_presses_and_rows_say_what_to_do() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let late = app.log_case(&dpo, &controller, |_| ()).await;
    app.advance(Duration::days(25));
    let urgent = app
        .log_case(&dpo, &controller, |body| {
            body["rights"] = json!(["objection"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    app.advance(Duration::days(10));
    let fresh = app.log_case(&dpo, &controller, |_| ()).await;
    let browser = browser(&app, &dpo).await;
    let page = browser.get("/").await.expect(200).text();
    for shown in [
        "href=\"/\" aria-current=\"page\">All open<",
        ">2 overdue<",
        ">2 due by today<",
        ">2 due within 7 days<",
        "Acknowledge, ",
        "Carry out at once, ",
        "class=\"badge due late\"",
        "Take charge",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let known = json!({ "level": "v1", "methods": ["in_person"] });
    app.as_user(&dpo).verb(&late, "identity-decision", known).await.expect(200);
    for (view, word, is_late_there) in [
        ("level=v0", "Identity open: 2", false),
        ("waiting_for=us", "Waiting for us: 3", true),
        ("waiting_for=person", "Waiting for the person: 0", false),
        ("extended=true", "Extended: 0", false),
    ] {
        let page = browser.get(&format!("/?{view}")).await.expect(200).text();
        let link = format!("href=\"/?{view}\" aria-current=\"page\">{word}<");
        assert!(page.contains(&link), "{link}: {page}");
        assert_eq!(page.contains(&late.reference), is_late_there, "{view}: {page}");
    }
    browser.get("/?level=v7").await.expect(422);
    let page = browser.get("/?overdue=true").await.expect(200).text();
    assert!(
        page.contains("href=\"/?overdue=true\" class=\"late\" aria-current=\"page\""),
        "{page}"
    );
    assert!(page.contains(&late.reference) && page.contains(&urgent.reference));
    assert!(!page.contains(&fresh.reference));
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let page = super::browser(&app, &auditor).await.get("/").await.expect(200).text();
    for hidden in ["/acknowledgement", "/assignee", "name=\"request\""] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
}

#[actix_web::test]
async fn several_requests_are_acknowledged_at_once_and_none_that_changed_meanwhile() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let there = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(app.log_case(&dpo, &controller, |_| ()).await);
    }
    let stranger = app.user(&[(there.id, Role::Dpo)]).await;
    let foreign = app.log_case(&stranger, &there, |_| ()).await;
    let browser = browser(&app, &dpo).await;
    let csrf = token(&browser.get("/").await, "/sign-out");
    let chosen = |version: i64, id: &str| format!("{id}:{version}");
    let post = async |csrf: &str, requests: &[String]| {
        let mut fields = vec![("csrf", csrf), ("from", "/?assignee=nobody")];
        fields.extend(requests.iter().map(|it| ("request", it.as_str())));
        browser.post_form("/acknowledgements", &fields).await
    };
    post("forged", &[chosen(1, &cases[0].id.to_string())]).await.expect(403);
    let none = post(&csrf, &[]).await.expect(422).text();
    assert!(none.contains("<title>Error:") && none.contains("at least one request"), "{none}");
    post(&csrf, &["everything".to_owned()]).await.expect(422);
    post(&csrf, &[chosen(1, &foreign.id.to_string())]).await.expect(404);

    app.as_user(&dpo).verb(&cases[1], "notes", json!({ "note": "x" })).await.expect(200);
    let first = [chosen(1, &cases[0].id.to_string()), chosen(1, &cases[1].id.to_string())];
    let told = post(&csrf, &first).await.expect(409).text();
    assert!(told.contains("Not acknowledged: 1."), "{told}");
    let done = post(&csrf, &[chosen(1, &cases[2].id.to_string())]).await.expect(303);
    assert_eq!(done.header("location"), Some("/?assignee=nobody"));
    for (case, acknowledged) in cases.iter().zip([true, false, true]) {
        let case = app.as_user(&dpo).case(case).await;
        assert_eq!(!case["acknowledged_at"].is_null(), acknowledged, "{case}");
    }
}

#[actix_web::test]
async fn the_next_case_is_the_one_that_is_due_after_this() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let first = app.log_case(&dpo, &controller, |_| ()).await;
    app.advance(Duration::days(3));
    let alone = browser(&app, &dpo).await;
    let next = async |id: &str| {
        let answer = alone.get(&format!("/requests/{id}/next")).await.expect(303);
        answer.header("location").unwrap().to_owned()
    };
    assert_eq!(next(&first.id.to_string()).await, "/");
    let second = app.log_case(&dpo, &controller, |_| ()).await;
    let path = |id: &dyn std::fmt::Display| format!("/requests/{id}");
    assert_eq!(next(&first.id.to_string()).await, path(&second.id));
    assert_eq!(next(&second.id.to_string()).await, path(&first.id));
    let page = alone.get(&path(&first.id)).await.expect(200).text();
    for shown in ["aria-current=\"step\">Received<", "id=\"acknowledge\"", "data-key=\"n\""] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[actix_web::test]
async fn the_keys_are_explained_to_staff_and_served_from_here() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let browser = browser(&app, &dpo).await;
    let page = browser.get("/keys").await.expect(200).text();
    for shown in ["<h1>Keys</h1>", "<kbd>g t</kbd>", "data-keys-switch hidden", "take charge"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    // The session ends half an hour after its last page, which may be marked a minute early.
    let session = "data-session=\"/keys\" data-session-ms=\"1740000\" data-session-ends=\"You will";
    assert!(page.contains(session) && page.contains("<p role=\"status\"></p>"), "{page}");
    let module = app.anonymous().get("/assets/session.js").await.expect(200);
    assert_eq!(module.header("content-type"), Some("text/javascript; charset=utf-8"));
    app.anonymous().get("/keys").await.expect(303);
    let module = app.anonymous().get("/assets/keys.js").await.expect(200);
    assert_eq!(module.header("content-type"), Some("text/javascript; charset=utf-8"));
    let sign_in = app.anonymous().get("/sign-in").await.expect(200).text();
    assert!(!sign_in.contains("<script"), "{sign_in}");
}

#[actix_web::test]
async fn a_right_is_decided_forwarded_or_taken_up_again_on_the_page_of_its_case() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let handler = app.user(&[(controller.id, Role::Handler)]).await;
    let erasure = app.log_case(&dpo, &controller, |body| body["rights"] = json!(["erasure"])).await;
    let urgent = app
        .log_case(&dpo, &controller, |body| {
            body["rights"] = json!(["objection"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    let wrong = app.log_case(&dpo, &controller, |_| ()).await;
    let post = async |user, id: &str, form: &str, fields: &[(&str, &str)]| {
        let browser = browser(&app, user).await;
        let page = browser.get(&format!("/requests/{id}")).await.expect(200);
        let csrf = token(&page, "/sign-out");
        let page = page.text();
        let version = page.split("name=\"version\" value=\"").nth(1).unwrap();
        let version = version.split('"').next().unwrap();
        let mut all = vec![("csrf", csrf.as_str()), ("version", version)];
        all.extend_from_slice(fields);
        browser.post_form(&format!("/requests/{id}/{form}"), &all).await
    };
    let id = erasure.id.to_string();
    let refusal = [("decided", "erasure/refused")];
    let told = post(&dpo, &id, "decision", &refusal).await.expect(422).text();
    assert!(told.contains("<title>Error:"), "{told}");
    assert!(told.contains("value=\"erasure/refused\" selected"), "{told}");
    let mut refusal = refusal.to_vec();
    refusal.extend([("decision_ground", "legal_obligation"), ("decision_reason", "Factures")]);
    post(&handler, &id, "decision", &refusal).await.expect(403);
    post(&dpo, &id, "decision", &refusal).await.expect(303);
    let case = app.as_user(&dpo).case(&erasure).await;
    assert_eq!(case["rights"][0]["decision"], json!("refused"), "{case}");

    // Whoever works the case records what cannot wait for a DPO, and nothing else.
    let id = urgent.id.to_string();
    let done = [("decided", "objection/granted")];
    post(&handler, &id, "decision", &done).await.expect(303);
    let case = app.as_user(&dpo).case(&urgent).await;
    assert_eq!(case["rights"][0]["decision"], json!("granted"), "{case}");

    let id = wrong.id.to_string();
    post(&dpo, &id, "forwarding", &[("forwarding_reason", " ")]).await.expect(422);
    let reason = [("forwarding_reason", "Transmise au transporteur")];
    post(&handler, &id, "forwarding", &reason).await.expect(403);
    post(&dpo, &id, "forwarding", &reason).await.expect(303);
    let reason = [("reopening_reason", "Le transporteur nous la renvoie")];
    post(&dpo, &id, "reopening", &reason).await.expect(303);
    let case = app.as_user(&dpo).case(&wrong).await;
    assert_eq!(case["status"], json!("in_progress"), "{case}");
}

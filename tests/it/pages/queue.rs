//! The queue in a browser: who sees what, in which words and order.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::json;

use super::{browser, token};
use crate::support::app::TestApp;

/// What breaks pages that do not escape.
pub const HOSTILE: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</textarea><b>'bold'</b>",
    "{{ 7*7 }} &lt;b&gt; \u{202e}txt",
];

#[actix_web::test]
async fn the_queue_speaks_both_languages_with_what_is_urgent_on_top() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let quiet = app.log_case(&dpo, &controller, |_| ()).await;
    let urgent = app
        .log_case(&dpo, &controller, |body| {
            body["rights"] = json!(["objection"]);
            body["objection_to"] = json!("marketing");
        })
        .await;
    let browser = browser(&app, &dpo).await;
    let page = browser.get("/").await.expect(200).text();
    for shown in [
        "<h1>Requests</h1>",
        "2 requests",
        "At once",
        "Zoé Martin",
        "Phone",
        "Received",
        "Nobody yet",
        "access",
        "tomorrow",
        "24 November 2026",
        "<caption>",
        "scope=\"row\"",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let place = |reference: &str| page.find(reference).expect("the reference");
    assert!(place(&urgent.reference) < place(&quiet.reference));
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(!page.contains("style=") && !page.contains("<style"));
    // The module of the keys, and no other script.
    let module = "<script src=\"/assets/keys.js\" defer></script>";
    let session = "<script src=\"/assets/session.js\" defer></script>";
    assert_eq!((page.matches("<script").count(), page.matches(module).count()), (2, 1));
    assert_eq!(page.matches(session).count(), 1);

    let french = browser.with("cookie", "language=fr");
    let page = french.get("/").await.expect(200).text();
    for shown in [
        "<html lang=\"fr\">",
        "<h1>Demandes</h1>",
        "2\u{a0}demandes",
        "Sans attendre",
        "Téléphone",
        "24 novembre 2026",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }

    app.advance(Duration::days(40));
    let late = super::browser(&app, &dpo).await;
    let page = late.get("/?overdue=true&status=&controller_id=").await;
    let page = page.expect(200).text();
    assert!(page.contains("days past the legal limit"), "{page}");
}

#[actix_web::test]
async fn filters_pages_and_the_search_for_a_person() {
    let app = TestApp::start().await;
    let here = app.controller("maison-exemple").await;
    let there = app.controller_ie().await;
    let dpo = app.user(&[(here.id, Role::Dpo), (there.id, Role::Handler)]).await;
    let french = app.log_case(&dpo, &here, |_| ()).await;
    let irish = app
        .log_case(&dpo, &there, |body| {
            body["subject"] = json!({
                "names": ["Aoife Byrne"],
                "identifiers": [{ "kind": "email", "value": "aoife@example.org" }],
            });
        })
        .await;
    let browser = browser(&app, &dpo).await;
    let page = browser.get("/").await.expect(200).text();
    for name in ["Maison Exemple SAS", "Example Goods Ltd"] {
        assert_eq!(page.matches(&format!("class=\"of\">{name}</td>")).count(), 1, "{page}");
    }
    let narrowed = format!("/?controller_id={}", there.id);
    let page = browser.get(&narrowed).await.expect(200).text();
    assert!(page.contains(&irish.reference) && !page.contains(&french.reference));
    let page = browser.get("/?paused=true").await.expect(200).text();
    assert!(page.contains("No request matches"), "{page}");
    let page = browser.get("/?limit=1").await.expect(200).text();
    let next = page.split("class=\"button\" href=\"").nth(1).unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let second = browser.get(&next.replace("&amp;", "&")).await.expect(200);
    let both = format!("{page}{}", second.text());
    assert!(both.contains(&french.reference) && both.contains(&irish.reference));
    browser.get("/?status=asleep").await.expect(422);

    let csrf = token(&browser.get("/").await, "/sign-out");
    let find = async |name: &str, value: &str, csrf: &str| {
        let fields = [("csrf", csrf), ("name", name), ("kind", "email"), ("value", value)];
        browser.post_form("/", &fields).await
    };
    let found = find("byrne", "", &csrf).await.expect(200).text();
    assert!(found.contains(&irish.reference) && !found.contains(&french.reference));
    let found = find("", "aoife@example.org", &csrf).await.expect(200);
    assert!(found.text().contains(&irish.reference));
    let refused = find("", "", &csrf).await.expect(422).text();
    assert!(refused.contains("at least one name"), "{refused}");
    let refused = find("<b>\"x", "no address", &csrf).await.expect(422).text();
    assert!(refused.contains("value=\"no address\""), "{refused}");
    assert!(!refused.contains("<b>"), "{refused}");
    find("byrne", "", "forged").await.expect(403);
}

#[actix_web::test]
async fn those_without_cases_are_told_what_they_can_do() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let operator = app.operator().await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    for (user, told) in [
        (&operator, "You run this instance"),
        (&admin, "you set up the organisation"),
        (&agent, "you log requests"),
    ] {
        let browser = browser(&app, user).await;
        let page = browser.get("/").await.expect(200).text();
        assert!(page.contains(told), "{told}: {page}");
        assert!(!page.contains(&case.reference) && !page.contains("Zoé"));
        let path = format!("/requests/{}", case.id);
        let status = browser.get(&path).await.status;
        assert!(status == 404 || status == 403, "{told}: {status}");
    }
    let auditor = app.user(&[(controller.id, Role::Auditor)]).await;
    let browser = browser(&app, &auditor).await;
    let page = browser.get("/").await.expect(200);
    assert!(page.text().contains(&case.reference) && !page.text().contains("Zoé"));
    let csrf = token(&page, "/sign-out");
    let fields = [("csrf", csrf.as_str()), ("name", "martin")];
    browser.post_form("/", &fields).await.expect(403);
}

#[actix_web::test]
async fn hostile_names_stay_text() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    for name in HOSTILE.iter().filter(|name| !name.contains('\u{202e}')) {
        app.log_case(&dpo, &controller, |body| {
            body["subject"]["names"] = json!([name]);
            body["words"] = json!(name);
        })
        .await;
    }
    let page = browser(&app, &dpo).await.get("/").await.expect(200).text();
    assert!(page.contains("alert(1)"), "{page}");
    for sign in ["<script>", "<img", "<b>", "</textarea>"] {
        assert!(!page.contains(sign), "{sign}: {page}");
    }
}

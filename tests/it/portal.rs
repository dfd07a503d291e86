//! The portal: a person with their own case, in a browser without script. Tests that try an attack
//! of the security catalogue are named by its id.

mod enumeration;
mod kept;
mod letters;
mod session;

use chrono::Duration;
use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::Answer;
use crate::support::visit::{PLACE, cookie, enter, token, visitor};

/// An instance with one case, and what its person was given.
struct Scene {
    app: TestApp,
    controller: Controller,
    dpo: User,
    case: LoggedCase,
    receipt: String,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| {}).await;
    let receipt = case.answer["receipt_secret"].as_str().unwrap().to_owned();
    Scene { app, controller, dpo, case, receipt }
}

#[actix_web::test]
async fn a_person_follows_the_case_and_writes_and_staff_answer() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let nobody = app.anonymous().get(&format!("{PLACE}/case")).await.expect(303);
    assert_eq!(nobody.header("location"), Some("/t/maison-exemple/en/"));

    // As a person types it: in small letters, with spaces.
    let typed = receipt.to_lowercase().replace('-', " ");
    let person = visitor(&app, &case.reference.to_lowercase(), &typed).await;
    let page = person.get(&format!("{PLACE}/case")).await.expect(200);
    for shown in [case.reference.as_str(), "A copy of your data", "We must answer by", "Received"] {
        assert!(page.text().contains(shown), "{shown}: {}", page.text());
    }
    assert!(!page.text().contains("Martin"), "nothing that the page does not need");
    let french = person.get("/t/maison-exemple/fr/case").await.expect(200);
    assert!(french.text().contains("Nous devons répondre au plus tard le"), "{}", french.text());

    let messages = format!("{PLACE}/messages");
    let form = person.get(&messages).await.expect(200);
    let csrf = token(&form, &messages);
    let empty = person.post_form(&messages, &[("csrf", &csrf), ("message", "  ")]).await;
    assert!(empty.expect(422).text().contains("There is a problem"));
    let text = "I lived in Rennes.\n<b>Then</b> in Brest.";
    person.post_form(&messages, &[("csrf", &csrf), ("message", text)]).await.expect(303);
    let shown = person.get(&messages).await.expect(200);
    assert!(shown.text().contains("Rennes.\n&#60;b&#62;Then"), "{}", shown.text());

    // Staff see it at once, as a task and in the history, and their answer does the task.
    let tasks = app.as_user(&dpo).get("/api/v1/tasks").await.expect(200).text();
    assert!(tasks.contains("read_message"), "{tasks}");
    let events = app.as_user(&dpo).events(&case).await;
    let last = events.last().unwrap();
    assert_eq!((&last["kind"], &last["actor"]), (&json!("MessageReceived"), &json!("subject")));
    let read = format!("/api/v1/requests/{}/events", case.id);
    let read = app.as_user(&dpo).get(&read).await.expect(200).text();
    assert!(read.contains("I lived in Rennes."), "{read}");
    app.as_user(&dpo)
        .verb(&case, "messages", json!({ "message": "Thank you, Zoé." }))
        .await
        .expect(200);
    let tasks = app.as_user(&dpo).get("/api/v1/tasks").await.expect(200).text();
    assert!(!tasks.contains("read_message"), "{tasks}");
    let shown = person.get(&messages).await.expect(200).text();
    assert!(shown.contains("Thank you, Zoé.") && shown.contains("Maison Exemple SAS"), "{shown}");
    app.assert_replays().await;
}

#[actix_web::test]
async fn a_person_takes_the_request_back_once() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let address = format!("{PLACE}/withdrawal");
    let page = person.get(&address).await.expect(200);
    let csrf = token(&page, &address);
    person.post_form(&address, &[("csrf", "x")]).await.expect(403);
    for _ in 0..2 {
        person.post_form(&address, &[("csrf", &csrf)]).await.expect(303);
    }
    let kinds: Vec<_> =
        app.as_user(&dpo).events(&case).await.iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["RequestLogged", "RequestWithdrawn"]);
    let page = person.get(&format!("{PLACE}/case")).await.expect(200);
    assert!(page.text().contains("It ended on"), "{}", page.text());
    person.get(&address).await.expect(303);
    app.assert_replays().await;
}

#[actix_web::test]
async fn an_answer_is_kept_back_once_identity_is_taken_back() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let client = app.as_user(&dpo).with("if-match", "*");
    let seen = json!({ "level": "v1", "methods": ["in_person"] });
    client.verb(&case, "identity-decision", seen).await.expect(200);
    let path = format!("/api/v1/requests/{}/letters", case.id);
    let drafted = client.post(&path, json!({ "letter": "CLAR" })).await.expect(201);
    let letter = drafted.header("location").unwrap().to_owned();
    let mut content = drafted.json::<serde_json::Value>()["content"].clone();
    content["parts"]["volume"] = json!("We hold eleven years of calls of Zoé of Rennes.");
    content["parts"]["choices"] = json!("- calls\n- orders");
    client.put(&letter, content).await.expect(200);
    client.post(&format!("{letter}/sending"), json!({ "delivery": "portal" })).await.expect(200);
    let messages = format!("{PLACE}/messages");
    let page = visitor(&app, &case.reference, &receipt).await.get(&messages).await.text();
    assert!(page.contains("Zoé of Rennes"), "{page}");
    let failed = json!({ "methods": [], "reason": "The card was false." });
    client.verb(&case, "identity-decision", failed).await.expect(200);
    let page = visitor(&app, &case.reference, &receipt).await.get(&messages).await.text();
    assert!(!page.contains("Zoé of Rennes") && page.contains("A letter waits for you"), "{page}");
}

#[actix_web::test]
async fn a_message_ends_no_pause() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let sent = crate::support::cases::message(app.ctx().now);
    let pause =
        json!({ "ground": "identity", "statement": "Two people have this name.", "message": sent });
    app.as_user(&dpo).verb(&case, "pauses", pause).await.expect(200);
    let person = visitor(&app, &case.reference, &receipt).await;
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    assert!(
        page.contains("has stood still since 23 November 2026")
            && page.contains("Answer our question"),
        "{page}"
    );
    let messages = format!("{PLACE}/messages");
    let csrf = token(&person.get(&messages).await, &messages);
    person.post_form(&messages, &[("csrf", &csrf), ("message", "It is me.")]).await.expect(303);
    assert_eq!(app.as_user(&dpo).case(&case).await["paused"], json!(true));
    // It waits for staff now, and each page says so.
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    for shown in ["We have your reply", "If your reply is enough, it runs on"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("until we have your reply") && !page.contains("Answer our question"));
    let french = format!("{}/case", PLACE.replace("/en", "/fr"));
    let page = person.get(&french).await.expect(200).text();
    assert!(page.contains("Nous avons votre réponse"), "{page}");
    let client = app.as_user(&dpo);
    let desk = crate::pages::browser(&app, &dpo).await;
    let case_page = format!("/requests/{}", case.id);
    // What cannot wait comes first.
    assert!(!desk.get(&case_page).await.expect(200).text().contains("Look at the reply"));
    client.verb(&case, "acknowledgement", json!({})).await.expect(200);
    let page = desk.get(&case_page).await.expect(200).text();
    assert!(page.contains(">Look at the reply<") && page.contains("the clock waits for us"));
    assert!(desk.get("/").await.expect(200).text().contains(">Look at the reply<"));
    // Not enough: it is the person's turn again.
    let reply = json!({ "ground": "identity", "received_at": app.ctx().now, "sufficient": false });
    client.verb(&case, "replies", reply).await.expect(200);
    let page = person.get(&format!("{PLACE}/case")).await.expect(200).text();
    assert!(page.contains("until we have your reply") && page.contains("Answer our question"));
    assert!(desk.get("/").await.expect(200).text().contains(">Wait for the reply<"));
    app.assert_replays().await;
}

#[actix_web::test]
async fn e_02_whatever_is_wrong_the_page_is_the_same() {
    let Scene { app, controller, dpo, case, receipt } = scene().await;
    let other = app.controller("autre-exemple").await;
    let there = app.user(&[(other.id, Role::Dpo)]).await;
    let foreign = app.log_case(&there, &other, |_| {}).await;
    let foreign_receipt = foreign.answer["receipt_secret"].as_str().unwrap();
    let purged = app.log_case(&dpo, &controller, |_| {}).await;
    let purged_receipt = purged.answer["receipt_secret"].as_str().unwrap().to_owned();
    app.as_user(&dpo)
        .verb(&purged, "withdrawal", json!({ "reason": "She called." }))
        .await
        .expect(200);
    let destroy = json!({ "reference": purged.reference });
    app.as_user(&dpo).verb(&purged, "key-destruction", destroy).await.expect(200);

    let random = guichet::domain::reference::Reference::from_random([1, 2, 3, 4, 5]).to_string();
    let page = |answer: &Answer, reference: &str| {
        let text = answer.text().replace(reference, "REFERENCE");
        let token = token(answer, &format!("{PLACE}/"));
        let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        (answer.status, headers, text.replace(&token, "TOKEN"))
    };
    let wrong = enter(&app, &case.reference, foreign_receipt).await;
    let expected = page(&wrong, &case.reference);
    assert_eq!(expected.0, 422);
    for (reference, receipt) in [
        (foreign.reference.as_str(), foreign_receipt),
        (foreign.reference.as_str(), receipt.as_str()),
        (purged.reference.as_str(), purged_receipt.as_str()),
        (random.as_str(), receipt.as_str()),
    ] {
        app.advance(Duration::minutes(1));
        let answer = enter(&app, reference, receipt).await;
        assert_eq!(page(&answer, reference), expected, "{reference}");
        assert!(cookie(&answer, "portal").is_none());
    }
}

#[actix_web::test]
async fn a_visit_opens_one_case_at_one_controller_and_ends() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    app.controller("autre-exemple").await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let elsewhere = person.get("/t/autre-exemple/en/case").await.expect(303);
    assert_eq!(elsewhere.header("location"), Some("/t/autre-exemple/en/"));
    for path in ["/t/nobody/en/", "/t/nobody/en/case", "/t/maison-exemple/de/", "/t/nobody"] {
        let status = app.anonymous().get(path).await.status;
        assert!(status == 404 || (status == 303 && path.ends_with("/case")), "{path}: {status}");
    }
    // A visit is no sign-in of staff, and staff are no visitors.
    assert_eq!(person.get("/").await.expect(303).header("location"), Some("/sign-in"));
    person.get(&format!("/api/v1/requests/{}", case.id)).await.expect(401);
    let staff = app.as_user(&dpo).get(&format!("{PLACE}/case")).await;
    staff.expect(303);

    let leave = format!("{PLACE}/leave");
    let page = person.get(&format!("{PLACE}/case")).await.expect(200);
    let csrf = token(&page, &leave);
    let left = person.post_form(&leave, &[("csrf", &csrf)]).await.expect(303);
    assert_eq!(left.header("clear-site-data"), Some("\"cache\""));
    person.get(&format!("{PLACE}/case")).await.expect(303);

    // It ends by itself, and T-17: each visit has a token of its own.
    let first = visitor(&app, &case.reference, &receipt).await;
    app.advance(Duration::minutes(29));
    first.get(&format!("{PLACE}/case")).await.expect(200);
    app.advance(Duration::minutes(30));
    first.get(&format!("{PLACE}/case")).await.expect(303);
}

/// An answer without the id of this very call.
fn bare(answer: &Answer) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    let text = answer.text();
    let (before, after) = text.split_once("<small>").expect("the id of the call");
    let after = after.split_once("</small>").expect("its end").1;
    (answer.status, headers, format!("{before}{after}"))
}

#[actix_web::test]
async fn e_06_slugs_that_are_guessed_are_answered_alike_and_listed_nowhere() {
    let Scene { app, .. } = scene().await;
    let mut told = std::collections::HashSet::new();
    for slug in ["autre-exemple", "maison", "maison-exempl", "a", "admin", "MAISON-EXEMPLE"] {
        let page = app.anonymous().get(&format!("/t/{slug}/en/")).await.expect(404);
        assert!(!page.text().contains(&format!("/t/{slug}")), "{slug}");
        told.insert(bare(&page));
    }
    assert_eq!(told.len(), 1, "{told:#?}");
    for path in ["/t", "/t/"] {
        let status = app.anonymous().get(path).await.status;
        assert_eq!(status, 404, "{path}");
    }
}

#[actix_web::test]
async fn e_07_what_is_anothers_is_not_there() {
    let Scene { app, controller, dpo, case, receipt } = scene().await;
    let other = app.controller("autre-exemple").await;
    let there = app.user(&[(other.id, Role::Dpo)]).await;
    let foreign = app.log_case(&there, &other, |_| {}).await;
    let neighbour = app.log_case(&dpo, &controller, |_| {}).await;
    let person = visitor(&app, &case.reference, &receipt).await;
    let mut told = std::collections::HashSet::new();
    for id in ["00000000-0000-7000-8000-000000000000", &foreign.id, &neighbour.id, "nothing"] {
        for kind in ["packages", "attachments"] {
            let answer = person.get(&format!("{PLACE}/{kind}/{id}")).await.expect(404);
            told.insert(bare(&answer));
        }
    }
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[actix_web::test]
async fn t_20_a_form_of_another_site_is_refused() {
    let Scene { app, dpo, case, receipt, .. } = scene().await;
    let action = format!("{PLACE}/");
    let fields = [("reference", case.reference.as_str()), ("receipt", receipt.as_str())];
    app.anonymous().post_form(&action, &fields).await.expect(403);
    let person = visitor(&app, &case.reference, &receipt).await;
    let messages = format!("{PLACE}/messages");
    let csrf = token(&person.get(&messages).await, &messages);
    let fields = [("csrf", csrf.as_str()), ("message", "Stop it all.")];
    let other = visitor(&app, &case.reference, &receipt).await;
    other.post_form(&messages, &fields).await.expect(403);
    let foreign = person.with("sec-fetch-site", "cross-site");
    foreign.post_form(&messages, &fields).await.expect(403);
    assert_eq!(app.as_user(&dpo).events(&case).await.len(), 1);
}

#[actix_web::test]
async fn t_25_nobody_who_knows_a_reference_locks_its_owner_out() {
    // What a proxy says of a client is believed here, so that two networks can call.
    let proxy = "0.0.0.0/32".parse().unwrap();
    let app = TestApp::start_with(|config| config.trusted_proxies = vec![proxy]).await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| {}).await;
    let receipt = case.answer["receipt_secret"].as_str().unwrap();
    let wrong = guichet::vault::secret::ReceiptSecret::random().shown().to_string();
    let action = format!("{PLACE}/");
    let mut statuses = Vec::new();
    for (network, receipt) in std::iter::repeat_n(("203.0.113.9", wrong.as_str()), 12)
        .chain(std::iter::once(("198.51.100.7", receipt)))
    {
        let client = app.anonymous().with("x-forwarded-for", network);
        let form = client.get(&action).await.expect(200);
        let csrf = token(&form, &action);
        let client = client.with("cookie", format!("form={}", cookie(&form, "form").unwrap()));
        let reference = case.reference.as_str();
        let fields = [("csrf", csrf.as_str()), ("reference", reference), ("receipt", receipt)];
        statuses.push(client.post_form(&action, &fields).await.status);
    }
    assert_eq!(statuses[..10], [422; 10]);
    assert_eq!(statuses[10..], [429, 429, 303], "the owner comes in from elsewhere");
}

#[actix_web::test]
async fn e_06_an_address_without_its_last_slash_leads_on_and_tells_no_other_portal() {
    let app = scene().await.app;
    let visitor = app.anonymous().with("accept-language", "en");
    for typed in ["/t/maison-exemple", "/t/maison-exemple/", "/t/maison-exemple/en"] {
        let led = visitor.get(typed).await.expect(303);
        assert_eq!(led.header("location"), Some("/t/maison-exemple/en/"), "{typed}");
    }
    let french = visitor.get("/t/maison-exemple/fr").await.expect(303);
    assert_eq!(french.header("location"), Some("/t/maison-exemple/fr/"));
    let unknown = visitor.get("/t/no-such-exemple").await.expect(404);
    for typed in ["/t/no-such-exemple/", "/t/no-such-exemple/en", "/t/maison-exemple/de"] {
        let answer = visitor.get(typed).await.expect(404);
        assert_eq!(answer.body.len(), unknown.body.len(), "{typed}");
    }
}

//! The offer to undo on the page that follows an action: without script, in both languages, on the
//! case and on the queue, for one request and for several.

use chrono::Duration;
use guichet::domain::undo::OFFERED;
use serde_json::{Value, json};

use crate::letters::desk::Desk;
use crate::pages::{browser, token};

#[actix_web::test]
async fn the_case_offers_to_undo_for_ten_seconds_to_whoever_did_it() {
    let desk = Desk::new().await;
    let role = guichet::domain::actor::Role::Dpo;
    let other = desk.app.user(&[(desk.controller.id, role)]).await;
    let (mine, other) = (browser(&desk.app, &desk.dpo).await, browser(&desk.app, &other).await);
    for (verb, fields, told) in [
        ("acknowledgement", vec![], "Acknowledged."),
        ("assignee", vec![], "You take charge of it."),
        ("closing", vec![("ground", "duplicate"), ("closing_reason", "Twice")], "Closed."),
    ] {
        let case = desk.case("en", json!(["access"])).await;
        let page = format!("/requests/{}", case.id);
        let action = format!("{page}/undo");
        let offer = format!("action=\"{action}\"");
        let shown = mine.get(&page).await.expect(200);
        assert!(!shown.text().contains(&offer), "{verb}: nothing to undo yet");
        let before = desk.client().case(&case).await;
        let csrf = token(&shown, &format!("{page}/{verb}"));
        let mut posted = vec![("csrf", csrf.as_str()), ("version", "1")];
        posted.extend(fields);
        mine.post_form(&format!("{page}/{verb}"), &posted).await.expect(303);

        let shown = mine.get(&page).await.expect(200).text();
        let until = "This can be undone until 10:00:10.";
        for part in [told, until, &offer, "data-key=\"z\"", "data-undo-ms=\"10000\""] {
            assert!(shown.contains(part), "{verb}, {part}: {shown}");
        }
        assert!(!other.get(&page).await.expect(200).text().contains(&offer), "{verb}: another");
        let french = mine.with("cookie", "language=fr").get(&page).await.expect(200).text();
        let told = ["Vous pouvez annuler jusqu", "à 10:00:10.", ">Annuler</button>"];
        assert!(told.iter().all(|told| french.contains(told)), "{french}");
        // It survives a reload, until the time is over.
        desk.app.advance(OFFERED - Duration::milliseconds(1));
        let again = mine.get(&page).await.expect(200);
        assert!(again.text().contains(&offer), "{verb}");
        let csrf = token(&again, &action);
        let fields = [("csrf", csrf.as_str()), ("version", "2")];
        let undone = mine.post_form(&action, &fields).await.expect(303);
        assert_eq!(undone.header("location"), Some(page.as_str()));
        let after = desk.client().case(&case).await;
        assert_eq!((&after["status"], &after["assignee_id"]), (&before["status"], &Value::Null));
        let refused = mine.post_form(&action, &fields).await.expect(409).text();
        assert!(refused.contains("Somebody else changed it meanwhile"), "{refused}");
        desk.app.set_now(crate::support::app::start_at());
    }
}

#[actix_web::test]
async fn the_offer_goes_and_what_comes_too_late_is_told() {
    let desk = Desk::new().await;
    let mine = browser(&desk.app, &desk.dpo).await;
    let case = desk.case("en", json!(["access"])).await;
    desk.client().verb(&case, "acknowledgement", json!({})).await.expect(200);
    let page = format!("/requests/{}", case.id);
    let action = format!("{page}/undo");
    let csrf = token(&mine.get(&page).await.expect(200), &action);
    desk.app.advance(OFFERED);
    let shown = mine.get(&page).await.expect(200).text();
    assert!(!shown.contains(&action), "{shown}");
    assert!(!mine.get("/").await.expect(200).text().contains("action=\"/undo\""));
    desk.app.advance(OFFERED);
    let fields = [("csrf", csrf.as_str()), ("version", "2")];
    let late = mine.post_form(&action, &fields).await.expect(409).text();
    assert!(late.contains("write a note that says what is wrong with it"), "{late}");
    mine.post_form(&action, &[("csrf", "forged"), ("version", "2")]).await.expect(403);
}

#[actix_web::test]
async fn what_was_acknowledged_together_is_undone_together() {
    let desk = Desk::new().await;
    let mine = browser(&desk.app, &desk.dpo).await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(desk.case("en", json!(["access"])).await);
    }
    let queue = mine.get("/").await.expect(200);
    let csrf = token(&queue, "/acknowledgements");
    let chosen: Vec<String> = cases.iter().map(|case| format!("{}:1", case.id)).collect();
    let mut fields = vec![("csrf", csrf.as_str()), ("from", "/?waiting_for=us")];
    fields.extend(chosen.iter().map(|chosen| ("request", chosen.as_str())));
    mine.post_form("/acknowledgements", &fields).await.expect(303);

    let queue = mine.get("/?waiting_for=us").await.expect(200);
    let shown = queue.text();
    assert!(shown.contains("Acknowledged together: 3."), "{shown}");
    assert_eq!(shown.matches("action=\"/undo\"").count(), 1, "one undo for all of them");
    let csrf = token(&queue, "/undo");
    let all: Vec<String> = cases.iter().map(|case| format!("{}:2", case.id)).collect();
    for one in &all {
        assert!(shown.contains(&format!("name=\"request\" value=\"{one}\"")), "{one}: {shown}");
    }
    // Something happens to one of them; the others are undone, and it is named.
    desk.client().verb(&cases[1], "notes", json!({ "note": "x" })).await.expect(200);
    let mut fields = vec![("csrf", csrf.as_str()), ("from", "/?waiting_for=us")];
    fields.extend(all.iter().map(|one| ("request", one.as_str())));
    let told = mine.post_form("/undo", &fields).await.expect(409).text();
    let why = format!("Not undone: {}. There is nothing to undo", cases[1].reference);
    assert!(told.contains(&why), "{told}");
    for (case, stays) in cases.iter().zip([false, true, false]) {
        let shown = desk.client().case(case).await;
        assert_eq!(!shown["acknowledged_at"].is_null(), stays, "{}", case.reference);
    }
    mine.post_form("/undo", &[("csrf", "forged")]).await.expect(403);
    mine.post_form("/undo", &[("csrf", csrf.as_str()), ("request", "x")]).await.expect(422);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_single_key_of_the_queue_is_undone_where_it_was_pressed() {
    let desk = Desk::new().await;
    let mine = browser(&desk.app, &desk.dpo).await;
    let case = desk.case("en", json!(["access"])).await;
    let page = format!("/requests/{}", case.id);
    let csrf = token(&mine.get("/").await.expect(200), &format!("{page}/assignee"));
    let from = "/?assignee=me";
    let fields = [("csrf", csrf.as_str()), ("version", "1"), ("from", from)];
    mine.post_form(&format!("{page}/assignee"), &fields).await.expect(303);
    let queue = mine.get(from).await.expect(200);
    assert!(queue.text().contains("You take charge of it."), "{}", queue.text());
    let (csrf, one) = (token(&queue, "/undo"), format!("{}:2", case.id));
    let fields = [("csrf", csrf.as_str()), ("from", from), ("request", one.as_str())];
    let undone = mine.post_form("/undo", &fields).await.expect(303);
    assert_eq!(undone.header("location"), Some(from));
    assert_eq!(desk.client().case(&case).await["assignee_id"], Value::Null);
    let queue = mine.get("/").await.expect(200).text();
    assert!(!queue.contains("action=\"/undo\""), "an undo is not undone");
}

//! The place for a document on the portal: how long it is open, and what a visit is told that proved
//! nothing.

use chrono::Duration;
use serde_json::{Value, json};

use super::{ask, card, hand_in, kinds_of, listed, log, path, person, scene, tasks};
use crate::support::client::Client;
use crate::support::visit::{PLACE, visitor};

async fn place(person: &Client<'_>) -> String {
    person.get(&format!("{PLACE}/identity-document")).await.expect(200).text()
}

#[actix_web::test]
async fn it_closes_with_the_decision_though_the_question_is_open() {
    for (level, methods) in [("v2", ["in_person", "known_facts"]), ("v3", ["known_facts", "other"])]
    {
        let (desk, case) = scene().await;
        ask(&desk, &case).await;
        let visit = person(&desk, &case).await;
        assert!(place(&visit).await.contains("type=\"file\""));
        let decided = json!({ "level": level, "methods": methods, "reason": "Bills were named." });
        desk.client().verb(&case, "identity-decision", decided).await.expect(200);
        assert_eq!(desk.client().case(&case).await["open_pauses"], json!(["identity"]), "{level}");
        assert!(!place(&visit).await.contains("type=\"file\""), "{level}");
        for page in ["case", "messages"] {
            let page = visit.get(&format!("{PLACE}/{page}")).await.expect(200).text();
            assert!(!page.contains("/identity-document"), "{level}: {page}");
        }
        hand_in(&visit, &[("card.jpg", &card())]).await.expect(409);
        // Nor do staff record one on the doubt of that letter.
        let api = format!("/api/v1/requests/{}/identity-documents", case.id);
        let card = card();
        let files = [("card.jpg", card.as_slice())];
        let fields = [("channel", "letter")];
        let refused = desk.client().post_files(&api, &fields, &files, usize::MAX).await;
        assert_eq!(refused.expect(422).problem().1, ["doubt: document-needs-doubt"]);
        desk.app.assert_replays().await;
    }
}

#[actix_web::test]
async fn a_first_route_leaves_the_document_that_the_second_proof_needs() {
    let (desk, case) = scene().await;
    ask(&desk, &case).await;
    let visit = person(&desk, &case).await;
    hand_in(&visit, &[("card.jpg", &card())]).await.expect(303);
    let post = actix_web::http::Method::POST;
    let made = format!("/api/v1/requests/{}/call-code", case.id);
    let made: Value = desk.client().send(post, &made, None, &[]).await.expect(201).json();
    let heard = json!({ "call_code": made["call_code"] });
    desk.client().verb(&case, "call-back", heard).await.expect(200);
    assert_eq!(desk.client().case(&case).await["identity"]["level"], "v1");
    let kept = listed(&desk, &case).await;
    assert_eq!(kept[0]["removed_at"], Value::Null);
    assert!(kinds_of(&tasks(&desk, &case).await).contains(&"check_identity_document"));
    assert!(place(&visit).await.contains("type=\"file\""), "the doubt is not settled yet");
    desk.client().get(&path(&case, &kept[0])).await.expect(200);
    let both = json!({ "level": "v2", "methods": ["call_back", "masked_document"] });
    desk.client().verb(&case, "identity-decision", both).await.expect(200);
    assert_eq!(listed(&desk, &case).await[0]["removal"], "decided");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_visit_that_proved_nothing_is_told_of_its_own_documents_alone() {
    let (desk, case) = scene().await;
    ask(&desk, &case).await;
    let visit = person(&desk, &case).await;
    hand_in(&visit, &[("card.jpg", &card())]).await.expect(303);
    let call = async || {
        let post = actix_web::http::Method::POST;
        let made = format!("/api/v1/requests/{}/call-code", case.id);
        let made: Value = desk.client().send(post, &made, None, &[]).await.expect(201).json();
        visitor(&desk.app, &case.reference, made["call_code"].as_str().unwrap()).await
    };
    let caller = call().await;
    let told = place(&caller).await;
    assert!(told.contains("type=\"file\"") && !told.contains("It has reached us"), "{told}");
    desk.app.advance(Duration::minutes(1));
    hand_in(&caller, &[("back.jpg", &[card(), vec![1]].concat())]).await.expect(303);
    let lines = |page: &str| page.matches("A document came on").count();
    assert_eq!(lines(&place(&caller).await), 1, "its own");
    assert_eq!(lines(&place(&call().await).await), 0, "another visit of the same caller");
    assert_eq!(lines(&place(&visit).await), 2, "whoever has the receipt");
    // What staff recorded is of no visit.
    let other = log(&desk, "Ana Martin", "ana@personne.example").await;
    super::record(&desk, &other, &[card(), vec![2]].concat()).await;
    let events = desk.client().events(&other).await;
    assert_eq!(events[1]["detail"].get("visit"), None);
    desk.app.assert_replays().await;
}

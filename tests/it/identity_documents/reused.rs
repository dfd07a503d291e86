//! S-06: one file for two people.

use guichet::worker;
use serde_json::{Value, json};

use super::{ask, card, hand_in, log, person, record, scene, tasks};
use crate::support::visit::PLACE;

#[actix_web::test]
async fn s_06_the_same_file_for_two_people_warns_both_and_decides_nothing() {
    let (desk, case) = scene().await;
    let second = log(&desk, "Ana Silva", "ana@personne.example").await;
    // The same person once more, and a third one with a file of their own.
    let again = log(&desk, "Zoé Martin", "zoe@personne.example").await;
    let apart = log(&desk, "Luc Petit", "luc@personne.example").await;
    record(&desk, &case, &card()).await;
    record(&desk, &again, &card()).await;
    record(&desk, &apart, &[card(), vec![9]].concat()).await;
    let reused = |tasks: Vec<(String, String)>| -> Vec<String> {
        let own = tasks.into_iter().filter(|(kind, _)| kind == "identity_document_reused");
        own.map(|(_, detail)| detail).collect()
    };
    for quiet in [&case, &again, &apart] {
        assert!(reused(tasks(&desk, quiet).await).is_empty(), "{}", quiet.reference);
    }
    // Decided on and deleted: that the same file comes again is noticed all the same.
    let failed = json!({ "methods": [], "reason": "No match." });
    desk.client().verb(&case, "identity-decision", failed).await.expect(200);

    ask(&desk, &second).await;
    let visit = person(&desk, &second).await;
    hand_in(&visit, &[("card.jpg", &card())]).await.expect(303);
    let before = visit.get(&format!("{PLACE}/identity-document")).await.expect(200).text();
    let [other] = reused(tasks(&desk, &second).await).try_into().unwrap();
    assert!([&case.reference, &again.reference].contains(&&other), "one task for both: {other}");
    assert_eq!(reused(tasks(&desk, &case).await), [second.reference.as_str()]);
    assert_eq!(reused(tasks(&desk, &again).await), [second.reference.as_str()]);
    assert!(reused(tasks(&desk, &apart).await).is_empty());
    let after = visit.get(&format!("{PLACE}/identity-document")).await.expect(200).text();
    assert_eq!(before, after, "nothing outside tells");
    for of in [&case, &second] {
        let known = desk.client().case(of).await;
        assert_eq!((&known["identity"]["level"], &known["ended_at"]), (&json!("v0"), &Value::Null));
        let events = desk.client().events(of).await;
        assert!(events.iter().any(|it| it["kind"] == "IdentityDocumentReused"), "{events:?}");
    }
    worker::alerts::sweep(&desk.app.app, false).await.unwrap();
    let path = format!("/api/v1/requests/{}/alerts", second.id);
    let alerts = desk.client().get(&path).await.expect(200).text();
    assert!(alerts.contains("identity_document_reused"), "{alerts}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn s_06_at_another_organisation_the_same_file_says_nothing() {
    let (desk, case) = scene().await;
    record(&desk, &case, &card()).await;
    let other = desk.app.controller("autre-exemple").await;
    let dpo = desk.app.user(&[(other.id, guichet::domain::actor::Role::Dpo)]).await;
    let theirs = desk.app.log_case(&dpo, &other, |body| body["rights"] = json!(["access"])).await;
    let path = format!("/api/v1/requests/{}/identity-documents", theirs.id);
    let fields = [("channel", "letter"), ("doubt", "differs"), ("reason", "Another address.")];
    let bytes = card();
    let client = desk.app.as_user(&dpo).with("if-match", "*");
    let files = [("card.jpg", bytes.as_slice())];
    client.post_files(&path, &fields, &files, usize::MAX).await.expect(201);
    worker::drain(&desk.app.app).await.unwrap();
    let rows = super::rows(&desk).await;
    assert_ne!(rows[0].content_index, rows[1].content_index, "each organisation hashes by itself");
    for (client, of) in [(&client, &theirs), (&desk.client(), &case)] {
        let events = client.events(of).await;
        assert!(events.iter().all(|it| it["kind"] != "IdentityDocumentReused"), "{events:?}");
    }
}

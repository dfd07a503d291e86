//! How a document ends: by the decision, with the case, and after 72 hours whatever happens.

use chrono::Duration;
use guichet::worker;
use guichet::worker::identity_documents::sweep;
use serde_json::{Value, json};

use super::{
    ask, card, files, hand_in, kinds_of, listed, log, path, person, record, rows, scene, tasks,
};
use crate::support::visit::{PLACE, token};

#[actix_web::test]
async fn every_end_of_the_check_or_of_the_case_deletes_also_under_a_hold() {
    let (desk, _) = scene().await;
    let other = desk.app.user(&[(desk.controller.id, guichet::domain::actor::Role::Dpo)]).await;
    let reason = json!({ "reason": "As asked on the telephone." });
    for (number, (verb, body, why)) in [
        ("identity-decision", json!({ "methods": [], "reason": "No match." }), "decided"),
        (
            "identity-decision",
            json!({ "level": "v2", "methods": ["in_person", "known_facts"] }),
            "decided",
        ),
        (
            "identity-decision",
            json!({ "level": "v1", "methods": ["in_person", "masked_document"] }),
            "decided",
        ),
        ("withdrawal", reason.clone(), "case_ended"),
        ("forwarding", reason.clone(), "case_ended"),
        ("closing", json!({ "ground": "mistake", "reason": "Logged twice." }), "case_ended"),
    ]
    .into_iter()
    .enumerate()
    {
        let case = log(&desk, "Zoé Martin", &format!("zoe{number}@personne.example")).await;
        let document =
            record(&desk, &case, &[card(), number.to_string().into_bytes()].concat()).await;
        desk.client().get(&path(&case, &document)).await.expect(200);
        desk.client().verb(&case, "hold", json!({ "reason": "A dispute." })).await.expect(200);
        assert_eq!(files(&desk), 1, "{verb}");
        desk.client().verb(&case, verb, body).await.expect(200);
        if verb == "closing" {
            // What a closing ends can be undone for a moment.
            assert_eq!(files(&desk), 1);
            desk.app.advance(Duration::seconds(16));
            worker::drain(&desk.app.app).await.unwrap();
        }
        assert_eq!(listed(&desk, &case).await[0]["removal"], why, "{verb}");
        assert!(rows(&desk).await.iter().all(|row| row.wrapped_key.is_none()), "{verb}");
        let left = tasks(&desk, &case).await;
        assert!(!kinds_of(&left).contains(&"check_identity_document"), "{verb}: {left:?}");
        assert_eq!(files(&desk), 0, "{verb}");
    }
    // Handed in while a decision of V3 waits: the second person's word ends it.
    let case = log(&desk, "Zoé Martin", "zoe9@personne.example").await;
    let decided = json!({ "level": "v3", "methods": ["known_facts"], "reason": "Three bills." });
    desk.client().verb(&case, "identity-decision", decided).await.expect(200);
    record(&desk, &case, &card()).await;
    let second = desk.app.as_user(&other);
    second.verb(&case, "identity-confirmation", reason).await.expect(200);
    assert_eq!(listed(&desk, &case).await[0]["removal"], "decided");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_person_who_withdraws_leaves_no_copy_behind() {
    let (desk, case) = scene().await;
    ask(&desk, &case).await;
    let visit = person(&desk, &case).await;
    hand_in(&visit, &[("card.jpg", &card())]).await.expect(303);
    let action = format!("{PLACE}/withdrawal");
    let csrf = token(&visit.get(&action).await.expect(200), &action);
    visit.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    assert_eq!(listed(&desk, &case).await[0]["removal"], "case_ended");
    worker::drain(&desk.app.app).await.unwrap();
    assert_eq!(files(&desk), 0);
}

#[actix_web::test]
async fn an_answered_case_keeps_none_until_its_hours_are_over() {
    let (desk, case) = scene().await;
    record(&desk, &case, &card()).await;
    desk.app.advance(Duration::seconds(1));
    let refused = json!({ "decision": "refused", "ground": "excessive_repetitive",
        "reason": "The ninth request this month, each for the same." });
    desk.client().verb(&case, "rights/access/decision", refused).await.expect(200);
    assert_eq!(desk.client().case(&case).await["status"], "answered");
    sweep(&desk.app.app).await.unwrap();
    assert_eq!(listed(&desk, &case).await[0]["removal"], "case_ended");
    // What comes later is to show who asks for the answer.
    desk.app.advance(Duration::minutes(5));
    record(&desk, &case, &[card(), vec![7]].concat()).await;
    sweep(&desk.app.app).await.unwrap();
    let kept = listed(&desk, &case).await;
    assert_eq!(kept.iter().filter(|it| it["removed_at"].is_null()).count(), 1, "{kept:?}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_sweep_within_the_seconds_of_an_undo_takes_nothing() {
    let (desk, case) = scene().await;
    record(&desk, &case, &card()).await;
    desk.app.advance(Duration::seconds(1));
    let closing = json!({ "ground": "mistake", "reason": "Logged twice." });
    desk.client().verb(&case, "closing", closing).await.expect(200);
    desk.app.advance(Duration::seconds(3));
    sweep(&desk.app.app).await.unwrap();
    assert_eq!(files(&desk), 1);
    desk.client().undo(&case).await.expect(200);
    assert_eq!(listed(&desk, &case).await[0]["removed_at"], Value::Null);
}

#[actix_web::test]
async fn after_72_hours_it_is_gone_once_and_a_person_is_asked() {
    let (desk, case) = scene().await;
    ask(&desk, &case).await;
    let visit = person(&desk, &case).await;
    hand_in(&visit, &[("front.jpg", &card())]).await.expect(303);
    hand_in(&visit, &[("back.jpg", &[card(), vec![1]].concat())]).await.expect(303);
    desk.client().verb(&case, "hold", json!({ "reason": "A dispute." })).await.expect(200);
    let all = listed(&desk, &case).await;
    let alerts = async || -> Vec<String> {
        worker::alerts::sweep(&desk.app.app, false).await.unwrap();
        let path = format!("/api/v1/requests/{}/alerts", case.id);
        let all: Value = desk.client().get(&path).await.expect(200).json();
        let kinds = all["alerts"].as_array().unwrap().iter();
        let kinds = kinds.map(|it| it["kind"].as_str().unwrap().to_owned());
        kinds.filter(|kind| kind.starts_with("identity_document")).collect()
    };
    assert_eq!(alerts().await, ["identity_document_waiting"], "at once");
    desk.app.advance(Duration::hours(48) - Duration::seconds(1));
    assert_eq!(alerts().await.len(), 1);
    desk.app.advance(Duration::seconds(1));
    for _ in 0..2 {
        let raised = alerts().await;
        assert_eq!(raised.len(), 2, "one for two sides: {raised:?}");
        assert!(raised.contains(&"identity_document_near".to_owned()), "{raised:?}");
    }
    desk.app.advance(Duration::hours(24) - Duration::seconds(1));
    sweep(&desk.app.app).await.unwrap();
    desk.client().get(&path(&case, &all[0])).await.expect(200);
    desk.app.advance(Duration::seconds(1));
    // Not a second longer, whether or not a worker is there.
    let over = desk.client().get(&path(&case, &all[0])).await.expect(409);
    assert_eq!(over.json::<Value>()["reason"], "document-removed");
    let (one, two) = tokio::join!(sweep(&desk.app.app), sweep(&desk.app.app));
    assert_eq!((one, two), (Ok(()), Ok(())));
    sweep(&desk.app.app).await.unwrap();
    let kinds = desk.kinds(&case).await;
    let removed = kinds.iter().filter(|kind| *kind == "IdentityDocumentRemoved").count();
    assert_eq!(removed, 2, "each once: {kinds:?}");
    assert!(rows(&desk).await.iter().all(|row| row.wrapped_key.is_none()));
    let open = tasks(&desk, &case).await;
    assert_eq!(kinds_of(&open), ["identity_document_over"]);
    assert_eq!(files(&desk), 0, "a hold does not keep it");
    assert!(alerts().await.contains(&"identity_document_over".to_owned()));
    let events = desk.client().events(&case).await;
    let last = events.iter().rfind(|it| it["kind"] == "IdentityDocumentRemoved").unwrap();
    assert_eq!((&last["actor"], &last["detail"]["why"]), (&json!("worker"), &json!("time_over")));
    // The question still stands; a new one ends the task.
    let visit = person(&desk, &case).await;
    hand_in(&visit, &[("front.jpg", &card())]).await.expect(303);
    assert_eq!(kinds_of(&tasks(&desk, &case).await), ["check_identity_document"]);
    desk.app.assert_replays().await;
}

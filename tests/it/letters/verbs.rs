//! Each letter as the verb that it stands for, and what holds it back.

use chrono::Duration;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use super::desk::Desk;

const SPECIFIC: &str = "Two people of this name live in the same street.";

fn refusal(right: &str) -> Value {
    json!({ "rights": [{ "right": right, "ground": "excessive_repetitive",
        "reason": "The fourth request since September; nothing has changed." }] })
}

#[actix_web::test]
async fn an_acknowledgement_is_prefilled_sent_and_kept_as_it_left() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, drafted) = desk.draft(&case, "ACK").await;
    assert_eq!(drafted["findings"], json!([]));
    assert_eq!(drafted["sha256"], Value::Null);
    let text = drafted["text"].as_str().unwrap();
    for said in ["23 November 2026", "23 December 2026", &case.reference, "Dear Zoé Martin,"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(
        text.starts_with("Maison Exemple SAS\n1 rue de l'Exemple\n75002 Paris\n\nZoé Martin\n")
    );
    assert!(text.contains("2 rue d'Ici\n69001 Lyon\n"));
    let before = desk.client().case(&case).await;
    assert_eq!(before["acknowledged_at"], Value::Null);

    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    assert_eq!(sent["state"], json!("sent"));
    assert_eq!(sent["printed_at"], Value::Null);
    let digest = <sha2::Sha256 as sha2::Digest>::digest(sent["text"].as_str().unwrap());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sent["sha256"], json!(digest));
    assert_eq!(desk.kinds(&case).await, ["RequestLogged", "LetterSent", "RequestAcknowledged"]);
    let after = desk.client().case(&case).await;
    assert_eq!(after["acknowledged_at"], "2026-11-23T09:00:00.000000Z");
    let events = desk.client().events(&case).await;
    assert_eq!(events[2]["words"]["message_id"], sent["id"]);

    // It stays as it was sent, whatever happens to the case.
    desk.app.advance(Duration::days(3));
    let extended = json!({ "ground": "complexity", "reason": "Eleven systems are searched",
        "message": { "message_id": "L-1", "sent_at": "2026-11-25T09:00:00Z", "channel": "letter" } });
    desk.client().verb(&case, "extension", extended).await.expect(200);
    let read: Value = desk.client().get(&path).await.expect(200).json();
    assert_eq!((&read["text"], &read["sha256"]), (&sent["text"], &sent["sha256"]));
    let again = desk.send(&path, "portal").await.expect(409);
    assert_eq!(again.json::<Value>()["reason"], "letter-not-draft");
    let edited = desk.client().put(&path, json!({})).await.expect(409);
    assert_eq!(edited.json::<Value>()["reason"], "letter-not-draft");
    // A second acknowledgement acknowledges nothing, and leaves no trace.
    let (second, _) = desk.draft(&case, "ACK").await;
    let refused = desk.send(&second, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["letter: letter-acknowledged"]);
    assert_eq!(desk.kinds(&case).await.len(), 4);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_question_stops_the_clock_and_its_answer_lets_it_run() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.app.advance(Duration::days(1));
    let (path, drafted) = desk.draft(&case, "IDREQ").await;
    assert_eq!(drafted["findings"][0]["field"], "parts.doubt");
    assert_eq!(drafted["findings"][0]["anchor"], "GDPR Art. 12(6)");
    let missing = desk.send(&path, "portal").await.expect(422);
    assert_eq!(missing.problem().1, ["parts.doubt: letter-missing"]);
    let blank = json!({ "parts": { "doubt": " \u{a0}\n" } });
    let path = desk.written(&case, "IDREQ", blank).await;
    desk.send(&path, "portal").await.expect(422);
    assert_eq!(desk.kinds(&case).await, ["RequestLogged"], "nothing was recorded");

    let path = desk.written(&case, "IDREQ", json!({ "parts": { "doubt": SPECIFIC } })).await;
    desk.send(&path, "portal").await.expect(200);
    let paused = desk.client().case(&case).await;
    assert_eq!((&paused["paused"], &paused["legal_on"]), (&json!(true), &Value::Null));
    let events = desk.client().events(&case).await;
    assert_eq!(events[2]["kind"], "RequestPaused");
    assert_eq!(events[2]["words"]["statement"], SPECIFIC);
    assert_eq!(events[2]["detail"]["message"]["channel"], "web");

    // Everything is asked at once: a second round says why, and this one is still open.
    let again = desk.written(&case, "IDREQ", json!({ "parts": { "doubt": SPECIFIC } })).await;
    let refused = desk.send(&again, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["parts.again: letter-again", "letter: letter-already-asked"]);
    let why = json!({ "parts": { "doubt": SPECIFIC, "again": "The number names two customers." } });
    let again = desk.written(&case, "IDREQ", why.clone()).await;
    let refused = desk.send(&again, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["letter: letter-already-asked"]);
    desk.app.advance(Duration::days(1));
    let poor = json!({ "ground": "identity", "received_at": "2026-11-25T08:00:00Z",
        "sufficient": false, "note": "Two customers have this number." });
    desk.client().verb(&case, "replies", poor).await.expect(200);
    desk.send(&again, "portal").await.expect(200);
    // The answer to the second round is waited for: not a third before it.
    let third = desk.written(&case, "IDREQ", why).await;
    desk.send(&third, "portal").await.expect(422);

    desk.app.advance(Duration::days(2));
    let replied = json!({ "pause_ground": "identity", "replied_at": "2026-11-26T09:00:00Z",
        "parts": { "reply_received": "Vous avez donné votre numéro de client." } });
    let path = desk.written(&case, "RESUME", replied).await;
    let draft: Value = desk.client().get(&path).await.expect(200).json();
    // Two days more than 23 December: Friday 25 December, hence Monday.
    assert!(draft["text"].as_str().unwrap().contains("28 décembre 2026"), "{draft}");
    desk.send(&path, "portal").await.expect(200);
    let running = desk.client().case(&case).await;
    assert_eq!((&running["paused"], &running["legal_on"]), (&json!(false), &json!("2026-12-28")));
    let kinds = desk.kinds(&case).await;
    let second = ["ReplyInsufficient", "LetterSent", "RequestPaused"];
    assert_eq!(kinds[3..6], second, "both rounds are one pause");
    assert_eq!(kinds[6..], ["LetterSent", "RequestResumed"]);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_clarification_says_that_much_is_held_and_offers_choices() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    desk.identify(&case).await;
    let (path, _) = desk.draft(&case, "CLAR").await;
    let missing = desk.send(&path, "portal").await.expect(422);
    assert_eq!(
        missing.problem().1,
        ["parts.volume: letter-missing", "parts.choices: letter-missing"]
    );
    let parts = json!({ "parts": { "volume": "We hold eleven years of orders and calls.",
        "choices": "- orders\n- calls" } });
    let path = desk.written(&case, "CLAR", parts).await;
    let sent: Value = desk.send(&path, "registered_letter").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("You may also ask for everything that we hold about you."), "{text}");
    assert!(text.contains("stands still from today, 23 November 2026"), "{text}");
    assert_eq!(sent["printed_at"], sent["sent_at"]);
    let case = desk.client().case(&case).await;
    assert_eq!(case["open_pauses"], json!(["clarification"]));
}

#[actix_web::test]
async fn an_extension_leaves_in_time_or_is_recorded_as_late() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let content = json!({ "extension_ground": "complexity", "parts": {
        "reasons": "Eleven systems, two of them archives read by hand.",
        "provided": "A first part, sent on 1 December." } });
    let path = desk.written(&case, "EXT", content.clone()).await;
    let mut beyond = content.clone();
    beyond["until"] = json!("2027-03-01");
    let late = desk.written(&case, "EXT", beyond).await;
    let refused = desk.send(&late, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["until: letter-until-beyond"]);
    let mut forever = content.clone();
    forever["record_late"] = json!(true);
    forever["until"] = json!("2036-03-01");
    let forever = desk.written(&case, "EXT", forever).await;
    let refused = desk.send(&forever, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["until: letter-until-beyond"]);

    desk.app.set_now("2026-12-24T09:00:00Z".parse().unwrap());
    let refused = desk.send(&path, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["case.until: letter-missing", "sending: letter-notice-late"]);
    let mut recorded = content;
    recorded["record_late"] = json!(true);
    recorded["until"] = json!("2027-02-01");
    let recorded = desk.written(&case, "EXT", recorded).await;
    desk.send(&recorded, "portal").await.expect(200);
    let events = desk.client().events(&case).await;
    assert_eq!(events[2]["detail"]["late"], true);
    let shown = desk.client().case(&case).await;
    assert_eq!((&shown["legal_on"], &shown["extended_at"]), (&json!("2026-12-23"), &Value::Null));

    // In time on the last day, on another case.
    desk.app.set_now("2026-11-23T09:00:00Z".parse().unwrap());
    let case = desk.case("en", json!(["access"])).await;
    let path = desk
        .written(
            &case,
            "EXT",
            json!({ "extension_ground": "complexity", "parts": {
        "reasons": "Eleven systems, two of them archives.", "provided": "Nothing yet." } }),
        )
        .await;
    desk.app.set_now("2026-12-23T22:59:00Z".parse().unwrap());
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    assert!(sent["text"].as_str().unwrap().contains("by 23 February 2027"), "{sent}");
    assert_eq!(desk.client().case(&case).await["legal_on"], "2027-02-23");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_refusal_decides_each_right_and_needs_who_decides() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access", "erasure"])).await;
    let handler = desk.app.user(&[(desk.controller.id, Role::Handler)]).await;
    let (path, drafted) = desk.draft(&case, "REFUSE").await;
    assert_eq!(drafted["content"]["rights"].as_array().unwrap().len(), 2);
    let missing = desk.send(&path, "portal").await.expect(422);
    assert_eq!(
        missing.problem().1,
        [
            "rights[0].ground: letter-no-ground",
            "rights[0].reason: letter-missing",
            "rights[1].ground: letter-no-ground",
            "rights[1].reason: letter-missing",
        ]
    );
    let path = desk.written(&case, "REFUSE", refusal("access")).await;
    let by_handler = desk.app.as_user(&handler).with("if-match", "*");
    let sending = format!("{path}/sending");
    by_handler.post(&sending, json!({ "delivery": "portal" })).await.expect(403);
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    for said in [
        "CNIL",
        "3 place de Fontenoy, 75007 Paris",
        "https://www.cnil.fr/fr/plaintes",
        "article 77",
        "article 79",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let shown = desk.client().case(&case).await;
    assert_eq!(shown["rights"][0]["decision"], "refused");
    assert_eq!(shown["rights"][1]["decision"], "undecided");
    let partial = desk.draft(&case, "REFUSE-P").await.1;
    let findings = partial["findings"].to_string();
    assert!(findings.contains("letter-level"), "it tells that something is held: {findings}");
    desk.identify(&case).await;
    let path = desk
        .written(
            &case,
            "REFUSE-P",
            json!({
        "parts": { "provided": "Nous effaçons votre compte et vos commandes." },
        "subject_country": "IE",
        "rights": [{ "right": "erasure", "ground": "legal_obligation",
            "reason": "Les factures se conservent dix ans." }] }),
        )
        .await;
    let sent: Value = desk.send(&path, "counter").await.expect(200).json();
    assert!(sent["text"].as_str().unwrap().contains("Irish Data Protection Commission"), "{sent}");
    let shown = desk.client().case(&case).await;
    assert_eq!(shown["rights"][1]["decision"], "granted_in_part");
    assert_eq!(shown["status"], "answered");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn the_letters_that_end_a_case_end_it() {
    let desk = Desk::new().await;
    for (letter, content, status) in [
        (
            "NOID",
            json!({ "parts": { "demonstration": "We hold only a first name that many share.",
            "helpful_details": "A customer number." } }),
            "closed",
        ),
        (
            "NOTCTRL",
            json!({ "parts": { "actual_controller": "Autre Maison SA, Lyon.",
            "forwarding": "We passed it on today." } }),
            "closed",
        ),
        (
            "CLOSE-W",
            json!({ "parts": { "withdrawn": "You said so by phone today." } }),
            "withdrawn",
        ),
    ] {
        let case = desk.case("en", json!(["access"])).await;
        let (path, drafted) = desk.draft(&case, letter).await;
        assert_ne!(drafted["findings"], json!([]), "{letter}");
        desk.send(&path, "portal").await.expect(422);
        let path = desk.written(&case, letter, content).await;
        desk.send(&path, "portal").await.expect(200);
        assert_eq!(desk.client().case(&case).await["status"], status, "{letter}");
    }
    let case = desk.case("en", json!(["access"])).await;
    let reasons = json!({ "reminded_on": "2026-11-30",
        "parts": { "reasons": "Without the number we cannot tell two people apart." } });
    let path = desk.written(&case, "NOREPLY", reasons).await;
    let early = desk.send(&path, "portal").await.expect(422);
    assert!(early.problem().1.contains(&"letter: letter-nothing-asked".to_owned()));
    let asked = desk.written(&case, "IDREQ", json!({ "parts": { "doubt": SPECIFIC } })).await;
    desk.send(&asked, "portal").await.expect(200);
    // The day of the question, and before the month is over.
    for _ in 0..2 {
        let early = desk.send(&path, "portal").await.expect(422).problem().1;
        assert!(early.contains(&"sending: letter-too-early".to_owned()), "{early:?}");
        desk.app.advance(Duration::days(20));
    }
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("on 23 November 2026, and reminded you on 30 November 2026"), "{text}");
    assert_eq!(desk.client().case(&case).await["status"], "closed");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn an_answer_waits_for_the_release_or_for_a_whole_search() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access", "portability"])).await;
    let nothing = json!({ "nothing_held": true,
        "parts": { "findings": "We searched every system and hold nothing about you." } });
    // To whom nobody knows, not even that is said.
    for (right, letter) in [("access", "ACCESS"), ("portability", "PORT")] {
        for decision in ["nothing_held", "granted"] {
            let path = format!("rights/{right}/decision");
            let refused = desk.client().verb(&case, &path, json!({ "decision": decision })).await;
            assert_eq!(refused.expect(409).json::<Value>()["reason"], "needs-v1");
        }
        let content =
            if letter == "ACCESS" { nothing.clone() } else { json!({ "nothing_held": true }) };
        let path = desk.written(&case, letter, content).await;
        let refused = desk.send(&path, "portal").await.expect(422).problem().1;
        assert!(refused.contains(&"identity: letter-level".to_owned()), "{refused:?}");
    }
    desk.identify(&case).await;
    let (path, _) = desk.draft(&case, "PORT").await;
    let refused = desk.send(&path, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["nothing_held: letter-not-released"]);
    let (path, _) = desk.draft(&case, "ACCESS").await;
    let refused = desk.send(&path, "portal").await.expect(422).problem().1;
    assert_eq!(refused.len(), 10, "{refused:?}");
    // Nobody has looked, and nothing was released: neither is said by hand.
    let path = desk.written(&case, "ACCESS", nothing).await;
    let refused = desk.send(&path, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["nothing_held: letter-not-searched"]);
    let in_part = json!({ "decision": "granted_in_part", "ground": "rights_of_others",
        "reason": "The calls of two neighbours." });
    for right in ["access", "portability"] {
        let path = format!("rights/{right}/decision");
        for (body, reason) in [
            (json!({ "decision": "granted" }), "granted-by-release"),
            (in_part.clone(), "granted-by-release"),
            (json!({ "decision": "nothing_held" }), "not-searched-whole"),
        ] {
            let refused = desk.client().verb(&case, &path, body).await.expect(409);
            assert_eq!(refused.json::<Value>()["reason"], reason, "{right}");
        }
    }
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_draft_is_decided_on_by_its_version_and_forgotten_when_given_up() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (path, _) = desk.draft(&case, "ACK").await;
    let client = desk.app.as_user(&desk.dpo);
    client.put(&path, json!({})).await.expect(428);
    let first = client.with("if-match", "\"1\"");
    first.put(&path, json!({})).await.expect(200);
    first.put(&path, json!({})).await.expect(412);
    let sending = json!({ "delivery": "portal" });
    first.post(&format!("{path}/sending"), sending).await.expect(412);
    let foreign = json!({ "parts": { "doubt": "x" }, "record_late": true, "rights": [{ "right": "access" }] });
    let refused = desk.client().put(&path, foreign).await.expect(422);
    assert_eq!(
        refused.problem().1,
        ["parts.doubt: not-of-letter", "rights: not-of-letter", "record_late: not-of-letter",]
    );
    let long = json!({ "parts": { "understood": "x".repeat(5001), "next_steps": "a\u{0}b" } });
    let refused = desk.client().put(&path, long).await.expect(422);
    assert_eq!(
        refused.problem().1,
        ["parts.understood: too-long", "parts.next_steps: control-character"]
    );
    desk.client().delete(&path).await.expect(204);
    desk.client().get(&path).await.expect(409);
    let list: Value = desk.client().get(path.rsplit_once('/').unwrap().0).await.expect(200).json();
    assert_eq!(list["letters"][0]["state"], "void");
}

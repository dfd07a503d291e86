//! What a letter says of replies, dates and the end of a case is what the case says, through the front
//! door.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::language::{Language, date};
use serde_json::{Value, json};

use super::desk::Desk;
use crate::support::cases::{LoggedCase, message};

const SPECIFIC: &str = "Deux personnes de ce nom habitent la même rue.";

impl Desk {
    async fn ask_identity(&self, case: &LoggedCase) {
        let asked = self.written(case, "IDREQ", json!({ "parts": { "doubt": SPECIFIC } })).await;
        self.send(&asked, "portal").await.expect(200);
    }

    async fn reply(&self, case: &LoggedCase, received_at: &str, sufficient: bool) {
        let reply =
            json!({ "ground": "identity", "received_at": received_at, "sufficient": sufficient });
        self.client().verb(case, "replies", reply).await.expect(200);
    }

    /// The day of a field of the case, as a French letter writes it.
    async fn day(&self, case: &LoggedCase, field: &str) -> String {
        let case = self.client().case(case).await;
        date(Language::Fr, case[field].as_str().unwrap().parse().unwrap())
    }

    /// What a letter would say now.
    async fn said(&self, case: &LoggedCase, letter: &str) -> String {
        self.draft(case, letter).await.1["text"].as_str().unwrap().to_owned()
    }

    /// The controller asks for a level before any answer leaves.
    async fn ask_for(&self, level: &str) {
        let admin = self.app.user(&[(self.controller.id, Role::Admin)]).await;
        let client = self.app.as_user(&admin).with("if-match", "*");
        let path = format!("/api/v1/controllers/{}", self.controller.id);
        client.patch(&path, json!({ "least_level": level })).await.expect(200);
    }

    async fn read(&self, path: &str) -> Value {
        self.client().get(path).await.expect(200).json()
    }
}

fn resumed(replied_at: &str) -> Value {
    json!({ "pause_ground": "identity", "replied_at": replied_at })
}

#[actix_web::test]
async fn a_resumption_tells_the_dates_that_the_case_has() {
    let desk = Desk::new().await;
    for (recorded, other) in [
        ("2026-12-05T09:00:00Z", "2026-11-25T09:00:00Z"),
        ("2026-11-25T09:00:00Z", "2026-12-05T09:00:00Z"),
    ] {
        desk.app.set_now("2026-11-24T09:00:00Z".parse().unwrap());
        let case = desk.case("fr", json!(["access"])).await;
        desk.ask_identity(&case).await;
        desk.app.set_now("2026-12-07T09:00:00Z".parse().unwrap());
        desk.reply(&case, recorded, true).await;
        let path = desk.written(&case, "RESUME", resumed(other)).await;
        let refused = desk.send(&path, "portal").await.expect(422);
        assert_eq!(refused.problem().1, ["replied_at: letter-reply-differs"]);
        let told: Value = desk.client().with("accept-language", "fr").get(&path).await.json();
        let day = date(Language::Fr, recorded[..10].parse().unwrap());
        assert!(told["findings"].to_string().contains(&day), "{day}: {}", told["findings"]);
        let path = desk.written(&case, "RESUME", resumed(recorded)).await;
        let sent: Value = desk.send(&path, "portal").await.expect(200).json();
        let text = sent["text"].as_str().unwrap();
        for field in ["legal_on", "target_on"] {
            let day = desk.day(&case, field).await;
            assert!(text.contains(&day), "{field}, {day}: {text}");
        }
    }
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_resumption_says_that_the_clock_waits_for_another_reply() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.ask_identity(&case).await;
    let pause = json!({ "ground": "clarification", "statement": "Onze ans d'appels.",
        "message": message(desk.app.ctx().now) });
    desk.client().verb(&case, "pauses", pause).await.expect(200);
    desk.app.advance(Duration::days(4));
    let path = desk.written(&case, "RESUME", resumed("2026-11-26T09:00:00Z")).await;
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("Le délai de réponse est suspendu"), "{text}");
    assert!(text.contains("notre question du 23 novembre 2026 (ce que vous demandez)"), "{text}");
    for untrue in ["reprenons", "au plus tard", "décembre"] {
        assert!(!text.contains(untrue), "{untrue}: {text}");
    }
    let shown = desk.client().case(&case).await;
    assert_eq!((&shown["paused"], &shown["legal_on"]), (&json!(true), &Value::Null));
    assert_eq!(shown["open_pauses"], json!(["clarification"]));
}

#[actix_web::test]
async fn a_paused_case_is_acknowledged_and_extended_without_a_date_that_there_is_not() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.ask_identity(&case).await;
    let (path, _) = desk.draft(&case, "ACK").await;
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("Le délai de réponse est suspendu"), "{text}");
    assert!(!text.contains("La loi nous impose"), "{text}");

    let content = json!({ "extension_ground": "complexity", "parts": {
        "reasons": "Onze systèmes, dont deux archives lues à la main.",
        "provided": "Rien pour l'instant." } });
    let path = desk.written(&case, "EXT", content).await;
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    // Three months from 23 November, and the pause is not over.
    assert!(text.contains("suspendu, il prend fin le 23 février 2027"), "{text}");
    assert!(text.contains("(qui vous êtes)"), "{text}");
    let paused = desk.client().case(&case).await;
    assert_eq!(paused["legal_on"], Value::Null);
    assert_ne!(paused["extended_at"], Value::Null);
    // Two days of pause are added to what the letter said.
    desk.app.advance(Duration::days(3));
    desk.reply(&case, "2026-11-25T09:00:00Z", true).await;
    assert_eq!(desk.client().case(&case).await["legal_on"], "2027-02-25");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn a_case_is_not_closed_for_want_of_a_reply_that_came() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.ask_identity(&case).await;
    desk.app.advance(Duration::days(20));
    desk.reply(&case, "2026-12-10T09:00:00Z", false).await;
    desk.app.advance(Duration::days(31));
    let content = json!({ "reminded_on": "2026-12-20",
        "parts": { "reasons": "Sans ce détail nous ne distinguons pas deux personnes." } });
    let path = desk.written(&case, "NOREPLY", content.clone()).await;
    // The organisation's own text says that no reply came.
    let own = format!("/api/v1/controllers/{}/letter-texts/NOREPLY/fr", desk.controller.id);
    let untrue =
        "{asked_on} {reminded_on} Sans réponse. {reasons} {reopening} {complaint} {remedy}";
    desk.client().put(&own, json!({ "text": untrue })).await.expect(200);
    let refused = desk.send(&path, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["text: letter-insufficient-unsaid"]);
    desk.client().delete(&own).await.expect(200);
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("Ce que nous avons reçu de vous le 10 décembre 2026"), "{text}");
    assert!(!text.contains("Sans réponse de votre part"), "{text}");
}

#[actix_web::test]
async fn a_question_asked_again_names_the_day_of_the_pause_and_takes_what_came_between() {
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.ask_identity(&case).await;
    desk.app.advance(Duration::days(4));
    desk.reply(&case, "2026-11-25T09:00:00Z", false).await;
    let again = json!({ "parts": { "doubt": SPECIFIC,
        "again": "Le code client que vous donnez est celui d'une autre personne." } });
    let path = desk.written(&case, "IDREQ", again).await;
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("suspendu depuis le 23 novembre 2026"), "{text}");
    assert!(!text.contains("à partir d'aujourd'hui"), "{text}");
    // Everything that was asked and came is told when the case is closed for want of a reply.
    desk.app.advance(Duration::days(31));
    let content = json!({ "reminded_on": "2026-12-18",
        "parts": { "reasons": "Sans ce détail nous ne distinguons pas deux personnes." } });
    let path = desk.written(&case, "NOREPLY", content).await;
    let shown = desk.read(&path).await;
    let text = shown["text"].as_str().unwrap();
    for said in [
        "question le 23 novembre 2026 et le 27 novembre 2026",
        "rappelée le 18 décembre 2026",
        "Ce que nous avons reçu de vous le 25 novembre 2026",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Sans réponse de votre part"), "{text}");
    // What came before the second question is found to be enough after all: the pause ends with it.
    desk.reply(&case, "2026-11-26T09:00:00Z", true).await;
    let shown = desk.client().case(&case).await;
    assert_eq!((&shown["paused"], &shown["open_pauses"]), (&json!(false), &json!([])));
    assert_eq!(shown["legal_on"], "2026-12-28");
    let resumption = desk.written(&case, "RESUME", resumed("2026-11-26T09:00:00Z")).await;
    desk.send(&resumption, "portal").await.expect(200);
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn what_an_ended_case_does_not_take_is_told_on_the_draft() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let closing = json!({ "ground": "not_controller", "reason": "Another shop runs this site." });
    desk.client().verb(&case, "closing", closing).await.expect(200);
    let (path, drafted) = desk.draft(&case, "EXT").await;
    let told: Vec<_> = drafted["findings"].as_array().unwrap().iter().collect();
    let ended = told.iter().find(|it| it["code"] == "letter-case-ended").unwrap();
    assert_eq!((&ended["field"], &ended["blocks"]), (&json!("letter"), &json!(true)));
    let refused = desk.send(&path, "portal").await.expect(422).problem().1;
    assert!(refused.contains(&"letter: letter-case-ended".to_owned()), "{refused:?}");
    // The letter of the ground on which it was closed follows, and closes nothing twice.
    let content = json!({ "parts": { "actual_controller": "Autre Maison SA, Lyon.",
        "forwarding": "We passed it on." } });
    let path = desk.written(&case, "NOTCTRL", content).await;
    desk.send(&path, "portal").await.expect(200);
    assert_eq!(desk.kinds(&case).await, ["RequestLogged", "RequestClosed", "LetterSent"]);
    assert_eq!(desk.read(&path).await["state"], "sent");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn what_was_done_or_asked_before_is_told_on_the_draft() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let codes = |draft: &Value| -> Vec<(String, bool)> {
        let found = draft["findings"].as_array().unwrap().iter();
        let told = |it: &Value| it["code"].as_str().unwrap().to_owned();
        found.map(|it| (told(it), it["blocks"] == true)).collect()
    };
    let has =
        |draft: &Value, code: &str, blocks: bool| codes(draft).contains(&(code.to_owned(), blocks));
    // Who is known well enough is asked for no more, but for a doubt.
    let (_, draft) = desk.draft(&case, "IDREQ").await;
    assert!(!has(&draft, "letter-identity-settled", false), "{draft}");
    desk.identify(&case).await;
    let (_, draft) = desk.draft(&case, "IDREQ").await;
    assert!(has(&draft, "letter-identity-settled", false), "{draft}");
    desk.ask_identity(&case).await;
    let (_, draft) = desk.draft(&case, "IDREQ").await;
    assert!(has(&draft, "letter-already-asked", true), "{draft}");
    let reasons = json!({ "extension_ground": "complexity",
        "parts": { "reasons": "The request has nine parts, which nine people must look at." } });
    let path = desk.written(&case, "EXT", reasons).await;
    desk.send(&path, "portal").await.expect(200);
    let (_, draft) = desk.draft(&case, "EXT").await;
    assert!(has(&draft, "letter-already-extended", true), "{draft}");
    desk.app.assert_replays().await;
}

#[actix_web::test]
async fn what_must_be_done_at_once_is_not_held_up_by_a_question_of_identity() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["consent_withdrawal"])).await;
    let doubt = json!({ "parts": { "doubt": SPECIFIC } });
    let path = desk.written(&case, "IDREQ", doubt.clone()).await;
    let (_, reasons) = desk.send(&path, "portal").await.expect(422).problem();
    assert!(reasons.iter().any(|it| it.ends_with("letter-identity-not-needed")), "{reasons:?}");
    assert_eq!(desk.client().case(&case).await["paused"], json!(false));
    // Nor by one that left outside.
    let sent_at = desk.app.app.now();
    let asked = json!({ "ground": "identity", "statement": SPECIFIC,
        "message": { "sent_at": sent_at, "channel": "letter", "message_id": "LRAR-1" } });
    let refused = desk.client().verb(&case, "pauses", asked).await.expect(409);
    assert_eq!(refused.json::<Value>()["reason"], "identity-not-needed");
    // Beside a right that needs proof, it may be asked for.
    let case = desk.case("en", json!(["consent_withdrawal", "access"])).await;
    let path = desk.written(&case, "IDREQ", doubt).await;
    desk.send(&path, "portal").await.expect(200);
}

#[actix_web::test]
async fn a_receipt_says_that_identity_is_settled_only_where_it_is() {
    const SETTLED: &str = "Vous n'avez plus à prouver votre identité";
    const OPEN: &str = "Si nous avons un doute sur votre identité";
    const ASKED: &str = "Nous vous avons demandé de confirmer votre identité";
    let desk = Desk::new().await;
    let case = desk.case("fr", json!(["access"])).await;
    desk.identify(&case).await;
    assert!(desk.said(&case, "ACK").await.contains(SETTLED));
    // Less is known than this controller asks for.
    desk.ask_for("v3").await;
    let said = desk.said(&case, "ACK").await;
    assert!(said.contains(OPEN) && !said.contains(SETTLED), "{said}");
    // A decision that nobody has confirmed settles nothing.
    desk.ask_for("v1").await;
    let decided = json!({ "level": "v3", "methods": ["in_person"], "reason": SPECIFIC });
    desk.client().verb(&case, "identity-decision", decided).await.expect(200);
    let said = desk.said(&case, "ACK").await;
    assert!(said.contains(OPEN) && !said.contains(SETTLED), "{said}");
    // Neither is it settled while a question is open.
    let case = desk.case("fr", json!(["access"])).await;
    desk.identify(&case).await;
    desk.ask_identity(&case).await;
    let said = desk.said(&case, "ACK").await;
    assert!(said.contains(ASKED) && !said.contains(SETTLED), "{said}");
}

#[actix_web::test]
async fn what_takes_longer_or_is_asked_concerns_the_rights_that_are_open() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access", "erasure"])).await;
    for letter in ["EXT", "IDREQ", "CLAR"] {
        assert!(desk.said(&case, letter).await.contains("Article 17"), "{letter}");
    }
    let refused = json!({ "rights": [{ "right": "erasure", "ground": "excessive_repetitive",
        "reason": "The fourth request since September, and nothing has changed." }] });
    let path = desk.written(&case, "REFUSE", refused).await;
    desk.send(&path, "portal").await.expect(200);
    for letter in ["EXT", "IDREQ", "CLAR"] {
        let said = desk.said(&case, letter).await;
        assert!(said.contains("Article 15") && !said.contains("Article 17"), "{letter}: {said}");
    }
    // The receipt names everything that was asked for.
    assert!(desk.said(&case, "ACK").await.contains("Article 17"));
}

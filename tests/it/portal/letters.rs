//! Letters that wait in the portal until it is known who reads, and those that do not.

use chrono::Duration;
use guichet::db::contacts::{self, ContactRow};
use guichet::domain::contact::OnFile;
use serde_json::{Value, json};

use super::{Scene, scene};
use crate::letters::desk::Desk;
use crate::support::client::Answer;
use crate::support::visit::{PLACE, visitor};

async fn refused(answer: Answer) -> Vec<String> {
    answer.expect(422).problem().1
}

/// A desk with the case of the scene, and the receipt of its person.
async fn at_the_desk() -> (Desk, crate::support::cases::LoggedCase, String) {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let receipt = case.answer["receipt_secret"].as_str().unwrap().to_owned();
    (desk, case, receipt)
}

async fn page(desk: &Desk, reference: &str, receipt: &str, page: &str) -> String {
    let person = visitor(&desk.app, reference, receipt).await;
    person.get(&format!("{PLACE}/{page}")).await.expect(200).text()
}

fn extension(reasons: &str) -> Value {
    json!({ "extension_ground": "complexity", "parts": { "reasons": reasons } })
}

const NEUTRAL: &str = "Eleven systems must be read by hand this year.";
const TELLING: &str = "We hold eleven years of calls, read one by one.";

#[actix_web::test]
async fn an_extension_reaches_a_reader_of_whom_nothing_is_known_and_tells_nothing() {
    let (desk, case, receipt) = at_the_desk().await;
    let (_, drafted) = desk.draft(&case, "EXT").await;
    assert_eq!(drafted["content"]["parts"]["provided"], "Nothing yet.");
    let findings = drafted["findings"].to_string();
    assert!(findings.contains("letter-reader-unknown"), "{findings}");
    let telling = desk.written(&case, "EXT", extension(TELLING)).await;
    assert_eq!(refused(desk.send(&telling, "portal").await).await, ["parts.reasons: letter-tells"]);
    let neutral = desk.written(&case, "EXT", extension(NEUTRAL)).await;
    desk.send(&neutral, "portal").await.expect(200);
    let shown = page(&desk, &case.reference, &receipt, "messages").await;
    assert!(shown.contains(NEUTRAL) && !shown.contains("A letter waits"), "{shown}");
}

#[actix_web::test]
async fn an_extension_that_was_written_for_somebody_known_waits_once_identity_is_taken_back() {
    let (desk, case, receipt) = at_the_desk().await;
    desk.identify(&case).await;
    let mut content = extension(TELLING);
    content["parts"]["provided"] = json!("Nothing yet.");
    let path = desk.written(&case, "EXT", content).await;
    desk.send(&path, "portal").await.expect(200);
    let shown = page(&desk, &case.reference, &receipt, "messages").await;
    assert!(shown.contains(TELLING), "{shown}");
    assert!(!page(&desk, &case.reference, &receipt, "case").await.contains("A letter waits"));
    let failed = json!({ "methods": [], "reason": "The card was false." });
    desk.client().verb(&case, "identity-decision", failed).await.expect(200);
    for name in ["messages", "case"] {
        let shown = page(&desk, &case.reference, &receipt, name).await;
        assert!(!shown.contains(TELLING) && !shown.contains("Extension"), "{shown}");
        for told in ["A letter waits for you", "Ask for a code on the page of your request"] {
            assert!(shown.contains(told), "{name}, {told}: {shown}");
        }
    }
}

#[actix_web::test]
async fn a_letter_waits_while_what_is_on_file_was_changed_lately() {
    let (desk, case, receipt) = at_the_desk().await;
    let proved = json!({ "level": "v1", "methods": ["in_person"] });
    desk.client().verb(&case, "identity-decision", proved).await.expect(200);
    let mut content = extension(TELLING);
    content["parts"]["provided"] = json!("Nothing yet.");
    let path = desk.written(&case, "EXT", content).await;
    desk.send(&path, "portal").await.expect(200);
    let messages = async || page(&desk, &case.reference, &receipt, "messages").await;
    assert!(messages().await.contains(TELLING));
    // Who took over an account changes its address first: then one route is too little.
    let now = desk.app.app.now();
    let row = ContactRow {
        request_id: case.id.parse().unwrap(),
        controller_id: desk.controller.id,
        outcome: OnFile::One,
        sealed_email: Some(vec![1]),
        changed_at: Some((now - Duration::days(29)).into()),
        looked_up_at: now.into(),
        address_index: None,
    };
    desk.app.app.write(move |conn| Ok(contacts::put(conn, &row)?)).await.unwrap();
    let shown = messages().await;
    assert!(!shown.contains(TELLING) && shown.contains("A letter waits for you"), "{shown}");
    desk.app.advance(Duration::days(1));
    assert!(messages().await.contains(TELLING), "thirty days on");
}

#[actix_web::test]
async fn a_refusal_below_the_level_names_no_ground_that_tells() {
    let (desk, case, receipt) = at_the_desk().await;
    let content = |ground: &str, reason: &str| {
        let right = json!({ "right": "access", "ground": ground, "reason": reason });
        json!({ "rights": [right] })
    };
    let reason = "The fourth request since January, nothing has changed.";
    let path = desk.written(&case, "REFUSE", content("trade_secret", reason)).await;
    let told = refused(desk.send(&path, "portal").await).await;
    assert_eq!(told, ["rights[0].ground: letter-ground-tells"]);
    let path = desk.written(&case, "REFUSE", content("excessive_repetitive", TELLING)).await;
    let told = refused(desk.send(&path, "portal").await).await;
    assert_eq!(told, ["rights[0].reason: letter-tells"]);
    let path = desk.written(&case, "REFUSE", content("excessive_repetitive", reason)).await;
    desk.send(&path, "portal").await.expect(200);
    assert!(page(&desk, &case.reference, &receipt, "messages").await.contains(reason));
    // The page of the case says that an answer stands there, and leads to it.
    let shown = page(&desk, &case.reference, &receipt, "case").await;
    assert!(shown.contains("The answer stands among the messages"), "{shown}");
    assert!(shown.contains("We answered on") && shown.contains("Read our answer"), "{shown}");
    assert!(!shown.contains("is closed"), "{shown}");
}

#[actix_web::test]
async fn what_tells_that_much_is_held_is_asked_of_nobody_unknown() {
    let (desk, case, _) = at_the_desk().await;
    let parts = json!({ "parts": { "volume": "Eleven years of orders and of calls.",
        "choices": "- orders\n- calls" } });
    let path = desk.written(&case, "CLAR", parts).await;
    for delivery in ["portal", "registered_letter"] {
        assert_eq!(refused(desk.send(&path, delivery).await).await, ["identity: letter-level"]);
    }
    desk.identify(&case).await;
    desk.send(&path, "portal").await.expect(200);
}

#[actix_web::test]
async fn who_was_held_is_told_of_a_breach_on_paper_while_nobody_knows_who_reads_the_portal() {
    let (desk, case, _) = at_the_desk().await;
    let breach = format!("/api/v1/requests/{}/breaches", case.id);
    let version = desk.client().events(&case).await.len();
    let made = desk.client().post(&breach, json!({ "event_version": version })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let parts = json!({ "parts": {
        "nature": "The answer was given to somebody else.",
        "consequences": "They know what was in it.",
        "measures": "The file was destroyed, as they confirm.",
    } });
    let path = desk.written(&case, "BREACH-P", parts).await;
    let told = refused(desk.send(&path, "portal").await).await;
    assert_eq!(told, ["identity: letter-level"]);
    let sent: Value = desk.send(&path, "registered_letter").await.expect(200).json();
    assert!(sent["findings"].to_string().contains("letter-level"), "{sent}");
}

#[actix_web::test]
async fn an_identity_request_that_asks_for_a_copy_by_mail_is_warned_of_and_not_kept_back() {
    let Scene { app, controller, dpo, .. } = scene().await;
    let desk = Desk { app, controller, dpo };
    let case = desk.case("en", json!(["access"])).await;
    let (_, drafted) = desk.draft(&case, "IDREQ").await;
    assert!(!drafted["findings"].to_string().contains("letter-identity-copy"), "{drafted}");
    let parts = json!({ "parts": { "doubt": "Two people have this very name.",
        "options": "Send us a full copy of your identity card by e-mail." } });
    let path = desk.written(&case, "IDREQ", parts).await;
    let drafted: Value = desk.client().get(&path).await.expect(200).json();
    let findings = drafted["findings"].as_array().unwrap().iter();
    let warned: Vec<_> =
        findings.filter(|it| it["code"] == "letter-identity-copy").map(|it| &it["field"]).collect();
    assert_eq!(warned, ["parts.options"]);
    desk.send(&path, "portal").await.expect(200);
}

//! The texts that a controller words itself: a fixed list of placeholders, and nothing else.

use serde_json::{Value, json};

use super::desk::Desk;

fn path(desk: &Desk, letter: &str, language: &str) -> String {
    format!("/api/v1/controllers/{}/letter-texts/{letter}/{language}", desk.controller.id)
}

#[actix_web::test]
async fn a_controller_words_a_letter_and_goes_back_to_the_standard() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let path = path(&desk, "CLOSE-W", "en");
    let client = desk.app.as_user(&desk.dpo);
    let read = client.get(&path).await.expect(200);
    assert_eq!(read.header("etag"), Some("\"0\""));
    let standard: Value = read.json();
    assert_eq!(standard["standard"], true);
    let worded = json!({ "text": "{salutation}\r\nAs you wish: {withdrawn}\r\n{reopening}\r\n<b>{{x}}</b>" });
    let refused = desk.client().put(&path, &worded).await.expect(422);
    assert_eq!(refused.problem().1.len(), 4, "every brace of {{x}} but none of the placeholders");
    let worded = json!({ "text": "{salutation}\r\nAs you wish: {withdrawn}\r\n{reopening}\r\n<b>__X__</b>" });
    client.put(&path, &worded).await.expect(428);
    let stored = client.with("if-match", "\"0\"").put(&path, &worded).await.expect(200);
    assert_eq!(stored.header("etag"), Some("\"1\""));
    client.with("if-match", "\"0\"").put(&path, &worded).await.expect(412);
    let list = format!("/api/v1/controllers/{}/letter-texts", desk.controller.id);
    let list: Value = client.get(&list).await.expect(200).json();
    let list = list["texts"].as_array().unwrap();
    assert_eq!(list.len(), 28);
    let own: Vec<_> = list.iter().filter(|it| it["standard"] == false).collect();
    assert_eq!(
        own,
        [&json!({ "letter": "CLOSE-W", "language": "en", "version": 1, "standard": false })]
    );

    let parts = json!({ "parts": { "withdrawn": "by phone" } });
    let letter = desk.written(&case, "CLOSE-W", parts).await;
    let sent: Value = desk.send(&letter, "portal").await.expect(200).json();
    assert_eq!(sent["text_version"], 1);
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains("Dear Zoé Martin,\nAs you wish: by phone\n"), "{text}");
    assert!(text.contains("<b>__X__</b>"), "{text}");
    let reset = client.with("if-match", "\"1\"").delete(&path).await.expect(200);
    assert_eq!(reset.json::<Value>()["text"], standard["text"]);
    assert_eq!(reset.header("etag"), Some("\"2\""));
    assert_eq!(desk.app.event_kinds().await, ["LetterTextReplaced", "LetterTextReplaced"]);
}

#[actix_web::test]
async fn what_is_no_placeholder_of_the_letter_and_what_is_missing_is_refused_with_its_place() {
    let desk = Desk::new().await;
    let client = desk.client();
    let path = path(&desk, "CLOSE-W", "fr");
    for (text, expected) in [
        ("", vec!["letter-text-lacks", "letter-text-lacks"]),
        ("{withdrawn}", vec!["letter-text-lacks"]),
        ("{withdrawn}{reopening}{subject}", vec!["letter-text-unknown"; 2]),
        ("{withdrawn}{reopening}\n{doubt}", vec!["letter-text-foreign"]),
        ("{withdrawn}{reopening}{{7*7}}", vec!["letter-text-unknown"; 4]),
        ("{withdrawn}{reopening}${x}", vec!["letter-text-unknown"; 2]),
        ("{withdrawn}{reopening}{% raw %}", vec!["letter-text-unknown"; 2]),
        ("{withdrawn}{reopening}\u{7}", vec!["control-character"]),
    ] {
        let refused = client.put(&path, json!({ "text": text })).await.expect(422);
        let expected: Vec<String> = expected.iter().map(|code| format!("text: {code}")).collect();
        assert_eq!(refused.problem().1, expected, "{text}");
    }
    let refused = client.put(&path, json!({ "text": "{withdrawn}{reopening}\n{doubt}" })).await;
    let body: Value = refused.json();
    assert_eq!(
        body["errors"][0]["detail"],
        "This placeholder is not one of this letter (line 2, character 1)."
    );
    let long = json!({ "text": format!("{{withdrawn}}{{reopening}}{}", "x".repeat(10_000)) });
    assert_eq!(client.put(&path, long).await.expect(422).problem().1, ["text: too-long"]);
    for wrong in ["CLOSE-W/de", "close-w/fr", "CLOSE-W/fr-CA"] {
        let path = format!("/api/v1/controllers/{}/letter-texts/{wrong}", desk.controller.id);
        client.get(&path).await.expect(404);
    }
}

#[actix_web::test]
async fn a_draft_leaves_in_no_other_words_than_those_that_were_seen() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (letter, _) = desk.draft(&case, "ACK").await;
    let (other, _) = desk.draft(&case, "CLAR").await;
    let client = desk.app.as_user(&desk.dpo);
    let seen = client.get(&letter).await.header("etag").unwrap().to_owned();
    let of_other = client.get(&other).await.header("etag").unwrap().to_owned();
    let path = path(&desk, "ACK", "en");
    let standard: Value = client.get(&path).await.json();
    let worded = format!("{}\n\nWe are closed on Fridays.", standard["text"].as_str().unwrap());
    desk.client().put(&path, json!({ "text": worded })).await.expect(200);
    let sending = format!("{letter}/sending");
    let portal = json!({ "delivery": "portal" });
    client.with("if-match", &seen).post(&sending, &portal).await.expect(412);
    let shown = client.get(&letter).await.expect(200);
    let anew = shown.header("etag").unwrap().to_owned();
    let text = shown.json::<Value>()["text"].to_string();
    assert!(anew != seen && text.contains("closed on Fridays"), "{anew}: {text}");
    assert_eq!(client.get(&other).await.header("etag"), Some(of_other.as_str()));
    // Going back to the standard text changes it once more.
    desk.client().delete(&path).await.expect(200);
    client.with("if-match", &anew).post(&sending, &portal).await.expect(412);
    let shown = client.get(&letter).await.header("etag").unwrap().to_owned();
    client.with("if-match", &shown).post(&sending, &portal).await.expect(200);
}

//! What a letter to the person takes from the record of a breach.

use serde_json::json;

use super::{breach, record};
use crate::letters::desk::Desk;

#[actix_web::test]
async fn the_sentence_of_the_register_is_none_for_the_person() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    desk.identify(&case).await;
    let (path, found) = breach(&desk, &case).await;
    let mut known = json!({ "record": record() });
    known["record"]["nature"] = found["record"]["nature"].clone();
    desk.client().put(&path, &known).await.expect(200);
    // The letter is in the language of the person, the register in that of the organisation.
    let (letter, drafted) = desk.draft(&case, "BREACH-P").await;
    assert_eq!(drafted["content"]["parts"]["nature"], "", "{drafted}");
    assert_eq!(drafted["content"]["parts"]["measures"], record()["measures"]);
    assert_eq!(drafted["findings"][0]["field"], "parts.nature");
    let refused = desk.send(&letter, "portal").await.expect(422);
    let field = refused.problem().1.remove(0);
    assert!(field.starts_with("parts.nature: "), "{field}");
    // What stands beside it is for the person.
    let sentence = found["record"]["nature"].as_str().unwrap();
    known["record"]["nature"] = json!(format!("{sentence} It held an address."));
    desk.client().put(&path, &known).await.expect(200);
    let (_, drafted) = desk.draft(&case, "BREACH-P").await;
    assert_eq!(drafted["content"]["parts"]["nature"], "It held an address.", "{drafted}");
    // Words of somebody are taken up, also those that were written afterwards.
    desk.client().put(&path, json!({ "record": record() })).await.expect(200);
    let (_, drafted) = desk.draft(&case, "BREACH-P").await;
    assert_eq!(drafted["content"]["parts"]["nature"], record()["nature"]);
}

#[actix_web::test]
async fn the_chord_that_sends_finds_the_button_that_sends() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let (letter, _) = desk.draft(&case, "BREACH-P").await;
    let reader = crate::pages::browser(&desk.app, &desk.dpo).await;
    let page = reader.get(letter.trim_start_matches("/api/v1")).await.expect(200).text();
    // Saving comes first in the form, and is not what is meant.
    assert!(page.contains("value=\"send\" data-send>"), "{page}");
    assert_eq!(page.matches("data-send").count(), 1);
    let module = reader.get("/assets/keys.js").await.expect(200).text();
    assert!(module.contains("one(\"[data-send]\", at.form)"), "{module}");
    let keys = reader.get("/keys").await.expect(200).text();
    assert!(keys.contains("send what you are writing, letters included"), "{keys}");
}

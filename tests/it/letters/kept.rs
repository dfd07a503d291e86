//! What was sent is kept as it was written, and goes with the key of the case.

use serde_json::{Value, json};

use super::desk::Desk;

#[actix_web::test]
async fn what_was_sent_goes_with_the_key_of_the_case() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let path = desk
        .written(&case, "CLOSE-W", json!({ "parts": { "withdrawn": "By phone today." } }))
        .await;
    desk.send(&path, "portal").await.expect(200);
    let reference = json!({ "reference": case.reference });
    desk.client().verb(&case, "key-destruction", reference).await.expect(200);
    let gone = desk.client().get(&path).await.expect(409);
    assert_eq!(gone.json::<Value>()["reason"], "key-destroyed");
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let request = case.id.parse().unwrap();
    let read =
        move |conn: &mut guichet::db::conn::Conn| Ok(guichet::db::letters::get(conn, request, id)?);
    let row = desk.app.app.read(read).await.unwrap();
    assert_eq!((row.sealed_text, row.sha256), (None, None));
}

#[actix_web::test]
async fn what_a_person_writes_stays_as_it_is() {
    let desk = Desk::new().await;
    let case = desk.case("en", json!(["access"])).await;
    let hostile =
        "{{7*7}} ${x} {% if %} __SECRET__ <script>alert(1)</script> {\r\nBcc: x@example.org";
    let path = desk.written(&case, "CLOSE-W", json!({ "parts": { "withdrawn": hostile } })).await;
    let sent: Value = desk.send(&path, "portal").await.expect(200).json();
    let text = sent["text"].as_str().unwrap();
    assert!(text.contains(&hostile.replace('\r', "")), "{text}");
    let open = json!({ "parts": { "withdrawn": "You said {reference} so." } });
    let case = desk.case("en", json!(["access"])).await;
    let path = desk.written(&case, "CLOSE-W", open).await;
    let refused = desk.send(&path, "portal").await.expect(422);
    assert_eq!(refused.problem().1, ["parts.withdrawn: letter-unfilled"]);
}

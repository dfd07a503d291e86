//! What was said of a contact in one case holds in every case of the controller.

use guichet::db::conn::Conn;
use guichet::worker;
use serde_json::{Value, json};

use super::{Scene, ask, code_in, kinds, level, log, scene, sent, tasks, type_code};
use crate::support::visit::{PLACE, token, visitor};

async fn declare(scene: &Scene, id: &str, condition: Value) {
    let path = format!("/api/v1/requests/{id}/contact-condition");
    let body = json!({ "condition": condition, "reason": "She said so on the phone." });
    scene.shop.dpo().post(&path, body).await.expect(200);
    worker::drain(&scene.shop.app.app).await.unwrap();
}

async fn contact(scene: &Scene, id: &str) -> Value {
    let path = format!("/api/v1/requests/{id}");
    let case: Value = scene.shop.dpo().get(&path).await.expect(200).json();
    case["identity"]["contact"].clone()
}

async fn conditions(scene: &Scene) -> Vec<String> {
    let read = |conn: &mut Conn| {
        use diesel::prelude::*;
        use guichet::db::schema::contact_conditions as rows;
        Ok(rows::table.select(rows::condition).load(conn)?)
    };
    scene.shop.app.app.read(read).await.unwrap()
}

#[actix_web::test]
async fn another_request_of_the_same_person_meets_it_until_it_is_taken_back() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    declare(&scene, &scene.id, json!("unsafe")).await;
    // Given in other letters, and with a number beside: the address on file is the same.
    let (other, reference, receipt) = log(shop, "ZOE.canari@example.org").await;
    assert_eq!(contact(&scene, &other).await, Value::Null, "nobody has looked it up yet");
    let person = visitor(&shop.app, &reference, &receipt).await;
    ask(&person).await.expect(303);
    assert!(sent(shop).await.is_empty());
    assert_eq!(contact(&scene, &other).await, "unsafe");
    assert_eq!(tasks(shop).await, ["find_contact unsafe"]);
    // Nor does a notice go there, of a case that never asked for a code.
    let (third, ..) = log(shop, "zoe.canari@example.org").await;
    let write = format!("/api/v1/requests/{third}/messages");
    shop.dpo().post(&write, json!({ "message": "Bonjour" })).await.expect(200);
    assert!(sent(shop).await.is_empty());
    assert_eq!(contact(&scene, &third).await, "unsafe");
    // Somebody else is written to as ever.
    let (gael, reference, receipt) = log(shop, "gael@example.org").await;
    let visit = visitor(&shop.app, &reference, &receipt).await;
    ask(&visit).await.expect(303);
    sent(shop).await;
    assert_eq!(contact(&scene, &gael).await, Value::Null);
    // Taken back in one case, with a reason, it is taken back in all.
    declare(&scene, &other, Value::Null).await;
    for id in [&scene.id, &other, &third] {
        assert_eq!(contact(&scene, id).await, Value::Null);
    }
    assert!(conditions(&scene).await.is_empty());
    let before = sent(shop).await.len();
    ask(&person).await.expect(303);
    assert_eq!(sent(shop).await.len(), before + 1);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn what_the_person_says_in_the_portal_counts_and_shows_in_no_other_case() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    let action = format!("{PLACE}/unsafe-contact");
    // Anybody may say so in a request that anybody may make: until something is proved it holds there.
    let (strange, reference, receipt) = log(shop, "zoe.canari@example.org").await;
    let stranger = visitor(&shop.app, &reference, &receipt).await;
    let csrf = token(&stranger.get(super::CASE).await, &action);
    stranger.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    worker::drain(&shop.app.app).await.unwrap();
    assert!(conditions(&scene).await.is_empty());
    assert_eq!(contact(&scene, &strange).await, "unsafe");
    ask(&person).await.expect(303);
    type_code(&person, &code_in(&sent(shop).await[0].1)).await.expect(303);
    let before = sent(shop).await.len();
    let csrf = token(&person.get(super::CASE).await, &action);
    person.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(conditions(&scene).await, ["unsafe"]);
    let (other, reference, receipt) = log(shop, "zoe.canari@example.org").await;
    let visit = visitor(&shop.app, &reference, &receipt).await;
    ask(&visit).await.expect(303);
    assert_eq!(sent(shop).await.len(), before);
    assert_eq!(contact(&scene, &other).await, "unsafe");
    // Whoever opened the other case may be somebody else, and must not see that anybody is on file.
    let page = visit.get(super::CASE).await.expect(200).text();
    assert!(!page.contains("You told us"), "{page}");
    // Of nobody on file nothing is kept.
    let (_, reference, receipt) = log(shop, "nobody@example.org").await;
    let nobody = visitor(&shop.app, &reference, &receipt).await;
    let csrf = token(&nobody.get(super::CASE).await, &action);
    nobody.post_form(&action, &[("csrf", &csrf)]).await.expect(303);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(conditions(&scene).await, ["unsafe"]);
}

#[actix_web::test]
async fn who_proved_no_more_than_to_read_it_in_another_case_needs_more_there_too() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    type_code(&person, &code_in(&sent(shop).await[0].1)).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
    let (other, ..) = log(shop, "zoe.canari@example.org").await;
    declare(&scene, &other, json!("shared")).await;
    assert_eq!(contact(&scene, &scene.id).await, "shared");
    let decide = format!("/api/v1/requests/{}/rights/access/decision", scene.id);
    let refused = shop.dpo().put(&decide, json!({ "decision": "nothing_held" })).await;
    assert_eq!(refused.expect(409).json::<Value>()["reason"], "needs-v3");
    assert!(kinds(&scene).await.contains(&"ContactDeclared".to_owned()));
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn it_outlives_the_case_in_which_it_was_said() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    declare(&scene, &scene.id, json!("unsafe")).await;
    let path = |end: &str| format!("/api/v1/requests/{}/{end}", scene.id);
    shop.dpo().post(&path("withdrawal"), json!({ "reason": "She called." })).await.expect(200);
    let typed = json!({ "reference": scene.reference });
    shop.dpo().post(&path("key-destruction"), typed).await.expect(200);
    let (other, reference, receipt) = log(shop, "zoe.canari@example.org").await;
    let visit = visitor(&shop.app, &reference, &receipt).await;
    ask(&visit).await.expect(303);
    assert_eq!(contact(&scene, &other).await, Value::Null);
    worker::drain(&shop.app.app).await.unwrap();
    assert_eq!(contact(&scene, &other).await, "unsafe");
    assert_eq!(tasks(shop).await.last().unwrap(), "find_contact unsafe");
}

#[actix_web::test]
async fn a_code_that_waits_where_somebody_else_reads_proves_nothing() {
    let scene = scene("zoe.canari@example.org").await;
    let shop = &scene.shop;
    let person = visitor(&shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    let code = code_in(&sent(shop).await[0].1);
    let action = format!("{PLACE}/code");
    let csrf = token(&person.get(super::CASE).await, &action);
    declare(&scene, &scene.id, json!("unsafe")).await;
    person.post_form(&action, &[("csrf", &csrf), ("code", &code)]).await;
    assert_eq!(level(&scene).await, "v0");
    assert!(!kinds(&scene).await.contains(&"CodeConfirmed".to_owned()));
    // A graver word is not lost under another one.
    let (other, ..) = log(shop, "zoe.canari@example.org").await;
    declare(&scene, &other, json!("stale")).await;
    assert_eq!(conditions(&scene).await, ["unsafe"]);
    shop.app.assert_replays().await;
}

//! A code of a person whom somebody corrects meanwhile proves nothing.

use serde_json::json;

use super::{CASE, Scene, ask, code_in, kinds, level, scene, sent, type_code};
use crate::support::visit::{PLACE, token, visitor};

async fn correct(scene: &Scene, email: &str) {
    let body = json!({
        "subject": { "names": ["Zoé Canari"], "identifiers": [{ "kind": "email", "value": email }] },
        "reason": "Misheard",
    });
    let path = format!("/api/v1/requests/{}/subject-correction", scene.id);
    scene.shop.dpo().post(&path, body).await.expect(200);
}

#[actix_web::test]
async fn a_code_that_went_to_somebody_else_ends_with_the_correction() {
    let scene = scene("other@example.org").await;
    let person = visitor(&scene.shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    let mails = sent(&scene.shop).await;
    assert_eq!(mails[0].0, "other@example.org");
    correct(&scene, "zoe.canari@example.org").await;
    // The page asks for no code any more; somebody may still have the form open.
    let csrf = token(&person.get(CASE).await.expect(200), &format!("{PLACE}/code-request"));
    let code = code_in(&mails[0].1);
    person.post_form(&format!("{PLACE}/code"), &[("csrf", &csrf), ("code", &code)]).await;
    assert_eq!(level(&scene).await, "v0");
    ask(&person).await.expect(303);
    let mails = sent(&scene.shop).await;
    assert_eq!(mails[0].0, "zoe.canari@example.org");
    type_code(&person, &code_in(&mails[0].1)).await.expect(303);
    assert_eq!(level(&scene).await, "v1");
}

#[actix_web::test]
async fn a_code_that_was_asked_for_before_the_correction_is_not_sent() {
    let scene = scene("other@example.org").await;
    let person = visitor(&scene.shop.app, &scene.reference, &scene.receipt).await;
    ask(&person).await.expect(303);
    correct(&scene, "zoe.canari@example.org").await;
    assert_eq!(sent(&scene.shop).await, []);
    assert_eq!(kinds(&scene).await, ["RequestLogged", "SubjectCorrected"]);
}

//! What ends a code that went by letter before anybody has typed it, and who is told.

use chrono::Duration;
use guichet::worker::alerts::sweep;
use serde_json::{Value, json};

use super::{ON_FILE, scene, type_code};

#[actix_web::test]
async fn a_letter_that_nobody_used_for_thirty_days_makes_a_task_and_an_alert() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    scene.app.advance(Duration::days(30) - Duration::minutes(1));
    assert!(scene.open_tasks().await.iter().all(|task| task != "letter_code_unused"));
    scene.app.advance(Duration::minutes(1));
    assert!(scene.open_tasks().await.contains(&"letter_code_unused".to_owned()));
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await.expect(422);
    sweep(&scene.app.app, false).await.unwrap();
    let path = format!("/api/v1/requests/{}/alerts", scene.case.id);
    let told: Value = scene.app.as_user(&scene.dpo).get(&path).await.expect(200).json();
    let alerts = told["alerts"].as_array().unwrap();
    let alert = alerts.iter().find(|it| it["kind"] == "letter_code_unused").expect("the alert");
    assert!(alert["text"].as_str().unwrap().contains("by letter"), "{alert}");
}

#[actix_web::test]
async fn a_letter_that_was_used_or_replaced_makes_no_task() {
    let scene = scene().await;
    scene.print(&scene.case).await;
    let newer = scene.print(&scene.case).await;
    let person = scene.person(&scene.case).await;
    type_code(&person, &newer).await.expect(303);
    scene.app.advance(Duration::days(31));
    let open = scene.open_tasks().await;
    assert!(open.iter().all(|task| task != "letter_code_unused"), "{open:?}");
}

#[actix_web::test]
async fn what_is_declared_unfit_is_sent_no_letter_and_ends_the_one_on_its_way() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let client = scene.app.as_user(&scene.dpo);
    let shared = json!({ "condition": "shared", "reason": "The whole family opens the post." });
    client.verb(&scene.case, "contact-condition", shared).await.expect(200);
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await.expect(422);
    let refused = scene.ask(&scene.case, ON_FILE).await.expect(409);
    assert!(refused.text().contains("contact-unfit"), "{}", refused.text());
    assert_eq!(scene.level().await, "v0");
}

#[actix_web::test]
async fn identity_that_failed_is_not_restored_by_an_older_letter() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let client = scene.app.as_user(&scene.dpo);
    let failed = json!({ "methods": [], "reason": "Nobody of that name is known." });
    client.verb(&scene.case, "identity-decision", failed).await.expect(200);
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await.expect(422);
    assert_eq!(scene.level().await, "v0");
    let newer = scene.print(&scene.case).await;
    type_code(&person, &newer).await.expect(303);
    scene.app.assert_replays().await;
}

#[actix_web::test]
async fn destroying_the_key_forgets_where_letters_went() {
    let scene = scene().await;
    scene.print(&scene.case).await;
    let client = scene.app.as_user(&scene.dpo);
    let withdrawn = json!({ "reason": "She changed her mind." });
    client.verb(&scene.case, "withdrawal", withdrawn).await.expect(200);
    let indexes = || async {
        let read = |conn: &mut guichet::db::conn::Conn| {
            use diesel::prelude::*;
            use guichet::db::schema::letter_codes;
            let all = letter_codes::table.select(letter_codes::address_index);
            Ok(all.load::<Option<Vec<u8>>>(conn)?)
        };
        scene.app.app.read(read).await.unwrap()
    };
    assert!(indexes().await.iter().all(Option::is_some));
    let destroyed = json!({ "reference": scene.case.reference });
    client.verb(&scene.case, "key-destruction", destroyed).await.expect(200);
    assert!(indexes().await.iter().all(Option::is_none));
}

#[actix_web::test]
async fn a_code_of_whoever_was_named_before_ends_with_the_correction() {
    let scene = scene().await;
    let code = scene.print(&scene.case).await;
    let body = json!({
        "subject": { "identifiers": [{ "kind": "email", "value": "somebody.else@example.org" }] },
        "reason": "Misheard",
    });
    let client = scene.app.as_user(&scene.dpo);
    client.verb(&scene.case, "subject-correction", body).await.expect(200);
    let person = scene.person(&scene.case).await;
    type_code(&person, &code).await;
    assert_eq!(scene.level().await, "v0");
    let code = scene.print(&scene.case).await;
    type_code(&person, &code).await.expect(303);
    assert_eq!(scene.level().await, "v1");
}

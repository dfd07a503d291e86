//! A case that is held back: whatever happens to it meanwhile, its files stay until the hold is lifted.

use guichet::worker;
use serde_json::json;

use super::Released;

impl Released {
    async fn hold(&self) {
        let reason = json!({ "reason": "un litige" });
        self.shop.dpo().post(&self.path("hold"), reason).await.expect(200);
    }

    async fn lift(&self) {
        let reason = json!({ "reason": "jugé" });
        self.shop.dpo().post(&self.path("hold-lifting"), reason).await.expect(200);
        self.drain().await;
    }

    async fn drain(&self) {
        worker::drain(&self.shop.app.app).await.unwrap();
    }
}

#[actix_web::test]
async fn closing_a_held_case_leaves_its_packages_until_the_hold_is_lifted() {
    let case = Released::new().await;
    let link = case.portal(&case.package);
    let file = case.file(&case.package).await.unwrap();
    case.hold().await;
    let ground = json!({ "ground": "answered" });
    case.shop.dpo().post(&case.path("closing"), ground).await.expect(200);
    case.drain().await;
    assert!(case.stands(file));
    assert_eq!(case.now(&case.package).await["state"], "released");
    case.person().await.get(&link).await.expect(200);
    case.lift().await;
    assert!(!case.stands(file));
    assert_eq!(case.now(&case.package).await["state"], "ended");
    case.shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_held_answer_is_taken_back_from_the_person_and_kept() {
    let case = Released::new().await;
    let link = case.portal(&case.package);
    let file = case.file(&case.package).await.unwrap();
    case.hold().await;
    let reason = json!({ "reason": "Une page d'autrui" });
    let path = case.of(&case.package, "/revocation");
    case.shop.dpo().post(&path, reason).await.expect(200);
    case.drain().await;
    case.person().await.get(&link).await.expect(404);
    assert!(case.stands(file), "held");
    case.lift().await;
    assert!(!case.stands(file));
}

#[actix_web::test]
async fn under_a_hold_neither_a_new_search_nor_failed_identity_destroys_what_was_found() {
    let case = Released::ready().await;
    let shop = &case.shop;
    let package = case.file(&case.package).await.unwrap();
    let first = case.search["id"].as_str().unwrap().parse().unwrap();
    let read = shop.app.app.read(move |conn| Ok(guichet::db::searches::files(conn, first)?));
    let rows: Vec<_> = read.await.unwrap().into_iter().map(|file| file.file_id).collect();
    assert!(!rows.is_empty());
    case.hold().await;
    shop.search(&case.id).await;
    case.drain().await;
    assert!(rows.iter().all(|file| case.stands(*file)), "after a new search");
    let failed = json!({ "level": null, "methods": [], "reason": "Ce n'est pas elle" });
    shop.dpo().post(&case.path("identity-decision"), failed).await.expect(200);
    case.drain().await;
    shop.dpo().get(&case.of(&case.package, "/content")).await.expect(409);
    assert!(rows.iter().all(|file| case.stands(*file)), "after identity failed");
    assert!(case.stands(package));
    case.lift().await;
    assert!(!rows.iter().any(|file| case.stands(*file)) && !case.stands(package), "lifted");
}

#[actix_web::test]
async fn a_draft_of_a_held_case_is_not_thrown_away() {
    let case = Released::new().await;
    let client = case.shop.dpo();
    let begun = client.post(&case.path("letters"), json!({ "letter": "ACK" })).await.expect(201);
    let letter = begun.header("location").unwrap().to_owned();
    case.hold().await;
    let refused = client.delete(&letter).await.expect(409);
    assert_eq!(refused.json::<serde_json::Value>()["reason"], "on-hold");
    case.lift().await;
    client.delete(&letter).await.expect(204);
}

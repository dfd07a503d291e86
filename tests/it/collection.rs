//! From a search to a downloaded package: systems, manual answers, identity, release, ranges.

pub mod shop;

use std::io::{Cursor, Read};

use actix_web::http::Method;
use guichet::db::{events, files};
use guichet::domain::actor::Role;
use guichet::domain::ids::RequestId;
use guichet::worker;
use serde_json::{Value, json};
use zip::ZipArchive;

use self::shop::Shop;
use crate::support::app::TestApp;

/// Names that must stand nowhere in clear.
const CANARIES: [&str; 4] =
    ["Zoé Canari", "zoe.canari@example.org", "canari-note", "papier-canari"];

pub fn open_zip(bytes: &[u8]) -> ZipArchive<Cursor<Vec<u8>>> {
    ZipArchive::new(Cursor::new(bytes.to_vec())).unwrap()
}

pub fn entry(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[actix_web::test]
async fn what_the_systems_hold_becomes_one_package() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    // A mail program may well make its reference of an address.
    let told = json!({ "message": {
        "message_id": "<42.zoe.canari@example.org>", "sent_at": shop.app.ctx().now,
        "channel": "email",
    } });
    shop.dpo().post(&format!("/api/v1/requests/{id}/acknowledgement"), told).await.expect(200);
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let outcome = |system: usize| search["systems"][system]["outcome"].as_str().unwrap();
    // By name: paper, shop, support.
    assert_eq!([outcome(0), outcome(1), outcome(2)], ["waits_for_person", "complete", "complete"]);
    assert_eq!(search["systems"][1]["rows"], 3);
    assert_eq!(search["systems"][2]["rows"], 1, "found by the address, in another case");

    let path =
        format!("/api/v1/requests/{id}/searches/{}/systems/paper", search["id"].as_str().unwrap());
    let kind = [("content-type", "application/octet-stream")];
    let scan = Some("papier-canari".into());
    let files = format!("{path}/files?name=dossier.txt");
    shop.dpo().send(Method::POST, &files, scan, &kind).await.expect(201);
    let typed = json!({
        "outcome": "answered",
        "tables": [{ "table": "folder", "rows": [{ "page": 3, "text": "papier-canari" }] }],
    });
    shop.dpo().post(&format!("{path}/answer"), typed).await.expect(200);

    let package = shop.package(&id, &search, "access", None).await;
    assert_eq!((&package["state"], &package["complete"]), (&json!("ready"), &json!(true)));
    let content =
        format!("/api/v1/requests/{id}/packages/{}/content", package["id"].as_str().unwrap());
    let release = content.replace("/content", "/release");
    let wrong = json!({ "reference": "7K4M-Q2XD-5" });
    shop.dpo().post(&release, wrong).await.expect(422);
    let released: Value =
        shop.dpo().post(&release, json!({ "reference": reference })).await.expect(200).json();
    assert_eq!(released["rights"][0]["decision"], "granted_in_part", "a column is withheld");

    let whole = shop.dpo().get(&content).await.expect(200);
    let mut zip = open_zip(&whole.body);
    let orders: Value = serde_json::from_str(&entry(&mut zip, "data/shop.orders.json")).unwrap();
    assert_eq!(
        orders,
        json!([
            { "id": 10, "customer_id": 1, "total": 19.9 },
            { "id": 11, "customer_id": 1, "total": 5 },
        ])
    );
    let customers = entry(&mut zip, "data/shop.customers.json");
    assert!(customers.contains("Zoé Canari") && !customers.contains("password_hash"));
    assert!(entry(&mut zip, "data/support.tickets.csv").contains("canari-note"));
    assert!(entry(&mut zip, "data/paper.folder.json").contains("papier-canari"));
    assert_eq!(entry(&mut zip, "files/paper/dossier.txt"), "papier-canari");
    assert!(entry(&mut zip, "index.html").contains("lang=\"fr\""));

    // A download that broke off goes on where it stopped.
    let half = whole.body.len() / 2;
    let range = format!("bytes={half}-");
    let rest = shop.dpo().with("range", range).get(&content).await.expect(206);
    assert_eq!(rest.body, whole.body.slice(half..));
    assert_eq!(rest.header("repr-digest"), whole.header("repr-digest"));

    // The other right of the case: a selection of columns, each with its reason.
    let portable = shop.package(&id, &search, "portability", None).await;
    let content =
        format!("/api/v1/requests/{id}/packages/{}/content", portable["id"].as_str().unwrap());
    let whole = shop.dpo().get(&content).await.expect(200);
    let mut zip = open_zip(&whole.body);
    let customers = entry(&mut zip, "data/shop.customers.json");
    assert!(customers.contains("email") && !customers.contains("churn_score"));
    assert!(entry(&mut zip, "portability.json").contains("inferred"));
    assert!(zip.by_name("data/support.tickets.json").is_err(), "another basis");
    assert_no_canary(&shop.app);
    assert_events_name_nobody(&shop, &id).await;
}

/// No event says in clear what belongs to the person; who may read it finds it among the words.
async fn assert_events_name_nobody(shop: &Shop, id: &str) {
    let request: RequestId = id.parse().unwrap();
    let read = shop.app.app.read(move |conn| Ok(events::of_request(conn, request)?));
    for event in read.await.unwrap() {
        for canary in CANARIES {
            assert!(!event.detail.contains(canary), "{canary} in {}", event.detail);
        }
    }
    let told: Value =
        shop.dpo().get(&format!("/api/v1/requests/{id}/events")).await.expect(200).json();
    assert_eq!(told["events"][1]["words"]["message_id"], "<42.zoe.canari@example.org>");
}

/// Nothing of the person stands in clear in the database, its log, the sealed files or beside.
fn assert_no_canary(app: &TestApp) {
    let mut directories = vec![app.directory().to_owned()];
    let mut read = 0;
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            read += 1;
            for canary in CANARIES {
                let found = bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
                assert!(!found, "{canary} in {}", path.display());
            }
        }
    }
    assert!(read > 5, "{read} files");
}

#[actix_web::test]
async fn the_full_search_waits_for_identity_and_a_dpo_may_decide_otherwise() {
    let shop = Shop::open().await;
    let (id, _) = shop.log("zoe.canari@example.org").await;
    let path = format!("/api/v1/requests/{id}/searches");
    let (code, _) = shop.dpo().post(&path, json!({})).await.expect(409).problem();
    assert_eq!(code, "not-possible-now");
    let handler = shop.app.user(&[(shop.controller.id, Role::Handler)]).await;
    let early = json!({ "before_identity_reason": "Délai très court" });
    let handler = shop.app.as_user(&handler).with("if-match", "*");
    handler.post(&path, early.clone()).await.expect(403);
    handler.post(&path, json!({ "scope": "contacts" })).await.expect(202);
    worker::drain(&shop.app.app).await.unwrap();
    let searches: Value = shop.dpo().get(&path).await.expect(200).json();
    let contacts = &searches["searches"][0];
    let body = json!({ "search_id": contacts["id"], "right": "access" });
    let packages = format!("/api/v1/requests/{id}/packages");
    let (_, fields) = shop.dpo().post(&packages, body).await.expect(422).problem();
    assert_eq!(fields, ["search_id: contacts-only"]);
    shop.dpo().post(&path, early).await.expect(202);
}

#[actix_web::test]
async fn an_incomplete_search_is_named_and_released_only_with_a_reason() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    // The table of one system vanishes.
    let support = shop.app.config().allowed.directories[0].join("support.db");
    let support = rusqlite::Connection::open(support).unwrap();
    support.execute_batch("ALTER TABLE tickets RENAME TO elsewhere").unwrap();
    let search = shop.search(&id).await;
    let failed = &search["systems"][2];
    assert_eq!((&failed["outcome"], &failed["error"]), (&json!("failed"), &json!("table_missing")));
    let bare = shop.package(&id, &search, "access", None).await;
    assert_eq!(bare["complete"], false);
    let release = |package: &Value| {
        format!("/api/v1/requests/{id}/packages/{}/release", package["id"].as_str().unwrap())
    };
    let body = json!({ "reference": reference });
    let refused = shop.dpo().post(&release(&bare), &body).await.expect(409);
    let refused: Value = refused.json();
    assert_eq!(refused["reason"], "incomplete-needs-reason");
    let why = Some("Assistance hors service, suite sous huit jours");
    let reasoned = shop.package(&id, &search, "access", why).await;
    shop.dpo().post(&release(&reasoned), &body).await.expect(200);
    let content = release(&reasoned).replace("/release", "/content");
    let mut zip = open_zip(&shop.dpo().get(&content).await.expect(200).body);
    assert!(entry(&mut zip, "index.html").contains("suite sous huit jours"));
    let sources: Value = serde_json::from_str(&entry(&mut zip, "sources.json")).unwrap();
    assert_eq!(sources["complete"], false);
}

#[actix_web::test]
async fn special_data_needs_two_proofs_of_identity() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v1", &["in_person"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("Classeur à venir")).await;
    let release =
        format!("/api/v1/requests/{id}/packages/{}/release", package["id"].as_str().unwrap());
    let body = json!({ "reference": reference });
    let refused: Value = shop.dpo().post(&release, &body).await.expect(409).json();
    assert_eq!(refused["reason"], "needs-v2");
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    shop.dpo().post(&release, &body).await.expect(200);
}

#[actix_web::test]
async fn nothing_special_is_changed_for_who_is_known_by_one_proof() {
    let shop = Shop::open().await;
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "phone",
        "rights": ["rectification"],
        "subject": {
            "names": ["Zoé Canari"],
            "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
        },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let id = logged["request"]["id"].as_str().unwrap();
    shop.identify(id, "v1", &["in_person"]).await;
    // The support tickets are special.
    shop.search(id).await;
    let decide = format!("/api/v1/requests/{id}/rights/rectification/decision");
    let granted = json!({ "decision": "granted" });
    let refused: Value = shop.dpo().put(&decide, &granted).await.expect(409).json();
    assert_eq!(refused["reason"], "needs-v2");
    shop.identify(id, "v2", &["in_person", "known_facts"]).await;
    shop.dpo().put(&decide, &granted).await.expect(200);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn a_destroyed_key_takes_files_words_and_terms_with_it() {
    let shop = Shop::open().await;
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("essai")).await;
    let digest = package["sha256"].as_str().unwrap().to_owned();
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    let destroy = json!({ "reference": reference });
    shop.dpo().post(&path("key-destruction"), &destroy).await.expect(409);
    let reason = json!({ "reason": "Elle a changé d'avis" });
    shop.dpo().post(&path("withdrawal"), reason).await.expect(200);
    shop.dpo().post(&path("key-destruction"), &destroy).await.expect(200);
    worker::drain(&shop.app.app).await.unwrap();
    let case: Value = shop.dpo().get(&format!("/api/v1/requests/{id}")).await.expect(200).json();
    assert_eq!(case["key_destroyed"], true);
    assert!(case.get("subject").is_none());
    let person = json!({ "identifier": { "kind": "email", "value": "zoe.canari@example.org" } });
    let found = shop.dpo().post("/api/v1/requests/search?status=all", person).await;
    assert_eq!(found.expect(200).json::<Value>()["count"], 0);
    let sealed = guichet::start::sealed_folder(shop.app.config());
    // Nor is anything left that would prove a guess of what stood there.
    let packages: Value = shop.dpo().get(&path("packages")).await.expect(200).json();
    let package = &packages["packages"][0];
    assert_eq!((&package["sha256"], &package["manifest"]), (&Value::Null, &Value::Null));
    let request: RequestId = id.parse().unwrap();
    let read = shop.app.app.read(move |conn| {
        Ok((files::of_request(conn, request)?, events::of_request(conn, request)?))
    });
    let (files, events) = read.await.unwrap();
    assert!(files.len() > 3 && files.iter().all(|file| file.sha256.is_empty()));
    assert!(events.iter().all(|event| !event.detail.contains(&digest)));
    let left = std::fs::read_dir(sealed).unwrap().count();
    assert_eq!(left, 1, "the folder's mark alone");
    shop.dpo().post(&path("notes"), json!({ "note": "trop tard" })).await.expect(409);
}

#[actix_web::test]
async fn a_system_that_the_identifiers_do_not_reach_is_never_called_complete() {
    let shop = Shop::open().await;
    let body = json!({
        "controller_id": shop.controller.id,
        "channel": "letter",
        "rights": ["access"],
        "subject": { "names": ["Zoé Canari"], "identifiers": [] },
    });
    let logged: Value = shop.dpo().post("/api/v1/requests", body).await.expect(201).json();
    let id = logged["request"]["id"].as_str().unwrap();
    shop.identify(id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(id).await;
    assert_eq!(search["systems"][1]["outcome"], "not_searched");
    let package = shop.package(id, &search, "access", None).await;
    assert_eq!(package["complete"], false);
}

//! L-06: what is left of a destroyed case, byte for byte.

use diesel::prelude::*;
use guichet::db::conn::Conn;
use guichet::db::schema::{contacts, events, letters, mails, requests, search_terms};
use guichet::db::url::DatabaseUrl;
use guichet::worker;
use guichet::worker::keeping::sweep;
use serde_json::json;

use super::at;
use crate::audit::tree;
use crate::canary::{CANARIES, places};
use crate::collection::shop::Shop;
use crate::support::app::TestApp;

/// Everything that stands in the database of a person: the wrapped key, what it seals in every
/// table, and the blind terms of the index.
async fn traces(app: &TestApp) -> Vec<Vec<u8>> {
    let read = |conn: &mut Conn| {
        let mut all: Vec<Vec<u8>> = Vec::new();
        let keys: Vec<Option<Vec<u8>>> =
            requests::table.select(requests::wrapped_key).load(conn)?;
        let subjects: Vec<Option<Vec<u8>>> =
            requests::table.select(requests::sealed_subject).load(conn)?;
        all.extend(keys.into_iter().chain(subjects).flatten());
        let words: Vec<Option<Vec<u8>>> = events::table.select(events::sealed_detail).load(conn)?;
        all.extend(words.into_iter().flatten());
        let texts: Vec<Option<Vec<u8>>> = letters::table.select(letters::sealed_text).load(conn)?;
        all.extend(texts.into_iter().flatten());
        let on_file: Vec<Option<Vec<u8>>> =
            contacts::table.select(contacts::sealed_email).load(conn)?;
        all.extend(on_file.into_iter().flatten());
        let of_case = mails::table.filter(mails::request_id.is_not_null());
        all.extend(of_case.select(mails::sealed_message).load::<Vec<u8>>(conn)?);
        all.extend(search_terms::table.select(search_terms::term).load::<Vec<u8>>(conn)?);
        all.retain(|bytes| bytes.len() > 12);
        Ok(all)
    };
    app.app.read(read).await.unwrap()
}

/// A case with words, rows, files, a package, a letter and a mail.
async fn live(shop: &Shop) -> String {
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    shop.dpo().post(&path("notes"), json!({ "note": "canari-note" })).await.expect(200);
    let search = shop.search(&id).await;
    let package = shop.package(&id, &search, "access", Some("canari-reason")).await;
    shop.dpo().post(&path("letters"), json!({ "letter": "ACK" })).await.expect(201);
    let other = shop.package(&id, &search, "portability", Some("canari-reason")).await;
    let typed = json!({ "reference": reference });
    for package in [package, other] {
        let release = path(&format!("packages/{}/release", package["id"].as_str().unwrap()));
        shop.dpo().post(&release, &typed).await.expect(200);
    }
    // The notice that the answer waits is written to the contact on file.
    worker::drain(&shop.app.app).await.unwrap();
    id
}

#[actix_web::test]
async fn l_06_after_its_time_nothing_of_a_person_is_left_and_the_proof_is_whole() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let id = live(&shop).await;
    let traces = traces(app).await;
    assert!(traces.len() > 8, "{} traces", traces.len());
    app.seal().await;
    let tree = tree(&shop.controller);
    let before = app.kept(tree).await;
    let is_file = matches!(app.config().database_url, DatabaseUrl::Sqlite(_));
    let directory = [app.directory()];
    let wanted: Vec<&[u8]> = traces.iter().map(Vec::as_slice).collect();
    if is_file {
        for trace in &wanted {
            let found = places(&directory, &[trace]).1;
            assert!(!found.is_empty(), "looked for in the wrong place");
        }
    }
    app.set_now(at("2032-01-01T09:00:00Z"));
    sweep(&app.app).await.unwrap();
    worker::drain(&app.app).await.unwrap();
    let case = format!("/api/v1/requests/{id}");
    let case: serde_json::Value = shop.dpo().get(&case).await.expect(200).json();
    assert_eq!(case["key_destroyed"], true);
    let left = self::traces(app).await;
    assert!(left.is_empty(), "{} of {} are left", left.len(), traces.len());
    if is_file {
        // The file of the database with its free pages, its log, the sealed files beside it.
        let (read, found) = places(&directory, &wanted);
        assert!(read > 3 && found.is_empty(), "{} traces are left", found.len());
        let canaries: Vec<&[u8]> = CANARIES.iter().map(|canary| canary.as_bytes()).collect();
        let (_, found) = places(&directory, &canaries);
        assert!(found.is_empty(), "{found:?}");
    } else {
        println!("skipped: the files of a PostgreSQL are its administrator's");
    }
    let folder = guichet::start::sealed_folder(app.config());
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "the folder's mark alone");
    // The history that was signed before stays proven, and so does what came since.
    app.seal().await;
    let after = app.kept(tree).await;
    let report = app.verify(tree, &[before, after]).await;
    assert!(report.is_whole() && report.proven == report.size, "{report:?}");
    app.assert_replays().await;
}

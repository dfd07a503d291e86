//! What is left of a document that is gone: in the files of the instance, in a case file, and in a
//! backup from before.

use diesel::prelude::*;
use guichet::app::Clock;
use guichet::db::conn::Conn;
use guichet::db::schema::{files as file_rows, identity_documents};
use guichet::db::url::DatabaseUrl;
use guichet::worker;
use guichet::worker::destroyed_keys::ledger_of;
use serde_json::json;

use super::{card, files, path, record, rows, scene};
use crate::backup::{Clean, run};
use crate::canary::places;
use crate::case_file::unzip;

#[actix_web::test]
async fn no_byte_of_it_stands_in_clear_and_its_key_leaves_the_files() {
    let (desk, case) = scene().await;
    let document = record(&desk, &case, &card()).await;
    desk.client().get(&path(&case, &document)).await.expect(200);
    let directory = [desk.app.directory()];
    let (read, found) = places(&directory, &[b"canari-document"]);
    assert!(read > 2 && found.is_empty(), "{found:?}");
    let row = rows(&desk).await.remove(0);
    let digests: Vec<Vec<u8>> = desk
        .app
        .app
        .read(|conn: &mut Conn| Ok(file_rows::table.select(file_rows::sha256).load(conn)?))
        .await
        .unwrap();
    assert_eq!(digests, [Vec::<u8>::new()], "a digest would prove a guess of the file");
    let wrapped = row.wrapped_key.unwrap();
    let is_file = matches!(desk.app.config().database_url, DatabaseUrl::Sqlite(_));
    if is_file {
        let found = places(&directory, &[&wrapped]).1;
        assert!(!found.is_empty(), "looked for in the wrong place");
    }
    let decided = json!({ "methods": [], "reason": "No match." });
    desk.client().verb(&case, "identity-decision", decided).await.expect(200);
    worker::drain(&desk.app.app).await.unwrap();
    assert_eq!(files(&desk), 0);
    if is_file {
        let (_, found) = places(&directory, &[&wrapped, b"canari-document"]);
        assert!(found.is_empty(), "the wrapped key is left: {}", found.len());
    } else {
        println!("skipped: the files of a PostgreSQL are its administrator's");
    }
    // The keyed hash stays with the case, and goes with its key.
    assert!(rows(&desk).await[0].content_index.is_some());
    desk.client().verb(&case, "withdrawal", json!({ "reason": "Done." })).await.expect(200);
    let destroy = json!({ "reference": case.reference });
    desk.client().verb(&case, "key-destruction", destroy).await.expect(200);
    assert!(rows(&desk).await[0].content_index.is_none());
}

#[actix_web::test]
async fn the_case_file_tells_of_it_and_holds_no_copy() {
    let (desk, case) = scene().await;
    record(&desk, &case, &card()).await;
    desk.app.seal().await;
    let path = format!("/api/v1/requests/{}/case-file", case.id);
    let answer = desk.client().get(&path).await.expect(200);
    let entries = unzip(&answer.body);
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let all: Vec<String> = entries.values().map(text).collect();
    assert!(all.iter().any(|it| it.contains("IdentityDocumentReceived")), "{:?}", entries.keys());
    assert!(all.iter().any(|it| it.contains("An identity document came in")), "in words");
    assert!(all.iter().all(|it| !it.contains("canari-document")), "a copy in the case file");
}

#[actix_web::test]
async fn a_backup_from_before_brings_it_back_for_nobody() {
    let (desk, case) = scene().await;
    // Of the real time: a restore knows no other.
    desk.app.set_now(Clock::Machine.now());
    record(&desk, &case, &card()).await;
    let second = super::log(&desk, "Ana Silva", "ana@personne.example").await;
    record(&desk, &second, &[card(), vec![2]].concat()).await;
    worker::drain(&desk.app.app).await.unwrap();
    desk.app.seal().await;
    let app = &desk.app;
    let saved = app.directory().join("before.backup");
    run(app.config(), &["backup", saved.to_str().unwrap()], 0);
    let bytes = std::fs::read(&saved).unwrap();
    assert!(!bytes.windows(8).any(|it| it == b"canari-d"), "in clear in the backup");
    let decided = json!({ "methods": [], "reason": "No match." });
    desk.client().verb(&case, "identity-decision", decided).await.expect(200);
    app.seal().await;
    app.seal().await;
    let ledger = ledger_of(&app.config().checkpoint_dir);
    let gone = rows(&desk).await.into_iter().find(|row| row.removed_at.is_some()).unwrap().id;
    let listed = std::fs::read_to_string(&ledger).unwrap();
    assert_eq!(listed, format!("{}\n", json!({ "document": gone, "of": case.id })));

    let clean = Clean::new(&app.config().master_key_file);
    let arguments = ["restore", saved.to_str().unwrap(), "--ledger", ledger.to_str().unwrap()];
    let told = run(&clean.config, &arguments, 0);
    assert!(told.contains("1 key was destroyed again"), "{told}");
    let restored = clean.open();
    let keys = |conn: &mut Conn| {
        let all = identity_documents::table.order(identity_documents::received_at);
        let columns = (identity_documents::id, identity_documents::wrapped_key);
        Ok(all.select(columns).load::<(guichet::domain::ids::FileId, Option<Vec<u8>>)>(conn)?)
    };
    let keys = restored.read(keys).await.unwrap();
    for (id, key) in keys {
        let file = guichet::start::sealed_folder(&clean.config).join(id.to_string());
        assert_eq!((key.is_none(), !file.exists()), (id == gone, id == gone), "{id}");
    }
    let (controller, id) = (desk.controller.id, case.id.parse().unwrap());
    let state = restored
        .read(move |conn| {
            let scope = guichet::domain::actor::Scope::of_job(controller);
            Ok(guichet::workflow::record::load(conn, &scope, id)?.state)
        })
        .await
        .unwrap();
    assert!(state.documents.is_empty(), "its history says so");
}

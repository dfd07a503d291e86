//! Personal data stands nowhere in clear: not in the files of the database, its log and what it
//! writes beside, not in sealed files, temporary folders or the server's own log.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use guichet::db::schema::{jobs, requests};
use guichet::worker;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::faults::server::Server;
use crate::faults::{token, wait};
use crate::support::app::TestApp;
use crate::support::postgresql::OwnPostgresql;

/// What is known of the person, and what others wrote.
pub const CANARIES: [&str; 10] = [
    "Zoé Canari",
    "zoé canari",
    "zoe.canari@example.org",
    "Zoe.Canari",
    "canari-note",
    "canari-paper",
    "canari-letter",
    "canari-reason",
    "canari-broken",
    "canari-query",
];

/// Every file below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { directories.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Where one of these stands, byte for byte.
pub fn places(directories: &[&Path], wanted: &[&[u8]]) -> (usize, Vec<String>) {
    let (mut read, mut found) = (0, Vec::new());
    for path in directories.iter().flat_map(|directory| files(directory)) {
        // What is gone meanwhile, or is a socket, holds nothing.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        read += 1;
        let text = String::from_utf8_lossy(&bytes);
        for canary in wanted {
            // The same question twice; of text, the second way answers much faster.
            let stands = match std::str::from_utf8(canary) {
                Err(_) => bytes.windows(canary.len()).any(|window| window == *canary),
                Ok(canary) => text.contains(canary),
            };
            if stands {
                found.push(format!("{} in {}", String::from_utf8_lossy(canary), path.display()));
            }
        }
    }
    (read, found)
}

/// Words of a ticket, withheld with a note.
fn withheld(search: &Value) -> Value {
    json!({
        "search_id": search["id"], "system": "support", "table": "tickets", "extent": "passage",
        "column": "body", "row": 1, "words": "canari-note", "exemption": "rights_of_others",
        "note": "canari-reason",
    })
}

/// The whole life of a case through a server of its own: intake, search, manual answer, package,
/// download, and calls that fail in every way with the person's data in them.
async fn live(shop: &Shop, server: &Server, token: &str) {
    let send = |method: &str, path: &str, kind: &str, body: &str, wanted: u16| -> Value {
        let headers = [("content-type", kind), ("if-match", "*")];
        let address = server.address;
        let body = body.as_bytes();
        let reply = crate::faults::server::exchange(address, method, path, token, &headers, body);
        let reply = reply.unwrap();
        let text = String::from_utf8_lossy(&reply.body);
        assert_eq!(reply.status, wanted, "{method} {path}: {text}");
        serde_json::from_slice(&reply.body).unwrap_or_default()
    };
    let post = |path: &str, body: Value, wanted: u16| {
        send("POST", path, "application/json", &body.to_string(), wanted)
    };
    let person = json!({
        "names": ["Zoé Canari"],
        "identifiers": [{ "kind": "email", "value": "zoe.canari@example.org" }],
    });
    let logged = json!({
        "controller_id": shop.controller.id, "channel": "email", "rights": ["access"],
        "subject": person, "words": "Tout : canari-note",
    });
    let case = post("/api/v1/requests", logged, 201);
    let case = format!("/api/v1/requests/{}", case["request"]["id"].as_str().unwrap());
    let path = |end: &str| format!("{case}/{end}");
    let decided = json!({ "level": "v2", "methods": ["in_person", "known_facts"] });
    post(&path("identity-decision"), decided, 200);
    post(&path("notes"), json!({ "note": "canari-note" }), 200);
    let search = post(&path("searches"), json!({}), 202);
    let search = path(&format!("searches/{}", search["id"].as_str().unwrap()));
    let found = wait(server, &search, token, |search| !search["ended_at"].is_null());
    assert_eq!(found["systems"][1]["rows"], 3, "{found}");
    let paper = format!("{search}/systems/paper");
    let upload = format!("{paper}/files?name=canari-paper.txt");
    send("POST", &upload, "application/octet-stream", "canari-paper", 201);
    let typed = json!({
        "outcome": "answered", "tables": [{ "table": "folder", "rows": [{ "text": "canari-paper" }] }],
    });
    post(&format!("{paper}/answer"), typed, 200);
    post(&path("withholdings"), withheld(&found), 201);
    let wish = json!({
        "search_id": found["id"], "right": "access", "incomplete_reason": "canari-reason",
    });
    let package = post(&path("packages"), wish, 202);
    let package = path(&format!("packages/{}", package["id"].as_str().unwrap()));
    wait(server, &package, token, |package| package["state"] == "ready");
    assert_eq!(server.get(&format!("{package}/content"), token).unwrap().status, 200);
    let letter = post(&path("letters"), json!({ "letter": "ACK" }), 201);
    let letter = path(&format!("letters/{}", letter["id"].as_str().unwrap()));
    let parts = json!({ "understood": "canari-letter", "next_steps": "canari-letter" });
    let written = json!({ "parts": parts }).to_string();
    let written = send("PUT", &letter, "application/json", &written, 200);
    assert!(written["text"].as_str().unwrap().contains("Zoé Canari"), "{written}");
    post(&format!("{letter}/sending"), json!({ "delivery": "portal" }), 200);
    let person = json!({ "identifier": { "kind": "email", "value": "zoe.canari@example.org" } });
    assert_eq!(post("/api/v1/requests/search?status=all", person, 200)["count"], 1);
    // What fails repeats nothing either.
    send("POST", "/api/v1/requests", "application/json", "{\"words\":\"canari-broken", 400);
    post("/api/v1/requests", json!({ "canari-broken": "canari-broken" }), 422);
    post("/api/v1/requests", json!({ "channel": "canari-broken" }), 422);
    let wrong = json!({ "identifier": { "kind": "email", "value": "canari-broken" } });
    post("/api/v1/requests/search", wrong, 422);
    let query = server.get("/api/v1/requests?status=canari-query&q=canari-query", token).unwrap();
    assert!(query.status == 422 || query.status == 400, "{}", query.status);
    let sign_in = json!({ "email": "zoe.canari@example.org", "password": "canari-broken" });
    let refused = server.post("/api/v1/tokens", "", &[], &sign_in.to_string()).unwrap();
    assert!([401, 422].contains(&refused.status), "{}", refused.status);
}

#[actix_web::test]
async fn no_personal_data_stands_in_clear_in_any_file_or_log() {
    let own = OwnPostgresql::start();
    let shop = match &own {
        Some(own) => Shop::open_with(|config| own.set_up(config)).await,
        None => Shop::open().await,
    };
    let beside = tempfile::tempdir().unwrap();
    let server = Server::start_logged(shop.app.config(), beside.path());
    let token = token(&shop.app, shop.dpo.id);
    live(&shop, &server, &token).await;
    let mut directories = vec![shop.app.directory(), beside.path()];
    if let Some(own) = &own {
        // Into its files, beside the write-ahead log that has it already.
        let flush = |conn: &mut guichet::db::conn::Conn| Ok(conn.batch_execute("CHECKPOINT")?);
        shop.app.app.read(flush).await.unwrap();
        directories.push(own.home());
    }
    let wanted: Vec<&[u8]> = CANARIES.iter().map(|canary| canary.as_bytes()).collect();
    // While the server runs, with its log and its temporary files, and once more when it is gone.
    for _ in 0..2 {
        let (read, found) = places(&directories, &wanted);
        assert!(found.is_empty(), "{found:#?}");
        assert!(read > if own.is_some() { 500 } else { 8 }, "{read} files");
    }
    server.kill();
    let (_, found) = places(&directories, &wanted);
    assert!(found.is_empty(), "{found:#?}");
    // The search itself finds what stands there: the reference is no secret, and is in both.
    let log = std::fs::read_to_string(beside.path().join("log")).unwrap();
    assert!(log.contains("request_id") || log.contains("\"level\""), "nothing was logged: {log}");
    let reference = |conn: &mut guichet::db::conn::Conn| {
        Ok(requests::table.select(requests::reference).first::<String>(conn)?)
    };
    let reference = shop.app.app.read(reference).await.unwrap();
    assert!(!places(&directories, &[reference.as_bytes()]).1.is_empty());
}

/// The key of the one case as it stands wrapped in its row.
async fn wrapped_key(app: &TestApp) -> Option<Vec<u8>> {
    let key = |conn: &mut guichet::db::conn::Conn| {
        Ok(requests::table.select(requests::wrapped_key).first(conn)?)
    };
    app.app.read(key).await.unwrap()
}

async fn remove_job(app: &TestApp) -> (String, Option<String>) {
    let job = |conn: &mut guichet::db::conn::Conn| {
        let remove = jobs::table.filter(jobs::kind.eq("RemoveFiles"));
        Ok(remove.select((jobs::state, jobs::last_error)).first(conn)?)
    };
    app.app.read(job).await.unwrap()
}

#[actix_web::test]
async fn the_bytes_of_a_destroyed_key_are_gone_once_nobody_reads_the_log() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let guichet::db::url::DatabaseUrl::Sqlite(database) = app.config().database_url.clone() else {
        println!("skipped: the files of a PostgreSQL are its administrator's");
        return;
    };
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    let key = wrapped_key(app).await.unwrap();
    let live = [app.directory()];
    assert!(!places(&live, &[&key]).1.is_empty(), "the key is looked for in the wrong place");
    let path = |end: &str| format!("/api/v1/requests/{id}/{end}");
    shop.dpo().post(&path("withdrawal"), json!({ "reason": "fini" })).await.expect(200);
    // Somebody reads the database from before the destruction on: a backup, for one.
    let reader = rusqlite::Connection::open(&database).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count = "SELECT count(*) FROM requests";
    assert_eq!(reader.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    let destroy = json!({ "reference": reference });
    shop.dpo().post(&path("key-destruction"), destroy).await.expect(200);
    assert_eq!(wrapped_key(app).await, None);
    worker::drain(&app.app).await.unwrap();
    assert_eq!(remove_job(app).await, ("available".to_owned(), Some("log-busy".to_owned())));
    assert!(!places(&live, &[&key]).1.is_empty(), "the reader still needs it");
    // The backup ends; the next try finishes.
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    app.advance(chrono::Duration::minutes(1));
    worker::drain(&app.app).await.unwrap();
    assert_eq!(remove_job(app).await, ("done".to_owned(), None));
    let (read, found) = places(&live, &[&key]);
    assert!(read > 3 && found.is_empty(), "{found:?}");
}

//! A server that is killed at any moment: no request that it acknowledged is lost or doubled, and no
//! part of a package can be fetched.

mod server;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use guichet::db::schema::requests;
use guichet::domain::actor::Role;
use guichet::domain::ids::UserId;
use serde_json::{Value, json};

use self::server::{Server, exchange};
use crate::collection::shop::Shop;
use crate::support::app::TestApp;

/// How often the server is killed: a few times by default, more where the environment says so.
fn rounds() -> u32 {
    std::env::var("TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// A token that is good now, by the clock of the machine that the server runs on.
#[expect(clippy::disallowed_methods, reason = "the server under test reads the machine's clock")]
fn token(app: &TestApp, user: UserId) -> String {
    app.front.tokens.issue(user, chrono::Utc::now()).unwrap()
}

/// What the client knows: by key, the reference that was acknowledged, if it was.
type Ledger = Arc<Mutex<BTreeMap<String, Option<String>>>>;

fn reference(body: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap();
    answer["request"]["reference"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn no_acknowledged_request_is_lost_or_doubled_by_kill_9() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let ledger: Ledger = Arc::default();
    let next = Arc::new(AtomicU32::new(0));
    let body = |key: &str| {
        json!({
            "controller_id": controller.id, "channel": "web", "rights": ["access"],
            "subject": { "names": [key], "identifiers": [{ "kind": "email", "value": "a@b.example" }] },
        })
        .to_string()
    };
    for round in 0..rounds() {
        let server = Server::start(app.config(), None);
        let token = token(&app, agent.id);
        let stop = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..8)
            .map(|_| {
                let (ledger, next, stop) = (ledger.clone(), next.clone(), stop.clone());
                let (address, token, body) = (server.address, token.clone(), body("Alice Exemple"));
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let key = format!("key-{}", next.fetch_add(1, Ordering::SeqCst));
                        ledger.lock().unwrap().insert(key.clone(), None);
                        let headers =
                            [("content-type", "application/json"), ("idempotency-key", &key)];
                        let path = "/api/v1/requests";
                        let reply =
                            exchange(address, "POST", path, &token, &headers, body.as_bytes());
                        if let Some(reply) = reply.filter(|reply| reply.status == 201) {
                            let acknowledged = Some(reference(&reply.body));
                            ledger.lock().unwrap().insert(key, acknowledged);
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(u64::from(150 + (round * 37) % 200)));
        server.kill();
        stop.store(true, Ordering::SeqCst);
        for client in clients {
            client.join().unwrap();
        }
    }
    // Whoever heard nothing asks again, with the same key.
    let server = Server::start(app.config(), None);
    let token = token(&app, agent.id);
    let mut known = ledger.lock().unwrap().clone();
    for (key, acknowledged) in &mut known {
        let headers = [("idempotency-key", key.as_str())];
        if acknowledged.is_none() {
            let body = body("Alice Exemple");
            let reply = server.post("/api/v1/requests", &token, &headers, &body).unwrap();
            assert_eq!(reply.status, 201);
            *acknowledged = Some(reference(&reply.body));
        }
    }
    drop(server);
    let mut wanted: Vec<String> = known.into_values().flatten().collect();
    wanted.sort();
    let stored = app.app.read(|conn| {
        let found: Vec<String> =
            requests::table.select(requests::reference).order(requests::reference).load(conn)?;
        Ok(found)
    });
    let stored = stored.await.unwrap();
    assert!(wanted.len() > usize::try_from(rounds()).unwrap(), "{} requests", wanted.len());
    assert_eq!(stored, wanted, "lost or doubled");
}

/// Asks until the answer satisfies, for a bounded time.
fn wait(server: &Server, path: &str, token: &str, good: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let reply = server.get(path, token).unwrap();
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        if good(&answer) {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{path}: {answer}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[actix_web::test]
async fn a_search_and_a_package_survive_kill_9_and_no_part_is_fetched() {
    let shop = Shop::open().await;
    shop.add_orders(20_000);
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["code_on_file", "call_back"]).await;
    let case = format!("/api/v1/requests/{id}");
    for round in 0..rounds() {
        let pause = Duration::from_millis(u64::from(20 + (round * 61) % 300));
        let mut server = Server::start(shop.app.config(), None);
        let token = token(&shop.app, shop.dpo.id);
        let any = [("if-match", "*")];
        let started = server.post(&format!("{case}/searches"), &token, &any, "{}").unwrap();
        assert_eq!(started.status, 202, "{}", String::from_utf8_lossy(&started.body));
        let search: Value = serde_json::from_slice(&started.body).unwrap();
        let path = format!("{case}/searches/{}", search["id"].as_str().unwrap());
        // One kill a round: in the search, then in the packing.
        if round % 2 == 0 {
            std::thread::sleep(pause);
            server.kill();
            server = Server::start(shop.app.config(), None);
        }
        let search = wait(&server, &path, &token, |search| !search["ended_at"].is_null());
        assert_eq!(search["systems"][1]["outcome"], "complete");
        assert_eq!(search["systems"][1]["rows"], 20_003);
        let wish = json!({ "search_id": search["id"], "right": "access" }).to_string();
        let asked = server.post(&format!("{case}/packages"), &token, &[], &wish).unwrap();
        assert_eq!(asked.status, 202);
        let package: Value = serde_json::from_slice(&asked.body).unwrap();
        let path = format!("{case}/packages/{}", package["id"].as_str().unwrap());
        if round % 2 == 1 {
            std::thread::sleep(pause / 2);
            let content = server.get(&format!("{path}/content"), &token);
            server.kill();
            // Either it was whole already, or there was nothing to fetch.
            if let Some(early) = content {
                assert!(early.status == 409 || whole(&early.body), "{}", early.status);
            }
            server = Server::start(shop.app.config(), None);
        }
        wait(&server, &path, &token, |package| package["state"] == "ready");
        let content = server.get(&format!("{path}/content"), &token).unwrap();
        assert_eq!(content.status, 200);
        assert!(whole(&content.body));
    }
}

/// Whether the ZIP holds every order.
fn whole(bytes: &[u8]) -> bool {
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes.to_vec())) else {
        return false;
    };
    let mut orders = String::new();
    zip.by_name("data/shop.orders.json").unwrap().read_to_string(&mut orders).unwrap();
    let orders: Vec<Value> = serde_json::from_str(&orders).unwrap();
    orders.len() == 20_002
}

#[actix_web::test]
async fn a_full_disk_is_told_and_nothing_is_acknowledged() {
    let app = TestApp::start().await;
    if matches!(app.config().database_url, guichet::db::url::DatabaseUrl::Postgres(_)) {
        // The limit is on our own files; PostgreSQL writes its own.
        return;
    }
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    // Files end at 700 KiB: the database and its log soon reach that.
    let server = Server::start(app.config(), Some("ulimit -f 700; "));
    let token = token(&app, agent.id);
    let body = json!({
        "controller_id": controller.id, "channel": "web", "rights": ["access"],
        "subject": { "names": ["Alice Exemple"] }, "words": "x".repeat(15_000),
    })
    .to_string();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for _ in 0..400 {
        match server.post("/api/v1/requests", &token, &[], &body) {
            Some(reply) if reply.status == 201 => acknowledged.push(reference(&reply.body)),
            Some(reply) => {
                assert_eq!(reply.status, 503, "{}", String::from_utf8_lossy(&reply.body));
                refused += 1;
            }
            None => panic!("no answer at all"),
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk was never full");
    assert!(!acknowledged.is_empty());
    drop(server);
    acknowledged.sort();
    // With room again, a server finds exactly what was acknowledged.
    let server = Server::start(app.config(), None);
    assert_eq!(server.post("/api/v1/requests", &token, &[], &body).unwrap().status, 201);
    let stored: Vec<String> = app
        .app
        .read(|conn| Ok(requests::table.select(requests::reference).load(conn)?))
        .await
        .unwrap();
    assert_eq!(stored.len(), acknowledged.len() + 1);
    assert!(acknowledged.iter().all(|reference| stored.contains(reference)));
}

//! An orderly end: what is in flight is finished, what is at work is given back, and the process is
//! gone within ten seconds.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use guichet::db::schema::jobs;
use guichet::domain::actor::Role;
use serde_json::Value;

use super::server::{Process, Server};
use super::{Ledger, token};
use crate::collection::shop::Shop;
use crate::support::app::TestApp;

const PROMISED: Duration = Duration::from_secs(10);

/// State, fence and tries of the one search.
async fn search_job(app: &TestApp) -> (String, i64, i32) {
    let read = app.app.read(|conn| {
        let search = jobs::table.filter(jobs::kind.eq("SearchGroup"));
        Ok(search.select((jobs::state, jobs::fence, jobs::attempts)).first(conn)?)
    });
    read.await.unwrap()
}

async fn wait_until_running(app: &TestApp, within: Duration) -> (String, i64, i32) {
    let began = Instant::now();
    loop {
        let job = search_job(app).await;
        if job.0 == "running" {
            return job;
        }
        assert!(began.elapsed() < within, "nobody took the search: {job:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[actix_web::test]
async fn sigterm_ends_what_is_in_flight_and_gives_back_what_is_at_work() {
    let shop = Shop::open().await;
    let app = &shop.app;
    // Enough for many seconds.
    shop.add_orders(900_000);
    let (id, reference) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let ledger = Ledger::new(&shop.controller);
    ledger.note("before", Some(reference));
    let server = Server::start(app.config(), None);
    let token = token(app, shop.dpo.id);
    let path = format!("/api/v1/requests/{id}/searches");
    let started = server.post(&path, &token, &[("if-match", "*")], "{}").unwrap();
    assert_eq!(started.status, 202);
    let clients = ledger.begin(8, server.address, &token);
    wait_until_running(app, Duration::from_secs(5)).await;
    ledger.wait_for(10);
    // A browser keeps its connection open, and says nothing.
    let mut idle = TcpStream::connect(server.address).unwrap();
    write!(idle, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert!(idle.read(&mut [0; 64]).unwrap() > 12);
    let took = server.terminate();
    ledger.stop(clients);
    assert!(took < PROMISED, "{took:?}");
    let (state, fence, tries) = search_job(app).await;
    assert_eq!((state.as_str(), tries), ("available", 0), "the lease was not returned");

    // Another process takes the search at once, and stops as well.
    let worker = Process::work(app.config());
    let taken = wait_until_running(app, Duration::from_secs(4)).await;
    assert_eq!((taken.1, taken.2), (fence + 1, 1));
    std::thread::sleep(Duration::from_millis(300));
    let took = worker.terminate();
    assert!(took < PROMISED, "{took:?}");
    let (state, _, tries) = search_job(app).await;
    assert_eq!((state.as_str(), tries), ("available", 0), "the lease was not returned");
    let left = std::fs::read_dir(guichet::start::sealed_folder(app.config())).unwrap().count();
    assert_eq!(left, 1, "rows of a search that was given back");

    let server = Server::start(app.config(), None);
    ledger.settle(app, server.address, &token).await;
    let answer: Value = serde_json::from_slice(&server.get(&path, &token).unwrap().body).unwrap();
    assert_eq!(answer["searches"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_query_that_finds_nothing_for_long_is_given_up_at_once() {
    let shop = Shop::open().await;
    let app = &shop.app;
    let path = app.config().allowed.directories[0].join("shop.db");
    let endless = "DROP TABLE customers; CREATE VIEW customers AS WITH RECURSIVE n (i) AS \
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000000000) \
        SELECT i AS id, '' AS email, '' AS name, '' AS password_hash, 0 AS churn_score \
        FROM n WHERE i < 0";
    rusqlite::Connection::open(path).unwrap().execute_batch(endless).unwrap();
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let server = Server::start(app.config(), None);
    let token = token(app, shop.dpo.id);
    let path = format!("/api/v1/requests/{id}/searches");
    let started = server.post(&path, &token, &[("if-match", "*")], "{}").unwrap();
    assert_eq!(started.status, 202);
    wait_until_running(app, Duration::from_secs(5)).await;
    std::thread::sleep(Duration::from_millis(500));
    let took = server.terminate();
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (state, _, tries) = search_job(app).await;
    assert_eq!((state.as_str(), tries), ("available", 0), "the lease was not returned");
}

#[actix_web::test]
async fn a_package_that_is_being_built_is_given_back_too() {
    let shop = Shop::open().await;
    let app = &shop.app;
    shop.add_orders(150_000);
    let (id, _) = shop.log("zoe.canari@example.org").await;
    shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
    let search = shop.search(&id).await;
    let before = std::fs::read_dir(guichet::start::sealed_folder(app.config())).unwrap().count();
    let server = Server::start(app.config(), None);
    let token = token(app, shop.dpo.id);
    let wish = serde_json::json!({ "search_id": search["id"], "right": "access" }).to_string();
    let path = format!("/api/v1/requests/{id}/packages");
    assert_eq!(server.post(&path, &token, &[], &wish).unwrap().status, 202);
    let building = || async {
        let read = app.app.read(|conn| {
            let search = jobs::table.filter(jobs::kind.eq("BuildPackage"));
            let found: (String, i32) = search.select((jobs::state, jobs::attempts)).first(conn)?;
            Ok(found)
        });
        read.await.unwrap()
    };
    while building().await.0 != "running" {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    let took = server.terminate();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(building().await, ("available".to_owned(), 0));
    let left = std::fs::read_dir(guichet::start::sealed_folder(app.config())).unwrap().count();
    assert_eq!(left, before, "a part of a package");
}

#[actix_web::test]
async fn a_request_that_never_ends_does_not_hold_the_process() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let server = Server::start(app.config(), None);
    let token = token(&app, agent.id);
    let mut stalled = TcpStream::connect(server.address).unwrap();
    write!(
        stalled,
        "POST /api/v1/requests HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"words\":"
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let took = server.terminate();
    assert!(took < PROMISED, "{took:?}");
    let mut answer = String::new();
    let _ = stalled.read_to_string(&mut answer);
    assert!(!answer.contains(" 201 "), "{answer}");
}

#[actix_web::test]
async fn a_log_that_nobody_takes_ends_no_server() {
    let shop = Shop::open().await;
    let server = Server::start_deaf(shop.app.config());
    let token = token(&shop.app, shop.dpo.id);
    for _ in 0..20 {
        // Each of these is logged.
        assert_eq!(server.get("/api/v1/requests", "").unwrap().status, 401);
        assert_eq!(server.get("/api/v1/requests", &token).unwrap().status, 200);
    }
    server.terminate();
}

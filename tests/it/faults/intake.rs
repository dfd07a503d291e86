//! Requests that come in while the server is killed, and when its disk is full.

use std::time::Duration;

use diesel::prelude::*;
use guichet::db::schema::requests;
use guichet::domain::actor::Role;
use serde_json::json;

use super::server::Server;
use super::{Ledger, reference, rounds, token};
use crate::support::app::TestApp;

#[actix_web::test]
async fn no_acknowledged_request_is_lost_or_doubled_by_kill_9() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let ledger = Ledger::new(&controller);
    for round in 0..rounds() {
        let server = Server::start(app.config(), None);
        let before = ledger.acknowledged();
        let clients = ledger.begin(8, server.address, &token(&app, agent.id));
        // Well in the middle of it.
        ledger.wait_for(before + 3);
        std::thread::sleep(Duration::from_millis(u64::from((round * 37) % 200)));
        server.kill();
        ledger.stop(clients);
    }
    let server = Server::start(app.config(), None);
    ledger.settle(&app, server.address, &token(&app, agent.id)).await;
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

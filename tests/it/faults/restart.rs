//! A PostgreSQL that is stopped and started under the running server.

use std::time::{Duration, Instant};

use guichet::domain::actor::Role;

use super::server::Server;
use super::{Ledger, token};
use crate::support::app::TestApp;
use crate::support::postgresql::OwnPostgresql;

const PROMISED: Duration = Duration::from_secs(10);

#[actix_web::test]
async fn a_postgresql_that_stops_and_starts_is_found_again_and_nothing_is_lost() {
    let Some(own) = OwnPostgresql::start() else {
        return;
    };
    let app = TestApp::start_with(|config| own.set_up(config)).await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Dpo)]).await;
    let ledger = Ledger::new(&controller);
    let server = Server::start(app.config(), None);
    let token = token(&app, agent.id);
    let mut acknowledged = 0;
    for mode in ["fast", "immediate"] {
        let clients = ledger.begin(8, server.address, &token);
        ledger.wait_for(acknowledged + 10);
        own.stop(mode);
        let began = Instant::now();
        for path in ["/api/v1/requests", "/api/v1/requests?status=all"] {
            let reply = server.get(path, &token).expect("an answer");
            assert_eq!(reply.status, 503, "{mode}: {}", String::from_utf8_lossy(&reply.body));
            assert!(reply.head.contains("retry-after: "), "{}", reply.head);
        }
        let headers = [("idempotency-key", "while-it-is-away")];
        let reply = server.post("/api/v1/requests", &token, &headers, &ledger.body);
        let reply = reply.expect("an answer");
        assert_eq!(reply.status, 503, "{mode}: {}", String::from_utf8_lossy(&reply.body));
        assert!(reply.head.contains("retry-after: "), "{}", reply.head);
        assert!(began.elapsed() < Duration::from_secs(15), "each hears soon");
        assert_eq!(server.get("/readyz", "").expect("an answer").status, 503);
        assert_eq!(server.get("/healthz", "").expect("an answer").status, 200);
        ledger.stop(clients);
        acknowledged = ledger.acknowledged();
        // It comes back, and the server with it, without a restart.
        own.begin();
        let began = Instant::now();
        let key = format!("after-{mode}");
        let reference = loop {
            if let Some(reference) = ledger.log(&key, server.address, &token) {
                break reference;
            }
            assert!(began.elapsed() < PROMISED, "{mode}: not back after {PROMISED:?}");
            std::thread::sleep(Duration::from_millis(50));
        };
        ledger.note(&key, Some(reference));
        assert!(began.elapsed() < PROMISED, "{mode}: {:?}", began.elapsed());
        assert_eq!(server.get("/api/v1/requests", &token).expect("an answer").status, 200);
        ledger.settle(&app, server.address, &token).await;
    }
}

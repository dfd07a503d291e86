//! Bodies that nobody should send, over a real connection: a clear answer each, and the server goes
//! on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use guichet::domain::actor::Role;
use serde_json::Value;

use super::server::Server;
use super::{Ledger, token};
use crate::support::app::TestApp;

#[actix_web::test]
async fn bodies_that_are_too_long_too_deep_or_malformed_are_told_and_the_server_lives_on() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let agent = app.user(&[(controller.id, Role::Agent)]).await;
    let server = Server::start(app.config(), None);
    let token = token(&app, agent.id);
    let ledger = Ledger::new(&controller);
    let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(3_000), "}".repeat(3_000));
    let inside = ledger.body.replacen("[\"access\"]", &deep, 1);
    let long = format!("{{\"words\":\"{}\"}}", "x".repeat(10_000_000));
    let cases: [(&str, &str, &[u16]); 8] = [
        ("ten megabytes", &long, &[413]),
        ("3,000 levels", &deep, &[400, 422]),
        ("3,000 objects", &deep_objects, &[400, 422]),
        ("3,000 levels inside", &inside, &[400, 422]),
        ("a broken end", "{\"controller_id\":", &[400]),
        ("no text at all", "", &[400]),
        ("half a character", "{\"words\":\"\u{fffd}", &[400]),
        ("another shape", "{\"rights\": 7}", &[422]),
    ];
    for (what, body, wanted) in cases {
        let reply = server.post("/api/v1/requests", &token, &[], body);
        let reply = reply.unwrap_or_else(|| panic!("{what}: no answer"));
        assert!(wanted.contains(&reply.status), "{what}: {}", reply.status);
        let problem: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(
            problem["detail"].as_str().is_some_and(|text| text.len() > 20),
            "{what}: {problem}"
        );
        assert!(reply.head.contains("application/problem+json"), "{what}: {}", reply.head);
    }
    // Bytes that are no UTF-8.
    let headers = [("content-type", "application/json")];
    let path = "/api/v1/requests";
    let bytes = b"{\"channel\":\"\xff\xfe\"}";
    let reply = super::exchange(server.address, "POST", path, &token, &headers, bytes).unwrap();
    assert_eq!(reply.status, 400);
    // A head that is none, on a connection of its own.
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(b"\x16\x03\x01 nonsense\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    // Nothing of that was kept, and a good request is taken.
    let reference = ledger.log("good", server.address, &token);
    ledger.note("good", Some(reference.expect("the server lives on")));
    ledger.settle(&app, server.address, &token).await;
}

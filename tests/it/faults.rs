//! A server that is killed at any moment, told to stop, or loses its database or its disk: no request
//! that it acknowledged is lost or doubled, and no part of a package can be fetched.

mod bodies;
mod intake;
mod restart;
pub mod server;
mod stop;
mod work;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use guichet::db::controllers::Controller;
use guichet::db::schema::requests;
use guichet::domain::ids::UserId;
use serde_json::{Value, json};

use self::server::{Server, exchange};
use crate::support::app::TestApp;
use crate::support::builders::credential;

/// How often the server is killed: a few times by default, more where the environment says so.
fn rounds() -> u32 {
    std::env::var("TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// A token that is good now, by the clock of the machine that the server runs on.
#[expect(clippy::disallowed_methods, reason = "the server under test reads the machine's clock")]
pub fn token(app: &TestApp, user: UserId) -> String {
    app.front.tokens.issue(user, credential(), chrono::Utc::now()).unwrap()
}

fn reference(body: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap();
    answer["request"]["reference"].as_str().unwrap().to_owned()
}

/// Asks until the answer satisfies, for a bounded time.
pub fn wait(server: &Server, path: &str, token: &str, good: impl Fn(&Value) -> bool) -> Value {
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

/// Clients that log requests, and what they know: by idempotency key, the reference that was
/// acknowledged, if it was.
#[derive(Clone)]
struct Ledger {
    known: Arc<Mutex<BTreeMap<String, Option<String>>>>,
    next: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    body: String,
}

impl Ledger {
    fn new(controller: &Controller) -> Self {
        let body = json!({
            "controller_id": controller.id, "channel": "web", "rights": ["access"],
            "subject": {
                "names": ["Alice Exemple"],
                "identifiers": [{ "kind": "email", "value": "a@b.example" }],
            },
        });
        let (known, next, stop) = (Arc::default(), Arc::default(), Arc::default());
        Self { known, next, stop, body: body.to_string() }
    }

    /// Logs requests from several threads until [`Ledger::stop`].
    fn begin(&self, clients: u32, address: SocketAddr, token: &str) -> Vec<JoinHandle<()>> {
        self.stop.store(false, Ordering::SeqCst);
        let client = |_| {
            let (ledger, token) = (self.clone(), token.to_owned());
            std::thread::spawn(move || {
                while !ledger.stop.load(Ordering::SeqCst) {
                    let key = format!("key-{}", ledger.next.fetch_add(1, Ordering::SeqCst));
                    ledger.note(&key, None);
                    match ledger.log(&key, address, &token) {
                        Some(reference) => ledger.note(&key, Some(reference)),
                        // Nobody is there any more, or not yet.
                        None => std::thread::sleep(Duration::from_millis(20)),
                    }
                }
            })
        };
        (0..clients).map(client).collect()
    }

    fn stop(&self, clients: Vec<JoinHandle<()>>) {
        self.stop.store(true, Ordering::SeqCst);
        clients.into_iter().for_each(|client| client.join().unwrap());
    }

    fn note(&self, key: &str, acknowledged: Option<String>) {
        self.known.lock().unwrap().insert(key.to_owned(), acknowledged);
    }

    /// The reference that is acknowledged to this key, if it is.
    fn log(&self, key: &str, address: SocketAddr, token: &str) -> Option<String> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = self.body.as_bytes();
        let reply = exchange(address, "POST", "/api/v1/requests", token, &headers, body)?;
        (reply.status == 201).then(|| reference(&reply.body))
    }

    fn acknowledged(&self) -> usize {
        self.known.lock().unwrap().values().flatten().count()
    }

    /// Waits until this many are acknowledged, however slow the machine is.
    fn wait_for(&self, acknowledged: usize) {
        let began = Instant::now();
        while self.acknowledged() < acknowledged {
            assert!(began.elapsed() < Duration::from_secs(60), "{} of them", self.acknowledged());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whoever heard nothing asks again with the same key; then the database holds exactly what
    /// was acknowledged.
    async fn settle(&self, app: &TestApp, address: SocketAddr, token: &str) {
        let known = self.known.lock().unwrap().clone();
        for key in known.iter().filter(|(_, known)| known.is_none()).map(|(key, _)| key) {
            let reference = self.log(key, address, token);
            self.note(key, Some(reference.expect("an answer to a key")));
        }
        let mut wanted: Vec<String> =
            self.known.lock().unwrap().values().flatten().cloned().collect();
        wanted.sort();
        let stored = app.app.read(|conn| {
            let all = requests::table.select(requests::reference).order(requests::reference);
            let all: Vec<String> = all.load(conn)?;
            Ok(all)
        });
        let mut stored = stored.await.unwrap();
        // By bytes, whatever the database sorts by.
        stored.sort();
        assert_eq!(stored, wanted, "lost or doubled");
    }
}

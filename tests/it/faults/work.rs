//! Searches and packages while the server is killed: what was acknowledged is done once and whole.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::server::{Reply, Server, exchange};
use super::{rounds, token, wait};
use crate::collection::shop::Shop;

/// Kills between two times of rest: fewer than a job has tries, since one that is at work when its
/// process dies has been tried.
const KILLS: u32 = 4;

const ORDERS: u32 = 3_000;

/// Whether the server rests after this round, so that what was lost is taken up again.
fn rests(round: u32) -> bool {
    (round + 1).is_multiple_of(KILLS) || round + 1 == rounds()
}

#[actix_web::test]
async fn an_acknowledged_search_survives_kill_9_and_finds_everything_once() {
    let shop = Shop::open().await;
    shop.add_orders(ORDERS);
    let mut server = Server::start(shop.app.config(), None);
    let mut ledger = Vec::new();
    for round in 0..rounds() {
        let token = token(&shop.app, shop.dpo.id);
        let (id, _) = shop.log("zoe.canari@example.org").await;
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        let case = format!("/api/v1/requests/{id}");
        let any = [("if-match", "*")];
        let started = server.post(&format!("{case}/searches"), &token, &any, "{}").unwrap();
        assert_eq!(started.status, 202, "{}", String::from_utf8_lossy(&started.body));
        let search: Value = serde_json::from_slice(&started.body).unwrap();
        ledger.push((case, search["id"].as_str().unwrap().to_owned()));
        std::thread::sleep(Duration::from_millis(u64::from((round * 61) % 400)));
        server.kill();
        server = Server::start(shop.app.config(), None);
        if rests(round) {
            for (case, search) in ledger.drain(..) {
                found_once(&server, &token, &case, &search);
            }
        }
    }
    assert!(ledger.is_empty());
}

/// The search ended, with every row, and one event for each system; it is the only one.
fn found_once(server: &Server, token: &str, case: &str, search: &str) {
    let path = format!("{case}/searches");
    let ended = |all: &Value| !all["searches"][0]["ended_at"].is_null();
    let all = wait(server, &path, token, ended);
    assert_eq!(all["searches"].as_array().unwrap().len(), 1, "lost or doubled");
    let found = &all["searches"][0];
    assert_eq!(found["id"], search);
    let outcome =
        |system: usize| (&found["systems"][system]["outcome"], &found["systems"][system]["rows"]);
    assert_eq!(outcome(1), (&json!("complete"), &json!(ORDERS + 3)));
    assert_eq!(outcome(2), (&json!("complete"), &json!(1)));
    assert_eq!(events(server, token, case, "SystemSearched"), 2, "recorded twice");
}

fn events(server: &Server, token: &str, case: &str, kind: &str) -> usize {
    let reply = server.get(&format!("{case}/events"), token).unwrap();
    let history: Value = serde_json::from_slice(&reply.body).unwrap();
    let events = history["events"].as_array().unwrap().iter();
    events.filter(|event| event["kind"] == kind).count()
}

/// What the client knows: by case, the packages that were acknowledged, and how many it asked for.
type Ledger = Arc<Mutex<(Vec<String>, usize)>>;

#[actix_web::test]
async fn an_acknowledged_package_survives_kill_9_and_no_part_of_one_is_fetched() {
    let shop = Shop::open().await;
    shop.add_orders(ORDERS);
    let mut server = Server::start(shop.app.config(), None);
    let mut cases: BTreeMap<String, Ledger> = BTreeMap::new();
    for round in 0..rounds() {
        let token = token(&shop.app, shop.dpo.id);
        let (id, _) = shop.log("zoe.canari@example.org").await;
        shop.identify(&id, "v2", &["in_person", "known_facts"]).await;
        let search = search(&server, &token, &id);
        let wish = json!({ "search_id": search, "right": "access" }).to_string();
        let path = format!("/api/v1/requests/{id}/packages");
        let ledger = Ledger::default();
        cases.insert(path.clone(), ledger.clone());
        let (address, own, its_token) = (server.address, path.clone(), token.clone());
        let client = std::thread::spawn(move || {
            let headers = [("content-type", "application/json")];
            for _ in 0..2 {
                ledger.lock().unwrap().1 += 1;
                let reply = exchange(address, "POST", &own, &its_token, &headers, wish.as_bytes());
                let Some(reply) = reply.filter(|reply| reply.status == 202) else { return };
                let package: Value = serde_json::from_slice(&reply.body).unwrap();
                ledger.lock().unwrap().0.push(package["id"].as_str().unwrap().to_owned());
            }
        });
        std::thread::sleep(Duration::from_millis(u64::from(5 + (round * 61) % 400)));
        server.kill();
        client.join().unwrap();
        server = Server::start(shop.app.config(), None);
        for (path, ledger) in &cases {
            for package in &ledger.lock().unwrap().0 {
                let content = server.get(&format!("{path}/{package}/content"), &token).unwrap();
                // Either it is whole already, or there is nothing to fetch.
                assert!(content.status == 409 || whole(&content), "{}", content.status);
            }
        }
        if rests(round) {
            for (path, ledger) in std::mem::take(&mut cases) {
                built_once(&server, &token, &path, &ledger.lock().unwrap());
            }
        }
    }
    assert!(cases.is_empty());
}

/// Searches, and waits for the end.
fn search(server: &Server, token: &str, id: &str) -> String {
    let path = format!("/api/v1/requests/{id}/searches");
    let started = server.post(&path, token, &[("if-match", "*")], "{}").unwrap();
    let started: Value = serde_json::from_slice(&started.body).unwrap();
    let id = started["id"].as_str().unwrap().to_owned();
    wait(server, &format!("{path}/{id}"), token, |search| !search["ended_at"].is_null());
    id
}

/// Every package that was acknowledged is there, built once and whole; none that nobody asked for.
fn built_once(server: &Server, token: &str, path: &str, (known, asked): &(Vec<String>, usize)) {
    let built = |all: &Value| {
        let packages = all["packages"].as_array().unwrap();
        packages.iter().all(|package| package["state"] == "ready")
    };
    let all = wait(server, path, token, built);
    let listed = all["packages"].as_array().unwrap();
    let ids: Vec<&str> = listed.iter().map(|package| package["id"].as_str().unwrap()).collect();
    assert!(known.iter().all(|id| ids.contains(&id.as_str())), "lost: {known:?} {ids:?}");
    assert!(ids.len() <= *asked, "doubled: {asked} asked for, {ids:?}");
    let case = path.trim_end_matches("/packages");
    assert_eq!(events(server, token, case, "PackageBuilt"), ids.len(), "built twice");
    for id in ids {
        let content = server.get(&format!("{path}/{id}/content"), token).unwrap();
        assert!(content.status == 200 && whole(&content), "{}", content.status);
    }
}

/// Whether the bytes are those of the digest, and a ZIP that holds every order.
fn whole(content: &Reply) -> bool {
    let digest = STANDARD.encode(Sha256::digest(&content.body)).to_ascii_lowercase();
    if content.status != 200 || !content.head.contains(&format!("repr-digest: sha-256=:{digest}:"))
    {
        return false;
    }
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(content.body.clone())) else {
        return false;
    };
    let mut orders = String::new();
    zip.by_name("data/shop.orders.json").unwrap().read_to_string(&mut orders).unwrap();
    let orders: Vec<Value> = serde_json::from_str(&orders).unwrap();
    orders.len() == usize::try_from(ORDERS).unwrap() + 2
}

//! Answers by hand: who may give them, what a second one does, and files that are handed in.

mod desk;
mod told;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::web::Data;
use guichet::domain::actor::Role;
use guichet::web::Front;
use serde_json::{Value, json};

use crate::collection::shop::Shop;
use crate::collection::{entry, open_zip};
use crate::support::builders::credential;
use crate::support::client::{Answer, Client};
use crate::support::wire::Wire;

/// A shop with a person's cabinet beside its paper file; the owner of the latter is a member.
const CABINET: &str = r"
  - name: cabinet
    connector: manual
    owner: somebody@else.example
    tables:
      - table: sick_notes
        sensitivity: special
        basis: contract
        source: subject
      - table: badges
        basis: contract
        source: subject
";

/// A case whose systems were searched; what waits is answered by hand.
struct Searched {
    id: String,
    reference: String,
    search: Value,
}

impl Searched {
    async fn new(shop: &Shop, level: &str, methods: &[&str]) -> Self {
        let (id, reference) = shop.log("zoe.canari@example.org").await;
        shop.identify(&id, level, methods).await;
        let search = shop.search(&id).await;
        Self { id, reference, search }
    }

    fn system(&self, system: &str) -> String {
        let search = self.search["id"].as_str().unwrap();
        format!("/api/v1/requests/{}/searches/{search}/systems/{system}", self.id)
    }

    async fn answer(&self, client: &Client<'_>, system: &str, body: Value) -> Answer {
        client.post(&format!("{}/answer", self.system(system)), body).await
    }

    async fn upload(&self, client: &Client<'_>, system: &str, content: &'static str) -> Answer {
        let path = format!("{}/files?name=scan.txt", self.system(system));
        let kind = [("content-type", "application/octet-stream")];
        client.send(Method::POST, &path, Some(content.into()), &kind).await
    }

    /// The system as the search shows it now.
    async fn now(&self, shop: &Shop, system: &str) -> Value {
        let path = self.system(system);
        let path = path.split("/systems/").next().unwrap();
        let search: Value = shop.dpo().get(path).await.expect(200).json();
        let systems = search["systems"].as_array().unwrap();
        systems.iter().find(|one| one["system"] == system).unwrap().clone()
    }

    async fn release(&self, shop: &Shop, right: &str) -> Answer {
        let package = shop.package(&self.id, &self.search, right, Some("essai")).await;
        let package = package["id"].as_str().unwrap();
        let path = format!("/api/v1/requests/{}/packages/{package}/release", self.id);
        shop.dpo().post(&path, json!({ "reference": self.reference })).await
    }
}

fn rows(table: &str, rows: Value) -> Value {
    json!({ "outcome": "answered", "tables": [{ "table": table, "rows": rows }] })
}

fn map_with_cabinet() -> String {
    format!("{}{CABINET}", include_str!("collection/map.yaml"))
}

#[actix_web::test]
async fn a_data_owner_answers_for_own_systems_alone() {
    let shop = Shop::open().await;
    let owner = shop.app.user(&[(shop.controller.id, Role::DataOwner)]).await;
    let map =
        map_with_cabinet().replace("owner: dpo@maison.example", &format!("owner: {}", owner.email));
    shop.app.put_map(&shop.dpo, &shop.controller, &map).await.expect(200);
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let owner = shop.app.as_user(&owner).with("if-match", "*");

    case.answer(&owner, "cabinet", json!({ "outcome": "nothing_found" })).await.expect(403);
    case.upload(&owner, "cabinet", "papier").await.expect(403);
    assert_eq!(case.now(&shop, "cabinet").await["outcome"], "waits_for_person");
    case.upload(&owner, "paper", "papier").await.expect(201);
    let answered = case.answer(&owner, "paper", rows("folder", json!([{ "page": 1 }]))).await;
    let answered: Value = answered.expect(200).json();
    let systems = answered["systems"].as_array().unwrap().iter();
    assert_eq!(systems.map(|one| &one["system"]).collect::<Vec<_>>(), ["paper"], "nothing else");
    // Whoever works the case may answer in their stead.
    case.answer(&shop.dpo(), "cabinet", json!({ "outcome": "nothing_found" })).await.expect(200);
    // The newest map says who answers.
    shop.app.put_map(&shop.dpo, &shop.controller, &map_with_cabinet()).await.expect(200);
    case.upload(&owner, "paper", "papier").await.expect(403);
}

#[actix_web::test]
async fn a_table_that_is_typed_again_takes_the_place_of_the_first() {
    let shop = Shop::open().await;
    shop.app.put_map(&shop.dpo, &shop.controller, &map_with_cabinet()).await.expect(200);
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let dpo = shop.dpo();
    let three = json!([{ "no": "A1" }, { "no": "A2" }, { "no": "A3" }]);
    case.answer(&dpo, "cabinet", rows("badges", three)).await.expect(200);
    case.answer(&dpo, "cabinet", rows("sick_notes", json!([{ "day": "2026-01-02" }])))
        .await
        .expect(200);
    let both = case.now(&shop, "cabinet").await;
    assert_eq!(both["rows"], 4, "another table adds to it");
    let again = case.answer(&dpo, "cabinet", rows("badges", json!([{ "no": "B1" }]))).await;
    let again: Value = again.expect(200).json();
    let systems = again["systems"].as_array().unwrap();
    let cabinet = systems.iter().find(|one| one["system"] == "cabinet").unwrap();
    assert_eq!(cabinet["rows"], 2);
    let mut tables = cabinet["tables"].as_array().unwrap().clone();
    tables.sort_by_key(|table| table["table"].as_str().unwrap().to_owned());
    let expected = json!([{ "table": "badges", "rows": 1 }, { "table": "sick_notes", "rows": 1 }]);
    assert_eq!(Value::from(tables), expected);

    let events = dpo.get(&format!("/api/v1/requests/{}/events", case.id)).await;
    let events: Value = events.expect(200).json();
    let events = events["events"].as_array().unwrap().iter();
    let told: Vec<&Value> = events
        .filter(|event| event["kind"] == "SystemSearched" && event["detail"]["system"] == "cabinet")
        .map(|event| &event["detail"]["rows"])
        .collect();
    assert_eq!(told, [3, 4, 2]);

    let package = shop.package(&case.id, &case.search, "access", Some("essai")).await;
    let content = format!(
        "/api/v1/requests/{}/packages/{}/content",
        case.id,
        package["id"].as_str().unwrap()
    );
    let mut zip = open_zip(&dpo.get(&content).await.expect(200).body);
    let badges: Value = serde_json::from_str(&entry(&mut zip, "data/cabinet.badges.json")).unwrap();
    assert_eq!(badges, json!([{ "no": "B1" }]));
}

#[actix_web::test]
async fn a_file_may_follow_nothing_found_and_is_an_event() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let nothing = json!({ "outcome": "nothing_found" });
    case.answer(&shop.dpo(), "paper", nothing.clone()).await.expect(200);
    let tasks = async || {
        let tasks: Value = shop.dpo().get("/api/v1/tasks").await.expect(200).json();
        tasks["tasks"].as_array().unwrap().len()
    };
    assert_eq!(tasks().await, 0);
    let uploaded = case.upload(&shop.dpo(), "paper", "papier").await.expect(201);
    let paper = case.now(&shop, "paper").await;
    assert_eq!((&paper["outcome"], &paper["uploads"]), (&json!("waits_for_person"), &json!(1)));
    assert_eq!(tasks().await, 1, "somebody has to say that this is all");
    let events = shop.dpo().get(&format!("/api/v1/requests/{}/events", case.id)).await;
    let events: Value = events.expect(200).json();
    let last = events["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "FileUploaded");
    assert_eq!(last["detail"]["file"], uploaded.json::<Value>()["id"]);
    assert_eq!(uploaded.header("etag"), Some(format!("\"{}\"", last["version"]).as_str()));

    case.answer(&shop.dpo(), "paper", nothing).await.expect(422);
    case.answer(&shop.dpo(), "paper", json!({ "outcome": "answered" })).await.expect(200);
    assert_eq!(case.now(&shop, "paper").await["outcome"], "answered");
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn special_data_given_by_hand_needs_two_proofs_as_well() {
    let shop = Shop::open().await;
    // Nothing special but in the cabinet.
    let map = map_with_cabinet().replacen("sensitivity: special", "sensitivity: normal", 1);
    shop.app.put_map(&shop.dpo, &shop.controller, &map).await.expect(200);
    let new = || Searched::new(&shop, "v1", &["in_person"]);
    let refused = async |case: &Searched| {
        let answer: Value = case.release(&shop, "access").await.expect(409).json();
        assert_eq!(answer["reason"], "needs-v2");
        // What is special is no part of this one.
        case.release(&shop, "portability").await.expect(200);
    };
    let dpo = shop.dpo();

    let typed = new().await;
    case_badges(&typed, &dpo).await;
    typed.release(&shop, "access").await.expect(200);
    let typed = new().await;
    let note = rows("sick_notes", json!([{ "day": "2026-01-02" }]));
    typed.answer(&dpo, "cabinet", note).await.expect(200);
    refused(&typed).await;

    // A file may hold what any table of its system describes.
    let uploaded = new().await;
    uploaded.upload(&dpo, "paper", "papier").await.expect(201);
    uploaded.release(&shop, "access").await.expect(200);
    let uploaded = new().await;
    uploaded.upload(&dpo, "cabinet", "papier").await.expect(201);
    refused(&uploaded).await;
}

async fn case_badges(case: &Searched, dpo: &Client<'_>) {
    case.answer(dpo, "cabinet", rows("badges", json!([{ "no": "A1" }]))).await.expect(200);
}

#[actix_web::test]
async fn a_package_that_lacks_what_came_later_is_not_released() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let later = || shop.app.advance(chrono::Duration::minutes(1));
    let package = async |search: &Value| {
        later();
        let package = shop.package(&case.id, search, "access", Some("essai")).await;
        let id = package["id"].as_str().unwrap();
        format!("/api/v1/requests/{}/packages/{id}/release", case.id)
    };
    let typed = json!({ "reference": case.reference });
    let refused = async |release: &str| {
        let answer: Value = shop.dpo().post(release, &typed).await.expect(409).json();
        assert_eq!(answer["reason"], "package-outdated");
    };
    let first = package(&case.search).await;
    later();
    case.upload(&shop.dpo(), "paper", "papier").await.expect(201);
    let second = package(&case.search).await;
    refused(&first).await;
    later();
    case.answer(&shop.dpo(), "paper", json!({ "outcome": "answered" })).await.expect(200);
    let third = package(&case.search).await;
    refused(&second).await;
    later();
    let newer = shop.search(&case.id).await;
    let fourth = package(&case.search).await;
    let fifth = package(&newer).await;
    for older in [first, second, third, fourth] {
        refused(&older).await;
    }
    // Whom to write to changes nothing of what was found.
    later();
    let path = format!("/api/v1/requests/{}/searches", case.id);
    shop.dpo().post(&path, json!({ "scope": "contacts" })).await.expect(202);
    guichet::worker::drain(&shop.app.app).await.unwrap();
    let sixth = package(&newer).await;
    shop.dpo().post(&fifth, &typed).await.expect(200);
    let anew = json!({ "reference": case.reference, "reason": "Une fois de plus" });
    shop.dpo().post(&sixth, &anew).await.expect(200);
    shop.app.assert_replays().await;
}

#[actix_web::test]
async fn what_is_kept_by_hand_is_no_part_of_a_portability_answer() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    case.upload(&shop.dpo(), "paper", "papier-canari").await.expect(201);
    case.answer(&shop.dpo(), "paper", rows("folder", json!([{ "page": 3 }]))).await.expect(200);
    let fetched = async |right: &str| {
        let package = shop.package(&case.id, &case.search, right, None).await;
        let id = package["id"].as_str().unwrap();
        let content = format!("/api/v1/requests/{}/packages/{id}/content", case.id);
        open_zip(&shop.dpo().get(&content).await.expect(200).body)
    };
    let mut whole = fetched("access").await;
    assert_eq!(entry(&mut whole, "files/paper/scan.txt"), "papier-canari");
    let mut portable = fetched("portability").await;
    let names: Vec<String> = portable.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.iter().all(|name| !name.starts_with("files/")), "{names:?}");
    assert!(names.iter().all(|name| !name.starts_with("data/paper")), "{names:?}");
    let sources: Value = serde_json::from_str(&entry(&mut portable, "sources.json")).unwrap();
    let systems = sources["systems"].as_array().unwrap();
    let paper = systems.iter().find(|system| system["name"] == "paper").unwrap();
    let note = paper["note"].as_str().unwrap();
    assert!(note.contains("tenus à la main") && note.contains('1'), "{note}");
}

#[actix_web::test]
async fn typed_rows_keep_their_numbers_and_the_order_of_their_columns() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let path = format!("{}/answer", case.system("paper"));
    let body = |row: &str| {
        format!(r#"{{"outcome":"answered","tables":[{{"table":"folder","rows":[{row}]}}]}}"#)
    };
    let kind = [("content-type", "application/json")];
    let twice = body(r#"{"d":1,"d":2}"#);
    let refused = shop.dpo().send(Method::POST, &path, Some(twice.into()), &kind).await;
    let refused: Value = refused.expect(422).json();
    assert_eq!(refused["errors"][0]["code"], "twice", "{refused}");
    assert_eq!(refused["errors"][0]["field"], "tables[0].rows[0]", "{refused}");
    let row = r#"{"z":12345678901234567890.123456789,"a":1.10,"d":null}"#;
    let typed = body(row);
    shop.dpo().send(Method::POST, &path, Some(typed.into()), &kind).await.expect(200);
    let package = shop.package(&case.id, &case.search, "access", None).await;
    let id = package["id"].as_str().unwrap();
    let content = format!("/api/v1/requests/{}/packages/{id}/content", case.id);
    let mut zip = open_zip(&shop.dpo().get(&content).await.expect(200).body);
    assert_eq!(entry(&mut zip, "data/paper.folder.json"), format!("[\n{row}\n]\n"));
}

/// How many files the sealed folder holds besides its mark.
fn files(shop: &Shop) -> usize {
    let folder = guichet::start::sealed_folder(shop.app.config());
    std::fs::read_dir(folder).unwrap().count() - 1
}

#[actix_web::test]
async fn a_file_that_is_refused_leaves_nothing() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let before = files(&shop);
    // A system with a connector, one that is not there, an empty body, an answer of the past.
    case.upload(&shop.dpo(), "shop", "papier").await.expect(404);
    case.upload(&shop.dpo(), "elsewhere", "papier").await.expect(404);
    case.upload(&shop.dpo(), "paper", "").await.expect(422);
    let stale = shop.app.as_user(&shop.dpo).with("if-match", "\"1\"");
    case.answer(&stale, "paper", rows("folder", json!([{ "page": 3 }]))).await.expect(412);
    let reason = json!({ "reason": "Elle a changé d'avis" });
    let path = format!("/api/v1/requests/{}/withdrawal", case.id);
    shop.dpo().post(&path, reason).await.expect(200);
    case.upload(&shop.dpo(), "paper", "papier").await.expect(409);
    assert_eq!(files(&shop), before);
}

#[actix_web::test]
async fn a_file_that_stands_still_is_given_up() {
    let shop = Shop::open().await;
    let case = Searched::new(&shop, "v2", &["in_person", "known_facts"]).await;
    let before = files(&shop);
    let front = Front::new(shop.app.app.clone()).unwrap();
    let wire = Wire::serve(Data::new(Front { upload_pause: Duration::from_millis(300), ..front }));
    let token = shop.app.front.tokens.issue(shop.dpo.id, credential(), shop.app.app.now()).unwrap();
    let path = case.system("paper");
    let begin = |length: usize| {
        format!(
            "POST {path}/files?name=scan.txt HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let (slow, steady, address) = (begin(1_000_000), begin(600), wire.address);
    let sent = actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(slow.as_bytes()).unwrap();
        stream.write_all(&[7; 70_000]).unwrap();
        let given_up = status(&mut stream);
        // Slow is not still.
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(steady.as_bytes()).unwrap();
        for _ in 0..6 {
            std::thread::sleep(Duration::from_millis(100));
            stream.write_all(&[7; 100]).unwrap();
        }
        (given_up, status(&mut stream))
    });
    assert_eq!(sent.await.unwrap(), ("408".to_owned(), "201".to_owned()));
    wire.stop().await;
    assert_eq!(files(&shop), before + 1, "the one that came whole");
}

fn status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    String::from_utf8_lossy(&start[9..]).into_owned()
}

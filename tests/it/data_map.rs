//! The data map of a controller: written, checked, read back, and told apart by version.

use actix_web::http::Method;
use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::client::{Answer, Client};

const MAP: &str = "# The shop.\nsystems:\n- name: shop\n  connector: sqlite\n  owner: Ana Canary\n  tables:\n  - {table: people, key: [id], find_by: {email: email}}\n";

async fn send(client: &Client<'_>, method: Method, path: &str, kind: &str, body: &str) -> Answer {
    let body = Some(body.to_owned().into());
    client.send(method, path, body, &[("content-type", kind)]).await
}

#[actix_web::test]
async fn a_map_is_stored_by_version_and_read_back_as_it_was_written() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let (client, path) =
        (app.as_user(&dpo), format!("/api/v1/controllers/{}/data-map", controller.id));
    client.get(&path).await.expect(404);
    send(&client, Method::PUT, &path, "application/yaml", MAP).await.expect(428);
    let first = client.with("if-none-match", "*");
    let stored = send(&first, Method::PUT, &path, "text/yaml; charset=utf-8", MAP).await;
    let stored = stored.expect(200);
    assert_eq!(stored.header("etag"), Some("\"1\""));
    assert_eq!(stored.json::<Value>(), json!({"version": 1, "systems": 1, "tables": 1}));
    send(&first, Method::PUT, &path, "application/yaml", MAP).await.expect(412);

    let yaml = client.with("accept", "application/yaml").get(&path).await.expect(200);
    assert_eq!(yaml.text(), MAP, "comments included");
    let map = client.get(&path).await.expect(200);
    assert_eq!(map.header("etag"), Some("\"1\""));
    let map: Value = map.json();
    assert_eq!(map["systems"][0]["tables"][0]["find_by"]["email"]["columns"], Value::Null);

    let second = client.with("if-match", "\"1\"");
    let stored = second.put(&path, &map).await.expect(200);
    assert_eq!(stored.header("etag"), Some("\"2\""));
    assert_eq!(client.get(&path).await.expect(200).json::<Value>(), map);
    second.put(&path, &map).await.expect(412);

    assert_eq!(app.event_kinds().await, ["DataMapReplaced", "DataMapReplaced"]);
    assert!(!app.event_texts().await.contains("Canary"), "events hold no map");
}

#[actix_web::test]
async fn every_error_of_a_map_has_its_place() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin).with("if-match", "*");
    let path = format!("/api/v1/controllers/{}/data-map", controller.id);
    let check = format!("{path}/check");
    let checked = send(&client, Method::POST, &check, "application/yaml", MAP).await;
    assert_eq!(checked.expect(200).json::<Value>(), json!({"systems": 1, "tables": 1}));
    client.get(&path).await.expect(404);

    let wrong = MAP.replace("find_by", "finds_by").replace("sqlite", "oracle");
    for (method, path) in [(Method::POST, &check), (Method::PUT, &path)] {
        let answer = send(&client, method, path, "application/yaml", &wrong).await;
        let problem: Value = answer.expect(422).json();
        let place = |error: &Value| {
            format!(
                "{}:{} {} {}",
                error["line"],
                error["column"],
                error["field"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            )
        };
        let errors: Vec<String> = problem["errors"].as_array().unwrap().iter().map(place).collect();
        assert_eq!(
            errors,
            [
                "4:14 systems[0].connector map-unknown-value",
                "7:32 systems[0].tables[0].finds_by map-unknown-key",
            ]
        );
        assert!(problem["errors"][1]["detail"].as_str().unwrap().contains("finds_by"));
    }

    // Nine levels of nine: 387 million values out of half a kilobyte.
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let one = format!("*a{}", level - 1);
        let all = [one.as_str(); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{all}]\n"));
    }
    let answer = send(&client, Method::PUT, &path, "application/yaml", &bomb).await;
    let problem: Value = answer.expect(422).json();
    assert_eq!(problem["errors"][0]["code"], "map-too-many-nodes");
    assert!(problem["errors"][0]["line"].as_u64().unwrap() > 1);

    for (kind, body, status) in
        [("text/plain", MAP, 415), ("application/json", "{", 422), ("application/yaml", "", 422)]
    {
        send(&client, Method::POST, &check, kind, body).await.expect(status);
    }
    let bytes = Some(vec![0xff_u8, 0xfe].into());
    let kind = [("content-type", "application/yaml")];
    client.send(Method::POST, &check, bytes, &kind).await.expect(400);
    assert!(app.event_kinds().await.is_empty());
}

#[actix_web::test]
async fn roles_decide_who_reads_and_who_writes() {
    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let other = app.controller_ie().await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    app.put_map(&dpo, &controller, MAP).await.expect(200);
    let path = format!("/api/v1/controllers/{}/data-map", controller.id);
    for (role, read, write) in [
        (Role::Admin, 200, 200),
        (Role::Dpo, 200, 200),
        (Role::Handler, 200, 403),
        (Role::Auditor, 200, 403),
        (Role::Agent, 403, 403),
        (Role::DataOwner, 403, 403),
    ] {
        let user = app.user(&[(controller.id, role)]).await;
        app.as_user(&user).get(&path).await.expect(read);
        app.put_map(&user, &controller, MAP).await.expect(write);
    }
    let stranger = app.user(&[(other.id, Role::Admin)]).await;
    app.as_user(&stranger).get(&path).await.expect(404);
    app.put_map(&stranger, &controller, MAP).await.expect(404);
}

#[actix_web::test]
async fn a_map_is_compared_with_the_live_schemas_and_each_difference_has_its_place() {
    let app = TestApp::start_with(|config| {
        config.allowed.directories = vec![config.data_dir.clone()];
    })
    .await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let client = app.as_user(&dpo);
    let check = format!("/api/v1/controllers/{}/data-map/live-check", controller.id);
    let without = client.send(Method::POST, &check, None, &[]).await.expect(409);
    assert_eq!(without.json::<Value>()["reason"], "no-data-map");
    let map = format!(
        "{MAP}  - {{table: orders, reached_from: {{table: people, on: {{person: id}}}}}}\n\
         - name: crm\n  connector: sqlite\n  tables:\n  - {{table: calls, find_by: {{email: mail}}}}\n\
         - name: paper\n  connector: manual\n  tables:\n  - {{table: folder}}\n"
    );
    app.put_map(&dpo, &controller, &map).await.expect(200);
    client.get(&check).await.expect(404);

    let file = app.app.config().data_dir.join("shop.db");
    let shop = rusqlite::Connection::open(&file).unwrap();
    shop.execute_batch(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, mail TEXT, born TEXT); CREATE TABLE extra (x);",
    )
    .unwrap();
    app.connect(&controller, "shop", &format!("sqlite:{}", file.display())).await;

    let asked = client.send(Method::POST, &check, None, &[]).await.expect(202).json::<Value>();
    assert_eq!((&asked["state"], &asked["map_version"]), (&json!("checking"), &json!(1)));
    let twice = client.send(Method::POST, &check, None, &[]).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "check-running");
    assert_eq!(worker::drain(&app.app).await.unwrap(), 1);

    let done: Value = client.get(&check).await.expect(200).json();
    assert_eq!(done["state"], "done");
    let systems: Vec<(&str, bool, &str)> = done["systems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or_default();
            (text("system"), one["compared"].as_bool().unwrap(), text("code"))
        })
        .collect();
    assert_eq!(systems, [("shop", true, ""), ("crm", false, "system-not-connected")]);
    let differences: Vec<String> = done["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{}:{} {} {}", one["line"], one["column"], one["field"], one["code"]))
        .collect();
    assert_eq!(
        differences,
        [
            r#"7:49 "systems[0].tables[0].find_by.email" "map-column-not-in-table""#,
            r#"8:13 "systems[0].tables[1].table" "map-table-not-in-system""#,
        ]
    );
    let french = client.with("accept-language", "fr").get(&check).await.expect(200);
    let french: Value = french.json();
    assert!(french["differences"][1]["detail"].as_str().unwrap().contains("orders"), "{french}");
    assert_ne!(french["differences"][1]["detail"], done["differences"][1]["detail"]);
    assert_eq!(
        done["undescribed"],
        json!([
            { "system": "shop", "table": "people", "column": "mail" },
            { "system": "shop", "table": "people", "column": "born" },
            { "system": "shop", "table": "extra", "column": null },
        ])
    );

    // Repaired on the other side, and asked again.
    shop.execute_batch("ALTER TABLE people RENAME mail TO email; CREATE TABLE orders (person);")
        .unwrap();
    client.send(Method::POST, &check, None, &[]).await.expect(202);
    worker::drain(&app.app).await.unwrap();
    assert_eq!(client.get(&check).await.expect(200).json::<Value>()["differences"], json!([]));
    // A new version of the map was not compared yet.
    app.put_map(&dpo, &controller, MAP).await.expect(200);
    client.get(&check).await.expect(404);
    assert!(!app.event_texts().await.contains("people"), "events hold no map");
}

#[actix_web::test]
async fn a_comparison_that_no_worker_can_make_has_failed_and_may_be_asked_for_again() {
    use diesel::prelude::*;
    use guichet::db::schema::jobs;

    let app = TestApp::start().await;
    let controller = app.controller("maison-exemple").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    app.put_map(&dpo, &controller, MAP).await.expect(200);
    let client = app.as_user(&dpo);
    let check = format!("/api/v1/controllers/{}/data-map/live-check", controller.id);
    client.send(Method::POST, &check, None, &[]).await.expect(202);
    let damaged = app.app.write(|conn| {
        Ok(diesel::update(jobs::table).set(jobs::payload.eq("damaged")).execute(conn)?)
    });
    assert_eq!(damaged.await.unwrap(), 1);
    worker::drain(&app.app).await.unwrap();
    let failed: Value = client.get(&check).await.expect(200).json();
    assert_eq!((&failed["state"], &failed["differences"]), (&json!("failed"), &Value::Null));
    client.send(Method::POST, &check, None, &[]).await.expect(202);
}

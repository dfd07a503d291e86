//! Connected systems: what goes in sealed, what never comes out, and the test of a connection.

use actix_web::http::Method;
use guichet::connectors::hosts::Allowlist;
use guichet::db::systems;
use guichet::domain::actor::Role;
use guichet::worker;
use serde_json::{Value, json};

use crate::support::app::TestApp;

fn postgresql() -> Value {
    json!({
        "connector": "postgresql", "host": "127.0.0.1", "port": 1, "database": "shop",
        "user": "reader-canary", "password": "password-canary", "tls": "off",
    })
}

async fn start() -> TestApp {
    TestApp::start_with(|config| {
        config.allowed = Allowlist {
            loopback: true,
            directories: vec![config.data_dir.clone()],
            ..config.allowed.clone()
        };
    })
    .await
}

#[actix_web::test]
async fn a_connection_goes_in_and_never_comes_out() {
    let app = start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let list = format!("/api/v1/controllers/{}/systems", controller.id);
    let path = format!("{list}/shop");
    let made = client.put(&path, postgresql()).await.expect(201);
    let again = client.put(&path, postgresql()).await.expect(200);
    let shown = json!({
        "name": "shop", "connector": "postgresql", "host": "127.0.0.1", "port": 1,
        "database": "shop", "path": null,
        "test": { "state": "untested", "code": null, "at": null },
    });
    assert_eq!(again.json::<Value>(), shown);

    let asked = client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(202);
    assert_eq!(asked.json::<Value>()["test"]["state"], "testing");
    let twice = client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(409);
    assert_eq!(twice.json::<Value>()["reason"], "test-running");
    assert_eq!(worker::drain(&app.app).await.unwrap(), 1);
    let listed = client.get(&list).await.expect(200);
    let tested: Value = listed.json();
    assert_eq!(tested["systems"][0]["test"]["state"], "failed");
    assert_eq!(tested["systems"][0]["test"]["code"], "source-unreachable");

    let said = [made.text(), again.text(), asked.text(), listed.text()].concat();
    let events = app.event_texts().await;
    assert!(!said.contains("canary") && !events.contains("canary"), "{events}");
    let id = controller.id;
    let rows = app.app.read(move |conn| Ok(systems::list(conn, id)?)).await.unwrap();
    let sealed = &rows[0].sealed_connection;
    assert!(!sealed.windows(6).any(|window| window == b"canary"));

    client.delete(&path).await.expect(204);
    client.delete(&path).await.expect(404);
    client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(404);
    let kinds = app.event_kinds().await;
    assert_eq!(
        kinds,
        ["SystemConnected", "SystemConnected", "SystemDisconnected", "SystemTestStarted"]
    );
}

#[actix_web::test]
async fn a_file_that_answers_is_ok() {
    let app = start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let file = app.config().data_dir.join("shop.db");
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE people (id integer)")
        .unwrap();
    let path = format!("/api/v1/controllers/{}/systems/shop", controller.id);
    let body = json!({ "connector": "sqlite", "path": file });
    client.put(&path, body).await.expect(201);
    client.send(Method::POST, &format!("{path}/test"), None, &[]).await.expect(202);
    assert_eq!(worker::drain(&app.app).await.unwrap(), 1);
    let list = format!("/api/v1/controllers/{}/systems", controller.id);
    let listed: Value = client.get(&list).await.expect(200).json();
    assert_eq!(listed["systems"][0]["test"]["state"], "ok");
}

#[actix_web::test]
async fn what_is_not_allowed_is_refused_at_once_and_bad_input_is_told() {
    let app = start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let path = format!("/api/v1/controllers/{}/systems/shop", controller.id);
    let own = app.config().data_dir.join("guichet.db");
    for (field, value, told) in [
        ("host", json!("169.254.169.254"), "host: host-not-allowed"),
        ("host", json!("10.0.0.1"), "host: host-not-allowed"),
        ("host", json!(""), "host: empty"),
        ("host", json!("a\u{0}b"), "host: control-character"),
        ("database", json!("x".repeat(200)), "database: too-long"),
        ("user", json!(""), "user: empty"),
        ("ca_file", json!("/etc/shadow"), "ca_file: path-not-allowed"),
    ] {
        let mut body = postgresql();
        body[field] = value;
        let answer = client.put(&path, body).await.expect(422);
        assert!(!answer.text().contains("canary"));
        assert_eq!(answer.problem().1, [told], "{field}");
    }
    for (file, told) in [
        (json!("/etc/passwd"), "path: path-not-allowed"),
        (json!("shop.db"), "path: path-not-allowed"),
        (json!(app.config().data_dir.join("../x.db")), "path: path-not-allowed"),
    ] {
        let body = json!({ "connector": "sqlite", "path": file });
        assert_eq!(client.put(&path, body).await.expect(422).problem().1, [told]);
    }
    for body in [
        json!({ "connector": "oracle", "host": "127.0.0.1" }),
        json!({ "connector": "sqlite", "path": own, "password": "canary" }),
        json!({ "connector": "postgresql", "host": "127.0.0.1" }),
    ] {
        let answer = client.put(&path, body).await.expect(422);
        assert!(!answer.text().contains("canary"));
    }
    let named = path.replace("/shop", "/My%20Shop");
    let answer = client.put(&named, postgresql()).await.expect(422);
    assert_eq!(answer.problem().1, ["name: system-name"]);
    assert!(app.event_kinds().await.is_empty());
}

#[actix_web::test]
async fn a_stranger_is_not_told_that_the_controller_exists() {
    let app = start().await;
    let (controller, other) = (app.controller("maison-exemple").await, app.controller_ie().await);
    app.connect(&controller, "shop", "sqlite:/srv/shop.db").await;
    let list = format!("/api/v1/controllers/{}/systems", controller.id);
    let stranger = app.user(&[(other.id, Role::Admin)]).await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    for (user, read, write) in [(&stranger, 404, 404), (&dpo, 200, 403)] {
        let client = app.as_user(user);
        client.get(&list).await.expect(read);
        client.put(&format!("{list}/shop"), postgresql()).await.expect(write);
        client.send(Method::POST, &format!("{list}/shop/test"), None, &[]).await.expect(write);
        client.delete(&format!("{list}/shop")).await.expect(write);
    }
}

#[actix_web::test]
async fn a_test_counts_only_for_the_settings_that_it_tried() {
    let app = start().await;
    let controller = app.controller("maison-exemple").await;
    let admin = app.user(&[(controller.id, Role::Admin)]).await;
    let client = app.as_user(&admin);
    let list = format!("/api/v1/controllers/{}/systems", controller.id);
    let path = format!("{list}/shop");
    client.put(&path, postgresql()).await.expect(201);
    let id = controller.id;
    let read = app.app.read(move |conn| Ok(systems::by_name(conn, id, "shop")?.unwrap()));
    let tried = read.await.unwrap();
    // While it was tried, somebody connected something else.
    client.put(&path, postgresql()).await.expect(200);
    let at = app.app.now().into();
    let place = (tried.id, tried.version);
    let ended = app.app.write(move |conn| Ok(systems::end_test(conn, place, "ok", None, at)?));
    ended.await.unwrap();
    let listed: Value = client.get(&list).await.expect(200).json();
    assert_eq!(listed["systems"][0]["test"]["state"], "untested");
}

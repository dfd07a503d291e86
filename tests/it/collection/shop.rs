//! An instance with a French shop, its support desk and a paper file, for the tests of searches.

use std::path::PathBuf;

use guichet::config::Config;
use guichet::connectors::settings::{Connection, SqliteSettings};
use guichet::db::controllers::Controller;
use guichet::db::data_maps::{self, DataMapRow};
use guichet::db::systems::{self, System};
use guichet::domain::actor::Role;
use guichet::vault::place::Place;
use guichet::worker;
use guichet::workflow::sources::map_place;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::client::Client;

pub const MAP: &str = include_str!("map.yaml");

/// The instance and its people.
pub struct Shop {
    pub app: TestApp,
    pub controller: Controller,
    pub dpo: User,
}

impl Shop {
    /// An instance with a French shop, its support desk, and a paper file.
    pub async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    /// The same, with settings that the test changes first.
    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        let sources = tempfile::tempdir().unwrap().keep();
        let allowed = sources.clone();
        let app = TestApp::start_with(|config| {
            config.allowed.directories.push(allowed);
            change(config);
        })
        .await;
        let controller = app.controller("maison-exemple").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        make_sources(&sources);
        let shop = Self { app, controller, dpo };
        shop.store_map(MAP, 1).await;
        shop.connect("shop", sources.join("shop.db")).await;
        shop.connect("support", sources.join("support.db")).await;
        shop
    }

    async fn store_map(&self, text: &str, version: i64) {
        let (app, controller) = (&self.app.app, self.controller.id);
        let key = app.controller_key(&self.controller).unwrap();
        let place = map_place(controller, version);
        let place = Place::of_text("data_maps", "sealed_map", &place);
        let row = DataMapRow {
            controller_id: controller,
            version,
            sealed_map: key.key().seal(&place, text.as_bytes()).unwrap(),
            created_by: self.dpo.id,
            created_at: app.now().into(),
        };
        app.write(move |conn| Ok(data_maps::insert(conn, &row)?)).await.unwrap();
    }

    async fn connect(&self, name: &str, path: PathBuf) {
        let app = &self.app.app;
        let id: guichet::domain::ids::SystemId = self.app.ctx().new_id();
        let settings = Connection::Sqlite(SqliteSettings { path });
        let place = Place::new("systems", "sealed_connection", id.uuid());
        let key = app.controller_key(&self.controller).unwrap();
        let text = serde_json::to_vec(&settings).unwrap();
        let row = System {
            id,
            controller_id: self.controller.id,
            name: name.to_owned(),
            connector: "sqlite".to_owned(),
            sealed_connection: key.key().seal(&place, &text).unwrap(),
            test_state: "untested".to_owned(),
            test_detail: None,
            tested_at: None,
            version: 1,
            created_at: app.now().into(),
        };
        app.write(move |conn| Ok(systems::insert(conn, &row)?)).await.unwrap();
    }

    /// The DPO, changing whatever version there is.
    pub fn dpo(&self) -> Client<'_> {
        self.app.as_user(&self.dpo).with("if-match", "*")
    }

    /// Gives the person many more orders.
    pub fn add_orders(&self, count: u32) {
        let path = self.app.config().allowed.directories[0].join("shop.db");
        let sql = format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
             INSERT INTO orders SELECT 1000 + i, 1, i * 1.25 FROM n"
        );
        rusqlite::Connection::open(path).unwrap().execute_batch(&sql).unwrap();
    }

    /// Gives the shop other tables beside its own, and another map of them.
    pub async fn rebuild(&self, sql: &str, map: &str, version: i64) {
        let path = self.app.config().allowed.directories[0].join("shop.db");
        rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
        self.store_map(map, version).await;
    }

    pub async fn log(&self, email: &str) -> (String, String) {
        let body = json!({
            "controller_id": self.controller.id,
            "channel": "email",
            "rights": ["access", "portability"],
            "subject": {
                "names": ["Zoé Canari"],
                "identifiers": [{ "kind": "email", "value": email }],
            },
            "words": "Tout ce que vous avez : canari-note",
            "language": "fr",
        });
        let logged: Value = self.dpo().post("/api/v1/requests", body).await.expect(201).json();
        let text = |key: &str| logged["request"][key].as_str().unwrap().to_owned();
        (text("id"), text("reference"))
    }

    pub async fn identify(&self, id: &str, level: &str, methods: &[&str]) {
        let body = json!({ "level": level, "methods": methods });
        let path = format!("/api/v1/requests/{id}/identity-decision");
        self.dpo().post(&path, body).await.expect(200);
    }

    pub async fn search(&self, id: &str) -> Value {
        let path = format!("/api/v1/requests/{id}/searches");
        let started: Value = self.dpo().post(&path, json!({})).await.expect(202).json();
        worker::drain(&self.app.app).await.unwrap();
        let path = format!("{path}/{}", started["id"].as_str().unwrap());
        self.dpo().get(&path).await.expect(200).json()
    }

    pub async fn package(
        &self,
        id: &str,
        search: &Value,
        right: &str,
        reason: Option<&str>,
    ) -> Value {
        let path = format!("/api/v1/requests/{id}/packages");
        let body = json!({
            "search_id": search["id"], "right": right, "incomplete_reason": reason,
        });
        let asked: Value = self.dpo().post(&path, body).await.expect(202).json();
        assert_eq!(asked["state"], "building");
        worker::drain(&self.app.app).await.unwrap();
        let path = format!("{path}/{}", asked["id"].as_str().unwrap());
        self.dpo().get(&path).await.expect(200).json()
    }
}

fn make_sources(directory: &std::path::Path) {
    let open = |name: &str| rusqlite::Connection::open(directory.join(name)).unwrap();
    open("shop.db")
        .execute_batch(
            "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT, name TEXT, \
             password_hash TEXT, churn_score REAL);
             CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, total NUMERIC);
             INSERT INTO customers VALUES (1, 'zoe.canari@example.org', 'Zoé Canari', 'x', 0.5);
             INSERT INTO customers VALUES (2, 'other@example.org', 'Autre', 'y', 0.1);
             INSERT INTO orders VALUES (10, 1, 19.90), (11, 1, 5), (12, 2, 7);",
        )
        .unwrap();
    open("support.db")
        .execute_batch(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, contact_email TEXT, body TEXT);
             INSERT INTO tickets VALUES (5, 'Zoe.Canari@example.org', 'canari-note');
             INSERT INTO tickets VALUES (6, 'other@example.org', 'rien');",
        )
        .unwrap();
}

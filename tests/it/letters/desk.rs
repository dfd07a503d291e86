//! What the tests of letters share: a case on a fixed day, and its letters through the API.

use guichet::db::controllers::Controller;
use guichet::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::builders::User;
use crate::support::cases::LoggedCase;
use crate::support::client::{Answer, Client};

pub struct Desk {
    pub app: TestApp,
    pub controller: Controller,
    pub dpo: User,
}

impl Desk {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let controller = app.controller("maison-exemple").await;
        let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
        Self { app, controller, dpo }
    }

    pub fn client(&self) -> Client<'_> {
        self.app.as_user(&self.dpo).with("if-match", "*")
    }

    /// A case of a person with an address, for these rights.
    pub async fn case(&self, language: &str, rights: Value) -> LoggedCase {
        self.app
            .log_case(&self.dpo, &self.controller, |body| {
                body["rights"] = rights;
                body["language"] = json!(language);
                body["subject"]["postal_address"] = json!("2 rue d'Ici\n69001 Lyon");
            })
            .await
    }

    /// Has the person been seen.
    pub async fn identify(&self, case: &LoggedCase) {
        let seen = json!({ "level": "v1", "methods": ["in_person"] });
        self.client().verb(case, "identity-decision", seen).await.expect(200);
    }

    /// Begins a letter; answers its path and what it says.
    pub async fn draft(&self, case: &LoggedCase, letter: &str) -> (String, Value) {
        let path = format!("/api/v1/requests/{}/letters", case.id);
        let drafted = self.client().post(&path, json!({ "letter": letter })).await.expect(201);
        let path = drafted.header("location").unwrap().to_owned();
        (path, drafted.json())
    }

    /// Begins a letter with these parts beside what is proposed, and everything else in `content`.
    pub async fn written(&self, case: &LoggedCase, letter: &str, content: Value) -> String {
        let (path, drafted) = self.draft(case, letter).await;
        let mut whole = drafted["content"].clone();
        for (name, value) in content.as_object().unwrap() {
            match (name.as_str(), value) {
                ("parts", Value::Object(parts)) => {
                    for (part, words) in parts {
                        whole["parts"][part] = words.clone();
                    }
                }
                _ => whole[name] = value.clone(),
            }
        }
        self.client().put(&path, whole).await.expect(200);
        path
    }

    pub async fn send(&self, path: &str, delivery: &str) -> Answer {
        let sending = json!({ "delivery": delivery });
        self.client().post(&format!("{path}/sending"), sending).await
    }

    /// The kinds of the events of a case.
    pub async fn kinds(&self, case: &LoggedCase) -> Vec<String> {
        let events = self.client().events(case).await;
        events.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    }
}

//! Two controllers with everything that a path can name, and every kind of caller.

use chrono::Duration;
use guichet::domain::actor::Role;
use guichet::web::Operation;
use serde_json::{Value, json};

use super::side::{self, CONNECTED_SYSTEM, MANUAL_SYSTEM, Side};
use crate::contract::example_of_body;
use crate::support::app::TestApp;
use crate::support::builders::{PASSWORD, User, credential};
use crate::support::client::Client;

/// Whose object a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The controller for which the caller has `roles`.
    Own,
    /// The other one.
    Elsewhere,
}

/// Somebody who calls.
pub struct Caller {
    pub name: String,
    pub user: Option<User>,
    pub roles: Vec<Role>,
    pub roles_elsewhere: Vec<Role>,
    pub is_operator: bool,
    pub is_signed_in: bool,
    pub must_change_password: bool,
    /// A token that is sent as it is.
    pub token: Option<String>,
}

pub struct World {
    pub app: TestApp,
    pub own: Side,
    pub elsewhere: Side,
    pub callers: Vec<Caller>,
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let own = Side::new(&app, "maison-exemple", "Amarante").await;
        let elsewhere = Side::new(&app, "autre-maison", "Belladone").await;
        let mut world = Self { app, own, elsewhere, callers: Vec::new() };
        world.callers = world.callers().await;
        let is_owner = |caller: &&Caller| caller.roles == [Role::DataOwner];
        let owner = world.callers.iter().find(is_owner).unwrap().user.clone().unwrap();
        let map = side::map("Amarante", &owner.email);
        let (dpo, controller) = (&world.own.dpo, &world.own.controller);
        world.app.put_map(dpo, controller, &map).await.expect(200);
        world
    }

    pub fn side(&self, of: Of) -> &Side {
        match of {
            Of::Own => &self.own,
            Of::Elsewhere => &self.elsewhere,
        }
    }

    async fn callers(&self) -> Vec<Caller> {
        let (own, elsewhere) = (self.own.controller.id, self.elsewhere.controller.id);
        let mut callers = Vec::new();
        for role in Role::ALL {
            let user = self.app.user(&[(own, role)]).await;
            callers.push(Caller { roles: vec![role], ..Caller::signed_in(role.name(), user) });
        }
        let user = self.app.user(&[(own, Role::Auditor), (elsewhere, Role::Dpo)]).await;
        callers.push(Caller {
            roles: vec![Role::Auditor],
            roles_elsewhere: vec![Role::Dpo],
            ..Caller::signed_in("auditor, dpo elsewhere", user)
        });
        let user = self.app.operator().await;
        callers.push(Caller { is_operator: true, ..Caller::signed_in("operator", user) });
        let user = self.app.user(&[]).await;
        callers.push(Caller::signed_in("nobody's member", user));
        let dpo = [(own, Role::Dpo)];
        let user = self.app.insert_user(&dpo, |row| row.must_change_password = true).await;
        callers.push(Caller { must_change_password: true, ..Caller::signed_in("newcomer", user) });
        let user = self.app.insert_user(&dpo, |row| row.status = "disabled".to_owned()).await;
        callers.push(Caller { is_signed_in: false, ..Caller::signed_in("disabled", user) });
        callers.push(Caller::stranger("anonymous", None));
        let long_ago = self.app.app.now() - Duration::seconds(600);
        let expired = self.app.front.tokens.issue(self.own.dpo.id, credential(), long_ago).unwrap();
        callers.push(Caller::stranger("expired", Some(expired)));
        let forged = format!(
            "{}x",
            self.app.front.tokens.issue(self.own.dpo.id, credential(), self.app.app.now()).unwrap()
        );
        callers.push(Caller::stranger("forged", Some(forged)));
        callers
    }

    pub fn client(&self, caller: &Caller) -> Client<'_> {
        match (&caller.user, &caller.token) {
            (Some(user), _) => self.app.as_user(user),
            (None, Some(token)) => {
                self.app.anonymous().with("authorization", format!("Bearer {token}"))
            }
            (None, None) => self.app.anonymous(),
        }
        .with("if-match", "*")
    }

    /// The path of an operation about an object of a controller; an object that a call may use up
    /// is made for this very call.
    pub async fn path(&self, operation: &Operation, caller: &Caller, of: Of) -> String {
        let side = self.side(of);
        let mut path = operation.path.to_owned();
        let collection = path.split('/').nth(3).unwrap_or_default().to_owned();
        if path.contains("{user_id}") {
            let member = self.app.user(&[(side.controller.id, Role::Auditor)]).await;
            path = path.replace("{user_id}", &member.id.to_string());
        }
        if path.contains("{id}") {
            let id = match collection.as_str() {
                "requests" => side.case.id.clone(),
                "controllers" => side.controller.id.to_string(),
                "tasks" => {
                    let task = self.app.task(&side.controller, "job_failed", None).await;
                    task.to_string()
                }
                "users" => self.app.user(&[]).await.id.to_string(),
                "api-keys" => self.api_key(caller, of).await,
                _ => panic!("make an object for {path} in tests/it/authorization/world.rs"),
            };
            path = path.replace("{id}", &id);
        }
        if path.contains("{name}") {
            let name = CONNECTED_SYSTEM;
            let url = "postgresql://reader@db.example.org/shop";
            self.app.connect(&side.controller, name, url).await;
        }
        if operation.path.contains("/identity-provider") {
            self.app.set_provider(&side.controller, "https://id.shop.example").await;
        }
        if operation.id == "uploadFile" {
            path.push_str("?name=visitors.pdf");
        }
        if operation.id == "listFoundRows" {
            path.push_str(&format!("?system={MANUAL_SYSTEM}&table=visitors"));
        }
        path.replace("{role}", "auditor")
            .replace("{right}", "access")
            .replace("{system}", MANUAL_SYSTEM)
            .replace("{name}", CONNECTED_SYSTEM)
            .replace("{search_id}", &side.search.to_string())
            .replace("{package_id}", &side.package.to_string())
            .replace("{withholding_id}", &side.withholding.to_string())
            .replace("{letter_id}", &side.letter)
            .replace("{file_id}", &side.attachment)
            .replace("{document_id}", &side.document)
            .replace("{breach_id}", &side.breach)
            .replace("{letter}", "ACK")
            .replace("{language}", "fr")
    }

    /// A key of the caller, or of somebody else.
    async fn api_key(&self, caller: &Caller, of: Of) -> String {
        let may_have_one = caller.is_signed_in && !caller.must_change_password;
        let owner = match &caller.user {
            Some(user) if of == Of::Own && may_have_one => user,
            _ => &self.elsewhere.dpo,
        };
        let body = json!({ "label": "A key of the tests" });
        let key = self.app.as_user(owner).post("/api/v1/api-keys", body).await;
        let key: Value = key.expect(201).json();
        key["id"].as_str().unwrap().to_owned()
    }

    /// The type and the first example of the body, about an object of a controller.
    pub async fn body(&self, operation: &Operation, of: Of) -> Option<(String, Vec<u8>)> {
        let (kind, body) = example_of_body(operation.id)?;
        let Some(mut body) = body else {
            return Some((kind, b"bytes of a file".to_vec()));
        };
        for (field, value) in [
            ("controller_id", json!(self.side(of).controller.id)),
            ("search_id", json!(self.side(of).search)),
        ] {
            if let Some(field) = body.get_mut(field) {
                *field = value;
            }
        }
        if operation.id == "issueToken" {
            let user = self.app.user(&[]).await;
            body = json!({ "email": user.email, "password": PASSWORD });
        }
        Some((kind, serde_json::to_vec(&body).unwrap()))
    }
}

impl Caller {
    fn signed_in(name: &str, user: User) -> Self {
        Self {
            name: name.to_owned(),
            user: Some(user),
            roles: Vec::new(),
            roles_elsewhere: Vec::new(),
            is_operator: false,
            is_signed_in: true,
            must_change_password: false,
            token: None,
        }
    }

    fn stranger(name: &str, token: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            user: None,
            roles: Vec::new(),
            roles_elsewhere: Vec::new(),
            is_operator: false,
            is_signed_in: false,
            must_change_password: false,
            token,
        }
    }
}

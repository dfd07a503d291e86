//! Data maps and connections of controllers, stored as the API stores them.

use guichet::connectors::settings::Connection;
use guichet::db::controllers::Controller;
use guichet::db::systems;
use guichet::db::tasks::{self, Task};
use guichet::domain::ids::TaskId;
use guichet::workflow::settings::systems::{self as verbs, NewConnection};

use super::app::TestApp;
use super::builders::User;
use super::client::Answer;

impl TestApp {
    /// Replaces the data map of a controller, as YAML, whatever it was before.
    pub async fn put_map(&self, by: &User, controller: &Controller, yaml: &str) -> Answer {
        let path = format!("/api/v1/controllers/{}/data-map", controller.id);
        let headers = [("content-type", "application/yaml"), ("if-match", "*")];
        let body = Some(yaml.to_owned().into());
        let put = actix_web::http::Method::PUT;
        self.as_user(by).send(put, &path, body, &headers).await
    }

    /// Connects a system by its URL, whatever the operator allows.
    pub async fn connect(&self, controller: &Controller, name: &str, url: &str) {
        let connection = Connection::from_url(url).unwrap();
        let key = self.app.controller_key(controller).unwrap();
        let (ctx, id, owned) = (self.ctx(), controller.id, name.to_owned());
        let read = self.app.read(move |conn| Ok(systems::by_name(conn, id, &owned)?));
        let known = read.await.unwrap();
        let settings = serde_json::to_vec(&connection).unwrap();
        let new = NewConnection { name, connector: connection.kind().name(), settings: &settings };
        let row = verbs::prepare(&ctx, &key, id, known.as_ref(), &new).unwrap();
        let connect = self.app.write(move |conn| verbs::connect(conn, &ctx, &row));
        connect.await.unwrap();
    }

    /// A task of a controller that belongs to no request.
    pub async fn task(&self, controller: &Controller, kind: &str, system: Option<&str>) -> TaskId {
        let row = Task {
            id: self.ctx().new_id(),
            controller_id: controller.id,
            request_id: None,
            kind: kind.to_owned(),
            system: system.map(str::to_owned),
            detail: "search_group/source".to_owned(),
            created_at: self.app.now().into(),
            done_at: None,
            done_by: None,
        };
        let id = row.id;
        let insert = self.app.write(move |conn| Ok(tasks::insert(conn, &row)?));
        insert.await.unwrap();
        id
    }
}

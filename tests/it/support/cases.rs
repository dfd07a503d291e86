//! Requests logged and moved through the front door, and the proof that their history makes them.

use guichet::db::controllers::{self, Controller};
use guichet::db::queue::{self, Filter, Order};
use guichet::db::requests::{self, Projection, Request};
use guichet::domain::actor::Scope;
use guichet::workflow::record;
use serde_json::{Value, json};

use super::app::TestApp;
use super::builders::User;
use super::client::{Answer, Client};

/// A request that was logged.
#[derive(Clone, Debug)]
pub struct LoggedCase {
    pub id: String,
    pub reference: String,
    /// The whole answer to intake.
    pub answer: Value,
}

impl TestApp {
    /// Logs a request for access by phone, changed.
    pub async fn log_case(
        &self,
        by: &User,
        controller: &Controller,
        change: impl FnOnce(&mut Value),
    ) -> LoggedCase {
        let mut body = json!({
            "controller_id": controller.id,
            "channel": "phone",
            "rights": ["access"],
            "subject": { "names": ["Zoé Martin"] },
        });
        change(&mut body);
        let client = self.as_user(by);
        let answer: Value = client.post("/api/v1/requests", body).await.expect(201).json();
        let text = |field: &str| answer["request"][field].as_str().unwrap().to_owned();
        LoggedCase { id: text("id"), reference: text("reference"), answer }
    }

    /// Compares every request of the instance with what its history makes of it: the row that the
    /// queue reads, and the rows of its rights.
    pub async fn assert_replays(&self) {
        let compare = |conn: &mut guichet::db::conn::Conn| {
            for controller in controllers::list_all(conn)? {
                let scope = Scope::of_job(controller.id);
                let all = Filter::default();
                let (rows, more) = queue::page(conn, &scope, &all, Order::Receipt, None, 10_000)?;
                assert!(!more, "more requests than a test compares");
                for row in rows {
                    let case = record::load(conn, &scope, row.id)?;
                    let made = record::projection(&case.state, &case.dates)?;
                    assert_eq!(projected(&row), made, "{}", row.reference);
                    assert_eq!(row.wrapped_key.is_none(), case.state.key_destroyed);
                    let mut rights = record::right_rows(row.controller_id, row.id, &case.dates);
                    rights.sort_by_key(|right| right.exercised);
                    assert_eq!(requests::rights(conn, row.id)?, rights, "{}", row.reference);
                }
            }
            Ok(())
        };
        self.app.read(compare).await.unwrap();
    }
}

fn projected(row: &Request) -> Projection {
    Projection {
        status: row.status,
        level: row.level,
        received_at: row.received_at,
        received_on: row.received_on,
        target_on: row.target_on,
        legal_on: row.legal_on,
        conservative_on: row.conservative_on,
        due_on: row.due_on,
        queue_rank: row.queue_rank,
        urgent_until: row.urgent_until,
        paused: row.paused,
        acknowledged_at: row.acknowledged_at,
        assignee_id: row.assignee_id,
        ended_at: row.ended_at,
        held_at: row.held_at,
        awaits_person: row.awaits_person,
        extended: row.extended,
        version: row.version,
    }
}

impl Client<'_> {
    /// Calls a verb on whatever version the case has.
    pub async fn verb(&self, case: &LoggedCase, verb: &str, body: Value) -> Answer {
        let client = self.with("if-match", "*");
        let path = format!("/api/v1/requests/{}/{verb}", case.id);
        if verb == "assignee" || verb.starts_with("rights/") {
            client.put(&path, body).await
        } else {
            client.post(&path, body).await
        }
    }

    /// The case as this client sees it.
    pub async fn case(&self, case: &LoggedCase) -> Value {
        let path = format!("/api/v1/requests/{}", case.id);
        self.get(&path).await.expect(200).json()
    }

    /// The history as this client sees it.
    pub async fn events(&self, case: &LoggedCase) -> Vec<Value> {
        let path = format!("/api/v1/requests/{}/events", case.id);
        let history: Value = self.get(&path).await.expect(200).json();
        history["events"].as_array().unwrap().clone()
    }
}

/// A message that was sent to the person, as verbs record it.
pub fn message(sent_at: chrono::DateTime<chrono::Utc>) -> Value {
    json!({ "message_id": "L-2026-118", "sent_at": sent_at, "channel": "letter" })
}

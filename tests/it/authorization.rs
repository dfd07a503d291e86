//! Every operation as every caller on the objects of both controllers, against `policy.yaml`.

mod policy;
mod side;
mod world;

use std::collections::BTreeSet;

use actix_web::http::Method;
use guichet::domain::actor::Permission;
use guichet::domain::ids::{Id, RequestId};
use guichet::web::Operation;
use guichet::web::api::OPERATIONS;
use serde_json::Value;

use crate::support::client::{Answer, Client};
use policy::{On, Outcome, POLICY};
use world::{Caller, Of, World};

/// A body with its type.
type Body = Option<(String, Vec<u8>)>;

async fn call(client: &Client<'_>, method: &str, path: &str, body: &Body) -> Answer {
    let method: Method = method.parse().unwrap();
    match body {
        Some((kind, bytes)) => {
            let kind = [("content-type", kind.as_str())];
            let bytes = bytes.clone().into();
            client.send(method, path, Some(bytes), &kind).await
        }
        None => client.send(method, path, None, &[]).await,
    }
}

/// The answer without what differs from one call to the next.
fn bare(answer: &Answer) -> Value {
    let mut body: Value = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    body
}

#[actix_web::test]
async fn every_operation_does_what_the_policy_says_for_every_caller() {
    let world = World::new().await;
    let mut called = BTreeSet::new();
    let mut cells = 0;
    let mut wrong = Vec::new();
    for operation in OPERATIONS {
        let rule = policy::of(operation);
        for caller in &world.callers {
            for of in [Of::Own, Of::Elsewhere] {
                let client = world.client(caller);
                let path = world.path(operation, caller, of).await;
                let body = world.body(operation, of).await;
                let answer = call(&client, operation.method, &path, &body).await;
                cells += 1;
                called.insert(operation.id);
                let names_nothing = answer.status == 422 && names_nothing(&answer);
                let found = Outcome::of_status(answer.status, names_nothing);
                let expected = rule.expected(caller, of);
                let cell = format!("{} by {} on {of:?}", operation.id, caller.name);
                if found != expected {
                    wrong.push(format!("{cell}: {expected:?}, but {}", answer.status));
                }
                assert_no_leak(&world, caller, &cell, &answer);
                if found == Outcome::Hidden && rule.on != On::OwnKey {
                    assert_as_if_missing(&client, operation, &cell, &body, &answer).await;
                }
            }
        }
    }
    let callers = world.callers.len();
    assert!(wrong.is_empty(), "not as tests/it/policy.yaml says: {wrong:#?}");
    assert_eq!(called.len(), OPERATIONS.len());
    assert_eq!(cells, OPERATIONS.len() * callers * 2);
    eprintln!(
        "{cells} calls: {} operations by {callers} callers on their own and on another controller",
        OPERATIONS.len()
    );
}

fn names_nothing(answer: &Answer) -> bool {
    answer.problem().1 == ["controller_id: no-such-controller"]
}

/// What is hidden is answered as what does not exist.
async fn assert_as_if_missing(
    client: &Client<'_>,
    operation: &Operation,
    cell: &str,
    body: &Body,
    hidden: &Answer,
) {
    let nothing = RequestId::from_uuid("019aac8e-7a10-7c3e-9d2b-ffffffffffff".parse().unwrap());
    let mut path = operation.path.to_owned();
    for name in [
        "{id}",
        "{user_id}",
        "{search_id}",
        "{package_id}",
        "{letter_id}",
        "{withholding_id}",
        "{breach_id}",
    ] {
        path = path.replace(name, &nothing.to_string());
    }
    if operation.id == "uploadFile" {
        path.push_str("?name=visitors.pdf");
    }
    if operation.id == "listFoundRows" {
        path.push_str(&format!("?system={}&table=visitors", side::MANUAL_SYSTEM));
    }
    let path = path
        .replace("{system}", side::MANUAL_SYSTEM)
        .replace("{name}", side::CONNECTED_SYSTEM)
        .replace("{role}", "auditor")
        .replace("{letter}", "ACK")
        .replace("{language}", "fr")
        .replace("{right}", "access");
    let missing = call(client, operation.method, &path, body).await;
    assert_eq!(missing.status, 404, "{cell}");
    assert_eq!(bare(hidden), bare(&missing), "{cell}");
    let names = |answer: &Answer| -> BTreeSet<String> {
        answer.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(hidden), names(&missing), "{cell}");
}

/// Nothing of a controller that the caller does not serve, and nothing of a person for a role that
/// may not read it, in any byte of the answer.
fn assert_no_leak(world: &World, caller: &Caller, cell: &str, answer: &Answer) {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| format!("{name}: {value:?}\n"));
    let bytes = format!("{}{}", headers.collect::<String>(), answer.text());
    let sides = [(&world.own, &caller.roles), (&world.elsewhere, &caller.roles_elsewhere)];
    for (side, roles) in sides {
        let reads = roles.iter().any(|role| role.may(Permission::ReadSubject));
        // Operators see what controllers are called, and members what their own is.
        let is_stranger = roles.is_empty() && !caller.is_operator;
        let forbidden = side.personal.iter().filter(|_| !reads);
        let forbidden = forbidden.chain(side.secrets.iter().filter(|_| is_stranger));
        for secret in forbidden {
            assert!(!bytes.contains(secret.as_str()), "{cell} leaks {secret}: {bytes}");
        }
    }
}

#[test]
fn the_policy_names_operations_alone() {
    for id in POLICY.keys() {
        let known = OPERATIONS.iter().any(|operation| operation.id == id);
        assert!(known, "tests/it/policy.yaml names {id}, which is no operation: take it out");
    }
}

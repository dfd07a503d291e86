//! Holds each answer that a test sees to what `openapi.yaml` promises, and the promise to the code.

mod document;
mod examples;

use guichet::web::Operation;
use guichet::web::api::OPERATIONS;
use serde_json::Value;

use crate::support::client::{Answer, Call};
use document::DOCUMENT;

/// Called by the client of the tests with every answer. `operation` is nothing where the path is
/// no operation's.
pub fn check(operation: Option<&Operation>, call: &Call, answer: &Answer) {
    let of = format!("{} {} answered {}", call.method, call.path, answer.status);
    if call.path.starts_with("/api/") && answer.status >= 400 {
        check_problem(&of, answer);
    }
    let Some(operation) = operation else { return };
    check_answer(operation.id, &of, answer);
    if (200..300).contains(&answer.status) {
        check_call(operation.id, &of, call);
    }
}

fn check_problem(of: &str, answer: &Answer) {
    assert_ne!(answer.status, 500, "{of}: {}", answer.text());
    let kind = answer.header("content-type").unwrap_or_default();
    assert_eq!(kind, "application/problem+json", "{of}");
    let problem: Value = answer.json();
    assert_eq!(problem["status"], answer.status, "{of}");
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    for told in errors.iter().chain([&problem]) {
        for field in ["title", "detail"] {
            let text = told[field].as_str().unwrap_or("nothing to say here");
            let has_no_text = text.starts_with('[') || text.contains("{$");
            assert!(!has_no_text, "{of}: {field} has no text: {text}");
        }
    }
}

/// The status, the headers and the body are described for this operation.
fn check_answer(id: &str, of: &str, answer: &Answer) {
    let described = DOCUMENT
        .answer(id, answer.status)
        .unwrap_or_else(|| panic!("{of}, which {id} does not describe: {}", answer.text()));
    for (name, header) in described.headers {
        let found = answer.header(&name);
        match found {
            Some(text) => header.hold(&format!("{of}, header {name}"), &Value::from(text)),
            None => assert!(!header.required, "{of} without {name}"),
        }
    }
    let kind = essence(answer.header("content-type").unwrap_or_default());
    if described.content.is_empty() {
        assert!(answer.body.is_empty(), "{of} with a body: {}", answer.text());
        return;
    }
    let schema = described
        .content
        .get(&kind)
        .unwrap_or_else(|| panic!("{of} as {kind}, which {id} does not describe"));
    if kind.ends_with("json") {
        schema.hold(of, &answer.json());
    }
}

/// What was accepted is described: the query and the body.
fn check_call(id: &str, of: &str, call: &Call) {
    let query = call.path.split_once('?').map_or("", |(_, query)| query);
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = DOCUMENT.query_parameters(id).contains(&name.to_string());
        assert!(known, "{of} took {name}, which {id} does not describe");
    }
    let Some(body) = &call.body else { return };
    let kind = call.headers.iter().find(|(name, _)| name == "content-type");
    let kind = essence(kind.map_or("", |(_, kind)| kind));
    let schema = DOCUMENT
        .body(id, &kind)
        .unwrap_or_else(|| panic!("{of} took {kind}, which {id} does not describe"));
    if kind.ends_with("json") {
        let body: Value = serde_json::from_slice(body).unwrap();
        schema.hold(&format!("{of} and took a body"), &body);
    }
}

fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_lowercase()
}

/// The type of the body that an operation takes, with its first example where it is JSON.
pub fn example_of_body(id: &str) -> Option<(String, Option<Value>)> {
    let (operation, _) = DOCUMENT.operation(id)?;
    let content = &DOCUMENT.resolved(operation.get("requestBody")?)["content"];
    let (kind, content) = content.as_object()?.iter().next()?;
    let first = || content["examples"].as_object()?.values().next()?.get("value");
    let example = content.get("example").or_else(first);
    Some((kind.clone(), example.cloned()))
}

#[test]
fn the_table_of_operations_and_the_description_are_equal() {
    let mut table: Vec<(String, String, String)> = OPERATIONS
        .iter()
        .map(|it| (it.path.to_owned(), it.method.to_owned(), it.id.to_owned()))
        .collect();
    let mut described = DOCUMENT.operations();
    table.sort_unstable();
    described.sort_unstable();
    type Rows = Vec<(String, String, String)>;
    let only = |of: &Rows, than: &Rows| -> Rows {
        let missing = of.iter().filter(|it| !than.contains(it));
        missing.cloned().collect()
    };
    assert!(
        table == described,
        "openapi.yaml and web::api::OPERATIONS differ.\nDescribe these in openapi.yaml: {:#?}\n\
         Serve these, or take them out of openapi.yaml: {:#?}",
        only(&table, &described),
        only(&described, &table)
    );
    let mut ids: Vec<_> = table.into_iter().map(|(_, _, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), OPERATIONS.len(), "an operationId stands twice");
}

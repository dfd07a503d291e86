//! The description itself: every schema compiles, every example is valid, nothing stands unused.

use serde_json::Value;

use super::document::DOCUMENT;

/// Visits every object of the document with its place.
fn walk(value: &Value, place: &str, visit: &mut dyn FnMut(&Value, &str)) {
    match value {
        Value::Object(fields) => {
            visit(value, place);
            for (name, field) in fields {
                walk(field, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(values) => {
            for (number, value) in values.iter().enumerate() {
                walk(value, &format!("{place}/{number}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let mut examples = 0;
    let mut wrong = Vec::new();
    let mut visit = |value: &Value, place: &str| {
        let carries = value.get("example").is_some() || value.get("examples").is_some();
        let Some(schema) = value.get("schema").filter(|_| carries) else {
            return;
        };
        let schema = DOCUMENT.schema(schema);
        let named = value["examples"].as_object().into_iter().flatten();
        let named = named.map(|(_, example)| &example["value"]);
        for example in value.get("example").into_iter().chain(named) {
            examples += 1;
            // A parameter is written as text; those that are lists or numbers have no example.
            let errors = schema.errors(example);
            wrong.extend(errors.into_iter().map(|error| format!("{place}: {error}")));
        }
    };
    walk(&DOCUMENT.root, "#", &mut visit);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(examples >= DOCUMENT.operations().len(), "{examples} examples");
}

#[test]
fn every_body_and_every_answer_has_an_example() {
    let mut without = Vec::new();
    let mut visit = |value: &Value, place: &str| {
        for (kind, content) in value["content"].as_object().into_iter().flatten() {
            let has = content.get("example").is_some() || content.get("examples").is_some();
            if !has && kind.ends_with("json") {
                without.push(format!("{place}/content/{kind}"));
            }
        }
    };
    walk(&DOCUMENT.root, "#", &mut visit);
    assert!(without.is_empty(), "write an example at {without:#?}");
}

#[test]
fn every_component_compiles_and_is_used() {
    let mut references = Vec::new();
    walk(&DOCUMENT.root, "#", &mut |value, _| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            DOCUMENT.resolved(value);
            references.push(reference.to_owned());
        }
    });
    for (kind, components) in DOCUMENT.root["components"].as_object().unwrap() {
        for (name, component) in components.as_object().unwrap() {
            let reference = format!("#/components/{kind}/{name}");
            let used = kind == "securitySchemes" || references.contains(&reference);
            assert!(used, "{reference} is used nowhere: take it out");
            if kind == "schemas" {
                DOCUMENT.schema(component);
            }
        }
    }
}

#[test]
fn every_operation_says_what_it_does_and_what_can_go_wrong() {
    for (path, method, id) in DOCUMENT.operations() {
        let (operation, parameters) = DOCUMENT.operation(&id).unwrap();
        assert!(operation["summary"].is_string(), "{id} needs a summary");
        let answers = operation["responses"].as_object().unwrap();
        let is_open = operation["security"] == serde_json::json!([]);
        let mut needed = vec!["500", "503"];
        if !is_open {
            needed.push("401");
        }
        if path.contains('{') {
            needed.push("404");
        }
        if operation.get("requestBody").is_some() {
            needed.extend(["413", "422"]);
            let content = &DOCUMENT.resolved(&operation["requestBody"])["content"];
            if content.get("application/json").is_some() {
                needed.push("415");
            }
        }
        if parameters.iter().any(|it| it["name"] == "If-Match") {
            needed.extend(["412", "428"]);
        }
        for status in needed {
            assert!(answers.contains_key(status), "{method} {path} can answer {status}: say so");
        }
    }
}

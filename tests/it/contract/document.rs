//! `openapi.yaml`, read once, with its schemas compiled when they are first needed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The one document.
pub static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    // Not at once into JSON, which takes a key that stands twice for one.
    let strict: serde_norway::Value = serde_norway::from_str(&text).unwrap();
    Document { root: serde_json::to_value(strict).unwrap(), compiled: Mutex::default() }
});

/// The description of the API.
pub struct Document {
    pub root: Value,
    /// By the schema as text, so that a schema that stands in many places is compiled once.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// A schema that holds values.
#[derive(Clone)]
pub struct Schema {
    validator: Arc<Validator>,
    pub required: bool,
}

/// What an operation may answer with one status.
pub struct Described {
    pub headers: Vec<(String, Schema)>,
    pub content: BTreeMap<String, Schema>,
}

impl Schema {
    /// Fails with every place where the value is not what the schema says.
    #[track_caller]
    pub fn hold(&self, of: &str, value: &Value) {
        let errors = self.errors(value);
        assert!(errors.is_empty(), "{of}, against openapi.yaml:\n{errors:#?}\n{value:#}");
    }

    pub fn errors(&self, value: &Value) -> Vec<String> {
        let errors = self.validator.iter_errors(value);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

impl Document {
    /// Path, method and id of every operation.
    pub fn operations(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        for (path, methods) in self.root["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                if method != "parameters" {
                    let id = operation["operationId"].as_str().expect("an operationId");
                    all.push((path.clone(), method.to_uppercase(), id.to_owned()));
                }
            }
        }
        all
    }

    /// What stands at a `$ref`, or the value itself.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let pointer = reference.strip_prefix('#').unwrap();
                let found = self.root.pointer(pointer);
                found.unwrap_or_else(|| panic!("{reference} points at nothing"))
            }
            None => value,
        }
    }

    /// The operation with its path's parameters.
    pub fn operation(&self, id: &str) -> Option<(&Value, Vec<&Value>)> {
        for path in self.root["paths"].as_object().unwrap().values() {
            for (method, operation) in path.as_object().unwrap() {
                if method != "parameters" && operation["operationId"] == id {
                    let of_both = [&path["parameters"], &operation["parameters"]];
                    let parameters = of_both.into_iter().filter_map(Value::as_array).flatten();
                    return Some((operation, parameters.map(|it| self.resolved(it)).collect()));
                }
            }
        }
        None
    }

    pub fn query_parameters(&self, id: &str) -> Vec<String> {
        let (_, parameters) = self.operation(id).unwrap();
        let in_query = parameters.iter().filter(|it| it["in"] == "query");
        in_query.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The schema of a body that the operation takes.
    pub fn body(&self, id: &str, content_type: &str) -> Option<Schema> {
        let (operation, _) = self.operation(id)?;
        let content = &self.resolved(&operation["requestBody"])["content"];
        Some(self.schema(&content.get(content_type)?["schema"]))
    }

    /// What the operation may answer with a status.
    pub fn answer(&self, id: &str, status: u16) -> Option<Described> {
        let (operation, _) = self.operation(id)?;
        let answer = self.resolved(operation["responses"].get(status.to_string())?);
        let named = |part: &str| answer[part].as_object().into_iter().flatten();
        Some(Described {
            headers: named("headers")
                .map(|(name, header)| {
                    let header = self.resolved(header);
                    let mut schema = self.schema(&header["schema"]);
                    schema.required = header["required"] == true;
                    (name.clone(), schema)
                })
                .collect(),
            content: named("content")
                .map(|(kind, content)| (kind.clone(), self.schema(&content["schema"])))
                .collect(),
        })
    }

    /// Compiles a schema; its references lead into this document.
    pub fn schema(&self, schema: &Value) -> Schema {
        let key = schema.to_string();
        let mut compiled = self.compiled.lock().unwrap_or_else(|it| it.into_inner());
        let validator = compiled.entry(key).or_insert_with_key(|key| {
            let whole = json!({ "allOf": [schema], "components": self.root["components"] });
            let options =
                jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
            let validator = options.build(&whole);
            Arc::new(validator.unwrap_or_else(|error| panic!("{error} in {key}")))
        });
        Schema { validator: Arc::clone(validator), required: false }
    }
}

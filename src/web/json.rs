//! The body of a call: JSON, with every wrong place named, and never repeated back.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::body;
use super::objects::Objects;
use super::problem::Problem;
use crate::error::FieldError;

/// No body of the API is longer; uploads have their own limit.
pub const LIMIT_BYTES: usize = 1 << 20;

/// A body read into `T`, with its bytes.
pub struct Json<T> {
    pub body: T,
    pub bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            let wrong = Problem::Http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json");
            return Box::pin(async { Err(wrong) });
        }
        let bytes = body::read(request.clone(), payload.take());
        Box::pin(async move {
            let bytes = bytes.await?;
            Ok(Self { body: parse(&bytes)?, bytes })
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else {
        return false;
    };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads JSON; text that is not JSON is a bad request, JSON of another shape is unprocessable.
///
/// # Errors
/// As said, with the place and the kind of what is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        // serde calls a number where a name should stand an error of syntax, and sees a field that
        // nobody knows before a bracket that is missing: what is JSON is asked by itself.
        let inner = error.inner();
        if is_read(bytes) {
            return Problem::Body(vec![shape_error(&error.path().to_string(), inner)]);
        }
        Problem::Http(StatusCode::BAD_REQUEST, "malformed-json")
    })?;
    reader.end().map_err(|_| Problem::Http(StatusCode::BAD_REQUEST, "malformed-json"))?;
    Ok(value)
}

/// Whether the bytes are JSON, of whatever shape; what is nested too deep to be read is none.
fn is_read(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

/// serde's message may repeat what was typed, so only its kind is told. The names that it knows
/// are ours.
fn shape_error(path: &str, error: &serde_json::Error) -> FieldError {
    let message = error.to_string();
    let code = [
        ("unknown field", "unknown-field"),
        ("missing field", "missing"),
        ("duplicate field", "twice"),
        ("unknown variant", "unknown-value"),
    ]
    .into_iter()
    .find(|(prefix, _)| message.starts_with(prefix))
    .map_or("wrong-type", |(_, code)| code);
    let mut field = if path == "." { String::new() } else { path.to_owned() };
    // The path ends above a field that is absent or stands twice, and above one that is known and
    // has no place beside the others; its name is ours. What is not known at all is told with what
    // is.
    let is_ours = code != "unknown-field" || !message.contains("expected");
    if ["missing", "twice", "unknown-field"].contains(&code)
        && is_ours
        && let Some(name) = message.split('`').nth(1)
    {
        if !field.is_empty() {
            field.push('.');
        }
        field.push_str(name);
    }
    FieldError { field, code, arguments: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::connectors::settings::Connection;
    use crate::web::problem::Problem;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Body {
        subject: Subject,
    }

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Subject {
        name: String,
        age: Option<u8>,
    }

    fn outcome(text: &str) -> String {
        match parse::<Body>(text.as_bytes()) {
            Ok(_) => "ok".to_owned(),
            Err(Problem::Body(errors)) => format!("{} {}", errors[0].field, errors[0].code),
            Err(problem) => problem.to_string(),
        }
    }

    #[test]
    fn the_wrong_place_is_named_and_never_repeated() {
        let malformed = "400 Bad Request: malformed-json";
        let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
        for (text, expected) in [
            (r#"{"subject":{"name":"Alice"}}"#, "ok"),
            (r#"{"subject":{"name":7}}"#, "subject.name wrong-type"),
            (r#"{"subject":{}}"#, "subject.name missing"),
            (r#"{"subject":["Alice"]}"#, "subject wrong-type"),
            (r#"[{"name":"Alice"}]"#, " wrong-type"),
            (r#"{}"#, "subject missing"),
            (r#"{"subject":{"name":"a","name":"b"}}"#, "subject.name twice"),
            (r#"{"subject":{"name":"a","age":999}}"#, "subject.age wrong-type"),
            (r#"{"subject":{"name":"a"}} x"#, malformed),
            (r#"{"subject":"#, malformed),
            ("", malformed),
            (&deep, malformed),
        ] {
            let found = outcome(text);
            assert!(
                found == expected || (text == deep && found.ends_with("wrong-type")),
                "{text}: {found}"
            );
        }
        assert!(outcome(r#"{"subject":{"name":"a","secret":1}}"#).ends_with("unknown-field"));
        // A field that nobody knows, of a body that breaks off.
        assert_eq!(outcome(r#"{"a":"#), malformed);
    }

    #[test]
    fn what_is_no_name_of_a_list_is_told_at_its_place() {
        #[derive(serde::Deserialize)]
        #[expect(dead_code, reason = "only its shape is tested")]
        struct Asked {
            rights: Vec<crate::domain::right::Right>,
        }
        for wrong in ["5", "null", "true", "[]", "{}", "\"fly\""] {
            let text = format!(r#"{{"rights":["access",{wrong}]}}"#);
            let told = match parse::<Asked>(text.as_bytes()) {
                Err(Problem::Body(errors)) => errors[0].field.clone(),
                Err(problem) => problem.to_string(),
                Ok(_) => "ok".to_owned(),
            };
            assert_eq!(told, "rights[1]", "{wrong}");
        }
    }

    /// Which fields a connection has depends on its connector; the wrong one is named all the same.
    #[test]
    fn the_wrong_field_of_a_connection_is_named() {
        let outcome = |text: &str| match parse::<Connection>(text.as_bytes()) {
            Err(Problem::Body(errors)) => format!("{} {}", errors[0].field, errors[0].code),
            _ => "ok".to_owned(),
        };
        for (text, expected) in [
            (r#"{"connector":"sqlite","path":"/a.db"}"#, "ok"),
            (r#"{"connector":"sqlite"}"#, "path missing"),
            (r#"{"connector":"sqlite","path":"/a.db","port":1}"#, "port unknown-field"),
            (r#"{"connector":"oracle"}"#, "connector unknown-value"),
            (r#"{"connector":"postgresql","host":"h","database":"d","user":"u"}"#, "ok"),
            (r#"{"connector":"postgresql","host":"h","database":"d"}"#, "user missing"),
            (r#"{"connector":"postgresql","host":"h","port":70000}"#, "port wrong-type"),
            (r#"{"connector":"postgresql","host":"h","port":null}"#, "port wrong-type"),
            (r#"{"connector":"postgresql","host":["h"]}"#, "host wrong-type"),
            (r#"["postgresql"]"#, " wrong-type"),
        ] {
            assert_eq!(outcome(text), expected, "{text}");
        }
    }
}

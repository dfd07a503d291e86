//! Errors on the wire: RFC 9457 problem details for programs, a page for people. The only place
//! that gives an error a status.

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::tongue;
use crate::error::{Error, FieldError};
use crate::language::{self, Language};

/// What a program does about it: sign in with the password again (RFC 9470 §3).
const STEP_UP_CHALLENGE: &str = "Bearer error=\"insufficient_user_authentication\", \
    error_description=\"Sign in again with the password\", max_age=\"300\"";

/// An error on its way out of a handler.
#[derive(Debug)]
pub enum Problem {
    /// An error of the rooms behind.
    Error(Error),
    /// What only HTTP knows: its status and the code of its text.
    Http(StatusCode, &'static str),
    /// The body is not JSON of the expected shape; each place that is wrong.
    Body(Vec<FieldError>),
    /// The password must be given anew (RFC 9470).
    StepUp,
    /// A part was asked for that the file does not have (RFC 9110 §15.5.17).
    WrongRange { size_bytes: u64 },
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Http(status, code) => write!(f, "{status}: {code}"),
            Self::Body(_) => f.write_str("the body has another shape"),
            Self::StepUp => f.write_str("the password must be given anew"),
            Self::WrongRange { .. } => f.write_str("no such part"),
        }
    }
}

impl Problem {
    /// The code that names the problem: the end of its `type` URI and of its texts' keys.
    const fn code(&self) -> &'static str {
        match self {
            Self::Error(error) => match error {
                Error::Unauthenticated => "unauthenticated",
                Error::NotFound => "not-found",
                Error::Forbidden => "forbidden",
                Error::PutAway => "put-away",
                Error::Invalid(_) => "invalid",
                Error::Transition { .. } => "not-possible-now",
                Error::Conflict { .. } => "conflict",
                Error::RateLimited { .. } => "too-many-tries",
                Error::Unavailable(_) | Error::RunAgain => "unavailable",
                Error::Internal(_) => "internal",
            },
            Self::Http(_, code) => code,
            Self::Body(_) => "invalid",
            Self::StepUp => "insufficient-user-authentication",
            Self::WrongRange { .. } => "wrong-range",
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Error(Error::Invalid(fields)) | Self::Body(fields) => fields,
            _ => &[],
        }
    }

    /// The sentence about this very case, and its own code where it has one.
    fn detail(&self, language: Language) -> (Option<&'static str>, String) {
        let code = match self {
            Self::Error(Error::Transition { code }) => Some((*code, format!("transition-{code}"))),
            Self::Error(Error::Conflict { code }) => Some((*code, format!("conflict-{code}"))),
            _ => None,
        };
        match code {
            Some((code, key)) => (Some(code), language::text(language, &key)),
            None => (None, language::text(language, &format!("problem-{}-detail", self.code()))),
        }
    }

    const fn size_bytes(&self) -> Option<u64> {
        match self {
            Self::WrongRange { size_bytes } => Some(*size_bytes),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Error(Error::RateLimited { retry_after_s }) => Some(*retry_after_s),
            Self::Error(Error::Unavailable(_) | Error::RunAgain) => Some(2),
            _ => None,
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Error(error) => match error {
                Error::Unauthenticated => StatusCode::UNAUTHORIZED,
                Error::NotFound => StatusCode::NOT_FOUND,
                Error::Forbidden | Error::PutAway => StatusCode::FORBIDDEN,
                Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Error::Conflict { code: "stale" } => StatusCode::PRECONDITION_FAILED,
                Error::Transition { .. } | Error::Conflict { .. } => StatusCode::CONFLICT,
                Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
                Error::Unavailable(_) | Error::RunAgain => StatusCode::SERVICE_UNAVAILABLE,
                Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::Http(status, _) => *status,
            Self::Body(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::StepUp => StatusCode::UNAUTHORIZED,
            Self::WrongRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
        }
    }

    /// The bare answer; [`render`] fills it in the reader's language.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Fills every error answer: as problem details under `/api` and beside it, as a page elsewhere.
///
/// # Errors
/// When a middleware within fails; there is none.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_api = is_api(request.path());
    let language = tongue::of(request.request());
    // Handlers and extractors answer errors as responses. The request cannot be kept beside the
    // call for others: the router wants it alone.
    let response = next.call(request).await?.map_into_boxed_body();
    let language = tongue::remembered(response.request()).unwrap_or(language);
    // A redirect to the sign-in is an error of its extractor alone.
    if response.status().is_redirection() {
        return Ok(response);
    }
    let problem = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => Filled::of(problem, language),
            None => Filled::of(&of_status(response.status()), language),
        },
        None => return Ok(response),
    };
    if problem.status.is_server_error() {
        tracing::error!(status = problem.status.as_u16(), code = problem.code, error = %problem.logged);
    }
    let (request, old) = response.into_parts();
    let answer = if is_api { problem.to_json(&request) } else { problem.to_page(&request) };
    let mut answer = answer;
    // What actix itself said beside the status, such as Allow.
    if let Some(allow) = old.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

fn is_api(path: &str) -> bool {
    // However many slashes a client wrote before it.
    let path = path.trim_start_matches('/');
    path.starts_with("api/") || path == "healthz" || path == "readyz"
}

/// What actix answered without us: too large a body, a path that does not decode.
fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::Http(status, "too-large"),
        StatusCode::NOT_FOUND => Problem::Error(Error::NotFound),
        status if status.is_client_error() => Problem::Http(status, "bad-request"),
        _ => Problem::Error(Error::internal("an answer failed")),
    }
}

/// A problem with its texts.
struct Filled {
    status: StatusCode,
    code: &'static str,
    reason: Option<&'static str>,
    title: String,
    detail: String,
    fields: Vec<Value>,
    retry_after_s: Option<u64>,
    /// How long the file is that has no such part.
    size_bytes: Option<u64>,
    language: Language,
    logged: String,
}

impl Filled {
    fn of(problem: &Problem, language: Language) -> Self {
        let code = problem.code();
        let (reason, detail) = problem.detail(language);
        Self {
            status: problem.status_code(),
            code,
            reason,
            title: language::text(language, &format!("problem-{code}")),
            detail,
            fields: problem.fields().iter().map(|field| field_json(field, language)).collect(),
            retry_after_s: problem.retry_after_s(),
            size_bytes: problem.size_bytes(),
            language,
            logged: problem.to_string(),
        }
    }

    fn to_json(&self, request: &HttpRequest) -> HttpResponse {
        let mut body = Map::new();
        body.insert("type".to_owned(), json!(format!("urn:guichet:problem:{}", self.code)));
        body.insert("title".to_owned(), json!(self.title));
        body.insert("status".to_owned(), json!(self.status.as_u16()));
        body.insert("detail".to_owned(), json!(self.detail));
        if let Some(reason) = self.reason {
            body.insert("reason".to_owned(), json!(reason));
        }
        if !self.fields.is_empty() {
            body.insert("errors".to_owned(), json!(self.fields));
        }
        if let Some(id) = super::request_id(request) {
            body.insert("instance".to_owned(), json!(format!("urn:uuid:{id}")));
        }
        let mut answer = HttpResponse::build(self.status);
        answer.content_type("application/problem+json");
        self.add_headers(&mut answer);
        answer.body(Value::Object(body).to_string())
    }

    fn to_page(&self, request: &HttpRequest) -> HttpResponse {
        let page = ProblemPage {
            language: self.language,
            title: &self.title,
            detail: &self.detail,
            id: super::request_id(request).unwrap_or_default(),
        };
        let mut answer = HttpResponse::build(self.status);
        answer.content_type("text/html; charset=utf-8");
        self.add_headers(&mut answer);
        answer.body(page.render().unwrap_or_default())
    }

    fn add_headers(&self, answer: &mut actix_web::HttpResponseBuilder) {
        answer.insert_header((header::CONTENT_LANGUAGE, self.language.code()));
        if let Some(seconds) = self.retry_after_s {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(size) = self.size_bytes {
            answer.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static(match self.code {
                "insufficient-user-authentication" => STEP_UP_CHALLENGE,
                _ => "Bearer",
            });
            answer.insert_header((header::WWW_AUTHENTICATE, scheme));
        }
    }
}

fn field_json(field: &FieldError, language: Language) -> Value {
    let mut told = json!({
        "field": field.field,
        "code": field.code,
        "detail": field_text(field, language),
    });
    // An error of a data map has a place in the text that was sent.
    if let (true, Some(told)) = (of_map(field), told.as_object_mut()) {
        for (name, value) in &field.arguments {
            if let ("line" | "column", Ok(number)) = (*name, value.parse::<u64>()) {
                told.insert((*name).to_owned(), json!(number));
            }
        }
    }
    told
}

/// The errors of data maps have their texts with those of the command line.
fn of_map(field: &FieldError) -> bool {
    field.code.starts_with("map-")
}

/// The sentence about one broken rule.
#[must_use]
pub fn field_text(field: &FieldError, language: Language) -> String {
    // What a letter must say has a name in the reader's language, and a day is written out.
    let named = |(name, value): &(&'static str, String)| match (*name, value.parse::<NaiveDate>()) {
        ("element", _) => (*name, language::text(language, &format!("letter-part-{value}"))),
        ("words" | "places", _) | (_, Err(_)) => (*name, value.clone()),
        (_, Ok(day)) => (*name, language::date(language, day)),
    };
    let arguments: Vec<(&'static str, String)> = field.arguments.iter().map(named).collect();
    let arguments: Vec<(&'static str, &str)> =
        arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if of_map(field) {
        return language::text_with(language, field.code, &arguments);
    }
    language::text_with(language, &format!("field-{}", field.code), &arguments)
}

#[derive(Template)]
#[template(path = "web/ui/templates/problem.html")]
struct ProblemPage<'a> {
    language: Language,
    title: &'a str,
    detail: &'a str,
    id: String,
}

#[cfg(test)]
mod tests {
    use super::is_api;

    #[test]
    fn a_program_is_answered_as_one_however_it_joined_its_address() {
        for (path, expected) in [
            ("/api/v1/requests", true),
            ("//api/v1/requests", true),
            ("/readyz", true),
            ("/queue", false),
            ("/t/api/fr/", false),
        ] {
            assert_eq!(is_api(path), expected, "{path}");
        }
    }
}

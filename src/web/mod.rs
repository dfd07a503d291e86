//! The front door: routes, middleware and the server. Knows HTTP, writes through `workflow`, reads
//! from `db`.

pub mod alerts;
pub mod api;
pub mod attachments;
pub mod body;
pub mod breaches;
pub mod case_file;
pub mod client;
pub mod credentials;
pub mod guesses;
pub mod identity_documents;
pub mod identity_provider;
pub mod incoming;
pub mod json;
pub mod letter_codes;
pub mod letters;
pub mod log;
pub mod manual;
pub mod objects;
pub mod opened;
pub mod owned;
pub mod packages;
pub mod problem;
pub mod provider_sign_in;
pub mod queue;
pub mod range;
pub mod retention;
pub mod review;
pub mod searches;
pub mod server;
pub mod signed;
pub mod spreadsheet;
pub mod standing;
pub mod subject_given;
pub mod token;
pub mod tongue;
pub mod ui;
pub mod upload_form;
pub mod version;
pub mod written;

use std::time::Duration;

use actix_web::guard::{self, Any};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route, web};
use tracing_actix_web::{RequestId, TracingLogger};

use self::guesses::Guesses;
use self::problem::Problem;
use self::token::Tokens;
use crate::app::App;
use crate::connectors::provider::keys::KeySets;
use crate::error::{Error, Result};

/// What every handler may use.
pub struct Front {
    pub app: App,
    pub tokens: Tokens,
    pub guesses: Guesses,
    /// What identity providers sign with.
    pub provider_keys: KeySets,
    /// How long an upload may stand still.
    pub upload_pause: Duration,
}

/// How long a caller waits for the database before hearing that it is unavailable. Every call of ours
/// ends far below.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long an upload may stand still before it is given up.
const UPLOAD_PAUSE: Duration = Duration::from_secs(30);

impl Front {
    /// Prepares the front door of an instance.
    ///
    /// # Errors
    /// When the signing key cannot be used.
    pub fn new(app: App) -> Result<Self> {
        let tokens = Tokens::new(app.vault(), &app.config().base_url, app.now())?;
        let app = app.with_patience(PATIENCE);
        let (guesses, provider_keys) = (Guesses::new(), KeySets::default());
        Ok(Self { app, tokens, guesses, provider_keys, upload_pause: UPLOAD_PAUSE })
    }
}

/// One operation: how it is called in `openapi.yaml`, where it stands, and what serves it.
pub struct Operation {
    pub id: &'static str,
    pub path: &'static str,
    pub method: &'static str,
    pub route: fn() -> Route,
}

/// Everything that browsers and programs are told about how to treat an answer.
const SECURITY_HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cache-control", "no-store"),
];

/// Registers every route with its middleware.
pub fn configure(config: &mut ServiceConfig, front: &Data<Front>) {
    let mut headers = DefaultHeaders::new();
    for (name, value) in SECURITY_HEADERS {
        headers = headers.add((name, value));
    }
    if front.app.config().base_url.scheme() == "https" {
        headers = headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    }
    let mut scope = web::scope("")
        .app_data(front.clone())
        .app_data(web::PayloadConfig::new(json::LIMIT_BYTES))
        .wrap(from_fn(ui::kept_words::hold_back))
        .wrap(from_fn(problem::render))
        .wrap(headers)
        .wrap(TracingLogger::<log::Lines>::new())
        .default_service(web::to(nothing_here));
    for operations in [api::OPERATIONS, ui::ROUTES] {
        let mut paths: Vec<&str> = Vec::new();
        for operation in operations {
            if !paths.contains(&operation.path) {
                paths.push(operation.path);
            }
        }
        for path in paths {
            let mut resource = web::resource(path);
            let mut allowed: Vec<&str> = Vec::new();
            for operation in operations.iter().filter(|operation| operation.path == path) {
                resource = resource.route((operation.route)());
                allowed.push(operation.method);
                if operation.method == "GET" {
                    allowed.push("HEAD");
                }
            }
            let allowed = allowed.join(", ");
            let wrong = web::to(move || wrong_method(allowed.clone()));
            scope = scope.service(resource.default_service(wrong));
        }
    }
    config.service(scope);
}

/// A route for reading: whoever may GET may ask for the headers alone (RFC 9110 §9.3.2). The server
/// leaves the body away.
#[must_use]
pub fn get() -> Route {
    web::route().guard(Any(guard::Get()).or(guard::Head()))
}

async fn nothing_here() -> std::result::Result<String, Problem> {
    Err(Error::NotFound.into())
}

/// Says which methods the path has (RFC 9110 §15.5.6).
async fn wrong_method(allowed: String) -> HttpResponse {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut answer = HttpResponse::from_error(Problem::Http(status, "wrong-method"));
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        answer.headers_mut().insert(header::ALLOW, allowed);
    }
    answer
}

/// The id of the request, as the log and the error show it.
#[must_use]
pub fn request_id(request: &HttpRequest) -> Option<String> {
    use actix_web::HttpMessage;
    request.extensions().get::<RequestId>().map(ToString::to_string)
}

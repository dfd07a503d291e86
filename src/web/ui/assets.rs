//! What pages look like, and the keys of staff: style sheets, an icon and a module, built into the
//! program.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("assets/guichet.css");
const CASE_FILE_STYLE: &str = include_str!("assets/case_file.css");
const LETTER_STYLE: &str = include_str!("assets/letter.css");
const KEYS: &str = include_str!("assets/keys.js");
const SESSION: &str = include_str!("assets/session.js");
const ICON: &str = include_str!("assets/guichet.svg");

/// Change with every byte of the file.
static STYLE_TAG: LazyLock<String> = LazyLock::new(|| tag(STYLE));
static CASE_FILE_STYLE_TAG: LazyLock<String> = LazyLock::new(|| tag(CASE_FILE_STYLE));
static LETTER_STYLE_TAG: LazyLock<String> = LazyLock::new(|| tag(LETTER_STYLE));
static KEYS_TAG: LazyLock<String> = LazyLock::new(|| tag(KEYS));
static SESSION_TAG: LazyLock<String> = LazyLock::new(|| tag(SESSION));
static ICON_TAG: LazyLock<String> = LazyLock::new(|| tag(ICON));

fn tag(content: &str) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(content)))
}

/// `GET /assets/guichet.css`
pub async fn style(request: HttpRequest) -> HttpResponse {
    kept(&request, (STYLE, &STYLE_TAG), "text/css; charset=utf-8")
}

/// `GET /assets/case-file.css`
pub async fn case_file_style(request: HttpRequest) -> HttpResponse {
    kept(&request, (CASE_FILE_STYLE, &CASE_FILE_STYLE_TAG), "text/css; charset=utf-8")
}

/// `GET /assets/letter.css`
pub async fn letter_style(request: HttpRequest) -> HttpResponse {
    kept(&request, (LETTER_STYLE, &LETTER_STYLE_TAG), "text/css; charset=utf-8")
}

/// `GET /assets/keys.js`
pub async fn keys(request: HttpRequest) -> HttpResponse {
    kept(&request, (KEYS, &KEYS_TAG), "text/javascript; charset=utf-8")
}

/// `GET /assets/session.js`
pub async fn session(request: HttpRequest) -> HttpResponse {
    kept(&request, (SESSION, &SESSION_TAG), "text/javascript; charset=utf-8")
}

/// `GET /assets/guichet.svg`
pub async fn icon(request: HttpRequest) -> HttpResponse {
    kept(&request, (ICON, &ICON_TAG), "image/svg+xml")
}

/// Kept by browsers, which ask each time whether it is still the same.
fn kept(
    request: &HttpRequest,
    (content, tag): (&'static str, &str),
    kind: &'static str,
) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH);
    let mut answer = if known.map(HeaderValue::as_bytes) == Some(tag.as_bytes()) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header((header::CACHE_CONTROL, "no-cache"));
    answer.insert_header((header::ETAG, tag));
    answer.content_type(kind);
    answer.body(content)
}

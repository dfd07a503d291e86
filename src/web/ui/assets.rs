//! What pages look like: one style sheet, built into the program.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("assets/guichet.css");

/// Changes with every byte of the style sheet.
static STYLE_TAG: LazyLock<String> =
    LazyLock::new(|| format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(STYLE))));

/// `GET /assets/guichet.css`: kept by browsers, which ask each time whether it is still the same.
pub async fn style(request: HttpRequest) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH);
    let mut answer = if known.map(HeaderValue::as_bytes) == Some(STYLE_TAG.as_bytes()) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header((header::CACHE_CONTROL, "no-cache"));
    answer.insert_header((header::ETAG, STYLE_TAG.as_str()));
    answer.content_type("text/css; charset=utf-8");
    answer.body(STYLE)
}

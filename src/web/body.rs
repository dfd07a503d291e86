//! The body of a call, in time: a client that sends a byte a minute holds nothing for long.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::problem::Problem;

/// How long a body may take to arrive; uploads have their own limit.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads the whole body, within the limit of its size and of time.
///
/// # Errors
/// 413 when it is too large, 408 when it is too slow, 400 when it breaks off.
pub async fn read(request: HttpRequest, mut payload: Payload) -> Result<Bytes, Problem> {
    let bytes = Bytes::from_request(&request, &mut payload);
    let bytes = tokio::time::timeout(PATIENCE, bytes)
        .await
        .map_err(|_| Problem::Http(StatusCode::REQUEST_TIMEOUT, "too-slow"))?;
    bytes.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::Http(StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        _ => Problem::Http(StatusCode::BAD_REQUEST, "bad-request"),
    })
}

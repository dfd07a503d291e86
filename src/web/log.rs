//! One log line an answer: the route as it is registered, never the path as it was called, since
//! paths of the future may hold what must not be written down.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// Makes the span and the line of each request.
pub struct Lines;

impl RootSpanBuilder for Lines {
    fn on_request_start(request: &ServiceRequest) -> Span {
        use actix_web::HttpMessage;
        let id = request.extensions().get::<RequestId>().map(ToString::to_string);
        tracing::info_span!(
            "request",
            request_id = id.unwrap_or_default(),
            method = request.method().as_str(),
            route = tracing::field::Empty,
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let (route, status) = match outcome {
            Ok(response) => (
                response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned()),
                response.status().as_u16(),
            ),
            Err(error) => ("(failed)".to_owned(), error.as_response_error().status_code().as_u16()),
        };
        span.record("route", route);
        span.record("status", status);
        span.in_scope(|| tracing::info!("answered"));
    }
}

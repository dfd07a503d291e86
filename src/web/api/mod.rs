//! The API: every operation of `openapi.yaml`, on one screen.

pub mod tokens;

use actix_web::web::{get, post};

use super::Operation;

macro_rules! operations {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The operations, grouped by path.
pub const OPERATIONS: &[Operation] = operations![
    "issueToken" post "POST" "/api/v1/tokens" => tokens::issue,
    "getMe" get "GET" "/api/v1/me" => tokens::me,
];

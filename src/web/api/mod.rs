//! The API: every operation of `openapi.yaml`, on one screen.

pub mod me;
pub mod requests;
pub mod tokens;

use actix_web::web::{get, post, put};

use super::Operation;

macro_rules! operations {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The operations, grouped by path.
pub const OPERATIONS: &[Operation] = operations![
    "issueToken" post "POST" "/api/v1/tokens" => tokens::issue,
    "getMe" get "GET" "/api/v1/me" => me::get,
    "logRequest" post "POST" "/api/v1/requests" => requests::log::log_request,
    "listRequests" get "GET" "/api/v1/requests" => requests::find::list_requests,
    "searchRequests" post "POST" "/api/v1/requests/search" => requests::find::search_requests,
    "getRequest" get "GET" "/api/v1/requests/{id}" => requests::read::get_request,
    "explainRequest" get "GET" "/api/v1/requests/{id}/dates" => requests::read::explain_request,
    "listRequestEvents" get "GET" "/api/v1/requests/{id}/events" => requests::history::list_request_events,
    "acknowledgeRequest" post "POST" "/api/v1/requests/{id}/acknowledgement" => requests::closing::acknowledge_request,
    "decideIdentity" post "POST" "/api/v1/requests/{id}/identity-decision" => requests::identity::decide_identity,
    "confirmIdentity" post "POST" "/api/v1/requests/{id}/identity-confirmation" => requests::identity::confirm_identity,
    "pauseRequest" post "POST" "/api/v1/requests/{id}/pauses" => requests::clock::pause_request,
    "resumeRequest" post "POST" "/api/v1/requests/{id}/replies" => requests::clock::resume_request,
    "extendRequest" post "POST" "/api/v1/requests/{id}/extension" => requests::clock::extend_request,
    "correctReceipt" post "POST" "/api/v1/requests/{id}/receipt-correction" => requests::clock::correct_receipt,
    "assignRequest" put "PUT" "/api/v1/requests/{id}/assignee" => requests::closing::assign_request,
    "addNote" post "POST" "/api/v1/requests/{id}/notes" => requests::closing::add_note,
    "decideRight" put "PUT" "/api/v1/requests/{id}/rights/{right}/decision" => requests::closing::decide_right,
    "withdrawRequest" post "POST" "/api/v1/requests/{id}/withdrawal" => requests::closing::withdraw_request,
    "forwardRequest" post "POST" "/api/v1/requests/{id}/forwarding" => requests::closing::forward_request,
    "closeRequest" post "POST" "/api/v1/requests/{id}/closing" => requests::closing::close_request,
    "reopenRequest" post "POST" "/api/v1/requests/{id}/reopening" => requests::closing::reopen_request,
    "destroyCaseKey" post "POST" "/api/v1/requests/{id}/key-destruction" => requests::closing::destroy_case_key,
];

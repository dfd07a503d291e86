//! The API: every operation of `openapi.yaml`, on one screen.

pub mod api_keys;
pub mod audit;
pub mod breaches;
pub mod controllers;
pub mod data_map;
pub mod identity_provider;
pub mod letter_texts;
pub mod me;
pub mod members;
pub mod probes;
pub mod requests;
pub mod retention;
pub mod systems;
pub mod tasks;
pub mod tokens;
pub mod users;

use actix_web::web::{delete, patch, post, put};

use super::{Operation, get};

macro_rules! operations {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The operations, grouped by path.
pub const OPERATIONS: &[Operation] = operations![
    "isAlive" get "GET" "/healthz" => probes::alive,
    "isReady" get "GET" "/readyz" => probes::ready,
    "getContract" get "GET" "/api/v1/openapi.yaml" => probes::contract,
    "issueToken" post "POST" "/api/v1/tokens" => tokens::issue,
    "getMe" get "GET" "/api/v1/me" => me::get,
    "logRequest" post "POST" "/api/v1/requests" => requests::log::log_request,
    "listRequests" get "GET" "/api/v1/requests" => requests::find::list_requests,
    "searchRequests" post "POST" "/api/v1/requests/search" => requests::find::search_requests,
    "getRequest" get "GET" "/api/v1/requests/{id}" => requests::read::get_request,
    "explainRequest" get "GET" "/api/v1/requests/{id}/dates" => requests::read::explain_request,
    "listRequestEvents" get "GET" "/api/v1/requests/{id}/events" => requests::history::list_request_events,
    "getCaseFile" get "GET" "/api/v1/requests/{id}/case-file" => requests::case_file::get_case_file,
    "listRequestAlerts" get "GET" "/api/v1/requests/{id}/alerts" => requests::alerts::list_request_alerts,
    "acknowledgeRequest" post "POST" "/api/v1/requests/{id}/acknowledgement" => requests::closing::acknowledge_request,
    "decideIdentity" post "POST" "/api/v1/requests/{id}/identity-decision" => requests::identity::decide_identity,
    "makeCallCode" post "POST" "/api/v1/requests/{id}/call-code" => requests::call_codes::make_call_code,
    "makeLetterCode" post "POST" "/api/v1/requests/{id}/letter-code" => requests::letter_codes::make_letter_code,
    "confirmCallBack" post "POST" "/api/v1/requests/{id}/call-back" => requests::call_codes::confirm_call_back,
    "declareContact" post "POST" "/api/v1/requests/{id}/contact-condition" => requests::identity::declare_contact,
    "stateCircumstance" post "POST" "/api/v1/requests/{id}/circumstances" => requests::identity::state_circumstance,
    "confirmIdentity" post "POST" "/api/v1/requests/{id}/identity-confirmation" => requests::identity::confirm_identity,
    "pauseRequest" post "POST" "/api/v1/requests/{id}/pauses" => requests::clock::pause_request,
    "resumeRequest" post "POST" "/api/v1/requests/{id}/replies" => requests::clock::resume_request,
    "extendRequest" post "POST" "/api/v1/requests/{id}/extension" => requests::clock::extend_request,
    "correctReceipt" post "POST" "/api/v1/requests/{id}/receipt-correction" => requests::clock::correct_receipt,
    "correctSubject" post "POST" "/api/v1/requests/{id}/subject-correction" => requests::correction::correct_subject,
    "assignRequest" put "PUT" "/api/v1/requests/{id}/assignee" => requests::closing::assign_request,
    "addNote" post "POST" "/api/v1/requests/{id}/notes" => requests::closing::add_note,
    "sendMessage" post "POST" "/api/v1/requests/{id}/messages" => requests::messages::send_message,
    "decideRight" put "PUT" "/api/v1/requests/{id}/rights/{right}/decision" => requests::closing::decide_right,
    "withdrawRequest" post "POST" "/api/v1/requests/{id}/withdrawal" => requests::closing::withdraw_request,
    "forwardRequest" post "POST" "/api/v1/requests/{id}/forwarding" => requests::closing::forward_request,
    "closeRequest" post "POST" "/api/v1/requests/{id}/closing" => requests::closing::close_request,
    "reopenRequest" post "POST" "/api/v1/requests/{id}/reopening" => requests::closing::reopen_request,
    "undoLastAction" post "POST" "/api/v1/requests/{id}/undo" => requests::closing::undo_last_action,
    "startSearch" post "POST" "/api/v1/requests/{id}/searches" => requests::searches::start_search,
    "listSearches" get "GET" "/api/v1/requests/{id}/searches" => requests::searches::list_searches,
    "getSearch" get "GET" "/api/v1/requests/{id}/searches/{search_id}" => requests::searches::get_search,
    "answerSystem" post "POST" "/api/v1/requests/{id}/searches/{search_id}/systems/{system}/answer" => requests::answers::answer_system,
    "takeBackAnswer" delete "DELETE" "/api/v1/requests/{id}/searches/{search_id}/systems/{system}/answer" => requests::answers::take_back_answer,
    "uploadFile" post "POST" "/api/v1/requests/{id}/searches/{search_id}/systems/{system}/files" => requests::uploads::upload_file,
    "listAttachments" get "GET" "/api/v1/requests/{id}/attachments" => requests::attachments::list_attachments,
    "getAttachment" get "GET" "/api/v1/requests/{id}/attachments/{file_id}" => requests::attachments::get_attachment,
    "listIdentityDocuments" get "GET" "/api/v1/requests/{id}/identity-documents" => requests::identity_documents::list_identity_documents,
    "recordIdentityDocument" post "POST" "/api/v1/requests/{id}/identity-documents" => requests::identity_documents::record_identity_document,
    "getIdentityDocument" get "GET" "/api/v1/requests/{id}/identity-documents/{document_id}" => requests::identity_documents::get_identity_document,
    "reviewSearch" get "GET" "/api/v1/requests/{id}/searches/{search_id}/review" => requests::review::review_search,
    "listFoundRows" get "GET" "/api/v1/requests/{id}/searches/{search_id}/rows" => requests::review::list_found_rows,
    "listWithholdings" get "GET" "/api/v1/requests/{id}/withholdings" => requests::review::list_withholdings,
    "withhold" post "POST" "/api/v1/requests/{id}/withholdings" => requests::review::withhold,
    "takeBackWithholding" delete "DELETE" "/api/v1/requests/{id}/withholdings/{withholding_id}" => requests::review::take_back_withholding,
    "declineProposal" post "POST" "/api/v1/requests/{id}/declined-proposals" => requests::review::decline_proposal,
    "buildPackage" post "POST" "/api/v1/requests/{id}/packages" => requests::packages::build_package,
    "listPackages" get "GET" "/api/v1/requests/{id}/packages" => requests::packages::list_packages,
    "getPackage" get "GET" "/api/v1/requests/{id}/packages/{package_id}" => requests::packages::get_package,
    "releasePackage" post "POST" "/api/v1/requests/{id}/packages/{package_id}/release" => requests::packages::release_package,
    "revokePackage" post "POST" "/api/v1/requests/{id}/packages/{package_id}/revocation" => requests::packages::revoke_package,
    "deliverPackage" post "POST" "/api/v1/requests/{id}/packages/{package_id}/delivery" => requests::packages::deliver_package,
    "downloadPackage" get "GET" "/api/v1/requests/{id}/packages/{package_id}/content" => requests::packages::download_package,
    "listLetters" get "GET" "/api/v1/requests/{id}/letters" => requests::letters::list_letters,
    "draftLetter" post "POST" "/api/v1/requests/{id}/letters" => requests::letters::draft_letter,
    "getLetter" get "GET" "/api/v1/requests/{id}/letters/{letter_id}" => requests::letters::get_letter,
    "editLetter" put "PUT" "/api/v1/requests/{id}/letters/{letter_id}" => requests::letters::edit_letter,
    "giveUpLetter" delete "DELETE" "/api/v1/requests/{id}/letters/{letter_id}" => requests::letters::give_up_letter,
    "sendLetter" post "POST" "/api/v1/requests/{id}/letters/{letter_id}/sending" => requests::letters::send_letter,
    "destroyCaseKey" post "POST" "/api/v1/requests/{id}/key-destruction" => requests::closing::destroy_case_key,
    "holdRequest" post "POST" "/api/v1/requests/{id}/hold" => requests::closing::hold_request,
    "liftHold" post "POST" "/api/v1/requests/{id}/hold-lifting" => requests::closing::lift_hold,
    "recordCaseBreach" post "POST" "/api/v1/requests/{id}/breaches" => breaches::record_of_case,
    "changePassword" put "PUT" "/api/v1/me/password" => me::set_password,
    "listApiKeys" get "GET" "/api/v1/api-keys" => api_keys::list,
    "createApiKey" post "POST" "/api/v1/api-keys" => api_keys::create,
    "revokeApiKey" delete "DELETE" "/api/v1/api-keys/{id}" => api_keys::revoke,
    "listControllers" get "GET" "/api/v1/controllers" => controllers::list,
    "createController" post "POST" "/api/v1/controllers" => controllers::create,
    "getController" get "GET" "/api/v1/controllers/{id}" => controllers::get,
    "changeController" patch "PATCH" "/api/v1/controllers/{id}" => controllers::change,
    "getCalendarDays" get "GET" "/api/v1/controllers/{id}/calendar-days" => controllers::days,
    "replaceCalendarDays" put "PUT" "/api/v1/controllers/{id}/calendar-days" => controllers::replace_days,
    "listMembers" get "GET" "/api/v1/controllers/{id}/members" => members::list,
    "addMember" post "POST" "/api/v1/controllers/{id}/members" => members::add,
    "removeMember" delete "DELETE" "/api/v1/controllers/{id}/members/{user_id}/{role}" => members::remove,
    "getDataMap" get "GET" "/api/v1/controllers/{id}/data-map" => data_map::get,
    "replaceDataMap" put "PUT" "/api/v1/controllers/{id}/data-map" => data_map::replace,
    "checkDataMap" post "POST" "/api/v1/controllers/{id}/data-map/check" => data_map::check,
    "startLiveCheck" post "POST" "/api/v1/controllers/{id}/data-map/live-check" => data_map::start_live_check,
    "getLiveCheck" get "GET" "/api/v1/controllers/{id}/data-map/live-check" => data_map::get_live_check,
    "getAuditCheckpoint" get "GET" "/api/v1/controllers/{id}/audit/checkpoint" => audit::checkpoint,
    "proveInclusion" get "GET" "/api/v1/controllers/{id}/audit/inclusion" => audit::inclusion,
    "proveConsistency" get "GET" "/api/v1/controllers/{id}/audit/consistency" => audit::consistency,
    "listLetterTexts" get "GET" "/api/v1/controllers/{id}/letter-texts" => letter_texts::list,
    "getLetterText" get "GET" "/api/v1/controllers/{id}/letter-texts/{letter}/{language}" => letter_texts::get,
    "replaceLetterText" put "PUT" "/api/v1/controllers/{id}/letter-texts/{letter}/{language}" => letter_texts::replace,
    "resetLetterText" delete "DELETE" "/api/v1/controllers/{id}/letter-texts/{letter}/{language}" => letter_texts::reset,
    "getRetention" get "GET" "/api/v1/controllers/{id}/retention" => retention::get,
    "replaceRetention" put "PUT" "/api/v1/controllers/{id}/retention" => retention::replace,
    "previewRetention" get "GET" "/api/v1/controllers/{id}/retention/preview" => retention::preview,
    "listBreaches" get "GET" "/api/v1/controllers/{id}/breaches" => breaches::list,
    "recordBreach" post "POST" "/api/v1/controllers/{id}/breaches" => breaches::record,
    "getBreach" get "GET" "/api/v1/controllers/{id}/breaches/{breach_id}" => breaches::get,
    "changeBreach" put "PUT" "/api/v1/controllers/{id}/breaches/{breach_id}" => breaches::change,
    "notifyBreach" post "POST" "/api/v1/controllers/{id}/breaches/{breach_id}/notices" => breaches::notify,
    "declineNotification" post "POST" "/api/v1/controllers/{id}/breaches/{breach_id}/no-notification" => breaches::decline,
    "closeBreach" post "POST" "/api/v1/controllers/{id}/breaches/{breach_id}/closing" => breaches::close,
    "reopenBreach" post "POST" "/api/v1/controllers/{id}/breaches/{breach_id}/reopening" => breaches::reopen,
    "listSystems" get "GET" "/api/v1/controllers/{id}/systems" => systems::list,
    "connectSystem" put "PUT" "/api/v1/controllers/{id}/systems/{name}" => systems::connect,
    "disconnectSystem" delete "DELETE" "/api/v1/controllers/{id}/systems/{name}" => systems::disconnect,
    "testSystem" post "POST" "/api/v1/controllers/{id}/systems/{name}/test" => systems::test,
    "getIdentityProvider" get "GET" "/api/v1/controllers/{id}/identity-provider" => identity_provider::get,
    "setIdentityProvider" put "PUT" "/api/v1/controllers/{id}/identity-provider" => identity_provider::set,
    "removeIdentityProvider" delete "DELETE" "/api/v1/controllers/{id}/identity-provider" => identity_provider::remove,
    "testIdentityProvider" post "POST" "/api/v1/controllers/{id}/identity-provider/test" => identity_provider::test,
    "listTasks" get "GET" "/api/v1/tasks" => tasks::list,
    "completeTask" post "POST" "/api/v1/tasks/{id}/completion" => tasks::complete,
    "listUsers" get "GET" "/api/v1/users" => users::list,
    "createUser" post "POST" "/api/v1/users" => users::create,
    "changeUser" patch "PATCH" "/api/v1/users/{id}" => users::change,
];

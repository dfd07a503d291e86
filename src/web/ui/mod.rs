//! The pages, for people: every route on one screen. They work without script.

pub mod assets;
pub mod breaches;
pub mod case;
pub mod colleagues;
pub mod form;
pub mod frame;
pub mod home;
pub mod identity_provider;
pub mod kept_words;
pub mod keys;
pub mod language_choice;
pub mod least_level;
pub mod letter_texts;
pub mod mailbox;
pub mod open_form;
pub mod password;
pub mod portal;
pub mod queue;
pub mod refusal;
pub mod retention;
pub mod session;
pub mod setting;
pub mod sign_in;
pub mod signed;
pub mod step_up;
pub mod undo;
pub mod unreached;
pub mod waiting_systems;
pub mod wording;

use actix_web::web::post;

use super::{Operation, get};
use case::{
    answering, case_file, correction, decisions, forms, keeping, letters, paper, replies, review,
    revocation, system,
};
use portal::{code, entry, messages, provider, withdrawal};

macro_rules! routes {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The pages and their forms, grouped by path.
pub const ROUTES: &[Operation] = routes![
    "style" get "GET" "/assets/guichet.css" => assets::style,
    "case-file-style" get "GET" "/assets/case-file.css" => assets::case_file_style,
    "letter-style" get "GET" "/assets/letter.css" => assets::letter_style,
    "keys-module" get "GET" "/assets/keys.js" => assets::keys,
    "session-module" get "GET" "/assets/session.js" => assets::session,
    "icon" get "GET" "/assets/guichet.svg" => assets::icon,
    "queue" get "GET" "/" => queue::show,
    "finding-person" post "POST" "/" => queue::find_person,
    "acknowledging-several" post "POST" "/acknowledgements" => queue::acknowledging::post,
    "undoing-several" post "POST" "/undo" => undo::post_several,
    "reaching-colleague" post "POST" "/tasks/{task_id}" => unreached::complete,
    "waiting-systems" get "GET" "/waiting-systems" => waiting_systems::show,
    "keys" get "GET" "/keys" => keys::show,
    "case" get "GET" "/requests/{id}" => case::show,
    "next-case" get "GET" "/requests/{id}/next" => queue::following::show,
    "acknowledging" post "POST" "/requests/{id}/acknowledgement" => forms::acknowledge,
    "taking-charge" post "POST" "/requests/{id}/assignee" => forms::assign,
    "undoing" post "POST" "/requests/{id}/undo" => undo::post,
    "noting" post "POST" "/requests/{id}/notes" => forms::note,
    "writing" post "POST" "/requests/{id}/messages" => forms::message,
    "judging-reply" post "POST" "/requests/{id}/replies" => replies::judge,
    "deciding-identity" post "POST" "/requests/{id}/identity-decision" => case::identity::decide_identity,
    "confirming-identity" post "POST" "/requests/{id}/identity-confirmation" => case::identity::confirm_identity,
    "making-call-code" post "POST" "/requests/{id}/call-code" => case::call_code::make,
    "making-letter-code" post "POST" "/requests/{id}/letter-code" => case::letter_code::make,
    "calling-back" post "POST" "/requests/{id}/call-back" => case::call_code::call_back,
    "declaring-contact" post "POST" "/requests/{id}/contact-condition" => case::identity::declare_contact,
    "stating-circumstance" post "POST" "/requests/{id}/circumstances" => case::circumstances::state,
    "searching" post "POST" "/requests/{id}/searches" => answering::search,
    "system" get "GET" "/requests/{id}/searches/{search_id}/systems/{system}" => system::show,
    "answering-system" post "POST" "/requests/{id}/searches/{search_id}/systems/{system}" => system::posted::answer,
    "building" post "POST" "/requests/{id}/packages" => answering::build,
    "review" get "GET" "/requests/{id}/review" => review::show,
    "found-rows" get "GET" "/requests/{id}/review/rows" => review::rows::show,
    "withholding" post "POST" "/requests/{id}/withholdings" => review::posted::withhold,
    "declining" post "POST" "/requests/{id}/declined-proposals" => review::posted::decline,
    "taking-back" post "POST" "/requests/{id}/withholdings/{withholding_id}" => review::posted::take_back,
    "step-up" get "GET" "/requests/{id}/step-up" => step_up::show,
    "stepping-up" post "POST" "/requests/{id}/step-up" => step_up::post,
    "releasing" post "POST" "/requests/{id}/release" => answering::release,
    "package" get "GET" "/requests/{id}/packages/{package_id}/content" => answering::download,
    "printing-answer" get "GET" "/requests/{id}/packages/{package_id}/print" => paper::print,
    "printing-answer-for-post" post "POST" "/requests/{id}/print" => paper::print_for_post,
    "recording-delivery" post "POST" "/requests/{id}/delivery" => paper::deliver,
    "revoking-package" post "POST" "/requests/{id}/revocation" => revocation::revoke,
    "completing-task" post "POST" "/requests/{id}/tasks/{task_id}" => case::tasks::complete,
    "case-file" get "GET" "/requests/{id}/case-file" => case_file::print,
    "case-file-archive" get "GET" "/requests/{id}/case-file/content" => case_file::download,
    "beginning-letter" post "POST" "/requests/{id}/letters" => letters::begin,
    "letter" get "GET" "/requests/{id}/letters/{letter_id}" => letters::show,
    "writing-letter" post "POST" "/requests/{id}/letters/{letter_id}" => letters::write,
    "printing-letter" get "GET" "/requests/{id}/letters/{letter_id}/print" => letters::print,
    "recording-identity-document" post "POST" "/requests/{id}/identity-documents" => case::identity_document::record,
    "identity-document" get "GET" "/requests/{id}/identity-documents/{document_id}" => case::identity_document::look,
    "attachment" get "GET" "/requests/{id}/attachments/{file_id}" => answering::attachment,
    "deciding-right" post "POST" "/requests/{id}/decision" => decisions::decide,
    "forwarding" post "POST" "/requests/{id}/forwarding" => decisions::forward,
    "reopening" post "POST" "/requests/{id}/reopening" => decisions::reopen,
    "correcting-subject" post "POST" "/requests/{id}/subject-correction" => correction::subject,
    "correcting-receipt" post "POST" "/requests/{id}/receipt-correction" => correction::receipt,
    "closing" post "POST" "/requests/{id}/closing" => forms::close,
    "withdrawing" post "POST" "/requests/{id}/withdrawal" => forms::withdraw,
    "holding" post "POST" "/requests/{id}/hold" => keeping::hold,
    "lifting-hold" post "POST" "/requests/{id}/hold-lifting" => keeping::lift,
    "recording-case-breach" post "POST" "/requests/{id}/breaches" => keeping::record_breach,
    "retention" get "GET" "/controllers/{id}/retention" => retention::show,
    "setting-retention" post "POST" "/controllers/{id}/retention" => retention::write,
    "retention-table" get "GET" "/controllers/{id}/retention.csv" => retention::table,
    "breaches" get "GET" "/controllers/{id}/breaches" => breaches::list,
    "recording-breach" post "POST" "/controllers/{id}/breaches" => breaches::record,
    "breaches-table" get "GET" "/controllers/{id}/breaches.csv" => breaches::table,
    "printing-breaches" get "GET" "/controllers/{id}/breaches/print" => breaches::print,
    "breach" get "GET" "/controllers/{id}/breaches/{breach_id}" => breaches::page::show,
    "deciding-breach" post "POST" "/controllers/{id}/breaches/{breach_id}" => breaches::page::act,
    "identity-provider" get "GET" "/controllers/{id}/identity-provider" => identity_provider::show,
    "setting-identity-provider" post "POST" "/controllers/{id}/identity-provider" => identity_provider::write,
    "least-level" get "GET" "/controllers/{id}/least-level" => least_level::show,
    "setting-least-level" post "POST" "/controllers/{id}/least-level" => least_level::write,
    "letter-texts" get "GET" "/controllers/{id}/letter-texts" => letter_texts::list,
    "letter-text" get "GET" "/controllers/{id}/letter-texts/{letter}/{language}" => letter_texts::show,
    "wording-letter" post "POST" "/controllers/{id}/letter-texts/{letter}/{language}" => letter_texts::write,
    "sign-in" get "GET" "/sign-in" => sign_in::show,
    "signing-in" post "POST" "/sign-in" => sign_in::post,
    "signing-out" post "POST" "/sign-out" => sign_in::out,
    "password" get "GET" "/password" => password::show,
    "changing-password" post "POST" "/password" => password::post,
    "mailbox" get "GET" "/mail" => mailbox::show,
    "choosing-language" post "POST" "/language" => language_choice::post,
    "portal" get "GET" "/t/{slug}" => entry::choose_language,
    "portal-slash" get "GET" "/t/{slug}/" => entry::choose_language,
    "portal-entry" get "GET" "/t/{slug}/{language}/" => entry::show,
    "portal-entering" post "POST" "/t/{slug}/{language}/" => entry::post,
    "portal-leaving" post "POST" "/t/{slug}/{language}/leave" => entry::leave,
    "portal-case" get "GET" "/t/{slug}/{language}/case" => portal::case::show,
    "portal-package" get "GET" "/t/{slug}/{language}/packages/{package_id}" => portal::case::download,
    "portal-asking-code" post "POST" "/t/{slug}/{language}/code-request" => code::ask,
    "portal-code" get "GET" "/t/{slug}/{language}/code" => code::show,
    "portal-typing-code" post "POST" "/t/{slug}/{language}/code" => code::confirm,
    "portal-letter-code" get "GET" "/t/{slug}/{language}/letter-code" => portal::letter_code::show,
    "portal-typing-letter-code" post "POST" "/t/{slug}/{language}/letter-code" => portal::letter_code::confirm,
    "portal-asking-sign-in" post "POST" "/t/{slug}/{language}/sign-in-request" => provider::ask,
    "portal-sign-in" get "GET" "/t/{slug}/{language}/sign-in" => provider::show,
    "portal-signed-in" get "GET" "/t/{slug}/signed-in" => provider::back,
    "portal-language" get "GET" "/t/{slug}/{language}" => entry::add_slash,
    "portal-declaring-contact" post "POST" "/t/{slug}/{language}/unsafe-contact" => portal::contact::declare,
    "portal-messages" get "GET" "/t/{slug}/{language}/messages" => messages::show,
    "portal-writing" post "POST" "/t/{slug}/{language}/messages" => messages::post,
    "portal-attachment" get "GET" "/t/{slug}/{language}/attachments/{file_id}" => messages::attachment,
    "portal-identity-document" get "GET" "/t/{slug}/{language}/identity-document" => portal::identity_document::show,
    "portal-handing-in" post "POST" "/t/{slug}/{language}/identity-document" => portal::identity_document::post,
    "portal-withdrawal" get "GET" "/t/{slug}/{language}/withdrawal" => withdrawal::show,
    "portal-withdrawing" post "POST" "/t/{slug}/{language}/withdrawal" => withdrawal::post,
];

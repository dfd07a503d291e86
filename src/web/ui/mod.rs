//! The pages, for people: every route on one screen. They work without script.

pub mod assets;
pub mod case;
pub mod colleagues;
pub mod form;
pub mod frame;
pub mod home;
pub mod keys;
pub mod language_choice;
pub mod letter_texts;
pub mod mailbox;
pub mod open_form;
pub mod password;
pub mod portal;
pub mod queue;
pub mod session;
pub mod sign_in;
pub mod signed;
pub mod wording;

use actix_web::web::post;

use super::{Operation, get};
use case::{answering, decisions, forms, letters};
use portal::{code, entry, messages, withdrawal};

macro_rules! routes {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The pages and their forms, grouped by path.
pub const ROUTES: &[Operation] = routes![
    "style" get "GET" "/assets/guichet.css" => assets::style,
    "letter-style" get "GET" "/assets/letter.css" => assets::letter_style,
    "keys-module" get "GET" "/assets/keys.js" => assets::keys,
    "icon" get "GET" "/assets/guichet.svg" => assets::icon,
    "queue" get "GET" "/" => queue::show,
    "finding-person" post "POST" "/" => queue::find_person,
    "acknowledging-several" post "POST" "/acknowledgements" => queue::acknowledging::post,
    "keys" get "GET" "/keys" => keys::show,
    "case" get "GET" "/requests/{id}" => case::show,
    "next-case" get "GET" "/requests/{id}/next" => queue::following::show,
    "acknowledging" post "POST" "/requests/{id}/acknowledgement" => forms::acknowledge,
    "taking-charge" post "POST" "/requests/{id}/assignee" => forms::assign,
    "noting" post "POST" "/requests/{id}/notes" => forms::note,
    "writing" post "POST" "/requests/{id}/messages" => forms::message,
    "deciding-identity" post "POST" "/requests/{id}/identity-decision" => forms::decide_identity,
    "searching" post "POST" "/requests/{id}/searches" => answering::search,
    "building" post "POST" "/requests/{id}/packages" => answering::build,
    "releasing" post "POST" "/requests/{id}/release" => answering::release,
    "package" get "GET" "/requests/{id}/packages/{package_id}/content" => answering::download,
    "beginning-letter" post "POST" "/requests/{id}/letters" => letters::begin,
    "letter" get "GET" "/requests/{id}/letters/{letter_id}" => letters::show,
    "writing-letter" post "POST" "/requests/{id}/letters/{letter_id}" => letters::write,
    "printing-letter" get "GET" "/requests/{id}/letters/{letter_id}/print" => letters::print,
    "deciding-right" post "POST" "/requests/{id}/decision" => decisions::decide,
    "forwarding" post "POST" "/requests/{id}/forwarding" => decisions::forward,
    "reopening" post "POST" "/requests/{id}/reopening" => decisions::reopen,
    "closing" post "POST" "/requests/{id}/closing" => forms::close,
    "withdrawing" post "POST" "/requests/{id}/withdrawal" => forms::withdraw,
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
    "portal-entry" get "GET" "/t/{slug}/{language}/" => entry::show,
    "portal-entering" post "POST" "/t/{slug}/{language}/" => entry::post,
    "portal-leaving" post "POST" "/t/{slug}/{language}/leave" => entry::leave,
    "portal-case" get "GET" "/t/{slug}/{language}/case" => portal::case::show,
    "portal-package" get "GET" "/t/{slug}/{language}/packages/{package_id}" => portal::case::download,
    "portal-asking-code" post "POST" "/t/{slug}/{language}/code-request" => code::ask,
    "portal-typing-code" post "POST" "/t/{slug}/{language}/code" => code::confirm,
    "portal-messages" get "GET" "/t/{slug}/{language}/messages" => messages::show,
    "portal-writing" post "POST" "/t/{slug}/{language}/messages" => messages::post,
    "portal-withdrawal" get "GET" "/t/{slug}/{language}/withdrawal" => withdrawal::show,
    "portal-withdrawing" post "POST" "/t/{slug}/{language}/withdrawal" => withdrawal::post,
];

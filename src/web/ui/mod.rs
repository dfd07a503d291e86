//! The pages, for people: every route on one screen. They work without script.

pub mod assets;
pub mod form;
pub mod frame;
pub mod home;
pub mod language_choice;
pub mod password;
pub mod session;
pub mod sign_in;
pub mod signed;

use actix_web::web::{get, post};

use super::Operation;

macro_rules! routes {
    ($($id:literal $verb:ident $method:literal $path:literal => $handler:path),+ $(,)?) => {
        &[$(Operation { id: $id, method: $method, path: $path, route: || $verb().to($handler) }),+]
    };
}

/// The pages and their forms, grouped by path.
pub const ROUTES: &[Operation] = routes![
    "style" get "GET" "/assets/guichet.css" => assets::style,
    "home" get "GET" "/" => home::show,
    "sign-in" get "GET" "/sign-in" => sign_in::show,
    "signing-in" post "POST" "/sign-in" => sign_in::post,
    "signing-out" post "POST" "/sign-out" => sign_in::out,
    "password" get "GET" "/password" => password::show,
    "changing-password" post "POST" "/password" => password::post,
    "choosing-language" post "POST" "/language" => language_choice::post,
];

//! Forms that somebody fills in before any session is begun: tied to the browser that asked for
//! them, so that no other site can have them sent.

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::form::Form;
use super::session::{self, Kind};
use crate::error::Error;
use crate::vault::Vault;
use crate::vault::secret::Token;
use crate::web::Front;
use crate::web::problem::Problem;

/// What a page with such a form needs.
pub struct Ticket {
    /// For the hidden field of the form.
    pub token: String,
    /// For the browser.
    pub cookie: Cookie<'static>,
}

/// Prepares a form. The browser keeps its cookie, so that two open windows can both be used.
#[must_use]
pub fn begin(request: &HttpRequest, front: &Front) -> Ticket {
    let base_url = &front.app.config().base_url;
    let sent = session::sent(Kind::OpenForm, request, base_url).unwrap_or_else(Token::random);
    Ticket {
        token: token(front.app.vault(), &sent),
        cookie: session::cookie(Kind::OpenForm, sent.shown(), base_url),
    }
}

/// Refuses a form that this browser was not shown.
///
/// # Errors
/// 403.
pub fn check(request: &HttpRequest, front: &Front, form: &Form) -> Result<(), Problem> {
    let asked = session::sent(Kind::OpenForm, request, &front.app.config().base_url);
    let expected = asked.map(|cookie| token(front.app.vault(), &cookie));
    form.check_token(&expected.unwrap_or_default())
}

/// Sets a cookie.
///
/// # Errors
/// When it cannot be written.
pub fn add(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Problem> {
    answer.add_cookie(cookie).map_err(|_| Error::internal("a cookie could not be written").into())
}

/// What the form carries for a cookie: nobody without the key of this instance can make it.
fn token(vault: &Vault, cookie: &Token) -> String {
    URL_SAFE_NO_PAD.encode(vault.index("open form", cookie.shown()))
}

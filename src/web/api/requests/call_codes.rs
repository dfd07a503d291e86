//! The code of the telephone: made to be read out, and heard again on the number on file.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;

use super::shown::instant;
use super::verb::{Verb, answer};
use crate::domain::actor::Permission;
use crate::domain::call_code::LIFETIME;
use crate::error::Error;
use crate::vault::code::CallCode;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::version;
use crate::web::written::{LONGEST_MATCHED, identity_words, text};
use crate::workflow::call_codes::{self, Heard};

/// `POST /api/v1/requests/{id}/call-code`
///
/// # Errors
/// As the contract says.
pub async fn make_call_code(verb: Verb) -> Result<HttpResponse, Problem> {
    let (app, code) = (verb.app(), CallCode::random());
    let now = app.now();
    let made = code.clone();
    let make = move |conn: &mut _, ctx: &_, target: &_, written: &_| {
        call_codes::make(conn, ctx, target, (app.vault(), &made), written)
    };
    let case = verb.record(None, make).await?;
    let shown =
        json!({ "call_code": code.shown().as_str(), "expires_at": instant(now + LIFETIME) });
    Ok(HttpResponse::Created().insert_header(version::etag(case.row.version)).json(shown))
}

/// The body of `confirmCallBack`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallBackBody {
    /// As it was heard.
    call_code: String,
    /// The last digits of the number that was called.
    matched: Option<String>,
}

/// `POST /api/v1/requests/{id}/call-back`
///
/// # Errors
/// As the contract says.
pub async fn confirm_call_back(
    verb: Verb,
    json: Json<CallBackBody>,
) -> Result<HttpResponse, Problem> {
    let CallBackBody { call_code, matched } = json.body;
    text("matched", matched.as_deref(), LONGEST_MATCHED)?;
    let wrong = || Error::invalid("call_code", "wrong-call-code");
    let heard = CallCode::parse(&call_code).ok_or_else(wrong)?;
    let words = identity_words(None, None, matched.as_deref());
    let app = verb.app();
    let hear = move |conn: &mut _, ctx: &_, target: &_, written: &_| {
        call_codes::call_back(conn, ctx, target, (app.vault(), &heard), written)
    };
    let subject = verb.opened(Permission::ReadHistory)?.subject()?;
    match verb.record(words, hear).await? {
        Heard::Right(case) => {
            let may_read = verb.member().may(case.row.controller_id, Permission::ReadSubject);
            Ok(answer(&case, subject.as_ref().filter(|_| may_read), verb.front()))
        }
        Heard::Wrong => Err(wrong().into()),
    }
}

//! The code of the telephone on the page of a case: shown once when it is made, and typed as it was
//! heard.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::posted::Posted;
use crate::error::{Error, Result};
use crate::vault::code::CallCode;
use crate::web::problem::Problem;
use crate::web::ui::frame::{Frame, page};
use crate::web::written::{LONGEST_MATCHED, identity_words, text};
use crate::workflow::call_codes::{self, Heard};

type Answer = std::result::Result<HttpResponse, Problem>;

#[derive(Template)]
#[template(path = "web/ui/templates/call_code.html")]
struct CallCodePage {
    frame: Frame,
    id: String,
    reference: String,
    code: String,
}

/// `POST /requests/{id}/call-code`
pub async fn make(posted: Posted) -> Answer {
    let (app, code) = (posted.front.app.clone(), CallCode::random());
    let made = code.clone();
    let verb = posted.record(None, move |conn, ctx, target, written| {
        call_codes::make(conn, ctx, target, (app.vault(), &made), written)
    });
    if let Err(error) = verb.await {
        return posted.back("form-call-code", Err(error)).await;
    }
    let template = CallCodePage {
        frame: posted.signed.frame(),
        id: posted.opened.row.id.to_string(),
        reference: posted.opened.row.reference.clone(),
        code: code.shown().to_string(),
    };
    page(StatusCode::OK, posted.signed.language, &template)
}

/// `POST /requests/{id}/call-back`
pub async fn call_back(posted: Posted) -> Answer {
    let outcome = hear(&posted).await;
    posted.back("form-call-back", outcome).await
}

async fn hear(posted: &Posted) -> Result<()> {
    let wrong = || Error::invalid("call_code", "wrong-call-code");
    let heard = CallCode::parse(posted.form.field("call_code")).ok_or_else(wrong)?;
    let matched = Some(posted.form.field("call_matched")).filter(|it| !it.trim().is_empty());
    text("matched", matched, LONGEST_MATCHED)?;
    let (words, app) = (identity_words(None, None, matched), posted.front.app.clone());
    let verb = posted.carry_out(words, move |conn, ctx, target, written| {
        call_codes::call_back(conn, ctx, target, (app.vault(), &heard), written)
    });
    match verb.await? {
        Heard::Right(_) => Ok(()),
        Heard::Wrong => Err(wrong()),
    }
}

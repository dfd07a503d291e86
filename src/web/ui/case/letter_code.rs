//! "Send a code by letter" on the page of a case: the letter is shown once, to be printed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::letters::print::window;
use super::posted::Posted;
use crate::error::Result;
use crate::language::text;
use crate::web::letter_codes::{CodeLetter, OnFile, letter, subject};
use crate::web::problem::Problem;
use crate::web::ui::frame::page;
use crate::workflow::letter_codes;

#[derive(Template)]
#[template(path = "web/ui/templates/letter_code_print.html")]
struct PrintPage {
    letter: CodeLetter,
    window: String,
    id: String,
    /// For staff, on the screen alone, in the language of the page of the case.
    once: String,
    back: String,
    staff_language: &'static str,
}

/// `POST /requests/{id}/letter-code`
pub async fn make(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    let letter = match print(&posted).await {
        Ok(letter) => letter,
        Err(error) => return posted.back("form-letter-code", Err(error)).await,
    };
    let staff = posted.signed.language;
    let template = PrintPage {
        window: window(&posted.opened.controller.country, &letter.recipient),
        id: posted.opened.row.id.to_string(),
        once: text(staff, "letter-code-once"),
        back: text(staff, "letter-code-back"),
        staff_language: staff.code(),
        letter,
    };
    page(StatusCode::OK, template.letter.language, &template)
}

async fn print(posted: &Posted) -> Result<CodeLetter> {
    let subject = subject(&posted.signed.member, &posted.opened)?;
    let form = &posted.form;
    let on_file = OnFile {
        address: form.field("address").to_owned(),
        found_in: form.field("found_in").to_owned(),
        is_on_file: form.field("is_on_file") == "yes",
    };
    let words = on_file.words()?;
    let (printing, app) = (on_file.printing(&subject)?, posted.front.app.clone());
    let made = printing.clone();
    let verb = posted.carry_out(Some(words), move |conn, ctx, target, written| {
        letter_codes::make(conn, ctx, target, (app.vault(), &made), written)
    });
    let case = verb.await?;
    let now = posted.front.app.now();
    Ok(letter(&posted.front, (&posted.opened, &case), (&subject, &printing), now))
}

//! A letter for print: one page without script, with the address where the window of an envelope
//! has it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::letter::LetterState;
use crate::domain::letter::window::{Print, print};
use crate::language::{Language, text};
use crate::web::problem::Problem;
use crate::web::ui::frame::page;
use crate::workflow::letters::document::Document;
use crate::workflow::letters::view::Read;

/// Where envelopes have their window on the right (La Poste); elsewhere it is on the left (DIN 5008).
const RIGHT_WINDOW: [&str; 5] = ["BE", "CH", "FR", "LU", "MC"];

#[derive(Template)]
#[template(path = "web/ui/templates/letter_print.html")]
struct PrintPage<'a> {
    language: Language,
    document: &'a Document,
    /// The class of the style sheet.
    window: String,
    /// What says that this is a draft.
    draft: Option<String>,
}

/// A letter for print.
///
/// # Errors
/// When the template fails.
pub fn answer(country: &str, read: &Read) -> Result<HttpResponse, Problem> {
    let language = read.document.language;
    let is_draft = read.row.state == LetterState::Draft;
    let template = PrintPage {
        language,
        document: &read.document,
        window: window(country, &read.document.recipient),
        draft: is_draft.then(|| text(language, "letter-state-draft")),
    };
    page(StatusCode::OK, language, &template)
}

/// The classes of the style sheet for the window of an envelope of a country, and for the size in which
/// the address fits into it.
#[must_use]
pub fn window(country: &str, recipient: &[String]) -> String {
    let side = if RIGHT_WINDOW.contains(&country) { "right" } else { "left" };
    match print(recipient) {
        Some(Print::Large) => side.to_owned(),
        _ => format!("{side} small"),
    }
}

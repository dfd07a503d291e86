//! What every page shows around its content: language, who is signed in, the way out.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::error::Error;
use crate::language::{self, Language};
use crate::web::problem::Problem;
use crate::web::tongue;

/// The frame of one page. Templates extend `layout.html` and call it `frame`.
pub struct Frame {
    pub language: Language,
    /// Where the choice of a language leads back to.
    pub path: String,
    pub person: Option<Person>,
    /// The instance was restored and runs no jobs; told to staff alone.
    pub muted: bool,
    /// What was typed before and waits on this page, sealed: it goes along when the language
    /// changes. Empty where nothing waits.
    pub kept: String,
}

/// Whoever is signed in.
pub struct Person {
    pub name: String,
    /// The token that every form of this session carries.
    pub csrf: String,
}

impl Frame {
    /// The frame of a page that nobody needs to sign in for.
    #[must_use]
    pub fn open(request: &HttpRequest) -> Self {
        let path = request.path().to_owned();
        let kept = String::new();
        Self { language: tongue::of(request), path, person: None, muted: false, kept }
    }

    /// A text in the language of the page.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        language::text(self.language, key)
    }

    /// The token of the session, for the hidden field `csrf` of a form; empty when nobody is
    /// signed in.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.csrf)
    }

    /// How long the session lives on from this page, for the script that says when it ends.
    #[must_use]
    pub const fn session_ms(&self) -> i64 {
        super::session::SURE.num_milliseconds()
    }

    /// The language that the reader can change to.
    #[must_use]
    pub const fn other(&self) -> Language {
        match self.language {
            Language::Fr => Language::En,
            Language::En => Language::Fr,
        }
    }
}

/// A page as an answer.
///
/// # Errors
/// When the template fails.
pub fn page(
    status: StatusCode,
    language: Language,
    template: &impl Template,
) -> Result<HttpResponse, Problem> {
    let body = template.render().map_err(|_| Error::internal("a page could not be written"))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        .body(body))
}

/// The answer to a form that was carried out: see that page.
#[must_use]
pub fn see(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

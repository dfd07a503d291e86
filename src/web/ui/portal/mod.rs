//! The portal: a person with their own case, without an account and without script. Nothing here
//! tells whether somebody is known, and every page has its language in its address.

pub mod case;
pub mod code;
pub mod contact;
pub mod entry;
pub mod identity_document;
pub mod letter_code;
pub mod messages;
pub mod provider;
pub mod upload;
pub mod visit;
pub mod waiting;
pub mod withdrawal;

use actix_web::HttpRequest;

use crate::db::controllers::{self, Controller};
use crate::error::{Error, Result};
use crate::language::{self, Language};
use crate::web::Front;

/// The pages of one controller in one language: `/t/{slug}/{language}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub slug: String,
    pub language: Language,
}

impl Place {
    /// The place in the path. A language that is not ours names nothing.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        let part = |name| request.match_info().get(name).unwrap_or_default();
        let languages = [Language::Fr, Language::En].into_iter();
        let mut named = languages.filter(|language| language.code() == part("language"));
        let language = named.next().ok_or(Error::NotFound)?;
        Ok(Self { slug: part("slug").to_owned(), language })
    }

    /// The address of a page of this place.
    #[must_use]
    pub fn path(&self, page: &str) -> String {
        path(&self.slug, self.language, page)
    }

    /// The controller of this place.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn controller(&self, front: &Front) -> Result<Controller> {
        let slug = self.slug.clone();
        let found = front.app.read(move |conn| Ok(controllers::by_slug(conn, &slug)?)).await?;
        found.ok_or(Error::NotFound)
    }
}

fn path(slug: &str, language: Language, page: &str) -> String {
    format!("/t/{slug}/{}/{page}", language.code())
}

/// What every page of the portal shows around its content. Templates extend `portal.html` and call
/// it `frame`.
pub struct Frame {
    pub place: Place,
    /// The page, as in [`Place::path`].
    pub page: &'static str,
    pub controller: String,
    /// How to reach whoever answers, outside the portal.
    pub contact: String,
    /// The token of the session for its forms; nothing before a case is opened.
    pub csrf: Option<String>,
}

impl Frame {
    /// The frame of a page of a controller.
    #[must_use]
    pub fn new(place: Place, page: &'static str, controller: &Controller) -> Self {
        let (name, contact) = (controller.name.clone(), controller.contact.clone());
        Self { place, page, controller: name, contact, csrf: None }
    }

    /// How long the visit lives on from this page, for the script that says when it ends.
    #[must_use]
    pub const fn session_ms(&self) -> i64 {
        super::session::SURE.num_milliseconds()
    }

    /// A text in the language of the page.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        language::text(self.place.language, key)
    }

    /// The address of another page of the portal.
    #[must_use]
    pub fn path(&self, page: &str) -> String {
        self.place.path(page)
    }

    /// The language that the reader can change to.
    #[must_use]
    pub const fn other(&self) -> Language {
        match self.place.language {
            Language::Fr => Language::En,
            Language::En => Language::Fr,
        }
    }

    /// This page in that language.
    #[must_use]
    pub fn other_path(&self) -> String {
        path(&self.place.slug, self.other(), self.page)
    }
}

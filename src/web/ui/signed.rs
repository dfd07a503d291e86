//! Who looks at a page: the user of a valid session, with the memberships that hold at this very
//! call. Everybody else is sent to the sign-in.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, dev::Payload};

use chrono::{DateTime, Utc};

use super::form::Form;
use super::frame::{Frame, Person};
use super::session::{self, Kind};
use crate::db::{instance, users};
use crate::domain::actor::{Actor, StaffMember};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::vault::secret::Token;
use crate::web::problem::Problem;
use crate::web::{Front, tongue};
use crate::workflow::settings::profile::Profile;

/// A member of staff who looks at a page. A page that takes one cannot be reached without.
pub struct SignedPage {
    pub member: StaffMember,
    pub name: String,
    /// As chosen in this browser, else the user's own.
    pub language: Language,
    pub session_hash: Vec<u8>,
    /// When the reader last gave the password.
    pub proved_at: DateTime<Utc>,
    csrf: String,
    path: String,
    muted: bool,
}

/// As [`SignedPage`], but also somebody who must first change a one-time password.
pub struct NewcomerPage {
    pub page: SignedPage,
    pub must_change_password: bool,
}

/// Why a page is not shown: another comes first, or a problem.
#[derive(Debug)]
pub enum Turned {
    To(Cow<'static, str>),
    Problem(Problem),
}

impl SignedPage {
    /// The reader as the actor of a verb.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.member.clone())
    }

    /// What the page shows around its content.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame {
            language: self.language,
            path: self.path.clone(),
            person: Some(Person { name: self.name.clone(), csrf: self.csrf.clone() }),
            muted: self.muted,
            kept: String::new(),
        }
    }

    /// Refuses a form that this session was not shown.
    ///
    /// # Errors
    /// 403.
    pub fn check(&self, form: &Form) -> std::result::Result<(), Problem> {
        form.check_token(&self.csrf)
    }

    /// As [`SignedPage::check`], for a token that came outside of a plain form, as with uploads.
    ///
    /// # Errors
    /// 403.
    pub fn check_token(&self, token: &str) -> std::result::Result<(), Problem> {
        super::form::check_token(token, &self.csrf)
    }
}

impl FromRequest for SignedPage {
    type Error = Turned;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Turned>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let newcomer = NewcomerPage::from_request(request, payload);
        Box::pin(async move {
            let newcomer = newcomer.await?;
            if newcomer.must_change_password {
                return Err(Turned::To("/password".into()));
            }
            Ok(newcomer.page)
        })
    }
}

impl FromRequest for NewcomerPage {
    type Error = Turned;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Turned>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let front = request
                .app_data::<Data<Front>>()
                .cloned()
                .ok_or_else(|| Error::internal("no front door"))?;
            let found = read(&front, &request).await?;
            found.ok_or(Turned::To("/sign-in".into()))
        })
    }
}

/// Who looks at a page in the session that the browser sent; nobody without one.
///
/// # Errors
/// As [`of_token`].
pub async fn read(front: &Front, request: &HttpRequest) -> Result<Option<NewcomerPage>> {
    match session::sent(Kind::Session, request, &front.app.config().base_url) {
        Some(token) => of_token(front, request, token).await,
        None => Ok(None),
    }
}

/// Who looks at a page in the session of a token; nobody once it is over.
///
/// # Errors
/// When the database fails, or the profile does not open.
pub async fn of_token(
    front: &Front,
    request: &HttpRequest,
    token: Token,
) -> Result<Option<NewcomerPage>> {
    let app = &front.app;
    let now = app.now();
    let found = app
        .read(move |conn| {
            let Some(session) = session::find(conn, &token, now)? else {
                return Ok(None);
            };
            let signed = users::signed_in(conn, session.user_id)?;
            let user = users::get(conn, session.user_id)?;
            let muted = instance::is_muted(conn)?;
            Ok(signed.zip(user).map(|(signed, user)| (session, signed, user, muted)))
        })
        .await?;
    let Some((session, signed_in, user, muted)) = found else {
        return Ok(None);
    };
    session::touch(app, &session).await?;
    let language = tongue::chosen(request).unwrap_or(user.language);
    tongue::remember(request, language);
    let profile = Profile::open(app.vault(), user.id, &user.sealed_profile)?;
    let page = SignedPage {
        member: signed_in.member,
        name: profile.name,
        language,
        session_hash: session.token_hash,
        proved_at: session.proved_at.utc(),
        csrf: session.csrf_token,
        path: request.path().to_owned(),
        muted,
    };
    Ok(Some(NewcomerPage { page, must_change_password: signed_in.must_change_password }))
}

impl From<Error> for Turned {
    fn from(error: Error) -> Self {
        Self::Problem(error.into())
    }
}

impl fmt::Display for Turned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(path) => write!(f, "see {path} first"),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Turned {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::To(_) => StatusCode::SEE_OTHER,
            Self::Problem(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::To(path) => {
                HttpResponse::SeeOther().insert_header((header::LOCATION, path.as_ref())).finish()
            }
            Self::Problem(problem) => problem.error_response(),
        }
    }
}

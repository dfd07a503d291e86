//! A visit: who opened a case, in which browser, for how long.

use std::future::Future;
use std::pin::Pin;

use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::Duration;

use super::{Frame, Place};
use crate::db::column::Instant;
use crate::db::portal_sessions::{self, PortalSession};
use crate::db::requests::Request;
use crate::domain::actor::{Actor, Ctx, OwnCase};
use crate::error::{Error, Result};
use crate::vault::secret::Token;
use crate::web::Front;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::session::{self, Kind};
use crate::web::ui::signed::Turned;

/// A visit ends after this time without a page: the telephone may be somebody else's.
const IDLE: Duration = Duration::minutes(30);

/// A visit ends after this time whatever happens.
const LONGEST: Duration = Duration::hours(4);

/// A visit is marked as used at most this often.
const TOUCH: Duration = Duration::minutes(1);

/// Somebody who opened a case of this controller. A page that takes one cannot be reached without.
pub struct Visit {
    pub front: Data<Front>,
    pub place: Place,
    pub opened: Opened,
    pub own: OwnCase,
    session: PortalSession,
}

impl Visit {
    /// What the page shows around its content.
    #[must_use]
    pub fn frame(&self, page: &'static str) -> Frame {
        let frame = Frame::new(self.place.clone(), page, &self.opened.controller);
        Frame { csrf: Some(self.session.csrf_token.clone()), ..frame }
    }

    /// Refuses a form that this visit was not shown.
    ///
    /// # Errors
    /// 403.
    pub fn check(&self, form: &Form) -> std::result::Result<(), Problem> {
        form.check_token(&self.session.csrf_token)
    }

    /// The person as the actor of a verb.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Subject(self.own)
    }

    /// Who acts, and when.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        self.front.app.ctx(self.actor())
    }

    /// What a code is bound to: this visit and no other.
    #[must_use]
    pub fn session_hash(&self) -> &[u8] {
        &self.session.token_hash
    }

    /// The sign-in at the identity provider that this visit has begun.
    #[must_use]
    pub fn sealed_sign_in(&self) -> Option<&[u8]> {
        self.session.sealed_sign_in.as_deref()
    }

    /// Whether this visit may see what is held of the person, where identity allows it: not one
    /// that began with a call code and proved nothing since (identity.md).
    #[must_use]
    pub const fn is_proved(&self) -> bool {
        self.session.is_proved
    }

    /// Ends the visit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self) -> Result<()> {
        let hash = self.session.token_hash.clone();
        self.front.app.write(move |conn| Ok(portal_sessions::delete(conn, &hash)?)).await
    }
}

/// Begins a visit under a new token; what the browser had open before is closed.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    front: &Front,
    request: &Request,
    is_proved: bool,
    before: Option<Token>,
) -> Result<Token> {
    let token = Token::random();
    let now = front.app.now();
    let row = PortalSession {
        token_hash: token.hash().bytes().to_vec(),
        controller_id: request.controller_id,
        request_id: request.id,
        csrf_token: Token::random().shown().to_owned(),
        created_at: Instant::from(now),
        seen_at: Instant::from(now),
        expires_at: Instant::from(now + LONGEST),
        is_proved,
        sealed_sign_in: None,
    };
    front
        .app
        .write(move |conn| {
            if let Some(before) = &before {
                portal_sessions::delete(conn, before.hash().bytes())?;
            }
            portal_sessions::delete_over(conn, Instant::from(now), Instant::from(now - IDLE))?;
            Ok(portal_sessions::insert(conn, &row)?)
        })
        .await?;
    Ok(token)
}

impl FromRequest for Visit {
    type Error = Turned;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Turned>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let front = request
                .app_data::<Data<Front>>()
                .cloned()
                .ok_or_else(|| Error::internal("no front door"))?;
            let place = Place::of(&request)?;
            let entry = place.path("");
            match find(front, place, &request).await? {
                Some(visit) => Ok(visit),
                None => Err(Turned::To(entry.into())),
            }
        })
    }
}

async fn find(front: Data<Front>, place: Place, request: &HttpRequest) -> Result<Option<Visit>> {
    let base_url = &front.app.config().base_url;
    let Some(token) = session::sent(Kind::Portal, request, base_url) else {
        return Ok(None);
    };
    open(front, place, &token).await
}

/// The visit of a token, as long as it is open.
///
/// # Errors
/// When the database fails.
pub async fn open(front: Data<Front>, place: Place, token: &Token) -> Result<Option<Visit>> {
    let hash = token.hash();
    let found = front.app.read(move |conn| Ok(portal_sessions::get(conn, hash.bytes())?)).await?;
    let now = front.app.now();
    let is_open = |session: &PortalSession| {
        now < session.expires_at.utc() && now - session.seen_at.utc() < IDLE
    };
    let Some(session) = found.filter(is_open) else {
        return Ok(None);
    };
    let visit = session.token_hash.first_chunk().copied().unwrap_or_default();
    let own = OwnCase {
        controller: session.controller_id,
        request: session.request_id,
        visit: u32::from_be_bytes(visit),
    };
    let opened = opened::open_own(&front, &own).await?;
    // A visit to one controller opens nothing at another; and what nobody can read is not shown.
    if opened.controller.slug != place.slug || opened.key().is_err() {
        return Ok(None);
    }
    if now - session.seen_at.utc() >= TOUCH {
        let hash = session.token_hash.clone();
        let touch = move |conn: &mut crate::db::conn::Conn| {
            Ok(portal_sessions::touch(conn, &hash, Instant::from(now))?)
        };
        front.app.write(touch).await?;
    }
    Ok(Some(Visit { front, place, opened, own, session }))
}

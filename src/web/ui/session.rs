//! Sessions of browsers: a random token in a cookie, its hash in the database.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use subtle::ConstantTimeEq;
use url::Url;

use crate::app::App;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::sessions::{self, Session};
use crate::domain::ids::UserId;
use crate::error::Result;
use crate::vault::Vault;
use crate::vault::secret::Token;

/// A session ends after this time without a page.
const IDLE: Duration = Duration::minutes(30);

/// A session ends after this time whatever happens.
const LONGEST: Duration = Duration::hours(12);

/// A session is marked as used at most this often.
const TOUCH: Duration = Duration::minutes(1);

/// So long a page is sure to find its session alive: it may have been marked a little earlier.
pub const SURE: Duration = Duration::minutes(29);

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Session,
    /// A person with their own case, in the portal.
    Portal,
    /// Ties a form to the browser that asked for it, before any session.
    OpenForm,
}

impl Kind {
    /// With https the name itself tells browsers to take it from this host alone (RFC 6265bis
    /// §4.1.3.2). Without, which only a loopback address can be, browsers would not keep it.
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Portal, true) => "__Host-portal",
            (Self::Portal, false) => "portal",
            (Self::OpenForm, true) => "__Host-form",
            (Self::OpenForm, false) => "form",
        }
    }
}

fn is_secure(base_url: &Url) -> bool {
    base_url.scheme() == "https"
}

/// A cookie that lasts as long as the browser is open.
#[must_use]
pub fn cookie(kind: Kind, value: &str, base_url: &Url) -> Cookie<'static> {
    let secure = is_secure(base_url);
    Cookie::build(kind.name(secure), value.to_owned())
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .finish()
}

/// The same cookie, gone.
#[must_use]
pub fn no_cookie(kind: Kind, base_url: &Url) -> Cookie<'static> {
    let mut cookie = cookie(kind, "", base_url);
    cookie.make_removal();
    cookie
}

/// The token that the browser sent.
#[must_use]
pub fn sent(kind: Kind, request: &HttpRequest, base_url: &Url) -> Option<Token> {
    let cookie = request.cookie(kind.name(is_secure(base_url)))?;
    Token::parse(cookie.value())
}

/// Begins a session under a new token; the session that the browser had before is over.
///
/// # Errors
/// When the database fails.
pub async fn begin(app: &App, user: UserId, before: Option<Token>) -> Result<Token> {
    let token = Token::random();
    let now = app.now();
    let row = Session {
        token_hash: token.hash().bytes().to_vec(),
        user_id: user,
        csrf_token: form_token(app.vault(), user),
        created_at: Instant::from(now),
        seen_at: Instant::from(now),
        expires_at: Instant::from(now + LONGEST),
        proved_at: Instant::from(now),
    };
    app.write(move |conn| {
        if let Some(before) = &before {
            sessions::delete(conn, before.hash().bytes())?;
        }
        sessions::delete_over(conn, Instant::from(now), Instant::from(now - IDLE))?;
        Ok(sessions::insert(conn, &row)?)
    })
    .await?;
    Ok(token)
}

/// A token for the forms of a session. It also tells, to this instance alone, whose session it was,
/// when the session is long gone.
fn form_token(vault: &Vault, user: UserId) -> String {
    let random = Token::random();
    format!("{}.{}", random.shown(), owner(vault, user, random.shown()))
}

/// Whether a form was shown in a session of this user.
#[must_use]
pub fn was_shown_to(vault: &Vault, user: UserId, form_token: &str) -> bool {
    let Some((random, found)) = form_token.split_once('.') else { return false };
    found.as_bytes().ct_eq(owner(vault, user, random).as_bytes()).into()
}

fn owner(vault: &Vault, user: UserId, random: &str) -> String {
    URL_SAFE_NO_PAD.encode(vault.index("form owner", &format!("{user} {random}")))
}

/// The session of a token, unless it is over.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, token: &Token, now: DateTime<Utc>) -> Result<Option<Session>> {
    let session = sessions::get(conn, token.hash().bytes())?;
    Ok(session
        .filter(|session| now < session.expires_at.utc() && now - session.seen_at.utc() < IDLE))
}

/// Marks a session as used, if that was not done just now.
///
/// # Errors
/// When the database fails.
pub async fn touch(app: &App, session: &Session) -> Result<()> {
    let now = app.now();
    if now - session.seen_at.utc() < TOUCH {
        return Ok(());
    }
    let hash = session.token_hash.clone();
    app.write(move |conn| Ok(sessions::touch(conn, &hash, Instant::from(now))?)).await
}

/// Ends a session.
///
/// # Errors
/// When the database fails.
pub async fn end(app: &App, token_hash: Vec<u8>) -> Result<()> {
    app.write(move |conn| Ok(sessions::delete(conn, &token_hash)?)).await
}

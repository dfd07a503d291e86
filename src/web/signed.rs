//! Who calls: the user of a valid token, with the memberships that hold at this very call.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Duration, Utc};

use super::Front;
use super::problem::Problem;
use super::token::{Checked, Credential};
use crate::db::{sessions, users};
use crate::domain::actor::{Actor, StaffMember};
use crate::error::Error;

/// A member of staff who signed in with a token. A handler that takes one cannot be reached
/// without.
pub struct Signed(pub StaffMember, PasswordProof);

/// When the caller gave a password for this token, if ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordProof(Option<DateTime<Utc>>);

/// How long a password stands for what cannot be taken back.
pub const FRESH: Duration = Duration::minutes(5);

/// Whether a password that was given at an instant still stands for what cannot be taken back.
#[must_use]
pub fn is_fresh(proved_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    proved_at <= now && now - proved_at < FRESH
}

impl Signed {
    /// A member of whom nothing is said of when the password was given.
    #[must_use]
    pub const fn of(member: StaffMember) -> Self {
        Self(member, PasswordProof(None))
    }

    /// The member as the actor of a verb.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.0.clone())
    }

    /// Refuses a token whose password was given too long ago, or that no password was given for: what
    /// follows cannot be taken back.
    ///
    /// # Errors
    /// 401 with the challenge of RFC 9470.
    pub fn proved(&self, now: DateTime<Utc>) -> Result<(), Problem> {
        match self.1.0.is_some_and(|proved_at| is_fresh(proved_at, now)) {
            true => Ok(()),
            false => Err(Problem::StepUp),
        }
    }

    /// Refuses anybody but an operator of the instance.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn operator(&self) -> Result<(), Error> {
        if self.0.is_operator { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// As [`Signed`], but also somebody who must first change a one-time password: only asking who one
/// is and changing the password take this.
pub struct SignedNewcomer {
    pub member: StaffMember,
    credential: Credential,
    issued_at: DateTime<Utc>,
    /// Whether nothing else is allowed before the password is changed.
    pub must_change_password: bool,
}

impl SignedNewcomer {
    /// The member, if it is a person who gave a password: a key that leaked must not make others.
    ///
    /// # Errors
    /// 403 for whoever came with an API key, or must first change the password.
    pub fn by_password(self) -> Result<StaffMember, Problem> {
        if self.must_change_password {
            return Err(Problem::Http(StatusCode::FORBIDDEN, "must-change-password"));
        }
        match self.credential {
            Credential::Password(_) => Ok(self.member),
            Credential::ApiKey(_) => Err(Problem::Http(StatusCode::FORBIDDEN, "needs-password")),
        }
    }
}

impl FromRequest for Signed {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = SignedNewcomer::from_request(request, payload);
        Box::pin(async move {
            let signed = signed.await?;
            if signed.must_change_password {
                return Err(Problem::Http(StatusCode::FORBIDDEN, "must-change-password"));
            }
            let by_password = matches!(signed.credential, Credential::Password(_));
            let proof = PasswordProof(by_password.then_some(signed.issued_at));
            Ok(Self(signed.member, proof))
        })
    }
}

impl FromRequest for SignedNewcomer {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = bearer(request);
        let front = request.app_data::<Data<Front>>().cloned();
        Box::pin(async move {
            let front = front.ok_or_else(|| Error::internal("no front door"))?;
            let token = token.ok_or(Error::Unauthenticated)?;
            let Checked { user: id, credential, issued_at } =
                front.tokens.check(&token, front.app.now())?;
            let given = credential.clone();
            let signed = front.app.read(move |conn| {
                let signed = users::signed_in(conn, id)?.ok_or(Error::Unauthenticated)?;
                let holds = match &given {
                    Credential::ApiKey(key) => sessions::is_valid_api_key(conn, id, *key)?,
                    given => *given == Credential::password(&signed.password_hash),
                };
                if holds { Ok(signed) } else { Err(Error::Unauthenticated) }
            });
            let users::SignedIn { member, must_change_password, .. } = signed.await?;
            Ok(Self { member, credential, issued_at, must_change_password })
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

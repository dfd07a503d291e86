//! Who calls: the user of a valid token, with the memberships that hold at this very call.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::Front;
use super::problem::Problem;
use super::token::Credential;
use crate::db::{sessions, users};
use crate::domain::actor::{Actor, StaffMember};
use crate::error::Error;

/// A member of staff who signed in with a token. A handler that takes one cannot be reached
/// without.
pub struct Signed(pub StaffMember);

impl Signed {
    /// The member as the actor of a verb.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.0.clone())
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
            Ok(Self(signed.member))
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
            let (id, credential) = front.tokens.check(&token, front.app.now())?;
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
            Ok(Self { member, credential, must_change_password })
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

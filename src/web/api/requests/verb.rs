//! What the handlers of all verbs share: the case, its version, its words sealed, and the answer.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;

use super::shown;
use crate::app::App;
use crate::db::conn::Conn;
use crate::domain::actor::{Actor, Ctx, Permission, StaffMember};
use crate::domain::ids::RequestId;
use crate::domain::subject::text::is_blank;
use crate::error::{Error, Result};
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::written::{LONGEST_REASON, required, text};
use crate::web::{Front, version};
use crate::workflow::record::{Case, Expected, Target, Written};

/// A verb on its way: who calls, on which case, on which version.
pub struct Verb {
    front: Data<Front>,
    signed: Signed,
    opened: Opened,
    expected: Expected,
}

impl FromRequest for Verb {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = Signed::from_request(request, payload);
        let id = case_id(request);
        let expected = version::expected(request);
        let front = request.app_data::<Data<Front>>().cloned();
        Box::pin(async move {
            let signed = signed.await?;
            let front = front.ok_or_else(|| Error::internal("no front door"))?;
            // Whether the case exists is told before what the call lacks, and only to its staff.
            let opened = opened::open_for_any(&front, &signed.0, id?, &ENTRY).await?;
            Ok(Self { front, signed, opened, expected: expected? })
        })
    }
}

/// What lets the caller know of the case: reading it, or answering for one of its systems.
const ENTRY: [Permission; 2] = [Permission::ReadHistory, Permission::AnswerSystem];

/// The id in the path; one that is no UUID names nothing.
///
/// # Errors
/// `NotFound`.
pub fn case_id(request: &HttpRequest) -> Result<RequestId> {
    request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)
}

/// The id of a path with one id.
///
/// # Errors
/// `NotFound`.
pub fn path_id<T: std::str::FromStr>(path: &Path<String>) -> Result<T> {
    path.parse().map_err(|_| Error::NotFound)
}

impl Verb {
    /// Seals what a person wrote and runs the verb; answers the case as it stands then.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn run<F>(
        self,
        words: Option<Value>,
        verb: F,
    ) -> std::result::Result<HttpResponse, Problem>
    where
        F: Fn(&mut Conn, &Ctx, &Target, &Written) -> Result<Case> + Send + 'static,
    {
        let opened = self.opened(Permission::ReadHistory)?;
        let case = self.record(words, verb).await?;
        let may_read = self.signed.0.may(case.row.controller_id, Permission::ReadSubject);
        let subject = match &case.row.sealed_subject {
            Some(sealed) if may_read && case.row.wrapped_key.is_some() => {
                Some(opened::subject(opened.key()?, case.row.id, sealed)?)
            }
            _ => None,
        };
        Ok(answer(&case, subject.as_ref(), &self.front))
    }

    /// Seals what a person wrote and runs the verb.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn record<T, F>(
        &self,
        words: Option<Value>,
        verb: F,
    ) -> std::result::Result<T, Problem>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Ctx, &Target, &Written) -> Result<T> + Send + 'static,
    {
        let ctx = self.front.app.ctx(self.actor());
        let written = match &words {
            Some(words) => Written::sealed(&ctx, self.opened.key()?, words)?,
            None => Written::plain(&ctx),
        };
        let (scope, id) = (self.signed.0.scope(), self.opened.row.id);
        let target = Target { scope, id, expected: self.expected };
        Ok(self.front.app.write(move |conn| verb(conn, &ctx, &target, &written)).await?)
    }

    /// The case as the call found it, for whoever has the permission.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn opened(&self, permission: Permission) -> Result<&Opened> {
        let may = self.signed.0.may(self.opened.row.controller_id, permission);
        if may { Ok(&self.opened) } else { Err(Error::Forbidden) }
    }

    /// The instance, for verbs that need its vault.
    #[must_use]
    pub fn app(&self) -> App {
        self.front.app.clone()
    }

    /// The front door itself.
    #[must_use]
    pub fn front(&self) -> &Front {
        &self.front
    }

    /// Refuses a token whose password was given too long ago for what cannot be taken back.
    ///
    /// # Errors
    /// 401 with the challenge of RFC 9470.
    pub fn proved(&self) -> std::result::Result<(), Problem> {
        self.signed.proved(self.front.app.now())
    }

    /// The version that the call names.
    #[must_use]
    pub const fn expected(&self) -> Expected {
        self.expected
    }

    /// Who calls, as the actor of a verb.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.signed.actor()
    }

    /// Who calls.
    #[must_use]
    pub const fn member(&self) -> &StaffMember {
        &self.signed.0
    }
}

/// A case with its ETag.
#[must_use]
pub fn answer(
    case: &Case,
    subject: Option<&crate::workflow::subject::Subject>,
    front: &Front,
) -> HttpResponse {
    HttpResponse::Ok().insert_header(version::etag(case.row.version)).json(shown::case(
        case,
        subject,
        front.app.now(),
    ))
}

/// A reason, as it is sealed beside an event; nothing when none was given.
///
/// # Errors
/// `Invalid` when it is too long.
pub fn reason(given: Option<&str>) -> Result<Option<Value>> {
    text("reason", given, LONGEST_REASON)?;
    let given = given.filter(|reason| !is_blank(reason));
    Ok(given.map(|reason| json!({ "reason": reason })))
}

/// A text that must be given, as it is sealed beside an event.
///
/// # Errors
/// `Invalid` when it is empty or too long.
pub fn words(field: &'static str, given: &str) -> Result<Option<Value>> {
    required(field, given, LONGEST_REASON)?;
    Ok(Some(json!({ field: given })))
}

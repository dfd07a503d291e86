//! What the handlers of all forms of a case share: the case, its version, its words sealed, and the
//! way back to its page.

use std::future::Future;
use std::pin::Pin;

use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use chrono_tz::Tz;
use serde_json::Value;

use super::{Refused, answer, case_id};
use crate::db::conn::Conn;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::subject::text::is_blank;
use crate::error::{Error, Result};
use crate::web::Front;
use crate::web::opened::{self, Opened};
use crate::web::problem::Problem;
use crate::web::ui::form::Form;
use crate::web::ui::frame::see;
use crate::web::ui::language_choice::own_path;
use crate::web::ui::refusal::{refusal, unnamed};
use crate::web::ui::signed::{SignedPage, Turned};
use crate::web::written::{LONGEST_REASON, text};
use crate::workflow::record::{Case, Expected, Target, Written};

/// A form on its way: who sent it, on which case, on which version of it.
pub struct Posted {
    pub front: Data<Front>,
    pub signed: SignedPage,
    pub form: Form,
    pub opened: Opened,
}

/// Takes a form of the page of a case; 403 for one that this session was not shown.
impl FromRequest for Posted {
    type Error = Turned;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Turned>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let signed = SignedPage::from_request(&request, payload);
        let form = Form::from_request(&request, payload);
        Box::pin(async move {
            let signed = signed.await?;
            let form = form.await.map_err(Turned::Problem)?;
            signed.check(&form).map_err(Turned::Problem)?;
            let front = request.app_data::<Data<Front>>().cloned();
            let front = front.ok_or_else(|| Error::internal("no front door"))?;
            let id = case_id(&request)?;
            let opened = opened::open(&front, &signed.member, id, Permission::ReadHistory).await?;
            Ok(Self { front, signed, form, opened })
        })
    }
}

impl Posted {
    /// Refuses before anything is looked at that the reader may not see.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit(&self, permission: Permission) -> Result<()> {
        let may = self.signed.member.may(self.opened.row.controller_id, permission);
        if may { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// What stands in a field that may stay empty.
    ///
    /// # Errors
    /// `Invalid` when it is too long.
    pub fn written(&self, name: &str) -> Result<Option<String>> {
        let given = self.form.field(name);
        text(name, Some(given), LONGEST_REASON)?;
        Ok((!is_blank(given)).then(|| given.to_owned()))
    }

    /// Who acts, and when.
    #[must_use]
    pub fn ctx(&self) -> Ctx {
        self.front.app.ctx(self.signed.actor())
    }

    /// The zone that the case stands in.
    ///
    /// # Errors
    /// `Internal` when the controller's is not known.
    pub fn zone(&self) -> Result<Tz> {
        let zone = self.opened.controller.time_zone.parse();
        zone.map_err(|_| Error::internal("a controller with an unknown time zone"))
    }

    /// The case on the version that the page showed.
    ///
    /// # Errors
    /// `Conflict` when the form names no version.
    pub fn target(&self) -> Result<Target> {
        let version = self.form.field("version").parse();
        let version = version.map_err(|_| Error::Conflict { code: "stale" })?;
        Ok(Target {
            scope: self.signed.member.scope(),
            id: self.opened.row.id,
            expected: Expected::Version(version),
        })
    }

    /// Seals what a person wrote and runs the verb.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn record<F>(&self, words: Option<Value>, verb: F) -> Result<()>
    where
        F: Fn(&mut Conn, &Ctx, &Target, &Written) -> Result<Case> + Send + 'static,
    {
        self.carry_out(words, verb).await.map(drop)
    }

    /// As [`Posted::record`], for a verb that answers something else than the case.
    ///
    /// # Errors
    /// What the verb answers.
    pub async fn carry_out<T, F>(&self, words: Option<Value>, verb: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Conn, &Ctx, &Target, &Written) -> Result<T> + Send + 'static,
    {
        let (ctx, target) = (self.ctx(), self.target()?);
        let written = match &words {
            Some(words) => Written::sealed(&ctx, self.opened.key()?, words)?,
            None => Written::plain(&ctx),
        };
        let verb = move |conn: &mut Conn| verb(conn, &ctx, &target, &written);
        self.front.app.write(verb).await
    }

    /// Back to the page of the case; when the form was refused, with the reasons on top and what
    /// was typed. `what` is the key of the form's heading.
    ///
    /// # Errors
    /// What is no matter of the form.
    pub async fn back(
        self,
        what: &'static str,
        outcome: Result<()>,
    ) -> std::result::Result<HttpResponse, Problem> {
        let id = self.opened.row.id;
        let Err(error) = outcome else {
            // A form of the queue leads back to the queue.
            let from = self.form.field("from");
            let back =
                if from.is_empty() { format!("/requests/{id}") } else { own_path(from).to_owned() };
            return Ok(see(&back));
        };
        let (status, told) = refusal(error, self.signed.language, unnamed)?;
        let refused = Refused { told, what, status, form: self.form };
        answer(&self.front, &self.signed, id, Some(refused)).await
    }
}

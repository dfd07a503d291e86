//! The form of a setting of a controller: taken, or shown again with what is wrong.

use actix_web::HttpResponse;

use super::form::Form;
use super::frame::see;
use super::refusal::{Refusal, refusal};
use super::signed::SignedPage;
use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::error::{FieldError, Result};
use crate::web::problem::Problem;
use crate::workflow::settings::permission;

/// What such a form came to.
pub enum Outcome {
    /// Back to the page.
    Taken(HttpResponse),
    /// The page says why.
    Refused(Refusal),
}

/// A form of a setting, as it came in.
pub struct Setting<'a> {
    pub signed: &'a SignedPage,
    pub controller: ControllerId,
    pub form: &'a Form,
    /// The last part of the page's address.
    pub page: &'static str,
    /// What it takes to set it.
    pub permission: Permission,
}

impl Setting<'_> {
    /// Stores it, once whoever sent it may; `name` says what a field that is wrong is called on the page.
    ///
    /// # Errors
    /// `Forbidden`, and what is no matter of the form.
    pub async fn store(
        &self,
        storing: impl Future<Output = Result<()>>,
        name: impl Fn(&FieldError) -> String,
    ) -> std::result::Result<Outcome, Problem> {
        self.signed.check(self.form)?;
        permission::on_controller(&self.signed.actor(), self.controller, self.permission)?;
        Ok(match storing.await {
            Ok(()) => {
                let page = format!("/controllers/{}/{}", self.controller, self.page);
                Outcome::Taken(see(&page))
            }
            Err(error) => {
                let named = |field: &FieldError| Some(name(field));
                Outcome::Refused(refusal(error, self.signed.language, named)?)
            }
        })
    }
}

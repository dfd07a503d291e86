//! A form with files in the portal: read for the visit that sends it, and what is told of one that is
//! refused.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;

use super::visit::Visit;
use crate::error::{Error, FieldError};
use crate::web::identity_documents::NewDocumentKey;
use crate::web::problem::{Problem, field_text};
use crate::web::upload_form::{self, Most, Received, Receiver};

/// What becomes of the files of a form.
pub struct Files<'a> {
    /// What they are kept as.
    pub purpose: &'static str,
    pub most: Most,
    /// Why none is taken at all.
    pub refused: Option<Error>,
    /// The one file is an identity document.
    pub document: Option<&'a NewDocumentKey>,
}

/// Reads the form of a visit.
///
/// # Errors
/// As [`upload_form::read`].
pub async fn receive(
    request: &HttpRequest,
    visit: &Visit,
    payload: Payload,
    files: Files<'_>,
) -> Result<Received, Problem> {
    let Files { purpose, most, refused, document } = files;
    let receiver = Receiver {
        front: &visit.front,
        opened: &visit.opened,
        actor: visit.actor(),
        purpose,
        most,
        check: &|form| visit.check(form),
        refused,
        document,
    };
    upload_form::read(request, receiver, payload).await
}

/// The status and the words of a form with these faults.
#[must_use]
pub fn wrong(
    visit: &Visit,
    fields: &[FieldError],
    too_large: bool,
) -> Option<(StatusCode, String)> {
    let status =
        if too_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
    let told = fields.first().map(|field| field_text(field, visit.place.language));
    told.map(|told| (status, told))
}

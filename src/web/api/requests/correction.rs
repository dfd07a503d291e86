//! Correcting whom a request is about.

use actix_web::HttpResponse;
use serde::Deserialize;
use serde_json::json;

use super::verb::Verb;
use crate::domain::actor::Permission;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::subject_given::SubjectGiven;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::correction;

/// The body of `correctSubject`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectSubjectBody {
    subject: SubjectGiven,
    reason: String,
}

/// `POST /api/v1/requests/{id}/subject-correction`
///
/// # Errors
/// As the contract says.
pub async fn correct_subject(
    verb: Verb,
    json: Json<CorrectSubjectBody>,
) -> Result<HttpResponse, Problem> {
    let CorrectSubjectBody { subject, reason } = json.body;
    let opened = verb.opened(Permission::WorkCase)?;
    required("reason", &reason, LONGEST_REASON)?;
    let correction = subject.correction(verb.front(), opened)?;
    let words = json!({ "reason": reason, "before": correction.before });
    verb.run(Some(words), move |conn, ctx, target, written| {
        correction::correct_subject(conn, ctx, target, &correction, written)
    })
    .await
}

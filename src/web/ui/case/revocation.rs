//! The form that takes a released package back.

use actix_web::HttpResponse;
use serde_json::json;

use super::CasePage;
use super::posted::Posted;
use crate::domain::actor::Permission;
use crate::domain::ids::PackageId;
use crate::error::{Error, Result};
use crate::web::problem::Problem;
use crate::web::written::{LONGEST_REASON, required};
use crate::workflow::release;

impl CasePage {
    /// Whether there is something to take back, and the reader may.
    pub(super) fn can_revoke(&self) -> bool {
        self.forms.download && self.released().next().is_some()
    }
}

/// `POST /requests/{id}/revocation`
pub async fn revoke(posted: Posted) -> std::result::Result<HttpResponse, Problem> {
    posted.permit(Permission::Release)?;
    let outcome = record_revocation(&posted).await;
    posted.back("form-revoke", outcome).await
}

async fn record_revocation(posted: &Posted) -> Result<()> {
    let form = &posted.form;
    let package: PackageId = form.field("package_id").parse().map_err(|_| Error::NotFound)?;
    let reason = form.field("revocation_reason");
    required("reason", reason, LONGEST_REASON)?;
    let words = Some(json!({ "reason": reason }));
    let verb = posted.record(words, move |conn, ctx, target, written| {
        release::revoke_package(conn, ctx, target, package, written)
    });
    verb.await
}

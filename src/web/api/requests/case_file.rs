//! `GET /api/v1/requests/{id}/case-file`: the file of a case with its proof.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::verb::case_id;
use crate::domain::actor::Permission;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, case_file, opened, tongue};

/// `GET /api/v1/requests/{id}/case-file`
///
/// # Errors
/// As the contract says.
pub async fn get_case_file(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadCaseFile).await?;
    let language = tongue::of(&request);
    case_file::send(&request, &front, (&signed.0, language), &opened).await
}

//! `GET /api/v1/requests/{id}` and the explanation of its dates.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::shown;
use super::verb::{answer, case_id};
use crate::domain::actor::Permission;
use crate::domain::clock;
use crate::language::step::sentence;
use crate::web::problem::Problem;
use crate::web::signed::Signed;
use crate::web::{Front, opened, tongue};
use crate::workflow::record;

/// `GET /api/v1/requests/{id}`
///
/// # Errors
/// As the contract says.
pub async fn get_request(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    let opened = opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let scope = signed.0.scope();
    let case = front.app.read(move |conn| record::load(conn, &scope, id)).await?;
    let may_read = signed.0.may(case.row.controller_id, Permission::ReadSubject);
    let subject = if may_read { opened.subject()? } else { None };
    Ok(answer(&case, subject.as_ref(), &front))
}

/// `GET /api/v1/requests/{id}/dates`
///
/// # Errors
/// As the contract says.
pub async fn explain_request(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
) -> Result<HttpResponse, Problem> {
    let id = case_id(&request)?;
    opened::open(&front, &signed.0, id, Permission::ReadHistory).await?;
    let scope = signed.0.scope();
    let case = front.app.read(move |conn| record::load(conn, &scope, id)).await?;
    let language = tongue::of(&request);
    let mut rights = Vec::new();
    for right in &case.dates.rights {
        let (dates, steps) =
            clock::explain(&case.state, right.right).map_err(record::clock_error)?;
        let zone = case.state.rules.time_zone;
        let steps: Vec<_> = steps
            .iter()
            .map(|step| {
                json!({
                    "rule": step.rule,
                    "text": sentence(step, language, zone),
                    "source": step.source,
                })
            })
            .collect();
        rights.push(json!({
            "right": right.right.name(),
            "dates": shown::one(&dates),
            "steps": steps,
        }));
    }
    Ok(HttpResponse::Ok().json(json!({ "rights": rights })))
}

//! How long a controller keeps its cases, and what will be destroyed next.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use crate::domain::actor::Permission;
use crate::domain::ids::ControllerId;
use crate::domain::retention::Retention;
use crate::error::Error;
use crate::web::json::Json;
use crate::web::problem::Problem;
use crate::web::retention::{
    Proposed, csv, days, preview as read_preview, sees_cases, settings, shown,
};
use crate::web::signed::Signed;
use crate::web::spreadsheet::Format;
use crate::web::{Front, version};
use crate::workflow::settings::permission;
use crate::workflow::settings::retention::{self, Settings};

type Answer = Result<HttpResponse, Problem>;

/// The body of `replaceRetention`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionBody {
    case_months: u32,
    working_copy_days: u32,
    package_days: u32,
    justification: String,
}

/// The query of `previewRetention`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuery {
    days: Option<String>,
    format: Option<String>,
    case_months: Option<String>,
    working_copy_days: Option<String>,
    package_days: Option<String>,
}

/// `GET /api/v1/controllers/{id}/retention`
///
/// # Errors
/// As the contract says.
pub async fn get(front: Data<Front>, signed: Signed, id: Path<ControllerId>) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::ReadController)?;
    let read = move |conn: &mut crate::db::conn::Conn| {
        crate::db::controllers::find(conn, *id)?;
        retention::of(conn, *id)
    };
    Ok(answer(&front.app.read(read).await?))
}

/// `PUT /api/v1/controllers/{id}/retention`
///
/// # Errors
/// As the contract says.
pub async fn replace(
    request: HttpRequest,
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    json: Json<RetentionBody>,
) -> Answer {
    permission::on_controller(&signed.actor(), *id, Permission::EditRetention)?;
    let expected = version::expected(&request)?;
    let ctx = front.app.ctx(signed.actor());
    let RetentionBody { case_months, working_copy_days, package_days, justification } = json.body;
    let kept = Retention { case_months, working_copy_days, package_days };
    let replace = move |conn: &mut crate::db::conn::Conn| {
        retention::replace(conn, &ctx, *id, expected, (kept, &justification))
    };
    Ok(answer(&front.app.write(replace).await?))
}

/// `GET /api/v1/controllers/{id}/retention/preview?days=…&format=…&case_months=…`
///
/// # Errors
/// As the contract says.
pub async fn preview(
    front: Data<Front>,
    signed: Signed,
    id: Path<ControllerId>,
    query: Query<PreviewQuery>,
) -> Answer {
    let query = query.into_inner();
    let sees_cases = sees_cases(&signed.actor(), *id)?;
    let (days, format) = (days(query.days.as_deref())?, Format::parse(query.format.as_deref())?);
    let PreviewQuery { case_months, working_copy_days, package_days, .. } = query;
    let proposed = Proposed { case_months, working_copy_days, package_days };
    let found = read_preview(&front, &signed.actor(), *id, (days, proposed)).await?;
    Ok(match format {
        Format::Json => HttpResponse::Ok().json(shown(&found, days, sees_cases)),
        Format::Csv if !sees_cases => return Err(Error::Forbidden.into()),
        Format::Csv => csv(&found)?,
    })
}

fn answer(found: &Settings) -> HttpResponse {
    HttpResponse::Ok().insert_header(version::etag(found.version)).json(settings(found))
}

//! The alerts of a case at the front door, for the API and the pages.

use crate::db::requests::Request;
use crate::db::{alerts, controllers};
use crate::domain::actor::Scope;
use crate::domain::alert::due;
use crate::error::{Error, Result};
use crate::web::Front;
use crate::workflow::alert_mail::Told;
use crate::workflow::record::{clock_error, load};

/// The alerts of a request that was found readable, newest first, as they stand now.
///
/// # Errors
/// When the database fails.
pub async fn list(front: &Front, request: &Request) -> Result<Vec<Told>> {
    let (id, controller, reference) =
        (request.id, request.controller_id, request.reference.clone());
    let read = front.app.read(move |conn| {
        let rows = alerts::of_request(conn, id)?;
        let case = load(conn, &Scope::of_job(controller), id)?;
        Ok((rows, case, controllers::find(conn, controller)?))
    });
    let (rows, case, controller) = read.await?;
    let zone: chrono_tz::Tz =
        controller.time_zone.parse().map_err(|_| Error::internal("an unknown time zone"))?;
    let now = front.app.now();
    let today = now.with_timezone(&zone).date_naive();
    let due = due(&case.state, &case.dates, now).map_err(|error| clock_error(error.into()))?;
    let told = rows.into_iter().map(|row| Told {
        holds: due.holds(row.kind, &row.about),
        row,
        reference: Some(reference.clone()),
        controller: controller.name.clone(),
        today,
        zone,
    });
    Ok(told.collect())
}

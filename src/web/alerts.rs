//! The alerts of a case at the front door, for the API and the pages.

use crate::db::requests::Request;
use crate::db::{alerts, controllers};
use crate::error::{Error, Result};
use crate::web::Front;
use crate::workflow::alert_mail::Told;

/// The alerts of a request that was found readable, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(front: &Front, request: &Request) -> Result<Vec<Told>> {
    let (id, controller, reference) =
        (request.id, request.controller_id, request.reference.clone());
    let read = front.app.read(move |conn| {
        let rows = alerts::of_request(conn, id)?;
        Ok((rows, controllers::find(conn, controller)?))
    });
    let (rows, controller) = read.await?;
    let zone = controller.time_zone.parse();
    let zone = zone.map_err(|_| Error::internal("an unknown time zone"))?;
    let told = rows.into_iter().map(|row| Told {
        row,
        reference: Some(reference.clone()),
        controller: controller.name.clone(),
        zone,
    });
    Ok(told.collect())
}

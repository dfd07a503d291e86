//! Trying the connection of a system.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::connectors::session::{self, Limits};
use crate::connectors::settings::Connection;
use crate::db::column::Instant;
use crate::db::systems::System;
use crate::db::{controllers, systems};
use crate::domain::actor::Scope;
use crate::domain::ids::SystemId;
use crate::error::{Error, Result as OurResult};
use crate::vault::ControllerKey;
use crate::vault::place::Place;

/// Opens the connection of a system.
///
/// # Errors
/// When the seal does not open.
pub fn open_connection(key: &ControllerKey, row: &System) -> OurResult<Connection> {
    let place = Place::new("systems", "sealed_connection", row.id.uuid());
    let text = key.key().open(&place, &row.sealed_connection)?;
    serde_json::from_slice(&text).map_err(|_| Error::internal("a connection does not read"))
}

/// Tries the connection of a system, and notes how it went.
///
/// # Errors
/// When the database fails; a system that cannot be reached is an outcome.
pub async fn run(app: &App, claimed: &Claimed, id: SystemId) -> Result<Ended, Failure> {
    let Some(controller) = claimed.controller else {
        return Ok(Ended::Unwanted);
    };
    let scope = Scope::of_job(controller);
    let found = app
        .read(move |conn| {
            Ok((systems::get(conn, id)?, controllers::get(conn, &scope, controller)?))
        })
        .await?;
    let (Some(system), controller) = found else {
        return Ok(Ended::Unwanted);
    };
    let connection = open_connection(&app.controller_key(&controller)?, &system)?;
    let config = app.config();
    let tried = session::test(&connection, &config.allowed, &Limits::default()).await;
    let (state, detail) = match tried {
        Ok(()) => ("ok", None),
        Err(error) => ("failed", Some(error.code())),
    };
    let (claimed, at) = (claimed.clone(), Instant::from(app.now()));
    let recording = app.write(move |conn| {
        systems::end_test(conn, (id, system.version), state, detail, at)?;
        claimed.end(conn, at)
    });
    ended(recording.await)
}

//! Comparing a data map with the live schemas of the systems that it describes.

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use super::test_system::open_connection;
use crate::app::App;
use crate::connectors::session::{Limits, live_schema};
use crate::db::column::Instant;
use crate::db::systems::System;
use crate::db::{controllers, data_maps, live_checks, systems};
use crate::domain::actor::Scope;
use crate::domain::ids::ControllerId;
use crate::domain::inventory::live;
use crate::domain::inventory::map::ConnectorKind;
use crate::domain::inventory::parse::Document;
use crate::error::Result as OurResult;
use crate::vault::ControllerKey;
use crate::workflow::findings::{Difference, Findings, Hindrance, SystemCheck};
use crate::workflow::sources::open_document;

/// Compares a version of the map of a controller with its systems, and keeps what was found. A
/// system that cannot be reached is a finding.
///
/// # Errors
/// When the database or a seal fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    controller: ControllerId,
    version: i64,
) -> Result<Ended, Failure> {
    let scope = Scope::of_job(controller);
    let (row, map, connected) = app
        .read(move |conn| {
            let row = controllers::get(conn, &scope, controller)?;
            let map = data_maps::get(conn, controller, version)?;
            Ok((row, map, systems::list(conn, controller)?))
        })
        .await?;
    let key = app.controller_key(&row)?;
    let document = open_document(&key, &map)?;
    let findings = compare(app, &key, &document, &connected).await?;
    let sealed = findings.seal(&key, (controller, version))?;
    let (claimed, at) = (claimed.clone(), Instant::from(app.now()));
    let recording = app.write(move |conn| {
        live_checks::end(conn, (controller, version), sealed.clone(), at)?;
        claimed.end(conn, at)
    });
    ended(recording.await)
}

/// One system after the other: a person waits for the whole.
async fn compare(
    app: &App,
    key: &ControllerKey,
    document: &Document,
    connected: &[System],
) -> OurResult<Findings> {
    let mut findings = Findings::default();
    let allowed = &app.config().allowed;
    for system in &document.map.systems {
        if system.connector == ConnectorKind::Manual {
            continue;
        }
        let row = connected.iter().find(|row| row.name == system.name);
        let hindrance = match row {
            None => Some(hindrance("system-not-connected", &[])),
            Some(row) => {
                let connection = open_connection(key, row)?;
                match live_schema(&connection, allowed, &Limits::default()).await {
                    Ok(schema) => {
                        let (problems, undescribed) =
                            live::check(document, &system.name, connection.kind(), &schema);
                        findings.differences.extend(problems.iter().map(Difference::from));
                        findings.undescribed(&system.name, undescribed);
                        None
                    }
                    Err(error) => Some(hindrance(error.code(), &error.arguments())),
                }
            }
        };
        findings.systems.push(SystemCheck { system: system.name.clone(), hindrance });
    }
    Ok(findings)
}

fn hindrance(code: &str, arguments: &[(&'static str, String)]) -> Hindrance {
    let owned = |(name, value): &(&'static str, String)| ((*name).to_owned(), value.clone());
    Hindrance { code: code.to_owned(), arguments: arguments.iter().map(owned).collect() }
}

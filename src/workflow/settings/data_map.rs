//! Replacing the data map of a controller. Every version is kept: a search says which it went by.

use chrono::Duration;
use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::data_maps::{self, DataMapRow};
use crate::db::jobs::JobRow;
use crate::db::live_checks::{self, LiveCheck};
use crate::db::{events, jobs};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::ids::{ControllerId, UserId};
use crate::domain::inventory::map::DataMap;
use crate::domain::job::Job;
use crate::error::{Error, Result};
use crate::vault::ControllerKey;
use crate::vault::place::Place;
use crate::workflow::record::{Expected, job_row, settings_event};
use crate::workflow::sources::map_place;

/// How long a comparison may be under way before another may be asked for.
const CHECK_LASTS: Duration = Duration::minutes(10);

/// A checked map, sealed as the version after the one that was read.
#[derive(Clone, Debug)]
pub struct NewMap {
    pub row: DataMapRow,
    systems: usize,
    tables: usize,
}

/// Seals a map as the next version. `map` is what `text` reads as.
///
/// # Errors
/// `Conflict` when another version was expected than stands there; when it cannot be sealed.
pub fn prepare(
    ctx: &Ctx,
    key: &ControllerKey,
    of: (ControllerId, UserId),
    (newest, expected): (i64, Expected),
    (text, map): (&str, &DataMap),
) -> Result<NewMap> {
    if matches!(expected, Expected::Version(version) if version != newest) {
        return Err(Error::Conflict { code: "stale" });
    }
    let (controller_id, created_by) = of;
    let version = newest.saturating_add(1);
    let place = map_place(controller_id, version);
    let place = Place::of_text("data_maps", "sealed_map", &place);
    let row = DataMapRow {
        controller_id,
        version,
        sealed_map: key.key().seal(&place, text.as_bytes())?,
        created_by,
        created_at: Instant::from(ctx.now),
    };
    Ok(NewMap {
        row,
        systems: map.systems.len(),
        tables: map.systems.iter().map(|system| system.tables.len()).sum(),
    })
}

/// Stores a prepared map.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when somebody was faster.
pub fn replace(conn: &mut Conn, ctx: &Ctx, new: &NewMap) -> Result<()> {
    let id = new.row.controller_id;
    permission::on_controller(&ctx.actor, id, Permission::EditDataMap)?;
    let newest = data_maps::newest(conn, id)?.map_or(0, |row| row.version);
    if newest.saturating_add(1) != new.row.version {
        return Err(Error::Conflict { code: "stale" });
    }
    data_maps::insert(conn, &new.row)?;
    let detail =
        json!({ "version": new.row.version, "systems": new.systems, "tables": new.tables });
    let event = settings_event(ctx, Some(id), "DataMapReplaced", &detail);
    Ok(events::insert(conn, &event)?)
}

/// Asks for the newest map to be compared with the live schemas of its connected systems.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` while a comparison is under way, or without a map.
pub fn live_check(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    by: UserId,
) -> Result<LiveCheck> {
    permission::on_controller(&ctx.actor, controller, Permission::EditDataMap)?;
    let newest = data_maps::newest(conn, controller)?;
    let newest = newest.ok_or(Error::Conflict { code: "no-data-map" })?;
    let running =
        |row: &LiveCheck| row.state == "checking" && ctx.now - row.started_at.utc() < CHECK_LASTS;
    if live_checks::get(conn, controller, newest.version)?.is_some_and(|row| running(&row)) {
        return Err(Error::Conflict { code: "check-running" });
    }
    let row = LiveCheck {
        controller_id: controller,
        map_version: newest.version,
        state: "checking".to_owned(),
        sealed_findings: None,
        started_by: by,
        started_at: Instant::from(ctx.now),
        ended_at: None,
    };
    live_checks::begin(conn, &row)?;
    let job = Job::LiveCheck { controller, version: newest.version };
    let job = job_row(ctx, &job, None, ctx.now)?;
    jobs::insert(conn, &JobRow { controller_id: Some(controller), ..job })?;
    let detail = json!({ "version": newest.version });
    let event = settings_event(ctx, Some(controller), "LiveCheckStarted", &detail);
    events::insert(conn, &event)?;
    Ok(row)
}

//! The sweep of alerts: raises what is due, then tells everybody who waits to hear of it. It takes
//! no input, and each run is the retry of the one before.

use std::time::Duration;

use chrono_tz::Tz;

use super::{Stopper, tell_alerts, waiting_owners};
use crate::app::App;
use crate::db::column::Instant;
use crate::db::{controllers, data_maps, requests};
use crate::domain::actor::Actor;
use crate::domain::ids::{ControllerId, RequestId};
use crate::error::{Error, Result};
use crate::workflow::alerts as verbs;
use crate::workflow::sources::open_map;

/// How often.
const PERIOD: Duration = Duration::from_mins(1);
/// How often the data maps are opened: their reviews are a matter of years.
const MAPS: chrono::Duration = chrono::Duration::days(1);
/// How many cases one transaction looks at: intake waits for no more.
const BATCH: i64 = 50;

/// Sweeps until the worker is told to stop.
pub async fn keep(app: &App, stopper: &Stopper) {
    let mut maps_at = None;
    while !stopper.is_stopped() {
        let now = app.now();
        let maps = maps_at.is_none_or(|at| at + MAPS <= now);
        match sweep(app, maps).await {
            Ok(()) if maps => maps_at = Some(now),
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "alerts could not be swept; the next sweep will"),
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// One sweep; with the data maps or without.
///
/// # Errors
/// When the database fails.
pub async fn sweep(app: &App, maps: bool) -> Result<()> {
    raise_cases(app).await?;
    let all = app.read(|conn| Ok(controllers::list_all(conn)?)).await?;
    for controller in &all {
        let id = controller.id;
        raise_others(app, id).await?;
        if let Err(error) = waiting_owners::raise(app, controller).await {
            tracing::warn!(controller = %id, %error, "owners of systems could not be told");
        }
        if maps && let Err(error) = raise_review(app, controller).await {
            tracing::warn!(controller = %id, %error, "a data map could not be looked at");
        }
    }
    tell_alerts::tell(app).await
}

/// The tasks and the breaches of a controller, however many, in small transactions.
async fn raise_others(app: &App, id: ControllerId) -> Result<()> {
    loop {
        let ctx = app.ctx(Actor::Worker);
        if !app.write(move |conn| verbs::raise_tasks(conn, &ctx, id)).await? {
            break;
        }
    }
    let ctx = app.ctx(Actor::Worker);
    app.write(move |conn| verbs::raise_documents(conn, &ctx, id)).await?;
    let mut after = None;
    loop {
        let ctx = app.ctx(Actor::Worker);
        after = app.write(move |conn| verbs::raise_breaches(conn, &ctx, id, after)).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Every case whose time has come, in small transactions.
async fn raise_cases(app: &App) -> Result<()> {
    loop {
        let now = Instant::from(app.now());
        let due = app.read(move |conn| Ok(requests::alerting(conn, now, BATCH)?)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let (ctx, batch) = (app.ctx(Actor::Worker), due.clone());
        let together = app.write(move |conn| {
            for (controller, id) in &batch {
                verbs::raise(conn, &ctx, *controller, *id)?;
            }
            Ok(())
        });
        match together.await {
            Ok(()) => {}
            Err(Error::Unavailable(what)) => return Err(Error::Unavailable(what)),
            // One of them cannot be read: it must hold up no other.
            Err(_) => one_by_one(app, due).await?,
        }
    }
}

async fn one_by_one(app: &App, due: Vec<(ControllerId, RequestId)>) -> Result<()> {
    for (controller, id) in due {
        let ctx = app.ctx(Actor::Worker);
        let raised = app.write(move |conn| verbs::raise(conn, &ctx, controller, id)).await;
        let error = match raised {
            Ok(()) => continue,
            Err(Error::Unavailable(what)) => return Err(Error::Unavailable(what)),
            Err(error) => error,
        };
        tracing::error!(request = %id, %error, "the alerts of a case could not be computed");
        let ctx = app.ctx(Actor::Worker);
        app.write(move |conn| verbs::postpone(conn, &ctx, id)).await?;
    }
    Ok(())
}

/// The review of the newest data map of a controller.
async fn raise_review(app: &App, controller: &controllers::Controller) -> Result<()> {
    let id = controller.id;
    let Some(row) = app.read(move |conn| Ok(data_maps::newest(conn, id)?)).await? else {
        return Ok(());
    };
    let map = open_map(&app.controller_key(controller)?, &row)?;
    let zone: Tz =
        controller.time_zone.parse().map_err(|_| Error::internal("an unknown time zone"))?;
    let today = app.now().with_timezone(&zone).date_naive();
    let old = map.not_reviewed_for_a_year(today);
    // A system that was never reviewed has a year from the day on which it was described.
    let described_on = row.created_at.utc().with_timezone(&zone).date_naive();
    let year = chrono::Days::new(365);
    let dates = old.iter().map(|system| system.reviewed_on.unwrap_or(described_on));
    let Some(oldest) = dates.min().filter(|on| on.checked_add_days(year) <= Some(today)) else {
        return Ok(());
    };
    let years = (today - oldest).num_days() / 365;
    let about = oldest.checked_add_days(chrono::Days::new(365 * u64::try_from(years).unwrap_or(1)));
    let Some(about) = about.map(|on| on.to_string()) else {
        return Ok(());
    };
    let ctx = app.ctx(Actor::Worker);
    app.write(move |conn| verbs::raise_review(conn, &ctx, id, &about)).await
}

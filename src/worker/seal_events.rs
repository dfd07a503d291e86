//! The sealer: numbers committed events into the trees of the proof and has them signed.
//!
//! Events become visible in another order than that of their ids, because transactions overlap.
//! Therefore each look goes back some minutes before the one before it, and every hour, as at the
//! start, one goes over all events. Looking takes no lock; numbering locks one tree.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::export_checkpoints::Exported;
use super::{Stopper, deliver_checkpoints};
use crate::app::App;
use crate::db::audit;
use crate::db::column::Instant;
use crate::domain::ids::{ControllerId, EventId, Id};
use crate::error::{Error, Result};
use crate::workflow::sealing::{self, Sealer};

/// How often a tree may be signed.
const PERIOD: Duration = Duration::from_secs(10);

/// How far back a look goes. A transaction may not be idle for more than a minute.
const OVERLAP: chrono::Duration = chrono::Duration::minutes(10);

/// After how long all events are looked at again.
const WHOLE: chrono::Duration = chrono::Duration::hours(1);

/// How many events one look takes, and one transaction numbers: on SQLite nobody else writes
/// meanwhile.
const LOOK: i64 = 1000;
const BATCH: usize = 250;

/// Seals until the worker is told to stop.
pub async fn seal(app: &App, stopper: &Stopper) {
    let sealer = Sealer::new(app.vault(), &app.config().base_url);
    let mut exported = Exported::default();
    // When all events were last looked at, and when the last look began.
    let (mut whole, mut looked) = (None, None);
    while !stopper.is_stopped() {
        let now = app.now();
        let is_whole = whole.is_none_or(|at: DateTime<Utc>| now - at >= WHOLE || now < at);
        let since = if is_whole { None } else { looked.map(|at: DateTime<Utc>| at - OVERLAP) };
        match number(app, &sealer, since, stopper).await {
            Ok(_) => {
                looked = Some(now);
                whole = if is_whole { Some(now) } else { whole };
            }
            Err(error) => tracing::warn!(%error, "events wait for their number; tried again soon"),
        }
        if let Err(error) = exported.export(app).await {
            tracing::warn!(error = %format!("{error:#}"), "checkpoints wait for their file");
        }
        if let Err(error) = deliver_checkpoints::deliver(app).await {
            tracing::warn!(%error, "checkpoints wait to go out");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopper.stopped() => {}
        }
    }
}

/// Numbers every event that has no number, and appends the checkpoints to their files: for the
/// command line and for tests. Gives how many.
///
/// # Errors
/// When the database or a file fails.
pub async fn seal_all(app: &App) -> anyhow::Result<usize> {
    let sealer = Sealer::new(app.vault(), &app.config().base_url);
    let numbered = number(app, &sealer, None, &Stopper::default()).await?;
    Exported::default().export(app).await?;
    Ok(numbered)
}

/// Numbers the events since an instant, or all. A tree that cannot be built on holds up no other.
///
/// # Errors
/// When the database fails.
pub async fn number(
    app: &App,
    sealer: &Sealer,
    since: Option<DateTime<Utc>>,
    stopper: &Stopper,
) -> Result<usize> {
    let mut from = first_id(since);
    let mut numbered = 0;
    while !stopper.is_stopped() {
        let found = app.read(move |conn| Ok(audit::unnumbered(conn, from, LOOK)?)).await?;
        let Some((last, _)) = found.last().copied() else {
            break;
        };
        for (controller, events) in by_controller(&found) {
            for batch in events.chunks(BATCH) {
                numbered += number_batch(app, sealer, controller, batch).await;
            }
        }
        if i64::try_from(found.len()).unwrap_or(LOOK) < LOOK {
            break;
        }
        from = after(last);
    }
    Ok(numbered)
}

async fn number_batch(
    app: &App,
    sealer: &Sealer,
    controller: Option<ControllerId>,
    batch: &[EventId],
) -> usize {
    let now = Instant::from(app.now());
    let once = || {
        let (sealer, batch) = (sealer.clone(), batch.to_vec());
        app.write(move |conn| sealing::seal(conn, now, &sealer, controller, &batch))
    };
    let mut sealed = once().await;
    // Of two who plant a tree at once one is refused, and finds it there the next time.
    if matches!(sealed, Err(Error::Conflict { .. })) {
        sealed = once().await;
    }
    sealed.unwrap_or_else(|error| {
        let tree = controller.map_or_else(|| "instance".to_owned(), |id| id.to_string());
        tracing::error!(tree, %error, "events were not numbered");
        0
    })
}

fn by_controller(
    found: &[(EventId, Option<ControllerId>)],
) -> BTreeMap<Option<ControllerId>, Vec<EventId>> {
    let mut by_controller: BTreeMap<Option<ControllerId>, Vec<EventId>> = BTreeMap::new();
    for (event, controller) in found {
        by_controller.entry(*controller).or_default().push(*event);
    }
    by_controller
}

/// The smallest id of an event since an instant: the first 48 bits of a UUIDv7 are milliseconds.
fn first_id(since: Option<DateTime<Utc>>) -> EventId {
    let millis = since.map_or(0, |at| at.timestamp_millis());
    EventId::from_uuid(Uuid::from_u128(u128::try_from(millis).unwrap_or(0) << 80))
}

fn after(id: EventId) -> EventId {
    EventId::from_uuid(Uuid::from_u128(id.uuid().as_u128().saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::{after, first_id};
    use crate::domain::actor::{Actor, Ctx};
    use crate::domain::ids::EventId;

    #[test]
    fn ids_of_an_instant_begin_at_its_first() {
        let now = "2026-11-23T09:00:00.123456Z".parse().unwrap();
        let id: EventId = Ctx { actor: Actor::Worker, now }.new_id();
        assert!(first_id(None) < first_id(Some(now)));
        assert!(first_id(Some(now)) <= id);
        assert!(id < first_id(Some(now + chrono::Duration::milliseconds(1))));
        assert!(id < after(id));
    }
}

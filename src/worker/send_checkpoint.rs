//! Hands one signed checkpoint to the webhook. A receiver that took it and did not say so in time
//! gets it once more, with the same id.

use std::time::Duration;

use serde_json::json;

use super::claim::Claimed;
use super::run::{Ended, Failure, ended};
use crate::app::App;
use crate::audit::checkpoint::Checkpoint;
use crate::connectors::webhook::{Call, post};
use crate::db::audit;
use crate::db::checkpoint_deliveries::{self as deliveries, SENT, WAITING};
use crate::db::column::Instant;
use crate::domain::ids::DeliveryId;

/// How long one try may take; the standard suggests 15 to 30 seconds.
const WITHIN: Duration = Duration::from_secs(20);

/// What the event is called.
pub const EVENT: &str = "audit.checkpoint";

/// Calls the webhook, or says why not.
///
/// # Errors
/// When it does not take the checkpoint, or the database fails.
pub async fn run(app: &App, claimed: &Claimed, id: DeliveryId) -> Result<Ended, Failure> {
    let found = app
        .read(move |conn| {
            let Some(delivery) = deliveries::get(conn, id)? else { return Ok(None) };
            let above = delivery.size.saturating_sub(1);
            let checkpoint = audit::checkpoints(conn, delivery.tree_id, above, 1)?.pop();
            Ok(checkpoint.map(|checkpoint| (delivery, checkpoint)))
        })
        .await?;
    let Some((delivery, row)) =
        found.filter(|(delivery, row)| delivery.state == WAITING && delivery.size == row.size)
    else {
        return Ok(Ended::Unwanted);
    };
    // The setting was taken away since.
    let Some(webhook) = &app.config().checkpoint_webhook else { return Ok(Ended::Unwanted) };
    let origin = Checkpoint::parse(&row.note).map(|checkpoint| checkpoint.origin);
    let body = json!({
        "type": EVENT,
        "timestamp": row.signed_at.utc().to_rfc3339(),
        "data": {
            "tree": delivery.tree_id,
            "origin": origin,
            "size": row.size,
            "checkpoint": row.note,
        },
    });
    let (body, event) = (body.to_string(), id.to_string());
    let timestamp = app.now().timestamp();
    let call = Call { id: &event, timestamp, body: body.as_bytes() };
    let allowed = &app.config().allowed;
    post(&webhook.endpoint, &webhook.secret, allowed, call, WITHIN)
        .await
        .map_err(|error| Failure::new(error.code(), error))?;
    let (now, claimed) = (Instant::from(app.now()), claimed.clone());
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        deliveries::end(conn, id, (SENT, None, now))?;
        claimed.end(conn, now)
    });
    ended(recording.await)
}

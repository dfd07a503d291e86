//! What a restore writes down: in the history of each organisation, and of the instance, from which
//! backup it came and how far that reached. Signed, so that it can be told from a copy of the database
//! that somebody else put back.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::record::settings_event;
use super::sealing::{Sealer, tree_of};
use crate::audit::restoration::{INSTANCE_RESTORED, Restoration};
use crate::audit::tree::Edge;
use crate::db::conn::Conn;
use crate::db::{audit, controllers, events};
use crate::domain::actor::Ctx;
use crate::error::{Error, Result};

/// Records the restore of a backup that was made at an instant, if it says so, in every history. They
/// are to be numbered at the instant of `ctx`.
///
/// # Errors
/// When the database fails.
pub fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    sealer: &Sealer,
    saved_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let mut all = vec![None];
    all.extend(controllers::list_all(conn)?.into_iter().map(|it| Some(it.id)));
    for controller in all {
        let tree = tree_of(conn, controller)?;
        let unreadable = || Error::internal(format!("the tree {tree} does not read"));
        let (origin, edge) = match audit::tree(conn, tree)? {
            Some(row) => {
                let size = u64::try_from(row.size).map_err(|_| unreadable())?;
                (row.origin, Edge::from_bytes(size, &row.edge).ok_or_else(unreadable)?)
            }
            None => (sealer.origin(tree), Edge::new()),
        };
        let (size, root) = (edge.size(), edge.root());
        let of = Restoration { origin, size, root, saved_at, restored_at: ctx.now };
        let detail = json!({
            "size": of.size,
            "root": of.root.to_base64(),
            "saved_at": of.saved_at,
            "note": sealer.sign(&of.origin, &of.to_string())?,
        });
        let row = settings_event(ctx, controller, INSTANCE_RESTORED, &detail);
        events::insert(conn, &row)?;
    }
    Ok(())
}

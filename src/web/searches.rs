//! Searches at the front door: made ready from the newest data map, and read with what they brought.

use super::Front;
use super::opened::Opened;
use crate::db::data_maps;
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::domain::actor::Actor;
use crate::domain::ids::{RequestId, SearchId};
use crate::error::{Error, Result};
use crate::workflow::collection::NewSearch;
use crate::workflow::sources::{SearchScope, open_map, search_plan};

/// A search with its systems and the files that it brought.
pub struct SearchRun {
    pub row: Search,
    pub systems: Vec<SearchSystem>,
    pub files: Vec<SearchFile>,
}

/// A search of a case by the newest data map of its controller.
///
/// # Errors
/// `Transition` without a data map, or once the key of the case is destroyed.
pub async fn prepare(
    front: &Front,
    opened: &Opened,
    actor: Actor,
    scope: SearchScope,
    before_identity: bool,
) -> Result<NewSearch> {
    let Actor::Staff(member) = &actor else {
        return Err(Error::Forbidden);
    };
    let by = member.id;
    let subject = opened.subject()?.ok_or(Error::Transition { code: "key-destroyed" })?;
    let controller = opened.controller.id;
    let map = front.app.read(move |conn| Ok(data_maps::newest(conn, controller)?)).await?;
    let row = map.ok_or(Error::Transition { code: "no-data-map" })?;
    let map = open_map(&front.app.controller_key(&opened.controller)?, &row)?;
    Ok(NewSearch {
        id: front.app.ctx(actor).new_id(),
        scope,
        map_version: row.version,
        plan: search_plan(&map, &subject, scope),
        by,
        before_identity,
    })
}

/// The searches of a case, newest first; or one of them.
///
/// # Errors
/// `NotFound` when the case has no such search.
pub async fn load(
    front: &Front,
    request: RequestId,
    only: Option<SearchId>,
) -> Result<Vec<SearchRun>> {
    front
        .app
        .read(move |conn| {
            let rows = match only {
                Some(id) => vec![searches::get(conn, request, id)?],
                None => searches::of_request(conn, request)?,
            };
            let mut all = Vec::with_capacity(rows.len());
            for row in rows {
                let systems = searches::systems(conn, row.id)?;
                let files = searches::files(conn, row.id)?;
                all.push(SearchRun { row, systems, files });
            }
            Ok(all)
        })
        .await
}

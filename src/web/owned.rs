//! Which systems somebody answers for who answers for nothing else: those that the newest data map
//! gives to the own address (`owner` of datamap.md).

use std::collections::{BTreeMap, BTreeSet};

use crate::app::App;
use crate::db::{controllers, data_maps, users};
use crate::domain::actor::{Permission, StaffMember};
use crate::domain::ids::ControllerId;
use crate::error::{Error, Result};
use crate::workflow::settings::profile::Profile;
use crate::workflow::sources::open_map;

/// The systems by controller, for the controllers where the member may answer for own systems alone.
///
/// # Errors
/// When the database fails, or a map does not open.
pub async fn systems(
    app: &App,
    member: &StaffMember,
) -> Result<BTreeMap<ControllerId, BTreeSet<String>>> {
    let scope = member.scope_where(Permission::AnswerSystem);
    let only = scope.controllers().iter().copied();
    let only: Vec<ControllerId> =
        only.filter(|id| !member.may(*id, Permission::WorkCase)).collect();
    let mut own: BTreeMap<ControllerId, BTreeSet<String>> = BTreeMap::new();
    if only.is_empty() {
        return Ok(own);
    }
    let user = member.id;
    let (user, maps) = app
        .read(move |conn| {
            let user = users::get(conn, user)?.ok_or(Error::Unauthenticated)?;
            let mut maps = Vec::new();
            for id in only {
                let controller = controllers::find(conn, id)?;
                maps.extend(data_maps::newest(conn, id)?.map(|map| (controller, map)));
            }
            Ok((user, maps))
        })
        .await?;
    let profile = Profile::open(app.vault(), user.id, &user.sealed_profile)?;
    let address = profile.email.trim().to_lowercase();
    for (controller, row) in &maps {
        let map = open_map(&app.controller_key(controller)?, row)?;
        for system in map.systems {
            let owner = system.owner.unwrap_or_default();
            if owner.trim().to_lowercase() == address {
                own.entry(controller.id).or_default().insert(system.name);
            }
        }
    }
    Ok(own)
}

/// Checks that a member may answer for a system: whoever works cases may for every one.
///
/// # Errors
/// `Forbidden` for somebody else's system.
pub async fn check(
    app: &App,
    member: &StaffMember,
    controller: ControllerId,
    system: &str,
) -> Result<()> {
    if member.may(controller, Permission::WorkCase) {
        return Ok(());
    }
    let own = systems(app, member).await?;
    let owns = own.get(&controller).is_some_and(|systems| systems.contains(system));
    if owns { Ok(()) } else { Err(Error::Forbidden) }
}

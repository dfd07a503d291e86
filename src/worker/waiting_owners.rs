//! Tells the owners of manual systems that one waits for their answer: who owns a system stands in
//! the sealed data map, by the address of an account.

use std::collections::BTreeMap;

use crate::app::App;
use crate::db::controllers::Controller;
use crate::db::{data_maps, users};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::UserId;
use crate::error::Result;
use crate::workflow::alerts::{self, Waiting};
use crate::workflow::settings::profile::Profile;
use crate::workflow::sources::open_map;

/// Alerts the owners of what waits and of which they were not told lately.
///
/// # Errors
/// When the database fails, or the map does not open.
pub async fn raise(app: &App, controller: &Controller) -> Result<()> {
    loop {
        let (id, ctx) = (controller.id, app.ctx(Actor::Worker));
        let waiting = app.read(move |conn| alerts::waiting_systems(conn, &ctx, id)).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let owners = owners(app, controller).await?;
        let told: Vec<(Waiting, Vec<UserId>)> = waiting
            .into_iter()
            .map(|waiting| {
                let owners = owners.get(&waiting.system).cloned().unwrap_or_default();
                (waiting, owners)
            })
            .collect();
        let ctx = app.ctx(Actor::Worker);
        app.write(move |conn| alerts::raise_waiting(conn, &ctx, id, &told)).await?;
    }
}

/// Those who answer for systems and for nothing else: whoever works cases sees them wait anyway.
async fn owners(app: &App, controller: &Controller) -> Result<BTreeMap<String, Vec<UserId>>> {
    let id = controller.id;
    let read = app.read(move |conn| {
        Ok((data_maps::newest(conn, id)?, users::active_of_controller(conn, id)?))
    });
    let (map, members) = read.await?;
    let mut owners: BTreeMap<String, Vec<UserId>> = BTreeMap::new();
    let Some(map) = map else {
        return Ok(owners);
    };
    let map = open_map(&app.controller_key(controller)?, &map)?;
    let answering: Vec<UserId> = members
        .into_iter()
        .filter(|(_, role)| *role == Role::DataOwner)
        .map(|(user, _)| user)
        .collect();
    let mut by_address: BTreeMap<String, UserId> = BTreeMap::new();
    for user in answering {
        let row = app.read(move |conn| Ok(users::get(conn, user)?)).await?;
        if let Some(row) = row {
            let profile = Profile::open(app.vault(), user, &row.sealed_profile)?;
            by_address.insert(profile.email.trim().to_lowercase(), user);
        }
    }
    for system in map.systems {
        let address = system.owner.unwrap_or_default().trim().to_lowercase();
        if let Some(user) = by_address.get(&address) {
            owners.entry(system.name).or_default().push(*user);
        }
    }
    Ok(owners)
}

//! The sweep of what is kept no longer: cases, working copies, packages. It takes no input; what one
//! run cannot do, the next one does.

use crate::app::App;
use crate::db::column::Instant;
use crate::db::{controllers, instance, retention as rows};
use crate::domain::actor::Actor;
use crate::domain::ids::{ControllerId, PackageId, RequestId};
use crate::error::{Error, Result};
use crate::workflow::keeping;
use crate::workflow::settings::retention;

/// How many cases one look takes. Each is a transaction of its own: intake waits for no more.
const LOOK: i64 = 100;

/// One sweep over every controller. A muted instance destroys nothing: it was restored, perhaps only
/// to be looked at.
///
/// # Errors
/// When the database fails.
pub async fn sweep(app: &App) -> Result<()> {
    if app.read(|conn| Ok(instance::is_muted(conn)?)).await? {
        return Ok(());
    }
    for controller in app.read(|conn| Ok(controllers::list_all(conn)?)).await? {
        destroy_cases(app, controller.id).await?;
        remove_working_copies(app, controller.id).await?;
        remove_packages(app, controller.id).await?;
    }
    Ok(())
}

async fn destroy_cases(app: &App, controller: ControllerId) -> Result<()> {
    let mut after = None;
    loop {
        let now = app.now();
        let look = app.read(move |conn| {
            let kept = retention::of(conn, controller)?.kept;
            let by = Instant::from(kept.cases_ended_by(now));
            Ok(rows::ended_by(conn, controller, by, after, LOOK)?)
        });
        let found = look.await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.ended_at.map(|at| (at, last.id));
        for id in found.iter().filter(|row| row.held_at.is_none()).map(|row| row.id) {
            let ctx = app.ctx(Actor::Worker);
            let destroyed =
                app.write(move |conn| keeping::destroy_kept(conn, &ctx, controller, id));
            settle(id, "the key of a case", destroyed.await)?;
        }
    }
}

async fn remove_working_copies(app: &App, controller: ControllerId) -> Result<()> {
    let mut after = None;
    loop {
        let now = app.now();
        let look = app.read(move |conn| {
            let kept = retention::of(conn, controller)?.kept;
            let by = now - chrono::Duration::days(kept.working_copy_days.into());
            Ok(rows::with_working_copies(conn, controller, Instant::from(by), after, LOOK)?)
        });
        let found = look.await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.ended_at.map(|at| (at, last.id));
        for id in found.iter().filter(|row| row.held_at.is_none()).map(|row| row.id) {
            let ctx = app.ctx(Actor::Worker);
            let removed =
                app.write(move |conn| keeping::remove_working_copies(conn, &ctx, controller, id));
            settle(id, "the working copies of a case", removed.await)?;
        }
    }
}

async fn remove_packages(app: &App, controller: ControllerId) -> Result<()> {
    let mut after = None;
    loop {
        let now = app.now();
        let look = app.read(move |conn| {
            let kept = retention::of(conn, controller)?.kept;
            let by = now - chrono::Duration::days(kept.package_days.into());
            Ok(rows::released_by(conn, controller, Instant::from(by), after, LOOK)?)
        });
        let found = look.await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = last.released_at.map(|at| (at, last.id));
        let due = found.iter().filter(|(_, request)| request.held_at.is_none());
        let due: Vec<(RequestId, PackageId)> =
            due.map(|(package, request)| (request.id, package.id)).collect();
        for of in due {
            let ctx = app.ctx(Actor::Worker);
            let removed =
                app.write(move |conn| keeping::remove_package(conn, &ctx, controller, of));
            settle(of.0, "a package", removed.await)?;
        }
    }
}

/// One that cannot be cleared away holds up no other.
fn settle(id: RequestId, what: &str, outcome: Result<bool>) -> Result<()> {
    match outcome {
        Ok(true) => tracing::info!(request = %id, "{what} was kept for its time, and is gone"),
        Ok(false) => {}
        Err(Error::Unavailable(why)) => return Err(Error::Unavailable(why)),
        Err(error) => tracing::error!(request = %id, %error, "{what} could not be cleared away"),
    }
    Ok(())
}

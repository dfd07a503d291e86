//! The sweep of what is kept no longer: cases, working copies, packages. It takes no input; what one
//! run cannot do, the next one does.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::db::column::Instant;
use crate::db::requests::Request;
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
            let terms = retention::terms(conn, controller)?;
            let by = Instant::from(terms.now.cases_ended_by(now));
            Ok((rows::ended_by(conn, controller, by, after, LOOK)?, terms))
        });
        let (found, terms) = look.await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.ended_at.map(|at| (at, last.id));
        let is_due = |row: &&Request| is_over(row, |ended_at| terms.case_until(ended_at), now);
        for id in found.iter().filter(is_due).map(|row| row.id) {
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
            let terms = retention::terms(conn, controller)?;
            let by = now - chrono::Duration::days(terms.now.working_copy_days.into());
            let by = Instant::from(by);
            Ok((rows::with_working_copies(conn, controller, by, after, LOOK)?, terms))
        });
        let (found, terms) = look.await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.ended_at.map(|at| (at, last.id));
        let is_due =
            |row: &&Request| is_over(row, |ended_at| terms.working_copies_until(ended_at), now);
        for id in found.iter().filter(is_due).map(|row| row.id) {
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
            let terms = retention::terms(conn, controller)?;
            let by = now - chrono::Duration::days(terms.now.package_days.into());
            Ok((rows::released_by(conn, controller, Instant::from(by), after, LOOK)?, terms))
        });
        let (found, terms) = look.await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = last.released_at.map(|at| (at, last.id));
        let due = found.iter().filter(|(package, request)| {
            let until = package.released_at.and_then(|at| terms.package_until(at.utc()));
            request.held_at.is_none() && until.is_some_and(|until| until <= now)
        });
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

/// Whether the time of a case that nobody holds is over: what a shorter setting keeps for its week takes
/// no transaction at every sweep.
fn is_over(
    row: &Request,
    until: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let until = row.ended_at.and_then(|ended_at| until(ended_at.utc()));
    row.held_at.is_none() && until.is_some_and(|until| until <= now)
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

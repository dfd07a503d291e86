//! The end of a job that no machine can do: what waited for it is told, and a person gets a task.

use super::claim::{Claimed, stands_still};
use crate::db::checkpoint_deliveries::{self, GIVEN_UP};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::jobs::JobRow;
use crate::db::tasks::Task;
use crate::db::{
    backups, identity_providers, jobs, live_checks, packages, searches, systems, tasks,
};
use crate::domain::actor::Ctx;
use crate::domain::ids::{ControllerId, RequestId};
use crate::domain::job::{
    BUILD_PACKAGE, Job, LIVE_CHECK, SEARCH_GROUP, TEST_PROVIDER, TEST_SYSTEM,
};
use crate::domain::mail::MailState;
use crate::error::Result;
use crate::workflow::mails::Outcome;
use crate::workflow::tasks::FAILED_TASK;
use crate::workflow::{collection, mails};

/// Gives up a job that was seen or is held with its fence; nothing when another worker has it.
///
/// # Errors
/// When the database fails.
pub fn give_up(conn: &mut Conn, ctx: &Ctx, claimed: &Claimed, code: &str) -> Result<()> {
    if !jobs::give_up(conn, claimed.id, claimed.fence, code, Instant::from(ctx.now))? {
        return Ok(());
    }
    let kind = claimed.job.kind();
    tracing::error!(job = kind, id = %claimed.id, code, "a job was given up");
    if let Job::SendMail { mail } = claimed.job {
        // It asks a person itself, in the words of mail.
        let failed = Outcome::Failed { state: MailState::GivenUp, code: code.to_owned() };
        return mails::settle(conn, ctx, mail, &failed);
    }
    tell(conn, ctx, claimed, code)?;
    ask(conn, ctx, (claimed.controller, claimed.request), kind, code)
}

/// Ends a job whose outcome nobody wants any more, without asking anybody. One whose case was closed
/// while it ran is done again when that is undone.
///
/// # Errors
/// When the database fails.
pub fn drop_unwanted(conn: &mut Conn, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    if stands_still(conn, ctx, claimed)? {
        return Ok(());
    }
    if !jobs::end(conn, claimed.id, claimed.fence, Instant::from(ctx.now))? {
        return Ok(());
    }
    tell(conn, ctx, claimed, "unwanted")
}

/// What began and was never recorded has failed; otherwise it would wait for ever.
fn tell(conn: &mut Conn, ctx: &Ctx, claimed: &Claimed, code: &str) -> Result<()> {
    match (&claimed.job, claimed.controller) {
        (Job::BuildPackage { package }, _) => packages::set_failed(conn, *package)?,
        (Job::SearchGroup { search, group }, _) => {
            collection::give_up_group(conn, ctx, *search, *group)?;
        }
        (Job::TestSystem { system }, Some(controller)) => {
            systems::give_up_test(conn, controller, Some(*system), Instant::from(ctx.now))?;
        }
        (Job::TestProvider { controller }, _) => {
            identity_providers::give_up_test(conn, *controller, Instant::from(ctx.now))?;
        }
        (Job::LiveCheck { .. }, Some(controller)) => {
            live_checks::give_up(conn, controller, Instant::from(ctx.now))?;
        }
        (Job::SendCheckpoint { delivery }, _) => {
            let ending = (GIVEN_UP, Some(code), Instant::from(ctx.now));
            checkpoint_deliveries::end(conn, *delivery, ending)?;
        }
        (Job::MakeBackup { backup }, _) => {
            backups::fail(conn, *backup, code, Instant::from(ctx.now))?;
        }
        _ => {}
    }
    Ok(())
}

/// Gives up a job whose payload says nothing: damaged, or written by another version. Its row still
/// tells what kind it is and of which case, and so what may have waited for it.
///
/// # Errors
/// When the database fails.
pub fn give_up_unreadable(conn: &mut Conn, ctx: &Ctx, row: &JobRow) -> Result<()> {
    const CODE: &str = "unreadable";
    let now = Instant::from(ctx.now);
    if !jobs::give_up(conn, row.id, row.fence, CODE, now)? {
        return Ok(());
    }
    tracing::error!(job = row.kind, id = %row.id, code = CODE, "a job was given up");
    match (row.kind.as_str(), row.controller_id, row.request_id) {
        (SEARCH_GROUP, _, Some(request)) => {
            for search in searches::of_request(conn, request)? {
                if search.ended_at.is_none() {
                    collection::give_up_search(conn, ctx, search.id)?;
                }
            }
        }
        (BUILD_PACKAGE, _, Some(request)) => packages::fail_unbuilt(conn, request)?,
        (TEST_SYSTEM, Some(controller), _) => systems::give_up_test(conn, controller, None, now)?,
        (TEST_PROVIDER, Some(controller), _) => {
            identity_providers::give_up_test(conn, controller, now)?;
        }
        (LIVE_CHECK, Some(controller), _) => live_checks::give_up(conn, controller, now)?,
        _ => {}
    }
    ask(conn, ctx, (row.controller_id, row.request_id), &row.kind, CODE)
}

/// A task for a person. A job of no controller has nobody to ask: the log has said it.
fn ask(
    conn: &mut Conn,
    ctx: &Ctx,
    (controller, request): (Option<ControllerId>, Option<RequestId>),
    kind: &str,
    code: &str,
) -> Result<()> {
    let Some(controller_id) = controller else {
        return Ok(());
    };
    let task = Task {
        id: ctx.new_id(),
        controller_id,
        request_id: request,
        kind: FAILED_TASK.to_owned(),
        system: None,
        detail: format!("{kind}/{code}"),
        created_at: Instant::from(ctx.now),
        done_at: None,
        done_by: None,
    };
    Ok(tasks::insert(conn, &task)?)
}

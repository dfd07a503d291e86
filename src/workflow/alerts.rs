//! Raising alerts: each once for what it is about, for the assignee and the DPOs. Every function
//! here may run at any time and as often as somebody likes, on several machines at once.

use std::collections::BTreeSet;

use super::codes::UNUSED_TASK;
use super::collection::ANSWER_TASK;
use super::identity_documents::{CHECK_TASK, OVER_TASK, REUSED_TASK};
use super::letter_codes::LETTER_UNUSED_TASK;
use super::mails::UNDELIVERED_TASK;
use super::messages::READ_TASK;
use super::record;
use super::tasks::FAILED_TASK;
use super::unreached::UNREACHED_TASK;
use crate::db::alerts::{self, AlertRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::keyset::After;
use crate::db::{breaches, identity_documents, requests, tasks, users};
use crate::domain::actor::{Ctx, Role, Scope};
use crate::domain::alert::{self, AlertKind};
use crate::domain::breach::TOLD_BEFORE;
use crate::domain::identity_document;
use crate::domain::ids::{BreachId, ControllerId, RequestId, TaskId, UserId};
use crate::error::{Error, Result};

/// Raises what is due for a case now, and says when to look at it again.
///
/// # Errors
/// `RunAgain` when somebody changed the case in between.
pub fn raise(conn: &mut Conn, ctx: &Ctx, controller: ControllerId, id: RequestId) -> Result<()> {
    let case = record::load(conn, &Scope::of_job(controller), id)?;
    if !requests::hold(conn, id, case.row.version)? {
        return Err(Error::RunAgain);
    }
    let due = alert::due(&case.state, &case.dates, ctx.now)
        .map_err(|error| record::clock_error(error.into()))?;
    let place = (controller, Some(id));
    for alert in &due.passed_over {
        raise_one(conn, ctx, place, (alert.kind, &alert.about), None)?;
    }
    for alert in &due.now {
        raise_one(conn, ctx, place, (alert.kind, &alert.about), Some(case.row.assignee_id))?;
    }
    Ok(requests::set_alert_at(conn, id, due.next.map(Instant::from))?)
}

/// Looks at a case again later: nothing can be said of it now.
///
/// # Errors
/// When the database fails.
pub fn postpone(conn: &mut Conn, ctx: &Ctx, id: RequestId) -> Result<()> {
    let tomorrow = ctx.now + chrono::Duration::days(1);
    Ok(requests::set_alert_at(conn, id, Some(Instant::from(tomorrow)))?)
}

/// The tasks that somebody is alerted to, by their kinds.
pub const ALERTING: [(AlertKind, &[&str]); 8] = [
    (AlertKind::JobFailed, &[FAILED_TASK, UNDELIVERED_TASK]),
    (AlertKind::ColleagueUnreached, &[UNREACHED_TASK]),
    (AlertKind::CodeUnused, &[UNUSED_TASK]),
    (AlertKind::LetterCodeUnused, &[LETTER_UNUSED_TASK]),
    (AlertKind::ReplyWaiting, &[READ_TASK]),
    (AlertKind::IdentityDocumentWaiting, &[CHECK_TASK]),
    (AlertKind::IdentityDocumentOver, &[OVER_TASK]),
    (AlertKind::IdentityDocumentReused, &[REUSED_TASK]),
];

/// Raises one alert for each open task of a controller that cannot wait until somebody looks, some at
/// once. Whether there are perhaps more.
///
/// # Errors
/// When the database fails.
pub fn raise_tasks(conn: &mut Conn, ctx: &Ctx, controller: ControllerId) -> Result<bool> {
    let mut more = false;
    for (kind, tasks) in ALERTING {
        more |= raise_open(conn, ctx, controller, kind, tasks)?;
    }
    Ok(more)
}

fn raise_open(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    kind: AlertKind,
    of_tasks: &[&str],
) -> Result<bool> {
    let open = tasks::unalerted(conn, controller, of_tasks, BATCH)?;
    let more = is_full(open.len());
    for task in open {
        let assignee = match task.request_id {
            Some(id) => requests::get(conn, &Scope::of_job(controller), id)?.assignee_id,
            None => None,
        };
        let (place, about) = ((controller, task.request_id), task.id.to_string());
        raise_one(conn, ctx, place, (kind, &about), Some(assignee))?;
        tasks::set_alerted(conn, task.id, Instant::from(ctx.now))?;
    }
    Ok(more)
}

/// How many tasks of a kind, or breaches, one transaction looks at: intake waits for no more.
const BATCH: i64 = 200;

fn is_full(found: usize) -> bool {
    i64::try_from(found).unwrap_or(i64::MAX) >= BATCH
}

/// How often the owner of a system that waits is reminded, until somebody has answered for it.
const REMIND_OWNER: chrono::Duration = chrono::Duration::days(7);

/// A manual system that waits for its owner.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub task: TaskId,
    pub request: RequestId,
    pub system: String,
}

/// Systems that wait, and of which nobody was told in the last seven days; some at once.
///
/// # Errors
/// When the database fails.
pub fn waiting_systems(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
) -> Result<Vec<Waiting>> {
    let before = Instant::from(ctx.now - REMIND_OWNER);
    let open = tasks::alerted_before(conn, controller, ANSWER_TASK, before, BATCH)?;
    let waiting = open.into_iter().filter_map(|task| {
        let (request, system) = (task.request_id?, task.system?);
        Some(Waiting { task: task.id, request, system })
    });
    Ok(waiting.collect())
}

/// Raises one alert for each system that waits, for its owners alone: those who work the case wait
/// themselves. One that nobody owns is looked at again when the others are reminded.
///
/// # Errors
/// When the database fails.
pub fn raise_waiting(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    waiting: &[(Waiting, Vec<UserId>)],
) -> Result<()> {
    for (waiting, owners) in waiting {
        let now = Instant::from(ctx.now);
        tasks::set_alerted(conn, waiting.task, now)?;
        if owners.is_empty() {
            continue;
        }
        let row = AlertRow {
            id: ctx.new_id(),
            controller_id: controller,
            request_id: Some(waiting.request),
            kind: AlertKind::SystemWaiting,
            // A reminder is about the same task, on another day.
            about: format!("{} {}", waiting.task, ctx.now.date_naive()),
            told: true,
            raised_at: now,
        };
        if alerts::insert_new(conn, &row)? {
            for user in owners {
                alerts::add_reader(conn, row.id, *user)?;
            }
        }
    }
    Ok(())
}

/// Raises the alert that systems of a version of the data map were not reviewed for a year; again
/// when another year has passed.
///
/// # Errors
/// When the database fails.
pub fn raise_review(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    about: &str,
) -> Result<()> {
    raise_one(conn, ctx, (controller, None), (AlertKind::MapNotReviewed, about), Some(None))
}

/// Raises the alerts of breaches on which nobody has decided: a day before the limit, and at it; some
/// at once. From where on there are perhaps more.
///
/// # Errors
/// When the database fails.
pub fn raise_breaches(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    after: After<BreachId>,
) -> Result<After<BreachId>> {
    let soon = Instant::from(ctx.now + TOLD_BEFORE);
    let found = breaches::undecided_before(conn, controller, soon, after, BATCH)?;
    for breach in &found {
        let Some(limit) = breach.limit_at else { continue };
        // The limit comes first, for the sentence; the id tells two with one limit apart.
        let about = format!("{} {}", limit.utc().to_rfc3339(), breach.id);
        let reached = limit <= Instant::from(ctx.now);
        let place = (controller, breach.request_id);
        let near = (AlertKind::BreachNear, about.as_str());
        raise_one(conn, ctx, place, near, (!reached).then_some(None))?;
        if reached {
            raise_one(conn, ctx, place, (AlertKind::BreachReached, &about), Some(None))?;
        }
    }
    let last = found.last().filter(|_| is_full(found.len()));
    Ok(last.and_then(|breach| Some((breach.limit_at?, breach.id))))
}

/// Raises an alert for each identity document that goes within a day and on which nobody has decided:
/// those that go first, and the others as these are gone.
///
/// # Errors
/// When the database fails.
pub fn raise_documents(conn: &mut Conn, ctx: &Ctx, controller: ControllerId) -> Result<()> {
    let soon = Instant::from(ctx.now + identity_document::TOLD_BEFORE);
    for document in identity_documents::kept_until(conn, controller, soon, BATCH)? {
        let id = document.request_id;
        let assignee = requests::get(conn, &Scope::of_job(controller), id)?.assignee_id;
        // The instant comes first, for the sentence; of two sides of a card one alert is enough.
        let about = document.delete_by.utc().to_rfc3339();
        let near = (AlertKind::IdentityDocumentNear, about.as_str());
        raise_one(conn, ctx, (controller, Some(id)), near, Some(assignee))?;
    }
    Ok(())
}

/// Writes an alert that is new. `readers` is the assignee of the case, who hears of it with the
/// DPOs; without it nobody does.
fn raise_one(
    conn: &mut Conn,
    ctx: &Ctx,
    (controller_id, request_id): (ControllerId, Option<RequestId>),
    (kind, about): (AlertKind, &str),
    readers: Option<Option<UserId>>,
) -> Result<()> {
    let row = AlertRow {
        id: ctx.new_id(),
        controller_id,
        request_id,
        kind,
        about: about.to_owned(),
        told: readers.is_some(),
        raised_at: Instant::from(ctx.now),
    };
    if !alerts::insert_new(conn, &row)? {
        return Ok(());
    }
    if let Some(assignee) = readers {
        for user in readers_of(conn, controller_id, assignee)? {
            alerts::add_reader(conn, row.id, user)?;
        }
    }
    Ok(())
}

/// The assignee and the DPOs, each once, who still belong to the controller and may sign in.
fn readers_of(
    conn: &mut Conn,
    controller: ControllerId,
    assignee: Option<UserId>,
) -> Result<BTreeSet<UserId>> {
    let active = users::active_of_controller(conn, controller)?.into_iter();
    Ok(active
        .filter(|(user, role)| *role == Role::Dpo || Some(*user) == assignee)
        .map(|(user, _)| user)
        .collect())
}

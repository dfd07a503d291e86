//! Mails of the instance itself that did not arrive: alerts to a colleague, checkpoints. The others of
//! the controller are told, and what an outage held back is told again.

use std::collections::BTreeSet;

use crate::db::alerts;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::mails;
use crate::db::tasks::{self, Task};
use crate::domain::actor::Ctx;
use crate::domain::ids::{ControllerId, MailId, UserId};
use crate::domain::mail::MailState;
use crate::error::{Error, Result};

/// The kind of the task that whoever reaches a colleague sees to.
pub const UNREACHED_TASK: &str = "reach_colleague";

/// Takes in that a mail of the instance did not arrive, with a code of ours. For each controller whose
/// alerts it told there is one open task about its reader. What was given up, because no server took it
/// for two days, is told by the next mail; what was refused is not, or it would be refused each minute.
///
/// # Errors
/// When the database fails.
pub fn tell(conn: &mut Conn, ctx: &Ctx, id: MailId, code: &str) -> Result<()> {
    let mail = mails::get(conn, id)?.ok_or_else(|| Error::internal("a mail is gone"))?;
    let purpose = mail.purpose.name();
    tracing::warn!(mail = %id, purpose, code, "a mail of the instance did not arrive");
    for (user, controller) in alerts::readers_of_mail(conn, id)? {
        if !open(conn, controller)?.iter().any(|task| reader(task) == Some(user)) {
            ask(conn, ctx, controller, (user, code))?;
        }
    }
    if mail.state == MailState::GivenUp {
        alerts::tell_again(conn, id)?;
    }
    Ok(())
}

/// How many colleagues of one controller are told of at most.
const MOST: i64 = 200;

/// The open tasks of a controller about colleagues whom mail does not reach.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut Conn, controller: ControllerId) -> Result<Vec<Task>> {
    Ok(tasks::open_of_kind(conn, controller, UNREACHED_TASK, MOST)?)
}

/// Whom a task is about.
#[must_use]
pub fn reader(task: &Task) -> Option<UserId> {
    task.detail.split('/').next()?.parse().ok()
}

/// Why the mail did not arrive: a code of ours.
#[must_use]
pub fn code(task: &Task) -> &str {
    task.detail.split_once('/').map_or("", |(_, code)| code)
}

fn ask(
    conn: &mut Conn,
    ctx: &Ctx,
    controller_id: ControllerId,
    (user, code): (UserId, &str),
) -> Result<()> {
    let task = Task {
        id: ctx.new_id(),
        controller_id,
        request_id: None,
        kind: UNREACHED_TASK.to_owned(),
        system: None,
        detail: format!("{user}/{code}"),
        created_at: Instant::from(ctx.now),
        done_at: None,
        done_by: None,
    };
    Ok(tasks::insert(conn, &task)?)
}

/// Has every mail of alerts that has not gone yet written anew: nobody wants those of days ago one by
/// one. How many there were.
///
/// # Errors
/// When the database fails.
pub fn gather(conn: &mut Conn, ctx: &Ctx) -> Result<usize> {
    let mut gathered = BTreeSet::new();
    for id in alerts::waiting_mails(conn)? {
        let Some(mail) = mails::get(conn, id)? else { continue };
        if mails::supersede(conn, &mail, Instant::from(ctx.now))? {
            alerts::tell_again(conn, id)?;
            gathered.insert(id);
        }
    }
    Ok(gathered.len())
}

//! Decides which checkpoints leave the machine by webhook and by mail. It takes no input: what went
//! before stands in the database, and of several workers one is faster.

use chrono::{DateTime, Duration, Utc};

use crate::app::App;
use crate::db::audit::{self, AuditCheckpoint, AuditTree};
use crate::db::checkpoint_deliveries::{self as deliveries, CheckpointDelivery, SENT, WAITING};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::{instance, jobs};
use crate::domain::actor::{Actor, Ctx};
use crate::domain::checkpoint::DeliveryChannel;
use crate::domain::job::Job;
use crate::error::{Error, Result};
use crate::workflow::checkpoint_mail;
use crate::workflow::mails::{self, Prepared};
use crate::workflow::record::job_row;

/// How often a tree is called in, and how often it is mailed.
const WEBHOOK_EVERY: Duration = Duration::minutes(10);
const MAIL_EVERY: Duration = Duration::hours(24);

/// A tree with the checkpoint that is to go out.
type New = (AuditTree, AuditCheckpoint);

/// Puts on their way the checkpoints whose time has come.
///
/// # Errors
/// When the database fails, or a mail cannot be sealed.
pub async fn deliver(app: &App) -> Result<()> {
    let config = app.config();
    let (by_webhook, by_mail) =
        (config.checkpoint_webhook.is_some(), !config.checkpoint_mail.is_empty());
    if !by_webhook && !by_mail {
        return Ok(());
    }
    let now = app.now();
    let (webhook, mail) = app
        .read(move |conn| {
            if instance::is_muted(conn)? {
                return Ok((Vec::new(), Vec::new()));
            }
            let webhook = if by_webhook { to_call(conn, now)? } else { Vec::new() };
            let mail = if by_mail { to_mail(conn, now)? } else { Vec::new() };
            Ok((webhook, mail))
        })
        .await?;
    for new in webhook {
        let ctx = app.ctx(Actor::Worker);
        not_twice(app.write(move |conn| call(conn, &ctx, &new)).await)?;
    }
    if mail.is_empty() {
        return Ok(());
    }
    let ctx = app.ctx(Actor::Worker);
    let mut prepared = Vec::new();
    for address in &config.checkpoint_mail {
        let notes = mail.iter().map(|(_, row)| row.note.as_str());
        let message = checkpoint_mail::message(address.clone(), notes);
        prepared.push(checkpoint_mail::prepare(&ctx, app.vault(), &app.home(), &message)?);
    }
    not_twice(app.write(move |conn| enqueue(conn, &ctx, &mail, &prepared)).await)
}

/// Another worker was faster.
fn not_twice(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(Error::Conflict { .. }) => Ok(()),
        other => other,
    }
}

/// The trees that grew since they were last called in, unless that is under way or was just now.
fn to_call(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<New>> {
    let mut all = Vec::new();
    for tree in audit::trees(conn)? {
        let last = deliveries::newest(conn, tree.id, DeliveryChannel::Webhook)?;
        let waits = last.as_ref().is_some_and(|last| {
            last.state == WAITING || now - last.created_at.utc() < WEBHOOK_EVERY
        });
        if !waits {
            all.extend(grown(conn, tree, last.as_ref())?);
        }
    }
    Ok(all)
}

/// Every tree that grew since it was last mailed, once a day.
fn to_mail(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<New>> {
    let mut all = Vec::new();
    for tree in audit::trees(conn)? {
        let last = deliveries::newest(conn, tree.id, DeliveryChannel::Mail)?;
        if last.as_ref().is_some_and(|last| now - last.created_at.utc() < MAIL_EVERY) {
            continue;
        }
        all.extend(grown(conn, tree, last.as_ref())?);
    }
    Ok(all)
}

fn grown(
    conn: &mut Conn,
    tree: AuditTree,
    last: Option<&CheckpointDelivery>,
) -> Result<Option<New>> {
    let newest = audit::newest_checkpoint(conn, tree.id)?;
    let newest = newest.filter(|newest| last.is_none_or(|last| last.size < newest.size));
    Ok(newest.map(|newest| (tree, newest)))
}

fn delivery(
    ctx: &Ctx,
    row: &AuditCheckpoint,
    (channel, state): (DeliveryChannel, &str),
) -> CheckpointDelivery {
    CheckpointDelivery {
        id: ctx.new_id(),
        tree_id: row.tree_id,
        size: row.size,
        channel,
        state: state.to_owned(),
        last_error: None,
        created_at: Instant::from(ctx.now),
        ended_at: (state == SENT).then_some(Instant::from(ctx.now)),
    }
}

fn call(conn: &mut Conn, ctx: &Ctx, (tree, checkpoint): &New) -> Result<()> {
    let row = delivery(ctx, checkpoint, (DeliveryChannel::Webhook, WAITING));
    deliveries::insert(conn, &row)?;
    let mut job = job_row(ctx, &Job::SendCheckpoint { delivery: row.id }, None, ctx.now)?;
    // Whoever administers the controller gets the task when nobody takes it.
    job.controller_id = tree.controller_id;
    Ok(jobs::insert(conn, &job)?)
}

fn enqueue(conn: &mut Conn, ctx: &Ctx, all: &[New], prepared: &[Prepared]) -> Result<()> {
    for (_, checkpoint) in all {
        let row = delivery(ctx, checkpoint, (DeliveryChannel::Mail, SENT));
        deliveries::insert(conn, &row)?;
    }
    for mail in prepared {
        mails::enqueue(conn, mail)?;
    }
    Ok(())
}

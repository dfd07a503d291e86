//! Telling people of alerts by mail: each once, and never as a storm. While an earlier mail to the same
//! reader has not gone, what comes since joins it: one digest of what still holds then.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use super::claim::LOST;
use crate::app::App;
use crate::db::alerts::{self, AlertRow};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::jobs;
use crate::db::mails::{self, Mail};
use crate::db::users::{self, User};
use crate::db::{controllers, instance, requests};
use crate::domain::actor::{Actor, Scope};
use crate::domain::alert::AlertKind;
use crate::domain::ids::{AlertId, ControllerId, UserId};
use crate::domain::job::{Job, SEND_MAIL};
use crate::domain::mail::MailPurpose;
use crate::error::{Error, Result};
use crate::mail::address::MailAddress;
use crate::workflow::alert_mail::{self, MOST_SINGLE, Reader, Told};
use crate::workflow::alert_standing::Standing;
use crate::workflow::mails::{self as verbs, Prepared, Sender};
use crate::workflow::settings::profile::Profile;

/// How many alerts one mail can be about.
const MOST_AT_ONCE: i64 = 10_000;
/// What was raised longer ago and is not told yet was held up: perhaps it holds no more.
const HELD_UP: Duration = Duration::minutes(10);

/// Tells everybody who waits: one mail for each alert, or one digest when there are many. A muted
/// instance tells nobody; what it raised is told as one once it is unmuted.
///
/// # Errors
/// When the database fails.
pub async fn tell(app: &App) -> Result<()> {
    let readers = app.read(|conn| {
        let muted = instance::is_muted(conn)?;
        Ok(if muted { Vec::new() } else { alerts::readers_waiting(conn)? })
    });
    for user in readers.await? {
        if let Err(error) = tell_one(app, user).await {
            // Another machine has just told them, or nothing can be written now.
            tracing::warn!(%user, %error, "somebody was not told of alerts; the next sweep will");
        }
    }
    Ok(())
}

/// What somebody is to hear of.
struct Waiting {
    user: User,
    told: Vec<Told>,
    /// What holds no more, and is told to nobody.
    over: Vec<AlertId>,
    /// Mails that have not gone, and are replaced.
    joined: Vec<Mail>,
    /// Whether this comes late, and so as one.
    late: bool,
}

async fn tell_one(app: &App, id: UserId) -> Result<()> {
    let now = app.now();
    let Some(waiting) = app.read(move |conn| waiting(conn, id, now)).await? else {
        // Somebody is just sending the mail before: a minute later it has gone, or waits.
        return Ok(());
    };
    let Waiting { user, told, over, joined, late } = waiting;
    let profile = Profile::open(app.vault(), id, &user.sealed_profile)?;
    let ids: Vec<AlertId> = told.iter().map(|told| told.row.id).collect();
    let prepared = match MailAddress::parse(&profile.email) {
        Ok(address) if user.status == "active" => {
            let reader = Reader { address, name: &profile.name, language: user.language };
            prepare(app, &reader, &told, late)?
        }
        // The alerts stand on their cases all the same.
        _ => Vec::new(),
    };
    let now = Instant::from(now);
    app.write(move |conn| {
        for mail in &joined {
            if !mails::supersede(conn, mail, now)? {
                return Err(LOST);
            }
            alerts::tell_again(conn, mail.id)?;
        }
        let mut silent: BTreeSet<AlertId> = ids.iter().chain(&over).copied().collect();
        for (mail, ids) in &prepared {
            let id_of_mail = verbs::enqueue(conn, mail)?;
            if !alerts::set_mailed(conn, id, ids, (now, Some(id_of_mail)))? {
                return Err(LOST);
            }
            silent.retain(|told| !ids.contains(told));
        }
        let silent: Vec<AlertId> = silent.into_iter().collect();
        if alerts::set_mailed(conn, id, &silent, (now, None))? { Ok(()) } else { Err(LOST) }
    })
    .await
}

/// What somebody is to hear of; nothing while a mail of theirs is on its way.
fn waiting(conn: &mut Conn, id: UserId, now: DateTime<Utc>) -> Result<Option<Waiting>> {
    let user = users::get(conn, id)?.ok_or(Error::NotFound)?;
    let mut rows = alerts::waiting_for(conn, id, MOST_AT_ONCE)?;
    let mut joined: BTreeMap<_, Mail> = BTreeMap::new();
    for (row, mail) in alerts::in_waiting_mails(conn, id)? {
        rows.push(row);
        if let Entry::Vacant(free) = joined.entry(mail) {
            // Read before its job: whoever takes it up in between counts a try.
            free.insert(mails::get(conn, mail)?.ok_or(Error::NotFound)?);
        }
    }
    for mail in joined.keys() {
        let job = serde_json::to_string(&Job::SendMail { mail: *mail });
        let job = job.map_err(|_| Error::internal("a job to JSON"))?;
        if jobs::is_running(conn, SEND_MAIL, &job)? {
            return Ok(None);
        }
    }
    let held_up = Instant::from(now - HELD_UP);
    let late = !joined.is_empty() || rows.iter().any(|row| row.raised_at < held_up);
    let mut over = Vec::new();
    if late {
        let mut standing = Standing::at(now);
        let (mut holding, mut reminded) = (Vec::new(), BTreeSet::new());
        rows.sort_by_key(|row| row.id);
        for row in rows.into_iter().rev() {
            let is_newest = reminder(&row).is_none_or(|task| reminded.insert(task));
            let holds = is_newest && standing.holds(conn, &row)?;
            if holds { holding.push(row) } else { over.push(row.id) }
        }
        holding.reverse();
        rows = holding;
    }
    let told = placed(conn, rows, now)?;
    Ok(Some(Waiting { user, told, over, joined: joined.into_values().collect(), late }))
}

/// The task that a reminder is about: of several the newest says it.
fn reminder(row: &AlertRow) -> Option<String> {
    let task = row.about.split(' ').next().filter(|_| row.kind == AlertKind::SystemWaiting);
    task.map(str::to_owned)
}

/// Alerts with their case and their controller, what is read first on top.
fn placed(conn: &mut Conn, rows: Vec<AlertRow>, now: DateTime<Utc>) -> Result<Vec<Told>> {
    let mut known: BTreeMap<ControllerId, (String, Tz)> = BTreeMap::new();
    let mut told = Vec::new();
    for row in rows {
        let (controller, zone) = match known.entry(row.controller_id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(free) => {
                let controller = controllers::find(conn, row.controller_id)?;
                let zone = controller.time_zone.parse();
                let zone = zone.map_err(|_| Error::internal("an unknown time zone"))?;
                free.insert((controller.name, zone)).clone()
            }
        };
        let reference = reference(conn, &row)?;
        let today = now.with_timezone(&zone).date_naive();
        told.push(Told { reference, controller, today, zone, holds: true, row });
    }
    told.sort_by_key(|told| std::cmp::Reverse(urgency(told.row.kind)));
    Ok(told)
}

/// What is read first in a digest.
const fn urgency(kind: AlertKind) -> u8 {
    match kind {
        AlertKind::ActAtOnce
        | AlertKind::ConsentWithdrawn
        | AlertKind::BreachReached
        | AlertKind::BreachNear => 3,
        AlertKind::LimitReached | AlertKind::PausedLimitNear => 2,
        AlertKind::TargetReached | AlertKind::TargetTomorrow | AlertKind::ExtensionLapses => 1,
        _ => 0,
    }
}

fn reference(conn: &mut Conn, row: &AlertRow) -> Result<Option<String>> {
    match row.request_id {
        Some(id) => Ok(Some(requests::reference(conn, &Scope::of_job(row.controller_id), id)?)),
        None => Ok(None),
    }
}

/// The mails, each with the alerts that it tells. What comes late comes as one.
fn prepare(
    app: &App,
    reader: &Reader<'_>,
    all: &[Told],
    late: bool,
) -> Result<Vec<(Prepared, Vec<AlertId>)>> {
    let ctx = app.ctx(Actor::Worker);
    let (base_url, home) = (app.config().base_url.as_str(), app.home());
    let sender = Sender::Instance { vault: app.vault() };
    if all.len() > MOST_SINGLE || (late && all.len() > 1) {
        let message = alert_mail::digest(reader, all, base_url);
        let digest = verbs::prepare(&ctx, &sender, &home, &message, MailPurpose::Digest, None)?;
        return Ok(vec![(digest, all.iter().map(|told| told.row.id).collect())]);
    }
    let mails = all.iter().map(|told| {
        let message = alert_mail::single(reader, told, base_url);
        let mail = verbs::prepare(&ctx, &sender, &home, &message, MailPurpose::Alert, None)?;
        Ok((mail, vec![told.row.id]))
    });
    mails.collect()
}

//! Whether an alert that was raised a while ago still holds: what is told after an outage is what
//! somebody has still to do.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};

use super::alerts::ALERTING;
use super::record;
use crate::db::alerts::AlertRow;
use crate::db::conn::Conn;
use crate::db::{breaches, tasks};
use crate::domain::actor::Scope;
use crate::domain::alert::{self, Alert, AlertKind};
use crate::domain::breach::BreachDecision;
use crate::domain::ids::{BreachId, RequestId, TaskId};
use crate::error::Result;

/// Looks at alerts of an instant; each case is read once.
pub struct Standing {
    now: DateTime<Utc>,
    due: BTreeMap<RequestId, Vec<Alert>>,
}

impl Standing {
    /// As things stand at an instant.
    #[must_use]
    pub const fn at(now: DateTime<Utc>) -> Self {
        Self { now, due: BTreeMap::new() }
    }

    /// Whether what the alert says is still to be done, and no higher one says it.
    ///
    /// # Errors
    /// When the database fails, or a case cannot be read.
    pub fn holds(&mut self, conn: &mut Conn, row: &AlertRow) -> Result<bool> {
        match row.kind {
            AlertKind::AcknowledgementDue
            | AlertKind::TargetInSeven
            | AlertKind::TargetInThree
            | AlertKind::TargetTomorrow
            | AlertKind::TargetReached
            | AlertKind::LimitReached
            | AlertKind::ExtensionLapses
            | AlertKind::PausedLimitNear
            | AlertKind::ActAtOnce
            | AlertKind::ConsentWithdrawn => self.is_due(conn, row),
            AlertKind::BreachNear | AlertKind::BreachReached => self.is_undecided(conn, row),
            AlertKind::IdentityDocumentNear => {
                Ok(instant(&row.about).is_none_or(|at| at > self.now))
            }
            AlertKind::SystemWaiting => is_open(conn, row),
            kind if ALERTING.iter().any(|(of_tasks, _)| *of_tasks == kind) => is_open(conn, row),
            _ => Ok(true),
        }
    }

    fn is_due(&mut self, conn: &mut Conn, row: &AlertRow) -> Result<bool> {
        let Some(id) = row.request_id else { return Ok(true) };
        let due = match self.due.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let case = record::load(conn, &Scope::of_job(row.controller_id), id)?;
                let due = alert::due(&case.state, &case.dates, self.now)
                    .map_err(|error| record::clock_error(error.into()))?;
                free.insert(due.now)
            }
        };
        Ok(due.iter().any(|alert| alert.kind == row.kind && alert.about == row.about))
    }

    fn is_undecided(&self, conn: &mut Conn, row: &AlertRow) -> Result<bool> {
        let id = row.about.split(' ').nth(1).and_then(|id| id.parse::<BreachId>().ok());
        let Some(id) = id else { return Ok(true) };
        let breach = breaches::get(conn, row.controller_id, id)?;
        let open = breach.closed_at.is_none() && breach.decision == BreachDecision::Undecided;
        let reached = breach.limit_at.is_some_and(|limit| limit.utc() <= self.now);
        // At the limit another one says so; one that was moved is another limit.
        let same = breach.limit_at.map(|at| at.utc()) == instant(&row.about);
        Ok(open && same && (row.kind == AlertKind::BreachReached || !reached))
    }
}

fn is_open(conn: &mut Conn, row: &AlertRow) -> Result<bool> {
    let id = row.about.split(' ').next().and_then(|id| id.parse::<TaskId>().ok());
    let Some(id) = id else { return Ok(true) };
    Ok(tasks::get(conn, &Scope::of_job(row.controller_id), id)?.done_at.is_none())
}

fn instant(about: &str) -> Option<DateTime<Utc>> {
    about.split(' ').next()?.parse().ok()
}

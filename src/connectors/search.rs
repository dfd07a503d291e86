//! Drives the searches of a plan: groups in order, systems that do not wait for each other at
//! once, circles until nothing new is found.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use super::error::{SourceError, Stop};
use super::hosts::Allowlist;
use super::links::LinkValues;
use super::session::{Limits, Session};
use super::settings::Connection;
use super::sink::RowSink;
use crate::domain::search_plan::persons::Borne;
use crate::domain::search_plan::plan::{Group, SearchPlan, SystemPlan};

/// How the search of a system ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Complete,
    /// There are more rows than one search may read.
    RowCap,
    /// More values would have to be followed than one search may carry.
    LinkCap,
    TimedOut,
    Failed {
        error: SourceError,
    },
    /// A manual system.
    WaitsForPerson,
}

/// What was found in a system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemFound {
    pub system: String,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The tables that were read, with their rows, in the order of the map.
    pub tables: Vec<TableFound>,
    /// Systems whose own search was not complete, and whose values were needed here.
    pub lacks: Vec<String>,
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFound {
    pub table: String,
    pub rows: u64,
    /// Which identifiers its rows bear; of those that another table led to, nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub borne: Vec<Borne>,
}

impl SystemFound {
    /// Whether nothing can be missing. A manual system is complete when its person says so.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.outcome == Outcome::Complete && self.lacks.is_empty()
    }
}

/// What a search works with.
pub struct Reach<'a> {
    pub plan: &'a SearchPlan,
    /// By the name of the system.
    pub connections: &'a BTreeMap<String, Connection>,
    pub allowed: &'a Allowlist,
    pub limits: &'a Limits,
}

/// Is told how a search goes on.
pub trait Watch: Sync {
    /// The search of a system begins.
    fn began(&self, system: &str);
    /// It has ended.
    fn ended(&self, found: &SystemFound);
}

impl Watch for () {
    fn began(&self, _: &str) {}
    fn ended(&self, _: &SystemFound) {}
}

/// Searches every group of the plan. `sinks` holds one sink for each system that is to be read,
/// by name. The answer stands in the order of the map.
///
/// # Errors
///
/// Only when a sink fails: what a source does wrong is an outcome.
pub async fn search<S: RowSink>(
    reach: &Reach<'_>,
    sinks: &mut BTreeMap<String, S>,
    watch: &dyn Watch,
) -> anyhow::Result<Vec<SystemFound>> {
    let plan = reach.plan;
    let mut levels: Vec<usize> = Vec::new();
    for group in &plan.groups {
        let before = group.after.iter().filter_map(|one| levels.get(*one)).max();
        levels.push(before.map_or(0, |level| level + 1));
    }
    let mut known = LinkValues::default();
    let mut found = Vec::new();
    for level in 0..=levels.iter().copied().max().unwrap_or(0) {
        let mut running = Vec::new();
        for (group, _) in plan.groups.iter().zip(&levels).filter(|(_, one)| **one == level) {
            let mut own: BTreeMap<String, S> = BTreeMap::new();
            for system in group.systems.iter().filter_map(|one| plan.systems.get(*one)) {
                own.extend(sinks.remove_entry(&system.system));
                watch.began(&system.system);
            }
            let mut values = known.clone();
            running.push(async move {
                let mut borrowed: BTreeMap<&str, &mut dyn RowSink> = BTreeMap::new();
                for (name, sink) in &mut own {
                    borrowed.insert(name, sink);
                }
                let answer = search_group(reach, group, &mut values, &mut borrowed).await;
                drop(borrowed);
                for system in answer.iter().flatten() {
                    watch.ended(system);
                }
                (answer, values, own)
            });
        }
        let mut failure = None;
        for (answer, values, own) in join_all(running).await {
            known.merge(values);
            sinks.extend(own);
            match answer {
                Ok(systems) => found.extend(systems),
                Err(error) => failure = Some(error),
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
    }
    let place = |name: &str| plan.systems.iter().position(|system| system.system == name);
    found.sort_by_key(|one: &SystemFound| place(&one.system));
    Ok(found)
}

/// One system of a group while it is searched.
struct Running<'a> {
    index: usize,
    plan: &'a SystemPlan,
    session: Option<Session>,
    deadline: Instant,
    found: SystemFound,
}

/// Searches the systems of one group, given the values that earlier groups brought, and adds those
/// that later groups need.
///
/// # Errors
///
/// Only when a sink fails.
pub async fn search_group(
    reach: &Reach<'_>,
    group: &Group,
    known: &mut LinkValues,
    sinks: &mut BTreeMap<&str, &mut dyn RowSink>,
) -> anyhow::Result<Vec<SystemFound>> {
    let mut systems = Vec::new();
    for index in &group.systems {
        if let Some(plan) = reach.plan.systems.get(*index) {
            systems.push(begin(reach, *index, plan).await);
        }
    }
    follow(reach, group, &mut systems, known).await;
    for system in &mut systems {
        read(reach, system, known, sinks).await?;
    }
    while settle(reach.plan, &mut systems, known) {}
    Ok(systems.into_iter().map(|system| system.found).collect())
}

/// Connects to a system and looks up the plan's names.
async fn begin<'a>(reach: &Reach<'_>, index: usize, plan: &'a SystemPlan) -> Running<'a> {
    let deadline = Instant::now() + reach.limits.search;
    let found = SystemFound {
        system: plan.system.clone(),
        outcome: Outcome::Complete,
        tables: Vec::new(),
        lacks: Vec::new(),
    };
    let mut running = Running { index, plan, session: None, deadline, found };
    if plan.waits_for_person() {
        running.found.outcome = Outcome::WaitsForPerson;
        return running;
    }
    if plan.tables.is_empty() {
        return running;
    }
    let opened = match reach.connections.get(&plan.system) {
        Some(connection) if connection.kind() == plan.connector => {
            let opening = async {
                let mut session = Session::open(connection, reach.allowed, reach.limits).await?;
                session.prepare(reach.plan, index, plan).await?;
                Ok(session)
            };
            timeout_at(deadline, opening).await.unwrap_or(Err(SourceError::TimedOut))
        }
        _ if !available(plan) => {
            Err(SourceError::NotAvailable { connector: plan.connector.name().to_owned() })
        }
        _ => Err(SourceError::NotConnected),
    };
    match opened {
        Ok(session) => running.session = Some(session),
        Err(error) => fail(&mut running, error),
    }
    running
}

fn available(plan: &SystemPlan) -> bool {
    use crate::domain::inventory::map::ConnectorKind::{Postgresql, Sqlite};
    matches!(plan.connector, Postgresql | Sqlite)
}

fn fail(running: &mut Running<'_>, error: SourceError) {
    running.session = None;
    running.found.outcome = match error {
        SourceError::TimedOut => Outcome::TimedOut,
        error => Outcome::Failed { error },
    };
}

/// Carries values: around the circles of the group until nothing new is found, then onward.
async fn follow(
    reach: &Reach<'_>,
    group: &Group,
    systems: &mut [Running<'_>],
    known: &mut LinkValues,
) {
    let inner = |to: usize| group.systems.contains(&to);
    let circular = |system: usize| {
        reach.plan.links.iter().any(|link| link.from.0 == system && inner(link.to.0))
    };
    let mut again = group.systems.iter().any(|system| circular(*system));
    let mut rounds = 0;
    while again {
        again = false;
        for system in systems.iter_mut() {
            again |= carry(reach, system, known, &inner).await;
        }
        rounds += 1;
        if rounds >= reach.limits.rounds && again {
            for system in systems.iter_mut().filter(|system| circular(system.index)) {
                system.found.outcome = Outcome::LinkCap;
            }
            break;
        }
    }
    for system in systems.iter_mut() {
        carry(reach, system, known, &|to| !inner(to)).await;
    }
}

/// Reads the values of a system's links to the systems that `wanted` tells; whether any was new.
async fn carry(
    reach: &Reach<'_>,
    system: &mut Running<'_>,
    known: &mut LinkValues,
    wanted: &(dyn Fn(usize) -> bool + Sync),
) -> bool {
    let mut new = false;
    let limit = reach.limits.link_values;
    for (number, link) in reach.plan.links.iter().enumerate() {
        if link.from.0 != system.index || !wanted(link.to.0) {
            continue;
        }
        let Some(session) = system.session.as_mut() else {
            known.mark_broken(number);
            continue;
        };
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let reading = session.link_values(reach.plan, system.plan, number, known, most);
        match timeout_at(system.deadline, reading).await.unwrap_or(Err(SourceError::TimedOut)) {
            Ok(found) => {
                if found.left_behind {
                    known.mark_broken(number);
                }
                new |= known.add(number, found.tuples, limit);
            }
            Err(error) => {
                known.mark_broken(number);
                fail(system, error);
            }
        }
    }
    new
}

/// Reads the rows of every table.
async fn read(
    reach: &Reach<'_>,
    system: &mut Running<'_>,
    known: &LinkValues,
    sinks: &mut BTreeMap<&str, &mut dyn RowSink>,
) -> anyhow::Result<()> {
    let Some(mut session) = system.session.take() else {
        return Ok(());
    };
    let Some(sink) = sinks.get_mut(system.plan.system.as_str()) else {
        anyhow::bail!("no sink for the rows of {}", system.plan.system);
    };
    let mut left = reach.limits.rows;
    for (table, plan) in system.plan.tables.iter().enumerate() {
        let bounds = (left, reach.limits);
        let reading = async {
            let borne = session.borne(reach.plan, system.plan, table).await?;
            let read = session.read(reach.plan, system.plan, table, known, bounds, *sink).await?;
            Ok((borne, read))
        };
        let stopped = Err(Stop::Source(SourceError::TimedOut));
        match timeout_at(system.deadline, reading).await.unwrap_or(stopped) {
            Ok((borne, read)) => {
                let (table, rows) = (plan.table.clone(), read.rows);
                system.found.tables.push(TableFound { table, rows, borne });
                left = left.saturating_sub(read.rows);
                if read.capped {
                    system.found.outcome = Outcome::RowCap;
                    return Ok(());
                }
            }
            Err(Stop::Sink(error)) => return Err(error),
            Err(Stop::Source(error)) => {
                fail(system, error);
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Tells what is missing on account of values that did not come, and passes it on to whoever
/// depends on it. Gives whether anything changed.
fn settle(plan: &SearchPlan, systems: &mut [Running<'_>], known: &mut LinkValues) -> bool {
    let mut changed = false;
    for system in systems {
        for (number, link) in plan.links.iter().enumerate() {
            if link.to.0 != system.index || !known.is_broken(number) {
                continue;
            }
            if link.from.0 == system.index {
                if system.found.outcome == Outcome::Complete {
                    system.found.outcome = Outcome::LinkCap;
                    changed = true;
                }
            } else if let Some(from) = plan.systems.get(link.from.0)
                && !system.found.lacks.contains(&from.system)
            {
                system.found.lacks.push(from.system.clone());
                changed = true;
            }
        }
        // Rows that were capped do not cut the values: these are read on their own.
        if system.found.outcome == Outcome::LinkCap || !system.found.lacks.is_empty() {
            for (number, link) in plan.links.iter().enumerate() {
                if link.from.0 == system.index
                    && link.to.0 != system.index
                    && !known.is_broken(number)
                {
                    known.mark_broken(number);
                    changed = true;
                }
            }
        }
    }
    changed
}

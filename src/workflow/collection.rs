//! Searching for a person's data: a run over the systems of the data map, as jobs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::nothing_held::ask_again;
use super::people::compare_when_done;
use super::record::{Case, Target, Written, begin, job_row};
use super::sources::SearchScope;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::files::{self, FileRow};
use crate::db::searches::{self, Search, SearchFile, SearchSystem};
use crate::db::tasks::{self, Task};
use crate::db::{data_maps, jobs};
use crate::domain::actor::{Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::identity::Level;
use crate::domain::ids::{SearchId, UserId};
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::domain::search_plan::plan::SearchPlan;
use crate::error::{Error, Result};

/// The kind of the task that a manual system makes.
pub const ANSWER_TASK: &str = "answer_system";

/// How the search of a system stands before it has begun.
pub const PENDING: &str = "pending";

/// How a manual system stands until its person has answered.
pub const WAITS: &str = "waits_for_person";

/// A search as it is asked for.
#[derive(Clone, Debug)]
pub struct NewSearch {
    pub id: SearchId,
    pub scope: SearchScope,
    pub map_version: i64,
    pub plan: SearchPlan,
    pub by: UserId,
    /// A DPO decided to search before identity is settled, and wrote why.
    pub before_identity: bool,
}

/// Starts a search. Before V1 only the contact columns may be read, unless a DPO decides otherwise.
///
/// # Errors
/// `Transition` before identity is settled, or while another search runs.
pub fn start_search(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    new: &NewSearch,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::Search)?;
    if new.scope == SearchScope::Full && case.state.level < Level::V1 {
        if !new.before_identity {
            return Err(Error::Transition { code: "identity-first" });
        }
        ctx.actor.permit(case.row.controller_id, Permission::DecideCase)?;
    }
    let map = data_maps::newest(conn, case.row.controller_id)?;
    if map.is_none_or(|map| map.version != new.map_version) {
        return Err(Error::Conflict { code: "map-changed" });
    }
    let earlier = searches::of_request(conn, case.row.id)?;
    if earlier.iter().any(|search| search.ended_at.is_none()) {
        return Err(Error::Transition { code: "search-running" });
    }
    let event = Event::SearchStarted {
        search: new.id,
        contacts_only: new.scope == SearchScope::Contacts,
        systems: u32::try_from(new.plan.systems.len()).unwrap_or(u32::MAX),
        before_identity: new.scope == SearchScope::Full && case.state.level < Level::V1,
    };
    case.record(conn, ctx, event, written)?;
    ask_again(conn, ctx, &mut case)?;
    let at = Instant::from(ctx.now);
    let row = Search {
        id: new.id,
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        scope: new.scope.name().to_owned(),
        map_version: new.map_version,
        started_by: new.by,
        started_at: at,
        ended_at: None,
    };
    let systems = new.plan.systems.iter().map(|system| SearchSystem {
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        search_id: new.id,
        system: system.system.clone(),
        connector: system.connector.name().to_owned(),
        outcome: if system.waits_for_person() { WAITS } else { PENDING }.to_owned(),
        detail: None,
        row_count: 0,
        started_at: None,
        ended_at: None,
    });
    let mut systems: Vec<SearchSystem> = systems.collect();
    note_groups(&mut systems, &new.plan);
    searches::insert(conn, &row, &systems)?;
    if new.scope == SearchScope::Full {
        // Nobody answers the searches before it any more.
        tasks::complete_kind(conn, case.row.id, ANSWER_TASK, None, at, &ctx.actor.name())?;
    }
    for system in systems.iter().filter(|system| system.outcome == WAITS) {
        tasks::insert(conn, &answer_task(ctx, system))?;
    }
    enqueue_ready(conn, ctx, &case, new.id, &new.plan, &systems)?;
    end_when_done(conn, ctx, new.id)?;
    Ok(case)
}

/// The group that a system which has not been searched yet belongs to: a job that is given up
/// knows no plan.
#[derive(Serialize, Deserialize)]
struct OfGroup {
    group: usize,
    /// The groups whose values this one waits for.
    after: Vec<usize>,
}

fn note_groups(systems: &mut [SearchSystem], plan: &SearchPlan) {
    for (number, group) in plan.groups.iter().enumerate() {
        let of = OfGroup { group: number, after: group.after.to_vec() };
        for name in group.systems.iter().filter_map(|index| plan.systems.get(*index)) {
            let pending =
                |row: &&mut SearchSystem| row.system == name.system && row.outcome == PENDING;
            if let Some(row) = systems.iter_mut().find(pending) {
                row.detail = serde_json::to_string(&of).ok();
            }
        }
    }
}

/// The task that a manual system waits with for its person.
pub fn answer_task(ctx: &Ctx, system: &SearchSystem) -> Task {
    Task {
        id: ctx.new_id(),
        controller_id: system.controller_id,
        request_id: Some(system.request_id),
        kind: ANSWER_TASK.to_owned(),
        system: Some(system.system.clone()),
        detail: system.search_id.to_string(),
        created_at: Instant::from(ctx.now),
        done_at: None,
        done_by: None,
    }
}

/// Enqueues the groups whose predecessors have all ended and that have not begun. `systems` are the
/// rows as they stand.
///
/// # Errors
/// When the database fails.
pub fn enqueue_ready(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &Case,
    search: SearchId,
    plan: &SearchPlan,
    systems: &[SearchSystem],
) -> Result<()> {
    let state = |index: usize| {
        let name = plan.systems.get(index).map(|system| system.system.as_str());
        systems.iter().find(|row| Some(row.system.as_str()) == name)
    };
    let pending = |group: usize| {
        let group = plan.groups.get(group);
        group.is_some_and(|group| {
            group
                .systems
                .iter()
                .any(|index| state(*index).is_some_and(|row| row.outcome == PENDING))
        })
    };
    for (number, group) in plan.groups.iter().enumerate() {
        let begun = group
            .systems
            .iter()
            .any(|index| state(*index).is_some_and(|row| row.started_at.is_some()));
        if begun || !pending(number) || group.after.iter().any(|before| pending(*before)) {
            continue;
        }
        for index in &group.systems {
            if let Some(row) = state(*index) {
                let row = SearchSystem { started_at: Some(ctx.now.into()), ..row.clone() };
                searches::set_system(conn, &row)?;
            }
        }
        let job = Job::SearchGroup { search, group: number };
        let place = Some((case.row.controller_id, case.row.id));
        jobs::insert(conn, &job_row(ctx, &job, place, ctx.now)?)?;
    }
    Ok(())
}

/// What the search of one system brought.
#[derive(Clone, Debug)]
pub struct SystemResult {
    pub system: String,
    pub outcome: String,
    pub detail: Option<String>,
    pub rows: u64,
    /// Whether something was found that the map calls special.
    pub special: bool,
    pub files: Vec<(FileRow, Option<String>, u64)>,
}

/// Records what a group of systems brought: files, outcomes, one event a system.
///
/// # Errors
/// `Transition` when the case has ended meanwhile; `Conflict` when the search was ended.
pub fn record_group(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    search: SearchId,
    results: &[SystemResult],
    links: Option<&FileRow>,
    plan: &SearchPlan,
) -> Result<()> {
    case.state.check(Action::AnswerSystem)?;
    if searches::get(conn, case.row.id, search)?.ended_at.is_some() {
        return Err(Error::Conflict { code: "job-lost" });
    }
    if let Some(links) = links {
        add_file(conn, search, links, "", None, 0)?;
    }
    for result in results {
        record_system(conn, ctx, case, search, result, &Written::plain(ctx))?;
    }
    let systems = searches::systems(conn, search)?;
    enqueue_ready(conn, ctx, case, search, plan, &systems)?;
    end_when_done(conn, ctx, search)
}

/// Records how the search of one system ended: its files, its outcome, one event.
///
/// # Errors
/// `NotFound` when the search has no such system; `Transition` when the case has ended meanwhile.
pub fn record_system(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    search: SearchId,
    result: &SystemResult,
    written: &Written,
) -> Result<()> {
    for (file, table, rows) in &result.files {
        add_file(conn, search, file, &result.system, table.as_deref(), *rows)?;
    }
    let rows = searches::systems(conn, search)?;
    let row = rows.into_iter().find(|row| row.system == result.system).ok_or(Error::NotFound)?;
    let row = SearchSystem {
        outcome: result.outcome.clone(),
        detail: result.detail.clone(),
        row_count: i64::try_from(result.rows).unwrap_or(i64::MAX),
        started_at: row.started_at.or(Some(ctx.now.into())),
        ended_at: Some(ctx.now.into()),
        ..row
    };
    searches::set_system(conn, &row)?;
    let event = Event::SystemSearched {
        search,
        system: result.system.clone(),
        outcome: result.outcome.clone(),
        rows: result.rows,
        special: result.special,
    };
    case.record(conn, ctx, event, written)?;
    ask_again(conn, ctx, case)
}

/// Records a file of a search: of a table, or an upload.
///
/// # Errors
/// When the database fails.
pub fn add_file(
    conn: &mut Conn,
    search: SearchId,
    file: &FileRow,
    system: &str,
    table: Option<&str>,
    rows: u64,
) -> Result<()> {
    files::insert(conn, file)?;
    let row = SearchFile {
        controller_id: file.controller_id,
        request_id: file.request_id,
        search_id: search,
        file_id: file.id,
        system: system.to_owned(),
        source_table: table.map(str::to_owned),
        row_count: i64::try_from(rows).unwrap_or(i64::MAX),
    };
    Ok(searches::add_file(conn, &row)?)
}

fn end_when_done(conn: &mut Conn, ctx: &Ctx, search: SearchId) -> Result<()> {
    let systems = searches::systems(conn, search)?;
    if systems.iter().all(|system| system.outcome != PENDING) {
        searches::end(conn, search, Instant::from(ctx.now))?;
    }
    compare_when_done(conn, ctx, search)
}

/// Gives up the whole of a search: every system that is still pending has failed.
///
/// # Errors
/// When the database fails.
pub fn give_up_search(conn: &mut Conn, ctx: &Ctx, search: SearchId) -> Result<()> {
    fail(conn, ctx, search, |_| true)
}

/// Gives up one group of a search: its pending systems have failed, and those that waited for its
/// values, directly or through others. The other groups go on.
///
/// # Errors
/// When the database fails.
pub fn give_up_group(conn: &mut Conn, ctx: &Ctx, search: SearchId, group: usize) -> Result<()> {
    let systems = searches::systems(conn, search)?;
    let noted: Vec<OfGroup> = systems.iter().filter_map(of_group).collect();
    let mut lost = BTreeSet::from([group]);
    loop {
        let waits = |of: &&OfGroup| of.after.iter().any(|before| lost.contains(before));
        let more: Vec<usize> = noted.iter().filter(waits).map(|of| of.group).collect();
        let before = lost.len();
        lost.extend(more);
        if lost.len() == before {
            break;
        }
    }
    // A system that does not tell its group might wait for ever.
    let is_lost = |row: &SearchSystem| of_group(row).is_none_or(|of| lost.contains(&of.group));
    fail(conn, ctx, search, is_lost)
}

fn of_group(row: &SearchSystem) -> Option<OfGroup> {
    let pending = row.outcome == PENDING;
    row.detail.as_deref().filter(|_| pending).and_then(|of| serde_json::from_str(of).ok())
}

fn fail(
    conn: &mut Conn,
    ctx: &Ctx,
    search: SearchId,
    wanted: impl Fn(&SearchSystem) -> bool,
) -> Result<()> {
    let systems = searches::systems(conn, search)?;
    for row in systems.into_iter().filter(|row| row.outcome == PENDING && wanted(row)) {
        let (outcome, ended_at) = ("failed".to_owned(), Some(ctx.now.into()));
        searches::set_system(conn, &SearchSystem { outcome, detail: None, ended_at, ..row })?;
    }
    end_when_done(conn, ctx, search)
}

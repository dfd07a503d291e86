//! Searching the systems of one group: rows are streamed into one sealed, compressed file a table.
//! A process that is killed repeats only the groups that were not recorded.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use serde_json::json;

use super::claim::Claimed;
use super::run::{Cancel, Ended, Failure, ended};
use super::test_system::open_connection;
use crate::app::App;
use crate::app::new_files::NewFiles;
use crate::connectors::error::SourceError;
use crate::connectors::links::LinkValues;
use crate::connectors::search::{Outcome, Reach, SystemFound, search_group};
use crate::connectors::session::Limits;
use crate::connectors::settings::Connection;
use crate::connectors::sink::RowSink;
use crate::db::column::Instant;
use crate::db::files::FileRow;
use crate::db::requests::Request;
use crate::db::{controllers, data_maps, requests, searches, systems};
use crate::domain::actor::{Actor, Ctx, Scope};
use crate::domain::ids::{ControllerId, RequestId, SearchId};
use crate::domain::inventory::map::DataMap;
use crate::domain::inventory::special::SpecialTables;
use crate::domain::search_plan::persons::Borne;
use crate::domain::search_plan::plan::SearchPlan;
use crate::sealed_folder::Stored;
use crate::sealed_rows::RowFiles;
use crate::vault::{CaseKey, ControllerKey};
use crate::workflow::collection::{SystemResult, record_group};
use crate::workflow::record;
use crate::workflow::sources::{SearchScope, open_map, search_plan};
use crate::workflow::subject::{Subject, subject_place};

/// A case as its jobs open it.
pub struct Opened {
    pub request: Request,
    pub controller: controllers::Controller,
    pub controller_key: ControllerKey,
    pub key: CaseKey,
    pub subject: Subject,
}

/// Opens the case of a job; nothing once it has ended or its key is destroyed.
///
/// # Errors
/// When the database or a seal fails.
pub async fn open(
    app: &App,
    controller: ControllerId,
    request: RequestId,
) -> crate::error::Result<Option<Opened>> {
    let opened = open_any(app, controller, request).await?;
    Ok(opened.filter(|opened| opened.request.status.is_open()))
}

/// Opens the case of a job, ended or not; nothing once its key is destroyed.
///
/// # Errors
/// When the database or a seal fails.
pub async fn open_any(
    app: &App,
    controller: ControllerId,
    request: RequestId,
) -> crate::error::Result<Option<Opened>> {
    let scope = Scope::of_job(controller);
    let (request, controller) = app
        .read(move |conn| {
            let request = requests::get(conn, &scope, request)?;
            Ok((request, controllers::get(conn, &scope, controller)?))
        })
        .await?;
    let (Some(wrapped), Some(sealed)) = (&request.wrapped_key, &request.sealed_subject) else {
        return Ok(None);
    };
    let controller_key = app.controller_key(&controller)?;
    let key = controller_key.case_key(request.id.uuid(), wrapped)?;
    let subject = key.key().open(&subject_place(request.id), sealed)?;
    let subject = serde_json::from_slice(&subject)
        .map_err(|_| crate::error::Error::internal("a subject does not read"))?;
    Ok(Some(Opened { request, controller, controller_key, key, subject }))
}

/// Searches the group.
///
/// # Errors
/// When a source may answer at a later try, or the disk or the database fails.
pub async fn run(
    app: &App,
    claimed: &Claimed,
    cancel: &Cancel,
    (search, group): (SearchId, usize),
) -> Result<Ended, Failure> {
    let (Some(controller), Some(request)) = (claimed.controller, claimed.request) else {
        return Ok(Ended::Unwanted);
    };
    let Some(opened) = open(app, controller, request).await? else {
        return Ok(Ended::Unwanted);
    };
    let Some(work) = Work::gather(app, &opened, search, group).await? else {
        return Ok(Ended::Unwanted);
    };
    let ctx = app.ctx(Actor::Worker);
    let (found, mut sinks, known) = work.search(app, &ctx, &opened).await?;
    // What was found is dated by the end of the search, however long that took.
    let ctx = app.ctx(Actor::Worker);
    let last_try = claimed.job.retry_after(claimed.attempt).is_none();
    if let Some(error) = found.iter().find_map(passing).filter(|_| !last_try) {
        return Err(Failure::new("source", error));
    }
    let mut new_files = NewFiles::new(app.folder());
    let mut results = Vec::new();
    for system in &found {
        let files = match sinks.remove(&system.system) {
            Some(sink) => sink.done().map_err(|cause| Failure { code: "disk", cause })?,
            None => Vec::new(),
        };
        files.iter().for_each(|(_, stored, _)| new_files.add(stored.id));
        let unreached = work.unreached(&system.system);
        let special = work.special.get(&system.system).is_some_and(|special| {
            files.iter().any(|(table, _, rows)| special.hold(Some(table), *rows))
        });
        let of = (special, unreached.as_slice());
        results.push(result(&ctx, &opened.request, system, files, of));
    }
    let links = work.store_links(app, &ctx, &opened, (&known, cancel)).await?;
    links.iter().for_each(|file| new_files.add(file.id));
    let (claimed, plan, scope) = (claimed.clone(), work.plan, Scope::of_job(controller));
    let recording = app.write(move |conn| {
        claimed.hold(conn)?;
        let mut case = record::load(conn, &scope, request)?;
        record_group(conn, &ctx, &mut case, search, &results, links.as_ref(), &plan)?;
        claimed.end(conn, Instant::from(ctx.now))
    });
    ended(new_files.recorded(recording).await)
}

/// What a group is searched with.
struct Work {
    plan: SearchPlan,
    group: usize,
    connections: BTreeMap<String, Connection>,
    known: LinkValues,
    /// What the map calls special in each system.
    special: BTreeMap<String, SpecialTables>,
}

impl Work {
    async fn gather(
        app: &App,
        opened: &Opened,
        search: SearchId,
        group: usize,
    ) -> Result<Option<Self>, Failure> {
        let controller = opened.controller.id;
        let found = app
            .read(move |conn| {
                let Some(row) = searches::by_id(conn, search)?.filter(|s| s.ended_at.is_none())
                else {
                    return Ok(None);
                };
                let map = data_maps::get(conn, controller, row.map_version)?;
                let connected = systems::list(conn, controller)?;
                let files = searches::files(conn, search)?;
                Ok(Some((row, map, connected, files)))
            })
            .await?;
        let Some((row, map, connected, found)) = found else {
            return Ok(None);
        };
        let map: DataMap = open_map(&opened.controller_key, &map)?;
        let scope = SearchScope::parse(&row.scope).unwrap_or(SearchScope::Contacts);
        let plan = search_plan(&map, &opened.subject, scope);
        let mut connections = BTreeMap::new();
        for system in &connected {
            let connection = open_connection(&opened.controller_key, system)?;
            connections.insert(system.name.clone(), connection);
        }
        let mut known = LinkValues::default();
        for file in found.iter().filter(|file| file.system.is_empty()) {
            let mut text = Vec::new();
            app.folder()
                .open(file.file_id, &opened.key)
                .and_then(|mut file| file.read_to_end(&mut text))
                .map_err(|error| Failure::new("disk", error))?;
            let values: LinkValues = serde_json::from_slice(&text)
                .map_err(|_| Failure::new("links", anyhow::anyhow!("links do not read")))?;
            known.merge(values);
        }
        let special = map.systems.iter().map(|it| (it.name.clone(), it.special_tables())).collect();
        Ok(Some(Self { plan, group, connections, known, special }))
    }

    async fn search(
        &self,
        app: &App,
        ctx: &Ctx,
        opened: &Opened,
    ) -> Result<(Vec<SystemFound>, BTreeMap<String, RowFiles>, LinkValues), Failure> {
        let mut known = self.known.clone();
        let Some(group) = self.plan.groups.get(self.group) else {
            return Ok((Vec::new(), BTreeMap::new(), known));
        };
        let config = app.config();
        let limits = Limits {
            rows: config.row_cap,
            search: Duration::from_secs(config.search_timeout_s),
            ..Limits::default()
        };
        let reach = Reach {
            plan: &self.plan,
            connections: &self.connections,
            allowed: &config.allowed,
            limits: &limits,
        };
        let mut sinks: BTreeMap<String, RowFiles> = BTreeMap::new();
        for system in group.systems.iter().filter_map(|index| self.plan.systems.get(*index)) {
            sinks.insert(system.system.clone(), RowFiles::new(app.folder(), &opened.key, ctx));
        }
        let mut borrowed: BTreeMap<&str, &mut dyn RowSink> = BTreeMap::new();
        for (name, sink) in &mut sinks {
            borrowed.insert(name, sink);
        }
        let found = search_group(&reach, group, &mut known, &mut borrowed)
            .await
            .map_err(|error| Failure { code: "disk", cause: error })?;
        drop(borrowed);
        Ok((found, sinks, known))
    }

    /// The tables of a system that the identifiers do not reach.
    fn unreached(&self, system: &str) -> Vec<&str> {
        let missed = self.plan.not_searched.iter().filter(|missed| missed.system == system);
        missed.map(|missed| missed.table.as_str()).collect()
    }

    /// Keeps the values that later groups need: they are personal data, so they are sealed too.
    async fn store_links(
        &self,
        app: &App,
        ctx: &Ctx,
        opened: &Opened,
        (known, cancel): (&LinkValues, &Cancel),
    ) -> Result<Option<FileRow>, Failure> {
        if *known == self.known {
            return Ok(None);
        }
        let text = serde_json::to_vec(known).map_err(|error| Failure::new("links", error))?;
        let (folder, id, key) = (app.folder(), ctx.new_id(), opened.key.clone());
        let cancel = cancel.clone();
        let stored = tokio::task::spawn_blocking(move || {
            use std::io::Write;
            let mut file = folder.create(id, &key)?;
            file.write_all(&text)?;
            let stored = file.finish();
            // Nobody may be there any more to take the file.
            if cancel.is_wanted() {
                folder.remove(id)?;
            }
            stored
        });
        let stored = stored
            .await
            .map_err(|_| Failure::panicked())?
            .map_err(|error| Failure::new("disk", error))?;
        Ok(Some(FileRow::of(ctx, &opened.request, stored.row(), "links")))
    }
}

/// A failure that a later try may not meet.
fn passing(found: &SystemFound) -> Option<SourceError> {
    use SourceError as E;
    match &found.outcome {
        Outcome::Failed { error } => matches!(
            error,
            E::NameNotResolved | E::Unreachable | E::NoAnswer | E::Locked | E::Dropped
        )
        .then(|| error.clone()),
        _ => None,
    }
}

fn result(
    ctx: &Ctx,
    request: &Request,
    found: &SystemFound,
    files: Vec<(String, Stored, u64)>,
    (special, unreached): (bool, &[&str]),
) -> SystemResult {
    let (outcome, error) = match &found.outcome {
        Outcome::Complete if !found.lacks.is_empty() => ("lacks_values", None),
        // A table that the identifiers do not reach was not looked at.
        Outcome::Complete if unreached.is_empty() => ("complete", None),
        Outcome::Complete if found.tables.is_empty() => ("not_searched", None),
        Outcome::Complete => ("partly_searched", None),
        Outcome::RowCap => ("row_cap", None),
        Outcome::LinkCap => ("link_cap", None),
        Outcome::TimedOut => ("timed_out", None),
        Outcome::Failed { error } => ("failed", Some(error)),
        Outcome::WaitsForPerson => ("waits_for_person", None),
    };
    let borne: BTreeMap<&str, &[Borne]> =
        found.tables.iter().map(|it| (it.table.as_str(), it.borne.as_slice())).collect();
    let detail =
        json!({ "error": error, "lacks": found.lacks, "unreached": unreached, "borne": borne });
    SystemResult {
        system: found.system.clone(),
        outcome: outcome.to_owned(),
        detail: Some(detail.to_string()),
        rows: files.iter().map(|(_, _, rows)| rows).sum(),
        special,
        files: files
            .into_iter()
            .map(|(table, stored, rows)| {
                (FileRow::of(ctx, request, stored.row(), "rows"), Some(table), rows)
            })
            .collect(),
    }
}

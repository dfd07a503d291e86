//! The end of work that nobody wants any more: the case has ended, or identity failed.

use chrono::{DateTime, Utc};

use super::closing::ACKNOWLEDGE_TASK;
use super::collection::{ANSWER_TASK, give_up_search};
use super::identity_documents;
use super::record::Case;
use super::telling::TELL_TASK;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::packages::Package;
use crate::db::searches::{self, Search, SearchSystem};
use crate::db::{files, jobs, packages, tasks};
use crate::domain::actor::Ctx;
use crate::domain::identity_document::DocumentRemoval;
use crate::domain::ids::FileId;
use crate::domain::job::{BUILD_PACKAGE, END_WORK, Job, SEARCH_GROUP};
use crate::domain::lifecycle::Status;
use crate::domain::withholding::Retirement;
use crate::error::Result;

/// Calls off what is at work for a case: searches that have not ended, with what they found so
/// far, and packages that do not stand yet. Their jobs find that they were lost.
///
/// # Errors
/// When the database fails.
pub fn stop_work(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let at = Instant::from(ctx.now);
    jobs::call_off(conn, case.row.id, &[SEARCH_GROUP, BUILD_PACKAGE], at)?;
    packages::fail_unbuilt(conn, case.row.id)?;
    let mut found = Vec::new();
    for search in searches::of_request(conn, case.row.id)? {
        if search.ended_at.is_none() {
            give_up_search(conn, ctx, search.id)?;
            found.extend(take_back(conn, &search)?);
        }
    }
    remove(conn, ctx, case, &found)
}

/// The tasks that nobody has to do any more once a case has ended.
pub const ENDED_TASKS: [&str; 3] = [ANSWER_TASK, ACKNOWLEDGE_TASK, TELL_TASK];

fn end_tasks(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let (at, by) = (Instant::from(ctx.now), ctx.actor.name());
    for kind in ENDED_TASKS {
        tasks::complete_kind(conn, case.row.id, kind, None, at, &by)?;
    }
    Ok(())
}

/// As [`end_work`], by a job at the instant from which on the closing cannot be undone: what it would
/// take from the case could not be given back. Until then every other job of the case stands still.
///
/// # Errors
/// When the database fails.
pub fn end_work_later(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &Case,
    run_at: DateTime<Utc>,
) -> Result<()> {
    end_tasks(conn, ctx, case)?;
    case.enqueue(conn, ctx, &Job::EndWork { request: case.row.id }, run_at)
}

/// Does at once what [`end_work_later`] has left to do: something else happens to the case now, and
/// nothing can be undone any more.
///
/// # Errors
/// When the database fails.
pub fn end_waiting_work(conn: &mut Conn, ctx: &Ctx, case: &mut Case) -> Result<()> {
    if jobs::pending(conn, case.row.id, END_WORK)?.is_none() {
        return Ok(());
    }
    jobs::call_off(conn, case.row.id, &[END_WORK], Instant::from(ctx.now))?;
    end_work(conn, ctx, case)
}

/// As [`stop_work`], for a case that has ended: nobody has to answer or acknowledge any more. A hold
/// keeps what was released as it is, and no identity document.
///
/// # Errors
/// When the database fails.
pub fn end_work(conn: &mut Conn, ctx: &Ctx, case: &mut Case) -> Result<()> {
    stop_work(conn, ctx, case)?;
    identity_documents::remove_all(conn, ctx, case, DocumentRemoval::CaseEnded)?;
    end_tasks(conn, ctx, case)?;
    if case.state.held_at.is_some() { Ok(()) } else { retire_packages(conn, ctx, case) }
}

/// Removes what a hold alone has kept: files that were taken back meanwhile, and the packages of a case
/// that has ended.
///
/// # Errors
/// When the database fails.
pub fn forget_held(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    if matches!(case.state.status, Status::Closed | Status::Withdrawn | Status::Forwarded) {
        retire_packages(conn, ctx, case)?;
    }
    let mut used: Vec<FileId> =
        packages::of_request(conn, case.row.id)?.into_iter().filter_map(file).collect();
    for search in searches::of_request(conn, case.row.id)? {
        used.extend(searches::files(conn, search.id)?.into_iter().map(|file| file.file_id));
    }
    let mut loose = working_copies(conn, case)?;
    loose.retain(|id| !used.contains(id));
    remove(conn, ctx, case, &loose)
}

fn working_copies(conn: &mut Conn, case: &Case) -> Result<Vec<FileId>> {
    let mut copies = files::of_request(conn, case.row.id)?;
    copies.retain(|row| WORKING_COPIES.contains(&row.purpose.as_str()));
    Ok(copies.into_iter().map(|row| row.id).collect())
}

/// Takes back everything that was found for a person who turned out not to be the one it is about:
/// every search's files, and every package, released or not. The counts go too. Under a hold nobody
/// can fetch or read it any more either; its files go when that is lifted.
///
/// # Errors
/// When the database fails.
pub fn forget_found(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    stop_work(conn, ctx, case)?;
    let mut found = Vec::new();
    for search in searches::of_request(conn, case.row.id)? {
        found.extend(take_back(conn, &search)?);
    }
    let all = packages::of_request(conn, case.row.id)?;
    found.extend(all.into_iter().filter_map(file));
    packages::take_back(conn, case.row.id)?;
    remove(conn, ctx, case, &found)
}

/// What a case is answered from, by the purpose of its files.
const WORKING_COPIES: [&str; 4] = ["rows", "links", "upload", "package"];

/// Takes back what a case was answered from, and the packages that were never released. Gives how
/// many files that were.
///
/// # Errors
/// When the database fails.
pub fn forget_working_copies(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<usize> {
    let mut found = Vec::new();
    for search in searches::of_request(conn, case.row.id)? {
        let files = searches::files(conn, search.id)?;
        if !files.is_empty() {
            found.extend(take_back(conn, &search)?);
        }
    }
    for package in packages::of_request(conn, case.row.id)? {
        if package.state != "released" && package.file_id.is_some() {
            packages::forget_file(conn, &package)?;
            found.extend(file(package));
        }
    }
    // What no search holds any more: rows that an older search of the same case left behind.
    let kept = packages::of_request(conn, case.row.id)?;
    let is_kept = |id: FileId| kept.iter().any(|package| package.file_id == Some(id));
    for id in working_copies(conn, case)? {
        if !is_kept(id) && !found.contains(&id) {
            found.push(id);
        }
    }
    remove(conn, ctx, case, &found)?;
    Ok(found.len())
}

fn file(package: Package) -> Option<FileId> {
    package.file_id
}

/// The files of a search, which does not hold them any more: what it searched counts as failed, so
/// that no package calls it complete.
fn take_back(conn: &mut Conn, search: &Search) -> Result<Vec<FileId>> {
    let found = searches::files(conn, search.id)?.into_iter().map(|file| file.file_id).collect();
    searches::forget_files(conn, search.id)?;
    for system in searches::systems(conn, search.id)? {
        if system.connector == "manual" && system.ended_at.is_none() {
            continue;
        }
        let row =
            SearchSystem { outcome: "failed".to_owned(), detail: None, row_count: 0, ..system };
        searches::set_system(conn, &row)?;
    }
    Ok(found)
}

/// Retires every package of a case that has ended without an answer, or whose answer was put away.
///
/// # Errors
/// When the database fails.
pub fn retire_packages(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let mut gone = Vec::new();
    for package in packages::of_request(conn, case.row.id)? {
        if package.file_id.is_some() {
            packages::retire(conn, package.id, Retirement::Ended)?;
            gone.extend(package.file_id);
        }
    }
    remove(conn, ctx, case, &gone)
}

/// Has files removed from the folder, unless the case is held: then they stay, sealed, until
/// [`forget_held`]. A hold overrides every rule of keeping (GDPR Art. 17(3)(e)).
///
/// # Errors
/// When the database fails.
pub fn remove(conn: &mut Conn, ctx: &Ctx, case: &Case, found: &[FileId]) -> Result<()> {
    if case.state.held_at.is_some() { Ok(()) } else { discard(conn, ctx, case, found) }
}

/// Has files removed from the folder: by a job, because no verb touches a disk.
///
/// # Errors
/// When the database fails.
pub fn discard(conn: &mut Conn, ctx: &Ctx, case: &Case, found: &[FileId]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    files::mark_removed(conn, found)?;
    case.enqueue(conn, ctx, &Job::RemoveFiles { request: case.row.id }, ctx.now)
}

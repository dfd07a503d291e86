//! Jobs: work written in the transaction that wants it, claimed with a lease and a fencing token.
//!
//! A job is `available`, `running`, `done` or `dead`. Its fence grows with each claim; a worker
//! whose fence is no longer the row's has lost the job and may change nothing.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::jobs;
use crate::domain::ids::{ControllerId, JobId, RequestId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub struct JobRow {
    pub id: JobId,
    pub controller_id: Option<ControllerId>,
    pub request_id: Option<RequestId>,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub run_at: Instant,
    pub attempts: i32,
    pub fence: i64,
    pub leased_until: Option<Instant>,
    /// A code, never a message of a source.
    pub last_error: Option<String>,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

/// Writes a job.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &JobRow) -> QueryResult<()> {
    diesel::insert_into(jobs::table).values(row).execute(conn).map(drop)
}

/// A job that is due, or whose worker let its lease run out.
///
/// # Errors
/// When the database fails.
pub fn next_due(conn: &mut Conn, now: Instant) -> QueryResult<Option<JobRow>> {
    let lost = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(jobs::leased_until.lt(now))
        .order(jobs::leased_until)
        .select(JobRow::as_select())
        .first(conn)
        .optional()?;
    if lost.is_some() {
        return Ok(lost);
    }
    jobs::table
        .filter(jobs::state.eq("available"))
        .filter(jobs::run_at.le(now))
        .order((jobs::run_at, jobs::id))
        .select(JobRow::as_select())
        .first(conn)
        .optional()
}

/// Claims a job that was seen with this fence; false when another worker was faster.
///
/// # Errors
/// When the database fails.
pub fn claim(conn: &mut Conn, id: JobId, fence: i64, until: Instant) -> QueryResult<bool> {
    let unclaimed = jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::fence.eq(fence))
        .filter(jobs::state.eq_any(["available", "running"]));
    diesel::update(unclaimed)
        .set((
            jobs::state.eq("running"),
            jobs::fence.eq(fence + 1),
            jobs::leased_until.eq(Some(until)),
            jobs::attempts.eq(jobs::attempts + 1),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Whether the job still belongs to the worker that holds this fence.
///
/// # Errors
/// When the database fails.
pub fn holds(conn: &mut Conn, id: JobId, fence: i64) -> QueryResult<bool> {
    let held: i64 = jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::fence.eq(fence))
        .filter(jobs::state.eq("running"))
        .count()
        .get_result(conn)?;
    Ok(held == 1)
}

/// Renews the lease of a job at work.
///
/// # Errors
/// When the database fails.
pub fn renew(conn: &mut Conn, id: JobId, fence: i64, until: Instant) -> QueryResult<bool> {
    diesel::update(held_by(id, fence))
        .set(jobs::leased_until.eq(Some(until)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Ends a job that is done.
///
/// # Errors
/// When the database fails.
pub fn end(conn: &mut Conn, id: JobId, fence: i64, at: Instant) -> QueryResult<bool> {
    diesel::update(held_by(id, fence))
        .set((
            jobs::state.eq("done"),
            jobs::ended_at.eq(Some(at)),
            jobs::leased_until.eq(None::<Instant>),
            jobs::last_error.eq(None::<&str>),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Puts a job back, for another try later.
///
/// # Errors
/// When the database fails.
pub fn put_back(
    conn: &mut Conn,
    id: JobId,
    fence: i64,
    run_at: Instant,
    error: Option<&str>,
) -> QueryResult<bool> {
    diesel::update(held_by(id, fence))
        .set((
            jobs::state.eq("available"),
            jobs::run_at.eq(run_at),
            jobs::leased_until.eq(None::<Instant>),
            jobs::last_error.eq(error),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Lets a job wait that cannot be done as things stand: the try does not count.
///
/// # Errors
/// When the database fails.
pub fn postpone(
    conn: &mut Conn,
    id: JobId,
    fence: i64,
    run_at: Instant,
    why: &str,
) -> QueryResult<bool> {
    diesel::update(held_by(id, fence))
        .set((
            jobs::state.eq("available"),
            jobs::run_at.eq(run_at),
            jobs::leased_until.eq(None::<Instant>),
            jobs::attempts.eq(jobs::attempts - 1),
            jobs::last_error.eq(Some(why)),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Makes the jobs of a kind due that wait for this reason, because it is over.
///
/// # Errors
/// When the database fails.
pub fn wake(conn: &mut Conn, kind: &str, why: &str, at: Instant) -> QueryResult<usize> {
    let waiting = jobs::table
        .filter(jobs::state.eq("available"))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::last_error.eq(why))
        .filter(jobs::run_at.gt(at));
    diesel::update(waiting).set(jobs::run_at.eq(at)).execute(conn)
}

/// Gives a job back unfinished, because its worker stops: the try does not count.
///
/// # Errors
/// When the database fails.
pub fn give_back(conn: &mut Conn, id: JobId, fence: i64) -> QueryResult<bool> {
    diesel::update(held_by(id, fence))
        .set((
            jobs::state.eq("available"),
            jobs::leased_until.eq(None::<Instant>),
            jobs::attempts.eq(jobs::attempts - 1),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Gives up a job that was seen with this fence, whether it waits or runs; false when another
/// worker was faster. Whoever ran it has lost it.
///
/// # Errors
/// When the database fails.
pub fn give_up(
    conn: &mut Conn,
    id: JobId,
    fence: i64,
    error: &str,
    at: Instant,
) -> QueryResult<bool> {
    let ended = (jobs::state.eq("dead"), jobs::ended_at.eq(Some(at)));
    diesel::update(seen_with(id, fence))
        .set((ended, taken_away(fence, error)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Calls off the jobs of a request of these kinds, also those at work: whoever runs one finds at
/// its next look that it lost the job, and can record nothing.
///
/// # Errors
/// When the database fails.
pub fn call_off(
    conn: &mut Conn,
    request: RequestId,
    kinds: &[&str],
    at: Instant,
) -> QueryResult<()> {
    let wanted = jobs::table
        .filter(jobs::request_id.eq(request))
        .filter(jobs::kind.eq_any(kinds.to_vec()))
        .filter(jobs::state.eq_any(["available", "running"]));
    diesel::update(wanted)
        .set((
            jobs::state.eq("done"),
            jobs::fence.eq(jobs::fence + 1),
            jobs::ended_at.eq(Some(at)),
            jobs::leased_until.eq(None::<Instant>),
            jobs::last_error.eq(Some("called_off")),
        ))
        .execute(conn)
        .map(drop)
}

/// Calls off the one job of a request that waits for just this instant, before it has come; false
/// when a worker has it, or it is none.
///
/// # Errors
/// When the database fails.
pub fn call_off_waiting(
    conn: &mut Conn,
    (request, kind): (RequestId, &str),
    run_at: Instant,
    at: Instant,
) -> QueryResult<bool> {
    let waiting = jobs::table
        .filter(jobs::request_id.eq(request))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::state.eq("available"))
        .filter(jobs::run_at.eq(run_at))
        .filter(jobs::run_at.gt(at));
    diesel::update(waiting)
        .set((
            jobs::state.eq("done"),
            jobs::fence.eq(jobs::fence + 1),
            jobs::ended_at.eq(Some(at)),
            jobs::last_error.eq(Some("called_off")),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// When the first job of a kind of a request is due that waits or runs; nothing when none does.
///
/// # Errors
/// When the database fails.
pub fn pending(conn: &mut Conn, request: RequestId, kind: &str) -> QueryResult<Option<Instant>> {
    jobs::table
        .filter(jobs::request_id.eq(request))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::state.eq_any(["available", "running"]))
        .order(jobs::run_at)
        .select(jobs::run_at)
        .first(conn)
        .optional()
}

/// Whether somebody is at work on this very job of a kind.
///
/// # Errors
/// When the database fails.
pub fn is_running(conn: &mut Conn, kind: &str, payload: &str) -> QueryResult<bool> {
    let running: i64 = jobs::table
        .filter(jobs::state.eq("running"))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::payload.eq(payload))
        .count()
        .get_result(conn)?;
    Ok(running > 0)
}

/// Has a job that was seen with this fence stand still until an instant; whoever ran it has lost it.
///
/// # Errors
/// When the database fails.
pub fn stand_still(
    conn: &mut Conn,
    id: JobId,
    fence: i64,
    (run_at, why): (Instant, &str),
) -> QueryResult<bool> {
    let waits = (jobs::state.eq("available"), jobs::run_at.eq(run_at));
    diesel::update(seen_with(id, fence))
        .set((waits, taken_away(fence, why)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Makes the jobs of a request due that stand still for this reason, because it is over.
///
/// # Errors
/// When the database fails.
pub fn go_on(conn: &mut Conn, request: RequestId, why: &str, at: Instant) -> QueryResult<usize> {
    let still = jobs::table
        .filter(jobs::request_id.eq(request))
        .filter(jobs::state.eq("available"))
        .filter(jobs::last_error.eq(why))
        .filter(jobs::run_at.gt(at));
    diesel::update(still).set(jobs::run_at.eq(at)).execute(conn)
}

/// How many jobs wait or run, and how many were given up.
///
/// # Errors
/// When the database fails.
pub fn counts(conn: &mut Conn) -> QueryResult<Vec<(String, i64)>> {
    jobs::table.group_by(jobs::state).select((jobs::state, diesel::dsl::count_star())).load(conn)
}

/// A job that waits or runs, as it was seen with this fence.
#[diesel::dsl::auto_type(no_type_alias)]
fn seen_with(id: JobId, fence: i64) -> _ {
    let lively: [&'static str; 2] = ["available", "running"];
    jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::fence.eq(fence))
        .filter(jobs::state.eq_any(lively))
}

/// Whoever ran it has lost it, for this reason.
#[diesel::dsl::auto_type(no_type_alias)]
fn taken_away<'a>(fence: i64, why: &'a str) -> _ {
    let next: i64 = fence + 1;
    let nobody: Option<Instant> = None;
    let why: Option<&'a str> = Some(why);
    (jobs::fence.eq(next), jobs::leased_until.eq(nobody), jobs::last_error.eq(why))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn held_by(id: JobId, fence: i64) -> _ {
    jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::fence.eq(fence))
        .filter(jobs::state.eq("running"))
}

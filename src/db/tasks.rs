//! Tasks: what a person has to do, because no rule and no job can.

use diesel::prelude::*;

use super::column::Instant;
use super::conn::Conn;
use super::schema::tasks;
use crate::domain::actor::Scope;
use crate::domain::ids::{ControllerId, RequestId, SearchId, TaskId};

#[derive(Queryable, Insertable, Selectable, Clone, Debug)]
#[diesel(table_name = tasks, treat_none_as_default_value = false)]
pub struct Task {
    pub id: TaskId,
    pub controller_id: ControllerId,
    pub request_id: Option<RequestId>,
    /// `acknowledge`, `job_failed`, `answer_system` …
    pub kind: String,
    pub system: Option<String>,
    /// A code for the catalogue; no personal data.
    pub detail: String,
    pub created_at: Instant,
    pub done_at: Option<Instant>,
    pub done_by: Option<String>,
}

/// Writes a task.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, row: &Task) -> QueryResult<()> {
    diesel::insert_into(tasks::table).values(row).execute(conn).map(drop)
}

/// One task of the scope.
///
/// # Errors
/// When there is none, or the database fails.
pub fn get(conn: &mut Conn, scope: &Scope, id: TaskId) -> QueryResult<Task> {
    tasks::table
        .filter(tasks::id.eq(id))
        .filter(tasks::controller_id.eq_any(scope.controllers().to_vec()))
        .select(Task::as_select())
        .get_result(conn)
}

/// The open tasks of the scope, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn open(conn: &mut Conn, scope: &Scope, limit: i64) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::controller_id.eq_any(scope.controllers().to_vec()))
        .filter(tasks::done_at.is_null())
        .order((tasks::created_at, tasks::id))
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// The open tasks of one kind for systems of a controller, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn open_of_systems(
    conn: &mut Conn,
    controller: ControllerId,
    kind: &str,
    systems: Vec<String>,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::controller_id.eq(controller))
        .filter(tasks::done_at.is_null())
        .filter(tasks::kind.eq(kind))
        .filter(tasks::system.eq_any(systems))
        .order((tasks::created_at, tasks::id))
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// The open tasks of these kinds of a controller to which nobody was alerted yet, oldest first, at most
/// `limit`.
///
/// # Errors
/// When the database fails.
pub fn unalerted(
    conn: &mut Conn,
    controller: ControllerId,
    kinds: &[&str],
    limit: i64,
) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::controller_id.eq(controller))
        .filter(tasks::done_at.is_null())
        .filter(tasks::alerted_at.is_null())
        .filter(tasks::kind.eq_any(kinds.to_vec()))
        .order((tasks::created_at, tasks::id))
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// The open tasks of a kind of a controller to which nobody was alerted, or before an instant, oldest
/// first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn alerted_before(
    conn: &mut Conn,
    controller: ControllerId,
    kind: &str,
    before: Instant,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    let never = tasks::alerted_at.is_null();
    let long_ago = tasks::alerted_at.is_not_null().and(tasks::alerted_at.le(before));
    tasks::table
        .filter(tasks::controller_id.eq(controller))
        .filter(tasks::done_at.is_null())
        .filter(tasks::kind.eq(kind))
        .filter(never.or(long_ago.assume_not_null()))
        .order((tasks::created_at, tasks::id))
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// Notes that somebody was alerted to a task.
///
/// # Errors
/// When the database fails.
pub fn set_alerted(conn: &mut Conn, id: TaskId, at: Instant) -> QueryResult<()> {
    let told = tasks::alerted_at.eq(Some(at));
    diesel::update(tasks::table.find(id)).set(told).execute(conn).map(drop)
}

/// The open tasks of a controller of one kind, oldest first.
///
/// # Errors
/// When the database fails.
pub fn open_of_kind(
    conn: &mut Conn,
    controller: ControllerId,
    kind: &str,
    limit: i64,
) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::controller_id.eq(controller))
        .filter(tasks::done_at.is_null())
        .filter(tasks::kind.eq(kind))
        .order((tasks::created_at, tasks::id))
        .limit(limit)
        .select(Task::as_select())
        .load(conn)
}

/// The tasks of a request, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_request(conn: &mut Conn, id: RequestId) -> QueryResult<Vec<Task>> {
    tasks::table
        .filter(tasks::request_id.eq(id))
        .order((tasks::created_at, tasks::id))
        .select(Task::as_select())
        .load(conn)
}

/// Marks open tasks of a kind as done: the thing itself was done. With a system and a search, those
/// of this system in this search alone.
///
/// # Errors
/// When the database fails.
pub fn complete_kind(
    conn: &mut Conn,
    request: RequestId,
    kind: &str,
    of: Option<(&str, SearchId)>,
    at: Instant,
    by: &str,
) -> QueryResult<()> {
    let mut open = diesel::update(tasks::table)
        .filter(tasks::request_id.eq(request))
        .filter(tasks::kind.eq(kind))
        .filter(tasks::done_at.is_null())
        .into_boxed();
    if let Some((system, search)) = of {
        open = open.filter(tasks::system.eq(system.to_owned()));
        open = open.filter(tasks::detail.eq(search.to_string()));
    }
    open.set((tasks::done_at.eq(Some(at)), tasks::done_by.eq(Some(by)))).execute(conn).map(drop)
}

/// Opens the tasks of these kinds again that were done at just this instant by an actor: what did them
/// was undone.
///
/// # Errors
/// When the database fails.
pub fn open_again(
    conn: &mut Conn,
    request: RequestId,
    kinds: &[&str],
    (at, by): (Instant, &str),
) -> QueryResult<()> {
    let done = tasks::table
        .filter(tasks::request_id.eq(request))
        .filter(tasks::kind.eq_any(kinds.to_vec()))
        .filter(tasks::done_at.eq(at))
        .filter(tasks::done_by.eq(by));
    diesel::update(done)
        .set((tasks::done_at.eq(None::<Instant>), tasks::done_by.eq(None::<&str>)))
        .execute(conn)
        .map(drop)
}

/// Marks one task as done; false when it was already.
///
/// # Errors
/// When the database fails.
pub fn complete(conn: &mut Conn, id: TaskId, at: Instant, by: &str) -> QueryResult<bool> {
    diesel::update(tasks::table.filter(tasks::id.eq(id)).filter(tasks::done_at.is_null()))
        .set((tasks::done_at.eq(Some(at)), tasks::done_by.eq(Some(by))))
        .execute(conn)
        .map(|changed| changed == 1)
}

//! What every verb on a request does: load it within the scope, ask whether it may be done, append
//! one event, and rewrite the projection that the queue reads.

use serde::Serialize;

use super::people::is_compared_since;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events::{self, EventRow};
use crate::db::jobs::{self, JobRow};
use crate::db::requests::{self, Projection, Request, RequestRight};
use crate::db::tasks::{self, Task};
use crate::domain::actor::{Actor, Ctx, Permission, Scope};
use crate::domain::alert;
use crate::domain::clock::{self, CaseDates, ClockError};
use crate::domain::event::Event;
use crate::domain::history::{self, Entry, RequestState};
use crate::domain::ids::{ControllerId, EventId, JobId, RequestId};
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::domain::mail::Notice;
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::vault::place::Place;

/// What a change expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Any,
    Version(i64),
}

/// The request that a verb is about.
#[derive(Clone, Debug)]
pub struct Target {
    pub scope: Scope,
    pub id: RequestId,
    pub expected: Expected,
}

/// What goes into the history with an event: its id, and what a person wrote, sealed.
#[derive(Clone, Debug)]
pub struct Written {
    pub id: EventId,
    pub sealed: Option<Vec<u8>>,
}

impl Written {
    /// An event with nothing to seal.
    #[must_use]
    pub fn plain(ctx: &Ctx) -> Self {
        Self { id: ctx.new_id(), sealed: None }
    }

    /// An event with words that only the key of the case opens. Sealed at the edge, before the
    /// transaction begins.
    ///
    /// # Errors
    /// When the words cannot be sealed.
    pub fn sealed(ctx: &Ctx, key: &CaseKey, words: &impl Serialize) -> Result<Self> {
        let id: EventId = ctx.new_id();
        let plaintext = serde_json::to_vec(words).map_err(|_| Error::internal("words to JSON"))?;
        let sealed = key.key().seal(&detail_place(id), &plaintext)?;
        Ok(Self { id, sealed: Some(sealed) })
    }
}

/// Where the sealed words of an event stand.
#[must_use]
pub const fn detail_place(id: EventId) -> Place<'static> {
    Place::new("events", "sealed_detail", id.uuid())
}

/// A request in the hands of a verb.
#[derive(Clone, Debug)]
pub struct Case {
    pub row: Request,
    pub state: RequestState,
    pub dates: CaseDates,
}

/// Loads a request with its history.
///
/// # Errors
/// `NotFound` outside the scope; `Internal` when the history does not read.
pub fn load(conn: &mut Conn, scope: &Scope, id: RequestId) -> Result<Case> {
    let row = requests::get(conn, scope, id)?;
    let read = |event: &EventRow| event.entry().map_err(|error| Error::internal(error.to_string()));
    let entries = events::of_request(conn, id)?;
    let entries = entries.iter().map(read).collect::<Result<Vec<Entry>>>()?;
    let state = history::replay(&entries).map_err(|error| Error::internal(error.to_string()))?;
    let dates = clock::dates(&state).map_err(clock_error)?;
    Ok(Case { row, state, dates })
}

/// Begins a verb: the request, its permission, its version, and whether its status allows it.
///
/// # Errors
/// `NotFound`, `Forbidden`, `PutAway`, `Conflict` when somebody was faster, `Transition`.
pub fn begin(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    permission: Permission,
    action: Action,
) -> Result<Case> {
    let case = load(conn, &target.scope, target.id)?;
    ctx.actor.permit(case.row.controller_id, permission)?;
    super::keeping::check_staff(ctx, &case.row)?;
    if let Expected::Version(version) = target.expected
        && version != case.row.version
        && !is_compared_since(conn, &case.row, version)?
    {
        return Err(Error::Conflict { code: "stale" });
    }
    case.state.check(action)?;
    Ok(case)
}

/// Begins a verb of the portal: the person's own case, and whether its status allows it. Staff may
/// have changed it meanwhile; nobody in the portal is shown a version.
///
/// # Errors
/// `Forbidden` for anybody but a person in the portal; `Transition`.
pub fn begin_own(conn: &mut Conn, ctx: &Ctx, action: Action) -> Result<Case> {
    let Actor::Subject(own) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    let case = load(conn, &own.scope(), own.request)?;
    case.state.check(action)?;
    Ok(case)
}

impl Case {
    /// Appends an event and rewrites the projection.
    ///
    /// # Errors
    /// `RunAgain` when somebody was faster; `Invalid` when no date can be computed any more.
    pub fn record(
        &mut self,
        conn: &mut Conn,
        ctx: &Ctx,
        event: Event,
        written: &Written,
    ) -> Result<()> {
        let expected_version = self.row.version;
        let entry = Entry { at: ctx.now, actor: ctx.actor.name(), event };
        self.state.apply(&entry);
        self.dates = clock::dates(&self.state).map_err(clock_error)?;
        let projection = projection(&self.state, &self.dates)?;
        if !requests::project(conn, self.row.id, expected_version, &projection)? {
            // It was loaded in this very transaction: somebody else committed in between, and the
            // next run will find what they made.
            return Err(Error::RunAgain);
        }
        for right in right_rows(self.row.controller_id, self.row.id, &self.dates) {
            requests::project_right(conn, &right)?;
        }
        let place = (self.row.controller_id, self.row.id, self.state.version);
        events::insert(conn, &event_row(place, &entry, written)?)?;
        self.row.alert_at = alert_at(&self.state, &self.dates)?;
        requests::set_alert_at(conn, self.row.id, self.row.alert_at)?;
        self.row = take(self.row.clone(), projection);
        Ok(())
    }

    /// Has the person told that something waits in the portal.
    ///
    /// # Errors
    /// When the database fails.
    pub fn notify(&self, conn: &mut Conn, ctx: &Ctx) -> Result<()> {
        self.notify_of(conn, ctx, Notice::Waiting)
    }

    /// Has the contact on file told of something, without what it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn notify_of(&self, conn: &mut Conn, ctx: &Ctx, about: Notice) -> Result<()> {
        self.enqueue(conn, ctx, &Job::SendNotice { request: self.row.id, about }, ctx.now)
    }

    /// Gives people a task, unless one of its kind is open; the detail is a code of texts or a date.
    ///
    /// # Errors
    /// When the database fails.
    pub fn ask_person(&self, conn: &mut Conn, ctx: &Ctx, kind: &str, detail: &str) -> Result<()> {
        let tasks = tasks::of_request(conn, self.row.id)?;
        if tasks.iter().any(|task| task.kind == kind && task.done_at.is_none()) {
            return Ok(());
        }
        let task = Task {
            id: ctx.new_id(),
            controller_id: self.row.controller_id,
            request_id: Some(self.row.id),
            kind: kind.to_owned(),
            system: None,
            detail: detail.to_owned(),
            created_at: Instant::from(ctx.now),
            done_at: None,
            done_by: None,
        };
        Ok(tasks::insert(conn, &task)?)
    }

    /// Writes a job of this request, to run at or after an instant.
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        job: &Job,
        run_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<()> {
        let row = job_row(ctx, job, Some((self.row.controller_id, self.row.id)), run_at)?;
        Ok(jobs::insert(conn, &row)?)
    }
}

/// The row of an event at a place of a history: controller, request, version.
///
/// # Errors
/// When the event cannot be written as JSON.
pub fn event_row(
    (controller, request, version): (ControllerId, RequestId, i64),
    entry: &Entry,
    written: &Written,
) -> Result<EventRow> {
    let detail =
        serde_json::to_string(&entry.event).map_err(|_| Error::internal("an event to JSON"))?;
    Ok(EventRow {
        id: written.id,
        controller_id: Some(controller),
        request_id: Some(request),
        version,
        kind: entry.event.kind().to_owned(),
        at: Instant::from(entry.at),
        actor: entry.actor.clone(),
        detail,
        sealed_detail: written.sealed.clone(),
    })
}

/// The row of an event that belongs to no request: a change of settings or of people.
#[must_use]
pub fn settings_event(
    ctx: &Ctx,
    controller: Option<ControllerId>,
    kind: &str,
    detail: &serde_json::Value,
) -> EventRow {
    EventRow {
        id: ctx.new_id(),
        controller_id: controller,
        request_id: None,
        version: 0,
        kind: kind.to_owned(),
        at: Instant::from(ctx.now),
        actor: ctx.actor.name(),
        detail: detail.to_string(),
        sealed_detail: None,
    }
}

/// The row of a new job.
///
/// # Errors
/// When the job cannot be written as JSON.
pub fn job_row(
    ctx: &Ctx,
    job: &Job,
    of: Option<(ControllerId, RequestId)>,
    run_at: chrono::DateTime<chrono::Utc>,
) -> Result<JobRow> {
    let id: JobId = ctx.new_id();
    Ok(JobRow {
        id,
        controller_id: of.map(|(controller, _)| controller),
        request_id: of.map(|(_, request)| request),
        kind: job.kind().to_owned(),
        payload: serde_json::to_string(job).map_err(|_| Error::internal("a job to JSON"))?,
        state: "available".to_owned(),
        run_at: Instant::from(run_at),
        attempts: 0,
        fence: 0,
        leased_until: None,
        last_error: None,
        created_at: Instant::from(ctx.now),
        ended_at: None,
    })
}

/// The columns of the queue, as the state and the dates make them.
///
/// # Errors
/// When the state has no dates.
pub fn projection(state: &RequestState, dates: &CaseDates) -> Result<Projection> {
    let governing = dates.governing().ok_or_else(|| Error::internal("a case without dates"))?;
    let urgent_until = state.urgent_until();
    let paused = state.status.is_open() && dates.stands_still();
    Ok(Projection {
        status: state.status,
        level: state.level,
        received_at: Instant::from(state.received_at),
        received_on: governing.received_on,
        target_on: dates.target_on(),
        legal_on: dates.legal_on(),
        conservative_on: dates.conservative_on().unwrap_or(governing.received_on),
        due_on: urgent_until.map_or(governing.due_on(), |until| {
            until.with_timezone(&state.rules.time_zone).date_naive()
        }),
        queue_rank: i32::from(urgent_until.is_none()),
        urgent_until: urgent_until.map(Instant::from),
        paused,
        acknowledged_at: state.acknowledged_at.map(Instant::from),
        assignee_id: state.assignee,
        ended_at: state.ended_at.map(Instant::from),
        held_at: state.held_at.map(Instant::from),
        awaits_person: state.awaits_person(),
        extended: dates.is_extended(),
        version: state.version,
    })
}

/// When the sweep of alerts first has something to do with a case.
///
/// # Errors
/// When the calendar of the case is not known.
pub fn alert_at(state: &RequestState, dates: &CaseDates) -> Result<Option<Instant>> {
    let first = alert::first(state, dates).map_err(|error| clock_error(error.into()))?;
    Ok(first.map(Instant::from))
}

/// One row a right, with its own clock.
#[must_use]
pub fn right_rows(
    controller: ControllerId,
    request: RequestId,
    dates: &CaseDates,
) -> Vec<RequestRight> {
    let rows = dates.rights.iter().map(|right| RequestRight {
        controller_id: controller,
        request_id: request,
        exercised: right.right,
        decision: right.decision,
        target_on: right.dates.target_on,
        legal_on: right.dates.legal_on,
        due_on: right.dates.due_on(),
    });
    rows.collect()
}

fn take(row: Request, projection: Projection) -> Request {
    Request {
        status: projection.status,
        level: projection.level,
        received_at: projection.received_at,
        received_on: projection.received_on,
        target_on: projection.target_on,
        legal_on: projection.legal_on,
        conservative_on: projection.conservative_on,
        due_on: projection.due_on,
        queue_rank: projection.queue_rank,
        urgent_until: projection.urgent_until,
        paused: projection.paused,
        acknowledged_at: projection.acknowledged_at,
        assignee_id: projection.assignee_id,
        ended_at: projection.ended_at,
        held_at: projection.held_at,
        awaits_person: projection.awaits_person,
        extended: projection.extended,
        version: projection.version,
        ..row
    }
}

/// A date that cannot be computed is the input's fault: it lies outside the holiday data.
#[must_use]
pub fn clock_error(error: ClockError) -> Error {
    match error {
        ClockError::Regime(_) | ClockError::NoRight => Error::internal(error.to_string()),
        ClockError::Calendar(_) | ClockError::Deadline(_) => {
            Error::invalid("received_at", "outside-calendar")
        }
    }
}

/// The scope in which an actor of a verb may read.
#[must_use]
pub fn scope_of(actor: &Actor) -> Option<Scope> {
    match actor {
        Actor::Staff(member) => Some(member.scope()),
        _ => None,
    }
}

//! What is kept no longer: cases with their keys, working copies, packages that were handed out. A
//! hold overrides all of it (GDPR Art. 17(3)(e)). What the sweep calls asks again what holds: it may
//! run at any time and as often as somebody likes, on several machines at once.

use chrono::{DateTime, Utc};

use super::closing::destroy;
use super::record::{Case, Target, Written, begin, load};
use super::release;
use super::settings::retention::{self, Settings};
use super::stopping::{end_waiting_work, end_work, forget_held, forget_working_copies};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::requests::Request;
use crate::db::{breaches, packages, retention as rows};
use crate::domain::actor::{Actor, Ctx, Permission, Scope, StaffMember};
use crate::domain::event::Event;
use crate::domain::ids::{ControllerId, Id, PackageId, RequestId};
use crate::domain::lifecycle::{Action, Status};
use crate::domain::request::ClosingGround;
use crate::domain::retention::{Kept, Retention, Terms, UNDOABLE, is_put_away};
use crate::domain::withholding::Retirement;
use crate::error::{Error, Result};

/// Holds a case back from destruction, with a reason: a dispute, an inquiry.
///
/// # Errors
/// As [`begin`]; `Transition` when it is held already.
pub fn hold(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::Hold)?;
    case.record(conn, ctx, Event::RequestHeld, written)?;
    Ok(case)
}

/// Lifts the hold of a case, with a reason: what it alone has kept goes now, what is due by then at the
/// next sweep.
///
/// # Errors
/// As [`begin`]; `Transition` when nobody holds it.
pub fn lift_hold(conn: &mut Conn, ctx: &Ctx, target: &Target, written: &Written) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::LiftHold)?;
    case.record(conn, ctx, Event::HoldLifted, written)?;
    end_waiting_work(conn, ctx, &mut case)?;
    forget_held(conn, ctx, &case)?;
    Ok(case)
}

/// Refuses a case that was put away to whoever works cases: a year after its end few open it.
///
/// # Errors
/// `PutAway`.
pub fn check_in_use(member: &StaffMember, row: &Request, now: DateTime<Utc>) -> Result<()> {
    let is_away = is_put_away(row.ended_at.map(Instant::utc), now);
    let opens = !is_away || member.may_open_put_away(row.controller_id);
    if opens { Ok(()) } else { Err(Error::PutAway) }
}

/// The same for whoever acts; the engine room and the person come to it as before.
///
/// # Errors
/// As [`check_in_use`].
pub(super) fn check_staff(ctx: &Ctx, row: &Request) -> Result<()> {
    match &ctx.actor {
        Actor::Staff(member) => check_in_use(member, row, ctx.now),
        Actor::Subject(_) | Actor::Worker | Actor::CommandLine => Ok(()),
    }
}

/// The end of a case that nothing keeps from being cleared away; nothing otherwise.
fn ended(case: &Case) -> Option<DateTime<Utc>> {
    case.state.ended_at.filter(|_| case.state.held_at.is_none() && !case.state.key_destroyed)
}

/// Whether an open breach keeps it: the person has perhaps still to be told.
fn is_needed(conn: &mut Conn, id: RequestId, kept: Kept) -> Result<bool> {
    Ok(kept == Kept::CaseFile && breaches::is_open(conn, id)?)
}

/// Destroys the key of a case whose time is over. One that was answered and never closed is closed
/// first. False when there is nothing to do.
///
/// # Errors
/// When the database fails.
pub fn destroy_kept(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    id: RequestId,
) -> Result<bool> {
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    let kept = retention::terms(conn, controller)?;
    let until = ended(&case).and_then(|ended_at| kept.case_until(ended_at));
    if until.is_none_or(|until| ctx.now < until) {
        return Ok(false);
    }
    if is_needed(conn, id, Kept::CaseFile)? {
        return Ok(false);
    }
    if case.state.status == Status::Answered {
        let event = Event::RequestClosed { ground: ClosingGround::Answered };
        case.record(conn, ctx, event, &Written::plain(ctx))?;
        end_work(conn, ctx, &mut case)?;
    }
    destroy(conn, ctx, &mut case, &Written::plain(ctx))?;
    Ok(true)
}

/// Removes what a case was answered from, once its time is over. False when there is nothing to do.
///
/// # Errors
/// When the database fails.
pub fn remove_working_copies(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    id: RequestId,
) -> Result<bool> {
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    let kept = retention::terms(conn, controller)?;
    let until = ended(&case).and_then(|ended_at| kept.working_copies_until(ended_at));
    if until.is_none_or(|until| ctx.now < until) {
        return Ok(false);
    }
    let files = forget_working_copies(conn, ctx, &case)?;
    if files == 0 {
        return Ok(false);
    }
    let event = Event::WorkingCopiesRemoved { files: u64::try_from(files).unwrap_or(u64::MAX) };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    Ok(true)
}

/// Removes a released package whose time is over. False when there is nothing to do.
///
/// # Errors
/// When the database fails.
pub fn remove_package(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    (id, package): (RequestId, PackageId),
) -> Result<bool> {
    let mut case = load(conn, &Scope::of_job(controller), id)?;
    let package = packages::get(conn, id, package)?;
    let kept = retention::terms(conn, controller)?;
    let released_at = package.released_at.filter(|_| package.state == "released");
    let until = released_at.and_then(|at| kept.package_until(at.utc()));
    let is_due = until.is_some_and(|until| until <= ctx.now) && package.file_id.is_some();
    if !is_due || case.state.held_at.is_some() || case.state.key_destroyed {
        return Ok(false);
    }
    release::retire(conn, ctx, &mut case, &package, Retirement::Expired)?;
    Ok(true)
}

/// Something that will be destroyed, when and why.
#[derive(Clone, Debug)]
pub struct Due {
    pub request: Request,
    pub kept: Kept,
    pub package: Option<PackageId>,
    /// When the case ended, or the package was released.
    pub since: DateTime<Utc>,
    /// From when on the sweep takes it, unless the case is held, or an open breach needs it.
    pub at: DateTime<Utc>,
    pub open_breach: bool,
}

impl Due {
    /// As long as nobody has looked for what keeps it.
    const fn of(
        request: Request,
        (kept, package): (Kept, Option<PackageId>),
        (since, at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Self {
        Self { request, kept, package, since, at, open_breach: false }
    }
}

impl Due {
    /// Whether nothing keeps it.
    #[must_use]
    pub const fn goes(&self) -> bool {
        self.request.held_at.is_none() && !self.open_breach
    }
}

/// What is to be destroyed by an instant.
#[derive(Clone, Debug)]
pub struct Preview {
    pub settings: Settings,
    /// By date.
    pub due: Vec<Due>,
    /// Whether there is more than was asked for.
    pub more: bool,
}

/// What the sweep will destroy by an instant as things stand, or once other times were set now, also
/// what is held; the earliest first, at most `limit` of each kind.
///
/// # Errors
/// `Invalid` when the times that are proposed cannot be set; when the database fails.
pub fn preview(
    conn: &mut Conn,
    controller: ControllerId,
    proposed: Option<(Retention, DateTime<Utc>)>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Preview> {
    gather(conn, controller, proposed, (until, None), limit)
}

/// The same; beside other times, only what those keep.
fn gather(
    conn: &mut Conn,
    controller: ControllerId,
    proposed: Option<(Retention, DateTime<Utc>)>,
    (until, beyond): (DateTime<Utc>, Option<Retention>),
    limit: i64,
) -> Result<Preview> {
    let mut settings = retention::of(conn, controller)?;
    let mut terms = retention::terms(conn, controller)?;
    if let Some((kept, now)) = proposed {
        retention::check_times(kept)?;
        settings.kept = kept;
        terms = terms.replaced(kept, now);
    }
    let (mut due, more) = all_due(conn, controller, &terms, (until, beyond), limit)?;
    due.retain(|one| one.at <= until);
    for one in &mut due {
        one.open_breach = is_needed(conn, one.request.id, one.kept)?;
    }
    due.sort_by_key(|one| (one.at, one.request.id, one.kept));
    Ok(Preview { settings, due, more })
}

fn all_due(
    conn: &mut Conn,
    controller: ControllerId,
    terms: &Terms,
    (until, beyond): (DateTime<Utc>, Option<Retention>),
    limit: i64,
) -> Result<(Vec<Due>, bool)> {
    let bounds = |kept: Retention| {
        let days = |days: u32| Instant::from(until - chrono::Duration::days(days.into()));
        let copies = days(kept.working_copy_days);
        (Instant::from(kept.cases_ended_by(until)), copies, days(kept.package_days))
    };
    let (cases_by, copies_by, released_by) = bounds(terms.now);
    // What is over by the other times is passed over, however much that is.
    let (last, from) = (uuid::Uuid::max(), beyond.map(bounds));
    let after = |at: Instant| (at, RequestId::from_uuid(last));
    let cases_after = from.map(|from| after(from.0));
    let cases = rows::ended_by(conn, controller, cases_by, cases_after, limit)?;
    let copies_after = from.map(|from| after(from.1));
    let copies = rows::with_working_copies(conn, controller, copies_by, copies_after, limit)?;
    let released_after = from.map(|from| (from.2, PackageId::from_uuid(last)));
    let released = rows::released_by(conn, controller, released_by, released_after, limit)?;
    let mut due = Vec::new();
    let full = |found: usize| i64::try_from(found).unwrap_or(i64::MAX) >= limit;
    let more = full(cases.len()) || full(copies.len()) || full(released.len());
    for request in cases {
        let times = since(request.ended_at, |at| terms.case_until(at));
        due.extend(times.map(|times| Due::of(request, (Kept::CaseFile, None), times)));
    }
    for request in copies {
        let times = since(request.ended_at, |at| terms.working_copies_until(at));
        due.extend(times.map(|times| Due::of(request, (Kept::WorkingCopies, None), times)));
    }
    for (package, request) in released {
        let times = since(package.released_at, |at| terms.package_until(at));
        let what = (Kept::Package, Some(package.id));
        due.extend(times.map(|times| Due::of(request, what, times)));
    }
    Ok((due, more))
}

/// How much of a kind goes, and from when on the first of it.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    pub kept: Kept,
    pub count: usize,
    pub first: Option<DateTime<Utc>>,
}

impl Preview {
    /// How much of each kind nothing holds back: without cases, for whoever may not know of them.
    #[must_use]
    pub fn counts(&self) -> [Count; 3] {
        [Kept::CaseFile, Kept::WorkingCopies, Kept::Package].map(|kept| {
            let goes = |due: &&Due| due.kept == kept && due.goes();
            let first = self.due.iter().find(goes).map(|due| due.at);
            Count { kept, count: self.due.iter().filter(goes).count(), first }
        })
    }
}

/// What other times would destroy within a week of being set and those of today would not: the new times
/// hold from the end of that week on.
///
/// # Errors
/// As [`preview`].
pub fn losses(
    conn: &mut Conn,
    controller: ControllerId,
    (kept, now): (Retention, DateTime<Utc>),
    limit: i64,
) -> Result<Preview> {
    let today = retention::of(conn, controller)?.kept;
    gather(conn, controller, Some((kept, now)), (now + UNDOABLE, Some(today)), limit)
}

fn since(
    from: Option<Instant>,
    until: impl Fn(DateTime<Utc>) -> Option<DateTime<Utc>>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let from = from?.utc();
    Some((from, until(from)?))
}

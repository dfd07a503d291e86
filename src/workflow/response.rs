//! The answer as a package: built from what a search found, and downloaded once it is released.

use chrono::{DateTime, Duration, Utc};

use super::identity::needed_to_answer;
use super::people::SEVERAL_TASK;
use super::record::{Case, Target, Written, begin, begin_own, load};
use super::review::build_again;
use super::settings::retention;
use super::sources::SearchScope;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::events::{self, EventRow};
use crate::db::files::{self, FileRow};
use crate::db::packages::{self, Package};
use crate::db::searches;
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::ids::{PackageId, SearchId};
use crate::domain::job::Job;
use crate::domain::lifecycle::{Action, Status};
use crate::domain::mail::Notice;
use crate::domain::retention::Terms;
use crate::domain::right::Right;
use crate::domain::withholding::Retirement;
use crate::error::{Error, Result};
use crate::language::Language;

/// A package as it is asked for.
#[derive(Clone, Debug)]
pub struct NewPackage {
    pub id: PackageId,
    pub search: SearchId,
    pub right: Right,
    pub language: Option<Language>,
    /// Why an incomplete answer is given; sealed under the key of the case.
    pub sealed_reason: Option<Vec<u8>>,
}

/// Asks for a package from a search that has ended.
///
/// # Errors
/// `Invalid` when the case does not exercise the right or the search was for contacts only;
/// `Transition` while the search runs.
pub fn build_package(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    new: &NewPackage,
) -> Result<Package> {
    let known = load(conn, &target.scope, target.id)?;
    // What was answered is built again where its package is gone.
    let answered = known.state.status == Status::Answered;
    let action = if answered { Action::Review } else { Action::AnswerSystem };
    let case = begin(conn, ctx, target, Permission::WorkCase, action)?;
    if !matches!(new.right, Right::Access | Right::Portability) {
        return Err(Error::invalid("right", "no-package"));
    }
    if !case.state.rights.iter().any(|state| state.exercised.right == new.right) {
        return Err(Error::invalid("right", "not-exercised"));
    }
    let search = searches::get(conn, case.row.id, new.search)
        .map_err(|_| Error::invalid("search_id", "no-such-search"))?;
    if search.scope != SearchScope::Full.name() {
        return Err(Error::invalid("search_id", "contacts-only"));
    }
    if search.ended_at.is_none() {
        return Err(Error::Transition { code: "search-running" });
    }
    let Actor::Staff(member) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    let row = Package {
        id: new.id,
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        search_id: new.search,
        exercised: new.right,
        language: new.language.unwrap_or(case.row.language),
        state: "building".to_owned(),
        complete: false,
        sealed_reason: new.sealed_reason.clone(),
        file_id: None,
        manifest: None,
        created_by: member.id,
        created_at: Instant::from(ctx.now),
        built_at: None,
        released_by: None,
        released_at: None,
        special: false,
        delivery: None,
        delivered_at: None,
    };
    packages::insert(conn, &row)?;
    case.enqueue(conn, ctx, &Job::BuildPackage { package: new.id }, ctx.now)?;
    Ok(row)
}

/// What a worker made.
#[derive(Clone, Copy)]
pub struct BuiltPackage<'a> {
    pub file: &'a FileRow,
    pub manifest: &'a str,
    pub complete: bool,
    /// The version of the case that its content was read at.
    pub read_at_version: i64,
    pub several_people: bool,
}

/// Records that a package stands ready to be looked at, made of what the case held at a version.
///
/// # Errors
/// `Transition` when the case has ended meanwhile.
pub fn package_built(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    package: &Package,
    built: &BuiltPackage<'_>,
) -> Result<()> {
    let BuiltPackage { file, manifest, complete, read_at_version, several_people } = *built;
    case.state.check(Action::Review)?;
    files::insert(conn, file)?;
    packages::set_built(conn, package.id, file.id, manifest, complete, Instant::from(ctx.now))?;
    // Without the digest of the content: who guesses what stands in it could prove it by that,
    // even when the key is gone. It stands with the file, and goes with the key.
    let (package, right) = (package.id, package.exercised);
    let event = Event::PackageBuilt { package, right, complete, read_at_version, several_people };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    if several_people {
        case.ask_person(conn, ctx, SEVERAL_TASK, "")?;
    }
    // While it was built, somebody changed what is withheld.
    if case.state.withholds_all(package) {
        return Ok(());
    }
    build_again(conn, ctx, case)
}

/// How long a recorded download covers what the same visit fetches of the same package: a transfer in
/// parts, or begun anew, is one download, and nobody's bytes are further than this from their event.
const ONE_DOWNLOAD: Duration = Duration::minutes(15);

/// How long one notice of a download stands for those that follow in the same visit.
const ONE_NOTICE: Duration = Duration::hours(1);

/// Checks that a package may be fetched, and records that it is: whatever part is asked for, every
/// answer with bytes of it is preceded by an event of the same person, in the same visit, that is
/// younger than fifteen minutes. What is written stands with that event.
///
/// # Errors
/// `Forbidden` without the permission; `NotFound` for a person to whom it was not handed out, or no
/// longer; `Transition` before it is built, when the case was withdrawn
/// or passed on, or once the key is destroyed.
pub fn download_package(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    id: PackageId,
    written: &Written,
) -> Result<Package> {
    let (mut case, package) = fetchable(conn, ctx, target, id)?;
    let visit = match &ctx.actor {
        Actor::Subject(own) => Some(own.visit),
        _ => None,
    };
    let recent = |conn: &mut Conn, length: Duration| -> Result<Vec<(PackageId, bool)>> {
        let since = Instant::from(ctx.now - length);
        let (kind, actor) = ("PackageDownloaded", ctx.actor.name());
        let rows = events::since(conn, case.row.id, kind, &actor, since)?;
        Ok(rows.iter().filter_map(|row| downloaded(row, visit)).collect())
    };
    // What somebody says of it is kept, whatever went before.
    let is_covered = recent(conn, ONE_DOWNLOAD)?.iter().any(|(package, _)| *package == id);
    if is_covered && written.sealed.is_none() {
        return Ok(package);
    }
    // Whoever holds the way in is not always the person: who is on file hears of each visit.
    let noticed = visit.is_some() && !recent(conn, ONE_NOTICE)?.iter().any(|(_, noticed)| *noticed);
    let event = Event::PackageDownloaded { package: id, noticed, visit };
    case.record(conn, ctx, event, written)?;
    if noticed {
        case.notify_of(conn, ctx, Notice::Downloaded)?;
    }
    Ok(package)
}

/// A download of this visit: of which package, and whether who is on file was told.
fn downloaded(row: &EventRow, of: Option<u32>) -> Option<(PackageId, bool)> {
    match row.entry().ok()?.event {
        Event::PackageDownloaded { package, noticed, visit } if visit == of => {
            Some((package, noticed))
        }
        _ => None,
    }
}

/// Checks that a package may be fetched, for somebody who asks about it and takes no bytes.
///
/// # Errors
/// As [`download_package`].
pub fn fetchable(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    id: PackageId,
) -> Result<(Case, Package)> {
    if let Actor::Subject(_) = &ctx.actor {
        // Where nothing can be fetched yet, nothing is there.
        let case = begin_own(conn, ctx, Action::Download).map_err(|error| match error {
            Error::Transition { .. } => Error::NotFound,
            other => other,
        })?;
        let handed_out = released(conn, ctx, &case)?.0;
        let found = handed_out.into_iter().find(|found| found.package.id == id);
        return Ok((case, found.ok_or(Error::NotFound)?.package));
    }
    let case = begin(conn, ctx, target, Permission::WorkCase, Action::Download)?;
    let package = packages::get(conn, case.row.id, id)?;
    // Whoever prepares an answer looks at it; once it is released it is for whoever may release it.
    if !is_prepared(&package) {
        ctx.actor.permit(case.row.controller_id, Permission::Release)?;
    }
    if package.file_id.is_none() {
        return Err(Error::Transition { code: lacks(&package) });
    }
    Ok((case, package))
}

/// Whether a package was never released: it is looked at, and nobody was given it.
#[must_use]
pub fn is_prepared(package: &Package) -> bool {
    package.released_at.is_none()
}

/// Why a package without a file cannot be fetched.
#[must_use]
pub fn lacks(package: &Package) -> &'static str {
    let is_retired = Retirement::parse(&package.state).is_some();
    if is_retired { "package-gone" } else { "package-not-ready" }
}

/// Until when the person can fetch a package (law.md §5.2); nothing for one that was not released.
/// Then it is released again on request.
#[must_use]
pub fn handed_out_until(package: &Package, kept: &Terms) -> Option<DateTime<Utc>> {
    let released_at = package.released_at.filter(|_| package.state == "released")?;
    kept.package_until(released_at.utc())
}

/// A package that the person can fetch, and until when.
#[derive(Clone, Debug)]
pub struct HandedOut {
    pub package: Package,
    pub until: DateTime<Utc>,
}

/// What was released and stands now.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The packages that the person can fetch, newest first: released, for the days of the controller's
    /// setting, while identity stands.
    pub handed_out: Vec<HandedOut>,
    /// Whether an answer was released that the person cannot fetch: what they have proved was enough then
    /// and is not now, as when somebody else is said to read what is on file.
    pub is_held: bool,
    /// Until when the person could fetch an answer whose time is over, where none is left.
    pub over_since: Option<DateTime<Utc>>,
}

/// What the person of a case can fetch at an instant.
///
/// # Errors
/// When the database fails.
pub fn reach(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<Reach> {
    let (handed_out, has_others) = released(conn, ctx, case)?;
    let is_held = has_others && case.state.status == Status::Answered;
    let is_over = handed_out.is_empty() && !is_held;
    let over_since = if is_over { over_since(conn, ctx, case)? } else { None };
    Ok(Reach { handed_out, is_held, over_since })
}

/// When the time of the last answer ended that nobody took back, in a case that has ended.
fn over_since(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<Option<DateTime<Utc>>> {
    if !matches!(case.state.status, Status::Answered | Status::Closed) {
        return Ok(None);
    }
    let (kept, id) = (retention::of(conn, case.row.controller_id)?.kept, case.row.id);
    let (mut ended, mut expired) = (Vec::new(), Vec::new());
    for package in packages::of_request(conn, id)? {
        let until = package.released_at.and_then(|at| kept.package_until(at.utc()));
        match Retirement::parse(&package.state) {
            Some(Retirement::Expired) => expired.push((package.id, until)),
            None if package.state == "released" => ended.extend(until.filter(|it| *it <= ctx.now)),
            _ => {}
        }
    }
    if !expired.is_empty() {
        // The setting may be another now: it ended when it was taken away, at the latest.
        for entry in events::of_request(conn, id)?.iter().filter_map(|row| row.entry().ok()) {
            let Event::PackageRetired { package, .. } = entry.event else { continue };
            let known = expired.iter().find(|(id, _)| *id == package);
            ended.extend(known.map(|(_, until)| until.map_or(entry.at, |it| it.min(entry.at))));
        }
    }
    Ok(ended.into_iter().max())
}

/// The packages within reach of what was proved, and whether there are others.
fn released(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<(Vec<HandedOut>, bool)> {
    if case.state.check(Action::Download).is_err() {
        return Ok((Vec::new(), false));
    }
    // A doubt that came up since, or an identity that was taken back, closes the way again.
    let ordinary = needed_to_answer(conn, ctx, case, false)?;
    let special = needed_to_answer(conn, ctx, case, true)?;
    let reaches =
        |package: &Package| case.state.level >= if package.special { special } else { ordinary };
    let kept = retention::terms(conn, case.row.controller_id)?;
    let packages = packages::of_request(conn, case.row.id)?.into_iter();
    let kept_until = |package: Package| {
        let until = handed_out_until(&package, &kept).filter(|until| ctx.now < *until)?;
        package.file_id.is_some().then_some(HandedOut { package, until })
    };
    let (open, held): (Vec<_>, Vec<_>) =
        packages.filter_map(kept_until).partition(|found| reaches(&found.package));
    Ok((open, !held.is_empty()))
}

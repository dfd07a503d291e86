//! A package on its way out: released by a person, handed over on paper, taken back, or over.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::identity::{check_level, needed_to_answer};
use super::nothing_held;
use super::record::{Case, Target, Written, begin};
use super::{stopping, telling};
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::controllers;
use crate::db::packages::{self, Package};
use crate::db::searches;
use crate::db::withholdings::{self, Withholding};
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::ids::PackageId;
use crate::domain::lifecycle::{Action, Status};
use crate::domain::request::Decision;
use crate::domain::withholding::{Extent, PaperDelivery, Retirement};
use crate::error::{Error, Result};

/// A release as it is asked for, with what the data map says of what goes out.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    pub package: PackageId,
    /// Whether it holds data that the map calls special.
    pub special: bool,
    /// Whether the map proposes to withhold a column on which nobody has decided.
    pub proposals_open: bool,
}

/// Releases a package. What it answers is thereby granted, in part when something is missing or
/// withheld. A right that was answered so before is answered anew, for thirty days more, with a
/// reason; what was released for it before is no more.
///
/// # Errors
/// `Transition` when the package is not ready, older than what was found or withheld last,
/// incomplete without a reason, identity is not settled as its data needs, the law holds it back
/// for some hours, or the one who releases has prepared it and the controller wants another.
pub fn release_package(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    release: Release,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::Release, Action::Release)?;
    let package = packages::get(conn, case.row.id, release.package)?;
    let Actor::Staff(member) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    check_content(&case, &package, release)?;
    check_withheld(conn, &package)?;
    check_four_eyes(conn, ctx, &case, &package)?;
    let needed = needed_to_answer(conn, ctx, &case, release.special)?;
    check_level(&case, needed)?;
    check_decision(&case, &package)?;
    let clock = case.dates.rights.iter().find(|right| right.right == package.exercised);
    if clock.and_then(|right| right.dates.not_before).is_some_and(|at| ctx.now < at) {
        return Err(Error::Transition { code: "before-reflection" });
    }
    let mut others = packages::of_request(conn, case.row.id)?;
    others.retain(|other| other.exercised == package.exercised);
    if others.iter().any(|other| other.released_at.is_some()) && written.sealed.is_none() {
        return Err(Error::Transition { code: "reissue-needs-reason" });
    }
    let decision = decision(&package)?;
    let was_answered = case.state.status == Status::Answered;
    let by = (member.id, Instant::from(ctx.now));
    packages::set_released(conn, package.id, by, release.special)?;
    let event = Event::PackageReleased { package: package.id, right: package.exercised, decision };
    case.record(conn, ctx, event, written)?;
    nothing_held::decided(conn, ctx, case.row.id)?;
    // What was decided on the other rights was asked for when all was decided.
    if !was_answered {
        telling::decided(conn, ctx, &case)?;
    }
    others.retain(|other| other.id != package.id && other.state == "released");
    for other in &others {
        retire(conn, ctx, &mut case, other, Retirement::Superseded)?;
    }
    case.notify(conn, ctx)?;
    Ok(case)
}

/// What somebody has refused, or found that nothing is held of, is not granted by the way: whoever
/// thinks better of it opens the right first, with a reason.
fn check_decision(case: &Case, package: &Package) -> Result<()> {
    let mut rights = case.state.rights.iter();
    let overturned = rights.any(|state| {
        let denies = match state.decision {
            Decision::Refused => true,
            // What a package has said, another says anew.
            Decision::NothingHeld => state.answer.is_none(),
            Decision::Undecided | Decision::Granted | Decision::GrantedInPart => false,
        };
        state.exercised.right == package.exercised && denies
    });
    if overturned { Err(Error::Transition { code: "decided-otherwise" }) } else { Ok(()) }
}

/// What a manifest says of the content.
#[derive(Deserialize)]
struct Manifest {
    rows: u64,
    withheld: bool,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
}

/// What the answer makes of the right: all is granted, a part of it, or nothing is held.
fn decision(package: &Package) -> Result<Decision> {
    let manifest: Manifest = serde_json::from_str(package.manifest.as_deref().unwrap_or_default())
        .map_err(|_| Error::internal("a manifest does not read"))?;
    let has_files = manifest.entries.iter().any(|entry| entry.path.starts_with("files/"));
    Ok(match (package.complete && !manifest.withheld, manifest.rows > 0 || has_files) {
        (true, true) => Decision::Granted,
        (true, false) => Decision::NothingHeld,
        (false, _) => Decision::GrantedInPart,
    })
}

/// Whether the package is what the case holds now.
fn check_content(case: &Case, package: &Package, release: Release) -> Result<()> {
    let code = match package.state.as_str() {
        "ready" | "released" => None,
        state if Retirement::parse(state).is_some() => Some("package-gone"),
        _ => Some("package-not-ready"),
    };
    // What was found or handed in since then would be kept from the person.
    let outdated = case.state.is_out_of_date((package.id, package.search_id));
    let is_before = !case.state.withholds_all(package.id);
    let code = code
        .or_else(|| {
            let why = if is_before { "package-before-withholding" } else { "package-outdated" };
            outdated.then_some(why)
        })
        .or_else(|| release.proposals_open.then_some("proposals-open"))
        .or_else(|| {
            let unreasoned = !package.complete && package.sealed_reason.is_none();
            unreasoned.then_some("incomplete-needs-reason")
        });
    match code {
        Some(code) => Err(Error::Transition { code }),
        None => Ok(()),
    }
}

/// What somebody withholds and the search did not find again may stand there changed, and go out:
/// a person looks, and takes the withholding back or withholds anew. A column is found where its table
/// has no row; where the table has rows without it, or other tables of the system have, it may have
/// another name now.
fn check_withheld(conn: &mut Conn, package: &Package) -> Result<()> {
    let files = searches::files(conn, package.search_id)?;
    let is_renamed = |row: &Withholding| {
        let mut tables = files.iter().filter(|file| file.system == row.system);
        let own = tables.clone().find(|file| file.source_table.as_ref() == Some(&row.source_table));
        own.map_or_else(|| tables.any(|file| file.row_count > 0), |own| own.row_count > 0)
    };
    let lost = |row: &Withholding| {
        row.matched_search_id == Some(package.search_id)
            && row.matched_rows == Some(0)
            && (row.extent != Extent::Column || is_renamed(row))
    };
    if withholdings::held(conn, package.request_id)?.iter().any(lost) {
        return Err(Error::Transition { code: "withholding-without-row" });
    }
    Ok(())
}

/// Where the controller wants it, nobody releases what they prepared: had it built, withheld from it,
/// answered for a system of it by hand, or decided on it.
fn check_four_eyes(conn: &mut Conn, ctx: &Ctx, case: &Case, package: &Package) -> Result<()> {
    if !controllers::find(conn, case.row.controller_id)?.four_eyes {
        return Ok(());
    }
    let built = matches!(&ctx.actor, Actor::Staff(member) if member.id == package.created_by);
    if built || case.state.preparers.include(&ctx.actor.name()) {
        return Err(Error::Transition { code: "four-eyes" });
    }
    Ok(())
}

/// Takes a package back that was released: nobody can fetch it any more, and the right that it
/// answered is open again.
///
/// # Errors
/// `NotFound`; `Transition` when it was not released, or is gone already.
pub fn revoke_package(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    id: PackageId,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::Release, Action::Download)?;
    let package = released(conn, &case, id)?;
    packages::retire(conn, id, Retirement::Revoked)?;
    let reopens = case.state.rests_on(id);
    let event = Event::PackageRetired { package: id, why: Retirement::Revoked, reopens };
    case.record(conn, ctx, event, written)?;
    let gone: Vec<_> = package.file_id.into_iter().collect();
    stopping::remove(conn, ctx, &case, &gone)?;
    Ok(case)
}

/// Records that a released package reached the person on paper.
///
/// # Errors
/// `NotFound`; `Invalid` for an instant in the future, or before the release; `Transition` when it
/// was not released, or is gone already.
pub fn deliver_package(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    (id, how, at): (PackageId, PaperDelivery, DateTime<Utc>),
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::Release, Action::Download)?;
    let package = released(conn, &case, id)?;
    if at > ctx.now {
        return Err(Error::invalid("delivered_at", "in-future"));
    }
    if package.released_at.is_some_and(|released| at < released.utc()) {
        return Err(Error::invalid("delivered_at", "before-release"));
    }
    if package.delivery.is_some() {
        return Err(Error::Transition { code: "already-delivered" });
    }
    packages::set_delivered(conn, id, how, Instant::from(at))?;
    case.record(conn, ctx, Event::PackageDelivered { package: id, how }, written)?;
    Ok(case)
}

fn released(conn: &mut Conn, case: &Case, id: PackageId) -> Result<Package> {
    let package = packages::get(conn, case.row.id, id)?;
    match package.state.as_str() {
        "released" => Ok(package),
        state if Retirement::parse(state).is_some() => {
            Err(Error::Transition { code: "package-gone" })
        }
        _ => Err(Error::Transition { code: "not-released" }),
    }
}

/// Ends what was released: its file goes, and what was released stays in the history.
///
/// # Errors
/// When the database fails.
pub(super) fn retire(
    conn: &mut Conn,
    ctx: &Ctx,
    case: &mut Case,
    package: &Package,
    why: Retirement,
) -> Result<()> {
    packages::retire(conn, package.id, why)?;
    let event = Event::PackageRetired { package: package.id, why, reopens: false };
    case.record(conn, ctx, event, &Written::plain(ctx))?;
    let gone: Vec<_> = package.file_id.into_iter().collect();
    stopping::remove(conn, ctx, case, &gone)
}

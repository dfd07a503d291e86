//! What a person withholds from the answer of a case, until it is released: withheld, taken back,
//! or proposed by the data map and declined. Every change has the packages that stand ready built
//! again, so that what is looked at is what would be given out.

use super::record::{Case, Target, Written, begin};
use super::stopping;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::packages;
use crate::db::withholdings::{self, Withholding};
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::event::Event;
use crate::domain::exemption::Exemption;
use crate::domain::ids::{SearchId, UserId, WithholdingId};
use crate::domain::job::Job;
use crate::domain::lifecycle::Action;
use crate::domain::withholding::{Extent, Held, Spot, WithholdingState};
use crate::error::{Error, Result};
use crate::vault::CaseKey;
use crate::vault::place::Place;

/// More than a person can look through; a column is withheld as one.
pub const MOST_WITHHOLDINGS: usize = 2_000;

/// What is to be withheld, or a proposal to be declined.
#[derive(Clone, Debug)]
pub struct NewWithholding {
    pub id: WithholdingId,
    /// The search that was looked at.
    pub search: SearchId,
    pub system: String,
    pub table: String,
    pub column: Option<String>,
    pub extent: Extent,
    pub exemption: Exemption,
    /// Sealed by [`seal_spot`].
    pub sealed_spot: Option<Vec<u8>>,
}

/// Where a spot stands sealed.
#[must_use]
pub const fn spot_place(id: WithholdingId) -> Place<'static> {
    Place::new("withholdings", "sealed_spot", id.uuid())
}

/// Seals what a withholding is about.
///
/// # Errors
/// When it cannot be sealed.
pub fn seal_spot(key: &CaseKey, id: WithholdingId, spot: &Spot) -> Result<Vec<u8>> {
    let text = serde_json::to_vec(spot).map_err(|_| Error::internal("a spot to JSON"))?;
    Ok(key.key().seal(&spot_place(id), &text)?)
}

/// Opens what a withholding is about; nothing for a whole column.
///
/// # Errors
/// When the seal does not open.
pub fn open_spot(key: &CaseKey, row: &Withholding) -> Result<Option<Spot>> {
    let Some(sealed) = &row.sealed_spot else { return Ok(None) };
    let text = key.key().open(&spot_place(row.id), sealed)?;
    serde_json::from_slice(&text).map(Some).map_err(|_| Error::internal("a spot does not read"))
}

/// A withholding as the rules of a table know it.
///
/// # Errors
/// When the seal does not open.
pub fn held(key: &CaseKey, row: &Withholding) -> Result<Held> {
    Ok(Held {
        extent: row.extent,
        column: row.column_name.clone(),
        exemption: row.exemption,
        spot: open_spot(key, row)?,
    })
}

/// Withholds something that the newest search found.
///
/// # Errors
/// `Transition` when another search has taken its place, or the case is answered; `Invalid` when
/// the same is withheld already, or too much.
pub fn withhold(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    new: &NewWithholding,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::AnswerSystem)?;
    let by = reviewed(&case, ctx, new.search)?;
    let known = withholdings::of_request(conn, case.row.id)?;
    if known.len() >= MOST_WITHHOLDINGS {
        return Err(Error::Transition { code: "too-many-withholdings" });
    }
    for one in known.iter().filter(|one| is_same_column(one, new)) {
        match one.state {
            WithholdingState::Held => return Err(Error::invalid("column", "already-withheld")),
            // Who withholds it after all takes the other word back.
            WithholdingState::Declined => {
                withholdings::take_back(conn, one.id, Some(by), Instant::from(ctx.now))?;
            }
            WithholdingState::TakenBack => {}
        }
    }
    withholdings::insert(conn, &row(&case, ctx, new, (by, WithholdingState::Held)))?;
    let event = Event::DataWithheld {
        withholding: new.id,
        extent: new.extent,
        system: new.system.clone(),
        table: new.table.clone(),
        column: new.column.clone(),
        exemption: new.exemption,
    };
    case.record(conn, ctx, event, written)?;
    build_again(conn, ctx, &case)?;
    Ok(case)
}

/// Records that a column, which the data map proposes to withhold, is given out.
///
/// # Errors
/// As [`withhold`]; `Invalid` when it was declined already.
pub fn decline_proposal(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    new: &NewWithholding,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::AnswerSystem)?;
    let by = reviewed(&case, ctx, new.search)?;
    let Some(column) = new.column.clone() else {
        return Err(Error::invalid("column", "empty"));
    };
    let known = withholdings::of_request(conn, case.row.id)?;
    let decided =
        |one: &Withholding| is_same_column(one, new) && one.state != WithholdingState::TakenBack;
    if known.iter().any(decided) {
        return Err(Error::invalid("column", "already-decided"));
    }
    if known.len() >= MOST_WITHHOLDINGS {
        return Err(Error::Transition { code: "too-many-withholdings" });
    }
    withholdings::insert(conn, &row(&case, ctx, new, (by, WithholdingState::Declined)))?;
    let (system, table) = (new.system.clone(), new.table.clone());
    let event = Event::ProposalDeclined { system, table, column };
    case.record(conn, ctx, event, written)?;
    build_again(conn, ctx, &case)?;
    Ok(case)
}

/// Takes a withholding back, or the word that declined a proposal: that is open again then.
///
/// # Errors
/// `NotFound`; `Transition` when it was taken back already, or the case is answered.
pub fn take_back_withholding(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    id: WithholdingId,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::WorkCase, Action::AnswerSystem)?;
    let row = withholdings::get(conn, case.row.id, id)?;
    if row.state == WithholdingState::TakenBack {
        return Err(Error::Transition { code: "already-taken-back" });
    }
    withholdings::take_back(conn, id, Some(staff(ctx)?), Instant::from(ctx.now))?;
    case.record(conn, ctx, Event::WithholdingTakenBack { withholding: id }, written)?;
    build_again(conn, ctx, &case)?;
    Ok(case)
}

/// Has the packages that stand ready built again, of what is withheld now. One that is being built
/// finds at its end that it came too early.
///
/// # Errors
/// When the database fails.
pub fn build_again(conn: &mut Conn, ctx: &Ctx, case: &Case) -> Result<()> {
    let mut gone = Vec::new();
    for package in packages::of_request(conn, case.row.id)? {
        if package.state == "ready" {
            gone.extend(package.file_id);
            packages::set_building(conn, package.id)?;
            case.enqueue(conn, ctx, &Job::BuildPackage { package: package.id }, ctx.now)?;
        }
    }
    // What is made again from the same rows proves nothing, held or not.
    stopping::discard(conn, ctx, case, &gone)
}

/// Who looks at the newest search.
fn reviewed(case: &Case, ctx: &Ctx, search: SearchId) -> Result<UserId> {
    if case.state.found.is_none_or(|found| found.search != search) {
        return Err(Error::Transition { code: "search-superseded" });
    }
    staff(ctx)
}

fn staff(ctx: &Ctx) -> Result<UserId> {
    match &ctx.actor {
        Actor::Staff(member) => Ok(member.id),
        _ => Err(Error::Forbidden),
    }
}

fn is_same_column(one: &Withholding, new: &NewWithholding) -> bool {
    new.extent == Extent::Column
        && one.extent == Extent::Column
        && one.system == new.system
        && one.source_table == new.table
        && one.column_name == new.column
}

fn row(
    case: &Case,
    ctx: &Ctx,
    new: &NewWithholding,
    (by, state): (UserId, WithholdingState),
) -> Withholding {
    Withholding {
        id: new.id,
        controller_id: case.row.controller_id,
        request_id: case.row.id,
        system: new.system.clone(),
        source_table: new.table.clone(),
        column_name: new.column.clone(),
        extent: new.extent,
        exemption: new.exemption,
        state,
        sealed_spot: new.sealed_spot.clone(),
        created_by: by,
        created_at: Instant::from(ctx.now),
        ended_by: None,
        ended_at: None,
        matched_search_id: None,
        matched_rows: None,
    }
}

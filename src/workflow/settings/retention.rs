//! How long a controller keeps its cases, with the reason it gives for that (GDPR Art. 5(2)).

use serde_json::json;

use super::permission;
use crate::db::column::Instant;
use crate::db::conn::Conn;
use crate::db::retention::{self, RetentionRow};
use crate::db::{controllers, events};
use crate::domain::actor::{Actor, Ctx, Permission};
use crate::domain::ids::ControllerId;
use crate::domain::retention::{Retention, Terms};
use crate::domain::subject::text::is_blank;
use crate::error::{Error, FieldError, Result};
use crate::workflow::record::{Expected, settings_event};

/// How long the reason may be, in characters.
pub const LONGEST_JUSTIFICATION: usize = 2_000;

/// What holds for a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub kept: Retention,
    /// Nothing while the defaults hold.
    pub justification: Option<String>,
    /// 0 while nothing was ever set.
    pub version: i64,
}

/// The settings of a controller, or the defaults.
///
/// # Errors
/// When the database fails, or holds what this program never wrote.
pub fn of(conn: &mut Conn, controller: ControllerId) -> Result<Settings> {
    let Some(row) = retention::newest(conn, controller)? else {
        return Ok(Settings { kept: Retention::DEFAULT, justification: None, version: 0 });
    };
    let kept = kept(&row)?;
    Ok(Settings { kept, justification: Some(row.justification), version: row.version })
}

fn kept(row: &RetentionRow) -> Result<Retention> {
    let number = |value: i32| {
        u32::try_from(value).map_err(|_| Error::internal("a time of keeping does not read"))
    };
    Ok(Retention {
        case_months: number(row.case_months)?,
        working_copy_days: number(row.working_copy_days)?,
        package_days: number(row.package_days)?,
    })
}

/// The times that hold for a controller, with those that were set before and still keep something.
///
/// # Errors
/// As [`of`].
pub fn terms(conn: &mut Conn, controller: ControllerId) -> Result<Terms> {
    let mut terms = Terms { now: Retention::DEFAULT, before: Vec::new() };
    for row in retention::versions(conn, controller)? {
        terms = terms.replaced(kept(&row)?, row.created_at.utc());
    }
    Ok(terms)
}

/// Stores new settings. They hold for every case, whenever it ended; what they would let go sooner than
/// those before stays for a week, in which they can be set back.
///
/// # Errors
/// `NotFound`, `Forbidden`; `Conflict` when somebody was faster; `Invalid` with every wrong field.
pub fn replace(
    conn: &mut Conn,
    ctx: &Ctx,
    controller: ControllerId,
    expected: Expected,
    (kept, justification): (Retention, &str),
) -> Result<Settings> {
    permission::on_controller(&ctx.actor, controller, Permission::EditRetention)?;
    controllers::find(conn, controller)?;
    let found = of(conn, controller)?;
    if matches!(expected, Expected::Version(version) if version != found.version) {
        return Err(Error::Conflict { code: "stale" });
    }
    check(kept, justification)?;
    let Actor::Staff(member) = &ctx.actor else {
        return Err(Error::Forbidden);
    };
    let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let row = RetentionRow {
        controller_id: controller,
        version: found.version.saturating_add(1),
        case_months: number(kept.case_months),
        working_copy_days: number(kept.working_copy_days),
        package_days: number(kept.package_days),
        justification: justification.trim().to_owned(),
        created_by: member.id,
        created_at: Instant::from(ctx.now),
    };
    retention::insert(conn, &row)?;
    let detail = json!({
        "version": row.version,
        "case_months": kept.case_months,
        "working_copy_days": kept.working_copy_days,
        "package_days": kept.package_days,
    });
    let event = settings_event(ctx, Some(controller), "RetentionReplaced", &detail);
    events::insert(conn, &event)?;
    of(conn, controller)
}

/// Checks times that somebody proposes.
///
/// # Errors
/// `Invalid` with every wrong field.
pub fn check_times(kept: Retention) -> Result<()> {
    let errors = wrong_times(kept);
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

fn wrong_times(kept: Retention) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (field, value, most) in [
        ("case_months", kept.case_months, Retention::MOST_MONTHS),
        ("working_copy_days", kept.working_copy_days, Retention::MOST_DAYS),
        ("package_days", kept.package_days, Retention::MOST_DAYS),
    ] {
        if !(1..=most).contains(&value) {
            let mut error = FieldError::new(field, "out-of-range");
            error.arguments = vec![("maximum", most.to_string())];
            errors.push(error);
        }
    }
    errors
}

fn check(kept: Retention, justification: &str) -> Result<()> {
    let mut errors = wrong_times(kept);
    if is_blank(justification) {
        errors.push(FieldError::new("justification", "empty"));
    }
    if justification.chars().count() > LONGEST_JUSTIFICATION {
        let mut error = FieldError::new("justification", "too-long");
        error.arguments = vec![("maximum", LONGEST_JUSTIFICATION.to_string())];
        errors.push(error);
    }
    if justification.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        errors.push(FieldError::new("justification", "control-character"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

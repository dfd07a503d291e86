//! Extending the period. Each right has a clock of its own, so the law is asked itself: what would
//! the dates be with this notice?

use chrono::NaiveDate;

use super::clock::sent_error;
use super::record::{Case, Target, Written, begin, clock_error};
use crate::db::conn::Conn;
use crate::domain::actor::{Ctx, Permission};
use crate::domain::clock::{self, CaseDates, ClockError};
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};
use crate::domain::event::{Event, ExtensionGround, SentMessage};
use crate::domain::lifecycle::Action;
use crate::domain::regime::{self, Extension as Allowed};
use crate::error::{Error, Result};

/// An extension that was notified to the person.
#[derive(Clone, Debug)]
pub struct Extension {
    pub message: SentMessage,
    /// The date announced; without it, the longest that the law allows.
    pub until: Option<NaiveDate>,
    pub ground: ExtensionGround,
    /// Recorded although its notice came too late, without effect.
    pub record_late: bool,
}

/// Extends the period. Refused after the date by which the person had to be told, unless it is
/// only to be recorded.
///
/// # Errors
/// `Invalid` when the notice is late or the date announced is too early or too late; `Transition`
/// when the case was extended before, or its law knows no extension.
pub fn extend(
    conn: &mut Conn,
    ctx: &Ctx,
    target: &Target,
    extension: &Extension,
    written: &Written,
) -> Result<Case> {
    let mut case = begin(conn, ctx, target, Permission::DecideCase, Action::Extend)?;
    extension.message.check(case.state.received_at, ctx.now).map_err(sent_error)?;
    if case.dates.is_extended() {
        return Err(Error::Transition { code: "already-extended" });
    }
    if !case.dates.rights.iter().any(|right| is_extensible(right.dates.regime)) {
        return Err(Error::Transition { code: "no-extension" });
    }
    let after = with_notice(&case, extension)?;
    let late = !after.is_extended();
    if late && !extension.record_late {
        return Err(refusal(&case.dates, extension));
    }
    if late {
        check_late_until(&case, extension)?;
    } else {
        // What has no effect may be recorded at any time.
        extension.message.check_in_time(ctx.now).map_err(sent_error)?;
        check_until(&case.dates, &after, extension)?;
    }
    let event = Event::RequestExtended {
        message: extension.message.clone(),
        until: extension.until,
        ground: extension.ground,
        late,
    };
    case.record(conn, ctx, event, written)?;
    Ok(case)
}

fn is_extensible(regime: &str) -> bool {
    regime::find(regime).is_ok_and(|regime| regime.extension != Allowed::None)
}

fn with_notice(case: &Case, extension: &Extension) -> Result<CaseDates> {
    let mut state = case.state.clone();
    state.clock_events.push(ClockEvent {
        kind: ClockEventKind::ExtensionNotice,
        at: extension.message.sent_at,
        reason: None,
        until: extension.until,
    });
    clock::dates(&state).map_err(|error| announced_error(error, extension.until))
}

/// As [`clock_error`], where the dates of the case are known and somebody announces another: that one
/// lies outside.
#[must_use]
pub fn announced_error(error: ClockError, until: Option<NaiveDate>) -> Error {
    match clock_error(error) {
        Error::Invalid(_) if until.is_some() => Error::invalid("until", "outside-calendar"),
        other => other,
    }
}

/// Why a notice extends nothing: it came too late, or it names no date where the law wants one.
fn refusal(before: &CaseDates, extension: &Extension) -> Error {
    let announced = |regime| regime::find(regime).is_ok_and(|r| r.extension == Allowed::Announced);
    if extension.until.is_none() && before.rights.iter().all(|right| announced(right.dates.regime))
    {
        return Error::invalid("until", "until-needed");
    }
    let due = before.rights.iter().filter_map(|right| right.dates.notice_due_on).max();
    let due = due.map_or_else(String::new, |due| due.to_string());
    Error::invalid_with("message.sent_at", "notice-too-late", vec![("due", due)])
}

/// A notice without effect may promise no more than one in time could have.
fn check_late_until(case: &Case, extension: &Extension) -> Result<()> {
    let longest = clock::longest_extension_on(&case.state).map_err(clock_error)?;
    match (extension.until, longest) {
        (Some(until), Some(longest)) if until > longest => {
            let limit = vec![("limit", longest.to_string())];
            Err(Error::invalid_with("until", "until-beyond-law", limit))
        }
        _ => Ok(()),
    }
}

/// The date announced lies after the limit that it replaces, and within the law.
fn check_until(before: &CaseDates, after: &CaseDates, extension: &Extension) -> Result<()> {
    let Some(until) = extension.until else {
        return Ok(());
    };
    let extended =
        before.rights.iter().zip(&after.rights).filter(|(_, after)| after.dates.extended);
    let mut longest = None;
    for (before, after) in extended {
        if before.dates.legal_on.is_some_and(|limit| until <= limit) {
            return Err(Error::invalid("until", "until-not-later"));
        }
        longest = longest.max(after.dates.legal_on);
    }
    match longest {
        Some(longest) if until > longest => {
            let limit = vec![("limit", longest.to_string())];
            Err(Error::invalid_with("until", "until-beyond-law", limit))
        }
        _ => Ok(()),
    }
}

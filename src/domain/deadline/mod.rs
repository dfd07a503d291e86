//! The dates of a request: a pure function of regime, calendar, time zone and events.
//!
//! Readings, where the law leaves room (the target is always earlier, so that a wrong reading
//! costs the organisation days and never the person their right):
//!
//! - The receipt date is the civil date in the zone of the controller's establishment. Time of day
//!   and sender's offset decide nothing else. Events are dated the same way.
//! - Events are taken in order of time, whatever their order in the input; at one instant a notice
//!   comes before a question, and a question before its answer.
//! - A pause adds the difference of civil dates (EU), overlaps once, and begins no earlier than the
//!   receipt. The UK adds clarification days with both ends, each day once, to the restarted
//!   period. Shift first, roll once at the very end.
//! - A question asked after the limit that stood on that day changes nothing. While another
//!   question is open there is no limit to be late for.
//! - A question repeated before its answer, an answer to no question, and an answer judged
//!   insufficient change nothing.
//! - One extension. It counts from receipt. A notice sent while the clock is suspended is in time;
//!   one dated before the receipt is none; a second one changes nothing. The announced date bounds
//!   the limit from above by the law's maximum and from below by the unextended limit; it does not
//!   move with a later pause.
//! - A refusal (GDPR art. 12(4)) must leave within the first month: extensions do not reach it.

pub mod arithmetic;
pub mod engine;
pub mod event;
pub mod pauses;
pub mod step;
pub mod target;
pub mod timeline;
pub mod timers;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::engine::Engine;
use crate::domain::deadline::event::ClockEvent;
use crate::domain::deadline::step::{Step, Trace};
use crate::domain::regime::Regime;
use crate::domain::regime::clock_right::ClockRight;

/// Everything that the dates depend on.
#[derive(Clone, Copy, Debug)]
pub struct ClockInput<'a> {
    /// The controller's regime; [`crate::domain::regime::for_right`] is applied to it.
    pub regime: &'a Regime,
    pub calendar: &'a Calendar,
    /// The zone of the establishment that answers.
    pub tz: Tz,
    pub right: ClockRight,
    pub received_at: DateTime<Utc>,
    pub events: &'a [ClockEvent],
}

/// Where the clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStatus {
    Ok,
    /// A question is open: there is no limit, and the conservative date governs the queue.
    Suspended,
    /// A notice of extension left too late and has no effect.
    ExtensionVoidLateNotice,
    /// A question was asked after the limit and has no effect.
    PauseIgnoredTooLate,
}

impl ClockStatus {
    /// The name used in files and in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Suspended => "suspended",
            Self::ExtensionVoidLateNotice => "extension_void_late_notice",
            Self::PauseIgnoredTooLate => "pause_ignored_too_late",
        }
    }
}

/// What a DPO must know about the dates beyond the dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Warnings {
    /// A counted question was asked more than five working days after receipt: "not without undue
    /// delay" may be said against the pause.
    pub contestable_pause: bool,
    /// The notice left after the unrolled end of the first period: it is in time only because
    /// that end rolls.
    pub notice_relies_on_roll: bool,
    /// The notice left after the limit without pauses: it is in time only if they stand.
    pub notice_relies_on_pause: bool,
}

/// All dates of one clock. `_on` dates are civil dates in the controller's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Dates {
    /// The id of the regime whose clock this is.
    pub regime: &'static str,
    pub received_on: NaiveDate,
    /// The day by which the receipt must be confirmed, where the law says so.
    pub ack_due_on: Option<NaiveDate>,
    /// The last day for a notice of extension, where the law knows one.
    pub notice_due_on: Option<NaiveDate>,
    /// The end of the period before it rolls.
    pub unrolled_on: Option<NaiveDate>,
    /// The legal limit: answered on this day is in time.
    pub legal_on: Option<NaiveDate>,
    /// The first instant at which it is too late.
    pub expires_at: Option<DateTime<Utc>>,
    /// The limit if every pause were contested: what governs while the clock is suspended.
    pub conservative_on: Option<NaiveDate>,
    /// The "30-day deadline" that the product works towards; never later than the limit.
    pub target_on: Option<NaiveDate>,
    /// The answer may not be given before this instant (reflection on health records).
    pub not_before: Option<DateTime<Utc>>,
    /// A valid extension has been notified.
    pub extended: bool,
    pub status: ClockStatus,
    pub warnings: Warnings,
}

impl Dates {
    /// What the queue sorts by: the target while the clock runs, the conservative date while it is
    /// suspended, the limit of a breach.
    #[must_use]
    pub fn due_on(&self) -> NaiveDate {
        self.target_on.or(self.conservative_on).or(self.legal_on).unwrap_or(self.received_on)
    }
}

/// Why there are no dates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error("{at} is not a date that an event of a request can have: give one from 1970 to 2100")]
    OutOfReach { at: DateTime<Utc> },
    #[error("a period that begins on {date} ends beyond the dates that can be computed")]
    Overflow { date: NaiveDate },
}

/// All dates. The same input gives the same dates, on any machine.
///
/// # Errors
/// [`DeadlineError`] when the receipt or one of the dates lies outside the years whose public
/// holidays are known, or an event outside 1970–2100.
pub fn compute(input: &ClockInput<'_>) -> Result<Dates, DeadlineError> {
    Engine::new(input)?.run(&mut Trace::silent())
}

/// All dates and every step that led to them.
///
/// # Errors
/// As [`compute`].
pub fn explain(input: &ClockInput<'_>) -> Result<(Dates, Vec<Step>), DeadlineError> {
    let mut trace = Trace::recording();
    let dates = Engine::new(input)?.run(&mut trace)?;
    Ok((dates, trace.into_steps()))
}

#[cfg(test)]
mod tests;

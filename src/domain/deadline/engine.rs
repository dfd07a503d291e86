//! From the start of a period to its ends: unrolled, legal, conservative, target.

use chrono::{Duration, NaiveDate};

use crate::domain::deadline::arithmetic::{add_days, add_months, civil_date, end_of_day};
use crate::domain::deadline::step::{Argument, Trace};
use crate::domain::deadline::timeline::{Notice, Timeline, notice_source};
use crate::domain::deadline::{ClockInput, ClockStatus, Dates, DeadlineError, Warnings};
use crate::domain::regime::{Extension, Pauses, Period, Regime, Roll, for_right};

const NOT_COUNTED: &str = "Reg. (EEC, Euratom) 1182/71 art. 3(1)";
const ROLL: &str = "Reg. (EEC, Euratom) 1182/71 art. 3(4)";
const LAST_HOUR: &str = "Reg. (EEC, Euratom) 1182/71 art. 3(2)";

/// One clock, its regime chosen and its receipt dated.
#[derive(Debug)]
pub struct Engine<'a> {
    pub input: &'a ClockInput<'a>,
    pub regime: &'a Regime,
    pub received_on: NaiveDate,
}

impl<'a> Engine<'a> {
    /// Dates the receipt and finds the regime of the right.
    ///
    /// # Errors
    /// [`DeadlineError`] for a receipt outside the years of the calendar.
    pub fn new(input: &'a ClockInput<'a>) -> Result<Self, DeadlineError> {
        let received_on = input.calendar.check(civil_date(input.received_at, input.tz)?)?;
        Ok(Self { input, regime: for_right(input.regime, input.right), received_on })
    }

    /// All dates.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn run(&self, trace: &mut Trace) -> Result<Dates, DeadlineError> {
        let calendar = self.input.calendar;
        trace.step("deadline-regime", self.regime.source, || {
            [
                ("regime", self.regime.id.into()),
                ("calendar", calendar.code().into()),
                ("version", calendar.version().into()),
            ]
        });
        if let Some(hours) = self.regime.elapsed_hours {
            return self.hours(hours, trace);
        }
        trace.step("deadline-received", self.computing(NOT_COUNTED), || {
            [("date", self.received_on.into()), ("zone", self.input.tz.name().into())]
        });
        self.period(trace)
    }

    /// The end of the period without extension, moved by the paused days, not rolled.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn first_end(&self, start: NaiveDate, paused: i64) -> Result<NaiveDate, DeadlineError> {
        add_days(self.end(start, false)?, paused)
    }

    /// The end of the period with its extension, moved by the paused days, not rolled.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn unrolled(
        &self,
        start: NaiveDate,
        paused: i64,
        notice: Option<Notice>,
    ) -> Result<NaiveDate, DeadlineError> {
        let first = self.first_end(start, paused)?;
        let Some(notice) = notice else {
            return Ok(first);
        };
        self.extended(first, add_days(self.end(start, true)?, paused)?, notice)
    }

    /// Reg. 1182/71 art. 3(4): a period that ends on a public holiday, Sunday or Saturday ends
    /// with the last hour of the following working day. Not where the regime or the controller
    /// chose otherwise.
    ///
    /// # Errors
    /// [`DeadlineError::Calendar`].
    pub fn roll(&self, date: NaiveDate) -> Result<NaiveDate, DeadlineError> {
        let calendar = self.input.calendar;
        Ok(if self.rolls() { calendar.on_or_after(date)? } else { calendar.check(date)? })
    }

    fn rolls(&self) -> bool {
        self.regime.roll == Roll::NextWorkingDay && !self.input.calendar.is_strict()
    }

    /// Reg. 1182/71 art. 3(1): the day of the event is not counted. Two further months are three
    /// from receipt, not two from the first end (ICO; EDPB).
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn end(&self, start: NaiveDate, extended: bool) -> Result<NaiveDate, DeadlineError> {
        let (months, days) = match self.regime.extension {
            Extension::Months(months) if extended => (months, 0),
            Extension::Days(days) if extended => (0, days),
            _ => (0, 0),
        };
        let end = match self.regime.period {
            Period::Months(period) => add_months(start, period.saturating_add(months))?,
            Period::Days(period) | Period::WithoutDelay { target_days: period } => {
                add_days(start, i64::from(period))?
            }
            Period::WorkingDays(count) => self.input.calendar.working_days_after(start, count)?,
        };
        add_days(end, i64::from(days))
    }

    /// The announced date, at most the law's longest and never before the first end. Where the law
    /// has no longest (Switzerland), the announced date alone.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn extended(
        &self,
        first: NaiveDate,
        longest: NaiveDate,
        notice: Notice,
    ) -> Result<NaiveDate, DeadlineError> {
        let announced = match (self.regime.extension, notice.until) {
            (Extension::Announced, until) => until.unwrap_or(first),
            (_, until) => until.map_or(longest, |until| until.min(longest)),
        };
        Ok(self.input.calendar.check(announced.max(first))?)
    }

    fn period(&self, trace: &mut Trace) -> Result<Dates, DeadlineError> {
        let timeline = Timeline::read(self, trace)?;
        let notice_due_on = self.notice_due(&timeline, trace)?;
        let conservative = self.conservative(&timeline, trace)?;
        let status = status(&timeline);
        let mut dates = Dates {
            regime: self.regime.id,
            received_on: self.received_on,
            ack_due_on: self.acknowledgement(trace)?,
            notice_due_on,
            unrolled_on: None,
            legal_on: None,
            expires_at: None,
            conservative_on: Some(conservative),
            target_on: None,
            not_before: self.reflection(trace),
            extended: timeline.notice.is_some(),
            status,
            warnings: timeline.warnings,
        };
        if status == ClockStatus::Suspended {
            trace
                .step("deadline-suspended", self.regime.source, || [("date", conservative.into())]);
            return Ok(dates);
        }
        if !matches!(self.regime.period, Period::WithoutDelay { .. }) {
            self.limit(&timeline, &mut dates, trace)?;
        }
        dates.target_on = Some(self.target(&timeline, trace)?);
        Ok(dates)
    }

    /// RD-NOTICE-ROLL: the limit of the notice rolls as every limit does, and a notice on a day
    /// after its unrolled end is warned of.
    fn notice_due(
        &self,
        timeline: &Timeline,
        trace: &mut Trace,
    ) -> Result<Option<NaiveDate>, DeadlineError> {
        let Some(end) = timeline.notice_end(self)? else {
            return Ok(None);
        };
        let due = self.roll(end)?;
        let rule = if due == end { "deadline-notice-due" } else { "deadline-notice-due-rolled" };
        trace.step(rule, notice_source(self), || [("from", end.into()), ("to", due.into())]);
        Ok(Some(due))
    }

    /// Shift first, roll once at the very end: rolling first would give undeserved days.
    fn limit(
        &self,
        timeline: &Timeline,
        dates: &mut Dates,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let paused = timeline.paused_days(self);
        let start = timeline.starts_on;
        let unrolled = self.unrolled(start, paused, timeline.notice)?;
        let unrolled = self.input.calendar.check(unrolled)?;
        self.explain_period(timeline, paused, unrolled, trace)?;
        let legal = self.roll(unrolled)?;
        let expires_at = end_of_day(legal, self.input.tz)?;
        if legal != unrolled {
            trace.step("deadline-rolled", self.computing(ROLL), || {
                [("from", unrolled.into()), ("to", legal.into())]
            });
        } else if !self.rolls() {
            trace.step("deadline-never-rolls", self.regime.source, || [("date", legal.into())]);
        }
        trace.step("deadline-limit", self.computing(LAST_HOUR), || {
            [("date", legal.into()), ("instant", expires_at.into())]
        });
        dates.unrolled_on = Some(unrolled);
        dates.legal_on = Some(legal);
        dates.expires_at = Some(expires_at);
        Ok(())
    }

    fn explain_period(
        &self,
        timeline: &Timeline,
        paused: i64,
        unrolled: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let start = timeline.starts_on;
        let end = self.first_end(start, 0)?;
        let (rule, count) = match self.regime.period {
            Period::Months(count) => ("deadline-period-months", count),
            Period::WorkingDays(count) => ("deadline-period-working-days", count),
            Period::Days(count) | Period::WithoutDelay { target_days: count } => {
                ("deadline-period-days", count)
            }
        };
        trace.step(rule, self.regime.source, || {
            [("count", Argument::from(count)), ("from", start.into()), ("to", end.into())]
        });
        if timeline.notice.is_some() {
            trace.step("deadline-extended", self.regime.source, || {
                [("from", self.received_on.into()), ("to", unrolled.into())]
            });
        }
        if paused > 0 {
            trace.step("deadline-paused-days", self.regime.source, || {
                [("count", paused.into()), ("to", unrolled.into())]
            });
        }
        Ok(())
    }

    fn acknowledgement(&self, trace: &mut Trace) -> Result<Option<NaiveDate>, DeadlineError> {
        let Some(count) = self.regime.acknowledgement else {
            return Ok(None);
        };
        let due = self.input.calendar.working_days_after(self.received_on, count)?;
        trace.step("deadline-acknowledgement", self.regime.source, || {
            [("count", Argument::from(count)), ("date", due.into())]
        });
        Ok(Some(due))
    }

    /// Code de la santé publique L1111-7: not before forty-eight hours of reflection.
    fn reflection(&self, trace: &mut Trace) -> Option<chrono::DateTime<chrono::Utc>> {
        let hours = i64::from(self.regime.reflection_hours?);
        let at = self.input.received_at.checked_add_signed(Duration::hours(hours))?;
        trace.step("deadline-reflection", self.regime.source, || {
            [("count", hours.into()), ("instant", at.into())]
        });
        Some(at)
    }

    /// GDPR art. 33(1): elapsed hours from awareness. Art. 3(4) of Reg. 1182/71 leaves periods in
    /// hours out of the roll-over; counting from the next full hour would only be later.
    fn hours(&self, hours: u32, trace: &mut Trace) -> Result<Dates, DeadlineError> {
        let received_at = self.input.received_at;
        let expires_at = received_at
            .checked_add_signed(Duration::hours(i64::from(hours)))
            .ok_or(DeadlineError::OutOfReach { at: received_at })?;
        let legal = self.input.calendar.check(civil_date(expires_at, self.input.tz)?)?;
        trace.step("deadline-aware", self.regime.source, || [("instant", received_at.into())]);
        trace.step("deadline-hours", self.regime.source, || {
            [("count", Argument::from(hours)), ("instant", expires_at.into())]
        });
        Ok(Dates {
            regime: self.regime.id,
            received_on: self.received_on,
            ack_due_on: None,
            notice_due_on: None,
            unrolled_on: None,
            legal_on: Some(legal),
            expires_at: Some(expires_at),
            conservative_on: None,
            target_on: None,
            not_before: None,
            extended: false,
            status: ClockStatus::Ok,
            warnings: Warnings::default(),
        })
    }

    /// The article on computing periods where the regulation binds, else the regime's own source.
    fn computing(&self, article: &'static str) -> &'static str {
        if self.regime.pauses == Pauses::Suspend { article } else { self.regime.source }
    }
}

/// One status where several facts hold: the one that changes most what to do next.
const fn status(timeline: &Timeline) -> ClockStatus {
    if timeline.is_suspended() {
        ClockStatus::Suspended
    } else if timeline.late_notice && timeline.notice.is_none() {
        ClockStatus::ExtensionVoidLateNotice
    } else if timeline.late_question {
        ClockStatus::PauseIgnoredTooLate
    } else {
        ClockStatus::Ok
    }
}

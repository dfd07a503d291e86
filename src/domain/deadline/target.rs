//! The dates to work towards: the target, shown as the "30-day deadline", and the conservative date.

use chrono::NaiveDate;

use crate::domain::deadline::DeadlineError;
use crate::domain::deadline::arithmetic::add_days;
use crate::domain::deadline::engine::Engine;
use crate::domain::deadline::step::Trace;
use crate::domain::deadline::timeline::{Notice, Timeline};
use crate::domain::regime::{Extension, Pauses, Period};

const PRODUCT: &str = "Guichet";

impl Engine<'_> {
    /// No pause credited: shown when the suspension may be contested, and what the queue sorts by
    /// while the clock is suspended.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn conservative(
        &self,
        timeline: &Timeline,
        trace: &mut Trace,
    ) -> Result<NaiveDate, DeadlineError> {
        let date = match self.regime.period {
            Period::Months(_) => self.unrolled(self.received_on, 0, timeline.notice)?,
            _ => self.strictest(self.received_on, 0, timeline.notice)?,
        };
        let rule = if self.regime.pauses != Pauses::None {
            "deadline-conservative"
        } else if self.regime.strict_days > 0 {
            "deadline-conservative-first-day"
        } else {
            "deadline-conservative-no-pause"
        };
        trace.step(rule, PRODUCT, || [("date", date.into())]);
        Ok(self.input.calendar.check(date)?)
    }

    /// The strictest reading, moved back to a working day, though never before the receipt.
    ///
    /// # Errors
    /// As [`crate::domain::deadline::compute`].
    pub fn target(
        &self,
        timeline: &Timeline,
        trace: &mut Trace,
    ) -> Result<NaiveDate, DeadlineError> {
        let paused = timeline.paused_days(self);
        let strictest = self.strictest(timeline.starts_on, paused, timeline.notice)?;
        self.explain_strictest(timeline, strictest, trace)?;
        let target = self.input.calendar.on_or_before(strictest)?.max(self.received_on);
        let rule = match self.regime.period {
            Period::WithoutDelay { .. } => "deadline-target-without-delay",
            _ => "deadline-target",
        };
        trace.step(rule, PRODUCT, || [("from", strictest.into()), ("date", target.into())]);
        Ok(target)
    }

    /// Why the strictest reading ends where it does, where it is not the period itself.
    fn explain_strictest(
        &self,
        timeline: &Timeline,
        strictest: NaiveDate,
        trace: &mut Trace,
    ) -> Result<(), DeadlineError> {
        let (start, extended) = (timeline.starts_on, timeline.notice.is_some());
        let bare = self.strictest_end(start, extended)?;
        if let Some(thirties) = self.thirties(extended) {
            let (plain, end) = (add_days(start, thirties)?, self.end(start, extended)?);
            trace.step("deadline-strictest-months", PRODUCT, || {
                [
                    ("count", thirties.into()),
                    ("from", start.into()),
                    ("to", plain.into()),
                    ("limit", end.into()),
                    ("date", bare.into()),
                ]
            });
        } else if self.regime.strict_days > 0 {
            trace.step("deadline-strictest-first-day", self.regime.source, || {
                [("from", start.into()), ("date", bare.into())]
            });
        } else {
            return Ok(());
        }
        if strictest != bare {
            trace.step("deadline-strictest-moved", PRODUCT, || [("date", strictest.into())]);
        }
        Ok(())
    }

    fn strictest(
        &self,
        start: NaiveDate,
        paused: i64,
        notice: Option<Notice>,
    ) -> Result<NaiveDate, DeadlineError> {
        let first = add_days(self.strictest_end(start, false)?, paused)?;
        let Some(notice) = notice else {
            return Ok(first);
        };
        self.extended(first, add_days(self.strictest_end(start, true)?, paused)?, notice)
    }

    /// The strictest reading: thirty days where the law says a month, and no later than the month;
    /// the day of receipt as the first day where the law can be read so.
    fn strictest_end(&self, start: NaiveDate, extended: bool) -> Result<NaiveDate, DeadlineError> {
        let end = self.end(start, extended)?;
        match self.thirties(extended) {
            Some(thirties) => Ok(end.min(add_days(start, thirties)?)),
            None => add_days(end, -i64::from(self.regime.strict_days)),
        }
    }

    /// Thirty days for each month of a period in months.
    fn thirties(&self, extended: bool) -> Option<i64> {
        let Period::Months(period) = self.regime.period else {
            return None;
        };
        let further = match self.regime.extension {
            Extension::Months(months) if extended => months,
            _ => 0,
        };
        Some(i64::from(period.saturating_add(further)).saturating_mul(30))
    }
}

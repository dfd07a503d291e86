//! Working days and public holidays, as versioned data.
//!
//! Reg. (EEC, Euratom) 1182/71 art. 2: working days are all days other than public holidays,
//! Sundays and Saturdays, and public holidays are those designated as such in the State where the
//! action is taken. A controller may add and remove days, or choose no roll-over at all.

pub mod day_set;
pub mod shipped;

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::calendar::day_set::{DaySet, FIRST, LAST};

/// Added to a code, it chooses no roll-over at all: `FR+strict`.
const STRICT: &str = "+strict";

/// Why a calendar cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error(
        "the calendar “{code}” is not known: give the code of a state (FR), of a region (FR-ALM, \
         DE-BY, GB-ENG, CA-QC), or one of them followed by +strict"
    )]
    Unknown { code: String },
    #[error(
        "{date} is outside 2020-01-01 to 2040-12-31, the years whose public holidays are known"
    )]
    Outside { date: NaiveDate },
    #[error("holiday data, line {line}: {reason}")]
    Data { line: usize, reason: &'static str },
}

/// The working days of a controller. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    code: String,
    version: String,
    holidays: Arc<DaySet>,
    weekend: u8,
    added: Vec<NaiveDate>,
    removed: Vec<NaiveDate>,
    strict: bool,
}

impl Calendar {
    /// The shipped calendar of a code: `FR`, `FR-ALM`, `DE-BY`, `GB-ENG`, `US` (federal), and any
    /// of them with `+strict`.
    ///
    /// # Errors
    /// [`CalendarError::Unknown`].
    pub fn shipped(code: &str) -> Result<Self, CalendarError> {
        let (place, strict) = match code.strip_suffix(STRICT) {
            Some(place) => (place, true),
            None => (code, false),
        };
        let table = shipped::table()?;
        let found = table
            .calendars
            .get(place)
            .ok_or_else(|| CalendarError::Unknown { code: code.to_owned() })?;
        Ok(Self {
            code: place.to_owned(),
            version: table.version.clone(),
            holidays: Arc::clone(&found.holidays),
            weekend: found.weekend,
            added: Vec::new(),
            removed: Vec::new(),
            strict,
        })
    }

    /// The codes of every shipped calendar, sorted.
    ///
    /// # Errors
    /// [`CalendarError::Data`] when the embedded file cannot be read.
    pub fn codes() -> Result<impl Iterator<Item = &'static str>, CalendarError> {
        Ok(shipped::table()?.calendars.keys().map(String::as_str))
    }

    /// The calendar with the days that its controller adds and removes. A removed day wins over
    /// an added one: fewer holidays make a deadline earlier, which is always lawful.
    ///
    /// # Errors
    /// [`CalendarError::Outside`] for a day outside the data.
    pub fn with_days(
        mut self,
        added: &[NaiveDate],
        removed: &[NaiveDate],
    ) -> Result<Self, CalendarError> {
        let mut days = DaySet::clone(&self.holidays);
        for date in added {
            days.insert(*date)?;
        }
        for date in removed {
            days.remove(*date)?;
        }
        self.holidays = Arc::new(days);
        self.added.extend_from_slice(added);
        self.removed.extend_from_slice(removed);
        Ok(self)
    }

    /// The calendar with no roll-over at all: a limit that falls on a holiday stays there.
    /// Holidays still count for periods in working days and for the target.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Whether the controller chose no roll-over.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// The code, without `+strict`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The version of the holiday data, which a case copies at receipt: the date of the data.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The days that the controller added.
    #[must_use]
    pub fn added(&self) -> &[NaiveDate] {
        &self.added
    }

    /// The days that the controller removed.
    #[must_use]
    pub fn removed(&self) -> &[NaiveDate] {
        &self.removed
    }

    /// Refuses a day whose holidays are not known.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn check(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        if (FIRST..=LAST).contains(&date) { Ok(date) } else { Err(CalendarError::Outside { date }) }
    }

    /// Whether the day is a public holiday.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn is_holiday(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        self.holidays.contains(date)
    }

    /// Whether the day is neither a weekend day nor a public holiday.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        let bit = 1_u8.checked_shl(date.weekday().num_days_from_monday()).unwrap_or(0);
        Ok(!self.holidays.contains(date)? && self.weekend & bit == 0)
    }

    /// The day itself when it is a working day, else the next one. Holidays can chain.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn on_or_after(&self, mut date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        while !self.is_working_day(date)? {
            date = date.succ_opt().ok_or(CalendarError::Outside { date })?;
        }
        Ok(date)
    }

    /// The day itself when it is a working day, else the one before.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn on_or_before(&self, mut date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        while !self.is_working_day(date)? {
            date = date.pred_opt().ok_or(CalendarError::Outside { date })?;
        }
        Ok(date)
    }

    /// The `count`th working day after the day, which is not counted. Zero gives the day itself.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn working_days_after(
        &self,
        date: NaiveDate,
        count: u32,
    ) -> Result<NaiveDate, CalendarError> {
        (0..count).try_fold(date, |day, _| {
            let next = day.checked_add_days(Days::new(1));
            self.on_or_after(next.ok_or(CalendarError::Outside { date })?)
        })
    }

    /// The `count`th working day before the day, which is not counted.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn working_days_before(
        &self,
        date: NaiveDate,
        count: u32,
    ) -> Result<NaiveDate, CalendarError> {
        (0..count).try_fold(date, |day, _| {
            let previous = day.checked_sub_days(Days::new(1));
            self.on_or_before(previous.ok_or(CalendarError::Outside { date })?)
        })
    }
}

#[cfg(test)]
mod tests;

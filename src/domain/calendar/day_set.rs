//! A set of days within the years that the holiday data covers, one bit a day.

use chrono::NaiveDate;

use crate::domain::calendar::CalendarError;

/// The first day of the data.
pub const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(2020, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// The last day of the data.
pub const LAST: NaiveDate = match NaiveDate::from_ymd_opt(2040, 12, 31) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// 21 years of days in words of 64.
const WORDS: usize = 120;

/// Days from 2020-01-01 to 2040-12-31.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySet([u64; WORDS]);

impl DaySet {
    /// No day.
    #[must_use]
    pub const fn empty() -> Self {
        Self([0; WORDS])
    }

    /// Whether the day is in the set.
    ///
    /// # Errors
    /// [`CalendarError::Outside`] for a day that the data does not cover: "not in the set" would
    /// be a guess.
    pub fn contains(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        let (word, bit) = place(date)?;
        Ok(self.0.get(word).is_some_and(|days| days & bit != 0))
    }

    /// Adds a day.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn insert(&mut self, date: NaiveDate) -> Result<(), CalendarError> {
        let (word, bit) = place(date)?;
        if let Some(days) = self.0.get_mut(word) {
            *days |= bit;
        }
        Ok(())
    }

    /// Takes a day out.
    ///
    /// # Errors
    /// [`CalendarError::Outside`].
    pub fn remove(&mut self, date: NaiveDate) -> Result<(), CalendarError> {
        let (word, bit) = place(date)?;
        if let Some(days) = self.0.get_mut(word) {
            *days &= !bit;
        }
        Ok(())
    }

    /// How many days are in the set.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.0.iter().map(|days| days.count_ones()).sum()
    }

    /// Whether no day is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The word and the bit of a day.
fn place(date: NaiveDate) -> Result<(usize, u64), CalendarError> {
    if date > LAST {
        return Err(CalendarError::Outside { date });
    }
    let days = date.signed_duration_since(FIRST).num_days();
    let days = usize::try_from(days).map_err(|_| CalendarError::Outside { date })?;
    let bit = u32::try_from(days % 64).unwrap_or(0);
    Ok((days / 64, 1_u64.checked_shl(bit).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::{DaySet, FIRST, LAST};

    #[test]
    fn every_day_of_the_years_has_its_own_bit() {
        let mut set = DaySet::empty();
        assert!(set.is_empty());
        let mut count = 0;
        for date in FIRST.iter_days().take_while(|date| *date <= LAST) {
            assert!(!set.contains(date).unwrap());
            set.insert(date).unwrap();
            assert!(set.contains(date).unwrap());
            count += 1;
            assert_eq!(set.len(), count);
        }
        assert_eq!(count, 7671);
        set.remove(LAST).unwrap();
        assert!(!set.contains(LAST).unwrap());
    }

    #[test]
    fn a_day_outside_is_refused() {
        let mut set = DaySet::empty();
        for date in [FIRST - Days::new(1), LAST + Days::new(1)] {
            assert!(set.contains(date).is_err());
            assert!(set.insert(date).is_err());
            assert!(set.remove(date).is_err());
        }
    }
}

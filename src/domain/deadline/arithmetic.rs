//! Dates plus months and days, and the ends of days.

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::domain::deadline::DeadlineError;

/// Reg. 1182/71 art. 3(2)(c): a period of months ends on the same date as the day from which it
/// runs; where that date does not exist in the last month, on the last day of that month. The
/// clamp is on the original day: three months from 31 January are 30 April, not 28 April.
///
/// # Errors
/// [`DeadlineError::Overflow`].
pub fn add_months(date: NaiveDate, months: u32) -> Result<NaiveDate, DeadlineError> {
    date.checked_add_months(Months::new(months)).ok_or(DeadlineError::Overflow { date })
}

/// The day so many days after (before, when negative).
///
/// # Errors
/// [`DeadlineError::Overflow`].
pub fn add_days(date: NaiveDate, days: i64) -> Result<NaiveDate, DeadlineError> {
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 { date.checked_sub_days(count) } else { date.checked_add_days(count) };
    moved.ok_or(DeadlineError::Overflow { date })
}

/// The civil date of an instant in the controller's zone: never the UTC date, never the sender's.
///
/// # Errors
/// [`DeadlineError::OutOfReach`] outside 1970–2100, where zones mean nothing.
pub fn civil_date(at: DateTime<Utc>, tz: Tz) -> Result<NaiveDate, DeadlineError> {
    if (1970..=2100).contains(&at.year()) {
        Ok(at.with_timezone(&tz).date_naive())
    } else {
        Err(DeadlineError::OutOfReach { at })
    }
}

/// Reg. 1182/71 art. 3(2): a period ends with the expiry of the last hour of its last day. The
/// instant is exclusive: local midnight at the end of the day, or the first instant that exists
/// after it where the clocks jump over midnight, or the first of two midnights.
///
/// # Errors
/// [`DeadlineError::Overflow`].
pub fn end_of_day(date: NaiveDate, tz: Tz) -> Result<DateTime<Utc>, DeadlineError> {
    let mut local = add_days(date, 1)?.and_time(NaiveTime::MIN);
    loop {
        match tz.from_local_datetime(&local) {
            LocalResult::Single(at) => return Ok(at.with_timezone(&Utc)),
            LocalResult::Ambiguous(first, _) => return Ok(first.with_timezone(&Utc)),
            // Gaps are an hour, and once a day; quarters are finer than any of their ends.
            LocalResult::None => {
                let next = local.checked_add_signed(Duration::minutes(15));
                local = next.ok_or(DeadlineError::Overflow { date })?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use chrono_tz::Tz;

    use super::{add_days, add_months, civil_date, end_of_day};
    use crate::domain::deadline::DeadlineError;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_clamp_on_the_original_day() {
        let rows = [
            ("2026-03-05", 1, "2026-04-05"),
            ("2026-08-31", 1, "2026-09-30"),
            ("2025-01-31", 1, "2025-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-01-31", 3, "2025-04-30"),
            ("2023-11-30", 3, "2024-02-29"),
            ("2026-12-15", 1, "2027-01-15"),
        ];
        for (from, months, expected) in rows {
            assert_eq!(add_months(day(from), months), Ok(day(expected)));
        }
        let date = NaiveDate::MAX;
        assert_eq!(add_months(date, 1), Err(DeadlineError::Overflow { date }));
    }

    #[test]
    fn days_go_both_ways() {
        assert_eq!(add_days(day("2026-03-01"), -1), Ok(day("2026-02-28")));
        assert_eq!(add_days(day("2026-02-28"), 1), Ok(day("2026-03-01")));
        assert!(add_days(NaiveDate::MAX, 1).is_err());
        assert!(add_days(NaiveDate::MIN, -1).is_err());
    }

    #[test]
    fn an_instant_has_the_date_of_the_zone() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let rows = [
            ("2025-03-31T22:30:00Z", Tz::Europe__Paris, "2025-04-01"),
            ("2025-03-31T22:30:00Z", Tz::America__New_York, "2025-03-31"),
            ("2025-10-26T22:30:00Z", Tz::Europe__Paris, "2025-10-26"),
        ];
        for (instant, tz, expected) in rows {
            assert_eq!(civil_date(at(instant), tz), Ok(day(expected)));
        }
        for far in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(
                civil_date(far, Tz::Europe__Paris),
                Err(DeadlineError::OutOfReach { at: far })
            );
        }
    }

    #[test]
    fn a_day_ends_when_the_next_begins() {
        let rows = [
            ("2026-10-24", Tz::Europe__Paris, "2026-10-24T22:00:00Z"),
            ("2026-10-25", Tz::Europe__Paris, "2026-10-25T23:00:00Z"),
            // In Santiago clocks jump from midnight to one o'clock on 6 September 2026.
            ("2026-09-05", Tz::America__Santiago, "2026-09-06T04:00:00Z"),
            // In Havana one o'clock becomes midnight on 1 November 2026: the first one counts.
            ("2026-10-31", Tz::America__Havana, "2026-11-01T04:00:00Z"),
            // Samoa had no 30 December 2011.
            ("2011-12-29", Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
        ];
        for (date, tz, expected) in rows {
            assert_eq!(
                end_of_day(day(date), tz).unwrap(),
                expected.parse::<DateTime<Utc>>().unwrap()
            );
        }
        assert!(end_of_day(NaiveDate::MAX, Tz::UTC).is_err());
    }
}

//! The small clocks around a case: computed when asked, never stored as truth.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::domain::calendar::{Calendar, CalendarError};
use crate::domain::deadline::timeline::QUESTION_WINDOW_WORKING_DAYS;

/// Good practice where the law says nothing: confirm the receipt within three working days.
const ACKNOWLEDGEMENT_TARGET_WORKING_DAYS: u32 = 3;
/// GDPR art. 21(3) and 7(3): marketing stops at once; a day is the product's target.
const IMMEDIATE_HOURS: i64 = 24;
/// An extension is decided a week before its notice is due.
const EXTENSION_DECISION_DAYS: i64 = 7;
/// Working days before the target at which somebody is told.
const ESCALATIONS_WORKING_DAYS: [u32; 3] = [7, 3, 1];

/// The day by which a receipt should be confirmed where the regime sets none.
///
/// # Errors
/// [`CalendarError::Outside`].
pub fn acknowledgement_target_on(
    calendar: &Calendar,
    received_on: NaiveDate,
) -> Result<NaiveDate, CalendarError> {
    calendar.working_days_after(received_on, ACKNOWLEDGEMENT_TARGET_WORKING_DAYS)
}

/// The instant by which a marketing objection or a withdrawal of consent should have its effect.
///
/// # Errors
/// [`CalendarError::Outside`] at the end of representable time.
pub fn immediate_action_due_at(received_at: DateTime<Utc>) -> Result<DateTime<Utc>, CalendarError> {
    received_at
        .checked_add_signed(Duration::hours(IMMEDIATE_HOURS))
        .ok_or(CalendarError::Outside { date: received_at.date_naive() })
}

/// The last day on which a question to the person is clearly without undue delay.
///
/// # Errors
/// [`CalendarError::Outside`].
pub fn question_window_ends_on(
    calendar: &Calendar,
    received_on: NaiveDate,
) -> Result<NaiveDate, CalendarError> {
    calendar.working_days_after(received_on, QUESTION_WINDOW_WORKING_DAYS)
}

/// The day on which somebody must decide whether to extend.
#[must_use]
pub fn extension_decision_on(notice_due_on: NaiveDate) -> NaiveDate {
    notice_due_on
        .checked_sub_signed(Duration::days(EXTENSION_DECISION_DAYS))
        .unwrap_or(notice_due_on)
}

/// The days on which a case that is still open is escalated: seven, three and one working days
/// before the target, and the target itself.
///
/// # Errors
/// [`CalendarError::Outside`].
pub fn escalations_on(
    calendar: &Calendar,
    target_on: NaiveDate,
) -> Result<[NaiveDate; 4], CalendarError> {
    let [first, second, third] = ESCALATIONS_WORKING_DAYS;
    Ok([
        calendar.working_days_before(target_on, first)?,
        calendar.working_days_before(target_on, second)?,
        calendar.working_days_before(target_on, third)?,
        target_on,
    ])
}

/// Whether a date has passed: a function of the date and of today in the controller's zone.
#[must_use]
pub fn is_overdue(legal_on: NaiveDate, today: NaiveDate) -> bool {
    today > legal_on
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};

    use super::{
        acknowledgement_target_on, escalations_on, extension_decision_on, immediate_action_due_at,
        is_overdue, question_window_ends_on,
    };
    use crate::domain::calendar::Calendar;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_small_clocks_count_working_days() {
        let fr = Calendar::shipped("FR").unwrap();
        // Thursday before Easter.
        let received = day("2026-04-02");
        assert_eq!(acknowledgement_target_on(&fr, received), Ok(day("2026-04-08")));
        assert_eq!(question_window_ends_on(&fr, received), Ok(day("2026-04-10")));
        assert_eq!(
            escalations_on(&fr, day("2026-05-04")),
            Ok([day("2026-04-22"), day("2026-04-28"), day("2026-04-30"), day("2026-05-04")])
        );
        assert_eq!(extension_decision_on(day("2026-05-04")), day("2026-04-27"));
        assert_eq!(extension_decision_on(NaiveDate::MIN), NaiveDate::MIN);
        assert!(escalations_on(&fr, day("2020-01-02")).is_err());
    }

    #[test]
    fn marketing_stops_within_a_day() {
        let at: DateTime<Utc> = "2026-03-28T10:00:00Z".parse().unwrap();
        assert_eq!(immediate_action_due_at(at).unwrap().to_rfc3339(), "2026-03-29T10:00:00+00:00");
        assert!(immediate_action_due_at(DateTime::<Utc>::MAX_UTC).is_err());
    }

    #[test]
    fn the_last_day_is_in_time() {
        assert!(!is_overdue(day("2026-04-07"), day("2026-04-07")));
        assert!(is_overdue(day("2026-04-07"), day("2026-04-08")));
    }
}

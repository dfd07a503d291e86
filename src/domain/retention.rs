//! How long a case, its working copies and its packages are kept (GDPR Art. 5(1)(e)).
//!
//! Everything is counted from the instant at which the case ended: was closed, withdrawn or passed on
//! (law.md §5.2), also where it was answered before. One that was answered and never closed counts from
//! its answer, or it would be kept for ever. A month is a month of the calendar, a day is 24 hours, both in UTC: nothing here is a
//! period that somebody else has to keep.

use chrono::{DateTime, Duration, Months, Utc};

use super::named::named;

named! {
    /// What is kept for a time.
    Kept {
        /// The case itself: destroyed with its key.
        CaseFile = "case_file",
        /// What was found and handed in, and packages that were never released.
        WorkingCopies = "working_copies",
        /// A released package.
        Package = "package",
    }
}

impl Kept {
    /// Why it is kept no longer, as the law and its authorities say.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::CaseFile => "GDPR Art. 5(1)(e), 17(3)(e), 82; Code civil art. 2224",
            Self::WorkingCopies | Self::Package => "GDPR Art. 5(1)(c), (e)",
        }
    }
}

/// The times of one controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// From the end of the case.
    pub case_months: u32,
    /// From the end of the case.
    pub working_copy_days: u32,
    /// From the release.
    pub package_days: u32,
}

impl Retention {
    /// Five years, the limitation of personal actions in France; thirty days for copies.
    pub const DEFAULT: Self = Self { case_months: 60, working_copy_days: 30, package_days: 30 };

    /// The longest that can be set: thirty years and one year.
    pub const MOST_MONTHS: u32 = 360;
    pub const MOST_DAYS: u32 = 365;

    /// When a case that ended at an instant is destroyed; nothing beyond representable time.
    #[must_use]
    pub fn case_until(&self, ended_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        ended_at.checked_add_months(Months::new(self.case_months))
    }

    /// When the working copies of a case that ended at an instant are removed.
    #[must_use]
    pub fn working_copies_until(&self, ended_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        ended_at.checked_add_signed(Duration::days(self.working_copy_days.into()))
    }

    /// When a package that was released at an instant is removed.
    #[must_use]
    pub fn package_until(&self, released_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        released_at.checked_add_signed(Duration::days(self.package_days.into()))
    }

    /// No case that ended after this is destroyed at an instant. Months differ in length, so some
    /// that ended before it are not either.
    #[must_use]
    pub fn cases_ended_by(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        const LONGEST_DIFFERENCE: Duration = Duration::days(3);
        let months = Months::new(self.case_months);
        let earliest = now.checked_add_signed(LONGEST_DIFFERENCE).unwrap_or(now);
        earliest.checked_sub_months(months).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// How long whoever worked a case opens it after its end.
const IN_USE: Months = Months::new(12);

/// Whether a case that ended is put away: what is kept for proof alone is opened by few (GDPR
/// Art. 5(1)(c), (f) and 25(2); law.md §5.2).
#[must_use]
pub fn is_put_away(ended_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let until = ended_at.and_then(|ended_at| ended_at.checked_add_months(IN_USE));
    until.is_some_and(|until| until <= now)
}

/// A shorter time destroys nothing before so long after it was set: what was set by mistake is set back.
/// No law names a number; a week has a working day in it wherever one stands.
pub const UNDOABLE: Duration = Duration::days(7);

/// The times of one controller, with those from before that hold on for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub now: Retention,
    /// What was set before, and until when it keeps what the newer times would let go.
    pub before: Vec<(Retention, DateTime<Utc>)>,
}

impl Terms {
    /// The same, once other times are set at an instant.
    #[must_use]
    pub fn replaced(mut self, by: Retention, at: DateTime<Utc>) -> Self {
        self.before.push((self.now, at + UNDOABLE));
        self.now = by;
        self
    }

    fn until(&self, of: impl Fn(&Retention) -> Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        let now = of(&self.now)?;
        let kept = |(before, end): &(Retention, DateTime<Utc>)| {
            of(before).map_or(*end, |until| until.min(*end))
        };
        self.before.iter().map(kept).chain([now]).max()
    }

    /// When a case that ended at an instant is destroyed; nothing beyond representable time.
    #[must_use]
    pub fn case_until(&self, ended_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until(|kept| kept.case_until(ended_at))
    }

    /// When the working copies of a case that ended at an instant are removed.
    #[must_use]
    pub fn working_copies_until(&self, ended_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until(|kept| kept.working_copies_until(ended_at))
    }

    /// When a package that was released at an instant is removed.
    #[must_use]
    pub fn package_until(&self, released_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.until(|kept| kept.package_until(released_at))
    }
}

#[cfg(test)]
mod tests {
    use super::{Retention, Terms, is_put_away};
    use chrono::{DateTime, Duration, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_defaults_of_the_law_are_counted_from_the_end() {
        let kept = Retention::DEFAULT;
        for (ended, case, copies) in [
            ("2026-11-23T09:00:00Z", "2031-11-23T09:00:00Z", "2026-12-23T09:00:00Z"),
            ("2024-02-29T23:59:59Z", "2029-02-28T23:59:59Z", "2024-03-30T23:59:59Z"),
            ("2026-08-31T00:00:00Z", "2031-08-31T00:00:00Z", "2026-09-30T00:00:00Z"),
        ] {
            assert_eq!(kept.case_until(at(ended)), Some(at(case)), "{ended}");
            assert_eq!(kept.working_copies_until(at(ended)), Some(at(copies)), "{ended}");
            assert_eq!(kept.package_until(at(ended)), Some(at(copies)), "{ended}");
        }
    }

    #[test]
    fn a_case_is_put_away_a_year_after_its_end() {
        let ended = Some(at("2028-02-29T09:00:00Z"));
        for (ended, now, expected) in [
            (ended, "2029-02-28T08:59:59Z", false),
            (ended, "2029-02-28T09:00:00Z", true),
            (None, "2099-01-01T00:00:00Z", false),
            (Some(DateTime::<Utc>::MAX_UTC), "2099-01-01T00:00:00Z", false),
        ] {
            assert_eq!(is_put_away(ended, at(now)), expected, "{now}");
        }
    }

    #[test]
    fn a_shorter_time_destroys_nothing_for_a_week_and_a_longer_one_holds_at_once() {
        let days = |days: u32| Retention { working_copy_days: days, ..Retention::DEFAULT };
        let terms = Terms { now: days(30), before: Vec::new() };
        let shorter = terms.clone().replaced(days(1), at("2026-11-23T09:00:00Z"));
        for (ended, until) in [
            // Overdue by the shorter time: kept for the week.
            ("2026-11-01T09:00:00Z", "2026-11-30T09:00:00Z"),
            // Due within the week by the longer one, too.
            ("2026-10-25T09:00:00Z", "2026-11-24T09:00:00Z"),
            // The shorter one ends after the week.
            ("2026-12-01T09:00:00Z", "2026-12-02T09:00:00Z"),
        ] {
            assert_eq!(shorter.working_copies_until(at(ended)), Some(at(until)), "{ended}");
        }
        // Set back, it is as if nothing had been, but for the week of nothing.
        let back = shorter.replaced(days(30), at("2026-11-24T09:00:00Z"));
        let ended = at("2026-11-01T09:00:00Z");
        assert_eq!(back.working_copies_until(ended), Some(at("2026-12-01T09:00:00Z")));
        let longer = terms.replaced(days(60), at("2026-11-23T09:00:00Z"));
        assert_eq!(longer.working_copies_until(ended), Some(at("2026-12-31T09:00:00Z")));
    }

    #[test]
    fn no_case_that_is_due_lies_beyond_the_bound_of_the_query() {
        let mut ended = at("2023-12-20T12:00:00Z");
        while ended < at("2025-03-10T00:00:00Z") {
            for case_months in [1, 6, 12, 37, 60] {
                let kept = Retention { case_months, ..Retention::DEFAULT };
                let due = kept.case_until(ended).unwrap();
                let bound = kept.cases_ended_by(due);
                assert!(ended <= bound, "{ended} {case_months}: {bound}");
                assert!(bound - ended <= Duration::days(7), "{ended} {case_months}: {bound}");
            }
            ended += Duration::hours(17);
        }
    }
}

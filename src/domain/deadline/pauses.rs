//! The days that a pause takes out of a period.

use chrono::NaiveDate;

/// A question and, once it came, its sufficient answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    pub asked_on: NaiveDate,
    /// None while the question is open.
    pub answered_on: Option<NaiveDate>,
}

/// How the two ends of a pause count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// EU: the difference of the civil dates, zero when answered the same day: the shortest
    /// reading, hence the safest.
    Difference,
    /// UK art. 12A: "beginning with the day on which" asked and "ending with the day on which"
    /// received: both days.
    Both,
}

/// The days covered by answered pauses, each day once. Pauses must be in order of `asked_on`;
/// open ones add nothing.
#[must_use]
pub fn days(pauses: &[Pause], ends: Ends) -> i64 {
    let mut total = 0;
    let mut covered_until: Option<NaiveDate> = None;
    for pause in pauses {
        let Some(end) = (match (pause.answered_on, ends) {
            (None, _) => None,
            (Some(on), Ends::Difference) => Some(on),
            (Some(on), Ends::Both) => on.succ_opt(),
        }) else {
            continue;
        };
        let start = covered_until.map_or(pause.asked_on, |until| until.max(pause.asked_on));
        total += end.signed_duration_since(start).num_days().max(0);
        covered_until = Some(covered_until.map_or(end, |until| until.max(end)));
    }
    total
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Ends, Pause, days};

    fn pauses(rows: &[(u32, u32)]) -> Vec<Pause> {
        let day = |day| NaiveDate::from_ymd_opt(2026, 9, day).unwrap();
        let pause = |&(asked, answered): &(u32, u32)| Pause {
            asked_on: day(asked),
            answered_on: (answered > 0).then(|| day(answered)),
        };
        rows.iter().map(pause).collect()
    }

    #[test]
    fn each_day_counts_once() {
        // Pauses (0 is open), days by difference, days with both ends.
        type Row = (&'static [(u32, u32)], i64, i64);
        let rows: [Row; 10] = [
            (&[], 0, 0),
            (&[(17, 24)], 7, 8),
            (&[(17, 17)], 0, 1),
            (&[(17, 24), (20, 30)], 13, 14),
            (&[(10, 20), (12, 15)], 10, 11),
            (&[(10, 12), (12, 15)], 5, 6),
            (&[(10, 12), (20, 22)], 4, 6),
            (&[(10, 12), (20, 0)], 2, 3),
            // Answered before the receipt, from which the pause counts.
            (&[(10, 9)], 0, 0),
            (&[(10, 7), (12, 14)], 2, 3),
        ];
        for (pairs, difference, both) in rows {
            assert_eq!(days(&pauses(pairs), Ends::Difference), difference, "{pairs:?}");
            assert_eq!(days(&pauses(pairs), Ends::Both), both, "{pairs:?}");
        }
    }
}

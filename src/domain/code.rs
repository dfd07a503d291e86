//! The code by which a person in the portal proves to read what goes to the contact on file
//! (identity.md): how long it counts, how often it may be guessed and sent.

use chrono::{DateTime, Duration, Utc};

use super::contact::{Condition, OnFile};
use super::named::named;

/// How many digits a code has.
pub const DIGITS: usize = 8;

/// How long a code counts after it was sent (OWASP ASVS 6.5.5).
pub const LIFETIME: Duration = Duration::minutes(10);

/// How often a code is compared with a guess.
pub const MOST_GUESSES: i32 = 5;

/// How long a code may stay unused before a person looks for another way.
pub const UNUSED: Duration = Duration::days(5);

/// How many codes one address may be sent, and one case may ask for, in an hour and in a day.
const MOST_AN_HOUR: usize = 3;
const MOST_A_DAY: usize = 10;

named! {
    /// How far a code has come.
    CodeState {
        /// Somebody asked for it; nobody knows yet whether anybody is on file.
        Asked = "asked",
        Sent = "sent",
        /// There was nobody to send it to, or too many were sent.
        Unsent = "unsent",
        Used = "used",
        /// Guessed wrong too often.
        Burned = "burned",
        Expired = "expired",
        /// A newer one took its place.
        Replaced = "replaced",
    }
}

impl CodeState {
    /// How a guess that was counted ends the code, or nothing while it goes on: only one that was sent is
    /// ever used, and of `most` guesses the last that is wrong burns it.
    #[must_use]
    pub const fn guessed(self, is_right: bool, guesses_before: i32, most: i32) -> Option<Self> {
        match self {
            Self::Sent if is_right => Some(Self::Used),
            _ if guesses_before + 1 >= most => Some(Self::Burned),
            _ => None,
        }
    }
}

named! {
    /// Why a code that was asked for was not sent.
    NotSent {
        Nobody = "nobody",
        Several = "several",
        /// A connected system did not answer.
        Unanswered = "unanswered",
        /// What is on file is no address that a mail can go to.
        NoAddress = "no_address",
        Unsafe = "unsafe",
        Shared = "shared",
        Stale = "stale",
        Employer = "employer",
        /// The address was written too many.
        TooMany = "too_many",
    }
}

impl From<OnFile> for NotSent {
    fn from(outcome: OnFile) -> Self {
        match outcome {
            OnFile::Nobody => Self::Nobody,
            OnFile::Several => Self::Several,
            OnFile::Unanswered => Self::Unanswered,
            OnFile::One => Self::NoAddress,
        }
    }
}

impl From<Condition> for NotSent {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Unsafe => Self::Unsafe,
            Condition::Shared => Self::Shared,
            Condition::Stale => Self::Stale,
            Condition::Employer => Self::Employer,
        }
    }
}

/// How long it takes until another may be asked for, after one that was guessed wrong too often
/// (security.md, T-06); nothing where it may be now.
#[must_use]
pub fn cool_down(
    state: CodeState,
    ended_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Duration> {
    let burned_at = ended_at.filter(|_| state == CodeState::Burned)?;
    // What lies ahead ended before the clock was set back: just now.
    let left = LIFETIME - (now - burned_at).max(Duration::zero());
    (left > Duration::zero()).then_some(left)
}

/// How long it takes until one more may be sent, or asked for, after these; nothing where it may be now.
#[must_use]
pub fn until_another(earlier: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Duration> {
    // What lies ahead was there before the clock was set back: it counts as now.
    let mut newest: Vec<DateTime<Utc>> = earlier.iter().map(|at| (*at).min(now)).collect();
    newest.sort_unstable_by(|one, other| other.cmp(one));
    let left = |most: usize, span: Duration| {
        let oldest_of_most = newest.get(most - 1)?;
        Some(span - (now - *oldest_of_most)).filter(|left| *left > Duration::zero())
    };
    left(MOST_AN_HOUR, Duration::hours(1)).max(left(MOST_A_DAY, Duration::days(1)))
}

#[cfg(test)]
mod tests {
    use super::{CodeState, MOST_GUESSES, cool_down, until_another};
    use chrono::{DateTime, Duration, Utc};

    #[test]
    fn t_11_three_an_hour_and_ten_a_day() {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        let ago = |minutes: &[i64]| -> Vec<DateTime<Utc>> {
            minutes.iter().map(|minutes| now - Duration::minutes(*minutes)).collect()
        };
        let every_90: Vec<i64> = (1..=10).map(|n| n * 90).collect();
        for (earlier, expected) in [
            (vec![], None),
            (ago(&[1, 2]), None),
            (ago(&[1, 2, 59]), Some(1)),
            (ago(&[59, 1, 2, 58]), Some(2)),
            (ago(&[1, 2, 60]), None),
            (ago(&every_90), Some(24 * 60 - 900)),
            (ago(&every_90[..9]), None),
            // The longer of the two counts.
            (ago(&[10, 20, 30, 100, 200, 300, 400, 500, 600, 700]), Some(24 * 60 - 700)),
            (ago(&[-30, -20, -10]), Some(60)),
        ] {
            let expected = expected.map(Duration::minutes);
            assert_eq!(until_another(&earlier, now), expected, "{earlier:?}");
        }
    }

    #[test]
    fn t_06_after_a_code_that_was_burned_another_waits_as_long_as_it_would_have_counted() {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        let ago = |minutes: i64| Some(now - Duration::minutes(minutes));
        for (state, ended_at, expected) in [
            (CodeState::Burned, ago(0), Some(10)),
            (CodeState::Burned, ago(9), Some(1)),
            (CodeState::Burned, ago(10), None),
            (CodeState::Burned, ago(-60), Some(10)),
            (CodeState::Used, ago(1), None),
            (CodeState::Expired, ago(1), None),
            (CodeState::Sent, None, None),
        ] {
            let expected = expected.map(Duration::minutes);
            assert_eq!(cool_down(state, ended_at, now), expected, "{state:?} {ended_at:?}");
        }
    }

    #[test]
    fn t_06_a_guess_ends_a_code_when_it_is_right_or_the_last() {
        use CodeState as S;
        for (state, is_right, before, expected) in [
            (S::Sent, true, 0, Some(S::Used)),
            (S::Sent, true, 4, Some(S::Used)),
            (S::Sent, false, 3, None),
            (S::Sent, false, 4, Some(S::Burned)),
            // Nobody was sent it: nothing is right.
            (S::Unsent, true, 0, None),
            (S::Unsent, true, 4, Some(S::Burned)),
        ] {
            assert_eq!(state.guessed(is_right, before, MOST_GUESSES), expected, "{state:?}");
        }
    }
}

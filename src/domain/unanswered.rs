//! When a request may be closed for want of a reply: by the letter that says so, and without one.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::event::PauseGround;
use super::history::RequestState;
use super::history::question::Question;

/// Closed only after a question that is still open for this long. The law names no number; the ICO
/// takes one month to be generally reasonable (Right of access, on a request for clarification), and
/// that is our reading everywhere.
const UNANSWERED_DAYS: Days = Days::new(30);

/// And after a reminder that left time to reply: our reading of fairness (GDPR Art. 5(1)(a)).
const REMINDED_DAYS: Days = Days::new(7);

/// What stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// No question to the person is open.
    NothingAsked,
    /// The person has written, and nobody has said whether that is enough.
    ReplyWaits,
    /// Nobody says when the person was reminded. Reminded today, it may be closed from this day on.
    NoReminder {
        first: NaiveDate,
    },
    ReminderInFuture,
    /// Reminded before the last question was asked or a reply to it came, or on that day.
    ReminderBeforeQuestion,
    /// It may be closed from this day on.
    TooEarly {
        first: NaiveDate,
    },
}

/// What stands against closing a request today for want of a reply. Days are civil dates where the
/// controller stands.
#[must_use]
pub fn hindrances(
    state: &RequestState,
    reminded_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Vec<Hindrance> {
    to(state, state.open_questions(), reminded_on, now)
}

/// The same for one question alone.
#[must_use]
pub fn hindrances_to(
    ground: PauseGround,
    state: &RequestState,
    reminded_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Vec<Hindrance> {
    let open = state.open_questions().filter(|(of, _)| *of == ground);
    to(state, open, reminded_on, now)
}

fn to<'a>(
    state: &RequestState,
    open: impl Iterator<Item = (PauseGround, &'a Question)>,
    reminded_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Vec<Hindrance> {
    let mut found = Vec::new();
    let today = state.civil(now);
    // Whoever replied waits for a word on that reply: the time runs from there.
    let last = |(_, question): (_, &Question)| {
        question.asked().chain(question.insufficient.iter().copied()).max()
    };
    let asked_on = open.filter_map(last).max().map(|at| state.civil(at));
    if asked_on.is_none() {
        found.push(Hindrance::NothingAsked);
    }
    if state.reply_waits {
        found.push(Hindrance::ReplyWaits);
    }
    if asked_on.is_none() {
        return found;
    }
    let unanswered = asked_on.and_then(|on| on.checked_add_days(UNANSWERED_DAYS));
    let first = |reminded_on: NaiveDate| {
        unanswered.max(reminded_on.checked_add_days(REMINDED_DAYS)).unwrap_or(NaiveDate::MAX)
    };
    let Some(reminded_on) = reminded_on else {
        found.push(Hindrance::NoReminder { first: first(today) });
        return found;
    };
    if reminded_on > today {
        found.push(Hindrance::ReminderInFuture);
    }
    if asked_on.is_some_and(|asked_on| reminded_on <= asked_on) {
        found.push(Hindrance::ReminderBeforeQuestion);
    }
    let first = first(reminded_on);
    if today < first {
        found.push(Hindrance::TooEarly { first });
    }
    found
}

/// The days on which the open questions were asked, also where they were asked again, the oldest first.
#[must_use]
pub fn open_since(state: &RequestState) -> Vec<NaiveDate> {
    let asked = state.open_questions().flat_map(|(_, question)| question.asked());
    let mut days: Vec<_> = asked.map(|at| state.civil(at)).collect();
    days.sort_unstable();
    days.dedup();
    days
}

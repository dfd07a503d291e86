//! Which alerts are due for a case at an instant: a function of its history, its dates and the
//! instant, and of nothing else.
//!
//! The target and the limit are one ladder: whoever missed lower rungs (a server that was off) hears
//! of the highest one alone.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::calendar::CalendarError;
use super::clock::{self, CaseDates};
use super::deadline::timers::{escalations_on, extension_decision_on};
use super::deadline::{ClockStatus, Dates};
use super::history::RequestState;
use super::named::named;
use super::right::Right;

named! {
    /// What somebody is alerted to.
    AlertKind {
        /// Nobody has confirmed the receipt to the person, and today is the day.
        AcknowledgementDue = "acknowledgement_due",
        /// Working days before the target.
        TargetInSeven = "target_in_7",
        TargetInThree = "target_in_3",
        TargetTomorrow = "target_in_1",
        TargetReached = "target_reached",
        /// The last day on which the answer is in time.
        LimitReached = "limit_reached",
        /// Whoever wants two more months must say so to the person before its limit.
        ExtensionLapses = "extension_lapses",
        /// The clock stands still; if the pause is contested, the limit is near.
        PausedLimitNear = "paused_limit_near",
        /// An objection to marketing, which is carried out at once (GDPR art. 21(3)).
        ActAtOnce = "act_at_once",
        /// A consent that was taken back: what rests on it stops at once (GDPR art. 7(3)).
        ConsentWithdrawn = "consent_withdrawn",
        /// Work that no machine could do, or a mail that did not go out.
        JobFailed = "job_failed",
        /// Alerts to a colleague do not arrive by mail.
        ColleagueUnreached = "colleague_unreached",
        /// A system of the data map that nobody has reviewed for a year.
        MapNotReviewed = "map_not_reviewed",
        /// A code was sent, and nobody has typed it back for five days.
        CodeUnused = "code_unused",
        /// A code went by letter, and nobody has typed it for thirty days, or somebody guessed at it.
        LetterCodeUnused = "letter_code_unused",
        /// A manual system waits for what its owner finds there.
        SystemWaiting = "system_waiting",
        /// The person has written, and nobody has answered.
        ReplyWaiting = "reply_waiting",
        /// An identity document came in, and waits for a decision.
        IdentityDocumentWaiting = "identity_document_waiting",
        /// One goes in a day, and nobody has decided.
        IdentityDocumentNear = "identity_document_near",
        /// One went after its 72 hours, and nobody had decided.
        IdentityDocumentOver = "identity_document_over",
        /// The same file was handed in for two people.
        IdentityDocumentReused = "identity_document_reused",
        /// A day before the authority must be told of a breach (GDPR art. 33(1)).
        BreachNear = "breach_near",
        BreachReached = "breach_reached",
    }
}

/// Alerts of a day come when people begin to work, in the controller's zone.
const MORNING_HOUR: u32 = 7;
/// How often what cannot wait is called to mind until it is carried out.
const URGENT_EVERY: Duration = Duration::hours(4);
/// So many working days before the conservative date of a paused case.
const PAUSED_WORKING_DAYS: u32 = 3;

/// One alert, once for each thing that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: AlertKind,
    /// The date or the instant that it is about: a date that moves is another thing.
    pub about: String,
    /// From when on it is due.
    pub at: DateTime<Utc>,
}

/// The alerts of a case at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    pub now: Vec<Alert>,
    /// Due as well, but a higher one says more.
    pub passed_over: Vec<Alert>,
    /// When to look again, as things stand.
    pub next: Option<DateTime<Utc>>,
}

/// The alerts of a case that are due at an instant, whether or not they went before.
///
/// # Errors
/// When the calendar of the case is not known.
pub fn due(
    state: &RequestState,
    dates: &CaseDates,
    now: DateTime<Utc>,
) -> Result<Due, CalendarError> {
    let mut due = Due::default();
    let mut ladder: Option<Alert> = None;
    for alert in scheduled(state, dates)? {
        if alert.at > now {
            due.next = Some(due.next.map_or(alert.at, |next| next.min(alert.at)));
        } else if alert.kind.is_of_ladder() {
            due.passed_over.extend(ladder.replace(alert));
        } else if alert.kind == AlertKind::ExtensionLapses && has_lapsed(state, dates, now) {
            due.passed_over.push(alert);
        } else {
            due.now.push(alert);
        }
    }
    due.now.extend(ladder);
    if state.urgent_until().is_some() {
        let (slot, next) = slot(state.received_at, now);
        let about = slot.to_rfc3339();
        for (kind, waits) in [
            (AlertKind::ActAtOnce, state.waits_at_once(Right::Objection)),
            (AlertKind::ConsentWithdrawn, state.waits_at_once(Right::ConsentWithdrawal)),
        ] {
            due.now.extend(waits.then(|| Alert { kind, about: about.clone(), at: slot }));
        }
        due.next = Some(due.next.map_or(next, |other| other.min(next)));
    }
    Ok(due)
}

/// The first instant at which any alert of the case is due, past or not.
///
/// # Errors
/// As [`due`].
pub fn first(
    state: &RequestState,
    dates: &CaseDates,
) -> Result<Option<DateTime<Utc>>, CalendarError> {
    let urgent = state.urgent_until().map(|_| state.received_at);
    let scheduled = scheduled(state, dates)?;
    Ok(scheduled.iter().map(|alert| alert.at).chain(urgent).min())
}

impl Due {
    /// Whether an alert that was raised once still says what is to do. What comes again every few hours
    /// holds as long as it comes.
    #[must_use]
    pub fn holds(&self, kind: AlertKind, about: &str) -> bool {
        self.now.iter().any(|due| due.kind == kind && (kind.is_repeated() || due.about == about))
    }
}

impl AlertKind {
    /// Whether it comes by the dates and the rights of a case alone, so that [`due`] tells whether it
    /// holds; the others come by something that happened.
    #[must_use]
    pub const fn is_scheduled(self) -> bool {
        self.is_of_ladder()
            || self.is_repeated()
            || matches!(
                self,
                Self::AcknowledgementDue | Self::ExtensionLapses | Self::PausedLimitNear
            )
    }

    const fn is_repeated(self) -> bool {
        matches!(self, Self::ActAtOnce | Self::ConsentWithdrawn)
    }

    const fn is_of_ladder(self) -> bool {
        matches!(
            self,
            Self::TargetInSeven
                | Self::TargetInThree
                | Self::TargetTomorrow
                | Self::TargetReached
                | Self::LimitReached
        )
    }
}

/// The alerts that a date brings, the rungs of the ladder from the lowest.
fn scheduled(state: &RequestState, dates: &CaseDates) -> Result<Vec<Alert>, CalendarError> {
    let Some(governing) = dates.governing().filter(|_| state.status.is_open()) else {
        return Ok(Vec::new());
    };
    let zone = state.rules.time_zone;
    let calendar = clock::calendar(&state.rules)?;
    let mut all = Vec::new();
    let mut add = |kind, about: NaiveDate, on: NaiveDate| {
        // A rung that lay before the receipt was never there.
        if on >= governing.received_on {
            all.push(Alert { kind, about: about.to_string(), at: morning(zone, on) });
        }
    };
    if state.acknowledged_at.is_none() {
        add(AlertKind::AcknowledgementDue, dates.acknowledge_on, dates.acknowledge_on);
    }
    if governing.status == ClockStatus::Suspended {
        if let Some(on) = governing.conservative_on {
            let before = calendar.working_days_before(on, PAUSED_WORKING_DAYS)?;
            add(AlertKind::PausedLimitNear, on, before.max(governing.received_on));
        }
        return Ok(all);
    }
    if let Some(target_on) = governing.target_on {
        const RUNGS: [AlertKind; 4] = [
            AlertKind::TargetInSeven,
            AlertKind::TargetInThree,
            AlertKind::TargetTomorrow,
            AlertKind::TargetReached,
        ];
        for (kind, on) in RUNGS.into_iter().zip(escalations_on(&calendar, target_on)?) {
            add(kind, target_on, on);
        }
    }
    if let Some(legal_on) = governing.legal_on {
        add(AlertKind::LimitReached, legal_on, legal_on);
    }
    if let Some(notice_on) = open_notice(governing) {
        let on = extension_decision_on(notice_on);
        add(AlertKind::ExtensionLapses, notice_on, on.max(governing.received_on));
    }
    Ok(all)
}

/// The last day for a notice of extension, while none was given.
fn open_notice(dates: &Dates) -> Option<NaiveDate> {
    dates.notice_due_on.filter(|_| !dates.extended)
}

fn has_lapsed(state: &RequestState, dates: &CaseDates, now: DateTime<Utc>) -> bool {
    let today = now.with_timezone(&state.rules.time_zone).date_naive();
    dates.governing().and_then(open_notice).is_some_and(|notice_on| notice_on < today)
}

fn morning(zone: Tz, on: NaiveDate) -> DateTime<Utc> {
    let local = on.and_time(NaiveTime::from_hms_opt(MORNING_HOUR, 0, 0).unwrap_or_default());
    zone.from_local_datetime(&local)
        .earliest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

/// The call that is due now of those that come every four hours, and the next one.
fn slot(begin: DateTime<Utc>, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let passed = (now - begin).num_seconds().max(0) / URGENT_EVERY.num_seconds();
    let passed = i32::try_from(passed).unwrap_or(i32::MAX);
    let slot = begin.checked_add_signed(URGENT_EVERY * passed).unwrap_or(begin);
    (slot, slot.checked_add_signed(URGENT_EVERY).unwrap_or(slot))
}

#[cfg(test)]
mod tests;

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

impl AlertKind {
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
mod tests {
    use super::{AlertKind, due, first};
    use crate::domain::clock;
    use crate::domain::event::{Event, ExtensionGround, PauseGround, Rules, SentMessage};
    use crate::domain::history::{Entry, RequestState, replay};
    use crate::domain::request::{Channel, ClosingGround, Decision, Exercised, ObjectionTo};
    use crate::domain::right::Right;
    use chrono::{DateTime, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Received on Monday 2 March 2026 in Paris: the target is 1 April, the limit 2 April.
    fn case(exercised: Exercised, events: &[(&str, Event)]) -> RequestState {
        let rules = Rules {
            regime: "EU-GDPR".to_owned(),
            calendar: "FR".to_owned(),
            calendar_version: "1".to_owned(),
            time_zone: chrono_tz::Europe::Paris,
            roll_over: true,
            days: Vec::new(),
        };
        let received_at = at("2026-03-02T09:00:00Z");
        let logged = Event::RequestLogged {
            channel: Channel::Email,
            rights: vec![exercised],
            received_at,
            rules,
            represented: false,
            minor: false,
        };
        let entry = |at, event: &Event| Entry { at, actor: "worker".into(), event: event.clone() };
        let mut history = vec![entry(received_at, &logged)];
        history.extend(events.iter().map(|(when, event)| entry(at(when), event)));
        replay(&history).unwrap()
    }

    const ACCESS: Exercised = Exercised { right: Right::Access, against: None };

    fn told() -> (&'static str, Event) {
        ("2026-03-03T09:00:00Z", Event::RequestAcknowledged { message: None })
    }

    #[track_caller]
    fn check(state: &RequestState, now: &str, expected: &[&str], next: Option<&str>) {
        let dates = clock::dates(state).unwrap();
        let due = due(state, &dates, at(now)).unwrap();
        let names: Vec<String> =
            due.now.iter().map(|it| format!("{} {}", it.kind.name(), it.about)).collect();
        assert_eq!(names, expected, "at {now}");
        assert_eq!(due.next, next.map(at), "after {now}");
    }

    #[test]
    fn each_date_has_its_alert_and_the_highest_rung_says_it_all() {
        let state = case(ACCESS, &[told()]);
        let target = "2026-04-01";
        for (now, expected, next) in [
            ("2026-03-04T12:00:00Z", vec![], Some("2026-03-23T06:00:00Z")),
            ("2026-03-23T05:59:59Z", vec![], Some("2026-03-23T06:00:00Z")),
            (
                "2026-03-23T06:00:00Z",
                vec![format!("target_in_7 {target}")],
                Some("2026-03-26T06:00:00Z"),
            ),
            (
                // The notice of an extension lapses on 2 April: decide a week before.
                "2026-03-26T06:00:00Z",
                vec!["extension_lapses 2026-04-02".to_owned(), format!("target_in_7 {target}")],
                Some("2026-03-27T06:00:00Z"),
            ),
            (
                // Summer time began on 29 March: seven o'clock is an hour earlier in UTC.
                "2026-03-31T05:00:00Z",
                vec!["extension_lapses 2026-04-02".to_owned(), format!("target_in_1 {target}")],
                Some("2026-04-01T05:00:00Z"),
            ),
            (
                "2026-04-02T05:00:00Z",
                vec![
                    "extension_lapses 2026-04-02".to_owned(),
                    "limit_reached 2026-04-02".to_owned(),
                ],
                None,
            ),
            ("2027-04-02T05:00:00Z", vec!["limit_reached 2026-04-02".to_owned()], None),
        ] {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check(&state, now, &expected, next);
        }
    }

    #[test]
    fn lower_rungs_are_passed_over_and_not_forgotten() {
        let state = case(ACCESS, &[told()]);
        let dates = clock::dates(&state).unwrap();
        let due = due(&state, &dates, at("2026-04-03T12:00:00Z")).unwrap();
        let over: Vec<&str> = due.passed_over.iter().map(|it| it.kind.name()).collect();
        assert_eq!(
            over,
            ["target_in_7", "target_in_3", "target_in_1", "target_reached", "extension_lapses"]
        );
        assert_eq!(first(&state, &dates), Ok(Some(at("2026-03-23T06:00:00Z"))));
    }

    #[test]
    fn a_receipt_that_nobody_confirmed_is_called_to_mind_on_its_day() {
        let state = case(ACCESS, &[]);
        let day = ["acknowledgement_due 2026-03-05"];
        check(&state, "2026-03-05T05:00:00Z", &[], Some("2026-03-05T06:00:00Z"));
        check(&state, "2026-03-05T06:00:00Z", &day, Some("2026-03-23T06:00:00Z"));
        check(&case(ACCESS, &[told()]), "2026-03-05T06:00:00Z", &[], Some("2026-03-23T06:00:00Z"));
    }

    #[test]
    fn a_paused_case_is_alerted_by_its_conservative_date_alone() {
        let message = SentMessage { sent_at: at("2026-03-05T09:00:00Z"), channel: Channel::Email };
        let paused =
            Event::RequestPaused { ground: PauseGround::Identity, message, contestable: false };
        let state = case(ACCESS, &[told(), ("2026-03-05T09:00:00Z", paused)]);
        let dates = clock::dates(&state).unwrap();
        let on = dates.conservative_on().unwrap().to_string();
        assert_eq!(on, "2026-04-02");
        check(&state, "2026-03-27T12:00:00Z", &[], Some("2026-03-30T05:00:00Z"));
        check(&state, "2026-03-30T05:00:00Z", &["paused_limit_near 2026-04-02"], None);
    }

    #[test]
    fn an_extension_moves_the_ladder() {
        let message = SentMessage { sent_at: at("2026-03-20T09:00:00Z"), channel: Channel::Email };
        let extended = Event::RequestExtended {
            message,
            until: None,
            ground: ExtensionGround::Complexity,
            late: false,
        };
        let state = case(ACCESS, &[told(), ("2026-03-20T09:00:00Z", extended)]);
        let dates = clock::dates(&state).unwrap();
        assert!(dates.is_extended());
        let next = first(&state, &dates).unwrap().unwrap();
        assert!(next > at("2026-05-01T00:00:00Z"), "{next}");
        assert_eq!(due(&state, &dates, at("2026-04-02T05:00:00Z")).unwrap().now, []);
    }

    #[test]
    fn an_objection_to_marketing_is_due_at_once_and_every_four_hours() {
        let objection =
            Exercised { right: Right::Objection, against: Some(ObjectionTo::Marketing) };
        let state = case(objection, &[told()]);
        for (now, slot, next) in [
            ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00+00:00", "2026-03-02T13:00:00Z"),
            ("2026-03-02T12:59:59Z", "2026-03-02T09:00:00+00:00", "2026-03-02T13:00:00Z"),
            ("2026-03-02T13:00:00Z", "2026-03-02T13:00:00+00:00", "2026-03-02T17:00:00Z"),
            ("2026-03-05T14:00:00Z", "2026-03-05T13:00:00+00:00", "2026-03-05T17:00:00Z"),
        ] {
            check(&state, now, &[&format!("act_at_once {slot}")], Some(next));
        }
        let done = Event::RightDecided {
            right: Right::Objection,
            decision: Decision::Granted,
            ground: None,
        };
        let state = case(objection, &[told(), ("2026-03-02T10:00:00Z", done)]);
        let dates = clock::dates(&state).unwrap();
        let calls = due(&state, &dates, at("2026-03-02T14:00:00Z")).unwrap().now;
        assert!(calls.iter().all(|it| it.kind != AlertKind::ActAtOnce), "{calls:?}");
    }

    #[test]
    fn a_consent_that_is_taken_back_is_no_objection_to_marketing() {
        let withdrawal = Exercised { right: Right::ConsentWithdrawal, against: None };
        let state = case(withdrawal, &[told()]);
        let slot = "consent_withdrawn 2026-03-02T13:00:00+00:00";
        check(&state, "2026-03-02T14:00:00Z", &[slot], Some("2026-03-02T17:00:00Z"));
    }

    #[test]
    fn a_case_that_has_ended_alerts_nobody() {
        let closed = Event::RequestClosed { ground: ClosingGround::Answered };
        let state = case(ACCESS, &[("2026-03-04T10:00:00Z", closed)]);
        check(&state, "2027-01-01T00:00:00Z", &[], None);
    }
}

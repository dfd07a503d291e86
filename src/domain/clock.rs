//! The clocks of a case: one for each right. The case shows the earliest undecided one.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::calendar::{Calendar, CalendarError};
use super::deadline::event::{ClockEvent, ClockEventKind};
use super::deadline::step::Step;
use super::deadline::timers::acknowledgement_target_on;
use super::deadline::{self, ClockInput, ClockStatus, Dates, DeadlineError};
use super::event::Rules;
use super::history::RequestState;
use super::regime::{self, UnknownRegime};
use super::request::Decision;
use super::right::Right;

/// Why a case has no dates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error(transparent)]
    Regime(#[from] UnknownRegime),
    #[error(transparent)]
    Deadline(#[from] DeadlineError),
    #[error("a case without rights has no dates")]
    NoRight,
}

/// The dates of one right, and whether it is still to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightDates {
    pub right: Right,
    pub decision: Decision,
    pub dates: Dates,
}

/// All dates of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDates {
    pub rights: Vec<RightDates>,
    /// By when the receipt is to be confirmed: the law's date where there is one, else three
    /// working days, which is good practice.
    pub acknowledge_on: NaiveDate,
    /// When the person was told of the extension that stands; nothing when none does. The dates
    /// alone say so: a corrected receipt may void a notice that was in time, or the other way round.
    pub extended_at: Option<DateTime<Utc>>,
}

impl CaseDates {
    /// The dates that the case shows: those of the earliest undecided right, or of the earliest
    /// one when all are decided.
    #[must_use]
    pub fn governing(&self) -> Option<&Dates> {
        let earliest = |undecided: bool| {
            self.rights
                .iter()
                .filter(|right| !undecided || right.decision == Decision::Undecided)
                .map(|right| &right.dates)
                // Of two that are due on one day, the one whose limit runs: a clock that stands still
                // hides no other.
                .min_by_key(|dates| (dates.due_on(), dates.legal_on.is_none(), dates.legal_on))
        };
        earliest(true).or_else(|| earliest(false))
    }

    /// The earliest legal limit that runs: of the undecided rights, or of all when none is left. A
    /// right whose clock stands still hides no other's.
    #[must_use]
    pub fn legal_on(&self) -> Option<NaiveDate> {
        self.earliest(|dates| dates.legal_on)
    }

    /// The earliest target that runs, as [`CaseDates::legal_on`].
    #[must_use]
    pub fn target_on(&self) -> Option<NaiveDate> {
        self.earliest(|dates| dates.target_on)
    }

    fn earliest(&self, date: impl Fn(&Dates) -> Option<NaiveDate>) -> Option<NaiveDate> {
        let is_open = |right: &&RightDates| right.decision == Decision::Undecided;
        let any_open = self.rights.iter().any(|right| is_open(&right));
        let counted = self.rights.iter().filter(|right| !any_open || is_open(right));
        counted.filter_map(|right| date(&right.dates)).min()
    }

    /// Whether a notice of extension has an effect on any right.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        self.extended_at.is_some()
    }

    /// Whether the clock of an undecided right stands still. Not every open question stops one: a
    /// fee does not under the GDPR, nor does a clarification for every right in the UK.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.rights.iter().any(|right| {
            right.decision == Decision::Undecided && right.dates.status == ClockStatus::Suspended
        })
    }

    /// The first day on which some date of an undecided right could be missed if every pause were
    /// contested.
    #[must_use]
    pub fn conservative_on(&self) -> Option<NaiveDate> {
        self.governing().and_then(|dates| dates.conservative_on.or(dates.legal_on))
    }
}

/// The calendar that the rules name, with the days of the controller.
///
/// # Errors
/// When the calendar is not shipped, or a day lies outside its data.
pub fn calendar(rules: &Rules) -> Result<Calendar, CalendarError> {
    let mut calendar = Calendar::shipped(&rules.calendar)?;
    if !rules.days.is_empty() {
        let of = |added: bool| -> Vec<NaiveDate> {
            let chosen = rules.days.iter().filter(|change| change.added == added);
            chosen.map(|change| change.day).collect()
        };
        calendar = calendar.with_days(&of(true), &of(false))?;
    }
    Ok(if rules.roll_over { calendar } else { calendar.strict() })
}

/// The longest date that the law lets an extension of the case announce, whenever its notice goes
/// out (GDPR Art. 12(3): two further months). Nothing where the law knows no extension, or no longest
/// one.
///
/// # Errors
/// As [`dates`].
pub fn longest_extension_on(state: &RequestState) -> Result<Option<NaiveDate>, ClockError> {
    let mut told = state.clone();
    told.clock_events.retain(|event| event.kind != ClockEventKind::ExtensionNotice);
    let (kind, at) = (ClockEventKind::ExtensionNotice, state.received_at);
    told.clock_events.push(ClockEvent { kind, at, reason: None, until: None });
    let dates = dates(&told)?;
    let extended = dates.rights.iter().filter(|right| right.dates.extended);
    Ok(extended.filter_map(|right| right.dates.legal_on).max())
}

/// Computes every date of a case.
///
/// # Errors
/// When the regime or the calendar is not known, or a date lies outside the data.
pub fn dates(state: &RequestState) -> Result<CaseDates, ClockError> {
    let calendar = calendar(&state.rules)?;
    let rights = of_rights(state, &calendar)?;
    let first = rights.first().ok_or(ClockError::NoRight)?;
    let in_law = rights.iter().filter_map(|right| right.dates.ack_due_on).min();
    let acknowledge_on = match in_law {
        Some(date) => date,
        None => acknowledgement_target_on(&calendar, first.dates.received_on)?,
    };
    let extended_at = extended_at(state, &calendar, &rights)?;
    Ok(CaseDates { rights, acknowledge_on, extended_at })
}

fn of_rights(state: &RequestState, calendar: &Calendar) -> Result<Vec<RightDates>, ClockError> {
    let mut rights = Vec::with_capacity(state.rights.len());
    for each in &state.rights {
        let right = each.exercised.right;
        let dates = deadline::compute(&input(state, calendar, right)?)?;
        rights.push(RightDates { right, decision: each.decision, dates });
    }
    Ok(rights)
}

/// When the person was told of the extension that stands: the first notice with which the dates are
/// extended. Two may carry one instant.
fn extended_at(
    state: &RequestState,
    calendar: &Calendar,
    rights: &[RightDates],
) -> Result<Option<DateTime<Utc>>, ClockError> {
    let is_extended = |rights: &[RightDates]| rights.iter().any(|right| right.dates.extended);
    if !is_extended(rights) {
        return Ok(None);
    }
    let is_notice = |event: &ClockEvent| event.kind == ClockEventKind::ExtensionNotice;
    let notices = state.clock_events.iter().filter(|event| is_notice(event));
    let instants: BTreeSet<DateTime<Utc>> = notices.map(|notice| notice.at).collect();
    for sent_at in instants {
        let mut until_then = state.clone();
        until_then.clock_events.retain(|event| !is_notice(event) || event.at <= sent_at);
        if is_extended(&of_rights(&until_then, calendar)?) {
            return Ok(Some(sent_at));
        }
    }
    Ok(None)
}

/// Every step by which the dates of one right follow, with rule and source.
///
/// # Errors
/// As [`dates`].
pub fn explain(state: &RequestState, right: Right) -> Result<(Dates, Vec<Step>), ClockError> {
    let calendar = calendar(&state.rules)?;
    Ok(deadline::explain(&input(state, &calendar, right)?)?)
}

fn input<'a>(
    state: &'a RequestState,
    calendar: &'a Calendar,
    right: Right,
) -> Result<ClockInput<'a>, UnknownRegime> {
    Ok(ClockInput {
        regime: regime::find(&state.rules.regime)?,
        calendar,
        tz: state.rules.time_zone,
        right: right.into(),
        received_at: state.received_at,
        events: &state.clock_events,
    })
}

#[cfg(test)]
mod tests {
    use super::dates;
    use crate::domain::event::{
        DayChange, Event, ExtensionGround, PauseGround, Rules, SentMessage,
    };
    use crate::domain::history::{Entry, RequestState, replay};
    use crate::domain::lifecycle::Action;
    use crate::domain::logged_case::{logged, rules};
    use crate::domain::request::{Channel, Decision, Exercised};
    use crate::domain::right::Right;
    use chrono::{DateTime, NaiveDate, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn case(regime: &str, calendar: &str, rights: &[Right], events: &[Event]) -> RequestState {
        let rules = Rules {
            regime: regime.to_owned(),
            calendar: calendar.to_owned(),
            time_zone: chrono_tz::Europe::London,
            days: vec![DayChange { day: day("2026-03-10"), added: true }],
            ..rules()
        };
        let rights = rights.iter().map(|right| Exercised { right: *right, against: None });
        let logged = logged(rules, rights.collect(), at("2026-02-10T10:00:00Z"));
        let entries: Vec<Entry> = std::iter::once(&logged)
            .chain(events)
            .map(|event| Entry {
                at: at("2026-02-10T10:00:00Z"),
                actor: "worker".to_owned(),
                event: event.clone(),
            })
            .collect();
        replay(&entries).unwrap()
    }

    #[test]
    fn a_clarification_pauses_access_alone_in_the_uk() {
        let message = |at: DateTime<Utc>| SentMessage { sent_at: at, channel: Channel::Email };
        let paused = [Event::RequestPaused {
            ground: PauseGround::Clarification,
            message: message(at("2026-02-12T10:00:00Z")),
            contestable: false,
        }];
        let state = case("UK-GDPR", "GB-ENG", &[Right::Access, Right::Erasure], &paused);
        assert_eq!(state.open_pauses(), [PauseGround::Clarification]);
        let found = dates(&state).unwrap();
        let limit = |right| {
            found.rights.iter().find(|r| r.right == right).map(|r| r.dates.legal_on).unwrap()
        };
        assert_eq!(limit(Right::Access), None);
        // The controller's own holiday moves the limit by a day.
        assert_eq!(limit(Right::Erasure), Some(day("2026-03-11")));
        // What stands still hides nothing: the case shows the limit that runs.
        assert_eq!(found.legal_on(), Some(day("2026-03-11")));
        assert_eq!(found.governing().unwrap().legal_on, Some(day("2026-03-11")));
        assert!(found.target_on().is_some() && found.target_on() <= found.legal_on());
        let alone = case("UK-GDPR", "GB-ENG", &[Right::Access], &paused);
        assert_eq!(dates(&alone).unwrap().legal_on(), None);
        let complaint = case("UK-GDPR", "GB-ENG", &[Right::Access, Right::Complaint], &paused);
        let of_complaint = dates(&complaint).unwrap().rights[1].dates.legal_on;
        assert!(of_complaint.is_some());
        assert_eq!(dates(&complaint).unwrap().legal_on(), of_complaint);
    }

    #[test]
    fn of_several_notices_the_first_that_counts_tells_when_it_was_extended() {
        let notice = |sent_at: &str| Event::RequestExtended {
            message: SentMessage { sent_at: at(sent_at), channel: Channel::Email },
            until: None,
            ground: ExtensionGround::Complexity,
            late: false,
        };
        let extended_at = |events: &[Event]| {
            dates(&case("EU-GDPR", "FR", &[Right::Access], events)).unwrap().extended_at
        };
        let (early, later) = (notice("2026-02-20T10:00:00Z"), notice("2026-02-25T10:00:00Z"));
        assert_eq!(extended_at(&[]), None);
        let first = Some(at("2026-02-20T10:00:00Z"));
        assert_eq!(extended_at(std::slice::from_ref(&early)), first);
        assert_eq!(extended_at(&[early.clone(), later.clone()]), first);
        assert_eq!(extended_at(&[later, early]), first);
        let late = notice("2026-05-25T10:00:00Z");
        assert_eq!(extended_at(std::slice::from_ref(&late)), None);
    }

    #[test]
    fn the_law_says_when_to_acknowledge_where_it_does() {
        let state = case("US-CA-CCPA", "US", &[Right::Access], &[]);
        let found = dates(&state).unwrap();
        // Ten business days; Washington's Birthday and the controller's own day are none.
        assert_eq!(found.acknowledge_on, day("2026-02-25"));
        assert_eq!(found.rights[0].dates.ack_due_on, Some(day("2026-02-25")));
    }

    #[test]
    fn a_history_begins_with_a_request_and_ends_with_its_key() {
        let entry =
            |event| Entry { at: at("2026-02-10T10:00:00Z"), actor: "worker".to_owned(), event };
        assert!(replay(&[entry(Event::CaseKeyDestroyed)]).is_err());
        let state = case("EU-GDPR", "FR", &[Right::Access], &[Event::CaseKeyDestroyed]);
        assert_eq!(state.check(Action::Pause).unwrap_err().code, "key-destroyed");
    }

    #[test]
    fn the_case_shows_the_earliest_undecided_right() {
        let rights = [Right::Access, Right::Complaint];
        let state = case("UK-GDPR", "GB-ENG", &rights, &[]);
        let found = dates(&state).unwrap();
        assert_eq!(found.governing().unwrap().due_on(), day("2026-03-09"));
        assert_eq!(found.acknowledge_on, day("2026-02-13"));
        let decided =
            Event::RightDecided { right: Right::Access, decision: Decision::Granted, ground: None };
        let state = case("UK-GDPR", "GB-ENG", &rights, std::slice::from_ref(&decided));
        assert!(state.ended_at.is_none());
        let found = dates(&state).unwrap();
        assert_eq!(found.governing().unwrap().regime, "UK-DPA-164A");
        let both = [
            decided,
            Event::RightDecided {
                right: Right::Complaint,
                decision: Decision::Refused,
                ground: Some("out_of_scope".to_owned()),
            },
        ];
        let state = case("UK-GDPR", "GB-ENG", &rights, &both);
        assert!(state.ended_at.is_some());
        assert_eq!(dates(&state).unwrap().governing().unwrap().due_on(), day("2026-03-09"));
    }
}

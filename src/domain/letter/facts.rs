//! What a letter depends on beside its words: where the case stands at the instant of sending, and
//! what its dates will be once the letter has left.

use chrono::{DateTime, NaiveDate, Utc};

use super::content::Content;
use super::{Delivery, Letter};
use crate::domain::clock::{self, CaseDates, ClockError};
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};
use crate::domain::deadline::timers::question_window_ends_on;
use crate::domain::event::PauseGround;
use crate::domain::history::RequestState;
use crate::domain::identity::Level;
use crate::domain::regime::{self, Pauses};
use crate::domain::withholding::WithheldPart;

/// The facts of one letter at one instant.
#[derive(Clone, Debug)]
pub struct Facts {
    pub now: DateTime<Utc>,
    /// The civil date of `now` where the controller stands.
    pub today: NaiveDate,
    /// The case before the letter leaves.
    pub state: RequestState,
    pub dates: CaseDates,
    /// The dates once it has left: paused, running again, or extended.
    pub foreseen: CaseDates,
    /// The open questions whose replies the clock waits for once it has left, each with the day on
    /// which it was asked.
    pub waits_for: Vec<(PauseGround, NaiveDate)>,
    /// The last day on which a question is asked without undue delay.
    pub question_window_ends_on: NaiveDate,
    /// How the letter is to go, once that is decided.
    pub delivery: Option<Delivery>,
    /// Whether the person's postal address is known.
    pub has_address: bool,
    /// Whether name and address fit into the window of an envelope.
    pub address_fits: bool,
    /// The level without which no answer leaves.
    pub needed: Level,
    /// What the package withholds that the letter is about.
    pub withheld: Vec<WithheldPart>,
}

impl Facts {
    /// The facts of a letter that would leave now.
    ///
    /// # Errors
    /// When a date lies outside the data.
    pub fn of(
        state: &RequestState,
        (letter, content): (Letter, &Content),
        now: DateTime<Utc>,
    ) -> Result<Self, ClockError> {
        let dates = clock::dates(state)?;
        let calendar = clock::calendar(&state.rules)?;
        let received_on = civil(state, state.received_at);
        let mut after = state.clone();
        if let Some(event) = moved(state, (letter, content), now) {
            after.clock_events.push(event);
        }
        let foreseen = clock::dates(&after)?;
        Ok(Self {
            now,
            today: civil(state, now),
            waits_for: waits_for(&after, &foreseen),
            foreseen,
            question_window_ends_on: question_window_ends_on(&calendar, received_on)?,
            state: state.clone(),
            dates,
            delivery: None,
            has_address: false,
            address_fits: true,
            needed: state.needed_level(false),
            withheld: Vec::new(),
        })
    }

    /// The civil date of an instant where the controller stands.
    #[must_use]
    pub fn civil(&self, at: DateTime<Utc>) -> NaiveDate {
        civil(&self.state, at)
    }

    /// The day on which a question of this kind was asked last; of any kind, without one.
    #[must_use]
    pub fn asked_on(&self, ground: Option<PauseGround>) -> Option<NaiveDate> {
        self.asked_at(ground).map(|at| self.civil(at))
    }

    /// As [`Facts::asked_on`], to the instant.
    #[must_use]
    pub fn asked_at(&self, ground: Option<PauseGround>) -> Option<DateTime<Utc>> {
        let grounds = PauseGround::ALL.iter().filter(|it| ground.is_none_or(|one| **it == one));
        let kinds: Vec<ClockEventKind> = grounds.map(|ground| ground.asked()).collect();
        let asked = self.state.clock_events.iter().filter(|event| kinds.contains(&event.kind));
        asked.map(|event| event.at).max()
    }

    /// The instant at which the reply was received with which a question of this kind was answered
    /// last.
    #[must_use]
    pub fn answered_at(&self, ground: PauseGround) -> Option<DateTime<Utc>> {
        self.state.last_event(ground.answered())
    }

    /// Whether the clock stands still for every right, so that there is no limit.
    #[must_use]
    pub fn has_no_limit(&self) -> bool {
        !self.waits_for.is_empty() && self.foreseen.legal_on().is_none()
    }

    /// The longest date that an extension can announce: that of a notice in time, also where this
    /// one is late. Nothing where the law knows no longest one.
    #[must_use]
    pub fn longest_on(&self) -> Option<NaiveDate> {
        clock::longest_extension_on(&self.state).ok().flatten()
    }
}

fn civil(state: &RequestState, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&state.rules.time_zone).date_naive()
}

const fn notice(at: DateTime<Utc>, until: Option<NaiveDate>) -> ClockEvent {
    ClockEvent { kind: ClockEventKind::ExtensionNotice, at, reason: None, until }
}

/// A fee stops only the clocks that begin with its payment (law.md §1.4).
fn waits_for(after: &RequestState, dates: &CaseDates) -> Vec<(PauseGround, NaiveDate)> {
    if !dates.stands_still() {
        return Vec::new();
    }
    let restarts =
        regime::find(&after.rules.regime).is_ok_and(|regime| regime.pauses == Pauses::Restart);
    let mut open = after.open_pauses();
    open.retain(|ground| restarts || *ground != PauseGround::Fee);
    let asked = |ground: PauseGround| after.last_event(ground.asked());
    let asked = open.into_iter().filter_map(|ground| Some((ground, asked(ground)?)));
    asked.map(|(ground, at)| (ground, civil(after, at))).collect()
}

/// What the letter does to the clock when it leaves. A reply that is recorded already moved it then.
fn moved(
    state: &RequestState,
    (letter, content): (Letter, &Content),
    now: DateTime<Utc>,
) -> Option<ClockEvent> {
    match letter {
        Letter::Extension => Some(notice(now, content.until)),
        Letter::ClockResumed => {
            let (ground, at) = (content.pause_ground?, content.replied_at?);
            if !state.open_pauses().contains(&ground) {
                return None;
            }
            Some(ClockEvent { kind: ground.answered(), at, reason: None, until: None })
        }
        _ => {
            let kind = letter.asks()?.asked();
            Some(ClockEvent { kind, at: now, reason: None, until: None })
        }
    }
}

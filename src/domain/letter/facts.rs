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
    /// The last day on which a question is asked without undue delay.
    pub question_window_ends_on: NaiveDate,
    /// How the letter is to go, once that is decided.
    pub delivery: Option<Delivery>,
    /// Whether the person's postal address is known.
    pub has_address: bool,
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
        if let Some(event) = moved(letter, content, now) {
            after.clock_events.push(event);
        }
        Ok(Self {
            now,
            today: civil(state, now),
            foreseen: clock::dates(&after)?,
            question_window_ends_on: question_window_ends_on(&calendar, received_on)?,
            state: state.clone(),
            dates,
            delivery: None,
            has_address: false,
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

/// What the letter does to the clock when it leaves.
fn moved(letter: Letter, content: &Content, now: DateTime<Utc>) -> Option<ClockEvent> {
    match letter {
        Letter::Extension => Some(notice(now, content.until)),
        Letter::ClockResumed => {
            let (ground, at) = (content.pause_ground?, content.replied_at?);
            Some(ClockEvent { kind: ground.answered(), at, reason: None, until: None })
        }
        _ => {
            let kind = letter.asks()?.asked();
            Some(ClockEvent { kind, at: now, reason: None, until: None })
        }
    }
}

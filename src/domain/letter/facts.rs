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
use crate::domain::identity::{LEAST, Level};
use crate::domain::regime::{self, Pauses};
use crate::domain::unanswered::open_since;
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
    /// which its pause began.
    pub waits_for: Vec<(PauseGround, NaiveDate)>,
    /// The last day on which a question is asked without undue delay.
    pub question_window_ends_on: NaiveDate,
    /// How the letter is to go, once that is decided.
    pub delivery: Option<Delivery>,
    /// Whether a postal address of whom the letter goes to is known.
    pub has_address: bool,
    /// Whether name and address fit into the window of an envelope.
    pub address_fits: bool,
    /// Whether the authority of the controller is known by name, address and page.
    pub authority_is_whole: bool,
    /// The level without which no answer leaves; here that of the policy, until what the controller and
    /// the contact on file ask for is known.
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
        let received_on = state.civil(state.received_at);
        let mut after = state.clone();
        move_clock(&mut after, (letter, content), now);
        let foreseen = clock::dates(&after)?;
        Ok(Self {
            now,
            today: state.civil(now),
            waits_for: waits_for(&after, &foreseen),
            foreseen,
            question_window_ends_on: question_window_ends_on(&calendar, received_on)?,
            state: state.clone(),
            dates,
            delivery: None,
            has_address: false,
            address_fits: true,
            authority_is_whole: true,
            needed: state.needed_level(false, LEAST),
            withheld: Vec::new(),
        })
    }

    /// The civil date of an instant where the controller stands.
    #[must_use]
    pub fn civil(&self, at: DateTime<Utc>) -> NaiveDate {
        self.state.civil(at)
    }

    /// Every day on which an open question was asked, the oldest first.
    #[must_use]
    pub fn asked_on(&self) -> Vec<NaiveDate> {
        open_since(&self.state)
    }

    /// Every day on which a reply to an open question came that was not enough, the oldest first.
    #[must_use]
    pub fn insufficient_on(&self) -> Vec<NaiveDate> {
        let open = self.state.open_questions();
        self.days(open.flat_map(|(_, question)| question.insufficient.iter().copied()))
    }

    fn days(&self, instants: impl Iterator<Item = DateTime<Utc>>) -> Vec<NaiveDate> {
        let mut days: Vec<_> = instants.map(|at| self.civil(at)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Since when the clock stands still for the open questions, once the letter has left; nothing
    /// where it runs.
    #[must_use]
    pub fn stands_still_since(&self) -> Option<NaiveDate> {
        self.waits_for.iter().map(|(_, asked_on)| *asked_on).min()
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
    let open = after.open_questions();
    let open = open.filter(|(ground, _)| restarts || *ground != PauseGround::Fee);
    open.map(|(ground, question)| (ground, after.civil(question.asked_at))).collect()
}

/// What the letter does to the clock when it leaves. A reply that is recorded already moved it then.
fn move_clock(after: &mut RequestState, (letter, content): (Letter, &Content), now: DateTime<Utc>) {
    match letter {
        Letter::Extension => after.clock_events.push(notice(now, content.until)),
        Letter::ClockResumed => {
            let reply = content.pause_ground.zip(content.replied_at);
            if let Some((ground, at)) = reply.filter(|it| after.open_pauses().contains(&it.0)) {
                after.answer(ground, at);
            }
        }
        _ => {
            if let Some(ground) = letter.asks() {
                after.ask(ground, now);
            }
        }
    }
}

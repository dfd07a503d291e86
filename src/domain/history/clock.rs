//! What a history says of the questions to the person, the replies, and the clocks that they move.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Entry, RequestState};
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};
use crate::domain::event::{Event, PauseGround};
use crate::domain::lifecycle::Action;

impl RequestState {
    pub(super) fn apply_clock(&mut self, entry: &Entry) {
        // A further question answers nothing that the person wrote.
        if matches!(entry.event, Event::RequestResumed { .. } | Event::ReplyInsufficient { .. }) {
            self.reply_waits = false;
        }
        match &entry.event {
            Event::RequestPaused { ground, message, .. } => {
                self.step(Action::Pause);
                self.doubt |= *ground == PauseGround::Identity;
                self.insufficient.remove(ground);
                self.clock(ground.asked(), message.sent_at, None);
            }
            Event::RequestResumed { ground, received_at } => {
                self.step(Action::Resume);
                self.insufficient.remove(ground);
                self.clock(ground.answered(), *received_at, None);
            }
            Event::ReplyInsufficient { ground, received_at } => {
                self.step(Action::Resume);
                self.insufficient.insert(*ground, *received_at);
                // The arithmetic knows only one kind of answer that changes nothing.
                if *ground == PauseGround::Identity {
                    self.clock(ClockEventKind::IdentityInsufficient, *received_at, None);
                }
            }
            Event::RequestExtended { message, until, .. } => {
                self.step(Action::Extend);
                self.clock(ClockEventKind::ExtensionNotice, message.sent_at, *until);
            }
            _ => {}
        }
    }

    fn clock(&mut self, kind: ClockEventKind, at: DateTime<Utc>, until: Option<NaiveDate>) {
        self.clock_events.push(ClockEvent { kind, at, reason: None, until });
    }

    /// The grounds for which a question to the person is unanswered.
    #[must_use]
    pub fn open_pauses(&self) -> Vec<PauseGround> {
        let mut open = PauseGround::ALL.to_vec();
        open.retain(|ground| {
            let last = self
                .clock_events
                .iter()
                .rev()
                .find(|event| event.kind == ground.asked() || event.kind == ground.answered());
            last.is_some_and(|event| event.kind == ground.asked())
        });
        open
    }

    /// The last event of a kind that was recorded.
    #[must_use]
    pub fn last_event(&self, kind: ClockEventKind) -> Option<DateTime<Utc>> {
        let mut events = self.clock_events.iter().rev();
        events.find(|event| event.kind == kind).map(|event| event.at)
    }
}

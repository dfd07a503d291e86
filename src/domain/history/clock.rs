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
                self.ask(*ground, message.sent_at);
            }
            Event::RequestResumed { ground, received_at } => {
                self.step(Action::Resume);
                self.answer(*ground, *received_at);
            }
            Event::ReplyInsufficient { ground, received_at } => {
                self.step(Action::Resume);
                self.find_insufficient(*ground, *received_at);
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

    /// The civil date of an instant where the controller stands.
    #[must_use]
    pub fn civil(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.rules.time_zone).date_naive()
    }

    pub(super) fn clock(
        &mut self,
        kind: ClockEventKind,
        at: DateTime<Utc>,
        until: Option<NaiveDate>,
    ) {
        self.clock_events.push(ClockEvent { kind, at, reason: None, until });
    }
}

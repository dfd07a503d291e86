//! What a history says of the clocks: questions, replies to them, and extensions.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Entry, RequestState};
use crate::domain::deadline::event::{ClockEvent, ClockEventKind};
use crate::domain::event::{Event, PauseGround};
use crate::domain::lifecycle::Action;

impl RequestState {
    pub(super) fn apply_clock(&mut self, entry: &Entry) {
        if !matches!(entry.event, Event::RequestExtended { .. }) {
            self.reply_waits = false;
        }
        match &entry.event {
            Event::RequestPaused { ground, message, .. } => {
                self.step(Action::Pause);
                self.insufficient.remove(ground);
                self.doubt |= *ground == PauseGround::Identity;
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
}

//! Whose turn it is: open questions to the person, whether a reply waits for staff, and what must be
//! done at once.

use chrono::{DateTime, Utc};

use super::{RequestState, RightState};
use crate::domain::deadline::timers::immediate_action_due_at;
use crate::domain::request::Decision;
use crate::domain::right::Right;

impl RequestState {
    /// Whether the person has replied to a question that is open, so that the clock waits for us: a
    /// person looks whether the reply is enough.
    #[must_use]
    pub fn has_reply_to_read(&self) -> bool {
        self.status.is_open() && self.reply_waits && !self.open_pauses().is_empty()
    }

    /// Whether it is the person's turn: a question is open that they have not written after, and
    /// there is nothing that staff must do first. Not every question stops a clock.
    #[must_use]
    pub fn awaits_person(&self) -> bool {
        let is_ours = self.acknowledged_at.is_none()
            || self.urgent_until().is_some()
            || self.awaited.is_some()
            || self.reply_waits;
        self.status.is_open() && !self.open_pauses().is_empty() && !is_ours
    }

    /// Whether this right must be carried out at once, and is not yet.
    #[must_use]
    pub fn waits_at_once(&self, right: Right) -> bool {
        let waits = |state: &RightState| {
            state.exercised.right == right
                && state.decision == Decision::Undecided
                && state.exercised.is_immediate()
        };
        self.status.is_open() && self.rights.iter().any(waits)
    }

    /// Until when an immediate right must be carried out, while one is undecided.
    #[must_use]
    pub fn urgent_until(&self) -> Option<DateTime<Utc>> {
        let mut rights = self.rights.iter().map(|state| state.exercised.right);
        if !rights.any(|right| self.waits_at_once(right)) {
            return None;
        }
        immediate_action_due_at(self.received_at).ok()
    }
}

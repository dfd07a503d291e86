//! Whose turn it is: open questions to the person, and whether a reply waits for staff.

use super::RequestState;

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
}

//! Whether an answer reached the person. A mail that the server refuses, that comes back, or that
//! nobody takes for two days tells nobody that an answer waits: the request is not answered then.

use super::{Entry, RequestState};
use crate::domain::event::Event;
use crate::domain::letter::Delivery;
use crate::domain::lifecycle::{Action, Status};
use crate::domain::mail::MailPurpose;

impl RequestState {
    pub(super) fn apply_delivery(&mut self, entry: &Entry) {
        match &entry.event {
            Event::MailFailed { purpose: MailPurpose::PortalNotice, takes_back, .. } => {
                self.come_back(takes_back.unwrap_or(true));
            }
            Event::MailSent { purpose: MailPurpose::PortalNotice, .. } => self.reach(entry),
            Event::PackageDelivered { .. } => self.hand_over(entry),
            Event::LetterSent { delivery: Delivery::Portal, answers, .. } => {
                self.rests_on_notice |= answers.unwrap_or(false);
            }
            // An acknowledgement on paper tells nobody what was refused in the portal.
            Event::LetterSent { answers, .. } if answers.unwrap_or(true) => self.reach(entry),
            // Whoever fetches it knows of it.
            Event::PackageDownloaded { .. } if entry.actor == "subject" => self.hand_over(entry),
            _ => {}
        }
    }

    /// Whoever has the answer needs no mail to know of it: one that fails later, of the release or of
    /// anything else, takes nothing back.
    fn hand_over(&mut self, entry: &Entry) {
        self.is_in_hand = true;
        self.rests_on_notice = false;
        self.reach(entry);
    }

    /// Whether a notice that fails now takes the answer back: where nothing else told of it.
    #[must_use]
    pub fn falls_with_notice(&self) -> bool {
        self.status == Status::Answered && self.rests_on_notice && !self.is_in_hand
    }

    fn come_back(&mut self, takes_back: bool) {
        if self.status == Status::Answered && !self.is_in_hand && takes_back {
            self.step(Action::ComeBack);
            self.ended_at = None;
            self.undelivered = true;
        }
    }

    fn reach(&mut self, entry: &Entry) {
        if self.undelivered {
            self.undelivered = false;
            self.rests_on_notice = false;
            self.step(Action::Answer);
            self.ended_at.get_or_insert(entry.at);
        }
    }
}

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
            Event::MailFailed { purpose: MailPurpose::PortalNotice, .. } => self.come_back(),
            Event::MailSent { purpose: MailPurpose::PortalNotice, .. } => self.reach(entry),
            Event::PackageDelivered { .. } => self.hand_over(entry),
            Event::LetterSent { delivery, .. } if *delivery != Delivery::Portal => {
                self.reach(entry)
            }
            // Whoever fetches it knows of it.
            Event::PackageDownloaded { .. } if entry.actor == "subject" => self.hand_over(entry),
            _ => {}
        }
    }

    /// Whoever has the answer needs no mail to know of it: one that fails later, of the release or of
    /// anything else, takes nothing back.
    fn hand_over(&mut self, entry: &Entry) {
        self.is_in_hand = true;
        self.reach(entry);
    }

    fn come_back(&mut self) {
        if self.status == Status::Answered && !self.is_in_hand {
            self.step(Action::ComeBack);
            self.ended_at = None;
            self.undelivered = true;
        }
    }

    fn reach(&mut self, entry: &Entry) {
        if self.undelivered {
            self.undelivered = false;
            self.step(Action::Answer);
            self.ended_at.get_or_insert(entry.at);
        }
    }
}

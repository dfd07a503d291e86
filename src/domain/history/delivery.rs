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
            Event::MailSent { purpose: MailPurpose::PortalNotice, .. }
            | Event::PackageDelivered { .. } => self.reach(entry),
            Event::LetterSent { delivery, .. } if *delivery != Delivery::Portal => {
                self.reach(entry)
            }
            // Whoever fetches it knows of it.
            Event::PackageDownloaded { .. } if entry.actor == "subject" => self.reach(entry),
            _ => {}
        }
    }

    fn come_back(&mut self) {
        if self.status == Status::Answered {
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

//! Whether an answer reached the person. A mail that the server refuses, that comes back, or that
//! nobody takes for two days tells nobody that an answer waits: the request is not answered then.

use super::{Entry, RequestState};
use crate::domain::event::Event;
use crate::domain::ids::MailId;
use crate::domain::letter::Delivery;
use crate::domain::lifecycle::{Action, Status};
use crate::domain::mail::MailPurpose;

impl RequestState {
    pub(super) fn apply_delivery(&mut self, entry: &Entry) {
        match &entry.event {
            Event::MailFailed { purpose: MailPurpose::PortalNotice, takes_back, .. } => {
                self.come_back(takes_back.unwrap_or(true));
            }
            Event::MailSent { mail, purpose: MailPurpose::PortalNotice } => {
                if self.rests_on_notice {
                    self.noticed_by.get_or_insert(*mail);
                }
                self.reach(entry);
            }
            Event::PackageDelivered { .. } => self.hand_over(entry),
            Event::LetterSent { delivery, name, answers, .. } => {
                // Of older letters the name says what went up in the portal, and any on paper reached.
                match delivery {
                    Delivery::Portal if answers.unwrap_or_else(|| name.is_answer()) => {
                        self.rest_on_notice();
                    }
                    Delivery::Portal => {}
                    // An acknowledgement on paper tells nobody what was refused in the portal.
                    _ if answers.unwrap_or(true) => {
                        self.rests_on_notice &= !self.undelivered;
                        self.reach(entry);
                    }
                    _ => {}
                }
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
        self.rests_on_notice = false;
        self.reach(entry);
    }

    /// An answer has gone up in the portal, of which the next notice tells.
    pub(super) const fn rest_on_notice(&mut self) {
        (self.rests_on_notice, self.noticed_by) = (true, None);
    }

    /// Whether this notice, failing now, takes the answer back: where nothing else told of it, nor another
    /// notice since it has waited.
    #[must_use]
    pub fn falls_with(&self, notice: MailId) -> bool {
        let is_other = self.noticed_by.is_some_and(|told| told != notice);
        let rests = self.rests_on_notice && !self.is_in_hand && !is_other;
        self.status == Status::Answered && rests
    }

    fn come_back(&mut self, takes_back: bool) {
        if self.status == Status::Answered && !self.is_in_hand && takes_back {
            self.step(Action::ComeBack);
            self.ended_at = None;
            self.undelivered = true;
            self.noticed_by = None;
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

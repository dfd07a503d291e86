//! What searches and packages make of a request: what was found, and what is built of it.

use super::{Entry, Found, RequestState};
use crate::domain::event::Event;
use crate::domain::ids::SearchId;
use crate::domain::lifecycle::{Action, Status};

impl RequestState {
    pub(super) fn apply_search(&mut self, entry: &Entry) {
        match &entry.event {
            Event::SearchStarted { search, contacts_only, before_identity, .. } => {
                // Whom to write to changes nothing of what stands in review.
                if !(*contacts_only && self.status == Status::InReview) {
                    self.step(Action::Search);
                }
                if !contacts_only {
                    self.several_people = false;
                    self.found_in.clear();
                    self.found = Some(Found {
                        search: *search,
                        changed_in: self.version,
                        rows: 0,
                        before_identity: *before_identity,
                    });
                }
            }
            Event::SystemSearched { search, .. }
            | Event::FileUploaded { search, .. }
            | Event::AnswerTakenBack { search, .. } => self.find(*search, entry),
            Event::PackageBuilt { package, read_at_version, several_people, .. } => {
                self.step(Action::Review);
                self.built.push((*package, *read_at_version));
                self.several_people |= *several_people;
            }
            _ => {}
        }
    }

    /// What comes in for an older search is part of no answer.
    fn find(&mut self, search: SearchId, entry: &Entry) {
        let Some(found) = self.found.as_mut().filter(|found| found.search == search) else {
            return;
        };
        match &entry.event {
            // Answered again, a system has what it says now; its files stay.
            Event::SystemSearched { system, rows, .. } => {
                self.found_in.entry(system.clone()).or_default().0 = *rows;
            }
            Event::FileUploaded { system, .. } => {
                self.found_in.entry(system.clone()).or_default().1 += 1;
            }
            Event::AnswerTakenBack { system, .. } => {
                self.found_in.remove(system);
            }
            _ => {}
        }
        found.changed_in = self.version;
        let each = self.found_in.values().map(|(rows, files)| rows.saturating_add(*files));
        found.rows = each.fold(0, u64::saturating_add);
        self.step(Action::AnswerSystem);
        self.preparers.add(&entry.actor);
    }
}

//! What searches and packages make of a request: what was found, and what is built of it.

use super::{Entry, Found, RequestState};
use crate::domain::event::Event;
use crate::domain::ids::SearchId;
use crate::domain::lifecycle::{Action, Status};

/// How the search of a system ends whose answer lacks nothing.
const WHOLE: [&str; 3] = ["complete", "answered", "nothing_found"];

impl RequestState {
    pub(super) fn apply_search(&mut self, entry: &Entry) {
        match &entry.event {
            Event::SearchStarted { search, contacts_only, before_identity, systems } => {
                // Whom to write to changes nothing of what stands in review.
                if !(*contacts_only && self.status == Status::InReview) {
                    self.step(Action::Search);
                }
                if !contacts_only {
                    self.several_people = false;
                    self.compared_in = 0;
                    self.found_in.clear();
                    self.special_in.clear();
                    self.searched.clear();
                    self.found = Some(Found {
                        search: *search,
                        changed_in: self.version,
                        rows: 0,
                        before_identity: *before_identity,
                        systems: *systems,
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
                self.compared_in = self.compared_in.max(*read_at_version);
            }
            Event::PeopleCompared { search, read_at_version, several_people }
                if self.found.is_some_and(|found| found.search == *search)
                    && *read_at_version >= self.compared_in =>
            {
                self.several_people = *several_people;
                self.compared_in = *read_at_version;
            }
            _ => {}
        }
    }

    /// Whether it is known whose the rows are that the newest full search has found.
    #[must_use]
    pub fn is_compared(&self) -> bool {
        !self.has_found() || self.found.is_some_and(|found| found.changed_in <= self.compared_in)
    }

    /// Whether the newest full search has ended, and nothing of it is missing: every system was
    /// searched to its end, and of each manual one a person has said what it holds.
    #[must_use]
    pub fn is_searched(&self) -> bool {
        let searched = u32::try_from(self.searched.len()).unwrap_or(u32::MAX);
        self.found.is_some_and(|found| found.systems > 0 && searched >= found.systems)
    }

    /// Whether the newest full search has found rows or files.
    #[must_use]
    pub fn has_found(&self) -> bool {
        self.found.is_some_and(|found| found.rows > 0)
    }

    /// Whether the newest full search has found something that the map calls special.
    #[must_use]
    pub fn has_found_special(&self) -> bool {
        !self.special_in.is_empty()
    }

    /// What comes in for an older search is part of no answer.
    fn find(&mut self, search: SearchId, entry: &Entry) {
        let Some(found) = self.found.as_mut().filter(|found| found.search == search) else {
            return;
        };
        match &entry.event {
            // Answered again, a system has what it says now; its files stay.
            Event::SystemSearched { system, rows, outcome, special, .. } => {
                if WHOLE.contains(&outcome.as_str()) {
                    self.searched.insert(system.clone());
                } else {
                    self.searched.remove(system);
                }
                if *special {
                    self.special_in.insert(system.clone());
                } else {
                    self.special_in.remove(system);
                }
                self.found_in.entry(system.clone()).or_default().0 = *rows;
            }
            // "Nothing found" is no longer said of it; one that was answered has found something.
            Event::FileUploaded { system, .. } => {
                self.searched.remove(system);
                self.found_in.entry(system.clone()).or_default().1 += 1;
            }
            Event::AnswerTakenBack { system, .. } => {
                self.found_in.remove(system);
                self.special_in.remove(system);
                self.searched.remove(system);
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

//! The last action, as the fold remembers it, and its undo: from there on the history reads as though
//! the action had not been recorded.

use super::{Entry, RequestState};
use crate::domain::event::Event;
use crate::domain::undo::{LastAction, Undoable};

impl LastAction {
    /// What an event is as the last action of a request that stood as it does before it. `last` is
    /// what the event before it was.
    pub(super) fn of(
        before: &RequestState,
        last: Option<LastAction>,
        entry: &Entry,
    ) -> Option<Self> {
        let (what, letter) = match &entry.event {
            Event::LetterSent { letter, .. } => (None, Some(*letter)),
            Event::RequestAcknowledged { .. } => (Some(Undoable::Acknowledgement), None),
            Event::RequestAssigned { .. } => (Some(Undoable::Assignment), None),
            Event::RequestClosed { .. } => (Some(Undoable::Closing), None),
            _ => return None,
        };
        // A letter acknowledges or closes in the transaction that sends it: they are one action.
        let letter_before = last.filter(|last| {
            let same = last.at == entry.at && last.actor == entry.actor;
            what.is_some() && last.what.is_none() && same
        });
        if let Some(letter) = letter_before {
            return Some(Self { what, ..letter });
        }
        Some(Self {
            what,
            letter,
            of_version: before.version + 1,
            at: entry.at,
            actor: entry.actor.clone(),
            before: Box::new(before.clone()),
        })
    }
}

impl RequestState {
    /// Takes in one more event. Events were checked before they were recorded, so that a fold
    /// cannot fail.
    pub fn apply(&mut self, entry: &Entry) {
        let version = self.version + 1;
        let last = self.last_action.take();
        if let Event::ActionUndone { of_version, .. } = entry.event {
            if let Some(last) = last.filter(|last| last.of_version == of_version) {
                *self = *last.before;
            }
            self.version = version;
            return;
        }
        let action = LastAction::of(self, last, entry);
        self.version = version;
        self.take_in(entry);
        self.last_action = action;
    }
}

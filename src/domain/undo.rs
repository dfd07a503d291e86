//! What can be undone for a moment: the last action on a request, by whoever did it.
//!
//! Nothing that it sets off is done before the moment is over, so that an undo takes everything
//! back or nothing. The action and its undo both stay in the history.

use chrono::{DateTime, Duration, Utc};

use super::history::RequestState;
use super::ids::LetterId;
use super::lifecycle::TransitionError;
use super::named::named;

named! {
    /// An action that can be undone. A release cannot, nor can what destroys something.
    Undoable {
        Acknowledgement = "acknowledgement",
        Assignment = "assignment",
        Closing = "closing",
    }
}

/// For how long the pages offer to undo an action.
pub const OFFERED: Duration = Duration::seconds(10);

/// For how long an undo is taken: what was pressed in time may be a while on its way. Whatever an
/// action sets off begins after this.
pub const TAKEN: Duration = Duration::seconds(15);

impl Undoable {
    /// The code that says what to do once it is too late.
    #[must_use]
    pub const fn too_late(self) -> &'static str {
        match self {
            Self::Acknowledgement => "undo-too-late-acknowledgement",
            Self::Assignment => "undo-too-late-assignment",
            Self::Closing => "undo-too-late-closing",
        }
    }
}

/// The last event of a history, while it is one that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAction {
    /// Nothing for a letter that acknowledges and closes nothing.
    pub what: Option<Undoable>,
    /// The letter that did it.
    pub letter: Option<LetterId>,
    /// The place in the history of the first event that an undo takes back; the last is the newest.
    pub of_version: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// The request as it was.
    pub before: Box<RequestState>,
}

impl LastAction {
    /// Until when what this sets off waits, and an undo is taken.
    #[must_use]
    pub fn taken_until(&self) -> DateTime<Utc> {
        self.at + TAKEN
    }
}

impl RequestState {
    /// The last action, if this actor can still undo it.
    ///
    /// # Errors
    /// When the last event is none that can be undone, was somebody else's, or is too old.
    pub fn undoable(
        &self,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(Undoable, &LastAction), TransitionError> {
        let last = self.last_action.as_ref();
        let last = last.and_then(|last| Some((last.what?, last)));
        let (what, last) = last.ok_or(TransitionError { code: "nothing-to-undo" })?;
        if last.actor != actor {
            return Err(TransitionError { code: "undo-not-yours" });
        }
        if now >= last.taken_until() {
            return Err(TransitionError { code: what.too_late() });
        }
        Ok((what, last))
    }

    /// Whether the person does not see a letter yet, since it can still be undone.
    #[must_use]
    pub fn holds_back(&self, letter: LetterId, now: DateTime<Utc>) -> bool {
        let last = self.last_action.as_ref();
        last.is_some_and(|last| {
            last.letter == Some(letter) && last.what.is_some() && now < last.taken_until()
        })
    }
}

#[cfg(test)]
mod tests;

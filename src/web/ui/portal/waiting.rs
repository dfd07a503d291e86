//! Letters that wait until it is known who reads: which, and what proves it. What is shown says
//! nothing of what the letter is, or of whether anybody is on file.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::visit::Visit;
use crate::db::events::EventRow;
use crate::db::letters::LetterRow;
use crate::domain::event::Event;
use crate::domain::history::{Entry, RequestState};
use crate::domain::ids::LetterId;
use crate::domain::letter::telling::{Telling, written_for_anybody};
use crate::domain::letter::{Delivery, LetterState};
use crate::domain::portal::needs_code;
use crate::error::{Error, Result};

/// What decides which letters of a case can be read in a visit.
pub struct Waiting {
    is_known: bool,
    for_anybody: BTreeSet<LetterId>,
    /// When identity failed last: what was written before was for somebody else.
    failed_at: Option<DateTime<Utc>>,
}

impl Waiting {
    /// Reads the history for it; `is_known` says whether the answer itself could be fetched.
    ///
    /// # Errors
    /// When an event does not read.
    pub fn of(is_known: bool, events: &[EventRow]) -> Result<Self> {
        let entries = events.iter().map(EventRow::entry);
        let entries: std::result::Result<Vec<Entry>, _> = entries.collect();
        let entries = entries.map_err(|error| Error::internal(error.to_string()))?;
        let failures = entries.iter().rev();
        let mut failures = failures
            .filter(|entry| matches!(entry.event, Event::IdentityDecided { level: None, .. }));
        let failed_at = failures.next().map(|entry| entry.at);
        Ok(Self { is_known, for_anybody: written_for_anybody(&entries), failed_at })
    }

    /// Whether words of staff waits that were sent at an instant.
    #[must_use]
    pub fn holds_words_of(&self, sent_at: DateTime<Utc>) -> bool {
        !self.is_known && self.failed_at.is_some_and(|failed_at| sent_at <= failed_at)
    }

    /// Whether a letter that was sent waits, while too little is known of who reads: identity was
    /// taken back since, a doubt came up, or what is on file proved unfit.
    #[must_use]
    pub fn holds(&self, row: &LetterRow) -> bool {
        let may_be_read = match row.letter.telling().0 {
            Telling::Nothing => {
                let is_before = row.sent_at.is_some_and(|at| self.holds_words_of(at.utc()));
                !is_before || self.for_anybody.contains(&row.id)
            }
            Telling::Words => self.for_anybody.contains(&row.id),
            Telling::Held => false,
        };
        is_in_portal(row) && !self.is_known && !may_be_read
    }
}

/// Whether a letter was sent to be read in the portal.
#[must_use]
pub fn is_in_portal(row: &LetterRow) -> bool {
    row.state == LetterState::Sent && row.delivery == Some(Delivery::Portal)
}

/// The key of the sentence that says how to show who one is, in this visit.
#[must_use]
pub fn way(visit: &Visit, state: &RequestState) -> &'static str {
    if needs_code(state, visit.is_proved()) {
        "portal-letter-way-code"
    } else if !visit.is_proved() {
        "portal-letter-way-receipt"
    } else {
        "portal-letter-way-person"
    }
}

//! Why a request is closed, and what must have come before it on that ground.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::domain::history::RequestState;
use crate::domain::request::{ClosingGround, Decision};
use crate::domain::{unanswered, unidentified};
use crate::error::{Error, FieldError, Result};

/// Why a request is closed.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    pub ground: ClosingGround,
    /// When the person was reminded of the question that is open, where no reply came.
    pub reminded_on: Option<NaiveDate>,
    /// When the person was told in another way than by a letter of ours that they cannot be identified.
    pub told_on: Option<NaiveDate>,
}

impl Closing {
    /// The words that are sealed beside it, with the days.
    #[must_use]
    pub fn in_words(self, words: Option<Value>) -> Option<Value> {
        let mut words = words?;
        if let Some(fields) = words.as_object_mut() {
            for (name, on) in [("reminded_on", self.reminded_on), ("told_on", self.told_on)] {
                fields.extend(on.map(|on| (name.to_owned(), json!(on))));
            }
        }
        Some(words)
    }

    /// Whether the case stands where it may be closed on this ground.
    ///
    /// # Errors
    /// `Invalid` with all that is missing.
    pub(super) fn check(
        self,
        state: &RequestState,
        has_reason: bool,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let is_unidentified = self.ground == ClosingGround::CannotIdentify;
        let undecided = state.rights.iter().any(|right| right.decision == Decision::Undecided);
        let mut wrong: Vec<FieldError> = match self.ground {
            ClosingGround::Answered if undecided => {
                return Err(Error::invalid("ground", "not-answered"));
            }
            ClosingGround::Answered if state.undelivered => {
                return Err(Error::invalid("ground", "not-delivered"));
            }
            ClosingGround::NoReply => {
                let found = unanswered::hindrances(state, self.reminded_on, now);
                found.into_iter().map(unanswered_error).collect()
            }
            ClosingGround::CannotIdentify => {
                let days = (self.told_on, self.reminded_on);
                let found = unidentified::hindrances(state, days, now);
                found.into_iter().map(unidentified_error).collect()
            }
            _ if self.reminded_on.is_some() => {
                vec![FieldError::new("reminded_on", "closing-no-reminder")]
            }
            _ => Vec::new(),
        };
        match has_reason {
            true => {}
            // Whoever refuses must be able to show it (GDPR Art. 11(2), 12(2)).
            false if is_unidentified => {
                wrong.push(FieldError::new("reason", "closing-needs-demonstration"));
            }
            false if undecided => wrong.push(FieldError::new("reason", "closing-needs-reason")),
            false => {}
        }
        if !is_unidentified && self.told_on.is_some() {
            wrong.push(FieldError::new("told_on", "closing-no-telling"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }
}

/// That the person was asked, was reminded, had time to reply, and did not.
fn unanswered_error(hindrance: unanswered::Hindrance) -> FieldError {
    use unanswered::Hindrance as H;
    let day = |field: &str, code, first: NaiveDate| FieldError {
        arguments: vec![("first", first.to_string())],
        ..FieldError::new(field, code)
    };
    match hindrance {
        H::NothingAsked => FieldError::new("ground", "letter-nothing-asked"),
        H::ReplyWaits => FieldError::new("ground", "letter-reply-waits"),
        H::NoReminder { first } => day("reminded_on", "closing-needs-reminder", first),
        H::ReminderInFuture => FieldError::new("reminded_on", "letter-in-future"),
        H::ReminderBeforeQuestion => FieldError::new("reminded_on", "letter-before-question"),
        H::TooEarly { first } => day("ground", "letter-too-early", first),
    }
}

/// That nobody can tell who asks, and that the person knows it.
fn unidentified_error(hindrance: unidentified::Hindrance) -> FieldError {
    use unidentified::Hindrance as H;
    match hindrance {
        H::Identified => FieldError::new("ground", "letter-identified"),
        H::NotNeeded => FieldError::new("ground", "unidentified-not-needed"),
        H::ProofWaits => FieldError::new("ground", "unidentified-proof-waits"),
        H::ReplyWaits => FieldError::new("ground", "letter-reply-waits"),
        H::Untold => FieldError::new("ground", "unidentified-untold"),
        H::ToldInFuture => FieldError::new("told_on", "letter-in-future"),
        H::ToldBeforeReceipt => FieldError::new("told_on", "before-receipt"),
        H::Unanswered(hindrance) => unanswered_error(hindrance),
    }
}

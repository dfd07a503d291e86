//! When a request may be closed because the person cannot be identified, by the letter that says so and
//! without one. Whoever refuses for that reason shows that they cannot tell who asks, and tells the
//! person so, who may give what identifies them (GDPR Art. 11(2), 12(2), 12(6)).

use chrono::{DateTime, NaiveDate, Utc};

use super::event::PauseGround;
use super::history::{RequestState, RightState};
use super::identity::Level;
use super::letter::Letter;
use super::request::Decision;
use super::unanswered::{self, hindrances_to};

/// What stands against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// It is known who asks (Art. 12(2)).
    Identified,
    /// Something is open that is done for whoever asks (Art. 21(3), 7(3); identity.md, V0).
    NotNeeded,
    /// A document waits for a decision, or a decision for the second person.
    ProofWaits,
    /// The person has written, and nobody has said whether that identifies them (Art. 11(2)).
    ReplyWaits,
    /// Nobody has told the person that they cannot be identified (Art. 11(2)).
    Untold,
    ToldInFuture,
    ToldBeforeReceipt,
    /// Nor have they kept silent for long enough after they were asked who they are.
    Unanswered(unanswered::Hindrance),
}

/// What stands against saying so, be it by the letter.
#[must_use]
pub fn standing(state: &RequestState) -> Vec<Hindrance> {
    let is_for_anybody = |right: &RightState| {
        right.decision == Decision::Undecided && !right.exercised.needs_identity(Decision::Granted)
    };
    let found = [
        (state.level >= Level::V1, Hindrance::Identified),
        (state.rights.iter().any(is_for_anybody), Hindrance::NotNeeded),
        (state.awaited.is_some() || !state.documents.is_empty(), Hindrance::ProofWaits),
        (state.reply_waits, Hindrance::ReplyWaits),
    ];
    found.into_iter().filter(|(stands, _)| *stands).map(|(_, hindrance)| hindrance).collect()
}

/// What stands against closing a request today on this ground. The person must have been told: by the
/// letter, or on a day that staff name. Where nobody told them, they were asked who they are, were
/// reminded, and kept silent for as long as before a closing for want of a reply: they know then what
/// is missing (our reading: the law names no time).
#[must_use]
pub fn hindrances(
    state: &RequestState,
    (told_on, reminded_on): (Option<NaiveDate>, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Vec<Hindrance> {
    let mut found = standing(state);
    if let Some(on) = told_on {
        if on > state.civil(now) {
            found.push(Hindrance::ToldInFuture);
        }
        if on < state.civil(state.received_at) {
            found.push(Hindrance::ToldBeforeReceipt);
        }
        return found;
    }
    if state.letters.contains_key(&Letter::CannotIdentify) {
        return found;
    }
    let mut silent = hindrances_to(PauseGround::Identity, state, reminded_on, now);
    silent.retain(|hindrance| *hindrance != unanswered::Hindrance::ReplyWaits);
    if !silent.is_empty() {
        found.push(Hindrance::Untold);
    }
    silent.retain(|hindrance| *hindrance != unanswered::Hindrance::NothingAsked);
    found.extend(silent.into_iter().map(Hindrance::Unanswered));
    found
}

#[cfg(test)]
mod tests;

//! Letters that say that a reply came, or that none did: what they tell is what the case has recorded.

use super::{Draft, Finding};
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::unanswered::{Hindrance, hindrances};

const DELAY: &str = "EDPB Guidelines 01/2022 §5.3";
const REFUSAL: &str = "GDPR Art. 12(4)";

/// The clock runs again from the reply that ended the pause, and from no other day.
pub(super) fn resumed(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, facts) = (draft.content, draft.facts);
    let blocking = |place: &str, code| Finding::blocking(place, code, DELAY);
    let Some(ground) = content.pause_ground else {
        return findings.push(blocking("pause_ground", "letter-no-pause-ground"));
    };
    let Some(question) = facts.state.questions.get(&ground) else {
        return findings.push(blocking("pause_ground", "letter-never-asked"));
    };
    let Some(replied_at) = content.replied_at else { return };
    if replied_at > facts.now {
        findings.push(blocking("replied_at", "letter-in-future"));
    }
    // The pause began with the first message, also where it was asked again since.
    if replied_at < question.asked_at {
        findings.push(blocking("replied_at", "before-question"));
    }
    // A reply that is recorded already gave the case its dates.
    let recorded = question.answered_at.map(|at| facts.civil(at));
    if let Some(recorded) = recorded.filter(|on| *on != facts.civil(replied_at)) {
        let differs = blocking("replied_at", "letter-reply-differs");
        findings.push(differs.with("recorded", recorded.to_string()));
    }
}

/// Closed only after every question that is still open, and a reminder; and only where nothing that
/// the person wrote waits to be read.
pub(super) fn missing(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let facts = draft.facts;
    let blocking = |place: &str, code| Finding::blocking(place, code, REFUSAL);
    let found = hindrances(&facts.state, draft.content.reminded_on, facts.now);
    findings.extend(found.into_iter().filter_map(|hindrance| match hindrance {
        Hindrance::NothingAsked => Some(blocking("letter", "letter-nothing-asked")),
        Hindrance::ReplyWaits => Some(blocking("letter", "letter-reply-waits")),
        // An element of the letter, and missed as such.
        Hindrance::NoReminder { .. } => None,
        Hindrance::ReminderInFuture => Some(blocking("reminded_on", "letter-in-future")),
        Hindrance::ReminderBeforeQuestion => {
            Some(blocking("reminded_on", "letter-before-question"))
        }
        Hindrance::TooEarly { first } => {
            Some(blocking("sending", "letter-too-early").with("first", first.to_string()))
        }
    }));
    let says = Letter::has_place(draft.text, Placeholder::Unanswered);
    if !facts.insufficient_on().is_empty() && !says {
        let unsaid = blocking("text", "letter-insufficient-unsaid");
        findings.push(unsaid.of(Placeholder::Unanswered));
    }
}

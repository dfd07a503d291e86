//! Letters that say that a reply came, or that none did: what they tell is what the case has recorded.

use chrono::Days;

use super::{Draft, Finding};
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;

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

/// Closed only after a question that is still open for this long. The law names no number; the ICO
/// takes one month to be generally reasonable (Right of access, on a request for clarification), and
/// that is our reading everywhere.
const UNANSWERED_DAYS: Days = Days::new(30);

/// And after a reminder that left time to reply: our reading of fairness (GDPR Art. 5(1)(a)).
const REMINDED_DAYS: Days = Days::new(7);

/// Closed only after every question that is still open, and a reminder; and only where nothing that
/// the person wrote waits to be read.
pub(super) fn missing(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let facts = draft.facts;
    let blocking = |place: &str, code| Finding::blocking(place, code, REFUSAL);
    let asked_on = facts.asked_on();
    if asked_on.is_empty() {
        findings.push(blocking("letter", "letter-nothing-asked"));
    }
    if facts.state.reply_waits {
        findings.push(blocking("letter", "letter-reply-waits"));
    }
    let says = Letter::has_place(draft.text, Placeholder::Unanswered);
    if !facts.insufficient_on().is_empty() && !says {
        let unsaid = blocking("text", "letter-insufficient-unsaid");
        findings.push(unsaid.of(Placeholder::Unanswered));
    }
    let asked_on = asked_on.last().copied();
    let Some(reminded_on) = draft.content.reminded_on else { return };
    if reminded_on > facts.today {
        findings.push(blocking("reminded_on", "letter-in-future"));
    }
    if asked_on.is_some_and(|asked_on| reminded_on <= asked_on) {
        findings.push(blocking("reminded_on", "letter-before-question"));
    }
    let unanswered = asked_on.and_then(|on| on.checked_add_days(UNANSWERED_DAYS));
    let first = unanswered.max(reminded_on.checked_add_days(REMINDED_DAYS));
    if let Some(first) = first.filter(|first| facts.today < *first) {
        findings.push(blocking("sending", "letter-too-early").with("first", first.to_string()));
    }
}

//! The answers to access and portability: what they hand over was released before, and what they say
//! is not held was looked for.

use super::{Draft, Finding};
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::request::Decision;

const REFUSAL: &str = "GDPR Art. 12(4)";

/// What is handed over was released before, or nothing is held.
pub(super) fn held(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let (content, case) = (draft.content, &draft.facts.state);
    let anchor =
        if draft.letter == Letter::AccessResponse { "GDPR Art. 15" } else { "GDPR Art. 20" };
    let blocking = |place: &str, code| Finding::blocking(place, code, anchor);
    let mut rights = case.rights.iter();
    let right = draft.letter.answers();
    let Some(state) = rights.find(|state| Some(state.exercised.right) == right) else {
        return findings.push(blocking("letter", "letter-right-not-exercised"));
    };
    let is_granted = matches!(state.decision, Decision::Granted | Decision::GrantedInPart);
    let is_released = is_granted && state.answer.is_some();
    if !content.nothing_held && !is_released {
        findings.push(blocking("nothing_held", "letter-not-released"));
    }
    if content.nothing_held {
        // A negative answer is true, or is none. A package that is empty and whole says it too.
        let untrue = case.check_nothing_held(state.answer).err().map(|error| error.code);
        if untrue == Some("something-found") {
            findings.push(blocking("nothing_held", "letter-something-found"));
        }
        let is_given = state.out().is_some_and(|out| out.decision != Decision::NothingHeld);
        if is_granted || is_given {
            findings.push(blocking("nothing_held", "letter-released"));
        } else if untrue == Some("not-searched-whole") {
            findings.push(blocking("nothing_held", "letter-not-searched"));
        }
    }
    let waived = content.not_applicable.contains(&Placeholder::Withheld);
    // Also where somebody has granted by hand all that a package gives in part.
    let released = state.answer.map(|answer| answer.decision);
    let in_part = [Some(state.decision), released].contains(&Some(Decision::GrantedInPart));
    if in_part && waived {
        let missing = Finding::blocking("parts.withheld", "letter-missing", REFUSAL);
        findings.push(missing.of(Placeholder::Withheld));
    }
}

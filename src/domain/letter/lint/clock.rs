//! A clock that stands still has no limit: a text of the organisation that announces one all the same
//! says what is not so (law.md §1.2).

use super::{Draft, Finding};
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::letter::template;

const PAUSE: &str = "EDPB Guidelines 01/2022 §5.3";

/// The text names a date of the clock, and there is none; or the clock of a part of the case waits,
/// and the letter that announces dates does not say so.
pub(super) fn unsaid(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let is_dated = template::placeholders(draft.text).any(Placeholder::is_of_clock);
    let says = template::placeholders(draft.text).any(|it| it == Placeholder::Clock);
    let waits = !draft.facts.waits_for.is_empty();
    if is_dated && (draft.facts.has_no_limit() || (waits && !says)) {
        let unsaid = Finding::blocking("text", "letter-clock-waits", PAUSE);
        findings.push(unsaid.of(Placeholder::Clock));
    }
}

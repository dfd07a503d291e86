//! Whether the case stands where the letter can do what it says: told on the draft, and not only when
//! it is sent.

use super::{Draft, Finding};
use crate::domain::letter::Letter;
use crate::domain::lifecycle::{Action, Status};
use crate::domain::request::Decision;

const STATES: &str = "GDPR Art. 12";

/// The verb of the letter is not possible any more.
pub(super) fn ended(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let state = &draft.facts.state;
    if draft.letter == Letter::Acknowledgement && state.acknowledged_at.is_some() {
        return findings.push(Finding::blocking("letter", "letter-acknowledged", STATES));
    }
    let asked = draft.letter.asks().and_then(|ground| state.questions.get(&ground));
    if asked.is_some_and(|question| question.is_open() && !question.may_repeat) {
        findings.push(Finding::blocking("letter", "letter-already-asked", STATES));
    }
    if draft.letter == Letter::Extension && draft.facts.dates.is_extended() {
        findings.push(Finding::blocking("letter", "letter-already-extended", STATES));
    }
    if action(draft).is_some_and(|action| state.check(action).is_err()) {
        findings.push(Finding::blocking("letter", "letter-case-ended", STATES));
    }
}

/// What the letter does to the case; nothing where it only confirms what is recorded.
fn action(draft: &Draft<'_>) -> Option<Action> {
    let (content, state) = (draft.content, &draft.facts.state);
    if draft.letter.closes_as().is_some() && draft.letter.closes_as() == state.closed_as {
        return None;
    }
    match draft.letter {
        Letter::Acknowledgement => Some(Action::Acknowledge),
        Letter::IdentityRequest | Letter::ClarificationRequest => Some(Action::Pause),
        Letter::ClockResumed => {
            let open = state.open_pauses();
            content.pause_ground.filter(|ground| open.contains(ground)).map(|_| Action::Resume)
        }
        Letter::Extension => Some(Action::Extend),
        Letter::AccessResponse | Letter::PortabilityDelivery => {
            let mut rights = state.rights.iter();
            let right = rights.find(|it| Some(it.exercised.right) == draft.letter.answers());
            let is_said = right.is_some_and(|it| it.decision == Decision::NothingHeld);
            (content.nothing_held && !is_said).then_some(Action::DecideRight)
        }
        Letter::Refusal | Letter::PartialRefusal => {
            let decision = draft.letter.decides()?;
            let is_open = state.rights.iter().any(|right| {
                let mut about = content.rights.iter();
                about.any(|it| it.right == right.exercised.right) && right.decision != decision
            });
            is_open.then_some(Action::DecideRight)
        }
        Letter::CannotIdentify | Letter::NotController | Letter::ClosedWithoutReply => {
            Some(Action::Close)
        }
        Letter::Withdrawal => (state.status != Status::Withdrawn).then_some(Action::Withdraw),
        Letter::BreachInformation => None,
    }
}

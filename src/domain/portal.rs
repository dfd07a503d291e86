//! What the portal tells a person of their case: one of five steps, and what they can do next.
//! Pure: the words stand in the catalogue.

use super::event::PauseGround;
use super::history::{RequestState, RightState};
use super::identity::Level;
use super::lifecycle::{Action, Status};
use super::named::named;
use super::request::Decision;
use super::right::Right;

named! {
    /// Where a case stands for the person, in reading order.
    Step {
        Received = "received",
        Identity = "identity",
        Working = "working",
        Ready = "ready",
        Closed = "closed",
    }
}

named! {
    /// Whether an answer that was released can be fetched now.
    Answer {
        /// None was.
        None = "none",
        Ready = "ready",
        /// Once this visit has proved who it is: it began with a call code.
        Locked = "locked",
        /// Once a person has decided: what was proved is not enough any more.
        Held = "held",
        /// It could be, and its time is over.
        Over = "over",
        /// It stands in a letter among the messages.
        Letter = "letter",
    }
}

/// Whether a code can settle who the person is: while nothing has, for a right that needs it; and in a
/// visit that began with a call code, which sees what was proved and nothing of it. What must be done
/// at once, and a complaint, need no proof (identity.md, V0).
#[must_use]
pub fn needs_code(state: &RequestState, is_proved: bool) -> bool {
    let needs_proof = |right: &RightState| {
        right.decision == Decision::Undecided
            && !right.exercised.is_immediate()
            && right.exercised.right != Right::Complaint
    };
    let is_unknown = state.level == Level::V0 && state.rights.iter().any(needs_proof);
    let is_locked = !is_proved && state.level >= Level::V1;
    state.check(Action::DecideIdentity).is_ok() && (is_unknown || is_locked)
}

named! {
    /// The one thing that the person can do next.
    NextAction {
        /// Answer a question without which the clock stands still.
        Answer = "answer",
        Download = "download",
        /// Read the letter with the answer.
        Read = "read",
        /// Show who they are, in this visit.
        Prove = "prove",
        /// Nothing: the controller is at work.
        Wait = "wait",
        /// The case has ended; writing is still possible.
        Write = "write",
    }
}

/// Whether nothing was ever released: a decision alone says nothing to the person.
fn is_untold(state: &RequestState) -> bool {
    state.rights.iter().all(|right| right.answer.is_none() && !right.exercised.is_immediate())
}

/// The step of a case.
#[must_use]
pub fn step(state: &RequestState, answer: Answer) -> Step {
    match state.status {
        _ if matches!(answer, Answer::Ready | Answer::Locked) => Step::Ready,
        _ if answer == Answer::Held => Step::Identity,
        Status::Answered if answer == Answer::Over => Step::Closed,
        Status::Answered if answer == Answer::Letter => Step::Ready,
        // Decided, and nobody has told the person yet.
        Status::Answered if is_untold(state) => Step::Working,
        Status::Closed | Status::Withdrawn | Status::Forwarded | Status::Answered => Step::Closed,
        Status::Received => Step::Received,
        Status::InProgress | Status::InReview => {
            let asked = state.open_pauses().contains(&PauseGround::Identity);
            if asked || state.level == Level::V0 { Step::Identity } else { Step::Working }
        }
    }
}

/// What the person can do next.
#[must_use]
pub fn next_action(state: &RequestState, answer: Answer) -> NextAction {
    match answer {
        Answer::Ready => return NextAction::Download,
        Answer::Locked => return NextAction::Prove,
        Answer::Held => return NextAction::Wait,
        Answer::Over if !state.status.is_open() => return NextAction::Write,
        Answer::None if state.status == Status::Answered && is_untold(state) => {
            return NextAction::Wait;
        }
        Answer::Letter if !state.status.is_open() => return NextAction::Read,
        Answer::Letter | Answer::Over | Answer::None => {}
    }
    if !state.status.is_open() {
        return NextAction::Write;
    }
    // Once they have replied, it is the controller's turn.
    if state.open_pauses().is_empty() || state.has_reply_to_read() {
        return NextAction::Wait;
    }
    NextAction::Answer
}

#[cfg(test)]
mod tests {
    use super::{Answer, NextAction, Step, needs_code, next_action, step};
    use crate::domain::event::{Event, PauseGround, SentMessage};
    use crate::domain::history::{Entry, RequestState, RightState};
    use crate::domain::identity::{Level, Method};
    use crate::domain::logged_case::{ACCESS, logged, rules};
    use crate::domain::request::{Channel, ClosingGround, Decision, Exercised};
    use crate::domain::right::Right;

    fn state(events: &[Event]) -> RequestState {
        let at = "2026-02-10T10:00:00Z".parse().unwrap();
        let entry = |event| Entry { at, actor: "worker".to_owned(), event };
        let logged = logged(rules(), vec![ACCESS], at);
        let mut state = RequestState::begin(&entry(logged)).unwrap();
        for event in events {
            state.apply(&entry(event.clone()));
        }
        state
    }

    #[test]
    fn a_code_is_asked_for_where_it_settles_something() {
        let open = state(&[]);
        assert!(needs_code(&open, true));
        let complaint = RequestState {
            rights: vec![RightState {
                exercised: Exercised { right: Right::Complaint, against: None },
                decision: Decision::Undecided,
                decided_at: None,
                answer: None,
                is_told: false,
            }],
            ..open.clone()
        };
        assert!(!needs_code(&complaint, true));
        let marketing = RequestState {
            rights: vec![RightState {
                exercised: Exercised { right: Right::ConsentWithdrawal, against: None },
                decision: Decision::Undecided,
                decided_at: None,
                answer: None,
                is_told: false,
            }],
            ..open
        };
        assert!(!needs_code(&marketing, true));
        assert!(!needs_code(&state(&[Event::CodeConfirmed]), true));
        assert!(needs_code(&state(&[Event::CodeConfirmed]), false), "this visit proved nothing");
        assert!(!needs_code(&state(&[Event::RequestWithdrawn]), false));
    }

    use Answer as A;
    use NextAction as N;

    fn paused(ground: PauseGround) -> Event {
        let sent_at = "2026-02-11T10:00:00Z".parse().unwrap();
        let message = SentMessage { sent_at, channel: Channel::Web };
        Event::RequestPaused { ground, message, contestable: false }
    }

    #[test]
    fn a_person_sees_five_steps_and_one_thing_to_do() {
        let acknowledged = Event::RequestAcknowledged { message: None };
        let verified = Event::IdentityDecided {
            level: Some(Level::V1),
            methods: vec![Method::CallBack],
            doubt: false,
            awaits_confirmation: false,
        };
        let replied = Event::MessageReceived { files: Vec::new() };
        let refused = Event::RightDecided {
            right: Right::Access,
            decision: Decision::Refused,
            ground: Some("unfounded".to_owned()),
        };
        let closed = Event::RequestClosed { ground: ClosingGround::ALL[0] };
        let answered = [verified.clone(), refused.clone()];
        for (events, answer, expected) in [
            (&answered[..], A::Locked, (Step::Ready, N::Prove)),
            (&answered[..], A::Held, (Step::Identity, N::Wait)),
            (&[][..], A::None, (Step::Received, N::Wait)),
            (std::slice::from_ref(&acknowledged), A::None, (Step::Identity, N::Wait)),
            (&[paused(PauseGround::Identity)], A::None, (Step::Identity, N::Answer)),
            (std::slice::from_ref(&verified), A::None, (Step::Working, N::Wait)),
            (
                &[verified.clone(), paused(PauseGround::Clarification)],
                A::None,
                (Step::Working, N::Answer),
            ),
            (
                &[verified.clone(), paused(PauseGround::Identity)],
                A::None,
                (Step::Identity, N::Answer),
            ),
            (
                &[verified.clone(), paused(PauseGround::Clarification), replied.clone()],
                A::None,
                (Step::Working, N::Wait),
            ),
            // A code answers the question who asks, and no other.
            (
                &[paused(PauseGround::Identity), Event::CodeConfirmed],
                A::None,
                (Step::Identity, N::Wait),
            ),
            (
                &[paused(PauseGround::Clarification), Event::CodeConfirmed],
                A::None,
                (Step::Working, N::Answer),
            ),
            // A further question answers nothing that they wrote.
            (
                &[
                    verified.clone(),
                    paused(PauseGround::Clarification),
                    replied.clone(),
                    paused(PauseGround::Identity),
                ],
                A::None,
                (Step::Identity, N::Wait),
            ),
            // What came before the question is no reply to it.
            (&[replied, paused(PauseGround::Identity)], A::None, (Step::Identity, N::Answer)),
            (std::slice::from_ref(&verified), A::Ready, (Step::Ready, N::Download)),
            // A decision of which no word has gone out.
            (&[refused], A::None, (Step::Working, N::Wait)),
            (&[Event::RequestWithdrawn], A::None, (Step::Closed, N::Write)),
            (&[Event::RequestForwarded], A::None, (Step::Closed, N::Write)),
            (std::slice::from_ref(&closed), A::None, (Step::Closed, N::Write)),
            (std::slice::from_ref(&closed), A::Ready, (Step::Ready, N::Download)),
        ] {
            let state = state(events);
            let found = (step(&state, answer), next_action(&state, answer));
            assert_eq!(found, expected, "{events:?} {answer:?}");
        }
    }

    #[test]
    fn an_answer_whose_time_is_over_is_asked_for_in_writing() {
        let decided =
            Event::RightDecided { right: Right::Access, decision: Decision::Granted, ground: None };
        let closed = Event::RequestClosed { ground: ClosingGround::ALL[0] };
        for event in [decided, closed] {
            let state = state(&[event]);
            let found = (step(&state, A::Over), next_action(&state, A::Over));
            assert_eq!(found, (Step::Closed, N::Write));
        }
    }

    #[test]
    fn an_answer_in_a_letter_is_there_to_be_read() {
        let refused = Event::RightDecided {
            right: Right::Access,
            decision: Decision::Refused,
            ground: Some("unfounded".to_owned()),
        };
        let closed = Event::RequestClosed { ground: ClosingGround::ALL[0] };
        for (events, expected) in [
            (vec![refused], (Step::Ready, N::Read)),
            (vec![closed], (Step::Closed, N::Read)),
            // Taken up again, a case is at work whatever was written before.
            (vec![Event::CodeConfirmed], (Step::Working, N::Wait)),
        ] {
            let state = state(&events);
            let found = (step(&state, A::Letter), next_action(&state, A::Letter));
            assert_eq!(found, expected, "{events:?}");
        }
    }
}

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

/// Whether a code can settle who the person is: while nothing has, for a right that needs it. What
/// must be done at once, and a complaint, need no proof (identity.md, V0).
#[must_use]
pub fn needs_code(state: &RequestState) -> bool {
    let needs_proof = |right: &RightState| {
        right.decision == Decision::Undecided
            && !right.exercised.is_immediate()
            && right.exercised.right != Right::Complaint
    };
    state.level == Level::V0
        && state.check(Action::DecideIdentity).is_ok()
        && state.rights.iter().any(needs_proof)
}

named! {
    /// The one thing that the person can do next.
    NextAction {
        /// Answer a question without which the clock stands still.
        Answer = "answer",
        Download = "download",
        /// Nothing: the controller is at work.
        Wait = "wait",
        /// The case has ended; writing is still possible.
        Write = "write",
    }
}

/// The step of a case. `can_fetch`: a released answer can be fetched now.
#[must_use]
pub fn step(state: &RequestState, can_fetch: bool) -> Step {
    match state.status {
        _ if can_fetch => Step::Ready,
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
pub fn next_action(state: &RequestState, can_fetch: bool) -> NextAction {
    if can_fetch {
        return NextAction::Download;
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
    use super::{NextAction, Step, needs_code, next_action, step};
    use crate::domain::event::{Event, PauseGround, Rules, SentMessage};
    use crate::domain::history::{Entry, RequestState, RightState};
    use crate::domain::identity::{Level, Method};
    use crate::domain::request::{Channel, ClosingGround, Decision, Exercised};
    use crate::domain::right::Right;

    fn state(events: &[Event]) -> RequestState {
        let at = "2026-02-10T10:00:00Z".parse().unwrap();
        let entry = |event| Entry { at, actor: "worker".to_owned(), event };
        let rules = Rules {
            regime: "EU-GDPR".to_owned(),
            calendar: "FR".to_owned(),
            calendar_version: "1".to_owned(),
            time_zone: chrono_tz::Europe::Paris,
            roll_over: true,
            days: Vec::new(),
        };
        let logged = Event::RequestLogged {
            channel: Channel::Web,
            rights: vec![Exercised { right: Right::Access, against: None }],
            received_at: at,
            rules,
            represented: false,
            minor: false,
        };
        let mut state = RequestState::begin(&entry(logged)).unwrap();
        for event in events {
            state.apply(&entry(event.clone()));
        }
        state
    }

    #[test]
    fn a_code_is_asked_for_where_it_settles_something() {
        let open = state(&[]);
        assert!(needs_code(&open));
        let complaint = RequestState {
            rights: vec![RightState {
                exercised: Exercised { right: Right::Complaint, against: None },
                decision: Decision::Undecided,
                decided_at: None,
                answered_by: None,
            }],
            ..open.clone()
        };
        assert!(!needs_code(&complaint));
        let marketing = RequestState {
            rights: vec![RightState {
                exercised: Exercised { right: Right::ConsentWithdrawal, against: None },
                decision: Decision::Undecided,
                decided_at: None,
                answered_by: None,
            }],
            ..open
        };
        assert!(!needs_code(&marketing));
        assert!(!needs_code(&state(&[Event::CodeConfirmed])));
        assert!(!needs_code(&state(&[Event::RequestWithdrawn])));
    }

    #[test]
    fn a_person_sees_five_steps_and_one_thing_to_do() {
        let acknowledged = Event::RequestAcknowledged { message: None };
        let sent_at = "2026-02-11T10:00:00Z".parse().unwrap();
        let message = SentMessage { sent_at, channel: Channel::Web };
        let paused =
            |ground| Event::RequestPaused { ground, message: message.clone(), contestable: false };
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
        use NextAction as N;
        for (events, can_fetch, expected) in [
            (&[][..], false, (Step::Received, N::Wait)),
            (std::slice::from_ref(&acknowledged), false, (Step::Identity, N::Wait)),
            (&[paused(PauseGround::Identity)], false, (Step::Identity, N::Answer)),
            (std::slice::from_ref(&verified), false, (Step::Working, N::Wait)),
            (
                &[verified.clone(), paused(PauseGround::Clarification)],
                false,
                (Step::Working, N::Answer),
            ),
            (
                &[verified.clone(), paused(PauseGround::Identity)],
                false,
                (Step::Identity, N::Answer),
            ),
            (
                &[verified.clone(), paused(PauseGround::Clarification), replied.clone()],
                false,
                (Step::Working, N::Wait),
            ),
            // A code answers the question who asks, and no other.
            (
                &[paused(PauseGround::Identity), Event::CodeConfirmed],
                false,
                (Step::Identity, N::Wait),
            ),
            (
                &[paused(PauseGround::Clarification), Event::CodeConfirmed],
                false,
                (Step::Working, N::Answer),
            ),
            // What came before the question is no reply to it.
            (&[replied, paused(PauseGround::Identity)], false, (Step::Identity, N::Answer)),
            (std::slice::from_ref(&verified), true, (Step::Ready, N::Download)),
            (&[refused], false, (Step::Closed, N::Write)),
            (&[Event::RequestWithdrawn], false, (Step::Closed, N::Write)),
            (&[Event::RequestForwarded], false, (Step::Closed, N::Write)),
            (std::slice::from_ref(&closed), false, (Step::Closed, N::Write)),
            (std::slice::from_ref(&closed), true, (Step::Ready, N::Download)),
        ] {
            let state = state(events);
            let found = (step(&state, can_fetch), next_action(&state, can_fetch));
            assert_eq!(found, expected, "{events:?} {can_fetch}");
        }
    }
}

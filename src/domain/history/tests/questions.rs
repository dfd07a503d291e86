//! Questions that are asked again, and the replies that come between.

use chrono::{DateTime, Utc};

use super::{begun, entry};
use crate::domain::clock;
use crate::domain::event::{Event, PauseGround, SentMessage};
use crate::domain::history::RequestState;
use crate::domain::request::Channel;

const IDENTITY: PauseGround = PauseGround::Identity;

fn at(day: u32) -> DateTime<Utc> {
    format!("2026-02-{day:02}T10:00:00Z").parse().unwrap()
}

fn asked(day: u32) -> Event {
    let message = SentMessage { sent_at: at(day), channel: Channel::Email };
    Event::RequestPaused { ground: IDENTITY, message, contestable: false }
}

fn poor(day: u32) -> Event {
    Event::ReplyInsufficient { ground: IDENTITY, received_at: at(day) }
}

fn enough(day: u32) -> Event {
    Event::RequestResumed { ground: IDENTITY, received_at: at(day) }
}

fn after(events: &[Event]) -> RequestState {
    let mut state = begun();
    events.iter().for_each(|event| state.apply(&entry(event.clone())));
    state
}

#[test]
fn a_pause_lasts_from_the_first_question_to_the_reply_that_is_enough() {
    // Received on 10 February; the limit is 10 March, a Tuesday, and each day of pause adds one.
    for (events, limit) in [
        (vec![asked(11)], None),
        (vec![asked(11), enough(14)], Some("2026-03-13")),
        (vec![asked(11), poor(12), asked(16)], None),
        (vec![asked(11), poor(12), asked(16), enough(17)], Some("2026-03-16")),
        // Found to be enough after all, and it had come before the second question.
        (vec![asked(11), poor(12), asked(16), enough(14)], Some("2026-03-13")),
        (vec![asked(11), poor(12), asked(16), enough(12)], Some("2026-03-11")),
        // The next question begins a pause of its own.
        (vec![asked(11), poor(12), asked(16), enough(14), asked(18)], None),
        (
            vec![asked(11), poor(12), asked(16), enough(14), asked(18), enough(19)],
            Some("2026-03-16"),
        ),
    ] {
        let state = after(&events);
        let found = clock::dates(&state).unwrap().legal_on().map(|day| day.to_string());
        assert_eq!(found.as_deref(), limit, "{events:?}");
        assert_eq!(state.open_pauses().is_empty(), limit.is_some(), "{events:?}");
    }
}

#[test]
fn a_question_knows_when_it_was_asked_and_what_came() {
    let state = after(&[asked(11), poor(12), asked(16)]);
    let question = &state.questions[&IDENTITY];
    assert_eq!((question.asked_at, &question.again), (at(11), &vec![at(16)]));
    assert_eq!((&question.insufficient, question.may_repeat), (&vec![at(12)], false));
    for (events, may_repeat) in [
        (vec![asked(11)], false),
        (vec![asked(11), poor(12)], true),
        // It came before the question that asked again already.
        (vec![asked(11), poor(12), asked(16), poor(15)], false),
        (vec![asked(11), poor(12), asked(16), poor(16)], true),
    ] {
        let state = after(&events);
        assert_eq!(state.questions[&IDENTITY].may_repeat, may_repeat, "{events:?}");
    }
    let anew = after(&[asked(11), poor(12), enough(13), asked(18)]);
    let question = &anew.questions[&IDENTITY];
    assert_eq!((question.asked_at, &question.insufficient), (at(18), &Vec::new()));
    assert!(question.is_open() && question.again.is_empty());
}

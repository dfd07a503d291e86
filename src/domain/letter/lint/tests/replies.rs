//! What letters tell of replies is what the case has recorded, and its dates are those of the case.

use super::{Case, asked, at, day, spoilt};
use crate::domain::event::{Event, PauseGround};
use crate::domain::identity::Level;
use crate::domain::letter::Letter;
use crate::domain::letter::facts::Facts;

const ASKED: &str = "2026-02-11T10:00:00Z";

fn replied(ground: PauseGround, received_at: &str) -> Event {
    Event::RequestResumed { ground, received_at: at(received_at) }
}

fn insufficient(received_at: &str) -> Event {
    Event::ReplyInsufficient { ground: PauseGround::Identity, received_at: at(received_at) }
}

#[test]
fn a_resumption_tells_the_day_of_the_reply_that_is_recorded() {
    for (recorded, told, expected) in [
        ("2026-02-18T10:00:00Z", "2026-02-12T10:00:00Z", vec!["replied_at: reply-differs"]),
        ("2026-02-12T10:00:00Z", "2026-02-18T10:00:00Z", vec!["replied_at: reply-differs"]),
        ("2026-02-18T10:00:00Z", "2026-02-18T21:00:00Z", vec![]),
        // In Paris it is the next day.
        ("2026-02-18T10:00:00Z", "2026-02-18T23:30:00Z", vec!["replied_at: reply-differs"]),
    ] {
        let found = spoilt(Letter::ClockResumed, |case| {
            case.events.push(replied(PauseGround::Identity, recorded));
            case.now = at("2026-02-20T10:00:00Z");
            case.content.replied_at = Some(at(told));
        });
        assert_eq!(found, expected, "{recorded} {told}");
    }
}

#[test]
fn a_resumption_foresees_the_dates_of_the_case_and_what_it_still_waits_for() {
    let mut case = Case::new(Letter::ClockResumed);
    case.now = at("2026-02-20T10:00:00Z");
    case.content.replied_at = Some(at("2026-02-12T10:00:00Z"));
    case.events.push(replied(PauseGround::Identity, "2026-02-18T10:00:00Z"));
    let facts = case.facts();
    assert_eq!(facts.foreseen, facts.dates, "the reply that is recorded moves no clock again");

    let mut case = Case::new(Letter::ClockResumed);
    case.events.push(asked(PauseGround::Clarification, ASKED));
    let facts = case.facts();
    assert!(facts.has_no_limit());
    assert_eq!(facts.waits_for, [(PauseGround::Clarification, day("2026-02-11"))]);
    // A text that announces dates says what is not so; one with the clock says what it waits for.
    assert_eq!(case.found(), ["text: clock-waits"]);
    case.text = case.text.replace("{due_on}", "{clock}").replace("{legal_on}", "");
    assert_eq!(case.found(), Vec::<String>::new());
    // A fee stops no clock in the EU.
    let mut case = Case::new(Letter::ClockResumed);
    case.events.push(asked(PauseGround::Fee, ASKED));
    assert_eq!(case.facts().waits_for, []);
    assert_eq!(case.found(), Vec::<String>::new());
}

#[test]
fn an_acknowledgement_or_extension_of_a_paused_case_announces_no_date_that_there_is_not() {
    for letter in [Letter::Acknowledgement, Letter::Extension] {
        let mut case = Case::new(letter);
        case.level = Level::V2;
        case.events.push(asked(PauseGround::Identity, ASKED));
        assert_eq!(case.found(), ["text: clock-waits"], "{letter:?}");
        for date in ["{due_on}", "{legal_on}", "{until}"] {
            case.text = case.text.replace(date, "{clock}");
        }
        assert_eq!(case.found(), Vec::<String>::new(), "{letter:?}");
    }
}

#[test]
fn nobody_is_told_that_no_reply_came_who_has_written() {
    let close =
        |events: Vec<Event>| spoilt(Letter::ClosedWithoutReply, |case| case.events.extend(events));
    let wrote = || Event::MessageReceived { files: Vec::new() };
    assert_eq!(close(vec![wrote()]), ["letter: reply-waits"]);
    let read = insufficient("2026-02-20T10:00:00Z");
    // Whoever replied has as much time again to reply better.
    let early = ["sending: too-early", "text: insufficient-unsaid"];
    assert_eq!(close(vec![wrote(), read.clone()]), early);
    let says = |text: &'static str| {
        spoilt(Letter::ClosedWithoutReply, |case| {
            case.events.extend([wrote(), read.clone()]);
            case.text.push_str(text);
            case.now = at("2026-03-23T10:00:00Z");
        })
    };
    assert_eq!(says(""), ["text: insufficient-unsaid"]);
    assert_eq!(says("{unanswered}"), Vec::<String>::new());
    // Asked again since then, that reply came all the same.
    let again = || asked(PauseGround::Identity, "2026-02-20T11:00:00Z");
    let late = |text: &'static str| {
        spoilt(Letter::ClosedWithoutReply, |case| {
            case.events.extend([read.clone(), again()]);
            case.text.push_str(text);
            case.now = at("2026-03-23T10:00:00Z");
        })
    };
    assert_eq!(late(""), ["text: insufficient-unsaid"]);
    assert_eq!(late("{unanswered}"), Vec::<String>::new());
    let mut case = Case::new(Letter::ClosedWithoutReply);
    case.events.extend([read.clone(), again()]);
    let facts = case.facts();
    assert_eq!(facts.asked_on(), [day("2026-02-11"), day("2026-02-20")]);
    assert_eq!(facts.insufficient_on(), [day("2026-02-20")]);
    // What was enough in the end denies nothing.
    case.events.push(replied(PauseGround::Identity, "2026-02-21T10:00:00Z"));
    assert_eq!((case.facts().asked_on(), case.facts().insufficient_on()), (vec![], vec![]));
}

#[test]
fn a_question_asked_again_waits_since_the_first_and_takes_what_came_between() {
    let mut case = Case::new(Letter::IdentityRequest);
    let (read, now) = (insufficient("2026-02-12T10:00:00Z"), at("2026-02-16T10:00:00Z"));
    case.now = now;
    assert_eq!(case.facts().stands_still_since(), Some(day("2026-02-16")));
    case.events.extend([asked(PauseGround::Identity, ASKED), read.clone()]);
    assert_eq!(case.facts().stands_still_since(), Some(day("2026-02-11")));
    // Asked after the limit, a question stops nothing.
    let mut late = Case::new(Letter::IdentityRequest);
    late.now = at("2026-03-16T10:00:00Z");
    assert_eq!(late.facts().stands_still_since(), None);

    let mut case = Case::new(Letter::ClockResumed);
    case.events.extend([read, asked(PauseGround::Identity, "2026-02-16T09:00:00Z")]);
    case.now = now;
    case.content.replied_at = Some(at("2026-02-13T10:00:00Z"));
    assert_eq!(case.found(), Vec::<String>::new());
    // The pause ends with that reply, and the second question begins none.
    assert_eq!(case.facts().foreseen.legal_on(), Some(day("2026-03-12")));
}

#[test]
fn every_open_question_is_old_enough_and_called_to_mind() {
    let second = |sent_at: &'static str, now: &'static str| {
        spoilt(Letter::ClosedWithoutReply, |case| {
            case.events.push(asked(PauseGround::Clarification, sent_at));
            case.now = at(now);
        })
    };
    // The reminder of 6 March, and thirty days, count from the younger question.
    assert_eq!(second("2026-02-20T10:00:00Z", "2026-03-13T10:00:00Z"), ["sending: too-early"]);
    assert_eq!(second("2026-02-20T10:00:00Z", "2026-03-22T10:00:00Z"), Vec::<String>::new());
    assert_eq!(
        second("2026-03-06T10:00:00Z", "2026-04-10T10:00:00Z"),
        ["reminded_on: before-question"]
    );
}

impl Case {
    fn facts(&self) -> Facts {
        Facts::of(&self.state(), (self.letter, &self.content), self.now).unwrap()
    }
}

//! What can be undone, by whom, for how long, and what the history reads as afterwards.

use chrono::{DateTime, Duration, Utc};

use super::{OFFERED, TAKEN, Undoable};
use crate::domain::event::Event;
use crate::domain::history::{Entry, RequestState};
use crate::domain::ids::{Id, LetterId, UserId};
use crate::domain::letter::{Delivery, Letter};
use crate::domain::lifecycle::{Action, Status};
use crate::domain::logged_case::{ACCESS, logged, rules};
use crate::domain::request::ClosingGround;
use uuid::Uuid;

const ONE: &str = "user:one";

fn start() -> DateTime<Utc> {
    "2026-02-10T10:00:00Z".parse().unwrap()
}

fn entry(actor: &str, event: Event) -> Entry {
    Entry { at: start(), actor: actor.to_owned(), event }
}

fn state(events: &[Event]) -> RequestState {
    let logged = logged(rules(), vec![ACCESS], start());
    let mut state = RequestState::begin(&entry("user:agent", logged)).unwrap();
    for event in events {
        state.apply(&entry(ONE, event.clone()));
    }
    state
}

const ACKNOWLEDGED: Event = Event::RequestAcknowledged { message: None };
const CLOSED: Event = Event::RequestClosed { ground: ClosingGround::NoReply };

fn assigned(number: u128) -> Event {
    Event::RequestAssigned { assignee: Some(UserId::from_uuid(Uuid::from_u128(number))) }
}

fn letter(name: Letter) -> Event {
    let letter = LetterId::from_uuid(Uuid::from_u128(7));
    Event::LetterSent {
        letter,
        name,
        delivery: Delivery::Portal,
        for_anybody: false,
        answers: None,
    }
}

fn undone(action: Undoable, of_version: i64) -> Event {
    Event::ActionUndone { action, of_version }
}

/// A name, what was done, who wants to undo it, how long after, and what comes of it.
type Row<'a> = (&'a str, &'a [Event], &'a str, Duration, Result<Undoable, &'a str>);

#[test]
fn what_can_be_undone_by_whom_and_how_long() {
    use Undoable::{Acknowledgement, Assignment, Closing};
    let ms = Duration::milliseconds;
    let rows: &[Row] = &[
        ("acknowledged", &[ACKNOWLEDGED], ONE, ms(0), Ok(Acknowledgement)),
        ("assigned", &[assigned(1)], ONE, ms(3000), Ok(Assignment)),
        ("closed", &[CLOSED], ONE, ms(14_999), Ok(Closing)),
        ("a clock set back", &[CLOSED], ONE, ms(-60_000), Ok(Closing)),
        ("too late", &[CLOSED], ONE, ms(15_000), Err("undo-too-late-closing")),
        ("too late", &[assigned(1)], ONE, ms(15_000), Err("undo-too-late-assignment")),
        ("too late", &[ACKNOWLEDGED], ONE, ms(15_000), Err("undo-too-late-acknowledgement")),
        ("somebody else", &[CLOSED], "user:two", ms(0), Err("undo-not-yours")),
        ("nothing yet", &[], ONE, ms(0), Err("nothing-to-undo")),
        ("something since", &[CLOSED, Event::NoteAdded], ONE, ms(0), Err("nothing-to-undo")),
        ("another action", &[Event::RequestWithdrawn], ONE, ms(0), Err("nothing-to-undo")),
        ("undone", &[CLOSED, undone(Closing, 2)], ONE, ms(0), Err("nothing-to-undo")),
        ("undone, and done again", &[CLOSED, undone(Closing, 2), CLOSED], ONE, ms(0), Ok(Closing)),
        (
            "an undo does not reach further back",
            &[ACKNOWLEDGED, assigned(1), undone(Assignment, 3)],
            ONE,
            ms(0),
            Err("nothing-to-undo"),
        ),
        ("a letter alone", &[letter(Letter::Refusal)], ONE, ms(0), Err("nothing-to-undo")),
        (
            "by a letter",
            &[letter(Letter::Acknowledgement), ACKNOWLEDGED],
            ONE,
            ms(0),
            Ok(Acknowledgement),
        ),
        ("by a letter", &[letter(Letter::NotController), CLOSED], ONE, ms(0), Ok(Closing)),
    ];
    for (name, events, actor, after, expected) in rows {
        let state = state(events);
        let found = state.undoable(actor, start() + *after);
        let found = found.map(|(what, _)| what).map_err(|error| error.code);
        assert_eq!(found, *expected, "{name}");
    }
    assert!(OFFERED < TAKEN, "what is pressed in time may be a while on its way");
}

#[test]
fn after_an_undo_the_history_reads_as_though_nothing_had_been_done() {
    use Undoable::{Acknowledgement, Assignment, Closing};
    let rows: &[(&str, &[Event], &[Event])] = &[
        ("acknowledgement", &[], &[ACKNOWLEDGED, undone(Acknowledgement, 2)]),
        ("assignment", &[assigned(1)], &[assigned(2), undone(Assignment, 3)]),
        ("closing", &[ACKNOWLEDGED], &[CLOSED, undone(Closing, 3)]),
        (
            "a letter and what it did",
            &[],
            &[letter(Letter::NotController), CLOSED, undone(Closing, 2)],
        ),
    ];
    for (name, before, more) in rows {
        let expected = state(before);
        let mut found = expected.clone();
        for event in *more {
            found.apply(&entry(ONE, event.clone()));
        }
        let events = i64::try_from(more.len()).unwrap();
        assert_eq!(found.version, expected.version + events, "{name}: both stay in the history");
        let expected = RequestState { version: found.version, last_action: None, ..expected };
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn an_undo_of_something_else_changes_nothing() {
    let before = state(&[CLOSED, Event::NoteAdded]);
    let mut after = before.clone();
    after.apply(&entry(ONE, undone(Undoable::Closing, 2)));
    assert_eq!(after.status, Status::Closed);
    assert_eq!(after.version, before.version + 1);
}

#[test]
fn nothing_is_fetched_from_a_closed_case_that_no_hold_keeps() {
    let closed = state(&[CLOSED]);
    assert_eq!(closed.check(Action::Download).unwrap_err().code, "already-closed");
    let held = state(&[CLOSED, Event::RequestHeld]);
    assert_eq!(held.check(Action::Download), Ok(Status::Closed));
}

#[test]
fn a_letter_is_held_back_while_what_it_did_can_be_undone() {
    let acknowledged = state(&[letter(Letter::Acknowledgement), ACKNOWLEDGED]);
    let id = LetterId::from_uuid(Uuid::from_u128(7));
    assert!(acknowledged.holds_back(id, start() + TAKEN - Duration::milliseconds(1)));
    assert!(!acknowledged.holds_back(id, start() + TAKEN));
    assert!(!state(&[letter(Letter::Refusal)]).holds_back(id, start()));
}

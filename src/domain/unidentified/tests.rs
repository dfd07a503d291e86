//! What must come before a request is closed because the person cannot be identified.

use chrono::{DateTime, NaiveDate, Utc};

use super::Hindrance::{
    Identified, NotNeeded, ProofWaits, ReplyWaits, ToldBeforeReceipt, ToldInFuture, Unanswered,
    Untold,
};
use super::{Hindrance, hindrances, standing};
use crate::domain::event::{Event, PauseGround, SentMessage};
use crate::domain::history::{Entry, RequestState, replay};
use crate::domain::identity::{Level, Method};
use crate::domain::ids::{FileId, Id, LetterId};
use crate::domain::letter::{Delivery, Letter};
use crate::domain::logged_case::{ACCESS, logged, rules};
use crate::domain::request::{Channel, Decision, Exercised, ObjectionTo};
use crate::domain::right::Right;
use crate::domain::unanswered;

const MARKETING: Exercised =
    Exercised { right: Right::Objection, against: Some(ObjectionTo::Marketing) };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn state(rights: Vec<Exercised>, events: Vec<Event>) -> RequestState {
    let received = at("2026-02-10T10:00:00Z");
    let events = std::iter::once(logged(rules(), rights, received)).chain(events);
    let entry = |event| Entry { at: received, actor: "worker".to_owned(), event };
    replay(&events.map(entry).collect::<Vec<_>>()).unwrap()
}

fn asked(ground: PauseGround) -> Event {
    let message = SentMessage { sent_at: at("2026-02-11T10:00:00Z"), channel: Channel::Web };
    Event::RequestPaused { ground, message, contestable: false }
}

fn known(level: Level, awaits_confirmation: bool) -> Event {
    let methods = vec![Method::InPerson];
    Event::IdentityDecided { level: Some(level), methods, doubt: false, awaits_confirmation }
}

fn decided(right: Right, decision: Decision) -> Event {
    Event::RightDecided { right, decision, ground: None }
}

#[test]
fn nobody_is_told_so_who_is_known_or_whose_proof_or_reply_waits() {
    let document = FileId::from_uuid(uuid::Uuid::nil());
    let handed_in = Event::IdentityDocumentReceived {
        document,
        channel: Channel::Web,
        doubt: None,
        visit: None,
    };
    let written = Event::MessageReceived { files: Vec::new() };
    for (rights, events, expected) in [
        (vec![ACCESS], vec![], vec![]),
        (vec![ACCESS], vec![known(Level::V1, false)], vec![Identified]),
        (vec![ACCESS], vec![known(Level::V3, true)], vec![ProofWaits]),
        (vec![ACCESS], vec![handed_in], vec![ProofWaits]),
        (vec![ACCESS], vec![asked(PauseGround::Identity), written], vec![ReplyWaits]),
        (vec![ACCESS, MARKETING], vec![], vec![NotNeeded]),
        (vec![ACCESS, MARKETING], vec![decided(Right::Objection, Decision::Granted)], vec![]),
    ] {
        assert_eq!(standing(&state(rights, events.clone())), expected, "{events:?}");
    }
}

#[test]
fn the_person_is_told_first_or_keeps_silent_for_a_month() {
    let now = "2026-03-16T10:00:00Z";
    let sent = Event::LetterSent {
        letter: LetterId::from_uuid(uuid::Uuid::nil()),
        name: Letter::CannotIdentify,
        delivery: Delivery::Portal,
        for_anybody: false,
        answers: None,
    };
    let found = |events: Vec<Event>, told: &str, reminded: &str, now: &str| -> Vec<Hindrance> {
        let on = |text: &str| (!text.is_empty()).then(|| day(text));
        hindrances(&state(vec![ACCESS], events), (on(told), on(reminded)), at(now))
    };
    let who = || vec![asked(PauseGround::Identity)];
    assert_eq!(found(vec![], "", "", now), [Untold]);
    assert_eq!(found(vec![], "", "2026-03-01", now), [Untold], "nobody was asked");
    assert_eq!(found(vec![sent.clone()], "", "", now), []);
    assert_eq!(found(vec![], "2026-02-10", "", now), []);
    assert_eq!(found(vec![], "2026-03-16", "", now), []);
    assert_eq!(found(vec![], "2026-02-09", "", now), [ToldBeforeReceipt]);
    assert_eq!(found(vec![], "2026-03-17", "", now), [ToldInFuture]);
    // Asked who they are, reminded, and silent: thirty days, and seven.
    assert_eq!(found(who(), "", "2026-03-09", now), []);
    let first = day("2026-03-16");
    let early = [Untold, Unanswered(unanswered::Hindrance::TooEarly { first })];
    assert_eq!(found(who(), "", "2026-03-09", "2026-03-15T10:00:00Z"), early);
    let first = day("2026-03-23");
    let reminder = [Untold, Unanswered(unanswered::Hindrance::NoReminder { first })];
    assert_eq!(found(who(), "", "", now), reminder);
    // Another question says nothing of who they are.
    let other = vec![asked(PauseGround::Clarification)];
    assert_eq!(found(other, "", "2026-03-09", now), [Untold]);
    // Taken up again, the case wants another letter.
    let again = vec![sent, Event::RequestReopened];
    assert_eq!(found(again, "", "", now), [Untold]);
}

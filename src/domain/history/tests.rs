//! The fold of a history, part by part.

use super::{Entry, RequestState};
use crate::domain::event::{Event, Rules};
use crate::domain::request::{Channel, Exercised};
use crate::domain::right::Right;

fn entry(event: Event) -> Entry {
    let at = "2026-02-10T10:00:00Z".parse().unwrap();
    Entry { at, actor: "worker".to_owned(), event }
}

#[test]
fn each_part_of_the_fold_leaves_the_events_of_the_others_alone() {
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
        received_at: "2026-02-10T10:00:00Z".parse().unwrap(),
        rules,
        represented: false,
    };
    let before = RequestState::begin(&entry(logged)).unwrap();
    assert!(RequestState::begin(&entry(Event::NoteAdded)).is_err());
    let mut after = before.clone();
    after.apply_search(&entry(Event::NoteAdded));
    after.apply_identity(&entry(Event::NoteAdded));
    after.apply_clock(&entry(Event::NoteAdded));
    assert_eq!(after, before);
}

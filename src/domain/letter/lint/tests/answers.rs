//! Answers hand over what was released, or say that nothing is held where nothing was found.

use super::{Case, asked, granted, spoilt};
use crate::domain::event::{Event, PauseGround};
use crate::domain::identity::Level;
use crate::domain::ids::{Id, SearchId};
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::request::Decision;
use crate::domain::right::Right;

/// A search of two systems that found so much in each.
fn searched(outcomes: [(&str, u64); 2]) -> Vec<Event> {
    let search = SearchId::from_uuid(uuid::Uuid::nil());
    let started =
        Event::SearchStarted { search, contacts_only: false, systems: 2, before_identity: false };
    let ended = ["shop", "paper"].into_iter().zip(outcomes).map(|(system, (outcome, rows))| {
        let (system, outcome) = (system.to_owned(), outcome.to_owned());
        Event::SystemSearched { search, system, outcome, rows, special: false }
    });
    std::iter::once(started).chain(ended).collect()
}

/// Nothing was found, and the letter says so.
fn nothing(case: &mut Case) {
    case.events = searched([("complete", 0), ("nothing_found", 0)]);
    case.content.nothing_held = true;
    case.content.parts.retain(|part, _| *part == Placeholder::Findings);
}

#[test]
fn an_answer_is_of_what_was_released_or_says_that_nothing_is_held() {
    let answer = |spoil: fn(&mut Case)| spoilt(Letter::AccessResponse, spoil);
    assert_eq!(answer(|case| case.events.clear()), ["nothing_held: not-released"]);
    assert_eq!(answer(nothing), Vec::<String>::new());
    for (outcomes, expected) in [
        ([("complete", 0), ("waits_for_person", 0)], "not-searched"),
        ([("partly_searched", 0), ("nothing_found", 0)], "not-searched"),
        ([("complete", 23), ("nothing_found", 0)], "something-found"),
        ([("complete", 23), ("waits_for_person", 0)], "something-found"),
    ] {
        let found = spoilt(Letter::AccessResponse, |case| {
            nothing(case);
            case.events = searched(outcomes);
        });
        assert_eq!(found, [format!("nothing_held: {expected}")], "{outcomes:?}");
    }
    let never = |case: &mut Case| (nothing(case), case.events.clear()).1;
    assert_eq!(spoilt(Letter::AccessResponse, never), ["nothing_held: not-searched"]);
    // Somebody said that it was granted, and nothing was released.
    let by_hand = |case: &mut Case| {
        let (right, decision) = (Right::Access, Decision::Granted);
        case.events = vec![Event::RightDecided { right, decision, ground: None }];
    };
    assert_eq!(answer(by_hand), ["nothing_held: not-released"]);
    let in_part = |case: &mut Case| case.events.clear();
    assert_eq!(spoilt(Letter::PartialRefusal, in_part), ["rights[0].right: not-given"]);
    assert_eq!(answer(|case| case.content.nothing_held = true), ["nothing_held: released"]);
    let unknown = |case: &mut Case| {
        nothing(case);
        case.level = Level::V0;
    };
    assert_eq!(spoilt(Letter::AccessResponse, unknown), ["identity: level"]);
    for letter in Letter::ALL.iter().filter(|letter| letter.tells_of_data()) {
        assert_eq!(spoilt(*letter, |case| case.level = Level::V0), ["identity: level"]);
    }
    for letter in [Letter::Refusal, Letter::Extension] {
        assert_eq!(spoilt(letter, |case| case.level = Level::V0), ["identity: reader-unknown?"]);
    }
    let doubted = |case: &mut Case| {
        nothing(case);
        case.events.push(asked(PauseGround::Identity, "2026-02-11T10:00:00Z"));
    };
    assert_eq!(spoilt(Letter::AccessResponse, doubted), ["identity: level"], "a doubt asks for V2");
    let waived = |case: &mut Case| {
        for part in [Placeholder::Source, Placeholder::Withheld] {
            case.content.parts.remove(&part);
            case.content.not_applicable.insert(part);
        }
    };
    assert_eq!(answer(waived), Vec::<String>::new());
    let withheld = |case: &mut Case| {
        case.events = vec![granted(Right::Access, Decision::GrantedInPart)];
        case.content.not_applicable.insert(Placeholder::Withheld);
    };
    assert_eq!(answer(withheld), ["parts.withheld: missing"]);
    // A copy of the data cannot be declared not applicable.
    let findings = |case: &mut Case| {
        case.content.parts.remove(&Placeholder::Findings);
        case.content.not_applicable.insert(Placeholder::Findings);
    };
    assert_eq!(answer(findings), ["parts.findings: missing"]);
}

#[test]
fn a_letter_agrees_with_what_is_handed_out() {
    // Granted whole by hand over a package that withholds, it withholds all the same.
    let whole = |case: &mut Case| {
        let (right, decision) = (Right::Access, Decision::Granted);
        let by_hand = Event::RightDecided { right, decision, ground: None };
        case.events = vec![granted(right, Decision::GrantedInPart), by_hand];
        case.content.not_applicable.insert(Placeholder::Withheld);
    };
    assert_eq!(spoilt(Letter::AccessResponse, whole), ["parts.withheld: missing"]);
    // What is handed out is not refused, nor denied.
    let out = granted(Right::Access, Decision::Granted);
    let refusal = spoilt(Letter::Refusal, |case| case.events.push(out.clone()));
    assert_eq!(refusal, ["rights[0].right: handed-out"]);
    let denied = |case: &mut Case| {
        nothing(case);
        let (right, decision) = (Right::Access, Decision::Undecided);
        case.events.extend([out.clone(), Event::RightDecided { right, decision, ground: None }]);
    };
    assert_eq!(spoilt(Letter::AccessResponse, denied), ["nothing_held: released"]);
}

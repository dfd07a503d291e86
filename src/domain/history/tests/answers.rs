//! What may be decided by hand on access, and what becomes of it, beside the packages that are out.

use uuid::Uuid;

use super::{begun, entry};
use crate::domain::event::Event;
use crate::domain::history::RequestState;
use crate::domain::ids::{FileId, Id, PackageId, SearchId};
use crate::domain::lifecycle::Status;
use crate::domain::request::{ClosingGround, Decision};
use crate::domain::right::Right;
use crate::domain::withholding::Retirement;

use Decision as D;
use Retirement as R;

const ACCESS: Right = Right::Access;

fn package(number: u128) -> PackageId {
    PackageId::from_uuid(Uuid::from_u128(number))
}

fn released(number: u128, decision: Decision) -> Event {
    Event::PackageReleased { package: package(number), right: ACCESS, decision }
}

fn retired(number: u128, why: Retirement) -> Event {
    Event::PackageRetired { package: package(number), why, reopens: why == R::Revoked }
}

fn decided(decision: Decision) -> Event {
    Event::RightDecided { right: ACCESS, decision, ground: None }
}

fn after(events: &[Event]) -> RequestState {
    let mut state = begun();
    state.status = Status::InReview;
    events.iter().for_each(|event| state.apply(&entry(event.clone())));
    state
}

/// Why a decision on access is refused; empty when it is taken.
fn refused(state: &RequestState, decision: Decision) -> &'static str {
    state.check_answer(ACCESS, decision).err().map_or("", |error| error.code)
}

#[test]
fn a_package_that_ended_lets_access_be_granted_no_more() {
    const NONE: &str = "granted-by-release";
    let out = released(1, D::Granted);
    let (held, lifted, reopened) = (Event::RequestHeld, Event::HoldLifted, Event::RequestReopened);
    let closed = Event::RequestClosed { ground: ClosingGround::ALL[0] };
    for (events, code) in [
        (vec![], NONE),
        (vec![out.clone()], ""),
        (vec![out.clone(), retired(1, R::Expired)], NONE),
        (vec![out.clone(), retired(1, R::Revoked)], NONE),
        (vec![out.clone(), retired(1, R::Ended)], NONE),
        // Of two the newer is out; what it took the place of counts no more.
        (vec![out.clone(), released(2, D::Granted), retired(1, R::Superseded)], ""),
        (
            vec![
                out.clone(),
                released(2, D::Granted),
                retired(1, R::Superseded),
                retired(2, R::Revoked),
            ],
            NONE,
        ),
        // With the case its packages end, unless it is held.
        (vec![out.clone(), closed.clone(), reopened.clone()], NONE),
        (vec![out.clone(), held.clone(), closed.clone(), reopened.clone()], ""),
        (vec![out, held, closed, lifted, reopened], NONE),
    ] {
        let state = after(&events);
        for decision in [D::Granted, D::GrantedInPart] {
            assert_eq!(refused(&state, decision), code, "{decision:?} after {events:?}");
        }
    }
}

#[test]
fn what_is_decided_by_hand_agrees_with_what_is_handed_out() {
    let none = "granted-by-release";
    let (out, withholds, unsearched) =
        ("answer-handed-out", "package-withholds", "not-searched-whole");
    for (is_out, expected) in [
        (
            None,
            [
                (D::Granted, none),
                (D::GrantedInPart, none),
                (D::NothingHeld, unsearched),
                (D::Refused, ""),
            ],
        ),
        (
            Some(D::Granted),
            [(D::Granted, ""), (D::GrantedInPart, ""), (D::NothingHeld, out), (D::Refused, out)],
        ),
        (
            Some(D::GrantedInPart),
            [
                (D::Granted, withholds),
                (D::GrantedInPart, ""),
                (D::NothingHeld, out),
                (D::Refused, out),
            ],
        ),
        (
            Some(D::NothingHeld),
            [(D::Granted, none), (D::GrantedInPart, none), (D::NothingHeld, ""), (D::Refused, out)],
        ),
    ] {
        let built = Event::PackageBuilt {
            package: package(1),
            right: ACCESS,
            complete: true,
            read_at_version: 1,
            several_people: false,
        };
        let release = is_out.map(|decision| released(1, decision));
        let events: Vec<Event> = std::iter::once(built).chain(release).collect();
        let open = after(&events);
        for (decision, code) in expected {
            assert_eq!(refused(&open, decision), code, "{decision:?} over {is_out:?}");
        }
        assert_eq!(refused(&open, D::Undecided), "");
        // A right that no package answers is decided as somebody thinks best.
        assert!(open.check_answer(Right::Erasure, D::Refused).is_ok());
    }
}

#[test]
fn what_is_granted_falls_with_the_only_package_that_is_out() {
    let out = || released(1, D::GrantedInPart);
    let by_hand = || vec![out(), decided(D::Undecided), decided(D::GrantedInPart)];
    assert!(after(&by_hand()).rests_on(package(1)));
    let with = |mut events: Vec<Event>, more: &[Event]| {
        events.extend(more.iter().cloned());
        let state = after(&events);
        (state.status, state.rights[0].decision)
    };
    let revoked = retired(1, R::Revoked);
    assert_eq!(with(by_hand(), std::slice::from_ref(&revoked)), (Status::InReview, D::Undecided));
    let reopened = [Event::RequestReopened, decided(D::GrantedInPart), revoked.clone()];
    assert_eq!(with(vec![out()], &reopened), (Status::InReview, D::Undecided));
    // Its thirty days being over takes nothing back.
    assert_eq!(with(by_hand(), &[retired(1, R::Expired)]), (Status::Answered, D::GrantedInPart));
    // Of two the older one answers nothing any more.
    let older = [released(2, D::Granted), retired(1, R::Superseded)];
    let state = after(&[by_hand(), older.to_vec()].concat());
    assert_eq!((state.rests_on(package(1)), state.rests_on(package(2))), (false, true));
    // What stands undecided is not decided by a revocation, and the package is out until then.
    let open = after(&[out(), decided(D::Undecided)]);
    assert!(open.rights[0].out().is_some() && !open.rests_on(package(1)));
    let none = after(&[out(), decided(D::Undecided), revoked]);
    assert_eq!((none.rights[0].out(), none.rights[0].decision), (None, D::Undecided));
}

#[test]
fn that_nothing_is_held_is_open_again_once_it_is_not_known_any_more() {
    let search = |number: u8| SearchId::from_slice(&[number; 16]).unwrap();
    let started = |number| Event::SearchStarted {
        search: search(number),
        contacts_only: false,
        systems: 1,
        before_identity: false,
    };
    let ended = |outcome: &str, rows| Event::SystemSearched {
        search: search(1),
        system: "paper".to_owned(),
        outcome: outcome.to_owned(),
        rows,
        special: false,
    };
    let (file, system) = (FileId::from_slice(&[8; 16]).unwrap(), "paper".to_owned());
    let upload = Event::FileUploaded { search: search(1), system: system.clone(), file };
    let taken_back = Event::AnswerTakenBack { search: search(1), system };
    let contacts = Event::SearchStarted {
        search: search(3),
        contacts_only: true,
        systems: 1,
        before_identity: false,
    };
    let whole = || vec![started(1), ended("nothing_found", 0), decided(D::NothingHeld)];
    for (event, is_open) in [
        (Event::NoteAdded, false),
        (contacts, false),
        (ended("nothing_found", 0), false),
        (ended("answered", 1), true),
        (ended("failed", 0), true),
        (upload, true),
        (taken_back, true),
        (started(2), true),
    ] {
        let mut events = whole();
        events.push(event.clone());
        let expected = if is_open { vec![ACCESS] } else { Vec::new() };
        assert_eq!(after(&events).unfounded(), expected, "{event:?}");
    }
    // A package says it of what it was made of.
    let built = Event::PackageBuilt {
        package: package(1),
        right: ACCESS,
        complete: true,
        read_at_version: 4,
        several_people: false,
    };
    let said = [started(1), ended("complete", 3), built, released(1, D::NothingHeld)];
    assert_eq!(after(&said).unfounded(), Vec::new());
    assert_eq!(after(&[said.as_slice(), &[started(2)]].concat()).unfounded(), [ACCESS]);
}

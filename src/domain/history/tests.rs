//! The fold of a history, part by part.

mod answers;
mod questions;

use uuid::Uuid;

use super::{Entry, RequestState};
use crate::domain::circumstance::Circumstance;
use crate::domain::contact::Condition;
use crate::domain::event::{Event, PauseGround, SentMessage};
use crate::domain::identity::{LEAST, Level, Method};
use crate::domain::ids::{FileId, Id, LetterId, MailId, PackageId, SearchId};
use crate::domain::letter::{Delivery, Letter};
use crate::domain::lifecycle::Status;
use crate::domain::logged_case::{ACCESS, logged, rules};
use crate::domain::mail::MailPurpose;
use crate::domain::provider_sign_in::Unmatched;
use crate::domain::request::{Channel, Decision};
use crate::domain::right::Right;
use crate::domain::withholding::Retirement;

fn entry(event: Event) -> Entry {
    let at = "2026-02-10T10:00:00Z".parse().unwrap();
    Entry { at, actor: "worker".to_owned(), event }
}

fn begun() -> RequestState {
    let received_at = "2026-02-10T10:00:00Z".parse().unwrap();
    RequestState::begin(&entry(logged(rules(), vec![ACCESS], received_at))).unwrap()
}

#[test]
fn a_right_is_open_again_without_the_package_that_answered_it() {
    let package = PackageId::from_uuid(Uuid::nil());
    let released =
        Event::PackageReleased { package, right: Right::Access, decision: Decision::Granted };
    let retired = |reopens| Event::PackageRetired { package, why: Retirement::Revoked, reopens };
    let told = |failed| {
        let (mail, purpose) = (MailId::from_uuid(Uuid::nil()), MailPurpose::PortalNotice);
        match failed {
            true => {
                Event::MailFailed { mail, purpose, code: "refused".to_owned(), takes_back: None }
            }
            false => Event::MailSent { mail, purpose },
        }
    };
    let refused =
        Event::RightDecided { right: Right::Access, decision: Decision::Refused, ground: None };
    let after = |events: &[&Event]| {
        let mut state = begun();
        state.status = Status::InReview;
        events.iter().for_each(|event| state.apply(&entry((*event).clone())));
        (state.status, state.rights[0].decision, state.rests_on(package))
    };
    use {Decision as D, Status as S};
    assert_eq!(after(&[&released]), (S::Answered, D::Granted, true));
    assert_eq!(after(&[&released, &retired(true)]), (S::InReview, D::Undecided, false));
    // As it was recorded before this was asked.
    assert_eq!(after(&[&released, &retired(false)]), (S::Answered, D::Granted, false));
    // A notice that gets through after that says nothing of an answer that is gone.
    let late = [&released, &told(true), &retired(true), &told(false)];
    assert_eq!(after(&late), (S::InReview, D::Undecided, false));
    // Granted by hand besides, it rests on that package as before.
    let granted =
        Event::RightDecided { right: Right::Access, decision: D::GrantedInPart, ground: None };
    assert_eq!(after(&[&released, &granted]), (S::Answered, D::GrantedInPart, true));
    // What a person decided since does not rest on it.
    assert_eq!(after(&[&released, &told(true), &refused]), (S::Answered, D::Refused, false));
}

#[test]
fn an_answer_falls_with_the_notice_that_told_of_it_and_with_no_other() {
    let [first, second] = [1, 2].map(|id| MailId::from_uuid(Uuid::from_u128(id)));
    let letter = |answers| Event::LetterSent {
        letter: LetterId::from_uuid(Uuid::nil()),
        name: Letter::Refusal,
        delivery: Delivery::Portal,
        for_anybody: false,
        answers,
    };
    let sent = |mail| Event::MailSent { mail, purpose: MailPurpose::PortalNotice };
    // Of an older letter its name says what it was.
    for answers in [None, Some(true)] {
        let mut state = begun();
        state.status = Status::Answered;
        assert!(!state.falls_with(first));
        state.apply(&entry(letter(answers)));
        assert!(state.falls_with(first) && state.falls_with(second));
        state.apply(&entry(sent(first)));
        assert!(state.falls_with(first) && !state.falls_with(second), "it may come back later");
        state.apply(&entry(letter(answers)));
        assert!(state.falls_with(second), "of this one nobody knows yet");
    }
}

#[test]
fn what_was_found_is_what_each_system_says_last() {
    let mut state = begun();
    let search = SearchId::from_slice(&[7; 16]).unwrap();
    let file = FileId::from_slice(&[8; 16]).unwrap();
    let paper = || "paper".to_owned();
    let answered = |rows| Event::SystemSearched {
        search,
        system: paper(),
        outcome: "answered".to_owned(),
        rows,
        special: rows == 3,
    };
    let started =
        Event::SearchStarted { search, contacts_only: false, systems: 1, before_identity: false };
    for (event, rows) in [
        (started, 0),
        (answered(3), 3),
        (Event::FileUploaded { search, system: paper(), file }, 4),
        (answered(1), 2),
        (Event::AnswerTakenBack { search, system: paper() }, 0),
        (answered(0), 0),
    ] {
        state.apply(&entry(event));
        let found = state.found.unwrap();
        assert_eq!((found.rows, found.changed_in), (rows, state.version));
        // What was special goes with the answer that had it.
        assert_eq!(state.has_found_special(), rows == 3 || rows == 4);
    }
}

#[test]
fn whose_the_rows_are_is_known_until_something_else_is_found() {
    let mut state = begun();
    let (search, older) = (SearchId::from_slice(&[7; 16]).unwrap(), [6; 16]);
    let older = SearchId::from_slice(&older).unwrap();
    let found = |rows| Event::SystemSearched {
        search,
        system: "shop".to_owned(),
        outcome: "complete".to_owned(),
        rows,
        special: false,
    };
    let compared = |search, read_at_version, several_people| Event::PeopleCompared {
        search,
        read_at_version,
        several_people,
    };
    let started =
        Event::SearchStarted { search, contacts_only: false, systems: 1, before_identity: false };
    for (event, is_compared, several) in [
        (started.clone(), true, false),
        (found(2), false, false),
        (compared(older, 3, true), false, false),
        (compared(search, 2, true), false, true),
        (compared(search, 3, true), true, true),
        // One that began before says nothing more.
        (compared(search, 2, false), true, true),
        (found(1), false, true),
        (compared(search, 8, false), true, false),
        (found(0), true, false),
        (started, true, false),
    ] {
        state.apply(&entry(event.clone()));
        let told = format!("{event:?} in {}", state.version);
        assert_eq!((state.is_compared(), state.several_people), (is_compared, several), "{told}");
    }
}

#[test]
fn each_part_of_the_fold_leaves_the_events_of_the_others_alone() {
    let before = begun();
    assert!(RequestState::begin(&entry(Event::NoteAdded)).is_err());
    let mut after = before.clone();
    after.apply_search(&entry(Event::NoteAdded));
    after.apply_identity(&entry(Event::NoteAdded));
    after.apply_clock(&entry(Event::NoteAdded));
    after.apply_answer(&entry(Event::NoteAdded));
    assert_eq!(after, before);
}

#[test]
fn messages_of_before_had_no_files_and_read_as_they_are_written() {
    for (text, event) in [
        (r#"{"kind":"MessageSent"}"#, Event::MessageSent { files: Vec::new() }),
        (r#"{"kind":"MessageReceived"}"#, Event::MessageReceived { files: Vec::new() }),
    ] {
        assert_eq!(serde_json::from_str::<Event>(text).unwrap(), event);
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
    }
}

#[test]
fn a_sign_in_is_a_route_as_a_code_is_and_somebody_else_needs_a_person() {
    let issuer = || "id.example".to_owned();
    let signed_in =
        || Event::ProviderSignInConfirmed { issuer: issuer(), identifier: "email".to_owned() };
    let unmatched = |why| Event::ProviderSignInUnmatched { issuer: issuer(), why };
    let unsafe_ =
        || Event::ContactDeclared { condition: Some(Condition::Unsafe), elsewhere: false };
    let decided = |methods: &[Method]| Event::IdentityDecided {
        level: Some(Level::V1),
        methods: methods.to_vec(),
        doubt: false,
        awaits_confirmation: false,
    };
    let confirmed = || Event::IdentityConfirmed { level: Level::V3, by_same_person: false };
    use {Level as L, Unmatched as U};
    for (events, expected) in [
        (vec![signed_in()], (L::V1, L::V1)),
        (vec![Event::CodeConfirmed, signed_in()], (L::V1, L::V1)),
        // Who reads the mail gets a new password by it.
        (vec![signed_in(), unsafe_()], (L::V1, L::V3)),
        (vec![decided(&[Method::IdentityProvider]), unsafe_()], (L::V1, L::V3)),
        (vec![decided(&[Method::InPerson]), unsafe_()], (L::V1, L::V1)),
        (vec![unmatched(U::Nothing), unmatched(U::Partly), signed_in()], (L::V1, L::V1)),
        (vec![unmatched(U::Differs), unmatched(U::Nothing), signed_in()], (L::V1, L::V3)),
        (vec![unmatched(U::Differs), Event::CodeConfirmed], (L::V1, L::V3)),
        (vec![unmatched(U::Differs), decided(&[Method::CallBack])], (L::V1, L::V3)),
        (vec![unmatched(U::Differs), decided(&[Method::InPerson])], (L::V1, L::V1)),
        (vec![unmatched(U::Differs), confirmed()], (L::V3, L::V1)),
        (vec![decided(&[Method::CallBack]), unsafe_()], (L::V1, L::V3)),
        // Who was seen at the counter stays so, whatever is proved besides.
        (vec![decided(&[Method::InPerson]), unsafe_()], (L::V1, L::V1)),
        (
            vec![decided(&[Method::InPerson]), unsafe_(), decided(&[Method::CallBack])],
            (L::V1, L::V1),
        ),
    ] {
        let mut state = begun();
        events.iter().for_each(|event| state.apply(&entry(event.clone())));
        assert_eq!((state.level, state.needed_level(false, LEAST)), expected, "{events:?}");
    }
}

#[test]
fn what_staff_know_of_the_person_needs_a_decision_that_knew_it() {
    let stated = |holds| Event::CircumstanceStated { circumstance: Circumstance::Deceased, holds };
    let decided = |level| Event::IdentityDecided {
        level: Some(level),
        methods: vec![Method::InPerson, Method::KnownFacts],
        doubt: false,
        awaits_confirmation: level == Level::V3,
    };
    let confirmed = || Event::IdentityConfirmed { level: Level::V3, by_same_person: false };
    use Level as L;
    for (events, expected) in [
        (vec![], (L::V0, L::V1)),
        (vec![stated(true)], (L::V0, L::V3)),
        (vec![stated(true), stated(false)], (L::V0, L::V1)),
        (vec![decided(L::V2), stated(true)], (L::V2, L::V3)),
        (vec![decided(L::V2), stated(true), stated(false)], (L::V2, L::V1)),
        (vec![stated(true), decided(L::V3), confirmed()], (L::V3, L::V3)),
        // Decided before anybody knew.
        (vec![decided(L::V3), confirmed(), stated(true)], (L::V2, L::V3)),
        (vec![decided(L::V3), stated(true)], (L::V0, L::V3)),
    ] {
        let mut state = begun();
        events.iter().for_each(|event| state.apply(&entry(event.clone())));
        assert_eq!((state.level, state.needed_level(false, LEAST)), expected, "{events:?}");
        assert!(state.awaited.is_none(), "{events:?}");
    }
}

#[test]
fn a_controller_may_be_stricter_and_never_looser() {
    let unsafe_ =
        || Event::ContactDeclared { condition: Some(Condition::Unsafe), elsewhere: false };
    use Level as L;
    // What the controller asks for, whether the data are special, and what that comes to.
    for (least, special, events, expected) in [
        (L::V1, false, vec![], L::V1),
        (L::V2, false, vec![], L::V2),
        (L::V3, false, vec![], L::V3),
        (L::V0, false, vec![], L::V1),
        (L::V1, true, vec![], L::V2),
        (L::V2, true, vec![], L::V2),
        (L::V3, true, vec![], L::V3),
        (L::V0, true, vec![], L::V2),
        (L::V0, false, vec![Event::CodeConfirmed, unsafe_()], L::V3),
        (L::V2, false, vec![Event::CodeConfirmed, unsafe_()], L::V3),
    ] {
        let mut state = begun();
        events.iter().for_each(|event| state.apply(&entry(event.clone())));
        assert_eq!(state.needed_level(special, least), expected, "{least:?} {special} {events:?}");
    }
}

#[test]
fn the_place_for_a_document_is_open_only_while_the_answer_needs_more() {
    let at = "2026-02-10T10:00:00Z".parse().unwrap();
    let message = || SentMessage { sent_at: at, channel: Channel::Web };
    let asked = || Event::RequestPaused {
        ground: PauseGround::Identity,
        message: message(),
        contestable: false,
    };
    let answered = || Event::RequestResumed { ground: PauseGround::Identity, received_at: at };
    let decided = |level: Option<Level>, methods: &[Method]| Event::IdentityDecided {
        level,
        methods: methods.to_vec(),
        doubt: false,
        awaits_confirmation: level == Some(Level::V3),
    };
    let (seen, facts) = (Method::InPerson, Method::KnownFacts);
    let shown = Method::MaskedDocument;
    // Whether it is open afterwards, and whether the last decision deletes what was handed in.
    for (events, open, deletes) in [
        (vec![], false, None),
        (vec![asked()], true, None),
        (vec![asked(), answered()], false, None),
        (vec![asked(), Event::CodeConfirmed], true, None),
        (vec![asked(), decided(Some(Level::V1), &[seen])], true, Some(false)),
        (vec![asked(), decided(Some(Level::V1), &[seen, shown])], true, Some(true)),
        (vec![asked(), decided(Some(Level::V2), &[seen, facts])], false, Some(true)),
        (vec![asked(), decided(Some(Level::V3), &[facts])], false, Some(true)),
        (vec![asked(), decided(None, &[])], true, Some(true)),
        (vec![asked(), Event::RequestWithdrawn], false, None),
    ] {
        let mut state = begun();
        events.iter().for_each(|event| state.apply(&entry(event.clone())));
        let needed = state.needed_level(false, LEAST);
        assert_eq!(state.asks_identity(needed), open, "{events:?}");
        if let (Some(deletes), Some(Event::IdentityDecided { methods, .. })) =
            (deletes, events.last())
        {
            assert_eq!(state.decides_documents(methods, needed), deletes, "{events:?}");
        }
    }
}

#[test]
fn a_document_of_before_came_in_no_visit_that_is_known() {
    let id = Uuid::nil();
    let text =
        format!(r#"{{"kind":"IdentityDocumentReceived","document":"{id}","channel":"web"}}"#);
    let event = Event::IdentityDocumentReceived {
        document: FileId::from_uuid(id),
        channel: Channel::Web,
        doubt: None,
        visit: None,
    };
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    assert_eq!(serde_json::to_string(&event).unwrap(), text);
}

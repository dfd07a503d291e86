//! The alerts of a case, at the instants at which each comes.

use super::{AlertKind, due, first};
use crate::domain::clock;
use crate::domain::event::{Event, ExtensionGround, PauseGround, SentMessage};
use crate::domain::history::{Entry, RequestState, replay};
use crate::domain::logged_case::{ACCESS, logged, rules};
use crate::domain::request::{Channel, ClosingGround, Decision, Exercised, ObjectionTo};
use crate::domain::right::Right;
use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Received on Monday 2 March 2026 in Paris: the target is 1 April, the limit 2 April.
fn case(exercised: Exercised, events: &[(&str, Event)]) -> RequestState {
    let received_at = at("2026-03-02T09:00:00Z");
    let logged = logged(rules(), vec![exercised], received_at);
    let entry = |at, event: &Event| Entry { at, actor: "worker".into(), event: event.clone() };
    let mut history = vec![entry(received_at, &logged)];
    history.extend(events.iter().map(|(when, event)| entry(at(when), event)));
    replay(&history).unwrap()
}

fn told() -> (&'static str, Event) {
    ("2026-03-03T09:00:00Z", Event::RequestAcknowledged { message: None })
}

#[track_caller]
fn check(state: &RequestState, now: &str, expected: &[&str], next: Option<&str>) {
    let dates = clock::dates(state).unwrap();
    let due = due(state, &dates, at(now)).unwrap();
    let names: Vec<String> =
        due.now.iter().map(|it| format!("{} {}", it.kind.name(), it.about)).collect();
    assert_eq!(names, expected, "at {now}");
    assert_eq!(due.next, next.map(at), "after {now}");
}

#[test]
fn each_date_has_its_alert_and_the_highest_rung_says_it_all() {
    let state = case(ACCESS, &[told()]);
    let target = "2026-04-01";
    for (now, expected, next) in [
        ("2026-03-04T12:00:00Z", vec![], Some("2026-03-23T06:00:00Z")),
        ("2026-03-23T05:59:59Z", vec![], Some("2026-03-23T06:00:00Z")),
        (
            "2026-03-23T06:00:00Z",
            vec![format!("target_in_7 {target}")],
            Some("2026-03-26T06:00:00Z"),
        ),
        (
            // The notice of an extension lapses on 2 April: decide a week before.
            "2026-03-26T06:00:00Z",
            vec!["extension_lapses 2026-04-02".to_owned(), format!("target_in_7 {target}")],
            Some("2026-03-27T06:00:00Z"),
        ),
        (
            // Summer time began on 29 March: seven o'clock is an hour earlier in UTC.
            "2026-03-31T05:00:00Z",
            vec!["extension_lapses 2026-04-02".to_owned(), format!("target_in_1 {target}")],
            Some("2026-04-01T05:00:00Z"),
        ),
        (
            "2026-04-02T05:00:00Z",
            vec!["extension_lapses 2026-04-02".to_owned(), "limit_reached 2026-04-02".to_owned()],
            None,
        ),
        ("2027-04-02T05:00:00Z", vec!["limit_reached 2026-04-02".to_owned()], None),
    ] {
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(&state, now, &expected, next);
    }
}

#[test]
fn lower_rungs_are_passed_over_and_not_forgotten() {
    let state = case(ACCESS, &[told()]);
    let dates = clock::dates(&state).unwrap();
    let due = due(&state, &dates, at("2026-04-03T12:00:00Z")).unwrap();
    let over: Vec<&str> = due.passed_over.iter().map(|it| it.kind.name()).collect();
    assert_eq!(
        over,
        ["target_in_7", "target_in_3", "target_in_1", "target_reached", "extension_lapses"]
    );
    assert_eq!(first(&state, &dates), Ok(Some(at("2026-03-23T06:00:00Z"))));
}

#[test]
fn a_receipt_that_nobody_confirmed_is_called_to_mind_on_its_day() {
    let state = case(ACCESS, &[]);
    let day = ["acknowledgement_due 2026-03-05"];
    check(&state, "2026-03-05T05:00:00Z", &[], Some("2026-03-05T06:00:00Z"));
    check(&state, "2026-03-05T06:00:00Z", &day, Some("2026-03-23T06:00:00Z"));
    check(&case(ACCESS, &[told()]), "2026-03-05T06:00:00Z", &[], Some("2026-03-23T06:00:00Z"));
}

#[test]
fn a_paused_case_is_alerted_by_its_conservative_date_alone() {
    let message = SentMessage { sent_at: at("2026-03-05T09:00:00Z"), channel: Channel::Email };
    let paused =
        Event::RequestPaused { ground: PauseGround::Identity, message, contestable: false };
    let state = case(ACCESS, &[told(), ("2026-03-05T09:00:00Z", paused)]);
    let dates = clock::dates(&state).unwrap();
    let on = dates.conservative_on().unwrap().to_string();
    assert_eq!(on, "2026-04-02");
    check(&state, "2026-03-27T12:00:00Z", &[], Some("2026-03-30T05:00:00Z"));
    check(&state, "2026-03-30T05:00:00Z", &["paused_limit_near 2026-04-02"], None);
}

#[test]
fn an_extension_moves_the_ladder() {
    let message = SentMessage { sent_at: at("2026-03-20T09:00:00Z"), channel: Channel::Email };
    let extended = Event::RequestExtended {
        message,
        until: None,
        ground: ExtensionGround::Complexity,
        late: false,
    };
    let state = case(ACCESS, &[told(), ("2026-03-20T09:00:00Z", extended)]);
    let dates = clock::dates(&state).unwrap();
    assert!(dates.is_extended());
    let next = first(&state, &dates).unwrap().unwrap();
    assert!(next > at("2026-05-01T00:00:00Z"), "{next}");
    assert_eq!(due(&state, &dates, at("2026-04-02T05:00:00Z")).unwrap().now, []);
}

#[test]
fn an_objection_to_marketing_is_due_at_once_and_every_four_hours() {
    let objection = Exercised { right: Right::Objection, against: Some(ObjectionTo::Marketing) };
    let state = case(objection, &[told()]);
    for (now, slot, next) in [
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:00+00:00", "2026-03-02T13:00:00Z"),
        ("2026-03-02T12:59:59Z", "2026-03-02T09:00:00+00:00", "2026-03-02T13:00:00Z"),
        ("2026-03-02T13:00:00Z", "2026-03-02T13:00:00+00:00", "2026-03-02T17:00:00Z"),
        ("2026-03-05T14:00:00Z", "2026-03-05T13:00:00+00:00", "2026-03-05T17:00:00Z"),
    ] {
        check(&state, now, &[&format!("act_at_once {slot}")], Some(next));
    }
    let done =
        Event::RightDecided { right: Right::Objection, decision: Decision::Granted, ground: None };
    let state = case(objection, &[told(), ("2026-03-02T10:00:00Z", done)]);
    let dates = clock::dates(&state).unwrap();
    let calls = due(&state, &dates, at("2026-03-02T14:00:00Z")).unwrap().now;
    assert!(calls.iter().all(|it| it.kind != AlertKind::ActAtOnce), "{calls:?}");
}

#[test]
fn a_consent_that_is_taken_back_is_no_objection_to_marketing() {
    let withdrawal = Exercised { right: Right::ConsentWithdrawal, against: None };
    let state = case(withdrawal, &[told()]);
    let slot = "consent_withdrawn 2026-03-02T13:00:00+00:00";
    check(&state, "2026-03-02T14:00:00Z", &[slot], Some("2026-03-02T17:00:00Z"));
}

#[test]
fn a_case_that_has_ended_alerts_nobody() {
    let closed = Event::RequestClosed { ground: ClosingGround::Answered };
    let state = case(ACCESS, &[("2026-03-04T10:00:00Z", closed)]);
    check(&state, "2027-01-01T00:00:00Z", &[], None);
}

//! One row for each required element that is removed, and the rules of single letters.

mod answers;
mod extensions;
mod replies;
mod standing;

use super::{Draft, Finding, Values, lint};
use crate::domain::event::{Event, ExtensionGround, PauseGround, Rules, SentMessage};
use crate::domain::exemption::Exemption;
use crate::domain::history::{Entry, RequestState, replay};
use crate::domain::identity::{Level, Method};
use crate::domain::ids::{BreachId, Id, PackageId};
use crate::domain::letter::content::{Content, RefusedRight};
use crate::domain::letter::facts::Facts;
use crate::domain::letter::placeholder::{Filler, Placeholder};
use crate::domain::letter::{Delivery, Letter};
use crate::domain::logged_case::{logged, rules};
use crate::domain::request::{Channel, Decision, Exercised};
use crate::domain::right::Right;
use chrono::{DateTime, NaiveDate, Utc};

/// Received on Tuesday 10 February 2026 in Paris; the limit is 10 March.
const RECEIVED: &str = "2026-02-10T10:00:00Z";
const SOON: &str = "2026-02-12T10:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A letter that may be sent, to be spoilt by a test.
struct Case {
    letter: Letter,
    text: String,
    content: Content,
    values: Values,
    events: Vec<Event>,
    now: DateTime<Utc>,
    delivery: Option<Delivery>,
    level: Level,
    regime: &'static str,
}

fn asked(ground: PauseGround, sent_at: &str) -> Event {
    let message = SentMessage { sent_at: at(sent_at), channel: Channel::Email };
    Event::RequestPaused { ground, message, contestable: false }
}

fn granted(right: Right, decision: Decision) -> Event {
    Event::PackageReleased { package: PackageId::from_uuid(uuid::Uuid::nil()), right, decision }
}

impl Case {
    fn new(letter: Letter) -> Self {
        let mut content = Content::default();
        for part in letter.parts().filter(|part| *part != Placeholder::Again) {
            content.parts.insert(part, "What is true of this case.\nAnd of no other.".to_owned());
        }
        let mut events = Vec::new();
        let now = match letter {
            Letter::ClosedWithoutReply => "2026-03-13T10:00:00Z",
            _ => SOON,
        };
        match letter {
            Letter::Refusal | Letter::PartialRefusal => content.rights.push(RefusedRight {
                right: Right::Access,
                ground: Some(Exemption::ExcessiveRepetitive),
                reason: "The fourth request since January, nothing has changed.".to_owned(),
            }),
            Letter::Extension => content.extension_ground = Some(ExtensionGround::Complexity),
            Letter::ClockResumed => {
                events.push(asked(PauseGround::Identity, "2026-02-11T10:00:00Z"));
                content.pause_ground = Some(PauseGround::Identity);
                content.replied_at = Some(at("2026-02-12T09:00:00Z"));
            }
            Letter::ClosedWithoutReply => {
                events.push(asked(PauseGround::Identity, "2026-02-11T10:00:00Z"));
                content.reminded_on = Some(day("2026-03-06"));
            }
            Letter::BreachInformation => {
                content.breach = Some(BreachId::from_uuid(uuid::Uuid::nil()));
            }
            Letter::AccessResponse => events.push(granted(Right::Access, Decision::Granted)),
            Letter::PortabilityDelivery => {
                events.push(granted(Right::Portability, Decision::Granted));
            }
            _ => {}
        }
        if letter == Letter::PartialRefusal {
            events.push(granted(Right::Access, Decision::GrantedInPart));
        }
        let text = letter.elements().iter().map(|it| format!("{{{}}}\n", it.placeholder.name()));
        let values = Placeholder::ALL.iter().map(|it| (*it, format!("<{}>", it.name())));
        Self {
            letter,
            text: text.collect(),
            content,
            values: values.collect(),
            events,
            now: at(now),
            delivery: None,
            level: match letter {
                Letter::CannotIdentify | Letter::IdentityRequest => Level::V0,
                _ => Level::V1,
            },
            regime: "EU-GDPR",
        }
    }

    fn state(&self) -> RequestState {
        let rules = Rules { regime: self.regime.to_owned(), ..rules() };
        let rights = [Right::Access, Right::Portability];
        let rights = rights.map(|right| Exercised { right, against: None }).to_vec();
        let logged = logged(rules, rights, at(RECEIVED));
        let known = Event::IdentityDecided {
            level: Some(self.level),
            methods: vec![Method::InPerson],
            doubt: false,
            awaits_confirmation: false,
        };
        let entries: Vec<Entry> = [&logged, &known]
            .into_iter()
            .chain(&self.events)
            .map(|event| Entry {
                at: at(RECEIVED),
                actor: "worker".to_owned(),
                event: event.clone(),
            })
            .collect();
        replay(&entries).unwrap()
    }

    fn lint(&self) -> Vec<Finding> {
        let state = self.state();
        let mut facts = Facts::of(&state, (self.letter, &self.content), self.now).unwrap();
        facts.delivery = self.delivery;
        lint(&Draft {
            letter: self.letter,
            text: &self.text,
            content: &self.content,
            values: &self.values,
            facts: &facts,
        })
    }

    /// Place and code of each finding; what only tells has a question mark.
    fn found(&self) -> Vec<String> {
        let found = self.lint();
        let shown = found.iter().map(|it| {
            let code = it.code.trim_start_matches("letter-");
            format!("{}: {code}{}", it.place, if it.blocks { "" } else { "?" })
        });
        shown.collect()
    }
}

#[test]
fn a_whole_letter_lacks_nothing() {
    for letter in Letter::ALL {
        assert_eq!(Case::new(*letter).found(), Vec::<String>::new(), "{}", letter.name());
    }
}

#[test]
fn whoever_is_known_is_not_told_that_they_cannot_be_identified() {
    let found = spoilt(Letter::CannotIdentify, |case| case.level = Level::V1);
    assert_eq!(found, ["identity: identified"]);
}

#[test]
fn every_element_that_is_removed_is_named_with_its_place() {
    let mut rows = 0;
    for letter in Letter::ALL {
        for element in letter.elements() {
            let name = element.placeholder.name();
            let of = format!("{} without {name}", letter.name());
            let mut case = Case::new(*letter);
            case.text = case.text.replace(&format!("{{{name}}}"), "");
            let found = case.lint();
            assert_eq!(found.len(), 1, "{of}: {found:?}");
            assert_eq!(
                (found[0].place.as_str(), found[0].code),
                ("text", "letter-removed"),
                "{of}"
            );
            assert_eq!(
                (found[0].element, found[0].anchor),
                (Some(element.placeholder), element.anchor)
            );
            rows += 1;

            for blank in ["", " \u{a0}\n\t", "…", "{reference}", "[à compléter]"] {
                let mut case = Case::new(*letter);
                let place = if letter.by_right(element.placeholder) {
                    case.content.rights[0].reason = blank.to_owned();
                    "rights[0].reason".to_owned()
                } else if element.placeholder.filler() == Filler::Person {
                    case.content.parts.insert(element.placeholder, blank.to_owned());
                    format!("parts.{name}")
                } else {
                    case.values.insert(element.placeholder, " \n".to_owned());
                    format!("case.{name}")
                };
                let found = case.lint();
                assert_eq!(found.len(), 1, "{of}, {blank:?}: {found:?}");
                assert_eq!(
                    (&found[0].place, found[0].element),
                    (&place, Some(element.placeholder))
                );
                assert!(
                    found[0].blocks
                        && ["letter-missing", "letter-unfilled"].contains(&found[0].code),
                    "{of}"
                );
                rows += 1;
            }
        }
    }
    assert!(rows > 300, "{rows}");
}

fn spoilt(letter: Letter, spoil: impl FnOnce(&mut Case)) -> Vec<String> {
    let mut case = Case::new(letter);
    spoil(&mut case);
    case.found()
}

#[test]
fn a_breach_is_told_in_sentences() {
    for part in [Placeholder::Nature, Placeholder::Consequences, Placeholder::Measures] {
        let found = spoilt(Letter::BreachInformation, |case| {
            case.content.parts.insert(part, "Sorry".to_owned());
        });
        assert_eq!(found, [format!("parts.{}: not-specific", part.name())]);
    }
    let unnamed = spoilt(Letter::BreachInformation, |case| case.content.breach = None);
    assert_eq!(unnamed, ["breach: no-breach"]);
}

#[test]
fn a_question_says_why_and_everything_at_once() {
    use Letter::{ClarificationRequest as Clarification, IdentityRequest as Identity};
    let put = |part, words: &'static str| {
        move |case: &mut Case| {
            case.content.parts.insert(part, words.to_owned());
        }
    };
    let doubt = Placeholder::Doubt;
    assert_eq!(spoilt(Identity, put(doubt, "doubt")), ["parts.doubt: not-specific"]);
    assert_eq!(
        spoilt(Clarification, put(Placeholder::Volume, "Much data")),
        ["parts.volume: not-specific"]
    );
    let one = put(Placeholder::Choices, "Orders since 2024");
    assert_eq!(spoilt(Clarification, one), ["parts.choices: one-choice"]);
    let again = |case: &mut Case| {
        case.events.push(asked(PauseGround::Identity, "2026-02-11T10:00:00Z"));
    };
    let open = ["parts.again: again", "letter: already-asked"];
    assert_eq!(spoilt(Identity, again), open);
    for (level, found) in
        [(Level::V1, "identity: identity-settled?"), (Level::V3, "identity: identity-settled")]
    {
        assert_eq!(spoilt(Identity, |case| case.level = level), [found]);
    }
    // While there is a doubt, that much is held is told at V2 alone.
    assert_eq!(spoilt(Clarification, again), ["identity: level"]);
    let known = |case: &mut Case| (again(case), case.level = Level::V2).1;
    assert_eq!(spoilt(Clarification, known), Vec::<String>::new());
    let late = |case: &mut Case| case.now = at("2026-02-18T10:00:00Z");
    assert_eq!(spoilt(Identity, late), ["sending: contestable?"]);
}

#[test]
fn a_refusal_has_right_ground_and_reason() {
    let refusal = |spoil: fn(&mut Case)| spoilt(Letter::Refusal, spoil);
    assert_eq!(refusal(|case| case.content.rights.clear()), ["rights: no-right"]);
    assert_eq!(
        refusal(|case| case.content.rights[0].ground = None),
        ["rights[0].ground: no-ground"]
    );
    let thin = |case: &mut Case| case.content.rights[0].reason = "It is excessive".to_owned();
    assert_eq!(refusal(thin), Vec::<String>::new());
    let one = |case: &mut Case| case.content.rights[0].reason = "Excessive.".to_owned();
    assert_eq!(refusal(one), ["rights[0].reason: not-specific"]);
    let other = |case: &mut Case| case.content.rights[0].right = Right::Erasure;
    assert_eq!(refusal(other), ["rights[0].right: right-not-exercised"]);
    let twice = |case: &mut Case| case.content.rights.push(case.content.rights[0].clone());
    assert_eq!(refusal(twice), ["rights[1].right: right-twice"]);
    let late = |case: &mut Case| case.now = at("2026-03-11T10:00:00Z");
    assert_eq!(refusal(late), ["sending: late-refusal?"]);
    let code = |case: &mut Case| {
        case.content.rights[0].reason = "{{7*7}} ${x} <b> is kept here".to_owned()
    };
    assert_eq!(refusal(code), Vec::<String>::new());
}

#[test]
fn a_case_is_closed_without_reply_after_a_question_and_a_reminder() {
    let close = |spoil: fn(&mut Case)| spoilt(Letter::ClosedWithoutReply, spoil);
    assert_eq!(
        close(|case| case.events.clear()),
        ["letter: nothing-asked", "sending: late-refusal?"]
    );
    let early = |case: &mut Case| case.content.reminded_on = Some(day("2026-02-10"));
    assert_eq!(close(early), ["reminded_on: before-question"]);
    let future = |case: &mut Case| case.content.reminded_on = Some(day("2026-03-14"));
    assert_eq!(close(future), ["reminded_on: in-future", "sending: too-early"]);
    let same = |case: &mut Case| case.content.reminded_on = Some(day("2026-02-11"));
    assert_eq!(close(same), ["reminded_on: before-question"]);
    // Thirty days after the question, and seven after the reminder.
    assert_eq!(close(|case| case.now = at("2026-03-12T10:00:00Z")), ["sending: too-early"]);
    let hasty = |case: &mut Case| case.content.reminded_on = Some(day("2026-03-07"));
    assert_eq!(close(hasty), ["sending: too-early"]);
}

#[test]
fn the_rest_is_where_it_must_be() {
    let paper = |case: &mut Case| case.delivery = Some(Delivery::RegisteredLetter);
    assert_eq!(spoilt(Letter::Acknowledgement, paper), ["delivery: no-address"]);
    let late = |case: &mut Case| case.now = at("2026-02-14T10:00:00Z");
    assert_eq!(spoilt(Letter::Acknowledgement, late), ["sending: late-acknowledgement?"]);
    let country = |case: &mut Case| case.content.subject_country = Some("Ireland".to_owned());
    assert_eq!(spoilt(Letter::Refusal, country), ["subject_country: country"]);
    let none = |case: &mut Case| case.content.subject_country = Some("ZZ".to_owned());
    assert_eq!(spoilt(Letter::Refusal, none), ["subject_country: country"]);
    let never = |case: &mut Case| case.events.clear();
    assert_eq!(spoilt(Letter::ClockResumed, never), ["pause_ground: never-asked"]);
    let future = |case: &mut Case| case.content.replied_at = Some(at("2026-02-12T10:00:01Z"));
    assert_eq!(spoilt(Letter::ClockResumed, future), ["replied_at: in-future"]);
    let before = |case: &mut Case| case.content.replied_at = Some(at("2026-02-11T09:59:59Z"));
    assert_eq!(spoilt(Letter::ClockResumed, before), ["replied_at: before-question"]);
}

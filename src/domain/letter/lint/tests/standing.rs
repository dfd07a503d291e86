//! What the case does not allow any more is told on the draft; and what is written for somebody unknown.

use super::{Case, asked, spoilt};
use crate::domain::event::{Event, PauseGround};
use crate::domain::identity::Level;
use crate::domain::letter::Letter;
use crate::domain::letter::placeholder::Placeholder;
use crate::domain::request::ClosingGround;

#[test]
fn a_letter_that_can_change_nothing_any_more_says_so() {
    let closed = |letter: Letter, ground: ClosingGround| {
        spoilt(letter, |case| case.events.push(Event::RequestClosed { ground }))
    };
    let ended = ["letter: case-ended"];
    for letter in [
        Letter::Acknowledgement,
        Letter::IdentityRequest,
        Letter::ClockResumed,
        Letter::Extension,
        Letter::Refusal,
        Letter::CannotIdentify,
        Letter::NotController,
        Letter::ClosedWithoutReply,
        Letter::Withdrawal,
    ] {
        assert_eq!(closed(letter, ClosingGround::Mistake), ended, "{letter:?}");
    }
    // What was released may still be told of, and so may a breach.
    for letter in [Letter::AccessResponse, Letter::PartialRefusal, Letter::BreachInformation] {
        assert_eq!(closed(letter, ClosingGround::Answered), Vec::<String>::new(), "{letter:?}");
    }
    // The letter follows a closing on its own ground, and none on another.
    for (letter, ground) in [
        (Letter::NotController, ClosingGround::NotController),
        (Letter::CannotIdentify, ClosingGround::CannotIdentify),
        (Letter::ClosedWithoutReply, ClosingGround::NoReply),
    ] {
        assert_eq!(closed(letter, ground), Vec::<String>::new(), "{letter:?}");
        let reopened = spoilt(letter, |case| {
            case.events.extend([Event::RequestClosed { ground }, Event::RequestReopened]);
            case.events.push(Event::RequestClosed { ground: ClosingGround::Duplicate });
        });
        assert_eq!(reopened, ended, "{letter:?}");
    }
    let told = |case: &mut Case| case.events.push(Event::RequestAcknowledged { message: None });
    assert_eq!(spoilt(Letter::Acknowledgement, told), ["letter: acknowledged"]);
}

#[test]
fn every_part_that_somebody_unknown_reads_tells_nothing() {
    const TELLS: &str =
        "Vous êtes client chez nous depuis 2019 et nous détenons 412 enregistrements à votre nom.";
    let mut parts = 0;
    for letter in Letter::ALL.iter().filter(|letter| !letter.tells_of_data()) {
        for part in letter.parts() {
            let put = |level: Level, words: &'static str| {
                let mut case = Case::new(*letter);
                case.level = level;
                if part == Placeholder::Again {
                    let ground = letter.asks().unwrap_or(PauseGround::Identity);
                    case.events.push(asked(ground, "2026-02-11T10:00:00Z"));
                }
                case.content.parts.insert(part, words.to_owned());
                let mut found = case.found();
                found.retain(|it| it.starts_with("parts."));
                found
            };
            let place = format!("parts.{}", part.name());
            assert_eq!(put(Level::V0, TELLS), [format!("{place}: tells")], "{letter:?}");
            let may =
                put(Level::V0, "Votre dossier est suivi par une collègue. Merci pour ces mots.");
            assert_eq!(may, [format!("{place}: may-tell?")], "{letter:?}");
            parts += 1;
        }
    }
    assert!(parts > 15, "{parts}");
    // Whoever is known may read it.
    let known = spoilt(Letter::Acknowledgement, |case| {
        case.content.parts.insert(Placeholder::Understood, TELLS.to_owned());
    });
    assert_eq!(known, Vec::<String>::new());
}

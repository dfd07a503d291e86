//! What a letter tells of the data that are held, and so who may read it (identity.md: answers need
//! the level of the right; law.md §3.1, §6.1).

use std::collections::BTreeSet;

use super::{Delivery, Letter};
use crate::domain::event::Event;
use crate::domain::exemption::Exemption;
use crate::domain::history::{Entry, replay};
use crate::domain::identity::LEAST;
use crate::domain::ids::LetterId;

/// What a letter tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Nothing of what is held: whoever opened the case may read it. What somebody writes into it is
    /// checked all the same, below the level, for words that tell.
    Nothing,
    /// What somebody writes into it, and on which ground. The law wants it sent in time, whoever the
    /// reader is: below the level both are checked, and it is readable; one that was written for somebody who
    /// was known waits like an answer.
    Words,
    /// That something is held, or that nothing is.
    Held,
}

impl Letter {
    /// What it tells, with the reason.
    #[must_use]
    pub const fn telling(self) -> (Telling, &'static str) {
        match self {
            Self::Acknowledgement => (Telling::Nothing, "it repeats what the reader has asked"),
            Self::IdentityRequest => (Telling::Nothing, "who has proved nothing must read it"),
            // Recital 63: asked by a controller that processes a large quantity of data of this
            // very person; and a question that stops the clock must be one that can be read.
            Self::ClarificationRequest => (Telling::Held, "it says that much is held"),
            Self::ClockResumed => (Telling::Nothing, "it tells of dates and of the reader's reply"),
            Self::Extension => (Telling::Words, "Art. 12(3): within a month, to whoever asked"),
            Self::AccessResponse => (Telling::Held, "it is the answer"),
            Self::PortabilityDelivery => (Telling::Held, "it is the answer"),
            Self::Refusal => (Telling::Words, "Art. 12(4): within a month, to whoever asked"),
            Self::PartialRefusal => (Telling::Held, "what is withheld is held"),
            Self::CannotIdentify => (Telling::Nothing, "it is for who could not prove anything"),
            Self::NotController => (Telling::Nothing, "it tells of another organisation"),
            Self::ClosedWithoutReply => (Telling::Nothing, "it tells of a question and its dates"),
            Self::Withdrawal => (Telling::Nothing, "it repeats what the reader has said"),
            // Art. 34: due to the person, and not to whoever asks in the person's name.
            Self::BreachInformation => (Telling::Held, "who is told was held"),
        }
    }

    /// Whether it says what is held of the person, or that nothing is.
    #[must_use]
    pub fn tells_of_data(self) -> bool {
        self.telling().0 == Telling::Held
    }

    /// Whether it may leave although too little is known of who asks. On a breach the law wants the
    /// person told (Art. 34), who may be another than whoever opened the case: on paper, handed over
    /// or sent to a postal address, that is for the sender to decide.
    #[must_use]
    pub fn may_leave_unknown(self, delivery: Option<Delivery>) -> bool {
        !self.tells_of_data()
            || (self == Self::BreachInformation
                && delivery.is_some_and(|it| it != Delivery::Portal))
    }
}

impl Exemption {
    /// Whether a refusal on this ground says that something is held: what is withheld to protect
    /// somebody or something is there.
    #[must_use]
    pub const fn tells_of_data(self) -> bool {
        !matches!(
            self,
            Self::Unfounded
                | Self::ExcessiveRepetitive
                | Self::AbusiveFirstRequest
                | Self::CannotIdentify
                | Self::NotController
                | Self::OutOfScope
        )
    }
}

/// The letters that left below the level of an answer: their words were checked for a reader of whom
/// nothing is known. By what was asked for then: a controller that asks for more since makes nobody's
/// letter one for anybody.
#[must_use]
pub fn written_for_anybody(history: &[Entry]) -> BTreeSet<LetterId> {
    let mut letters = BTreeSet::new();
    for (number, entry) in history.iter().enumerate() {
        let Event::LetterSent { letter, for_anybody, .. } = &entry.event else { continue };
        let before = history.get(..number).map(replay);
        let Some(Ok(state)) = before else { continue };
        // One that was undone may be sent again, and was checked for its reader then.
        if *for_anybody || state.level < state.needed_level(false, LEAST) {
            letters.insert(*letter);
        } else {
            letters.remove(letter);
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Delivery, Entry, Event, Letter, LetterId, Telling, written_for_anybody};
    use crate::domain::ids::Id;
    use crate::domain::logged_case::{ACCESS, logged, rules};

    #[test]
    fn a_letter_was_for_anybody_by_what_was_asked_for_when_it_left() {
        let letter = LetterId::from_uuid(Uuid::from_u128(7));
        let sent = |for_anybody| Event::LetterSent {
            letter,
            name: Letter::Extension,
            delivery: Delivery::Portal,
            for_anybody,
            answers: None,
        };
        // What came before, whether the event says so, and whether anybody may read it.
        for (before, says_so, expected) in [
            (None, false, true),
            (None, true, true),
            (Some(Event::CodeConfirmed), false, false),
            // The controller asked for more than V1 then.
            (Some(Event::CodeConfirmed), true, true),
        ] {
            let at = "2026-02-10T10:00:00Z".parse().unwrap();
            let event = logged(rules(), vec![ACCESS], at);
            let first = Entry { at, actor: "worker".to_owned(), event };
            let mut history = vec![first.clone()];
            let after = |event| Entry { event, ..first.clone() };
            history.extend(before.clone().map(after));
            history.push(after(sent(says_so)));
            let found = written_for_anybody(&history).contains(&letter);
            assert_eq!(found, expected, "{before:?} {says_so}");
        }
        let old = format!(
            r#"{{"kind":"LetterSent","letter":"{}","name":"EXT","delivery":"portal"}}"#,
            Uuid::from_u128(7)
        );
        assert_eq!(serde_json::from_str::<Event>(&old).unwrap(), sent(false));
        assert_eq!(serde_json::to_string(&sent(false)).unwrap(), old);
    }

    #[test]
    fn every_letter_says_what_it_tells_and_why() {
        for letter in Letter::ALL {
            let (telling, reason) = letter.telling();
            assert!(reason.len() > 10, "{letter:?}");
            assert_eq!(letter.tells_of_data(), telling == Telling::Held);
            // A question on identity that nobody could read would never be answered.
            if *letter == Letter::IdentityRequest || *letter == Letter::CannotIdentify {
                assert_eq!(telling, Telling::Nothing);
            }
        }
        let breach = Letter::BreachInformation;
        assert!(
            !breach.may_leave_unknown(None) && !breach.may_leave_unknown(Some(Delivery::Portal))
        );
        assert!(breach.may_leave_unknown(Some(Delivery::RegisteredLetter)));
        assert!(!Letter::AccessResponse.may_leave_unknown(Some(Delivery::RegisteredLetter)));
        assert!(Letter::Extension.may_leave_unknown(Some(Delivery::Portal)));
    }
}

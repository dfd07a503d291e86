//! Whether the person was told of what was decided. Whoever decides by hand tells nobody by that, and
//! the person is to be told of the action taken, or of why none is (GDPR Art. 12(3)-(4)).

use chrono::{DateTime, Utc};

use super::{Entry, RequestState, RightState};
use crate::domain::event::Event;
use crate::domain::letter::Letter;
use crate::domain::lifecycle::Status;
use crate::domain::request::Decision;
use crate::domain::right::Right;

impl RightState {
    const fn is_decided(&self) -> bool {
        !matches!(self.decision, Decision::Undecided)
    }
}

impl RequestState {
    /// Takes in what was written to the person.
    pub(super) fn tell(&mut self, entry: &Entry) {
        let decided = self.rights.iter_mut().filter(|right| right.is_decided());
        match &entry.event {
            Event::LetterSent { name, .. } => {
                for right in decided {
                    right.is_told |= name.tells_decision(right.exercised.right, right.decision);
                }
                self.letters.insert(*name, entry.at);
            }
            Event::MessageSent { .. } => {
                let mut is_news = false;
                for right in decided {
                    is_news |= !right.is_told;
                    right.is_told = true;
                }
                if is_news {
                    self.rest_on_notice();
                }
                let by_hand = |right: &RightState| right.is_decided() && right.rests_on().is_none();
                self.is_written |= self.rights.iter().any(by_hand);
            }
            Event::RightDecided { .. } => self.is_written = false,
            _ => {}
        }
    }

    /// Whether a letter that left in this instant says what is decided in it: it is recorded first,
    /// and decides in the transaction that sends it.
    pub(super) fn is_in_letter(&self, of: (Right, Decision), at: DateTime<Utc>) -> bool {
        let mut letters = self.letters.iter();
        letters.any(|(letter, sent_at)| *sent_at == at && letter.tells_decision(of.0, of.1))
    }

    /// Whether every right is decided, and nothing told the person of one of them.
    #[must_use]
    pub fn has_untold(&self) -> bool {
        self.status == Status::Answered && self.rights.iter().any(|right| !right.is_told)
    }
}

impl Letter {
    /// Whether it says of this right that it was decided so.
    fn tells_decision(self, right: Right, decision: Decision) -> bool {
        decision != Decision::Undecided
            && (self.answers() == Some(right) || self.decides() == Some(decision))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use crate::domain::event::Event;
    use crate::domain::history::{Entry, RequestState, replay};
    use crate::domain::ids::{Id, LetterId, PackageId};
    use crate::domain::letter::{Delivery, Letter};
    use crate::domain::logged_case::{ACCESS, logged, rules};
    use crate::domain::request::{Decision, Exercised};
    use crate::domain::right::Right;

    const ERASURE: Exercised = Exercised { right: Right::Erasure, against: None };

    fn after(events: &[(u32, Event)]) -> RequestState {
        let at = |minute: u32| -> DateTime<Utc> {
            format!("2026-02-10T10:{minute:02}:00Z").parse().unwrap()
        };
        let logged = (0, logged(rules(), vec![ACCESS, ERASURE], at(0)));
        let entry = |(minute, event): &(u32, Event)| Entry {
            at: at(*minute),
            actor: "worker".to_owned(),
            event: event.clone(),
        };
        replay(&std::iter::once(&logged).chain(events).map(entry).collect::<Vec<_>>()).unwrap()
    }

    fn decided(right: Right, decision: Decision) -> Event {
        Event::RightDecided { right, decision, ground: None }
    }

    fn letter(name: Letter) -> Event {
        let letter = LetterId::from_uuid(uuid::Uuid::nil());
        Event::LetterSent {
            letter,
            name,
            delivery: Delivery::Portal,
            for_anybody: false,
            answers: None,
        }
    }

    #[test]
    fn each_right_is_told_of_by_what_says_it() {
        let refused = |right| decided(right, Decision::Refused);
        let by_hand =
            [(1, refused(Right::Access)), (2, decided(Right::Erasure, Decision::Granted))];
        let package = PackageId::from_uuid(uuid::Uuid::nil());
        let (right, decision) = (Right::Access, Decision::Granted);
        let released = Event::PackageReleased { package, right, decision };
        let message = Event::MessageSent { files: Vec::new() };
        for (more, untold) in [
            (vec![], true),
            (vec![(3, letter(Letter::Refusal))], true),
            (vec![(3, letter(Letter::Acknowledgement))], true),
            (vec![(3, message.clone())], false),
        ] {
            let events = [by_hand.to_vec(), more].concat();
            assert_eq!(after(&events).has_untold(), untold, "{events:?}");
        }
        // What a letter decides it says: it is recorded before, in the same instant.
        let both = |minute| {
            let sent = (minute, letter(Letter::Refusal));
            [sent, (3, refused(Right::Access)), (3, refused(Right::Erasure))]
        };
        assert!(!after(&both(3)).has_untold());
        assert!(after(&both(2)).has_untold(), "a letter of before");
        // A message of before tells nothing, and a release tells of its own right.
        let release =
            |first: Event| [(1, first), (2, refused(Right::Erasure)), (3, released.clone())];
        assert!(after(&release(message.clone())).has_untold());
        let told = [(1, refused(Right::Erasure)), (2, message), (3, released)];
        assert!(!after(&told).has_untold());
    }

    #[test]
    fn a_message_answers_what_was_decided_by_hand_before_it() {
        let message = || Event::MessageSent { files: Vec::new() };
        let refused = || decided(Right::Access, Decision::Refused);
        for (events, expected) in [
            (vec![(1, message())], false),
            (vec![(1, refused()), (2, message())], true),
            (vec![(1, refused()), (2, message()), (3, refused())], false),
            (vec![(1, message()), (2, refused())], false),
        ] {
            assert_eq!(after(&events).is_written, expected, "{events:?}");
        }
    }
}

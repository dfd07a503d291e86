//! The questions to the person: when each was asked, what came, and what is still open.

use chrono::{DateTime, Utc};

use super::RequestState;
use crate::domain::event::PauseGround;

/// The newest question of a kind. A pause begins with the first message that asks, and ends with the
/// reply that is enough; asked again meanwhile, it begins nothing anew (law.md §1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// When the message left that began the pause.
    pub asked_at: DateTime<Utc>,
    /// When it was asked again, because what had come was not enough.
    pub again: Vec<DateTime<Utc>>,
    /// When the replies came that were found not to be enough.
    pub insufficient: Vec<DateTime<Utc>>,
    /// Whether such a reply came since it was asked last: then it may be asked again.
    pub may_repeat: bool,
    /// When the reply came that was enough; nothing while the question is open.
    pub answered_at: Option<DateTime<Utc>>,
}

impl Question {
    fn asked_first(at: DateTime<Utc>) -> Self {
        let (again, insufficient) = (Vec::new(), Vec::new());
        Self { asked_at: at, again, insufficient, may_repeat: false, answered_at: None }
    }

    /// Whether no reply to it was enough yet.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.answered_at.is_none()
    }

    /// When each message that asked it left.
    pub fn asked(&self) -> impl Iterator<Item = DateTime<Utc>> {
        std::iter::once(self.asked_at).chain(self.again.iter().copied())
    }
}

impl RequestState {
    /// Takes in a question that was sent.
    pub fn ask(&mut self, ground: PauseGround, at: DateTime<Utc>) {
        self.clock(ground.asked(), at, None);
        match self.questions.get_mut(&ground).filter(|question| question.is_open()) {
            Some(question) => {
                question.again.push(at);
                question.may_repeat = false;
            }
            None => {
                self.questions.insert(ground, Question::asked_first(at));
            }
        }
    }

    /// Takes in a reply that was enough: the pause ends with it. What was asked again after it came
    /// asked for nothing any more, and stops no clock.
    pub fn answer(&mut self, ground: PauseGround, at: DateTime<Utc>) {
        if let Some(question) = self.questions.get_mut(&ground) {
            let last = at.max(question.asked_at);
            question.answered_at = Some(at);
            self.clock_events.retain(|event| event.kind != ground.asked() || event.at <= last);
        }
        self.clock(ground.answered(), at, None);
    }

    /// Takes in a reply that was not enough.
    pub(super) fn find_insufficient(&mut self, ground: PauseGround, at: DateTime<Utc>) {
        if let Some(question) = self.questions.get_mut(&ground) {
            question.may_repeat |= question.asked().max().is_none_or(|asked| asked <= at);
            question.insufficient.push(at);
        }
    }

    /// The questions to which no reply was enough yet, by their ground.
    pub fn open_questions(&self) -> impl Iterator<Item = (PauseGround, &Question)> {
        let open = self.questions.iter().filter(|(_, question)| question.is_open());
        open.map(|(ground, question)| (*ground, question))
    }

    /// The grounds for which a question to the person is open.
    #[must_use]
    pub fn open_pauses(&self) -> Vec<PauseGround> {
        self.open_questions().map(|(ground, _)| ground).collect()
    }
}

//! The letters of a case: what each must say, with its legal anchor, and what keeps one from being
//! sent. Pure: it answers with codes and places, and the catalogue has the words.

pub mod authority;
pub mod content;
pub mod element;
pub mod facts;
pub mod lint;
pub mod placeholder;
pub mod telling;
pub mod template;
pub mod window;

use super::event::PauseGround;
use super::named::named;
use super::request::{ClosingGround, Decision};
use super::right::Right;

named! {
    /// A letter, by the short name that people and programs use.
    Letter {
        Acknowledgement = "ACK",
        /// Stops the clock while it is not known who asks (GDPR Art. 12(6)).
        IdentityRequest = "IDREQ",
        /// Stops the clock while it is not known what is asked (recital 63).
        ClarificationRequest = "CLAR",
        ClockResumed = "RESUME",
        /// Art. 12(3).
        Extension = "EXT",
        /// Art. 15.
        AccessResponse = "ACCESS",
        /// Art. 20.
        PortabilityDelivery = "PORT",
        /// Art. 12(4).
        Refusal = "REFUSE",
        PartialRefusal = "REFUSE-P",
        /// Art. 11(2).
        CannotIdentify = "NOID",
        NotController = "NOTCTRL",
        ClosedWithoutReply = "NOREPLY",
        Withdrawal = "CLOSE-W",
        /// Art. 34(2).
        BreachInformation = "BREACH-P",
    }
}

named! {
    /// How a letter reached the person.
    Delivery {
        Portal = "portal",
        RegisteredLetter = "registered_letter",
        Counter = "counter",
    }
}

named! {
    /// Where a letter stands. What was sent stays as it was sent.
    LetterState {
        Draft = "draft",
        Sent = "sent",
        /// A draft that was given up.
        Void = "void",
    }
}

impl Letter {
    /// The name in keys of the catalogue.
    #[must_use]
    pub fn key(self) -> String {
        self.name().to_ascii_lowercase()
    }

    /// The question that this letter asks, if it asks one.
    #[must_use]
    pub const fn asks(self) -> Option<PauseGround> {
        match self {
            Self::IdentityRequest => Some(PauseGround::Identity),
            Self::ClarificationRequest => Some(PauseGround::Clarification),
            _ => None,
        }
    }

    /// The right that this letter answers, if it answers one alone.
    #[must_use]
    pub const fn answers(self) -> Option<Right> {
        match self {
            Self::AccessResponse => Some(Right::Access),
            Self::PortabilityDelivery => Some(Right::Portability),
            _ => None,
        }
    }

    /// What it decides on the rights that it is about.
    #[must_use]
    pub const fn decides(self) -> Option<Decision> {
        match self {
            Self::Refusal => Some(Decision::Refused),
            Self::PartialRefusal => Some(Decision::GrantedInPart),
            _ => None,
        }
    }

    /// The ground on which it closes the case. Where the case was closed on that ground before, the
    /// letter follows, and only tells of it.
    #[must_use]
    pub const fn closes_as(self) -> Option<ClosingGround> {
        match self {
            Self::CannotIdentify => Some(ClosingGround::CannotIdentify),
            Self::NotController => Some(ClosingGround::NotController),
            Self::ClosedWithoutReply => Some(ClosingGround::NoReply),
            _ => None,
        }
    }

    /// Whether the person has an answer to the request with it, or the word that there will be none.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        match self {
            Self::AccessResponse | Self::PortabilityDelivery | Self::NotController => true,
            Self::Withdrawal => true,
            _ => self.refuses(),
        }
    }

    /// Whether it refuses, in whole or in part, and so needs reasons, authority and remedy
    /// (GDPR Art. 12(4)).
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(
            self,
            Self::Refusal | Self::PartialRefusal | Self::CannotIdentify | Self::ClosedWithoutReply
        )
    }
}

//! What a question does to the clock, and what its answer does.

use super::PauseGround;
use crate::domain::deadline::event::ClockEventKind;

impl PauseGround {
    /// The clock event that a question of this kind is.
    #[must_use]
    pub const fn asked(self) -> ClockEventKind {
        match self {
            Self::Identity => ClockEventKind::IdentityRequested,
            Self::Clarification => ClockEventKind::ClarificationRequested,
            Self::Fee => ClockEventKind::FeeRequested,
        }
    }

    /// The clock event that a sufficient answer is.
    #[must_use]
    pub const fn answered(self) -> ClockEventKind {
        match self {
            Self::Identity => ClockEventKind::IdentityReceived,
            Self::Clarification => ClockEventKind::ClarificationReceived,
            Self::Fee => ClockEventKind::FeePaid,
        }
    }
}

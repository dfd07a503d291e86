//! What staff do next with a request, and how far it has come, from what a row of the queue knows.

use super::identity::Level;
use super::lifecycle::Status;
use super::named::named;

named! {
    /// The one thing that staff do next.
    NextStep {
        /// What cannot wait for anything: an objection to marketing, a consent withdrawn.
        CarryOut = "carry_out",
        Acknowledge = "acknowledge",
        /// The person has replied to an open question: look whether that is enough.
        ReadReply = "read_reply",
        /// A question is open, and the person has not answered it.
        AwaitReply = "await_reply",
        ProveIdentity = "prove_identity",
        /// Search the systems and build a package.
        Collect = "collect",
        /// Decide a right that no package answers.
        Decide = "decide",
        /// Look through what was found, and release it.
        Release = "release",
        Close = "close",
    }
}

named! {
    /// How far a request has come.
    Stage {
        Receipt = "receipt",
        Identity = "identity",
        Work = "work",
        Review = "review",
        Answer = "answer",
        End = "end",
    }
}

/// What a row of the queue knows of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    pub level: Level,
    pub acknowledged: bool,
    /// A question is open, and nothing is to be done before the person answers.
    pub awaits_person: bool,
    /// A question is open, and a reply to it waits for staff.
    pub reply_waits: bool,
    /// Something is to be carried out at once.
    pub urgent: bool,
    /// A right is exercised that a package answers.
    pub packaged: bool,
}

impl Standing {
    /// What comes next; nothing once the request has ended.
    #[must_use]
    pub const fn next_step(self) -> Option<NextStep> {
        match self.status {
            Status::Closed | Status::Withdrawn | Status::Forwarded => None,
            Status::Answered => Some(NextStep::Close),
            _ if self.urgent => Some(NextStep::CarryOut),
            _ if !self.acknowledged => Some(NextStep::Acknowledge),
            _ if self.reply_waits => Some(NextStep::ReadReply),
            _ if self.awaits_person => Some(NextStep::AwaitReply),
            Status::InReview => Some(NextStep::Release),
            _ if matches!(self.level, Level::V0) => Some(NextStep::ProveIdentity),
            _ if self.packaged => Some(NextStep::Collect),
            _ => Some(NextStep::Decide),
        }
    }

    /// How far it has come.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self.status {
            Status::Closed | Status::Withdrawn | Status::Forwarded => Stage::End,
            Status::Answered => Stage::Answer,
            Status::InReview => Stage::Review,
            _ if !self.acknowledged => Stage::Receipt,
            _ if matches!(self.level, Level::V0) => Stage::Identity,
            _ => Stage::Work,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NextStep as N, Stage, Standing};
    use crate::domain::identity::Level;
    use crate::domain::lifecycle::Status as S;

    #[test]
    fn each_request_has_one_thing_to_do() {
        let at = |status, level, acknowledged| Standing {
            status,
            level,
            acknowledged,
            awaits_person: false,
            reply_waits: false,
            urgent: false,
            packaged: true,
        };
        let new = at(S::Received, Level::V0, false);
        let told = at(S::InProgress, Level::V0, true);
        let known = at(S::InProgress, Level::V2, true);
        for (standing, next, stage) in [
            (new, Some(N::Acknowledge), Stage::Receipt),
            (Standing { urgent: true, ..new }, Some(N::CarryOut), Stage::Receipt),
            (told, Some(N::ProveIdentity), Stage::Identity),
            (Standing { awaits_person: true, ..told }, Some(N::AwaitReply), Stage::Identity),
            (Standing { reply_waits: true, ..told }, Some(N::ReadReply), Stage::Identity),
            (Standing { reply_waits: true, ..new }, Some(N::Acknowledge), Stage::Receipt),
            (known, Some(N::Collect), Stage::Work),
            (Standing { packaged: false, ..known }, Some(N::Decide), Stage::Work),
            (at(S::InReview, Level::V2, true), Some(N::Release), Stage::Review),
            (at(S::InReview, Level::V2, false), Some(N::Acknowledge), Stage::Review),
            (at(S::Answered, Level::V2, true), Some(N::Close), Stage::Answer),
            (Standing { urgent: true, ..at(S::Withdrawn, Level::V0, false) }, None, Stage::End),
        ] {
            assert_eq!((standing.next_step(), standing.stage()), (next, stage), "{standing:?}");
        }
    }
}

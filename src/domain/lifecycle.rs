//! Status × Action → Status, or why not (law.md §7). Pure: whether a pause is open, whether a case
//! is overdue, and who may act are asked elsewhere.

use super::named::named;

named! {
    /// Where a request stands. Overdue and paused are not states: they follow from dates and
    /// from open pauses.
    Status {
        Received = "received",
        InProgress = "in_progress",
        /// A package stands ready to be looked at.
        InReview = "in_review",
        /// Every right is decided.
        Answered = "answered",
        Closed = "closed",
        Withdrawn = "withdrawn",
        /// Passed on to the controller that answers (Art. 28(3)(e)).
        Forwarded = "forwarded",
    }
}

impl Status {
    /// Whether somebody still waits for an answer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::InProgress | Self::InReview)
    }
}

named! {
    /// What can be done with a request.
    Action {
        Acknowledge = "acknowledge",
        DecideIdentity = "decide_identity",
        ConfirmIdentity = "confirm_identity",
        Pause = "pause",
        Resume = "resume",
        Extend = "extend",
        Assign = "assign",
        Note = "note",
        CorrectReceipt = "correct_receipt",
        CorrectSubject = "correct_subject",
        Search = "search",
        AnswerSystem = "answer_system",
        Review = "review",
        Release = "release",
        Download = "download",
        DecideRight = "decide_right",
        Answer = "answer",
        /// The answer is none: the word of it did not reach the person, or it was taken back.
        ComeBack = "come_back",
        Withdraw = "withdraw",
        Forward = "forward",
        Close = "close",
        Reopen = "reopen",
        DestroyKey = "destroy_key",
        Hold = "hold",
        LiftHold = "lift_hold",
    }
}

/// Why an action is not possible in a status, as a code of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct TransitionError {
    pub code: &'static str,
}

/// The status after an action.
///
/// # Errors
/// When the action is not possible in this status.
pub const fn next(status: Status, action: Action) -> Result<Status, TransitionError> {
    use Action as A;
    use Status as S;
    match (status, action) {
        // A note may be written, somebody made responsible, and a hold put on or lifted, at any time.
        (_, A::Note | A::Assign | A::Hold | A::LiftHold) => Ok(status),

        // The first step of substance takes a request in hand.
        (
            S::Received | S::InProgress,
            A::Acknowledge
            | A::DecideIdentity
            | A::ConfirmIdentity
            | A::Pause
            | A::Resume
            | A::Extend
            | A::Search
            | A::AnswerSystem
            | A::DecideRight,
        ) => Ok(S::InProgress),
        (S::InProgress | S::InReview, A::Review) => Ok(S::InReview),
        (
            S::InReview,
            A::Acknowledge
            | A::DecideIdentity
            | A::ConfirmIdentity
            | A::Pause
            | A::Resume
            | A::Extend
            | A::DecideRight
            | A::Release,
        ) => Ok(S::InReview),
        // A new search makes what stood in review out of date.
        (S::InReview, A::Search | A::AnswerSystem) => Ok(S::InProgress),
        (S::Received | S::InProgress | S::InReview, A::CorrectReceipt | A::CorrectSubject) => {
            Ok(status)
        }

        (S::Received | S::InProgress | S::InReview, A::Answer) => Ok(S::Answered),
        (S::Received | S::InProgress | S::InReview, A::Withdraw) => Ok(S::Withdrawn),
        (S::Received | S::InProgress, A::Forward) => Ok(S::Forwarded),
        (S::Received | S::InProgress | S::InReview | S::Answered, A::Close) => Ok(S::Closed),

        // What was released may be fetched, and released again, until the key is destroyed.
        (S::Answered | S::Closed, A::Download) | (S::InReview | S::InProgress, A::Download) => {
            Ok(status)
        }
        // What nobody was told of is no answer yet, and what was taken back is none any more.
        (S::Answered, A::ComeBack) => Ok(S::InReview),
        // An answer may be built and released anew: the first is gone after thirty days. And who the
        // person is may have to be shown again before it is fetched.
        (S::Answered, A::Review | A::Release | A::DecideIdentity | A::ConfirmIdentity) => {
            Ok(S::Answered)
        }
        (S::Answered | S::Closed | S::Withdrawn | S::Forwarded, A::Reopen) => Ok(S::InProgress),
        (S::Closed | S::Withdrawn | S::Forwarded, A::DestroyKey) => Ok(status),

        (S::Received | S::InProgress | S::InReview, A::Reopen | A::ComeBack) => {
            Err(TransitionError { code: "still-open" })
        }
        (S::Received | S::InProgress | S::InReview | S::Answered, A::DestroyKey) => {
            Err(TransitionError { code: "not-closed" })
        }
        (S::Received, A::Review | A::Download) => Err(TransitionError { code: "not-searched" }),
        (S::Received | S::InProgress, A::Release) => {
            Err(TransitionError { code: "nothing-to-release" })
        }
        (S::InReview, A::Forward) => Err(TransitionError { code: "already-searched" }),
        (S::Answered, _) => Err(TransitionError { code: "already-answered" }),
        (S::Closed, _) => Err(TransitionError { code: "already-closed" }),
        (S::Withdrawn, _) => Err(TransitionError { code: "already-withdrawn" }),
        (S::Forwarded, _) => Err(TransitionError { code: "already-forwarded" }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Status, next};
    use std::fmt::Write;

    #[test]
    fn every_status_and_every_action() {
        let mut matrix = String::new();
        for status in Status::ALL {
            writeln!(matrix, "{}", status.name()).unwrap();
            for action in Action::ALL {
                let outcome = match next(*status, *action) {
                    Ok(after) => format!("→ {}", after.name()),
                    Err(error) => format!("✗ {error}"),
                };
                writeln!(matrix, "  {:<17} {outcome}", action.name()).unwrap();
            }
        }
        insta::assert_snapshot!(matrix);
    }

    #[test]
    fn a_request_that_is_ended_is_not_open() {
        let open: Vec<_> = Status::ALL.iter().filter(|s| s.is_open()).map(|s| s.name()).collect();
        assert_eq!(open, ["received", "in_progress", "in_review"]);
    }
}

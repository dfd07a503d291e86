//! What was decided on the rights of a case, and its end. A case is answered once every right is
//! decided (law.md §7).

use chrono::{DateTime, Utc};

use super::{Entry, RequestState, RightState};
use crate::domain::event::Event;
use crate::domain::ids::PackageId;
use crate::domain::lifecycle::{Action, Status, TransitionError};
use crate::domain::request::Decision;
use crate::domain::right::Right;
use crate::domain::withholding::Retirement;

impl RightState {
    /// Nothing is decided on it any more: its clock runs on from the same receipt.
    pub(super) fn open(&mut self) {
        self.decision = Decision::Undecided;
        self.decided_at = None;
        self.answered_by = None;
    }
}

impl RequestState {
    pub(super) fn apply_answer(&mut self, entry: &Entry) {
        match &entry.event {
            Event::PackageReleased { package, right, decision } => {
                self.step(Action::Release);
                self.released.push(*package);
                // Of this one nobody knows yet.
                self.is_in_hand = false;
                self.answers.push((*right, *package));
                self.decide(*right, (*decision, Some(*package)), entry.at);
            }
            Event::RightDecided { right, decision, .. } => {
                self.step(Action::DecideRight);
                self.preparers.add(&entry.actor);
                self.decide(*right, (*decision, None), entry.at);
            }
            Event::PackageRetired { package, why, reopens } => {
                if *why != Retirement::Expired {
                    self.answers.retain(|(_, answer)| answer != package);
                }
                if *reopens {
                    self.take_answer_back(*package);
                }
            }
            _ => {}
        }
    }

    /// Whether something was released for a right that was never taken back; also once its thirty days
    /// are over.
    #[must_use]
    pub fn has_answer(&self, right: Right) -> bool {
        self.answers.iter().any(|(answered, _)| *answered == right)
    }

    /// What may be decided by hand on access and portability. Data are granted by releasing them
    /// (GDPR Art. 15(3), 20(1)); and that nothing is held is true once every system was asked, and none
    /// had anything (Art. 15(1)).
    ///
    /// # Errors
    /// With what is missing, as a code of the catalogue.
    pub fn check_answer(&self, right: Right, decision: Decision) -> Result<(), TransitionError> {
        let fail = |code| Err(TransitionError { code });
        if !matches!(right, Right::Access | Right::Portability) {
            return Ok(());
        }
        match decision {
            Decision::Granted | Decision::GrantedInPart if !self.has_answer(right) => {
                fail("granted-by-release")
            }
            Decision::NothingHeld if self.has_found() => fail("something-found"),
            Decision::NothingHeld if !self.is_searched() => fail("not-searched-whole"),
            _ => Ok(()),
        }
    }

    /// Whether a right rests on this package, and would be open without it. Once the case is closed,
    /// somebody who takes it up again opens its rights.
    #[must_use]
    pub fn rests_on(&self, package: PackageId) -> bool {
        let ends = matches!(self.status, Status::Closed | Status::Withdrawn | Status::Forwarded);
        !ends && self.rights.iter().any(|state| state.answered_by == Some(package))
    }

    /// The information on action taken must reach the person (GDPR Art. 12(3)); a copy that was taken
    /// back is none (Art. 15(3)). The right is open as before, and so is the case.
    fn take_answer_back(&mut self, package: PackageId) {
        let answered = self.rights.iter_mut().filter(|state| state.answered_by == Some(package));
        answered.for_each(RightState::open);
        if self.status == Status::Answered {
            self.step(Action::ComeBack);
        }
        self.ended_at = None;
        // Nothing waits to be delivered any more.
        self.undelivered = false;
    }

    /// The end of the case counts from its closing, also where it was answered before (law.md §5.2).
    pub(super) fn end(&mut self, action: Action, at: DateTime<Utc>) {
        self.step(action);
        self.ended_at = Some(at);
    }

    fn decide(
        &mut self,
        right: Right,
        (decision, package): (Decision, Option<PackageId>),
        at: DateTime<Utc>,
    ) {
        for state in self.rights.iter_mut().filter(|state| state.exercised.right == right) {
            state.decision = decision;
            state.decided_at = (decision != Decision::Undecided).then_some(at);
            // Who grants by hand what was released grants it by that package.
            let grants = matches!(decision, Decision::Granted | Decision::GrantedInPart);
            state.answered_by = package.or(state.answered_by.filter(|_| grants));
        }
        if self.rights.iter().all(|state| state.decision != Decision::Undecided) {
            self.undelivered = false;
            self.step(Action::Answer);
            self.ended_at.get_or_insert(at);
        }
    }
}

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

/// A package that was released for a right, as long as nobody takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub package: PackageId,
    /// What its release made of the right: all is granted, a part of it, or nothing is held.
    pub decision: Decision,
    /// Whether it is handed out still: its days are not over, and its case has not ended.
    pub is_out: bool,
}

impl RightState {
    /// Nothing is decided on it any more: its clock runs on from the same receipt. What was released for
    /// it stays where it is.
    pub(super) fn open(&mut self) {
        self.decision = Decision::Undecided;
        self.decided_at = None;
        self.is_told = false;
        self.answer = self.out();
    }

    /// What was released for it and is handed out still.
    #[must_use]
    pub fn out(&self) -> Option<Answer> {
        self.answer.filter(|answer| answer.is_out)
    }

    /// What was released for it, where it is decided as that answers it, or less is granted by hand.
    #[must_use]
    pub fn rests_on(&self) -> Option<Answer> {
        let answers = grants(self.decision) || self.decision == Decision::NothingHeld;
        self.answer.filter(|_| answers)
    }

    fn of(&self, package: PackageId) -> bool {
        self.answer.is_some_and(|answer| answer.package == package)
    }
}

const fn grants(decision: Decision) -> bool {
    matches!(decision, Decision::Granted | Decision::GrantedInPart)
}

impl RequestState {
    pub(super) fn apply_answer(&mut self, entry: &Entry) {
        match &entry.event {
            Event::PackageReleased { package, right, decision } => {
                self.step(Action::Release);
                // Of this one nobody knows yet.
                self.is_in_hand = false;
                self.rest_on_notice();
                let answer = Answer { package: *package, decision: *decision, is_out: true };
                self.decide(*right, (*decision, Some(answer)), entry.at);
            }
            Event::RightDecided { right, decision, .. } => {
                self.step(Action::DecideRight);
                self.preparers.add(&entry.actor);
                self.decide(*right, (*decision, None), entry.at);
            }
            Event::PackageRetired { package, why: Retirement::Expired, .. } => {
                let answers = self.rights.iter_mut().filter_map(|state| state.answer.as_mut());
                answers.filter(|it| it.package == *package).for_each(|it| it.is_out = false);
            }
            Event::PackageRetired { package, reopens, .. } => {
                self.take_answer_back(*package, *reopens);
            }
            _ => {}
        }
    }

    /// What may be decided by hand on access and portability. Data are granted by releasing them
    /// (GDPR Art. 15(3), 20(1)), and not more than the package gives; what is handed out is neither
    /// refused nor denied; and that nothing is held is true once every system was asked, and none had
    /// anything (Art. 15(1)).
    ///
    /// # Errors
    /// With what is missing, as a code of the catalogue.
    pub fn check_answer(&self, right: Right, decision: Decision) -> Result<(), TransitionError> {
        if !matches!(right, Right::Access | Right::Portability) {
            return Ok(());
        }
        let mut rights = self.rights.iter();
        let out = rights.find(|it| it.exercised.right == right).and_then(RightState::out);
        let released = out.map(|answer| answer.decision);
        let code = match (decision, released) {
            (Decision::Undecided, _) | (Decision::Refused, None) => return Ok(()),
            (Decision::Granted, Some(Decision::Granted)) => return Ok(()),
            (Decision::Granted, Some(Decision::GrantedInPart)) => "package-withholds",
            (Decision::GrantedInPart, Some(released)) if grants(released) => return Ok(()),
            (Decision::Granted | Decision::GrantedInPart, _) => "granted-by-release",
            (Decision::NothingHeld, None | Some(Decision::NothingHeld)) => {
                return self.check_nothing_held(out);
            }
            (Decision::Refused | Decision::NothingHeld, Some(_)) => "answer-handed-out",
        };
        Err(TransitionError { code })
    }

    /// Whether it is true that nothing is held: a package says it that is empty and whole, and holds
    /// what was found last; or the newest search was whole, and found nothing.
    ///
    /// # Errors
    /// With what is wrong, as a code of the catalogue.
    pub fn check_nothing_held(&self, answer: Option<Answer>) -> Result<(), TransitionError> {
        let said = answer.filter(|answer| answer.decision == Decision::NothingHeld);
        if said.is_some_and(|answer| self.is_current(answer.package)) {
            return Ok(());
        }
        if self.has_found() {
            return Err(TransitionError { code: "something-found" });
        }
        if self.is_searched() {
            Ok(())
        } else {
            Err(TransitionError { code: "not-searched-whole" })
        }
    }

    /// The rights of which somebody or a package has said that nothing is held, where that is not known
    /// any more: another search has begun, or something came in since.
    #[must_use]
    pub fn unfounded(&self) -> Vec<Right> {
        let denied = |state: &&RightState| {
            state.decision == Decision::NothingHeld
                && matches!(state.exercised.right, Right::Access | Right::Portability)
                && self.check_nothing_held(state.answer).is_err()
        };
        self.rights.iter().filter(denied).map(|state| state.exercised.right).collect()
    }

    /// Whether a right rests on this package, and would be open without it. Once the case is closed,
    /// somebody who takes it up again opens its rights.
    #[must_use]
    pub fn rests_on(&self, package: PackageId) -> bool {
        let rests = |state: &RightState| state.of(package) && state.rests_on().is_some();
        !self.has_ended() && self.rights.iter().any(rests)
    }

    const fn has_ended(&self) -> bool {
        matches!(self.status, Status::Closed | Status::Withdrawn | Status::Forwarded)
    }

    /// The information on action taken must reach the person (GDPR Art. 12(3)); a copy that was taken
    /// back is none (Art. 15(3)). Where that was recorded, the right is open as before, and so is the
    /// case.
    fn take_answer_back(&mut self, package: PackageId, reopens: bool) {
        for state in self.rights.iter_mut().filter(|state| state.of(package)) {
            if reopens && state.rests_on().is_some() {
                state.open();
            }
            state.answer = None;
        }
        if !reopens {
            return;
        }
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
        self.end_answers();
    }

    pub(super) fn lift_hold(&mut self) {
        self.held_at = None;
        self.end_answers();
    }

    /// With the case its packages end; a hold keeps them until it is lifted.
    fn end_answers(&mut self) {
        if self.has_ended() && self.held_at.is_none() {
            let answers = self.rights.iter_mut().filter_map(|state| state.answer.as_mut());
            answers.for_each(|answer| answer.is_out = false);
        }
    }

    fn decide(
        &mut self,
        right: Right,
        (decision, answer): (Decision, Option<Answer>),
        at: DateTime<Utc>,
    ) {
        let is_told = answer.is_some() || self.is_in_letter((right, decision), at);
        for state in self.rights.iter_mut().filter(|state| state.exercised.right == right) {
            state.decision = decision;
            state.decided_at = (decision != Decision::Undecided).then_some(at);
            // What a person decides takes nothing back that is handed out; and who grants by hand what
            // was released grants it by that package.
            let known = state.answer.filter(|answer| answer.is_out || grants(decision));
            state.answer = answer.or(known);
            state.is_told = is_told || state.rests_on().is_some();
        }
        if self.rights.iter().all(|state| state.decision != Decision::Undecided) {
            self.undelivered = false;
            self.step(Action::Answer);
            self.ended_at.get_or_insert(at);
        }
    }
}

//! The state of a request is what its events make of it. Every verb folds the history, and the
//! columns of the queue are a projection of the same fold.

pub mod answer;
mod clock;
mod delivery;
mod identity;
mod last_action;
pub mod preparers;
pub mod question;
mod search;
mod told;
mod turn;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use self::answer::Answer;
use self::preparers::Preparers;
use self::question::Question;
use super::circumstance::Circumstance;
use super::contact::Condition;
use super::deadline::event::ClockEvent;
use super::event::{Event, PauseGround, Rules};
use super::identity::{Level, Method};
use super::ids::{FileId, MailId, PackageId, SearchId, UserId};
use super::letter::Letter;
use super::lifecycle::{self, Action, Status, TransitionError};
use super::provider_sign_in::Unmatched;
use super::request::{Channel, ClosingGround, Decision, Exercised};
use super::undo::LastAction;

/// An event with its time and its actor, as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub event: Event,
}

/// One right of the case and what was decided on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightState {
    pub exercised: Exercised,
    pub decision: Decision,
    pub decided_at: Option<DateTime<Utc>>,
    /// What was released for it and not taken back, whatever a person decides besides.
    pub answer: Option<Answer>,
    /// Whether something told the person of the decision: a release, a letter that says it, or a
    /// message after it.
    pub is_told: bool,
}

/// An identity decision of level V3 that waits for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitedConfirmation {
    pub decided_by: String,
    pub decided_at: DateTime<Utc>,
}

/// The newest full search: its answers are what the case is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub search: SearchId,
    /// The version of the case at which what it found last changed. Versions tell what came first;
    /// instants of several machines and of calls that take long do not.
    pub changed_in: i64,
    /// How many rows and files there are of it.
    pub rows: u64,
    /// A DPO decided that it could not wait for identity; over once identity has failed.
    pub before_identity: bool,
    /// How many systems it asks.
    pub systems: u32,
}

/// A request as its history makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestState {
    pub channel: Channel,
    pub rules: Rules,
    pub received_at: DateTime<Utc>,
    pub represented: bool,
    /// Whether the person is under eighteen by the birth date that was given.
    pub minor: bool,
    /// What staff know of the person besides.
    pub circumstances: BTreeSet<Circumstance>,
    pub rights: Vec<RightState>,
    pub status: Status,
    pub level: Level,
    pub doubt: bool,
    /// Why the contact on file is not relied on, once somebody said so.
    pub contact: Option<Condition>,
    /// Whether that was said in this very case.
    pub contact_said_here: bool,
    /// Whether the person says here that somebody else reads it. Their page shows no more than that:
    /// what is said elsewhere would tell that somebody is on file.
    pub says_unsafe: bool,
    /// Whether the level rests on what is on file alone: a code, a call, a letter.
    pub rests_on_contact: bool,
    /// The gravest that a sign-in at the identity provider came to which settled nothing, until a
    /// person has decided who asks.
    pub unmatched: Option<Unmatched>,
    pub awaited: Option<AwaitedConfirmation>,
    /// The identity documents that are kept now.
    pub documents: Vec<FileId>,
    /// Whether the person has written since the last question, or proved who they are where that
    /// was the question, and nobody has said whether that is enough.
    pub reply_waits: bool,
    /// The newest question of each kind, with what came for it.
    pub questions: BTreeMap<PauseGround, Question>,
    /// Whether the person was not reached with the word that an answer waits.
    pub undelivered: bool,
    /// The proofs that the portal and the call back have seen, and a document that was looked at here.
    pub proved: BTreeSet<Method>,
    /// The letters that were sent, each with the instant at which its newest left; since the case was
    /// taken up again, where it was.
    pub letters: BTreeMap<Letter, DateTime<Utc>>,
    /// Whether staff have written to the person since something was decided by hand.
    pub is_written: bool,
    /// The person has fetched the answer, or was given it on paper.
    pub is_in_hand: bool,
    /// An answer waits in the portal of which a notice alone tells; which did, once one went out.
    pub rests_on_notice: bool,
    pub noticed_by: Option<MailId>,
    /// What moved the clocks, in the order in which it was recorded.
    pub clock_events: Vec<ClockEvent>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub assignee: Option<UserId>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was closed, while it is.
    pub closed_as: Option<ClosingGround>,
    /// What the newest full search has found.
    pub found: Option<Found>,
    /// The same by system: rows, and files that were handed in.
    pub found_in: BTreeMap<String, (u64, u64)>,
    /// The systems in which it has found something that the map calls special.
    pub special_in: BTreeSet<String>,
    /// The systems of it that were searched to their end, or answered for by a person.
    pub searched: BTreeSet<String>,
    /// The packages that were built, each with the version of the case that its content was read
    /// at: what was recorded after it is not in it.
    pub built: Vec<(PackageId, i64)>,
    /// Whether the newest full search has found rows that may be several people's.
    pub several_people: bool,
    /// The version of the case that rows were last read at to tell whose they are; 0 when never.
    pub compared_in: i64,
    /// The version of the case at which it last changed what is withheld; 0 when that never was.
    pub withheld_in: i64,
    pub preparers: Preparers,
    /// Since when nothing of it may be destroyed.
    pub held_at: Option<DateTime<Utc>>,
    pub key_destroyed: bool,
    /// What can be undone for a moment.
    pub last_action: Option<LastAction>,
    /// How many events the history holds: what an ETag shows.
    pub version: i64,
}

/// Why a history makes no request: it does not begin with `RequestLogged`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the history does not begin with RequestLogged")]
pub struct NoBeginning;

/// Folds a whole history.
///
/// # Errors
/// When it does not begin with `RequestLogged`.
pub fn replay(entries: &[Entry]) -> Result<RequestState, NoBeginning> {
    let (first, rest) = entries.split_first().ok_or(NoBeginning)?;
    let mut state = RequestState::begin(first)?;
    for entry in rest {
        state.apply(entry);
    }
    Ok(state)
}

impl RequestState {
    /// The state after the first event.
    ///
    /// # Errors
    /// When the event is not `RequestLogged`.
    pub fn begin(entry: &Entry) -> Result<Self, NoBeginning> {
        let Event::RequestLogged { channel, rights, received_at, rules, represented, minor } =
            &entry.event
        else {
            return Err(NoBeginning);
        };
        Ok(Self {
            channel: *channel,
            rules: rules.clone(),
            received_at: *received_at,
            represented: *represented,
            minor: *minor,
            circumstances: BTreeSet::new(),
            rights: rights
                .iter()
                .map(|exercised| RightState {
                    exercised: *exercised,
                    decision: Decision::Undecided,
                    decided_at: None,
                    answer: None,
                    is_told: false,
                })
                .collect(),
            status: Status::Received,
            level: Level::V0,
            doubt: false,
            contact: None,
            contact_said_here: false,
            says_unsafe: false,
            reply_waits: false,
            questions: BTreeMap::new(),
            rests_on_contact: false,
            unmatched: None,
            awaited: None,
            documents: Vec::new(),
            undelivered: false,
            letters: BTreeMap::new(),
            is_written: false,
            proved: BTreeSet::new(),
            is_in_hand: false,
            rests_on_notice: false,
            noticed_by: None,
            clock_events: Vec::new(),
            acknowledged_at: None,
            assignee: None,
            ended_at: None,
            closed_as: None,
            found: None,
            found_in: BTreeMap::new(),
            special_in: BTreeSet::new(),
            searched: BTreeSet::new(),
            built: Vec::new(),
            several_people: false,
            compared_in: 0,
            withheld_in: 0,
            preparers: Preparers::default(),
            held_at: None,
            key_destroyed: false,
            last_action: None,
            version: 1,
        })
    }

    /// The status after an action, or why it is not possible.
    ///
    /// # Errors
    /// When the lifecycle forbids it, or the key of the case is gone.
    pub fn check(&self, action: Action) -> Result<Status, TransitionError> {
        if self.key_destroyed {
            return Err(TransitionError { code: "key-destroyed" });
        }
        // A hold overrides every rule of keeping (GDPR Art. 17(3)(e)).
        match (action, self.held_at.is_some()) {
            (Action::DestroyKey, true) => Err(TransitionError { code: "on-hold" }),
            (Action::Hold, true) => Err(TransitionError { code: "already-on-hold" }),
            (Action::LiftHold, false) => Err(TransitionError { code: "not-on-hold" }),
            // Its packages are retired once the closing cannot be undone any more; a hold keeps them.
            (Action::Download, false) if self.status == Status::Closed => {
                Err(TransitionError { code: "already-closed" })
            }
            _ => lifecycle::next(self.status, action),
        }
    }

    fn take_in(&mut self, entry: &Entry) {
        self.tell(entry);
        match &entry.event {
            Event::RequestLogged { .. }
            | Event::ActionUndone { .. }
            | Event::NoteAdded
            | Event::MessageSent { .. }
            | Event::CodeSent { .. }
            | Event::CodeNotSent { .. }
            | Event::CallCodeMade
            | Event::LetterCodeMade { .. }
            | Event::CaseFileOpened { .. }
            | Event::IdentityDocumentReused { .. }
            | Event::WorkingCopiesRemoved { .. }
            | Event::BreachRecorded { .. } => {}
            Event::LetterSent { .. }
            | Event::PackageDownloaded { .. }
            | Event::PackageDelivered { .. }
            | Event::MailSent { .. }
            | Event::MailFailed { .. } => self.apply_delivery(entry),
            Event::MessageReceived { .. } => self.reply_waits = !self.open_pauses().is_empty(),
            Event::RequestHeld => self.held_at = Some(entry.at),
            Event::HoldLifted => self.lift_hold(),
            Event::ReceiptCorrected { received_at } => self.received_at = *received_at,
            Event::RequestAcknowledged { message } => {
                self.step(Action::Acknowledge);
                // The person was told when it was sent; without a record of that, at the latest now.
                let told_at = message.as_ref().map_or(entry.at, |message| message.sent_at);
                self.acknowledged_at.get_or_insert(told_at);
            }
            Event::RequestAssigned { assignee } => self.assignee = *assignee,
            Event::IdentityDecided { .. }
            | Event::IdentityConfirmed { .. }
            | Event::ContactDeclared { .. }
            | Event::CircumstanceStated { .. }
            | Event::SubjectCorrected { .. }
            | Event::ProviderSignInConfirmed { .. }
            | Event::ProviderSignInUnmatched { .. }
            | Event::CodeConfirmed
            | Event::LetterCodeConfirmed
            | Event::IdentityDocumentReceived { .. }
            | Event::IdentityDocumentOpened { .. }
            | Event::IdentityDocumentRemoved { .. } => self.apply_identity(entry),
            Event::RequestPaused { .. }
            | Event::RequestResumed { .. }
            | Event::ReplyInsufficient { .. }
            | Event::RequestExtended { .. } => self.apply_clock(entry),
            Event::SearchStarted { .. }
            | Event::SystemSearched { .. }
            | Event::FileUploaded { .. }
            | Event::AnswerTakenBack { .. }
            | Event::PeopleCompared { .. }
            | Event::PackageBuilt { .. } => self.apply_search(entry),
            Event::DataWithheld { .. }
            | Event::WithholdingTakenBack { .. }
            | Event::ProposalDeclined { .. } => {
                self.withheld_in = self.version;
                self.preparers.add(&entry.actor);
            }
            Event::PackageReleased { .. }
            | Event::PackageRetired { .. }
            | Event::RightDecided { .. } => self.apply_answer(entry),
            Event::RequestWithdrawn => self.end(Action::Withdraw, entry.at),
            Event::RequestForwarded => self.end(Action::Forward, entry.at),
            Event::RequestClosed { ground } => {
                self.closed_as = Some(*ground);
                self.end(Action::Close, entry.at);
            }
            Event::RequestReopened => self.reopen(),
            Event::CaseKeyDestroyed => self.key_destroyed = true,
        }
    }

    fn reopen(&mut self) {
        self.step(Action::Reopen);
        (self.ended_at, self.closed_as, self.is_in_hand) = (None, None, false);
        self.rights.iter_mut().for_each(RightState::open);
        self.letters.clear();
        self.is_written = false;
    }

    /// Whether a package holds all that the newest search has found.
    #[must_use]
    pub fn is_current(&self, package: PackageId) -> bool {
        self.found.is_none_or(|found| found.changed_in <= self.read_at(package))
    }

    /// Whether a package of a search no longer is what the case holds: something was searched,
    /// answered, handed in or withheld after its content was read. It is not released any more.
    #[must_use]
    pub fn is_out_of_date(&self, (package, search): (PackageId, SearchId)) -> bool {
        self.found.is_some_and(|found| found.search != search)
            || !self.is_current(package)
            || !self.withholds_all(package)
    }

    /// Whether a package was built after it was last changed what is withheld.
    #[must_use]
    pub fn withholds_all(&self, package: PackageId) -> bool {
        self.withheld_in <= self.read_at(package)
    }

    /// The version of the case that the content of a package was read at; 0 when it was not built.
    fn read_at(&self, package: PackageId) -> i64 {
        let built = self.built.iter().rev().find(|(built, _)| *built == package);
        built.map_or(0, |(_, version)| *version)
    }

    /// Whether a person may give by hand what a system holds: not before V1, unless a DPO decided
    /// that the search could not wait.
    #[must_use]
    pub fn takes_answers(&self) -> bool {
        self.level >= Level::V1 || self.found.is_some_and(|found| found.before_identity)
    }

    fn step(&mut self, action: Action) {
        if let Ok(status) = lifecycle::next(self.status, action) {
            self.status = status;
        }
    }
}

#[cfg(test)]
mod tests;

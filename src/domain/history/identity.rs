//! What a history says of who the person is.

use super::{AwaitedConfirmation, Entry, RequestState};
use crate::domain::actor;
use crate::domain::circumstance::Circumstance;
use crate::domain::event::{Event, PauseGround};
use crate::domain::identity::{self, Level, Method};
use crate::domain::lifecycle::{Action, Status};
use crate::domain::provider_sign_in::Unmatched;
use crate::domain::request::Decision;

impl RequestState {
    pub(super) fn apply_identity(&mut self, entry: &Entry) {
        match &entry.event {
            Event::IdentityDecided { level, methods, doubt, awaits_confirmation } => {
                self.step(Action::DecideIdentity);
                self.doubt |= *doubt;
                self.awaited = awaits_confirmation.then(|| AwaitedConfirmation {
                    decided_by: entry.actor.clone(),
                    decided_at: entry.at,
                });
                self.proved.extend(methods.iter().filter(|it| **it == Method::CallBack));
                match level {
                    None => self.fail_identity(),
                    Some(level) if !awaits_confirmation => self.settle(*level, methods),
                    Some(_) => {}
                }
            }
            // One route: more than that, a person decides.
            Event::CodeConfirmed
            | Event::LetterCodeConfirmed
            | Event::ProviderSignInConfirmed { .. } => {
                self.step(Action::DecideIdentity);
                self.proved.extend(seen(&entry.event));
                self.rests_on_contact |= self.level == Level::V0;
                self.level = self.level.max(Level::V1);
                // Whether that answers the question, a person says.
                self.reply_waits |= self.open_pauses().contains(&PauseGround::Identity);
            }
            Event::IdentityConfirmed { level, .. } => {
                self.step(Action::ConfirmIdentity);
                self.awaited = None;
                self.level = *level;
                self.rests_on_contact = false;
                self.unmatched = None;
            }
            Event::ProviderSignInUnmatched { why, .. } => {
                self.unmatched = self.unmatched.max(Some(*why));
            }
            Event::ContactDeclared { condition, elsewhere } => {
                self.contact = *condition;
                self.contact_said_here = condition.is_some() && !elsewhere;
                if !elsewhere {
                    let says_so = entry.actor == actor::SUBJECT || self.says_unsafe;
                    self.says_unsafe = condition.is_some() && says_so;
                }
            }
            Event::CircumstanceStated { circumstance, holds: true } => self.learn(*circumstance),
            Event::CircumstanceStated { circumstance, holds: false } => {
                self.circumstances.remove(circumstance);
            }
            Event::SubjectCorrected { begins_anew, minor } => {
                self.minor = minor.unwrap_or(self.minor);
                if *begins_anew {
                    self.begin_anew();
                }
            }
            // It raises no level and ends no pause: a person looks at it.
            Event::IdentityDocumentReceived { document, doubt, .. } => {
                self.step(Action::DecideIdentity);
                self.documents.push(*document);
                self.doubt |= doubt.is_some();
                self.reply_waits = !self.open_pauses().is_empty();
            }
            Event::IdentityDocumentOpened { .. } => {
                self.proved.insert(Method::MaskedDocument);
            }
            Event::IdentityDocumentRemoved { document, .. } => {
                self.documents.retain(|kept| kept != document);
            }
            _ => {}
        }
    }

    /// What stood without the contact on file stands, whatever is proved besides.
    fn settle(&mut self, level: Level, methods: &[Method]) {
        let stands = self.level >= Level::V1 && !self.rests_on_contact;
        self.level = level;
        self.rests_on_contact = !stands && !methods.iter().any(Method::stands_alone);
        self.unmatched = self.unmatched.filter(|_| self.rests_on_contact);
    }

    /// Whoever decided before knew nothing of it. What they saw stands, as much as V2 holds; who may ask
    /// for such a person is decided anew.
    fn learn(&mut self, circumstance: Circumstance) {
        self.circumstances.insert(circumstance);
        self.level = self.level.min(Level::V2);
        self.awaited = None;
    }

    /// What was found is taken back with every package: nothing is left to review.
    fn fail_identity(&mut self) {
        self.level = Level::V0;
        self.rests_on_contact = false;
        self.proved.clear();
        if let Some(found) = &mut self.found {
            found.before_identity = false;
        }
        if self.status == Status::InReview {
            self.status = Status::InProgress;
        }
    }

    /// Nothing was proved or found yet, or the person could not be corrected. What was said of the
    /// contact on file elsewhere was said of another address, and so was who signed in.
    fn begin_anew(&mut self) {
        self.unmatched = None;
        self.contact = None;
        self.proved.clear();
    }

    /// Whether something is left to decide that needs to know who asks: what must be done at once needs
    /// no proof of that (law.md §7, invariant 6).
    #[must_use]
    pub fn may_ask_identity(&self) -> bool {
        let mut rights = self.rights.iter();
        rights.any(|it| it.decision == Decision::Undecided && !it.exercised.is_immediate())
    }

    /// The level without which no answer leaves. Whoever proved no more than to read what is on
    /// file, where that was found unfit, proved nothing; and where several people were found,
    /// nobody has said which of them asks. Nor has anybody where somebody else signed in at the
    /// identity provider. Then a person decides (identity.md, V3), and so they do for whom a birth date
    /// tells to be under eighteen, and for whom staff know to be that, protected or dead: such a mailbox
    /// says nothing of who may ask. `least` is what the controller asks for at least: a stricter one
    /// raises the level, and none lowers it.
    #[must_use]
    pub fn needed_level(&self, sensitive: bool, least: Level) -> Level {
        let is_unfit = self.contact.is_some() && self.rests_on_contact;
        if self.several_people
            || self.minor
            || !self.circumstances.is_empty()
            || is_unfit
            || self.unmatched == Some(Unmatched::Differs)
        {
            return Level::V3;
        }
        identity::needed_to_release(sensitive, self.doubt, self.represented).max(least)
    }
}

/// The proof that an event is the record of.
const fn seen(event: &Event) -> Option<Method> {
    match event {
        Event::CodeConfirmed => Some(Method::CodeOnFile),
        Event::LetterCodeConfirmed => Some(Method::LetterOnFile),
        Event::ProviderSignInConfirmed { .. } => Some(Method::IdentityProvider),
        _ => None,
    }
}
